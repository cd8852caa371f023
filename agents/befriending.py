"""Keep, cut, offer and accept ties. The score cost of a tie is exactly what the holder's score loses by it."""

from agents.choosing import logistic
from agents.compiling import rule
from agents.trusting import net_gain


@rule
def score_cost_of_contact(contact_weight, own, total, count, contact, present):
    """Return by how many points one contact lowers (below 0: raises) the holder's score, exactly.

    own, contact: points of the holder and the contact. total, count: sum of points and number of the holder's enrolled contacts.
    present: True if the contact is among them (keep or cut), False if it would be added. Without contacts the own points stand in.
    """
    if present:
        mean_with = total / count
        mean_without = (total - contact) / (count - 1) if count > 1 else own
    else:
        mean_with = (total + contact) / (count + 1)
        mean_without = total / count if count > 0 else own
    return contact_weight * (mean_without - mean_with)


@rule
def value_of_tie(belief, gain, loss, attachment):
    """Return what a tie is worth to its holder (utility): the expected exchange plus attachment."""
    return net_gain(belief, gain, loss) + attachment


@rule
def probability_of_cutting(value, score_cost, anger, sharpness):
    """Return the probability of cutting a tie under review: score cost and anger at an informer against its value (utilities)."""
    return logistic(sharpness * (score_cost + anger - value))


@rule
def probability_of_befriending(value, score_cost, sharpness):
    """Return the probability of offering, or of accepting, a tie of that expected value and score cost (utilities)."""
    return logistic(sharpness * (value - score_cost))


#: citizens.spouse of who has no partner, and of who has one that is not modelled; else it is the partner's number.
SINGLE, COUPLED = -1, -2


@rule
def standing_in_scale(score, start, floor, ceiling):
    """Return how far a score lies above the start of its scheme (below 0: below it), as a share of the scale; all in points."""
    return (score - start) / (ceiling - floor)


DISTRUST, SCORE, INFORMER = 0, 1, 2
CUT_CAUSES = ("distrust", "score", "informer")


@rule
def cause_of_cut(luck, value, score_cost, anger, sharpness):
    """Return why a tie is cut (DISTRUST, SCORE or INFORMER), or -1 if it is kept.

    One draw `luck` decides for all causes: cut for distrust if it would be cut without score and anger; for the score if it would
    be cut without anger; else for the informer. A tie the score would *save* is kept only if the draw says so.
    """
    if luck >= probability_of_cutting(value, score_cost, anger, sharpness):
        return -1
    if luck < probability_of_cutting(value, 0.0, 0.0, sharpness):
        return DISTRUST
    if luck < probability_of_cutting(value, score_cost, 0.0, sharpness):
        return SCORE
    return INFORMER
