"""Made-up results of designs, of which the truth is known."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.responses import Responses
from experiments.specs.designs import Factor
from experiments.specs.spec import Contrast

TRUST, RATE = "generalized_trust", "exchange_rate"


def facts(name: str = TRUST, smallest: float = 0.01) -> OutcomeFacts:
    """Return an outcome that is a share, of which so much matters."""
    return OutcomeFacts(name, "share", "made up", 0, 1, smallest, "tick", True)


def factor(name: str, *values: Any, scale: str = "linear") -> Factor:
    return Factor(name, name.replace("_", " "), f"scheme.{name}", values, scale=scale)


def of_arrays(arrays: Mapping[tuple[str, str], Any], factors=(), points=((),), kind="factorial", contrasts=(("b", "a"),)) -> Responses:
    """Return results from {(arm, outcome): values of shape (points, replications)}."""
    held = {key: np.array(values, float) for key, values in arrays.items()}
    arms = {arm: f"Arm {arm}" for arm, _ in held}
    outcomes = {name: facts(name) for _, name in held}
    replications = next(iter(held.values())).shape[1]
    compared = tuple(Contrast(*pair) for pair in contrasts)
    return Responses("Made up", kind, tuple(factors), tuple(points), replications, compared, outcomes, arms, lambda *key: held[key])


def of_effect(
    effect: Callable[..., float],
    factors,
    points=None,
    kind: str = "factorial",
    replications: int = 20,
    noise: float = 0.01,
    arms: int = 1,
    seed: int = 1,
) -> Responses:
    """Return results in which arm b, c ... differ from arm a by effect(*point, arm number from 0), plus noise of each point and seed.

    points: by default all combinations of the factors' values. Seeds share most of their luck, in all arms and at all points.
    """
    points = tuple(itertools.product(*(each.values for each in factors))) if points is None else tuple(points)
    rng = np.random.default_rng(seed)
    arrays = {}
    for outcome in (TRUST, RATE):
        common = 0.5 + 0.03 * rng.normal(size=replications)
        arrays["a", outcome] = common + np.zeros((len(points), replications))
        for number in range(arms):
            true = np.array([effect(*point, number) for point in points], float)
            luck = rng.normal(size=(len(points), replications))
            arrays["bcdefghijklm"[number], outcome] = common + true[:, None] + noise * luck
    pairs = [(arm, "a") for arm in "bcdefghijklm"[:arms]]
    return of_arrays(arrays, factors, points, kind, pairs)
