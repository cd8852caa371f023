"""From a spec to arms with complete, checked parameters; settings from the command line; the networks the arms start from."""

import functools
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.refusal import Refusal
from experiments.specs.spec import ArmSpec, Settings, Spec
from model.assign import (
    CHOOSES_SCHEMES,
    PRESET,
    SCHEME_FILE,
    Policy,
    assign_one,
    check,
    checked_policy,
    default_parameters,
    with_presets,
    with_scheme_file,
)
from model.declarations import SocietyParameters
from model.network.parameters import NAMED_NETWORKS
from model.parameters import ParameterError, as_dict, with_value

if TYPE_CHECKING:
    from model.network.graph import Graph

CITIZENS, NETWORK_FILE = "population.citizens", "network.file"


@dataclass(frozen=True)
class Arm:
    """One arm, ready to run. `explicit` are the canonical names of all parameters that the spec sets for it.

    point: of a design, counted from 0; 0 where there is no design.
    """

    name: str
    label: str
    parameters: SocietyParameters
    policy: Policy = ()
    explicit: frozenset[str] = frozenset()
    point: int = 0


# --- settings of the command line -----------------------------------------------------------------------------------------------


def parse_settings(texts: Iterable[str]) -> Settings:
    """Return (name, value) of each `name=value`; the last of a repeated name wins."""
    default = default_parameters()
    known = as_dict(default)
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise Refusal(f"--set {text!r} is not allowed: expected NAME=VALUE, such as scheme.contact_weight=0.3")
        if name == NETWORK_FILE and not value.strip():  # else the society would silently be a made one
            raise Refusal(f"--set {text!r} is not allowed: expected the path of a network file, or '\"\"' for none")
        if name == SCHEME_FILE and not value.strip():
            raise Refusal(f"--set {text!r} is not allowed: expected the path of a TOML file, or scheme.preset for a preset")
        found.pop(name, None)
        is_text = name in CHOOSES_SCHEMES or isinstance(known.get(canonical(name, default)), str)
        found[name] = parse_value(value.strip(), is_text)
    return tuple(found.items())


def parse_value(text: str, is_text: bool = False) -> Any:
    """Return a TOML scalar, or else the text itself; where a parameter takes text, only a quoted string is TOML."""
    try:
        document = tomllib.loads(f"value = {text}")
        tomllib.loads(f"value = [{text}]")  # a comment, which TOML would pass over, is no part of a value
    except tomllib.TOMLDecodeError:
        document = {}
    value = document.get("value") if len(document) == 1 else None
    if isinstance(value, str) or (isinstance(value, (bool, int, float)) and not is_text):
        return value
    if not is_text and re.fullmatch(r"[+-]?(\d+\.|\.\d+)", text):  # `.3` and `3.`, which TOML does not know
        return float(text)
    return text


def with_settings(spec: Spec, settings: Settings) -> Spec:
    """Return the spec with these settings in its base, in place of earlier ones of the same parameters."""
    presets = tuple(pair for pair in (*spec.base, *settings) if pair[0] in CHOOSES_SCHEMES)
    bare = parameters_with(presets, f"{spec.where}: base")
    given = {canonical(name, bare) for name, _ in settings}
    return replace(spec, base=(*(pair for pair in spec.base if canonical(pair[0], bare) not in given), *settings))


def without_effect(spec: Spec, settings: Settings) -> list[str]:
    """Return the names among these settings of the base that no arm takes: it sets them itself or has no such scheme."""
    arms = [(_parameters_of(spec, arm), arm) for arm in spec.arms]
    lost = []
    for name, _ in settings:
        overridden = [
            not applies(name, parameters) or canonical(name, parameters) in {canonical(own, parameters) for own, _ in arm.settings}
            for parameters, arm in arms
        ]
        if all(overridden):
            lost.append(name)
    return lost


# --- resolution -----------------------------------------------------------------------------------------------------------------


def resolve(spec: Spec) -> tuple[Arm, ...]:
    """Return the arms of the spec with complete parameters. Raises a Refusal that names the spec, the arm and the parameter.

    An arm's settings win over the base's. Settings of the base that concern a scheme do not apply in an arm without that scheme.
    """
    _check_choice(spec.base, f"{spec.where}: base")
    resolved_base(spec)
    return resolved_arms(spec)


def resolved_arms(spec: Spec) -> tuple[Arm, ...]:
    """Return the arms as `resolve` does, of a base that need not fit together by itself, as with the factors of a design in it."""
    arms = []
    for arm in spec.arms:
        where = f"{spec.where}: arm {arm.name!r}"
        _check_choice(arm.settings, where)
        parameters = _parameters_of(spec, arm)
        rows = [row for row in spec.policy if len(row) < 2 or applies(str(row[1]), parameters)] + list(arm.policy)
        try:
            policy = checked_policy(parameters, rows)
        except ParameterError as error:
            raise Refusal(f"{where}: {error}") from None
        names = [name for name, _ in (*spec.base, *arm.settings)]
        arms.append(Arm(arm.name, arm.label, parameters, policy, frozenset(canonical(name, parameters) for name in names)))
    for lever in spec.levers:
        _check_lever(spec, lever.parameter, arms)
    return tuple(arms)


def _check_choice(settings: Settings, where: str) -> None:
    """Refuse a table of settings that chooses the schemes twice, since its order would decide."""
    chosen = [f"{name} = {value!r}" for name, value in settings if name in CHOOSES_SCHEMES]
    if len(chosen) > 1:
        raise Refusal(f"{where}: {' and '.join(chosen)} are not allowed together: expected one of them")


def resolved_base(spec: Spec) -> SocietyParameters:
    """Return the parameters of the base alone."""
    return parameters_with(spec.base, f"{spec.where}: base")


def parameters_with(settings: Settings, where: str = "") -> SocietyParameters:
    """Return the default society with these settings: what chooses the schemes first (the last of it wins), then the others in order."""
    try:
        parameters = default_parameters()
        for name, value in settings:
            if name in CHOOSES_SCHEMES:
                parameters = (with_presets if name == PRESET else with_scheme_file)(parameters, _text(name, value))
        for name, value in settings:
            if name not in CHOOSES_SCHEMES:
                parameters = _assigned(parameters, name, value)
        check(parameters)
    except ParameterError as error:
        raise Refusal(f"{where}: {error}" if where else str(error)) from None
    return parameters


def _assigned(parameters: SocietyParameters, name: str, value: Any) -> SocietyParameters:
    try:
        return assign_one(parameters, name, value)
    except ParameterError:
        full = canonical(name, parameters)
        inside = [known.removeprefix(full) for known in as_dict(parameters) if known.startswith(f"{full}.")]
        if inside:
            expected = f"one of them, such as {name + inside[0]!r}"
            raise ParameterError(f"{name!r} is a group of {len(inside)} parameters: expected {expected}") from None
        raise


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ParameterError(f"{name} = {value!r} is not allowed: expected text")
    return value


def _parameters_of(spec: Spec, arm: ArmSpec) -> SocietyParameters:
    where = f"{spec.where}: arm {arm.name!r}"
    presets = tuple((name, value) for name, value in (*spec.base, *arm.settings) if name in CHOOSES_SCHEMES)
    bare = parameters_with(presets, where)
    inherited = tuple((name, value) for name, value in spec.base if name not in CHOOSES_SCHEMES and applies(name, bare))
    return parameters_with((*presets, *inherited, *(pair for pair in arm.settings if pair[0] not in CHOOSES_SCHEMES)), where)


def applies(name: str, parameters: SocietyParameters) -> bool:
    """Say whether a setting of the base has anything to apply to in a society with these schemes."""
    if name.startswith("scheme."):
        return name in CHOOSES_SCHEMES or bool(parameters.schemes)
    if name.startswith("schemes."):
        return name.split(".")[1] in {scheme.name for scheme in parameters.schemes}
    return True


def canonical(name: str, parameters: SocietyParameters) -> str:
    """Return the full dotted name: `scheme.X` is `schemes.NAME.X` of the first scheme; a file takes the place of a preset."""
    if name in CHOOSES_SCHEMES:
        return PRESET
    if name.startswith("scheme.") and parameters.schemes:
        return f"schemes.{parameters.schemes[0].name}.{name.removeprefix('scheme.')}"
    return name


def value_of(arm: Arm, name: str) -> Any:
    """Return the arm's value of a parameter, `scheme.X` being that of the first scheme; None where the arm has none."""
    return as_dict(arm.parameters).get(canonical(name, arm.parameters))


def _check_lever(spec: Spec, parameter: str, arms: list[Arm]) -> None:
    if all(value_of(arm, parameter) is None for arm in arms):
        try:
            assign_one(default_parameters(), parameter, None)
        except ParameterError as error:
            reason = str(error) if "is not a parameter" in str(error) else f"{parameter!r} belongs to no arm's scheme"
            raise Refusal(f"{spec.where}: lever: {reason}") from None


# --- networks -------------------------------------------------------------------------------------------------------------------


def with_networks(arms: tuple[Arm, ...]) -> tuple[tuple[Arm, ...], dict[str, "Graph"]]:
    """Return the arms with the population size that their network sets, and {file: graph}, each file read once."""
    graphs: dict[str, Graph] = {}
    sized = []
    for arm in arms:
        network = arm.parameters.network
        size = None
        if network.file:
            if network.file not in graphs:
                graphs[network.file] = graph_of(network.file)
            size, origin = graphs[network.file].citizens, f"network.file = {network.file!r}"
        elif network.topology in NAMED_NETWORKS:
            size, origin = NAMED_NETWORKS[network.topology], f"network.topology = {network.topology!r}"
        sized.append(arm if size is None else _with_size(arm, size, origin))
    return tuple(sized), graphs


def graph_of(path: str) -> "Graph":
    """Return the network of a file; read once as long as the file stays as it is."""
    try:
        state = os.stat(path)
    except OSError:
        return _read_graph(path, (0, 0))
    return _read_graph(path, (state.st_size, state.st_mtime_ns))


@functools.lru_cache(maxsize=8)
def _read_graph(path: str, state: tuple[int, int]) -> "Graph":
    from model.network.load import load

    return load(path)


def _with_size(arm: Arm, size: int, origin: str) -> Arm:
    found = arm.parameters.population.citizens
    if CITIZENS in arm.explicit and found != size:
        raise Refusal(f"{CITIZENS} = {found} is not allowed with {origin}: expected {size}, the network's own size, or no value at all")
    try:
        policy = checked_policy(arm.parameters, arm.policy, size)  # edits name citizens: only now it is known how many there are
    except ParameterError as error:
        raise Refusal(f"arm {arm.name!r}: {error}") from None
    return replace(arm, parameters=with_value(arm.parameters, CITIZENS, size), policy=policy)


def network_path(parameters: SocietyParameters) -> Path | None:
    """Return the path of the network file, or None."""
    return Path(parameters.network.file) if parameters.network.file else None


def differences_from_default(arm: Arm) -> Mapping[str, tuple[Any, Any]]:
    """Return {name: (default, value)} of the arm's parameters that differ from the default society's (None: it has none)."""
    default, own = as_dict(default_parameters()), as_dict(arm.parameters)
    names = [name for name in own if name not in default or own[name] != default[name]]
    return {name: (default.get(name), own[name]) for name in names}
