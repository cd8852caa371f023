"""Firms and local governments: what they fear, and what their customers make of it.

A firm sells bad goods, and a government neglects people, by the rule of any offence: see `agents.conduct.probability_of_offending`.
A customer trusts a firm as one trusts a stranger: see `agents.trusting`.
"""

from agents.choosing import deterrence
from agents.compiling import rule


@rule
def fear_of_audits(risk, fine, lost):
    """Return a firm's fear (utility) of selling bad goods: believed risk (0-1) of being caught times fine and points lost (utilities)."""
    return deterrence(risk, fine + lost)


@rule
def fear_of_ratings(raters, lost, concern):
    """Return a government's fear (utility) of neglecting people, as one scheme's ratings cause it.

    raters: how many of a week's dealings it expects to be rated. lost: what a bad rating instead of a good one is worth (utility).
    concern: how much that matters to it.
    """
    return raters * lost * concern


@rule
def third_of_five(a, b, c, d, e):
    """Return the third smallest of five uniform draws, which has the distribution Beta(3, 3). No library function is involved."""
    low, high = max(min(a, b), min(c, d)), min(max(a, b), max(c, d))
    return max(min(low, high), min(max(low, high), e))
