"""One who follows: a browser with a thread of its own, so that one that stalls holds up nobody else."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, Protocol

from dashboard import viewers
from dashboard.room.shots import Shared, Shot, Told
from dashboard.viewers import Viewer

#: Answers of a browser that are kept while its thread is busy: it owes two at most, one for each part that is sent frames.
ANSWERS = 16

log = logging.getLogger(__name__)


class Shown(Protocol):
    """What is followed: the room, as those see it who are in it."""

    shot: Shot | None
    told: Told
    shared: Shared

    @property
    def is_over(self) -> bool:
        """Whether the presenter has ended it, or left."""

    def ask(self) -> None:
        """Ask for what is new."""

    def vote(self, follower: "Follower", answer: str) -> int | None:
        """Take what one who follows expects."""

    def leave(self, follower: "Follower") -> None:
        """Give a place back."""


class Follower:
    """A place in a room. What its browser says reaches this place only: that a frame is drawn, or that it lacks something."""

    def __init__(self, room: Shown):
        """Take a place."""
        self.room = room
        self._answers: deque[dict[str, Any]] = deque(maxlen=ANSWERS)
        self._wake, self._closed = threading.Event(), threading.Event()
        self._busy_since: float | None = None
        self._viewer: Viewer | None = None
        self._shown: Shot | None = None
        self._told: tuple[Told | None, bool] = (None, False)

    def begin(self, viewer: Viewer, tell: Callable[[Told, bool], None]) -> None:
        """Show the room to a browser. tell: gets what is told besides, and whether the room is over; by a thread that is started here.

        That thread belongs to whoever calls this: what it sends goes to the page of its caller.
        """
        self._viewer, self._tell = viewer, tell
        threading.Thread(target=self._live, name="follower", daemon=True).start()
        self.wake()
        self.room.ask()

    def hear(self, order: Any) -> None:
        """Take what the browser says of a frame; all else is ignored."""
        if isinstance(order, dict) and order.get("do") in ("seen", "look"):
            self._answers.append(order)
            self._wake.set()

    def expect(self, answer: str) -> int | None:
        """Say what one expects; see `Room.vote`."""
        return self.room.vote(self, answer)

    def wake(self) -> None:
        """Say that there is something new."""
        self._wake.set()

    def is_here(self) -> bool:
        """Whether the browser takes what it is sent, and answers."""
        busy = self._busy_since
        stalls = busy is not None and monotonic() - busy > viewers.PATIENCE
        return self._viewer is not None and not stalls and not self._viewer.is_gone()

    def close(self) -> None:
        """Leave the room."""
        self._closed.set()
        self._wake.set()
        self.room.leave(self)

    # --- the thread -----------------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._closed.is_set():
                return
            was_here, self._busy_since = self.is_here(), monotonic()
            try:
                self._follow()
            except Exception:
                if not self._closed.is_set():
                    log.exception("one who follows could not be reached")
            self._busy_since = None
            if not was_here and self.is_here():
                self.room.ask()

    def _follow(self) -> None:
        viewer, shot = self._viewer, self.room.shot
        assert viewer is not None
        while self._answers:
            viewer.hear(self._answers.popleft())
        told, over = self.room.told, self.room.is_over
        if told is not self._told[0] or over != self._told[1]:
            self._told = told, over
            self._tell(told, over)
        if shot is not None and shot is not self._shown:
            self._shown, viewer.news = shot, True
        if shot is not None and viewer.news:
            viewer.draw(shot)
