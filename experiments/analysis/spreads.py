"""Distributions of an outcome over replications: quantiles, a density, and whether they fall into two groups."""

from dataclasses import dataclass

import numpy as np

from experiments.analysis.statistics import MANY_SEEDS, UNIFORM, bimodality, in_two_groups
from experiments.analysis.surfaces import rectangles


@dataclass(frozen=True)
class Spread:
    """The values of an outcome over replications, NaN left out, in its unit.

    values: shape (n,), ascending. quantiles: at 5, 25, 50, 75 and 95 %, NaN without values. places, density: a Gaussian kernel
    estimate with Silverman's (1986) bandwidth, its highest point at 1; empty below ten values and where all are equal.
    two_groups: as `statistics.Paired`.
    """

    values: np.ndarray
    quantiles: np.ndarray
    places: np.ndarray
    density: np.ndarray
    two_groups: bool


def spread_of(values: np.ndarray) -> Spread:
    """Return the distribution of values, shape (replications,)."""
    values = np.sort(values[np.isfinite(values)])
    quantiles = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95]) if values.size else np.full(5, np.nan)
    if values.size < MANY_SEEDS or np.ptp(values) == 0:
        return Spread(values, quantiles, np.empty(0), np.empty(0), False)
    from scipy.stats import gaussian_kde  # slow to import

    kernel = gaussian_kde(values, bw_method="silverman")
    beyond = 2 * float(kernel.covariance[0, 0]) ** 0.5
    places = np.linspace(values[0] - beyond, values[-1] + beyond, 64)
    density = kernel(places)
    two_groups = bimodality(values) > UNIFORM and in_two_groups(values)
    return Spread(values, quantiles, places, density / density.max(), two_groups)


def points_in_two_groups(differences: np.ndarray) -> np.ndarray:
    """Return at which points the differences fall into two groups, as `statistics.Paired.two_groups` says it of one.

    differences: shape (points, replications), NaN where there is none. Returns truth values, shape (points,).
    """
    found = np.zeros(len(differences), bool)
    for rows, values in rectangles(differences):
        uneven = np.ptp(values, axis=1) > 0
        if values.shape[1] >= MANY_SEEDS and uneven.any():
            values, points = values[uneven], np.flatnonzero(rows)[uneven]
            suspected = np.flatnonzero(_bimodality(values) > UNIFORM)
            found[points[suspected]] = [in_two_groups(values[row]) for row in suspected]
    return found


def _bimodality(values: np.ndarray) -> np.ndarray:
    """Return `statistics.bimodality` of each row of (points, n), n at least ten, no row of equal values."""
    n = values.shape[1]
    scaled = (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True)
    skewness = (n * (n - 1)) ** 0.5 / (n - 2) * np.mean(scaled**3, axis=1)
    kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * np.mean(scaled**4, axis=1) - 3 * (n - 1))
    return (skewness**2 + 1) / (kurtosis + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))
