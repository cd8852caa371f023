"""Results of designs made by hand: an effect that is a known function of the factors, with known noise."""

import numpy as np

from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.responses import Responses
from experiments.specs.designs import Design, Factor
from experiments.specs.spec import Contrast

CONTRAST = Contrast("treated", "plain")
NAMES = ("generalized_trust", "exchange_rate")


def unit_factors(count: int) -> tuple[Factor, ...]:
    """Return factors x0, x1, ... over 0-1."""
    return tuple(Factor(f"x{i}", f"x{i}", f"group.x{i}", low=0.0, high=1.0) for i in range(count))


def facts(name: str, smallest: float = 0.01) -> OutcomeFacts:
    return OutcomeFacts(name, "share", "", 0, 1, smallest, "tick", True)


def responses_of(design: Design, effect, replications: int = 1, noise: float = 0.0, shared: float = 0.0, outcomes=NAMES[:1], seed: int = 3):
    """Return the results of a design whose effect is `effect(positions)`, shape (points,).

    noise, shared: standard deviations of what chance does to each run's difference, and of what a seed does to all points alike.
    """
    points = design.points()
    rng = np.random.default_rng(seed)
    shape = (len(points), replications)
    plain = rng.normal(size=shape)
    bare = Responses(design.kind, design.kind, design.factors, points, replications, (CONTRAST,), {}, {}, dict)
    positions = bare.positions() if all(factor.values or factor.high > factor.low for factor in design.factors) else np.array(points)
    treated = plain + effect(positions)[:, None] + noise * rng.normal(size=shape) + shared * rng.normal(size=replications)
    values = {"plain": plain, "treated": treated}
    return Responses(
        f"a {design.kind} design", design.kind, design.factors, points, replications, (CONTRAST,), {name: facts(name) for name in outcomes},
        {"plain": "no scheme", "treated": "a scheme"}, lambda arm, outcome: values[arm],
    )  # fmt: skip
