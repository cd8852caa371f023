"""Twin worlds: the same society and the same luck on the left and on the right, and what was done to each. Or one world, the left one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dashboard.worlds.changes import Changes, ties_of
from dashboard.worlds.choice import MAX_ROWS, Choice
from dashboard.worlds.history import History
from dashboard.worlds.recording import Recorded, recorded
from experiments.refusal import Refusal, not_allowed, whole_number
from model.assign import PRESET, Policy
from model.edits import PREFIX
from model.network.graph import Graph, NetworkError
from model.parameters import ParameterError
from model.society import Society

LEFT, RIGHT, BOTH = "left", "right", "both"
#: Bytes that copies of the past may take, of all worlds together.
MEMORY = 256 * 2**20


@dataclass(frozen=True)
class Facts:
    """What does not change while worlds are watched: sizes in citizens and ticks, the schemes' names in their order."""

    choice: Choice
    citizens: int
    ticks: int
    burn_in: int
    schemes: tuple[str, ...]
    sides: tuple[str, ...]

    @property
    def preset(self) -> str:
        """What chose the schemes, in one word, `none` if there are none.

        A system goes by its own name, not by those of its schemes: with the same preset typed again, what was set in it stays.
        """
        chosen = dict(self.choice.values).get(PRESET)
        return chosen if isinstance(chosen, str) else ",".join(self.schemes) or "none"


class Twins:
    """One or two societies of one seed, built from one graph, which differ by policy only; always at the same tick.

    All that can be refused is refused by a Refusal of one sentence, and then nothing has changed. Not for several threads at once.
    """

    def __init__(self, choice: Choice, memory: int = MEMORY):
        """Build the worlds at tick 0 (`to` goes to the choice's own tick). memory: bytes for copies of the past."""
        sides = (LEFT, RIGHT) if choice.twin else (LEFT,)
        with _refusing():
            built = worlds_of(choice, choice.seed)
        self._worlds = {side: History(built[side], memory // len(sides)) for side in sides}
        clock = choice.parameters.time
        schemes = dict.fromkeys(scheme.name for society in built.values() for scheme in society.parameters.schemes)
        self.facts = Facts(choice, built[LEFT].graph.citizens, clock.ticks, clock.burn_in, tuple(schemes), sides)

    # --- what there is --------------------------------------------------------------------------------------------------------

    @property
    def tick(self) -> int:
        """How many weeks are over."""
        return self._worlds[LEFT].tick

    @property
    def ended(self) -> bool:
        """Whether the run has reached its length."""
        return self.tick >= self.facts.ticks

    @property
    def reached(self) -> int:
        """How many weeks have been simulated, in every world, under what is recorded now."""
        return min(world.reached for world in self._worlds.values())

    @property
    def choice(self) -> Choice:
        """What would bring all this back: the choice with what is recorded and the present tick."""
        right = self._worlds[RIGHT].policy if RIGHT in self._worlds else ()
        return replace(self.facts.choice, left=self._worlds[LEFT].policy, right=right, tick=self.tick)

    @property
    def parted(self) -> int | None:
        """The first tick for which different things are recorded on the two sides: before it both are the same. None if there is none."""
        if RIGHT not in self._worlds:
            return None
        if not self.facts.choice.start(LEFT).is_as(self.facts.choice.start(RIGHT)):
            return 0
        return parted_at(self._worlds[LEFT].policy, self._worlds[RIGHT].policy)

    def society(self, side: str = LEFT) -> Society:
        """Return the society of a side as it is now: to be read, never moved or changed, and only until the worlds move on."""
        return self._world(side).society

    def week_ago(self, side: str = LEFT) -> Society | None:
        """Return a copy of a side's society as it was before the last week; None before the first one is over."""
        return self._world(side).copy_at(self.tick - 1) if self.tick else None

    def recorded(self, side: str = LEFT) -> tuple[Recorded, ...]:
        """Return what was done to a world and what is in store for it, by tick, with the values before."""
        world = self._world(side)
        return recorded(world.first, world.policy)

    def series(self, side: str = LEFT, whole: bool = False) -> dict[str, np.ndarray]:
        """Return "tick" and every outcome of a side (float64) up to now; with `whole`, of all weeks that it has reached."""
        return self._world(side).series(whole)

    def past_scores(self, citizen: int, side: str = LEFT) -> dict[str, tuple[float, ...]]:
        """Return {scheme: the scores that a citizen had up to now, oldest first, some weeks apart}."""
        return self._world(side).past_scores(citizen)

    def ties(self, side: str = LEFT) -> tuple[np.ndarray, np.ndarray]:
        """Return (ties, kinds) as they are now: uint32 (E, 2), the lower number first, sorted; uint8 (E,), see agents.tie_kinds."""
        return ties_of(self.society(side).world)

    def changes(self, side: str = LEFT) -> Changes | None:
        """Return which ties the last tick made and cut, and why; None if it was not stepped through, as after `to`: `ties` says it all."""
        found = self.changes_since(self.tick - 1, side) if self.tick else None
        return found[0] if found else None

    def changes_since(self, tick: int, side: str = LEFT) -> tuple[Changes, ...] | None:
        """Return the changes of each tick from that one on, as after several steps; None if not all were stepped through or are kept."""
        return self._world(side).changes_since(tick)

    # --- time -----------------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Simulate one tick in every world; none is left after the end."""
        if not self.ended:
            for world in self._worlds.values():
                world.step()

    def to(self, tick: int) -> None:
        """Go to the start of a tick, 0 to the length of the run: back, or forward, also beyond what was reached.

        The worlds are then what they were, or will be, to the bit: what is recorded for later ticks stays in store, and playing on
        repeats it. Going forward takes as long as simulating does; back, as long as the weeks since the last copy before the tick.
        """
        whole_number("", "tick", tick, 0, self.facts.ticks)
        for world in self._worlds.values():
            world.to(tick)

    # --- what is done ---------------------------------------------------------------------------------------------------------

    def change(self, side: str, name: str, value: Any) -> dict[str, Policy]:
        """Change a parameter from the next tick on, in the "left", the "right" or "both" worlds: any that a policy may change.

        A change drops what was recorded, on its side, for later ticks: that was done in another past. Returns {side: what was dropped},
        each as rows of a policy. A change to the value that is in force anyway is none, is not recorded and drops nothing.
        """
        if not isinstance(name, str):
            raise not_allowed("", "name", name, "the dotted name of a parameter")
        worlds = {one: self._world(one) for one in (self.facts.sides if side == BOTH else (side,))}
        with _refusing():
            plans = {one: world.planned(name, value) for one, world in worlds.items()}
        for one, world in worlds.items():
            if sum(row[0] < self.tick for row in world.policy) + len(plans[one].coming) > MAX_ROWS:
                raise Refusal(f"{name} cannot be changed on the {one}: {MAX_ROWS} changes are recorded there, as many as there may be")
        return {one: world.take(plans[one]) for one, world in worlds.items()}

    def edit(self, side: str, kind: str, *numbers: int) -> dict[str, Policy]:
        """Edit the world at the start of the next tick: "cut" i j, "tie" i j, "office" i 1 (or 0). Else as `change`."""
        return self.change(side, f"{PREFIX}{kind}", numbers)

    def _world(self, side: str) -> History:
        if not isinstance(side, str) or side not in self._worlds:
            raise not_allowed("", "side", side, " or ".join(self._worlds))
        return self._worlds[side]


def worlds_of(choice: Choice, seed: int) -> dict[str, Society]:
    """Return the worlds of a choice under a seed, by side, before their first week; one network is made once."""
    first = _built(choice, LEFT, seed, None)
    if not choice.twin:
        return {LEFT: first}
    left, right = choice.start(LEFT).parameters, choice.start(RIGHT).parameters
    shared = first.graph if (left.population, left.network) == (right.population, right.network) else None
    return {LEFT: first, RIGHT: _built(choice, RIGHT, seed, shared)}


def _built(choice: Choice, side: str, seed: int, graph: Graph | None) -> Society:
    start = choice.start(side)
    return Society(start.parameters, rng=seed, policy=choice.of(side), graph=start.graph or graph)


def parted_at(left: Policy, right: Policy) -> int | None:
    """Return the first tick for which two policies have different rows, or None if they are the same."""
    for tick in sorted({row[0] for row in (*left, *right)}):
        if [row for row in left if row[0] == tick] != [row for row in right if row[0] == tick]:
            return tick
    return None


@contextmanager
def _refusing() -> Iterator[None]:
    """Let what the model refuses be a Refusal."""
    try:
        yield
    except (ParameterError, NetworkError) as error:
        raise Refusal(str(error)) from None
