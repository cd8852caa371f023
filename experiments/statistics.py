"""Paired differences, their intervals, verdicts and interactions: pure functions of arrays with one value a seed.

Arms share their seeds and the luck that belongs to each choice (common random numbers), so that the difference of two arms is
taken seed by seed: most of what makes seeds differ cancels, and a Student t interval is put around the mean difference. NaN marks
a seed without a value. Methods: Law 2015, Simulation Modeling and Analysis (paired t, common random numbers); Schuirmann 1987
(equivalence by the 90 % interval); Efron 1987 (BCa bootstrap).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.special import stdtrit

RAISES, ERODES, EQUIVALENT, INCONCLUSIVE, MIXED = "raises", "erodes", "equivalent", "inconclusive", "mixed"
NAN = float("nan")


@dataclass(frozen=True)
class Paired:
    """The difference of two arms over n seeds, in the outcome's unit.

    sd: standard deviation of the differences. low95 ... high90: ends of the 95 % and 90 % t intervals of the mean (NaN below two
    seeds). agreement: share of seeds whose difference has the sign of the mean. variance_reduction: share of the variance of
    independent seeds that pairing takes away (1: all; 0: none; negative: it adds). remark: why there is no interval, or empty.
    """

    n: int
    mean: float
    sd: float
    low95: float
    high95: float
    low90: float
    high90: float
    agreement: float
    variance_reduction: float
    remark: str = ""


def t_interval(mean: float, sd: float, n: int, level: float) -> tuple[float, float]:
    """Return the Student t interval of a mean of n values at that level (0-1); NaN below two values."""
    if n < 2:
        return NAN, NAN
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * sd / n**0.5
    return mean - half, mean + half


def paired(treated: np.ndarray, reference: np.ndarray) -> Paired:
    """Return the statistics of treated - reference, two arrays of shape (seeds,) in the same order of seeds.

    A seed without a value in either arm is left out, and the remark says so. Raises ValueError for different shapes.
    """
    treated, reference = np.asarray(treated, float), np.asarray(reference, float)
    if treated.shape != reference.shape or treated.ndim != 1:
        raise ValueError(f"expected two arrays with one value a seed, found shapes {treated.shape} and {reference.shape}")
    measured = np.isfinite(treated) & np.isfinite(reference)
    treated, reference = treated[measured], reference[measured]
    result = of_differences(treated - reference, missing=int((~measured).sum()))
    if result.n < 2:
        return result
    apart = float(np.var(treated, ddof=1) + np.var(reference, ddof=1))
    reduction = 1 - result.sd**2 / apart if apart > 0 else NAN
    return replace(result, variance_reduction=reduction)


def of_differences(differences: np.ndarray, missing: int = 0) -> Paired:
    """Return the statistics of an array of differences, one a seed, none of them NaN."""
    n = differences.size
    if n == 0:
        return Paired(0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, "no seed has a value in both arms")
    mean = float(np.mean(differences))
    sd = float(np.std(differences, ddof=1)) if n > 1 else NAN
    if n > 1 and np.ptp(differences) == 0:  # the mean of equal numbers may differ from them in the last digit
        mean, sd = float(differences[0]), 0.0
    remark = f"{missing} of {n + missing} seeds have no value in one of the arms" if missing else ""
    if n == 1:
        remark = "one seed gives no interval"
    agreement = float(np.mean(np.sign(differences) == np.sign(mean)))
    return Paired(n, mean, sd, *t_interval(mean, sd, n, 0.95), *t_interval(mean, sd, n, 0.90), agreement, NAN, remark)


def verdict(difference: Paired, smallest_effect: float) -> str:
    """Return the verdict on one outcome.

    `equivalent` if the 90 % interval lies inside +-smallest_effect (two one-sided tests at 5 %); else `raises` or `erodes` if the
    95 % interval excludes 0; else `inconclusive`, also where there is no interval.
    """
    if -smallest_effect < difference.low90 and difference.high90 < smallest_effect:
        return EQUIVALENT
    if difference.low95 > 0:
        return RAISES
    if difference.high95 < 0:
        return ERODES
    return INCONCLUSIVE


def social_trust(verdicts: Iterable[str]) -> str:
    """Return the verdict on social trust from the verdicts on its outcomes (generalized trust and exchange rate).

    All alike: that one. One directional and another not, or two against each other: `mixed`. Else `inconclusive`.
    """
    found = set(verdicts)
    if len(found) == 1:
        return found.pop()
    return MIXED if found & {RAISES, ERODES, MIXED} else INCONCLUSIVE


def bca_interval(differences: np.ndarray, level: float = 0.95, seed: int = 0, resamples: int = 9999) -> tuple[float, float]:
    """Return the bias-corrected and accelerated bootstrap interval of the mean difference, a check on the t interval.

    NaN below three seeds; the common value twice where all differences are equal.
    """
    differences = np.asarray(differences, float)
    differences = differences[np.isfinite(differences)]
    if differences.size < 3:
        return NAN, NAN
    if np.ptp(differences) == 0:
        return float(differences[0]), float(differences[0])
    from scipy.stats import bootstrap  # slow to import

    result = bootstrap(
        (differences,), np.mean, confidence_level=level, n_resamples=resamples, method="BCa", rng=np.random.default_rng(seed)
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)


def subsets(levers: Sequence[str]) -> list[frozenset[str]]:
    """Return all sets of levers, the empty one first, then by size, in the order given."""
    return [frozenset(chosen) for size in range(len(levers) + 1) for chosen in combinations(levers, size)]


def interaction(cells: Mapping[frozenset[str], np.ndarray], levers: frozenset[str]) -> Paired:
    """Return what these levers do together beyond all their smaller combinations.

    `cells` maps each set of levers that are on to the values of that arm, shape (seeds,). For levers a and b the contrast is
    y(ab) - y(a) - y(b) + y(none), seed by seed; for three, the sum over all subsets with the sign (-1)**(levers switched off).
    """
    total = np.zeros_like(np.asarray(cells[frozenset()], float))
    for chosen in subsets(sorted(levers)):
        total = total + (-1) ** (len(levers) - len(chosen)) * np.asarray(cells[chosen], float)
    measured = np.isfinite(total)
    return of_differences(total[measured], missing=int((~measured).sum()))
