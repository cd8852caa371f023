"""Enrol in a scheme, approve of institutions, join collective action."""

from agents.choosing import logistic
from agents.compiling import rule


@rule
def probability_of_enrolling(friends_enrolled, benefit, reluctance, sharpness):
    """Return the probability of enrolling: share of friends enrolled (0-1) and weekly perks against reluctance (utility)."""
    return logistic(sharpness * (friends_enrolled + benefit - reluctance))


@rule
def approval(institutional_trust, perks, grievance, bar):
    """Return how far (utility) a citizen approves of the institutions: above 0 it approves."""
    return institutional_trust + perks - grievance - bar


@rule
def probability_of_voicing_disapproval(disapproval, fear, sharpness):
    """Return the probability that one who disapproves says so when asked, against fear (utilities); otherwise it feigns approval."""
    return logistic(sharpness * (disapproval - fear))


@rule
def probability_of_protesting(turnout, censorship, grievance, threshold, fear, sharpness):
    """Return the probability of joining collective action (Granovetter 1978: what others do against a personal threshold).

    turnout: share of citizens (0-1) who acted last week, of which the share `censorship` is hidden.
    """
    return logistic(sharpness * (turnout * (1.0 - censorship) + grievance - threshold - fear))
