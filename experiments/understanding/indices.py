"""Indices of sensitivity as functions of the means over replications, freed of replication noise where that can be done exactly.

An outcome is an array of shape (blocks, points of a block, fields): the field of means, or one field of residuals a replication.
First and total indices and sigma are made of quadratic forms Q of the means. With R replications the noise of a mean adds
sum_r Q(residuals of r) / (R (R - 1)) to Q, in expectation, however noise is shared between points that share their seeds; this
is taken off. PAWN and mu* are not quadratic: noise stays in them, and their yardsticks say how much of it to expect.

Sources: Saltelli et al. 2010 (first order) and Jansen 1999 (total), the estimators of SALib; Morris 1991, Campolongo et al. 2007; Pianosi
and Wagener 2018 (PAWN from a given sample); Plischke et al. 2013 (first order from a given sample, here adjusted for the number
of slices).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import poch

from experiments.specs.designs import MORRIS_LEVELS

FIRST, TOTAL, MU_STAR, SIGMA, PAWN = "first", "total", "mu_star", "sigma", "pawn"
SOBOL, MORRIS, GIVEN = "Sobol'", "Morris", "given sample"
#: Slices of a factor's range, at most, and points in each, at least. PAWN compares distributions, which takes more points than a mean.
SLICES, FINE_SLICES, POINTS_A_SLICE = 10, 30, 8

#: (means (blocks, points, 1), residuals (blocks, points, R), chosen blocks, how often the means hold the noise) -> (indices, factors)
Estimate = Callable[[np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]
Forms = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # fields -> (quadratic forms (indices, factors, k), variances (k,))


@dataclass(frozen=True)
class Method:
    """A way to estimate indices: what they are called, how, and whether parts of a sample are halves (else resamples) of it."""

    name: str
    indices: tuple[str, ...]
    estimate: Estimate
    halves: bool = False


def without_noise(forms: Forms, means: np.ndarray, residuals: np.ndarray, times: float) -> tuple[np.ndarray, float]:
    """Return (quadratic forms (indices, factors), variance) of the means less `times` what the noise adds to them."""
    found, variance = forms(means)
    replications = residuals.shape[-1]
    if replications < 2:
        return found[..., 0], float(variance[0])
    added, noise = forms(residuals)
    pairs = replications * (replications - 1)
    return found[..., 0] - times * added.sum(axis=-1) / pairs, float(variance[0] - times * noise.sum() / pairs)


def _shares(forms: Forms, means: np.ndarray, residuals: np.ndarray, times: float) -> np.ndarray:
    """Return quadratic forms as shares of the variance, NaN where the variance is no larger than its noise."""
    parts, variance = without_noise(forms, means, residuals, times)
    return parts / variance if variance > 0 else np.full(parts.shape, np.nan)


# --- Sobol' ---------------------------------------------------------------------------------------------------------------------


def sobol_method() -> Method:
    """Return first and total indices from blocks of A, AB of each factor, B (SALib's order)."""

    def estimate(means: np.ndarray, residuals: np.ndarray, chosen: np.ndarray, times: float) -> np.ndarray:
        return _shares(sobol_forms, means[chosen], residuals[chosen], times)

    return Method(SOBOL, (FIRST, TOTAL), estimate)


def sobol_forms(fields: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (first and total effects in units of variance, shape (2, factors, k); variance over A and B, shape (k,))."""
    fields = fields - fields.mean(axis=(0, 1))  # SALib centres, too: else first indices are biased
    A, AB, B = fields[:, :1], fields[:, 1:-1], fields[:, -1:]
    moved = AB - A
    both = np.concatenate([A, B], axis=1)
    return np.stack([(B * moved).mean(axis=0), 0.5 * (moved**2).mean(axis=0)]), both.var(axis=(0, 1))


# --- Morris ---------------------------------------------------------------------------------------------------------------------


def morris_method(positions: np.ndarray, blocks: np.ndarray) -> Method:
    """Return mu* and sigma, in the outcome's unit over a factor's whole range, from trajectories through the unit cube."""
    steps, signs = moves(positions[blocks])

    def estimate(means: np.ndarray, residuals: np.ndarray, chosen: np.ndarray, times: float) -> np.ndarray:
        effects = elementary_effects(means[chosen], steps[chosen], signs[chosen])
        noise = elementary_effects(residuals[chosen], steps[chosen], signs[chosen])
        spread, _ = without_noise(_spread, effects, noise, times)
        return np.stack([np.abs(effects[..., 0]).mean(axis=0), np.sqrt(np.maximum(spread, 0))])

    return Method(MORRIS, (MU_STAR, SIGMA), estimate)


def moves(trajectories: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (the step in which each factor moves, up or down as +1 or -1), both of shape (trajectories, factors).

    trajectories: shape (trajectories, factors + 1, factors). A step in which nothing moves (two levels that are one and the same whole
    number) belongs to a factor that moves in no other: its effect is 0.
    """
    moved = np.diff(trajectories, axis=1)  # (trajectories, steps, factors)
    steps = np.full((len(moved), moved.shape[2]), -1)
    block, step, factor = np.nonzero(np.abs(moved) > 1e-9)
    steps[block, factor] = step
    for row in np.flatnonzero((steps < 0).any(axis=1)):
        steps[row, steps[row] < 0] = np.setdiff1d(np.arange(moved.shape[1]), steps[row])
    signs = np.sign(np.take_along_axis(moved, steps[:, None, :], axis=1)[:, 0])
    return steps, np.where(signs == 0, 1.0, signs)


def elementary_effects(fields: np.ndarray, steps: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Return the elementary effects, shape (trajectories, factors, k): the change in a step over the step's length in the cube."""
    change = np.take_along_axis(np.diff(fields, axis=1), steps[..., None], axis=1)
    return change * signs[..., None] / step_length()


def step_length() -> float:
    """Return the length of a step of Morris' design: half the grid's levels, in the unit cube."""
    return MORRIS_LEVELS / (2 * (MORRIS_LEVELS - 1))


def _spread(effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if len(effects) < 2:
        return np.full(effects.shape[1:], np.nan), np.full(effects.shape[2], np.nan)
    return effects.var(axis=0, ddof=1), effects.var(axis=(0, 1))


def noise_in_mu_star(residuals: np.ndarray, positions: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Return the mu* to expect of a factor that does nothing, from noise alone (normal), shape (factors,); NaN below two replications."""
    replications = residuals.shape[-1]
    if replications < 2:
        return np.full(positions.shape[1], np.nan)
    noise = elementary_effects(residuals, *moves(positions[blocks]))
    sd = np.sqrt((noise**2).sum(axis=-1) / (replications * (replications - 1)))
    half = (replications - 1) / 2
    unbiased = poch(half, 0.5) / half**0.5  # standard deviations of few values are too small on average
    return np.sqrt(2 / np.pi) * sd.mean(axis=0) / unbiased


# --- a given sample -------------------------------------------------------------------------------------------------------------


def slices_of(positions: np.ndarray, most: int = SLICES) -> np.ndarray:
    """Return the slice of each point and factor, shape (points, factors): one a value where these are few, else of equal counts.

    At most `most` slices, with at least eight points each, but at least two.
    """
    most = int(np.clip(len(positions) // POINTS_A_SLICE, 2, most))
    slices = np.empty(positions.shape, int)
    for column in range(positions.shape[1]):
        values, which = np.unique(positions[:, column].round(12), return_inverse=True)
        if len(values) > most:
            ends = np.quantile(positions[:, column], np.arange(1, most) / most)
            which = np.unique(np.searchsorted(ends, positions[:, column], side="right"), return_inverse=True)[1]
        slices[:, column] = which
    return slices


def given_sample_method(positions: np.ndarray, blocks: np.ndarray) -> Method:
    """Return PAWN and first indices from any sample. positions: shape (points, factors); blocks: of points, as of a `Cube`."""
    coarse, fine = slices_of(positions), slices_of(positions, FINE_SLICES)

    def estimate(means: np.ndarray, residuals: np.ndarray, chosen: np.ndarray, times: float) -> np.ndarray:
        points = blocks[chosen].ravel()
        flat, noise = means[chosen].reshape(len(points), -1), residuals[chosen].reshape(len(points), -1)
        first = _shares(lambda fields: slice_forms(fields, fine[points]), flat, noise, times)
        return np.stack([pawn(flat[:, 0], coarse[points]), first[0]])

    return Method(GIVEN, (PAWN, FIRST), estimate, halves=True)


def slice_forms(fields: np.ndarray, slices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (variance between the means of slices, adjusted for their number, shape (1, factors, k); variance over points, (k,))."""
    n = len(fields)
    centred = fields - fields.mean(axis=0)
    total = (centred**2).sum(axis=0)
    between = np.zeros((slices.shape[1], fields.shape[1]))
    for column in range(slices.shape[1]):
        member = slices[:, column, None] == np.unique(slices[:, column])
        counts = member.sum(axis=0)
        explained = ((member.T @ centred) ** 2 / counts[:, None]).sum(axis=0)
        spare = n - len(counts)
        between[column] = total / (n - 1) - (total - explained) / spare if len(counts) > 1 and spare > 0 else 0.0
    return between[None], total / (n - 1)


def pawn(values: np.ndarray, slices: np.ndarray) -> np.ndarray:
    """Return the PAWN index of each factor, shape (factors,): the median over slices of the Kolmogorov-Smirnov distance to all.

    0: the slice's distribution is that of all points; towards 1: another. SALib's `pawn` gives the same for continuous factors; it leaves
    out the highest value of a factor, which may be half of the points of a list, and computes p-values that nobody asks for.
    """
    order = np.argsort(values, kind="stable")
    last = np.append(np.diff(values[order]) > 0, True)  # steps of the distribution, ties together
    everybody = np.flatnonzero(last) + 1
    found = np.empty(slices.shape[1])
    for column in range(slices.shape[1]):
        member = slices[order, column, None] == np.unique(slices[:, column])
        shares = np.cumsum(member, axis=0)[last] / member.sum(axis=0)
        found[column] = np.median(np.abs(shares - everybody[:, None] / len(values)).max(axis=0))
    return found
