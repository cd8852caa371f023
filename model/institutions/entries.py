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
    ACCUSATION = 11  # a false report upheld
    APPEAL = 12  # a false entry reversed
    REWARD = 13  # for reporting
    SHARED = 14  # taken over from other schemes
    RECOVERY = 15  # return towards the start
    LIMIT = 16  # what the ends of the scale cut off
    EXPIRY = 17  # events' points taken back


ENTRIES = len(Entry)
