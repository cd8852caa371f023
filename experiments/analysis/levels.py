"""How the points of a design lie: the levels of its factors, whether they fill a grid, and which points share a level."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.analysis.responses import Responses
from experiments.specs.designs import Factor


@dataclass(frozen=True)
class Doses:
    """The points of a design, ordered by the level of one factor.

    values: the levels, numbers in their order, others as they are listed. groups: of each level, the points that have it. held: what
    the other factors do meanwhile, in words; empty where there are none.
    """

    factor: Factor
    values: tuple[Any, ...]
    groups: tuple[np.ndarray, ...]
    held: str = ""

    @property
    def numeric(self) -> bool:
        """Whether the levels are numbers, so that one is more than another."""
        return all(map(is_number, self.values))

    @property
    def logarithmic(self) -> bool:
        """Whether the levels are drawn on a log scale."""
        return self.factor.scale == "log" and self.numeric and min(self.values) > 0


def is_number(value: Any) -> bool:
    """Return whether a value is a number; true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def levels_of(responses: Responses, place: int) -> tuple[Any, ...]:
    """Return the distinct levels of a factor that points have: numbers ascending, others in the order in which they come."""
    found = tuple(dict.fromkeys(point[place] for point in responses.points if point[place] is not None))
    return tuple(sorted(found)) if all(map(is_number, found)) else found


def places_of(responses: Responses, place: int) -> np.ndarray:
    """Return the place of each point's level in `levels_of`, shape (points,); -1 where the factor is left as the arms have it."""
    order = {value: i for i, value in enumerate(levels_of(responses, place))}
    return np.array([-1 if point[place] is None else order[point[place]] for point in responses.points], int)


def varied(responses: Responses) -> list[int]:
    """Return the places of the factors that have two levels or more."""
    return [place for place in range(len(responses.factors)) if len(levels_of(responses, place)) > 1]


def is_grid(responses: Responses) -> bool:
    """Return whether the points are all combinations of their factors' levels, each once, whatever the design is called."""
    counts = [len(levels_of(responses, place)) for place in range(len(responses.factors))]
    complete = all(value is not None for point in responses.points for value in point)
    return complete and math.prod(counts) == len(responses.points) == len(set(responses.points))


def dose_sets(responses: Responses) -> list[Doses]:
    """Return the points by level, factor by factor, for designs in which points share levels: grids, zips and one at a time.

    Empty for designs that fill a space, and for tables that are no grid.
    """
    if responses.kind == "one-at-a-time":
        held = "the other factors as the arms have them" if len(responses.factors) > 1 else ""
        return [_doses(responses, place, held) for place in varied(responses)]
    if responses.kind == "zip":
        return _zipped(responses)
    if not is_grid(responses):
        return []
    return [_doses(responses, place, averaged(responses, [place])) for place in varied(responses)]


def _zipped(responses: Responses) -> list[Doses]:
    """Return the points of a zip design by the first factor whose levels all differ, along with which the others move."""
    distinct = [place for place in varied(responses) if len(levels_of(responses, place)) == len(responses.points)]
    for place in (distinct or varied(responses))[:1]:
        others = [factor.label for i, factor in enumerate(responses.factors) if i != place]
        return [_doses(responses, place, f"{listed(others)} moving along with it" if others else "")]
    return []


def _doses(responses: Responses, place: int, held: str) -> Doses:
    places, values = places_of(responses, place), levels_of(responses, place)
    groups = tuple(np.flatnonzero(places == level) for level in range(len(values)))
    return Doses(responses.factors[place], values, groups, held)


def averaged(responses: Responses, shown: Iterable[int]) -> str:
    """Return in words over which of the varied factors something is averaged if these places are shown."""
    others = [responses.factors[place].label for place in varied(responses) if place not in set(shown)]
    return f"averaged over {listed(others)}" if others else ""


def by_dose(values: np.ndarray, doses: Doses) -> np.ndarray:
    """Return the mean over the points of each level, seed by seed: (points, replications) -> (replications, levels).

    NaN where one of the points has no value for that seed, as the rest would be another mean.
    """
    return np.column_stack([values[group].mean(axis=0) for group in doses.groups])


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence: 'a, b and c'."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def thinned(length: int, most: int) -> np.ndarray:
    """Return at most so many places of a sequence, evenly spread, with its first and last."""
    return np.unique(np.round(np.linspace(0, length - 1, min(length, most))).astype(int)) if length else np.empty(0, int)
