"""How any choice is made: the logit (Fermi) rule, and Beta beliefs.

Every decision is binary. It arises at a declared rate and is then taken with probability logistic(sharpness x net utility).
A logistic value is only ever compared with a draw; it never enters the state.
"""

import math

from agents.compiling import rule


@rule
def logistic(x):
    """Return 1 / (1 + exp(-x)), a probability, for any real x."""
    return 1.0 / (1.0 + math.exp(-x))


@rule
def beta_mean(good, bad, prior_good, prior_bad):
    """Return the mean of a Beta belief: share of good among the evidence and the prior (counts >= 0, priors > 0)."""
    return (good + prior_good) / (good + bad + prior_good + prior_bad)


@rule
def deterrence(risk, value_at_stake):
    """Return the expected cost of being caught: perceived risk (0-1) times the utility at stake with that institution."""
    return risk * value_at_stake


@rule
def reward_per_point(level_points, level_reward):
    """Return what a point is worth (utility) on the way to the next level of a game with levels of that many points (0: none)."""
    return level_reward / level_points if level_points > 0.0 else 0.0


@rule
def value_of_points(points, utility_per_point, score_concern):
    """Return what `points` are worth (utility) to a citizen with that score concern (0-1)."""
    return points * utility_per_point * score_concern
