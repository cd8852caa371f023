"""Series of made-up worlds that look like those of the model, for the charts."""

import numpy as np

from dashboard.charts.scores import Scale
from dashboard.network.colours import colours_of_grades

SCALE = Scale(0, 1300, ("AAA", "AA", "A+", "A", "A-", "B", "C", "D"), colours_of_grades(8))
FLOORS = np.array([1050, 1030, 1010, 985, 960, 850, 600, 0])
BURN_IN, CHANGED = 104, 180
# Where each outcome stands without a scheme, what a scheme and then a change makes of it, and its noise from week to week.
COURSES = {
    "generalized_trust": (0.50, 0.06, 0.02, 0.001),
    "bonding_trust": (0.55, 0.14, 0.03, 0.002),
    "bonding_trust_panel": (0.54, 0.09, 0.02, 0.002),
    "institutional_trust": (0.49, -0.22, -0.05, 0.002),
    "trustworthiness": (0.86, 0.03, 0.02, 0.006),
    "calibration": (-0.34, 0.19, 0.01, 0.008),
    "exchange_rate": (0.44, 0.33, 0.05, 0.012),
    "reports": (0.45, 0.9, 0.8, 0.12),
    "false_share": (0.02, 0.03, 0.1, 0.012),
    "degree": (18.2, 1.4, -2.5, 0.05),
    "isolates": (0.001, 0.004, 0.03, 0.0006),
    "self_censorship": (0.01, 0.17, 0.06, 0.004),
}


def made_up(seed: int, ticks: int, changed: bool) -> dict[str, np.ndarray]:
    """Return made-up series. Both worlds of a seed are the same until the change."""
    luck, week = np.random.default_rng(seed), np.arange(ticks)
    series = {"tick": week}
    for name, (level, scheme, change, noise) in COURSES.items():
        draws = luck.normal(0, noise, (2, ticks))
        draws = np.where(week < CHANGED, draws[0], draws[1] if changed else draws[0])
        wander = np.convolve(draws, 0.9 ** np.arange(40))[:ticks] * 0.5
        rise = scheme * (1 - np.exp(-np.maximum(week - BURN_IN, 0) / 60)) + changed * change * (
            1 - np.exp(-np.maximum(week - CHANGED, 0) / 50)
        )
        series[name] = np.clip(level + rise + wander, -1 if name == "calibration" else 0, 40 if name == "degree" else 3)
    series["false_share"][97::200] = np.nan  # weeks in which nobody reports
    series["reports"][97::200] = 0
    return series


def scores(seed: int, tick: int, changed: bool) -> np.ndarray | None:
    """Return a made-up distribution of scores; None before the scheme."""
    if tick <= BURN_IN:
        return None
    luck, wide = np.random.default_rng(seed), 1 - np.exp(-(tick - BURN_IN) / 80)
    points = 1000 + wide * (luck.gamma(2, 120, 1000) * luck.choice([-2.2, 1], 1000, p=[0.35 + 0.2 * changed, 0.65 - 0.2 * changed]))
    return SCALE.counts(points, np.argmax(np.clip(points, 0, 1300)[:, None] >= FLOORS, axis=1))
