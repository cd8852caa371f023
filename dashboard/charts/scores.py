"""The distribution of the first scheme's scores: how many citizens stand where on its scale, and in which grade."""

from dataclasses import dataclass

import numpy as np

from agents.units import MILLI
from dashboard.network.colours import colours_of_grades
from model.society import Society

BINS = 40


@dataclass(frozen=True)
class Scale:
    """The scale of a scheme's scores, cut into bins, and its grades from best to worst, with a CSS colour for each."""

    low: float
    high: float
    grades: tuple[str, ...]
    colours: tuple[str, ...]
    bins: int = BINS

    def __post_init__(self) -> None:
        """Raise ValueError where it is no scale, or where grades and colours are not as many."""
        if not (self.low < self.high and self.bins > 0 and len(self.grades) == len(self.colours) > 0):
            raise ValueError("expected low < high, at least one bin, and a colour for each grade")

    def counts(self, scores: np.ndarray, grades: np.ndarray) -> np.ndarray:
        """Return how many have a score in each bin and are in each grade: float32 (bins, grades).

        scores: points, shape (n,); what lies beyond the scale counts with its ends. grades: places among the grades, shape (n,).
        """
        place = np.floor((np.asarray(scores, np.float64) - self.low) / (self.high - self.low) * self.bins)
        cell = np.clip(place, 0, self.bins - 1).astype(np.int64) * len(self.grades) + np.asarray(grades, np.int64)
        return np.bincount(cell, minlength=self.bins * len(self.grades)).reshape(self.bins, -1).astype(np.float32)


def scale_of(society: Society) -> Scale | None:
    """Return the scale of the first scheme, or None where there is none. A scheme without grades has one, without a name."""
    if not society.parameters.schemes:
        return None
    scheme = society.parameters.schemes[0]
    grades = tuple(grade.name for grade in scheme.grade) or ("",)
    return Scale(scheme.floor, scheme.ceiling, grades, colours_of_grades(len(grades)))


def scores_of(society: Society, scale: Scale) -> np.ndarray | None:
    """Return the counts of those enrolled in the first scheme, as after the last week done; None while it is not at work.

    None, too, if it is of another scale, as that of another arm may be, which is shown beside it.
    """
    world, own = society.world, scale_of(society)
    if own is None or (own.low, own.high, own.grades) != (scale.low, scale.high, scale.grades) or world.status[0].running != 1:
        return None
    member = world.standing.enrolled[0] == 1
    return scale.counts(world.standing.score[0][member] / MILLI, world.standing.grade[0][member])
