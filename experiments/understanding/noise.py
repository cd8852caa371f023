"""What of a result is chance between replications, and what is the choice of the design's points.

Points and seeds are crossed: every point runs with the same seeds. Three resamplings tell the parts of an estimate's variance
apart (Owen 2007, the pigeonhole bootstrap and its correction): of blocks of points with the means held (design, and noise that is
each point's own); of each point's own replications with the points held; of whole seeds with the points held (noise that is each
point's own, and what seeds do to many points alike). The first less the second is design noise. Replication noise is the second,
and what the third has more than it. Both make the total.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from experiments.understanding.indices import Estimate, Method

DRAWS = 200
#: By which part of the way means move to those of a resample of whole seeds: with few seeds, whole resamples differ most in how
#: much noise they hold, which says nothing of the estimate.
NUDGE = 0.25
NAN = float("nan")


@dataclass(frozen=True)
class Sample:
    """The effects of complete blocks: one value a replication, shape (blocks, points of a block, replications), none of them NaN.

    kept: indices of the blocks kept, shape (blocks,). remark: what had to be left out, or empty.
    """

    values: np.ndarray
    kept: np.ndarray
    remark: str = ""

    @property
    def means(self) -> np.ndarray:
        """Means over replications, shape (blocks, points of a block, 1)."""
        return self.values.mean(axis=-1, keepdims=True)

    @property
    def residuals(self) -> np.ndarray:
        """Deviations from the means, shape (blocks, points of a block, replications)."""
        return self.values - self.means

    @property
    def replications(self) -> int:
        """Replications of each point."""
        return self.values.shape[-1]


@dataclass(frozen=True)
class Noise:
    """How far single runs differ by chance, and points by their factors.

    within: variance of one run at a point, between seeds. between: variance of the true means over points, freed of the noise of the
    means (never below 0). share: of the variance of a single run that is replication noise, 0-1. of_means: the same of the mean over
    the replications. NaN below two replications, where nothing tells them apart.
    """

    within: float
    between: float
    share: float
    of_means: float


@dataclass(frozen=True)
class Spread:
    """Half-widths of 95 % intervals, shape (indices, factors): of design noise, of replication noise, and of both together.

    With one replication `replication` is NaN, and design noise holds both.
    """

    design: np.ndarray
    replication: np.ndarray
    total: np.ndarray


def complete(differences: np.ndarray, blocks: np.ndarray) -> Sample:
    """Return the blocks and replications without a gap. differences: shape (points, replications); blocks: indices, as of a `Cube`.

    First goes every replication that misses a value at more than half of the points, then every block that misses any.
    """
    differences = np.asarray(differences, float)
    if not np.isfinite(differences).any():
        return Sample(np.empty((0, blocks.shape[1], 0)), np.empty(0, int), "no point has a value")
    measured = np.isfinite(differences)
    some = measured.any(axis=1)  # points that were never measured say nothing of a replication
    seeds = measured[some].mean(axis=0) >= 0.5
    values = differences[:, seeds][blocks]
    kept = np.flatnonzero(np.isfinite(values).all(axis=(1, 2)))
    remarks = [
        f"{left} of {of} {what} left out for missing values"
        for left, of, what in (
            (int((~seeds).sum()), len(seeds), "replications"),
            (len(blocks) - len(kept), len(blocks), "points" if blocks.shape[1] == 1 else "blocks of points"),
        )
        if left
    ]
    return Sample(values[kept], kept, "; ".join(remarks))


def noise_of(values: np.ndarray) -> Noise:
    """Return how variance divides. values: shape (points, replications), without NaN.

    What a seed does at all points alike does not blur the differences between points: it counts as noise of a single run, but is not
    taken off the variance of the means.
    """
    points, replications = values.shape
    if replications < 2 or points < 2:
        return Noise(NAN, NAN, NAN, NAN)
    within = float(values.var(axis=1, ddof=1).mean())
    of_points = float(values.mean(axis=1).var(ddof=1))
    own = values - values.mean(axis=0)  # what a seed does to all points is off
    blur = float(own.var(axis=1, ddof=1).mean()) * points / (points - 1) / replications
    between = max(of_points - blur, 0.0)
    share = within / (within + between) if within + between > 0 else NAN
    return Noise(within, between, share, min(blur / of_points, 1.0) if of_points > 0 else NAN)


def spread_of(method: Method, sample: Sample, seed: int = 0, draws: int = DRAWS) -> Spread:
    """Return the half-widths of the 95 % intervals of a method's indices."""
    rng = np.random.default_rng(seed)
    design = _variance(_over_blocks(method, sample, rng, draws))
    if sample.replications < 2:
        half = 1.96 * np.sqrt(design)
        return Spread(half, np.full(half.shape, NAN), half)
    own = _variance(_over_runs(method.estimate, sample, rng, draws, shared=False))
    nudged = [_variance(_over_runs(method.estimate, sample, rng, draws, shared, NUDGE)) / NUDGE**2 for shared in (True, False)]
    of_design = 1.96 * np.sqrt(np.maximum(design - own, 0.0))
    # What is each point's own is known from many points; what seeds do to all of them only from as many values as there are seeds.
    few = float(stdtrit(sample.replications - 1, 0.975))
    of_runs = np.hypot(1.96 * np.sqrt(own), few * np.sqrt(np.maximum(nudged[0] - nudged[1], 0.0)))
    return Spread(of_design, of_runs, np.hypot(of_design, of_runs))


def _variance(draws: np.ndarray) -> np.ndarray:
    """Return the variance over draws, shape (indices, factors); NaN where half of them or more have no value."""
    known = np.isfinite(draws)
    counts = known.sum(axis=0)
    filled = np.where(known, draws, 0.0)
    means = filled.sum(axis=0) / np.maximum(counts, 1)
    squares = (np.where(known, draws - means, 0.0) ** 2).sum(axis=0) / np.maximum(counts - 1, 1)
    return np.where(2 * counts > len(draws), squares, NAN)


def _over_blocks(method: Method, sample: Sample, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Return estimates from other blocks, with the means held.

    Resamples hold points twice, which PAWN takes for structure; half of the points, drawn without repetition, spread about as far as
    all points do.
    """
    n, means, residuals = len(sample.values), sample.means, sample.residuals

    def chosen() -> np.ndarray:
        return rng.permutation(n)[: n // 2] if method.halves else rng.integers(n, size=n)

    return np.array([method.estimate(means, residuals, chosen(), 1.0) for _ in range(draws)])


def _over_runs(estimate: Estimate, sample: Sample, rng: np.random.Generator, draws: int, shared: bool, part: float = 1.0) -> np.ndarray:
    """Return estimates from other replications, with the points held: the same ones at all points (shared), or each point's own.

    The means move by `part` of the way to those of the resample, or rather a little more: a resample of R values varies by (R - 1) / R
    too little. They then hold the noise 1 + part**2 times.
    """
    values, means, residuals, everyone = sample.values, sample.means, sample.residuals, np.arange(len(sample.values))
    replications = sample.replications
    way = part * (replications / (replications - 1)) ** 0.5
    found = []
    for _ in range(draws):
        if shared:
            drawn = values[..., rng.integers(replications, size=replications)]
        else:
            drawn = np.take_along_axis(values, rng.integers(replications, size=values.shape), axis=-1)
        moved = means + way * (drawn.mean(axis=-1, keepdims=True) - means)
        found.append(estimate(moved, residuals, everyone, 1.0 + part**2))
    return np.array(found)
