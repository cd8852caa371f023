"""What the engine tells the page: a status, whenever something but the time has changed. Immutable; its only words are refusals."""

from dataclasses import dataclass, field
from typing import Any

from dashboard.charts.view import SPEEDS
from dashboard.citizen.decision import Decision
from dashboard.citizen.person import Person
from dashboard.levers import Setting
from dashboard.stored.replaying import Agreement
from dashboard.worlds.events import Event
from dashboard.worlds.twins import LEFT, Facts

BUILDING, PAUSED, PLAYING, ENDED, FAILED = "building", "paused", "playing", "ended", "failed"


@dataclass(frozen=True)
class Seen:
    """A citizen that is looked at, on a side: who it is now, and its decisions of the last week, if they were asked for."""

    side: str
    person: Person
    decisions: tuple[Decision, ...] = ()
    asked: bool = False


@dataclass(frozen=True)
class Status:
    """What the page shows besides the frames. `notice` is a sentence on what could not be done, or empty.

    settings: of each scheme. begun: schemes are at work, but for those that are switched off. due: the week at which a chapter's
    question is answered was reached; asking: it is yet to be, so that what background runs have found is not shown, since it
    would give the answer away. agreements: how each world of a stored run compares with what is stored. events: of all sides, for the axis.
    drawer: of each side a row for each parameter. replicated: so many background runs are done. dropped: so many changes in store were
    dropped by the last one.
    """

    state: str = BUILDING
    speed: int = SPEEDS[1]
    facts: Facts | None = None
    sides: tuple[str, ...] = (LEFT,)
    settings: tuple[Setting, ...] = ()
    begun: bool = False
    due: bool = False
    asking: bool = False
    agreements: tuple[Agreement | None, ...] = ()
    events: tuple[Event, ...] = ()
    notice: str = ""
    replicated: int = 0
    dropped: int = 0
    seen: Seen | None = None
    drawer: tuple[Any, ...] = field(default=(), repr=False)
