"""One world and its past: it can be put back to any week it has seen, and goes on from there as it did."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.worlds.changes import Changes, watched_step
from dashboard.worlds.past_scores import PastScores
from experiments.specs.arms import canonical
from model.assign import Policy, checked_policy
from model.edits import is_edit
from model.outcomes import NAMES
from model.parameters import ParameterError, as_dict
from model.society import Society

#: Weeks between two copies of the world that are kept to put it back to, at first; to copy takes as long as some fifteen weeks do.
EVERY = 52
#: Of so many latest ticks the changes of ties are kept.
WATCHED = 256


@dataclass(frozen=True)
class Plan:
    """What a change makes of the policy: `coming` is what is in store from now on, `dropped` what is not any more."""

    coming: Policy
    dropped: Policy
    alters: bool  # whether anything is otherwise than it was in store


class History:
    """A society with copies of its past, within `memory` bytes (but the first and the latest are always kept).

    Playing on after going back repeats what was recorded, to the bit.
    """

    def __init__(self, society: Society, memory: int):
        """Begin with a society at tick 0, which nobody else may move."""
        self.society, self.memory = society.fork(), memory
        self._kept = [society]
        self._scores = PastScores(society)
        self._changes: deque[Changes] = deque(maxlen=WATCHED)

    @property
    def tick(self) -> int:
        """How many weeks are over."""
        return self.society.tick

    @property
    def reached(self) -> int:
        """How many weeks have been simulated under what is recorded."""
        return self._furthest().tick

    @property
    def policy(self) -> Policy:
        """What has been done and is in store."""
        return self.society.policy

    @property
    def first(self) -> Society:
        """The society at tick 0, to be read only."""
        return self._kept[0]

    def _furthest(self) -> Society:
        return max(self._kept[-1], self.society, key=lambda society: society.tick)

    def series(self, whole: bool = False) -> dict[str, np.ndarray]:
        """Return the outcomes up to now, or of all weeks reached."""
        return (self._furthest() if whole else self.society).series()

    def past_scores(self, citizen: int) -> dict[str, tuple[float, ...]]:
        """Return {scheme: the scores that a citizen had up to now, oldest first, some weeks apart}."""
        return self._scores.of(self.society, citizen)

    # --- time -----------------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Simulate one tick."""
        self._changes.append(watched_step(self.society))
        self._keep_when_due()

    def to(self, tick: int) -> None:
        """Go to the start of a tick, from the nearest copy before it or from here; forward beyond what was reached, too."""
        here = self.society
        nearest = self._kept[bisect_right(self._kept, tick, key=lambda society: society.tick) - 1]
        if tick < here.tick or nearest.tick > here.tick:
            if here.tick > self._kept[-1].tick:
                self._keep(here)  # else nobody would know any more what has been reached
            self.society = nearest.fork(policy=here.policy)
        if tick != here.tick:
            self._changes.clear()
        while self.society.tick < tick:
            due = (self.society.tick // EVERY + 1) * EVERY
            self.society.run(min(tick, due, self._scores.next_due(self.society.tick)) - self.society.tick)
            self._keep_when_due()

    def copy_at(self, tick: int) -> Society:
        """Return a copy of the society as it was at the start of a tick up to now; it belongs to whoever asks."""
        nearest = self._kept[bisect_right(self._kept, tick, key=lambda society: society.tick) - 1]
        copy = nearest.fork(policy=self.society.policy)
        return copy.run(tick - copy.tick)

    def changes_since(self, tick: int) -> tuple[Changes, ...] | None:
        """Return the changes of ties in each tick from that one on, or None if they were not all watched."""
        found = tuple(one for one in self._changes if one.tick >= tick)
        return found if len(found) == self.tick - tick else None

    # --- copies ---------------------------------------------------------------------------------------------------------------

    def _keep_when_due(self) -> None:
        self._scores.keep(self.society)
        if self.tick % EVERY == 0 and self.tick > self._kept[-1].tick:
            self._keep(self.society.fork())

    def _keep(self, society: Society) -> None:
        """Keep a copy that is later than all others, and of the others as many as there is memory for.

        Where there is too little, the spacing doubles, from the oldest copies on: the recent past is gone back to most.
        """
        self._kept.append(society)
        spacing = EVERY
        while len(self._kept) > 2 and self.bytes_kept() > self.memory:
            spans = [after.tick - before.tick for before, after in zip(self._kept, self._kept[2:], strict=False)]
            close = [place for place, span in enumerate(spans, 1) if span <= 2 * spacing]
            if close:
                del self._kept[close[0]]
            else:
                spacing *= 2

    def bytes_kept(self) -> int:
        """Return the bytes of all copies."""
        return sum(map(bytes_of, self._kept))

    def ticks_kept(self) -> list[int]:
        """Return the ticks at which there are copies, the first of them 0."""
        return [society.tick for society in self._kept]

    # --- what is done to it ---------------------------------------------------------------------------------------------------

    def planned(self, name: str, value: Any) -> Plan:
        """Return what a change (or edit, by its name in a policy) at the next tick makes of the policy. Raises ParameterError.

        In the same tick a parameter's later change takes the place of an earlier one. What was in store for later ticks is dropped:
        it was recorded in another past.
        """
        now, parameters = self.tick, self.society.parameters
        if now >= parameters.time.ticks:
            raise ParameterError(f"{name} = {value!r} is not allowed: the run is over after week {now - 1}")
        coming = [row for row in self.policy if row[0] == now]
        later = tuple(row for row in self.policy if row[0] > now)
        if is_edit(name):
            plan = [*coming, (now, name, value)]
        else:
            known, full = as_dict(parameters), canonical(name, parameters)
            plan = [row for row in coming if canonical(row[1], parameters) != full]
            plan += [(now, name, value)] if full not in known or known[full] != value else []
        checked = checked_policy(parameters, plan, self.society.graph.citizens)
        alters = checked != tuple(coming)
        return Plan(checked, later, True) if alters else Plan(tuple(coming) + later, (), False)

    def take(self, plan: Plan) -> Policy:
        """Take a plan made at this very tick; return what it dropped."""
        if plan.alters:
            self.society.plan(plan.coming)
            self._kept = [society for society in self._kept if society.tick <= self.tick]
            self._scores.forget_after(self.tick)
        return plan.dropped


def bytes_of(society: Society) -> int:
    """Return the bytes of a society's state and series, the graph that all copies share apart."""
    series = society.parameters.time.ticks * len(NAMES) * 8
    return sum(array.nbytes for array in _arrays(society.world)) + series


def _arrays(table: tuple) -> Iterator[np.ndarray]:
    for value in table:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, tuple):
            yield from _arrays(value)
