"""Arms rebuilt from what a manifest records of them: resolved parameters, policies, seeds and network files. No catalogue enters."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from experiments.refusal import Refusal, not_allowed, reason_of
from experiments.results.identity import HASHED, Identity, content_hash_of, document_at
from experiments.results.store import RESOLVED
from experiments.results.topping_up import differences
from experiments.specs.arms import NETWORK_FILE, Arm, with_networks
from model.assign import check, checked_policy
from model.declarations import SocietyParameters
from model.institutions.scheme import Grade, Scheme
from model.parameters import ParameterError, as_dict, nearest, with_value


def check_recorded(manifest: Mapping[str, Any], document: Mapping[str, Any], where: str) -> None:
    """Raise a Refusal unless manifest and resolved document agree and runs can be made from them; `where` names the manifest."""
    _check_form(manifest, where)
    own_class = manifest["model_version"].partition(" ")[2]
    if own_class:
        name = own_class.partition(":")[0].partition(" ")[0]
        expected = "runs of the model's own citizens, since a manifest does not hold the code of others"
        raise Refusal(f"{where}: the runs have citizens of a class of their own, {name}: expected {expected}")
    recorded = {name: {key: arm[key] for key in ("parameters", "policy")} for name, arm in manifest["arms"].items()}
    wanted = {key: document[key] for key in document if key not in ("design", "effect_window")}
    if found := differences(wanted, {"model_version": manifest["model_version"], "seed": document["seed"], "arms": recorded}):
        raise Refusal(f"{where}: the arms are not those of {RESOLVED}: {found[0]}: expected the same in both")
    identity = Identity(**document)
    if identity.digest != manifest["id"]:
        raise not_allowed(where, "id", manifest["id"], f"the SHA-256 of {RESOLVED}, {identity.digest}")
    seeds = [document["seed"] + number for number in range(manifest["replications"])]
    if manifest["seeds"] != seeds:
        raise Refusal(f"{where}: seeds are not allowed: expected the {len(seeds)} whole numbers from {seeds[0]}, the first seed")


def _check_form(manifest: Mapping[str, Any], where: str) -> None:
    for name, arm in manifest["arms"].items():
        kinds = {"label": str, "parameters": dict, "policy": list}
        if not isinstance(arm, dict) or not all(isinstance(arm.get(key), kind) for key, kind in kinds.items()):
            raise Refusal(f"{where}: arm {name!r} is not allowed: expected a table with label, parameters and policy")
    if not manifest["arms"]:
        raise not_allowed(where, "arms", {}, "at least one arm")


def rebuilt(
    manifest: Mapping[str, Any], document: Mapping[str, Any], wanted: Collection[tuple[str, int]], where: str
) -> tuple[dict[tuple[str, int], Arm], dict[str, Any]]:
    """Return {(arm, point): arm} of those that are wanted, and {path: graph} of their network files.

    Raises a Refusal if a parameter does not exist in this version of the model or has a value that is not allowed, or if a network
    file is not there or has another content than the manifest says.
    """
    labels = {name: arm["label"] for name, arm in manifest["arms"].items()}
    made = []
    for name, point in sorted(set(wanted)):
        recorded = document_at(document, name, point)
        made.append(_arm(name, labels[name], point, recorded, manifest["networks"], where))
    arms, graphs = with_networks(tuple(made))
    return {(arm.name, arm.point): arm for arm in arms}, graphs


def _arm(name: str, label: str, point: int, recorded: Mapping[str, Any], networks: Mapping[str, str], where: str) -> Arm:
    place = f"{where}: arm {name!r}"
    values = dict(recorded["parameters"])
    if values.get(NETWORK_FILE):
        values[NETWORK_FILE] = _checked_network(values[NETWORK_FILE], networks, place)
    try:
        parameters = parameters_of(values)
        return Arm(name, label, parameters, checked_policy(parameters, recorded["policy"]), point=point)
    except ParameterError as error:
        raise Refusal(f"{place}: {error}") from None


def _checked_network(recorded: Any, networks: Mapping[str, str], place: str) -> str:
    """Return the path of a network file whose content is the recorded one."""
    if not isinstance(recorded, str) or not recorded.startswith(HASHED):
        raise not_allowed(place, NETWORK_FILE, recorded, f"the hash of a network file, {HASHED}...")
    path = networks.get(recorded)
    if not path:
        raise not_allowed(place, "networks", dict(networks), f"the path of the network file with the hash {recorded}")
    try:
        found = content_hash_of(path)
    except OSError as error:
        raise Refusal(f"{place}: the network {path!r} cannot be read: {reason_of(error)}: expected the file of the runs") from None
    if found != recorded:
        raise Refusal(f"{place}: the network {path!r} has another content than in the runs: found {found}, expected {recorded}")
    return path


def parameters_of(values: Mapping[str, Any]) -> SocietyParameters:
    """Return the parameters of {dotted name: value}, as `model.parameters.as_dict` gives them; schemes and grades keep their order.

    A parameter that is not among the values has its default. Raises ParameterError.
    """
    parameters = replace(SocietyParameters(), schemes=_blank_schemes(values))
    for name, value in values.items():
        parameters = with_value(parameters, name, value)
    check(parameters)
    return parameters


def _blank_schemes(values: Mapping[str, Any]) -> tuple[Scheme, ...]:
    """Return the schemes and grades that the names mention, all at their defaults."""
    grades: dict[str, dict[str, Grade]] = {}
    for name in values:
        match name.split("."):
            case ["schemes", scheme, "grade", grade, _]:
                grades.setdefault(scheme, {})[grade] = Grade(name=grade)
            case ["schemes", scheme, *_]:
                grades.setdefault(scheme, {})
    return tuple(Scheme(name=scheme, grade=tuple(own.values())) for scheme, own in grades.items())


def not_recorded(manifest: Mapping[str, Any], arms: Collection[Arm]) -> list[str]:
    """Return the names of parameters that these arms have and the manifest, of another version of the model, does not."""
    names = (name for arm in arms for name in as_dict(arm.parameters) if name not in manifest["arms"][arm.name]["parameters"])
    return list(dict.fromkeys(names))


def checked_arm(manifest: Mapping[str, Any], name: str) -> str:
    """Return the name if the manifest has such an arm, else raise a Refusal with the nearest one."""
    known = list(manifest["arms"])
    if name not in known:
        raise not_allowed("", "ARM", name, f"one of {', '.join(known)}{nearest(name, known)}")
    return name
