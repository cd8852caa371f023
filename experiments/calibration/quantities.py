"""What is measured in a society for a pattern: outcomes over the effect window, and what follows from its state at the end."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from model.outcomes import OUTCOMES

#: Citizens from whom distances are measured, evenly spread over the rows: enough for the second digit, and quick.
DISTANCE_SOURCES = 200


def mean_distance(society: Any) -> float:
    """Return the mean number of steps between citizens who can reach each other over living ties (from up to 200 of them)."""
    from model.network import measure
    from model.network.ties import edge_list

    low, high = edge_list(society.world)
    citizens = society.world.rows.size
    sources = np.unique(np.linspace(0, citizens - 1, min(citizens, DISTANCE_SOURCES)).astype(np.int64))
    return float(measure.mean_distance(citizens, low, high, sources))


def willingness(grievance: np.ndarray, cost: float, sharpness: float) -> float:
    """Return the mean probability (0-1) of criticising without any fear, given an occasion: sigma(sharpness (grievance - cost))."""
    return float(np.mean(1.0 / (1.0 + np.exp(-sharpness * (np.asarray(grievance, float) - cost)))))


def free_speech(society: Any) -> float:
    """Return the share (0-1) of those who would criticise without fear who are not silenced by it, in the last week."""
    rules = society.parameters
    willing = willingness(society.world.citizens.grievance, rules.conduct.criticism_cost, rules.exchange.sharpness)
    return 1.0 - society.last()["self_censorship"] / willing if willing > 0 else float("nan")


def trust_by_score(society: Any, low: bool) -> float:
    """Return the mean belief (0-1) in a stranger of the lowest, or else the highest, third of scores in the first scheme, grade seen.

    Who holds a grade that has shown nothing yet is believed as any stranger. NaN without a scheme or members.
    """
    from agents import trusting

    world, rules = society.world, society.parameters.learning
    member = world.standing.enrolled[0] == 1 if len(society.parameters.schemes) else np.zeros(0, bool)
    if not member.any():
        return float("nan")
    score = world.standing.score[0][member]
    chosen = score <= np.quantile(score, 1 / 3) if low else score >= np.quantile(score, 2 / 3)
    grades, holders = np.unique(world.standing.grade[0][member][chosen], return_counts=True)
    trust = _generalized_trust(world.citizens, rules)
    strangers = world.band[0, :, :, 0, :].astype(float)  # citizens, grades and (last) any grade, honoured and betrayed
    total = 0.0
    for grade, count in zip(grades.tolist(), holders.tolist(), strict=True):
        evidence = np.concatenate([strangers[:, grade], strangers[:, -1]], axis=1).tolist()
        beliefs = [
            trusting.belief_given_grade(own, rules.tie_prior_strength, *seen, rules.signal_strength)
            for own, seen in zip(trust.tolist(), evidence, strict=True)
        ]
        total += count * float(np.mean(beliefs))
    return total / int(holders.sum())


def _generalized_trust(citizens: Any, rules: Any) -> np.ndarray:
    """Return the belief of each citizen in a stranger whose grade it does not see (float64, shape (citizens,))."""
    honoured = citizens.trust_honoured.astype(float) + rules.prior_honoured
    return honoured / (honoured + citizens.trust_betrayed.astype(float) + rules.prior_betrayed)


def trust_gap(society: Any) -> float:
    """Return how much less (below 0) strangers of the lowest third of scores are believed than those of the highest."""
    return trust_by_score(society, True) - trust_by_score(society, False)


#: Quantities that are no outcomes of a run: name -> (what it is, the function of a society at its end).
FROM_STATE: dict[str, tuple[str, Callable[[Any], float]]] = {
    "mean_distance": ("mean steps between two citizens over ties", mean_distance),
    "free_speech": ("share of those who would criticise without fear whom fear does not silence", free_speech),
    "trust_in_low_scorers": ("belief in a stranger of the lowest third of scores", lambda society: trust_by_score(society, True)),
    "trust_gap_by_score": ("that belief less the belief in one of the highest third", trust_gap),
}


def known_quantities() -> tuple[str, ...]:
    """Return the names of everything that can be measured."""
    return (*OUTCOMES, *FROM_STATE)


def smallest_effect(quantity: str) -> float:
    """Return the smallest difference of a quantity that counts as one: an outcome's own, else 0.01."""
    return OUTCOMES[quantity].smallest_effect if quantity in OUTCOMES else 0.01


def measured(society: Any, quantities: Iterable[str], window: int) -> dict[str, float]:
    """Return {quantity: value} of a society at its end.

    An outcome is its mean over the last `window` ticks in which it was measured (NaN if in none).
    """
    series = society.series()
    found = {}
    for name in quantities:
        if name in FROM_STATE:
            found[name] = float(FROM_STATE[name][1](society))
            continue
        values = series[name][-window:]
        values = values[~np.isnan(values)]
        found[name] = float(np.mean(values)) if values.size else float("nan")
    return found
