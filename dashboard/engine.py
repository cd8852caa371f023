"""The engine: one thread for each viewer that moves the viewer's own worlds on and shows them, as fast as the browsers can follow."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from dashboard.charts.view import SPEEDS
from dashboard.network.colours import COLOURINGS
from dashboard.scene import Scene
from dashboard.status import BUILDING, ENDED, FAILED, PAUSED, PLAYING, Status
from dashboard.viewers import Onlooker
from dashboard.worlds.choice import Choice
from dashboard.worlds.replications import Replicated
from dashboard.worlds.twins import LEFT, Twins
from experiments.refusal import Refusal

#: Seconds of simulation after which orders are heard and frames are shown; of a scrub, weeks after which the same is done.
BUDGET, LEAP = 0.04, 26

log = logging.getLogger(__name__)


class Engine:
    """Moves worlds on. `announce` gets each new status; each viewer gets frames; both by the engine's thread.

    All other threads talk to the engine through `hear`, which only puts an order into a queue. The engine lives as long as it is not
    closed; time stands still while its first viewer, whose worlds they are, is gone.
    """

    def __init__(self, choice: Choice, announce: Callable[[Status], None], colouring: str = COLOURINGS[0], stop: int | None = None):
        """Prepare an engine that builds the worlds of this choice once it is started.

        colouring: what citizens are coloured by at first. stop: see `choose`.
        """
        self.status = Status()
        self._first, self._colouring, self._stop = choice, colouring, stop
        self._announce = announce
        self._orders: SimpleQueue[tuple[Onlooker | None, dict[str, Any]]] = SimpleQueue()
        self._closed = threading.Event()
        self._scene: Scene | None = None
        self._viewers: list[Onlooker] = []
        self._due = 0.0  # when the next tick is due
        self._look_again = 0.0  # when a citizen that is looked at is told of anew, while time passes
        self._goal: int | None = None  # the week that a scrub goes to
        self._held: list[dict[str, Any]] = []  # what was done meanwhile: it is of that week
        self._right: Choice | None = None  # the two worlds there were before there was one

    # --- called by others -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to live, in a thread of its own."""
        threading.Thread(target=self._live, name="engine", daemon=True).start()

    def hear(self, order: Any, viewer: Onlooker | None = None) -> None:
        """Take an order, such as {"do": "play"}; what cannot be understood is ignored. viewer: whose answer to a frame it is."""
        if isinstance(order, dict) and order.get("do") not in ("join", "leave room"):  # these no browser can say
            self._orders.put((viewer, order))

    def choose(self, choice: Choice, stop: int | None = None) -> None:
        """Show other worlds. stop: a week at whose start playing pauses, and from which on the status says that it is reached."""
        self.hear({"do": "choose", "choice": choice, "stop": stop})

    def refuse(self, why: Refusal) -> None:
        """Say why something could not be done."""
        self.hear({"do": "refuse", "why": why})

    def join(self, viewer: Onlooker) -> None:
        """Show frames to a viewer, too."""
        self._orders.put((viewer, {"do": "join"}))

    def leave(self, viewer: Onlooker) -> None:
        """Show no more frames to a viewer."""
        self._orders.put((viewer, {"do": "leave room"}))

    def worlds(self) -> Twins | None:
        """Return the worlds that are shown, to be read only."""
        scene = self._scene
        return scene.twins if scene is not None else None

    def replicated(self) -> Replicated | None:
        """Return what background runs of these worlds have found so far."""
        scene = self._scene
        return scene.replicated() if scene is not None else None

    def close(self) -> None:
        """End the thread as soon as the tick under way is done."""
        self._closed.set()
        self._orders.put((None, {}))  # wakes the thread

    # --- the thread -----------------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        self._tell(state=BUILDING)
        opened = False
        while not self._closed.is_set():
            try:
                if not opened:
                    opened = True
                    load()
                    self._open(lambda: Scene(self._first))
                self._show()
                self._hear_orders()
                self._advance()
            except Exception as error:
                log.exception("the worlds stopped")
                self._goal, self._held = None, []  # else the way there would be tried, and fail, again and again
                self._tell(
                    state=FAILED, notice=f"the program failed ({type(error).__name__}: {_first_line(error)}), and its log says where."
                )
        if self._scene is not None:
            self._scene.close()
        for viewer in self._viewers:
            viewer.forget()
        self._scene, self._viewers = None, []  # a page that has left may be known to Solara for long; its worlds are not kept for that

    def _hear_orders(self) -> None:
        try:
            viewer, order = self._orders.get(timeout=self._rest())
            while not self._closed.is_set():
                self._obey(viewer, order)
                viewer, order = self._orders.get_nowait()
        except Empty:
            pass

    def _rest(self) -> float | None:
        """Return the seconds until something has to be done without being told; None means for ever."""
        scene = self._scene
        is_alone = self._is_alone()
        if scene is not None:
            scene.watched(not is_alone)
        if scene is None or is_alone:
            return None
        if self._goal is not None:
            return 0.0
        waits = [max(0.0, self._due - monotonic())] if self.status.state == PLAYING else []
        waits += [0.25] if scene.is_replicating() else []  # bands come in from another thread
        waits += [rest for viewer in self._viewers if (rest := viewer.rest()) is not None]
        return min(waits, default=None)

    def _obey(self, viewer: Onlooker | None, order: dict[str, Any]) -> None:
        if viewer is not None and self._obey_viewer(viewer, order):
            return
        try:
            self._obey_owner(order)
        except Refusal as error:
            self._tell(notice=f"{error}.")

    def _obey_viewer(self, viewer: Onlooker, order: dict[str, Any]) -> bool:
        """Take what a viewer's browser says of the frames it got; return whether it was that."""
        match order.get("do"):
            case "join":
                self._viewers.append(viewer)
            case "leave room":
                self._viewers = [one for one in self._viewers if one is not viewer]
            case "seen" | "look":
                if self._is_alone():
                    self._due = monotonic()
                viewer.hear(order)
            case _:
                return False
        return True

    def _obey_owner(self, order: dict[str, Any]) -> None:
        scene = self._scene
        if self._goal is not None and order.get("do") in ("change", "edit", "step"):
            self._held.append(order)
            return
        match order:
            case {"do": "choose", "choice": Choice() as choice, "stop": stop}:  # no browser can send a choice
                self._stop = stop
                self._open(lambda: Scene(choice))
            case {"do": "ask nothing"}:
                self._stop = None
                if scene is not None:
                    self._tell(**self._told())
            case {"do": "refuse", "why": Refusal() as why}:
                raise why
            case {"do": "read"} if self.status.state != FAILED:
                self._tell(notice="")
            case {"do": "world", **wish}:
                self._open(lambda: Scene(self._choice().anew(str(wish.get("seed")), str(wish.get("preset")), str(wish.get("citizens")))))
            case {"do": "rebuild", "values": dict(values)}:
                self._open(lambda: Scene(self._choice().with_texts(values)))
            case {"do": "twin", "on": bool(on)}:
                self._twin(on)
            case _ if scene is None:
                return
            case {"do": "play" | "pause"} if self._goal is not None:  # on the way to a far week: stay here
                self._scrub(scene.tick)
            case {"do": "play"} if self.status.state == PAUSED:
                self._due = monotonic()
                self._tell(state=PLAYING, notice="")
            case {"do": "pause"} if self.status.state == PLAYING:
                self._tell(state=PAUSED)
                self._tell(seen=scene.look(True))
            case {"do": "step"} if self.status.state in (PLAYING, PAUSED):
                scene.step()
                self._tell(notice="")
                self._moved(ENDED if scene.ended else PAUSED)
            case {"do": "back"}:
                self._scrub(scene.tick - 1)
            case {"do": "scrub", "tick": int(tick)} if not isinstance(tick, bool):
                self._scrub(tick)
            case {"do": "speed", "speed": speed} if speed in SPEEDS:
                self._due = monotonic()
                self._tell(speed=speed)
            case {"do": "change", "side": str(side), "name": str(name), "value": value}:
                self._changed(scene.change(side, name, value))
            case {"do": "edit", "kind": str(kind), "citizen": int(citizen), "value": int(value)}:
                self._changed(scene.edit(scene.selected[0] if scene.selected else LEFT, kind, citizen, value))
            case {"do": "colour", "by": str(by)}:
                scene.colour(by)
                self._colouring = by
                self._news()
            case {"do": "pick", "world": int(world), "citizen": int(citizen)}:
                scene.pick(world, citizen)
                self._tell(seen=scene.look(self.status.state != PLAYING))
                self._news()
            case {"do": "reset"}:
                self._scrub(0)

    def _twin(self, on: bool) -> None:
        """Show two worlds or one. What was done to the right one comes back with it, unless the left one has become another."""
        now = self._now()
        if not on:
            self._right = now
        again = self._right if on and self._right is not None and now == replace(self._right, twin=False, right=(), tick=now.tick) else None
        goal, held = self._goal, self._held
        self._open(lambda: Scene(replace(again, tick=now.tick) if again is not None else now.twinned(on)))
        if goal is not None:  # they are the same worlds: the way goes on, and what was done on it counts
            self._goal, self._held = goal, held

    # --- the worlds -----------------------------------------------------------------------------------------------------------

    def _now(self) -> Choice:
        return self._scene.twins.choice if self._scene is not None else self._first

    def _choice(self) -> Choice:
        return self._now().at_the_start()

    def _open(self, build: Callable[[], Scene]) -> None:
        """Show other worlds; those that run are kept if the others cannot be built."""
        try:
            scene = build()
        except Refusal as error:
            self._tell(state=FAILED if self._scene is None else self.status.state, notice=f"{error}.")
            return
        if self._scene is not None:
            self._scene.close()
        scene.colour(self._colouring)
        self._scene, self._goal, self._held = scene, None, []
        self._tell(
            state=PAUSED,
            facts=scene.facts,
            sides=scene.facts.sides,
            notice="",
            seen=None,
            agreements=scene.agreements(),
            **self._told(),
            **scene.rows(),
        )
        if scene.facts.choice.tick:
            self._scrub(scene.facts.choice.tick)

    def _scrub(self, tick: int) -> None:
        scene = self._scene
        assert scene is not None
        self._goal = min(max(tick, 0), scene.facts.ticks)
        if self.status.state == PLAYING:
            self._tell(state=PAUSED)

    def _changed(self, dropped: int) -> None:
        assert self._scene is not None
        self._tell(notice="", dropped=dropped, **self._told(), **self._scene.rows())
        self._news()

    def _advance(self) -> None:
        """Simulate the ticks that are due, but no longer than the budget; worlds too slow for their speed take no debts."""
        if self._goal is not None and self._scene is not None:
            self._leap()
            return
        scene, stop, begun_at = self._scene, monotonic() + BUDGET, self._scene.tick if self._scene else 0
        while scene is not None and self.status.state == PLAYING and not scene.ended and self._due <= monotonic() and not self._is_alone():
            scene.step()
            self._due += 1 / self.status.speed
            if scene.tick == self._stop or monotonic() > stop:
                self._due = max(self._due, monotonic())
                break
        if scene is not None and scene.tick != begun_at:
            self._moved(ENDED if scene.ended else PAUSED if scene.tick == self._stop else PLAYING)

    def _leap(self) -> None:
        """Go some weeks towards the week that was scrubbed to; what lies in the past is there at once."""
        scene, goal = self._scene, self._goal
        assert scene is not None
        assert goal is not None
        scene.to(goal if goal <= max(scene.tick, scene.twins.reached) else min(goal, scene.tick + LEAP))
        held: list[dict[str, Any]] = []
        if scene.tick == goal:
            self._goal, held, self._held = None, self._held, []
        self._moved(ENDED if scene.ended else PAUSED)
        for order in held:  # at once: what waits in the queue was done after it
            self._obey(None, order)

    def _moved(self, state: str) -> None:
        scene = self._scene
        assert scene is not None
        self._tell(state=state, **self._told(), **scene.new_rows())
        self._look(state)
        self._news()

    def _look(self, state: str) -> None:
        """Look anew at what takes long to be looked at: while time passes, twice a second, and not at the why."""
        scene = self._scene
        if scene is None or (state == PLAYING and monotonic() < self._look_again):
            return
        self._look_again = monotonic() + 0.5
        self._tell(seen=scene.look(state != PLAYING and self._goal is None), agreements=scene.agreements())

    # --- what is told ---------------------------------------------------------------------------------------------------------

    def _tell(self, **news: Any) -> None:
        """Announce the status, if it has changed."""
        status = replace(self.status, **({"dropped": 0} if "notice" in news else {}) | news)
        if status != self.status:
            self.status = status
            self._out(self._announce, status)
            self._news()

    def _told(self) -> dict[str, Any]:
        scene = self._scene
        assert scene is not None
        due = self._stop is not None and scene.twins.reached >= self._stop
        return {**scene.told(), "due": due, "asking": self._stop is not None and not due}

    def _news(self) -> None:
        for viewer in self._viewers:
            viewer.news = True

    def _show(self) -> None:
        """Show every viewer what is new, unless a frame to it is under way."""
        if self._scene is not None:
            if self._scene.has_new_bands():
                found = self._scene.replicated()
                self._tell(replicated=found.number if found is not None else 0)
                self._news()
            for viewer in self._viewers:
                self._out(viewer.show, self._scene, self.status)

    def _out(self, tell: Callable[..., None], *news: Any) -> None:
        """Call an outlet. After the viewer has left it may fail, which no one needs to know."""
        if self._closed.is_set():
            return
        try:
            tell(*news)
        except Exception:
            if not self._closed.is_set():
                log.exception("the viewer could not be reached")

    def _is_alone(self) -> bool:
        """Whether nobody is there whose worlds these are."""
        return not self._viewers or self._viewers[0].is_gone()


@cache
def load() -> None:
    """Load the compiled model, or compile it, which may take half a minute: while the page says that it builds, not at the first week."""
    Twins(Choice(0, (("population.citizens", 30), ("network.mean_degree", 8.0), ("time.burn_in", 1), ("time.ticks", 3)))).to(3)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else "no details"
