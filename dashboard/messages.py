"""What the engine tells: a status when something has changed, and frames while time passes. Both are immutable."""

from dataclasses import dataclass, field

import numpy as np

from dashboard.curves import CURVES
from dashboard.levers import LEVERS
from dashboard.world import Facts
from model.phases.record import WEEKS_PER_YEAR

BUILDING, PAUSED, PLAYING, ENDED, FAILED = "building", "paused", "playing", "ended", "failed"

#: Weeks a second.
SPEEDS = (4, 13, 52, 208)


@dataclass(frozen=True)
class Change:
    """A change of a lever that was made while the run went on, and the value before."""

    tick: int
    name: str
    before: float
    value: float

    def words(self) -> str:
        """Say which lever was set to what."""
        lever = next(lever for lever in LEVERS if lever.name == self.name)
        return f"{lever.label} {self.before:g} → {self.value:g}"


@dataclass(frozen=True)
class Status:
    """What the page shows besides the curves. `notice` is a sentence on what could not be done, or empty."""

    state: str = BUILDING
    speed: int = SPEEDS[1]
    facts: Facts | None = None
    levers: tuple[tuple[str, float], ...] = ()
    waiting: bool = False  # a lever was set and acts from the next tick on
    begun: bool = False  # the scheme is at work
    policy: tuple[Change, ...] = ()
    notice: str = ""


@dataclass(frozen=True)
class Frame:
    """News for the chart: the values from tick `start` on. `world` counts the worlds a viewer has seen, `number` the frames."""

    number: int
    world: int
    state: str
    facts: Facts
    policy: tuple[Change, ...]
    start: int
    values: np.ndarray = field(repr=False)

    def header(self) -> dict:
        """Return all but the values, for the browser."""
        return {
            "number": self.number,
            "world": self.world,
            "state": self.state,
            "ticks": self.facts.ticks,
            "burnIn": self.facts.burn_in,
            "scheme": "" if self.facts.preset == "none" else self.facts.preset,
            "curves": len(CURVES),
            "weeksPerYear": WEEKS_PER_YEAR,
            "start": self.start,
            "marks": [{"tick": change.tick, "text": change.words()} for change in self.policy],
        }


def week(tick: int) -> str:
    """Say which week a tick is."""
    return f"Year {tick // WEEKS_PER_YEAR + 1}, week {tick % WEEKS_PER_YEAR + 1}"
