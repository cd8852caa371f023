"""Acts in public: offend, help, give, voice criticism."""

from agents.choosing import logistic
from agents.compiling import rule


@rule
def probability_of_offending(integrity, fear, gain, sharpness):
    """Return the probability of taking an occasion to offend: its gain against integrity (0-1) and fear of punishment (utility).

    Integrity counts as far as morals are against the act: pass its product with their weight (0-1).
    """
    return logistic(sharpness * (gain - integrity - fear))


@rule
def probability_of_giving(integrity, reward, cost, sharpness):
    """Return the probability of a prosocial act: integrity (0-1) and what its points are worth, against its cost (utility)."""
    return logistic(sharpness * (integrity + reward - cost))


@rule
def probability_of_criticising(grievance, fear, cost, sharpness):
    """Return the probability of voicing criticism: grievance (0-1) against fear and effort (utility).

    Who would without the fear, by the same draw, but does not with it, censors itself.
    """
    return logistic(sharpness * (grievance - fear - cost))


@rule
def probability_of_petitioning(grievance, trust, fear, cost, sharpness):
    """Return the probability of petitioning: grievance (0-1), and trust that one is treated fairly (0-1), against fear and effort.

    Who expects nothing of institutions does not petition them.
    """
    return logistic(sharpness * (grievance * trust - fear - cost))


@rule
def probability_of_paying(integrity, pressure, due, sharpness):
    """Return the probability of paying what a court has ordered: integrity (0-1) and pressure against the sum due (utilities)."""
    return logistic(sharpness * (integrity + pressure - due))


@rule
def fear_of_speaking(fear_of_penalty, suspicion, suspicion_fear):
    """Return the fear (utility) of speaking up: of penalties, and of being reported by those around (suspicion 0-1)."""
    return fear_of_penalty + suspicion * suspicion_fear
