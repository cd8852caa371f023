"""What can happen that an institution counts."""

from collections.abc import Iterable
from enum import IntEnum

import numpy as np

from agents.compiling import rule, variable


class Event(IntEnum):
    """Kinds of events; the ledger has an entry for each. Numbers are part of the keys of draws and never change."""

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


EVENTS = len(Event)
#: Events up to this one have a meaning in any society; the others only where a scheme counts them.
LAST_OF_ALL_SOCIETIES = Event.CHAMPIONSHIP

#: Acts that are wrongs before the ordinary court, too: unpunished they are evidence of unfairness.
WRONGS = (Event.DISHONOUR, Event.TAX_EVASION, Event.ILLEGAL_CLASS, Event.CRIME)
#: Acts that are a citizen's liberty: to punish them is unfair.
LIBERTIES = (Event.CRITICISM, Event.GAMING, Event.PETITION)
#: Acts for which officials who abuse their office mark a citizen as untrustworthy.
UNWELCOME = (Event.CRITICISM, Event.PETITION)
#: Acts against rules of conduct, more or less forbidden; only a scheme punishes them.
MINOR = (Event.PARKING, Event.TRAFFIC, Event.INTERNET_MISUSE)
#: Acts in public that cameras and bystanders may see and report.
REPORTABLE = (
    Event.TAX_EVASION, Event.ILLEGAL_CLASS, Event.CRIME, Event.CRITICISM, Event.FARE_FRAUD, Event.PARKING, Event.TRAFFIC,
    Event.INTERNET_MISUSE, Event.PETITION,
)  # fmt: skip
#: What nobody sees, but somebody's files hold: banks', courts', shops'.
ON_FILE = (Event.GAMING, Event.LOAN_DEFAULT, Event.JUDGMENT_UNPAID, Event.REPAYMENT, Event.PARENTING, Event.SETTLEMENT)
#: Prosocial acts, which are a choice with a cost.
GIVING = (Event.HELPING, Event.DONATION, Event.PARENTING)
#: Acts that are a choice with a gain.
OFFENDING = (
    Event.TAX_EVASION, Event.ILLEGAL_CLASS, Event.CRIME, Event.FARE_FRAUD, Event.PARKING, Event.TRAFFIC, Event.INTERNET_MISUSE,
    Event.GAMING, Event.LOAN_DEFAULT,
)  # fmt: skip
#: Events of life, which happen by rate.
OF_LIFE = (Event.AWARD, Event.MANY_CHILDREN, Event.ARMY_CHILD, Event.CHAMPIONSHIP)
#: Events that a scheme posts without a case.
MERITS = (Event.HELPING, Event.DONATION, *OF_LIFE, Event.REPAYMENT, Event.PARENTING, Event.SETTLEMENT, Event.RESCUE)


def mask_of(events: Iterable[Event]) -> np.int64:
    """Return a set of events as the bits of one whole number, for `is_among`."""
    return variable(sum(1 << event for event in events))


@rule
def is_among(event, mask):
    """Return whether an event is in a set given as `mask_of`."""
    return (mask >> event) & 1 == 1
