"""From dotted names and values to a complete, checked set of parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from model.declarations import SocietyParameters
from model.edits import checked_edit, is_edit
from model.institutions.reading import preset_names, system, system_of_file
from model.institutions.scheme import Scheme, check_scheme
from model.network.parameters import NAMED_NETWORKS
from model.parameters import ParameterError, as_dict, with_value

#: Groups that shape the start of a run: a policy cannot change them while it goes on.
FIXED_GROUPS = ("time", "population", "network")
#: What chooses the schemes themselves: presets by name, or a TOML file of one's own.
PRESET, SCHEME_FILE = "scheme.preset", "scheme.file"
CHOOSES_SCHEMES = (PRESET, SCHEME_FILE)
#: At most so many schemes at once: draws tell sixteen institutions apart, the court among them.
MAX_SCHEMES = 15
FIXED = (
    *CHOOSES_SCHEMES, "region.urban_share", "region.special_share", "region.urban_online", "region.rural_online",
    "region.neighbourhood_size",
    "region.special_online", "firm.number",
)  # fmt: skip

Policy = tuple[tuple[int, str, Any], ...]


def default_parameters() -> SocietyParameters:
    """Return the default society under the Rongcheng preset with all three levers at 0."""
    return with_presets(SocietyParameters(), "rongcheng")


def with_presets(parameters: SocietyParameters, names: str | Iterable[str]) -> SocietyParameters:
    """Return a copy with the preset schemes of these names (one name, several, or comma-separated); `none` means no scheme."""
    if not isinstance(names, str) and not (isinstance(names, (list, tuple)) and all(isinstance(name, str) for name in names)):
        raise ParameterError(f"scheme.preset = {names!r} is not allowed: expected one of {', '.join(preset_names())}, or several")
    listed = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    if listed == ["none"]:
        return replace(parameters, schemes=())
    return with_schemes(parameters, [scheme for name in listed for scheme in system(name).schemes], f"{PRESET} = {','.join(listed)!r}")


def with_scheme_file(parameters: SocietyParameters, path: str) -> SocietyParameters:
    """Return a copy with the schemes that a TOML file describes."""
    if not isinstance(path, str) or not path:
        raise ParameterError(f"{SCHEME_FILE} = {path!r} is not allowed: expected the path of a TOML file")
    return with_schemes(parameters, system_of_file(path).schemes, f"{SCHEME_FILE} = {path!r}")


def with_schemes(parameters: SocietyParameters, schemes: Iterable[Scheme], what: str) -> SocietyParameters:
    """Return a copy with these schemes; `what` names them in a refusal."""
    schemes = tuple(schemes)
    if len({scheme.name for scheme in schemes}) != len(schemes):
        raise ParameterError(f"{what} is not allowed: each scheme may appear once")
    if len(schemes) > MAX_SCHEMES:
        raise ParameterError(f"{what} is not allowed: {len(schemes)} schemes, at most {MAX_SCHEMES} can be at work at once")
    return replace(parameters, schemes=schemes)


def with_chosen_schemes(parameters: SocietyParameters, values: Mapping[str, Any]) -> SocietyParameters:
    """Return a copy with the schemes that `scheme.preset` or `scheme.file` chooses, if either is among the values."""
    if PRESET in values and SCHEME_FILE in values:
        found = f"{SCHEME_FILE} = {values[SCHEME_FILE]!r}"
        raise ParameterError(f"{found} is not allowed together with {PRESET} = {values[PRESET]!r}: expected one of them")
    if SCHEME_FILE in values:
        return with_scheme_file(parameters, values[SCHEME_FILE])
    return with_presets(parameters, values[PRESET]) if PRESET in values else parameters


def assign(parameters: SocietyParameters, values: Mapping[str, Any]) -> SocietyParameters:
    """Return a copy with the named values: what chooses the schemes first, then the others in their order.

    `scheme.X` is parameter X of the first scheme, `schemes.NAME.X` that of a given one. Raises ParameterError.
    """
    parameters = with_chosen_schemes(parameters, values)
    for name, value in values.items():
        if name not in CHOOSES_SCHEMES:
            parameters = assign_one(parameters, name, value)
    check(parameters)
    return parameters


def assign_one(parameters: SocietyParameters, name: str, value: Any) -> SocietyParameters:
    """Return a copy with one named value."""
    if not name.startswith("scheme."):
        return with_value(parameters, name, value)
    if not parameters.schemes:
        probe = Scheme(name="scheme")
        with_value(probe, name.removeprefix("scheme."), value, full_name=name)
        raise ParameterError(f"{name} = {value!r} is not allowed: scheme.preset is 'none', so there is no scheme to set it in")
    first = with_value(parameters.schemes[0], name.removeprefix("scheme."), value, full_name=name)
    return replace(parameters, schemes=(first, *parameters.schemes[1:]))


def check(parameters: SocietyParameters) -> None:
    """Raise ParameterError unless the parameters fit together."""
    region = parameters.region
    if region.urban_share + region.special_share > 1:
        raise ParameterError(
            f"region.urban_share = {region.urban_share:g} and region.special_share = {region.special_share:g} are not allowed "
            "together: expected a sum of at most 1"
        )
    for scheme in parameters.schemes:
        check_scheme(scheme)


def checked_policy(parameters: SocietyParameters, policy: Iterable, citizens: int | None = None, since: int = 0) -> Policy:
    """Return the policy as a tuple of (tick, dotted name, value) ordered by tick, each change checked against the parameters.

    The value of an edit (see model.edits) is a tuple of two ints. citizens: how many there are, where it is known better than from
    the parameters, as with a network file. since: changes of earlier ticks are in the parameters already.
    """
    if not isinstance(policy, (list, tuple)):
        raise ParameterError(f"policy: {policy!r} is not allowed: expected a list of [tick, parameter, value]")
    rows = sorted(((_tick(change), str(change[1]), change[2]) for change in policy), key=lambda change: change[0])
    size = citizens_of(parameters) if citizens is None else citizens
    changes = tuple((tick, name, checked_edit(name, value, size) if is_edit(name) else value) for tick, name, value in rows)
    for tick, name, value in changes:
        if is_edit(name) or tick < since:
            continue
        if not can_change(name):
            raise ParameterError(f"policy: {name!r} cannot change during a run; only {', '.join(_dynamic_groups())} can")
        parameters = assign_one(parameters, name, value)
        check(parameters)
    return changes


def can_change(name: str) -> bool:
    """Return whether a policy can change the parameter of that name while a run goes on."""
    return name.split(".")[0] not in FIXED_GROUPS and name not in FIXED and not name.endswith(".expiry_weeks")


def citizens_of(parameters: SocietyParameters) -> int | None:
    """Return how many citizens there will be; None for a network file, which says so itself."""
    network = parameters.network
    return None if network.file else NAMED_NETWORKS.get(network.topology, parameters.population.citizens)


def _tick(change) -> int:
    if not isinstance(change, (list, tuple)) or len(change) != 3:
        found = list(change) if isinstance(change, tuple) else change
        raise ParameterError(f"policy: {found!r} is not allowed: expected [tick, parameter, value]")
    if isinstance(change[0], bool) or not isinstance(change[0], int) or change[0] < 0:
        raise ParameterError(f"policy: {list(change)!r} is not allowed: expected [tick, parameter, value] with a tick of 0 or more")
    return change[0]


def _dynamic_groups() -> list[str]:
    groups = dict.fromkeys(name.split(".")[0] for name in as_dict(SocietyParameters()))
    return [group for group in groups if group not in FIXED_GROUPS] + ["scheme"]
