"""Help one who fell in public, for whose fall the helper may then be blamed; blame one's helper to get damages."""

from agents.choosing import beta_mean, deterrence, logistic
from agents.compiling import rule


@rule
def fear_of_blame(blamed, thanked, prior_blamed, prior_thanked, damages):
    """Return the expected cost (utility) of being blamed for the fall: the believed risk, from helpers made to pay or not, x damages."""
    return deterrence(beta_mean(blamed, thanked, prior_blamed, prior_thanked), damages)


@rule
def probability_of_rescuing(integrity, merit, cost, fear, sharpness):
    """Return the probability of helping the fallen: integrity (0-1) and what the points are worth, against cost and fear (utilities)."""
    return logistic(sharpness * (integrity + merit - cost - fear))


@rule
def probability_of_blaming(damages, believed, need, integrity, loyalty, sharpness):
    """Return the probability of blaming one's helper for the fall.

    The damages (utility) times the chance that the court believes it (0-1), and need, against integrity (0-1) and loyalty to a tie.
    """
    return logistic(sharpness * (damages * believed + need - integrity - loyalty))
