"""Kinds of entries in a scheme's ledger: the events, and what is posted besides."""

from enum import IntEnum


class Entry(IntEnum):
    """Kinds of ledger entries; the first are numbered as agents.events.Event."""

    DISHONOUR = 0
    TAX_EVASION = 1
    ILLEGAL_CLASS = 2
    CRIME = 3
    CRITICISM = 4
    HELPING = 5
    DONATION = 6
    AWARD = 7
    MANY_CHILDREN = 8
    ARMY_CHILD = 9
    CHAMPIONSHIP = 10
    FARE_FRAUD = 11
    PARKING = 12
    TRAFFIC = 13
    INTERNET_MISUSE = 14
    GAMING = 15
    LOAN_DEFAULT = 16
    JUDGMENT_UNPAID = 17
    REPAYMENT = 18
    PARENTING = 19
    SETTLEMENT = 20
    VERIFICATION = 21
    RATED_UP = 22
    RATED_DOWN = 23
    PETITION = 24
    MARKED = 25
    RESCUE = 26
    ACCUSATION = 27  # a false report upheld
    APPEAL = 28  # a false entry reversed
    REWARD = 29  # for reporting
    SHARED = 30  # taken over from other schemes
    RECOVERY = 31  # return towards the start
    LIMIT = 32  # what the ends of the scale cut off
    EXPIRY = 33  # events' points taken back


ENTRIES = len(Entry)
