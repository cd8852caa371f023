"""Patterns of the literature as arithmetic: what is compared, what it should come to, and by how much a society misses it.

Pure functions of numbers. A pattern is met or missed by the mean over seeds, since that is what studies report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LEVEL, DIFFERENCE, RELATIVE = "level", "difference", "relative"
MET, ON_AVERAGE, MISSED, UNMEASURED = "met", "on average", "not met", "not measured"

#: {arm: {quantity: value}} of one seed.
Found = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Target:
    """What a value should come to: from `low` to `high`, ends included; -inf or inf where one side is open.

    scale: a miss of so much counts as one, in the unit of the value, above 0.
    """

    low: float
    high: float
    scale: float

    def holds(self, value: float) -> bool:
        """Whether the value lies within; NaN does not."""
        return self.low <= value <= self.high

    def miss(self, value: float) -> float:
        """Return how far the value lies outside, in units of `scale`: 0 within, infinite for NaN."""
        if value != value:
            return float("inf")
        return max(self.low - value, value - self.high, 0.0) / self.scale

    def text(self) -> str:
        """Return the target as a table shows it: '0.14 to 0.27', 'at least 0.99', 'at most -0.01'."""
        if self.low == float("-inf"):
            return f"at most {self.high:g}"
        return f"at least {self.low:g}" if self.high == float("inf") else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Pattern:
    """A finding of the literature, and where the model should show it.

    quantity: an outcome of the model or one of `quantities.FROM_STATE`, in `arm`; `compare` says whether its level counts, its
    difference from `against` or its change relative to `against` (-0.2: a fifth less). weight: of its squared miss, above 0.
    """

    name: str
    claim: str
    source: str
    quantity: str
    arm: str
    target: Target
    compare: str = LEVEL
    against: str = ""
    weight: float = 1.0

    def value(self, found: Found) -> float:
        """Return what one seed shows of it; NaN where something is undefined."""
        value = found[self.arm][self.quantity]
        if self.compare == LEVEL:
            return value
        reference = found[self.against][self.quantity]
        if self.compare == DIFFERENCE:
            return value - reference
        return value / reference - 1.0 if reference else float("nan")

    def values(self, seeds: Sequence[Found]) -> np.ndarray:
        """Return what each seed shows (float64, shape (seeds,))."""
        return np.array([self.value(found) for found in seeds], float)


@dataclass(frozen=True)
class Reading:
    """What the seeds show of a pattern: mean, ends of the 95 % t interval (NaN for one seed), standardized miss of the mean, verdict.

    `met`: the whole interval lies within the target. `on average`: the mean alone does, as always with one seed, which has no interval.
    """

    mean: float
    low95: float
    high95: float
    miss: float
    verdict: str


def reading(target: Target, values: np.ndarray) -> Reading:
    """Return what values, one a seed, say about a target; a seed without a value leaves it unmeasured."""
    from experiments.analysis.statistics import t_interval

    mean = float(np.mean(values))
    if not np.isfinite(mean):
        return Reading(mean, float("nan"), float("nan"), float("inf"), UNMEASURED)
    low, high = t_interval(mean, float(np.std(values, ddof=1)), values.size, 0.95) if values.size > 1 else (float("nan"),) * 2
    verdict = MISSED
    if target.holds(mean):
        verdict = MET if target.holds(low) and target.holds(high) else ON_AVERAGE
    return Reading(mean, low, high, target.miss(mean), verdict)


def total_miss(patterns: Sequence[Pattern], seeds: Sequence[Found]) -> float:
    """Return the weighted sum of squared misses of the means over seeds: 0 if all patterns hold, infinite if one is undefined."""
    total = 0.0
    for pattern in patterns:  # in order, so that the last digit does not depend on how a library sums
        total += pattern.weight * pattern.target.miss(float(np.mean(pattern.values(seeds)))) ** 2
    return total


def holding(patterns: Sequence[Pattern], seeds: Sequence[Found]) -> list[bool]:
    """Return, for each pattern, whether the mean over seeds lies within its target."""
    return [pattern.target.holds(float(np.mean(pattern.values(seeds)))) for pattern in patterns]


@dataclass(frozen=True)
class Range:
    """What the accepted trials say of a parameter: lowest, median and highest value, and the share of its bounds that they span (0-1)."""

    low: float
    median: float
    high: float
    share: float


def accepted(misses: Sequence[float], share: float, least: int = 2) -> list[int]:
    """Return the places of the `share` (0-1) of trials with the smallest miss, at least `least` of them, the best first.

    Trials without a finite miss are never accepted; of equal ones the earlier is.
    """
    order = [place for place in np.argsort(np.array(misses, float), kind="stable").tolist() if np.isfinite(misses[place])]
    return order[: max(least, round(share * len(misses)))]


def spanned(values: Sequence[float], low: float, high: float, log: bool) -> Range:
    """Return the range of a parameter's accepted values within its bounds; `log` if its scale is logarithmic."""
    ends = np.array([low, high, min(values), max(values)], float)
    ends = np.log(ends) if log else ends
    return Range(min(values), float(np.median(values)), max(values), float((ends[3] - ends[2]) / (ends[1] - ends[0])))
