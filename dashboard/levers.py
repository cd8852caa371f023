"""The levers of the main experiment as sliders: name and label from the catalogue, all else from the parameter's declaration."""

from bisect import bisect_left
from dataclasses import dataclass

from experiments.specs.spec import find_spec
from model.institutions.scheme import Scheme
from model.parameters import Declaration, walk

#: Leading digits of the stops of a slider whose range spans orders of magnitude, and the parts of one that does not.
DIGITS, PARTS = (1, 2, 3, 5), 20


@dataclass(frozen=True)
class Lever:
    """One lever: the parameter's dotted name, its label, and its declaration."""

    name: str
    label: str
    declaration: Declaration

    @property
    def field(self) -> str:
        """The name of the parameter within its scheme."""
        return self.name.removeprefix("scheme.")

    @property
    def meaning(self) -> str:
        """What the parameter means, as declared, as a sentence."""
        return _sentence(self.declaration.meaning.removeprefix("lever: "))

    @property
    def source(self) -> str:
        """Where the parameter comes from, as declared, as a sentence."""
        return _sentence(self.declaration.source.removeprefix("lever; "))

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


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _levers() -> tuple[Lever, ...]:
    declared = {f"scheme.{declaration.name}": declaration for declaration, _ in walk(Scheme(name=""))}
    spec, _, _ = find_spec("three-levers")
    return tuple(Lever(lever.parameter, lever.label, declared[lever.parameter]) for lever in spec.levers)


LEVERS = _levers()
