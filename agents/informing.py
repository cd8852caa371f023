"""Report others, truly or falsely; suspect those who could have reported."""

from agents.choosing import logistic
from agents.compiling import rule


@rule
def loyalty_to(trust, loyalty, kin_loyalty):
    """Return the loyalty (utility) owed to a tie one trusts with belief `trust` (0-1); `kin_loyalty` is 0 unless kin."""
    return loyalty * trust + kin_loyalty


@rule
def probability_of_reporting(reward, duty, grudge, loyalty, dislike, sharpness):
    """Return the probability of reporting a wrong: reward, civic duty and a victim's grudge against loyalty and dislike (utilities)."""
    return logistic(sharpness * (reward + duty + grudge - loyalty - dislike))


@rule
def probability_of_accusing(reward, integrity, loyalty, dislike, sharpness):
    """Return the probability of a false report: reward against integrity, loyalty and dislike of informing (utilities)."""
    return logistic(sharpness * (reward - integrity - loyalty - dislike))


@rule
def raised_suspicion(suspicion, jump):
    """Return suspicion (0-1) after having been reported: moved by `jump` (0-1) of the way to certainty."""
    return suspicion + jump * (1.0 - suspicion)
