"""Place trust, honour or betray, learn: the one-shot trust game of the weekly encounter.

Beta beliefs with forgetting: Josang & Ismail 2002. What a score says about its holder is learned from experience, never assumed.
"""

from agents.choosing import logistic
from agents.compiling import rule


@rule
def signal_weight(seen, strength):
    """Return the weight of what a grade has meant so far: 0 without evidence, towards `strength` with much of it.

    seen: exchanges (>= 0) with partners of that grade, after forgetting. The credibility form seen / (seen + strength) is Buhlmann's.
    """
    if seen <= 0.0:
        return 0.0
    return strength * seen / (seen + strength)


@rule
def prior_of_tie(generalized_trust, bonus):
    """Return the prior mean of a tie: generalized trust (0-1), moved by `bonus` (0-1) of the way to certainty."""
    return generalized_trust + bonus * (1.0 - generalized_trust)


@rule
def belief_in_partner(honoured, betrayed, prior, prior_strength):
    """Return the belief (0-1) that the partner will honour trust, unaided by grades.

    honoured, betrayed: own evidence about this partner (0 for a stranger). prior, prior_strength: what is believed without evidence.
    """
    return (honoured + prior_strength * prior) / (honoured + betrayed + prior_strength)


@rule
def belief_given_grade(unaided, evidence, grade_honoured, grade_betrayed, all_honoured, all_betrayed, signal_strength):
    """Return the belief (0-1) once the partner's grade is seen: moved by how much more or less its holders honoured than others did.

    unaided: the belief without it. evidence: what that rests on (own exchanges and strength of the prior). grade_honoured,
    grade_betrayed: past partners of that grade; all_honoured, all_betrayed: of any grade seen. The difference counts, not the level:
    a label that all carry alike says nothing about any of them. (Likewise ties and strangers: see `model.phases.exchange`.)
    """
    seen = grade_honoured + grade_betrayed
    if seen <= 0.0:
        return unaided
    difference = grade_honoured / seen - all_honoured / (all_honoured + all_betrayed)
    told = min(max(unaided + difference, 0.0), 1.0)
    weight = signal_weight(seen, signal_strength)
    return unaided + (told - unaided) * weight / (evidence + weight)


@rule
def net_gain(belief, gain, loss):
    """Return the expected utility of placing trust: belief x gain - (1 - belief) x loss."""
    return belief * gain - (1.0 - belief) * loss


@rule
def probability_of_trusting(belief, gain, loss, sharpness):
    """Return the probability of placing trust in a partner believed to honour it with probability `belief`."""
    return logistic(sharpness * net_gain(belief, gain, loss))


@rule
def probability_of_honouring(integrity, stake, fear, temptation, sharpness):
    """Return the probability of honouring trust: integrity, the tie's future and fear of punishment, against temptation."""
    return logistic(sharpness * (integrity + stake + fear - temptation))
