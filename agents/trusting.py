"""Place trust, honour or betray, learn: the one-shot trust game of the weekly encounter.

Beta beliefs with forgetting: Josang & Ismail 2002. What a score says about its holder is learned from experience, never assumed.
"""

from agents.choosing import logistic
from agents.compiling import rule


@rule
def signal_weight(seen, strength):
    """Return the weight of what a score band has meant so far: 0 without evidence, towards `strength` with much of it.

    seen: exchanges (>= 0) with partners of that band, after forgetting. The credibility form seen / (seen + strength) is Buhlmann's.
    """
    if seen <= 0.0:
        return 0.0
    return strength * seen / (seen + strength)


@rule
def prior_of_tie(generalized_trust, bonus):
    """Return the prior mean of a tie: generalized trust (0-1), moved by `bonus` (0-1) of the way to certainty."""
    return generalized_trust + bonus * (1.0 - generalized_trust)


@rule
def belief_in_partner(honoured, betrayed, prior, prior_strength, band_honoured, band_betrayed, signal_strength):
    """Return the belief (0-1) that the partner will honour trust.

    honoured, betrayed: own evidence about this partner (0 for a stranger). prior, prior_strength: what is believed without evidence.
    band_honoured, band_betrayed: past partners of the same disclosed score band (0 if none is disclosed).
    """
    seen = band_honoured + band_betrayed
    weight = signal_weight(seen, signal_strength)
    told = weight * (band_honoured / seen) if seen > 0.0 else 0.0
    return (honoured + prior_strength * prior + told) / (honoured + betrayed + prior_strength + weight)


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
