"""What a design found, as arrays: outcomes and paired differences at each point, one value a replication."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from experiments.analysis.effects import OutcomeFacts
from experiments.specs.designs import Factor, Point
from experiments.specs.spec import Contrast


@dataclass(frozen=True)
class Responses:
    """The results of a design.

    title: the experiment's. kind: of the design. points: one value a factor, in the factors' order. labels: {arm: label}. values_of:
    (arm, outcome) -> effect-window means, shape (points, replications), NaN where there is none; an arm that no factor touches has
    the same values at every point.
    """

    title: str
    kind: str
    factors: tuple[Factor, ...]
    points: tuple[Point, ...]
    replications: int
    contrasts: tuple[Contrast, ...]
    outcomes: Mapping[str, OutcomeFacts]
    labels: Mapping[str, str]
    values_of: Callable[[str, str], np.ndarray]

    def differences(self, contrast: Contrast, outcome: str) -> np.ndarray:
        """Return arm minus reference at the same point and seed, shape (points, replications), NaN where either is missing."""
        return self.values_of(contrast.arm, outcome) - self.values_of(contrast.reference, outcome)

    def positions(self) -> np.ndarray:
        """Return the points in the unit cube, each factor's range or list stretched to 0-1, shape (points, factors)."""
        columns = [factor.positions([point[i] for point in self.points]) for i, factor in enumerate(self.factors)]
        return np.column_stack(columns)

    def label(self, contrast: Contrast) -> str:
        """Return a comparison in words: 'rewards against none'."""
        return f"{self.labels[contrast.arm]} against {self.labels[contrast.reference]}"
