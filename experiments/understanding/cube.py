"""The points of a design in the unit cube, and back to the factors' own values in words.

Every method that asks what the factors do (`sensitivity.py`, `discovery.py`, `emulator.py`) works on the unit cube: a range from
end to end, a list in its order, the column of a table from its lowest to its highest number, or in order of appearance if it holds
text.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.analysis.effects import SOCIAL_TRUST, OutcomeFacts
from experiments.analysis.responses import Responses
from experiments.refusal import Refusal
from experiments.specs.designs import FILLING, TABLE, Factor, Point
from model.parameters import nearest

#: The kinds of design whose factors vary freely enough to be told apart.
TOLD_APART = ("factorial", TABLE, *FILLING)
REASONS = {
    "one-at-a-time": "which leaves the other factors as they are",
    "zip": "in which all factors move together",
}


@dataclass(frozen=True)
class Cube:
    """A design's points in the unit cube.

    factors: of the design; those of a table have the range or list that was found. positions: shape (points, factors), in 0-1.
    blocks: the points that a design makes together, as indices of shape (blocks, points of one): a base sample of Sobol', a
    trajectory of Morris, else a single point.
    """

    kind: str
    factors: tuple[Factor, ...]
    positions: np.ndarray
    blocks: np.ndarray

    @property
    def block_of(self) -> np.ndarray:
        """The block of each point, shape (points,)."""
        found = np.empty(self.blocks.size, int)
        found[self.blocks.ravel()] = np.repeat(np.arange(len(self.blocks)), self.blocks.shape[1])
        return found

    def at(self, points: Sequence[Point]) -> np.ndarray:
        """Return the positions of points given in the factors' values, shape (points, factors)."""
        return np.column_stack([factor.positions([point[i] for point in points]) for i, factor in enumerate(self.factors)])

    def limits(self, factor: int, low: float, high: float) -> tuple[Any, Any]:
        """Return the values at two positions of a factor; of a list, the first and the last value between them, None for none."""
        chosen = self.factors[factor]
        if not chosen.values:
            return chosen.at(low), chosen.at(high)
        inside = [value for value, place in zip(chosen.values, chosen.positions(chosen.values), strict=True) if low <= place <= high]
        return (inside[0], inside[-1]) if inside else (None, None)

    def between(self, factor: int, low: float, high: float) -> str:
        """Return in words that a factor lies between two positions: 'reward ≥ 4', '0.1 ≤ fine ≤ 0.4', 'preset is a, b'."""
        chosen = self.factors[factor]
        if chosen.values:
            places = chosen.positions(chosen.values)
            listed = [str(value) for value, place in zip(chosen.values, places, strict=True) if low <= place <= high]
            return f"{chosen.label} is {' or '.join(listed)}"
        start, end = f"{chosen.at(max(low, 0.0)):.4g}", f"{chosen.at(min(high, 1.0)):.4g}"
        if low <= 0:
            return f"{chosen.label} ≤ {end}"
        return f"{chosen.label} ≥ {start}" if high >= 1 else f"{start} ≤ {chosen.label} ≤ {end}"


def cube_of(responses: Responses, what: str) -> Cube:
    """Return the points of a design in the unit cube; `what` is asked of them: 'sensitivity'.

    Raises a Refusal where the factors do not vary freely, or where a point leaves one as it is.
    """
    if responses.kind not in TOLD_APART:
        reason = REASONS[responses.kind]
        allowed = ", ".join(TOLD_APART)
        raise Refusal(f"{responses.title}: {what} cannot be told from a {responses.kind} design, {reason}: expected one of {allowed}")
    columns = list(zip(*responses.points, strict=True))
    for factor, column in zip(responses.factors, columns, strict=True):
        if None in column:
            raise Refusal(
                f"{responses.title}: point {column.index(None)} leaves factor {factor.name!r} as the arms have it: expected a value of "
                f"every factor at every point to tell {what}"
            )
    factors = tuple(_filled(factor, column) for factor, column in zip(responses.factors, columns, strict=True))
    blocks = _blocks(responses.kind, len(responses.points), len(factors))
    bare = Cube(responses.kind, factors, np.empty((0, len(factors))), blocks)
    return replace(bare, positions=bare.at(responses.points))


def _filled(factor: Factor, column: Sequence[Any]) -> Factor:
    """Return a factor of a table with the range of its numbers, or with the list of its values; others as they are."""
    if factor.values or factor.low < factor.high:
        return factor
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in column)
    if not numbers or min(column) == max(column):
        return replace(factor, values=tuple(dict.fromkeys(column)), scale="linear")
    scale = factor.scale if min(column) > 0 else "linear"
    return replace(factor, low=float(min(column)), high=float(max(column)), scale=scale)


def _blocks(kind: str, points: int, factors: int) -> np.ndarray:
    length = {"sobol": factors + 2, "morris": factors + 1}.get(kind, 1)
    if points % length:
        raise Refusal(f"the {kind} design has {points} points of {factors} factors: expected a multiple of {length}")
    return np.arange(points).reshape(-1, length)


def chosen_outcomes(responses: Responses, names: Sequence[str] = ()) -> list[OutcomeFacts]:
    """Return the outcomes of those names; without names those of social trust that there are, or else the headline outcomes.

    Raises a Refusal for a name that is not known.
    """
    for name in names:
        if name not in responses.outcomes:
            hint = nearest(name, responses.outcomes)
            raise Refusal(f"{responses.title}: outcome {name!r} is not known{hint}: expected one of {', '.join(responses.outcomes)}")
    trust = [name for name in SOCIAL_TRUST if name in responses.outcomes]
    headlines = [name for name, facts in responses.outcomes.items() if facts.headline]
    return [responses.outcomes[name] for name in (names or trust or headlines)]


def mean_over_runs(differences: np.ndarray) -> np.ndarray:
    """Return the mean of each point over its replications that have a value, shape (points,); NaN where none has."""
    counts = np.isfinite(differences).sum(axis=1)
    totals = np.nansum(differences, axis=1)
    return np.divide(totals, counts, out=np.full(len(totals), math.nan), where=counts > 0)
