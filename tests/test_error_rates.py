"""How often the statistics err, on made-up seeds of which the truth is known. All draws are seeded: the rates are what they are."""

import numpy as np
import pytest

from experiments.analysis.statistics import (
    ERODES,
    MIXED,
    RAISES,
    bca_interval,
    holm,
    of_differences,
    simultaneous_band,
    social_trust,
    verdict,
)

SEEDS = 20
SAMPLES = 3000
#: Distributions with their true means.
NORMAL = (lambda rng, shape: rng.normal(size=shape), 0.0)
EXPONENTIAL = (lambda rng, shape: rng.exponential(size=shape), 1.0)
LOGNORMAL = (lambda rng, shape: rng.lognormal(size=shape), np.exp(0.5))


def at_most(rate: float, samples: int) -> float:
    """Return a share that chance (three standard errors) hardly exceeds where the true one is `rate`."""
    return rate + 3 * (rate * (1 - rate) / samples) ** 0.5


def correlated(rng: np.random.Generator, shape: tuple[int, ...], shared: float) -> np.ndarray:
    """Return standard normal values whose last axis is correlated by `shared`."""
    return shared**0.5 * rng.normal(size=(*shape[:-1], 1)) + (1 - shared) ** 0.5 * rng.normal(size=shape)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("distribution", "low", "high"),
    [
        pytest.param(NORMAL, 0.93, 0.97, id="normal"),
        pytest.param(EXPONENTIAL, 0.90, 0.95, id="exponential"),
        pytest.param(LOGNORMAL, 0.84, 0.89, id="lognormal"),
    ],
)
def test_coverage_of_the_t_interval(distribution, low, high):
    draw, mean = distribution
    found = [of_differences(sample) for sample in draw(np.random.default_rng(1), (SAMPLES, SEEDS))]
    assert low < np.mean([each.low95 <= mean <= each.high95 for each in found]) < high


@pytest.mark.slow
@pytest.mark.parametrize(
    ("distribution", "low", "high"),
    [
        pytest.param(NORMAL, 0.91, 0.97, id="normal"),
        pytest.param(EXPONENTIAL, 0.89, 0.95, id="exponential"),
        pytest.param(LOGNORMAL, 0.82, 0.89, id="lognormal"),
    ],
)
def test_coverage_of_the_bootstrap_interval(distribution, low, high):
    draw, mean = distribution
    found = [bca_interval(sample, resamples=999) for sample in draw(np.random.default_rng(2), (700, SEEDS))]
    assert low < np.mean([start <= mean <= end for start, end in found]) < high


def test_coverage_of_the_equivalence_test():
    """Where the true difference is just the smallest effect of interest, it is called equivalent in at most one of 20."""
    samples = np.random.default_rng(3).normal(0.01, 0.01, (SAMPLES, SEEDS))
    assert np.mean([verdict(of_differences(sample), 0.01) == "equivalent" for sample in samples]) <= at_most(0.05, SAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0.0, 0.5, 0.9])
def test_verdicts_where_nothing_differs(shared):
    """One outcome raises or erodes in at most one of 20; social trust less often still, but it is mixed in up to two of 20."""
    pairs = correlated(np.random.default_rng(4), (SAMPLES, SEEDS, 2), shared)
    verdicts = [[verdict(of_differences(pair[:, outcome]), 0.01) for outcome in (0, 1)] for pair in pairs]
    for outcome in (0, 1):
        assert np.mean([pair[outcome] in (RAISES, ERODES) for pair in verdicts]) <= at_most(0.05, SAMPLES)
    joint = [social_trust(pair) for pair in verdicts]
    assert np.mean([found in (RAISES, ERODES) for found in joint]) <= at_most(0.05, SAMPLES)
    assert np.mean([found == MIXED for found in joint]) <= at_most(0.0975, SAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0.0, 0.5])
@pytest.mark.parametrize("real", [0, 4])
def test_a_family_errs_at_most_once_in_20(shared, real):
    """Twelve comparisons, some of which really differ: any of the others below 0.05 is an error, which without Holm is common."""
    families = correlated(np.random.default_rng(5), (400, SEEDS, 12), shared)
    families[:, :, :real] += 2
    p = np.array([[of_differences(family[:, each]).p for each in range(12)] for family in families])
    corrected = np.array([holm(family) for family in p])
    assert np.mean((corrected[:, real:] < 0.05).any(axis=1)) <= at_most(0.05, len(families))
    assert np.mean((p[:, real:] < 0.05).any(axis=1)) > 0.15
    assert (corrected[:, :real] < 0.05).all()


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "low"), [(20, 0.95), (40, 0.93)])
@pytest.mark.parametrize("lopsided", [False, True])
def test_coverage_of_the_simultaneous_band(seeds, low, lopsided):
    """A hundred weeks of autoregressive differences around 0: the band holds all of them, which week by week hardly happens."""
    rng, kept, samples = np.random.default_rng(6), 0.8, 200
    shocks = rng.exponential(size=(samples, seeds, 100)) - 1 if lopsided else rng.normal(size=(samples, seeds, 100))
    for week in range(1, 100):
        shocks[..., week] = kept * shocks[..., week - 1] + (1 - kept**2) ** 0.5 * shocks[..., week]
    bands = [simultaneous_band(sample, resamples=499) for sample in shocks]
    assert np.mean([((band.low <= 0) & (band.high >= 0)).all() for band in bands]) >= low
    errors = shocks.std(axis=1, ddof=1) / seeds**0.5
    assert np.mean((np.abs(shocks.mean(axis=1)) <= 2.1 * errors).all(axis=1)) < 0.7


@pytest.mark.slow
@pytest.mark.parametrize(
    ("apart", "low", "high"),
    [pytest.param(0, 0.0, 0.01, id="one group"), pytest.param(6, 0.7, 0.85, id="two groups"), pytest.param(10, 0.95, 1.0, id="far apart")],
)
def test_how_often_seeds_are_said_to_fall_into_two_groups(apart, low, high):
    rng = np.random.default_rng(7)
    samples = rng.normal(size=(1000, SEEDS)) + apart * (rng.random((1000, SEEDS)) < 0.5)
    assert low <= np.mean([of_differences(sample).two_groups for sample in samples]) <= high


@pytest.mark.slow
def test_how_often_a_long_tail_is_taken_for_a_group():
    samples = np.random.default_rng(8).exponential(size=(1000, SEEDS))
    assert np.mean([of_differences(sample).two_groups for sample in samples]) < 0.1
