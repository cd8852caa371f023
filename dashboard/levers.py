"""The levers of the main experiment as sliders: which there are from the catalogue, all else from the parameter's declaration.

Every scheme of a world has them. A page shows those of one scheme at a time.
"""

from bisect import bisect_left
from dataclasses import dataclass

from dashboard.worlds.twins import Twins
from experiments.specs.arms import canonical
from experiments.specs.spec import find_spec
from model.institutions.scheme import Scheme
from model.parameters import Declaration, walk

#: Leading digits of the stops of a slider whose range spans orders of magnitude, and the parts of one that does not.
DIGITS, PARTS = (1, 2, 3, 5), 20


@dataclass(frozen=True)
class Lever:
    """One lever: the parameter's dotted name, and its declaration."""

    name: str
    declaration: Declaration

    @property
    def field(self) -> str:
        """The name of the parameter within its scheme."""
        return self.name.removeprefix("scheme.")

    def stops(self, value: float) -> list[float]:
        """Return the values that the slider can take, from the lowest to the highest allowed one, `value` among them."""
        low, high = self.declaration.low, self.declaration.high
        assert low is not None
        assert high is not None
        found = _stops(low, high)
        if value not in found:
            found.insert(bisect_left(found, value), value)
        return found


def _stops(low: float, high: float) -> list[float]:
    if high - low <= PARTS:
        return [low + (high - low) * part / PARTS for part in range(PARTS + 1)]
    found, power = [low], 1.0
    while low + power < high:
        found += [low + digit * power for digit in DIGITS if low + digit * power < high]
        power *= 10
    return [*found, high]


@dataclass(frozen=True)
class Setting:
    """How a scheme is set. Of each side, left first, None where it has no scheme of this name.

    active: whether it is at work there once schemes begin: neither switched off nor given up. levers: (the parameter's dotted name, its
    value from the next week on). waiting: one of these is not the value of this week.
    """

    scheme: str
    active: tuple[bool | None, ...]
    levers: tuple[tuple[str, tuple[float | None, ...]], ...]
    waiting: bool


def settings_of(twins: Twins) -> tuple[Setting, ...]:
    """Return how each scheme is set now."""
    return tuple(_setting(twins, scheme) for scheme in twins.facts.schemes)


def _setting(twins: Twins, name: str) -> Setting:
    sides = [_on(twins, side, name) for side in twins.facts.sides]
    first = all(on is not None and on.place == 0 for on in sides)  # else the short name would be of another scheme somewhere
    return Setting(
        name,
        tuple(None if on is None else on.active for on in sides),
        tuple(
            (
                lever.name if first else f"schemes.{name}.{lever.field}",
                tuple(None if on is None else on.values[lever.field] for on in sides),
            )
            for lever in LEVERS
        ),
        any(on is not None and on.waiting for on in sides),
    )


@dataclass(frozen=True)
class _On:
    """A scheme on one side; place: among the schemes of that side, from 0."""

    place: int
    active: bool
    values: dict[str, float]
    waiting: bool


def _on(twins: Twins, side: str, name: str) -> _On | None:
    society = twins.society(side)
    place = next((place for place, scheme in enumerate(society.parameters.schemes) if scheme.name == name), None)
    if place is None:
        return None
    scheme = society.parameters.schemes[place]
    rows = {canonical(row.name, society.parameters): row.value for row in twins.recorded(side) if row.tick == twins.tick}
    coming = {lever.field: float(rows[full]) for lever in LEVERS if (full := f"schemes.{name}.{lever.field}") in rows}
    active = bool(rows.get(f"schemes.{name}.active", scheme.active)) and not society.world.status[place].abandoned
    return _On(place, active, {lever.field: float(getattr(scheme, lever.field)) for lever in LEVERS} | coming, bool(coming))


def _levers() -> tuple[Lever, ...]:
    declared = {f"scheme.{declaration.name}": declaration for declaration, _ in walk(Scheme(name=""))}
    spec, _, _ = find_spec("three-levers")
    return tuple(Lever(lever.parameter, declared[lever.parameter]) for lever in spec.levers)


LEVERS = _levers()
