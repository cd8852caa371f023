"""The engine: one thread for each viewer that moves the viewer's own world on and shows it, as fast as the browser can follow."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from dashboard.messages import BUILDING, ENDED, FAILED, PAUSED, PLAYING, SPEEDS, Change, Frame, Status
from dashboard.world import Choice, World
from experiments.refusal import Refusal
from model.network.graph import NetworkError
from model.parameters import ParameterError

#: Seconds of simulation after which orders are heard and a frame is shown, and seconds after which a browser that has not
#: acknowledged a frame counts as gone: until it is heard of again, time stands still and the thread sleeps.
BUDGET, PATIENCE = 0.04, 3.0

REFUSED = (ParameterError, NetworkError, Refusal)
log = logging.getLogger(__name__)


class Engine:
    """Moves one world on. `announce` gets each new status, `show` each frame; both are called by the engine's thread.

    At most one frame is under way: the next is shown when the browser has acknowledged the last. All other threads talk to the
    engine through `hear`, which only puts an order into a queue.
    """

    def __init__(self, choice: Choice, announce: Callable[[Status], None]):
        """Prepare an engine that builds the world of this choice once it is started."""
        self.choice, self.status = choice, Status()
        self._announce = announce
        self._show: Callable[[Frame], None] = _nowhere
        self._orders: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._closed = threading.Event()
        self._world: World | None = None
        self._worlds = self._frames = 0
        self._due = 0.0  # when the next tick is due
        self._shown = 0  # how many ticks the browser has been shown
        self._sent_at: float | None = None  # when the frame under way was sent
        self._news = False  # whether there is something to show

    # --- called by others -----------------------------------------------------------------------------------------------------

    def start(self, show: Callable[[Frame], None]) -> None:
        """Begin to live, in a thread of its own."""
        self._show = show
        threading.Thread(target=self._live, name="engine", daemon=True).start()

    def hear(self, order: Any) -> None:
        """Take an order, such as {"do": "play"}; what cannot be understood is ignored."""
        if isinstance(order, dict):
            self._orders.put(order)

    def close(self) -> None:
        """End the thread as soon as the tick under way is done."""
        self._closed.set()
        self._orders.put({})  # wakes the thread

    # --- the thread -----------------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        self._build(self.choice)
        while not self._closed.is_set():
            try:
                self._send_frame()
                self._hear_orders()
                self._advance()
            except Exception as error:
                log.exception("the world stopped")
                self._fail(f"The world stopped: {_in_short(error)}. Reset builds it anew.")

    def _hear_orders(self) -> None:
        try:
            order = self._orders.get(timeout=self._rest())
            while not self._closed.is_set():
                self._obey(order)
                order = self._orders.get_nowait()
        except Empty:
            pass

    def _rest(self) -> float | None:
        """Return the seconds until something has to be done without being told; None means for ever."""
        if self.status.state != PLAYING or self._viewer_is_gone():
            return None
        return max(0.0, self._due - monotonic())

    def _obey(self, order: dict[str, Any]) -> None:
        match order:
            case {"do": "play"} if self.status.state == PAUSED:
                self._due = monotonic()
                self._tell(state=PLAYING, notice="")
            case {"do": "pause"} if self.status.state == PLAYING:
                self._tell(state=PAUSED)
            case {"do": "step"} if self.status.state in (PLAYING, PAUSED):
                self._tell(state=PAUSED, notice="")
                self._tick()
            case {"do": "speed", "speed": speed} if speed in SPEEDS:
                self._due = monotonic()
                self._tell(speed=speed)
            case {"do": "change", "name": str(name), "value": float() | int() as value}:
                self._wish(name, value)
            case {"do": "reset"}:
                self._build(self.choice)
            case {"do": "world", "seed": str(seed), "preset": str(preset)}:
                self._choose(seed, preset)
            case {"do": "seen", "number": number} if number == self._frames:
                self._viewer_is_back()
            case {"do": "look", "world": int(world), "have": int(have)}:
                self._shown = min(max(have, 0), self._shown) if world == self._worlds else 0
                self._news = True
                self._viewer_is_back()

    # --- the world ------------------------------------------------------------------------------------------------------------

    def _build(self, choice: Choice) -> None:
        if self._world is None:
            self._tell(state=BUILDING, notice="")
        try:
            self._world = World(choice)
        except REFUSED as error:
            self._refuse(str(error))
        except Exception as error:
            log.exception("the world could not be built")
            self._refuse(f"This world could not be built: {_in_short(error)}")
        else:
            self.choice, self._worlds, self._shown = choice, self._worlds + 1, 0
            self._tell(state=PAUSED, facts=self._world.facts, policy=(), notice="", **self._of_levers())

    def _choose(self, seed: str, preset: str) -> None:
        try:
            self._build(self.choice.anew(seed, preset))
        except Refusal as error:
            self._refuse(str(error))

    def _refuse(self, why: str) -> None:
        """Say why something cannot be done; a world that runs is kept."""
        if self._world is None:
            self._fail(f"{why}.")
        else:
            self._tell(notice=f"{why}.")

    def _fail(self, why: str) -> None:
        self._tell(state=FAILED, notice=why)

    def _wish(self, name: str, value: float) -> None:
        if self._world is None:
            return
        try:
            self._world.wish(name, value)
        except ParameterError as error:
            self._refuse(str(error))
        else:
            self._tell(notice="", **self._of_levers())

    def _of_levers(self) -> dict[str, Any]:
        world = self._world
        assert world is not None
        return {"levers": world.levers(), "waiting": world.levers() != world.in_force(), "begun": world.begun}

    def _advance(self) -> None:
        """Simulate the ticks that are due, but no longer than the budget; a world too slow for its speed takes no debts."""
        stop = monotonic() + BUDGET
        while self.status.state == PLAYING and self._due <= monotonic() and not self._viewer_is_gone():
            self._tick()
            self._due += 1 / self.status.speed
            if monotonic() > stop:
                self._due = max(self._due, monotonic())
                return

    def _tick(self) -> None:
        assert self._world is not None
        world, before = self._world, dict(self._world.in_force())
        world.step()
        self._news = True
        after = world.in_force()
        made = tuple(Change(world.tick - 1, name, before[name], value) for name, value in after if before[name] != value)
        state = ENDED if world.ended else self.status.state
        self._tell(state=state, policy=self.status.policy + made, **self._of_levers())

    # --- what is told ---------------------------------------------------------------------------------------------------------

    def _tell(self, **news: Any) -> None:
        """Announce the status, if it has changed."""
        status = replace(self.status, **news)
        if status == self.status:
            return
        self.status, self._news = status, True
        self._out(self._announce, status)

    def _send_frame(self) -> None:
        """Show what is new, unless a frame is under way."""
        world = self._world
        if world is None or not self._news or self._sent_at is not None:
            return
        self._frames, self._news = self._frames + 1, False
        frame = Frame(
            self._frames, self._worlds, self.status.state, world.facts, self.status.policy, self._shown, world.values(self._shown)
        )
        self._shown, self._sent_at = world.tick, monotonic()
        self._out(self._show, frame)

    def _out(self, tell: Callable[[Any], None], news: Any) -> None:
        """Call one of the two outlets. After the viewer has left they may fail, which no one needs to know."""
        if self._closed.is_set():
            return
        try:
            tell(news)
        except Exception:
            if not self._closed.is_set():
                log.exception("the viewer could not be reached")

    def _viewer_is_gone(self) -> bool:
        return self._sent_at is not None and monotonic() - self._sent_at > PATIENCE

    def _viewer_is_back(self) -> None:
        if self._viewer_is_gone():
            self._due = monotonic()
        self._sent_at = None


def _nowhere(frame: Frame) -> None:
    """Show a frame to nobody."""


def _in_short(error: Exception) -> str:
    """Return the kind of an error and the first line of what it says."""
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no details'}"
