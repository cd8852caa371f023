"""How often the intervals of sensitivity indices hold the truth, over designs and noise drawn anew. All draws are seeded."""

import numpy as np
import pytest
from SALib.test_functions import Ishigami

from experiments.specs.designs import Design
from experiments.understanding.cube import cube_of
from experiments.understanding.noise import complete, spread_of
from experiments.understanding.sensitivity import methods_of
from tests.made_up_responses import CONTRAST, NAMES, responses_of, unit_factors

SAMPLES, DRAWS = 100, 80
ISHIGAMI = np.array([[0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]])
#: x0 + x1 x2 on the four levels: the effect of x1 is x2, with mean 1/2 and variance 5/36.
PRODUCT = np.array([[1, 0.5, 0.5], [0, (5 / 36) ** 0.5, (5 / 36) ** 0.5]])


def ishigami(positions):
    return Ishigami.evaluate((2 * positions - 1) * np.pi)


def product(positions):
    return positions[:, 0] + positions[:, 1] * positions[:, 2]


def coverage(kind: str, size: int, effect, truth: np.ndarray, replications: int, noise: float, by_seed: float = 0.0, part: int = 0):
    """Return how often the total intervals hold the truth, shape (indices, 3).

    by_seed: standard deviation, between seeds, of a slope in the first factor. part: which method of those that the design allows.
    """
    hits = np.zeros((2, 3))
    for sample in range(SAMPLES):
        responses = responses_of(Design(kind, unit_factors(3), size, sample + 1), effect, replications, noise, shared=1.0, seed=sample)
        slopes = by_seed * np.random.default_rng(sample).normal(size=replications)
        differences = responses.differences(CONTRAST, NAMES[0]) + slopes * responses.positions()[:, :1]
        cube = cube_of(responses, "sensitivity")
        method, own = methods_of(cube, complete(differences, cube.blocks), sample)[part]
        value = method.estimate(own.means, own.residuals, np.arange(len(own.values)), 1.0)[:, :3]
        hits += np.abs(value - truth) <= spread_of(method, own, sample, DRAWS).total[:, :3] + 1e-9
    return hits / SAMPLES


@pytest.mark.slow
@pytest.mark.parametrize(
    ("replications", "noise", "by_seed"),
    [
        pytest.param(1, 0.0, 0.0, id="no noise"),
        pytest.param(10, 4.0, 0.0, id="noise as large as the effect's spread"),
        pytest.param(3, 4.0, 0.0, id="and three replications"),
        pytest.param(10, 1.0, 6.0, id="seeds that change what a factor does"),
    ],
)
def test_coverage_of_sobol_intervals(replications, noise, by_seed):
    held = coverage("sobol", 128, ishigami, ISHIGAMI, replications, noise, by_seed)
    assert held.min() >= 0.85
    assert held.mean() >= 0.92


@pytest.mark.slow
def test_coverage_of_first_indices_from_a_given_sample():
    held = coverage("latin-hypercube", 300, ishigami, ISHIGAMI[::-1], 5, 2.0)  # of PAWN, then first, the second
    assert held[1].min() >= 0.88


@pytest.mark.slow
def test_coverage_of_morris_intervals():
    held = coverage("morris", 30, product, PRODUCT, 5, 0.05)
    assert held[0].min() >= 0.85
    assert held[1, 1:].min() >= 0.85
