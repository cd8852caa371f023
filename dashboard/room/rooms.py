"""Rooms: what a presenter shows, held fast a few times a second for all who follow. Nobody who follows can reach the worlds."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from dashboard.charts.scores import Scale
from dashboard.engine import Engine
from dashboard.narrating import Narrated
from dashboard.network.colours import COLOURINGS
from dashboard.room.follower import Follower
from dashboard.room.shots import Shared, Shot, Told
from dashboard.room.token import is_token, new_token
from dashboard.scene import Scene
from dashboard.status import FAILED, Status
from dashboard.viewers import Moment

#: How many can follow one presenter.
MOST = 200
#: Seconds between two moments that are held fast, and between two looks at how many follow.
PACE, COUNT = 0.1, 0.5
#: Of ties that were cut at most so many moments, and so many weeks, before, the cause is told to whoever missed it.
MOMENTS, WEEKS = 10, 200


@dataclass(frozen=True)
class Attendance:
    """How many follow, and {answer: how many of them expect it} of the question that is asked."""

    followers: int = 0
    votes: Mapping[str, int] = field(default_factory=dict)


class Room:
    """What one presenter shows. The engine takes it for one more viewer, and only the engine's thread moves it on."""

    def __init__(self, engine: Engine, announce: Callable[[Attendance], None]):
        """Show the worlds of an engine. announce: is told who follow, by a thread that is started here."""
        self.token, self.news = new_token(), True
        self.shot: Shot | None = None
        self.told = Told(Status(), "", COLOURINGS[0])
        self.shared = Shared()
        self._engine, self._announce = engine, announce
        self._followers: list[Follower] = []
        self._narrated, self._poll = Narrated(), 0
        self._votes: dict[Follower, str] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._next = 0.0  # when the next moment may be held fast
        self._scene: Scene | None = None
        self._scale: Scale | None = None
        self._ticks: deque[int] = deque(maxlen=MOMENTS)
        self._status: Status | None = None
        engine.join(self)
        threading.Thread(target=self._count, name="room", daemon=True).start()

    # --- for the engine -------------------------------------------------------------------------------------------------------

    def is_gone(self) -> bool:
        """Whether the presenter has ended it."""
        return self._over.is_set()

    def hear(self, order: dict[str, Any]) -> None:
        """Hear nothing: who follows is heard by nobody but their own thread."""

    def forget(self) -> None:
        """Let go of the worlds; what was shown last stays with those who follow."""
        self._scene, self._scale = None, None

    def rest(self) -> float | None:
        """Return the seconds until the next moment may be held fast, if somebody waits for one."""
        return max(0.0, self._next - monotonic()) if self.news and self._is_watched() else None

    def show(self, scene: Scene, status: Status) -> None:
        """Hold fast what is new, at most every PACE seconds and only while somebody is there to see it."""
        if not self.news or monotonic() < self._next or not self._is_watched():
            return
        self.news, self._next = False, monotonic() + PACE
        if scene is not self._scene:
            self._scene, self._scale = scene, Moment(scene, status).scale()
            self._ticks.clear()
        if self._ticks and self._ticks[-1] > scene.tick:
            self._ticks.clear()  # gone back
        since = max(self._ticks[0], scene.tick - WEEKS) if self._ticks else scene.tick
        self._ticks.append(scene.tick)
        self.told = self._tell(scene, status)
        self.shot = Shot(scene, self.told, self._scale, since)
        for follower in self._all():
            follower.wake()

    def _tell(self, scene: Scene, status: Status) -> Told:
        told = self.told
        with self._lock:  # all of one moment: what is told once is not told again
            narrated, poll, votes = self._narrated, self._poll, self._counted()
        if (status, scene.colouring, narrated, poll) == (self._status, told.colour, told.narrated, told.poll):
            return told
        self._status = status
        # What the presenter typed wrongly concerns nobody else; the drawer is not shown.
        shown = replace(status, notice=status.notice if status.state == FAILED else "", drawer=())
        address = scene.twins.choice.at_the_start().address()
        return Told(shown, address, scene.colouring, narrated, poll, votes if narrated.found else {})

    # --- the story ------------------------------------------------------------------------------------------------------------

    def narrate(self, narrated: Narrated) -> None:
        """Tell a chapter, as far as it has come. With another one, or the same begun anew, its question is asked anew."""
        with self._lock:
            before, self._narrated = self._narrated, narrated
            if (before.number, before.begun) != (narrated.number, narrated.begun) or (before.due and not narrated.due):
                self._votes, self._poll = {}, self._poll + 1
        if before != narrated:
            self.news = True
            self.ask()

    def vote(self, follower: Follower, answer: str) -> int | None:
        """Take what one who follows expects; return which asking it answers.

        None while none is open, if it is no answer to it, and from whoever has left, or once the room is over.
        """
        with self._lock:
            chapter = self._narrated.chapter
            if chapter is None or self._narrated.due or self.is_over or follower not in self._followers:
                return None
            if answer not in [one.key for one in chapter.answers]:
                return None
            self._votes[follower] = answer
            return self._poll

    def votes(self) -> dict[str, int]:
        """Return {answer: how many of those who follow expect it}."""
        with self._lock:
            return self._counted()

    def _counted(self) -> dict[str, int]:
        return dict(Counter(self._votes.values()))

    # --- for those who follow -------------------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the presenter has ended it, or left."""
        return self._over.is_set()

    def seat(self) -> Follower | None:
        """Return a place for one more who follows, None where all are taken or the room is over."""
        with self._lock:
            if len(self._followers) >= MOST or self.is_over:
                return None
            follower = Follower(self)
            self._followers = [*self._followers, follower]
        return follower

    def leave(self, follower: Follower) -> None:
        """Give a place back, and with it the answer to a question that is open still: who loads the page again counts once."""
        with self._lock:
            self._followers = [one for one in self._followers if one is not follower]
            if not self._narrated.due:
                self._votes.pop(follower, None)

    def ask(self) -> None:
        """Let the engine show what is new; it sleeps while nothing happens and nobody watches."""
        if self.news and not self.is_over:
            self._engine.hear({})

    def end(self) -> None:
        """Show nothing more. Who follows keeps what was shown last."""
        self._over.set()
        self._engine.leave(self)
        for follower in self._all():
            follower.wake()

    def _all(self) -> list[Follower]:
        return self._followers

    def _is_watched(self) -> bool:
        return any(follower.is_here() for follower in self._all())

    def _count(self) -> None:
        told = Attendance()
        while not self._over.wait(COUNT):
            if (now := Attendance(len(self._all()), self.votes())) != told:
                told = now
                self._announce(now)


class Rooms:
    """The rooms of this process. For several threads."""

    def __init__(self) -> None:
        """Begin without a room."""
        self._rooms: list[Room] = []
        self._lock = threading.Lock()

    def open(self, engine: Engine, announce: Callable[[Attendance], None]) -> Room:
        """Open a room that shows the worlds of an engine; see Room."""
        room = Room(engine, announce)
        with self._lock:
            self._rooms = [*self._rooms, room]
        return room

    def find(self, token: str) -> Room | None:
        """Return the room of a token, None where there is none; all are looked at, whichever it is."""
        found = [room for room in self._rooms if is_token(room.token, token)]
        return found[0] if found else None

    def close(self, room: Room) -> None:
        """End a room: its token opens nothing any more."""
        with self._lock:
            self._rooms = [one for one in self._rooms if one is not room]
        room.end()


ROOMS = Rooms()
