"""What can happen that an institution counts."""

from enum import IntEnum


class Event(IntEnum):
    """Kinds of events. The first are exchanges and acts in public (each a choice), the last four happen in life by rate."""

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


EVENTS = len(Event)

#: Acts that are wrongs before the ordinary court, too. Criticism and a third child are wrongs to a scheme only.
WRONGS = (Event.DISHONOUR, Event.TAX_EVASION, Event.ILLEGAL_CLASS, Event.CRIME)
#: Acts in public that cameras and bystanders may see and report.
REPORTABLE = (Event.TAX_EVASION, Event.ILLEGAL_CLASS, Event.CRIME, Event.CRITICISM)
