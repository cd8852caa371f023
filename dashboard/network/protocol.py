"""How the picture reaches the browser: a scene for each world that is built, then frames, one under way at a time.

A message is a header that JSON can hold, and binary buffers (little-endian). The browser answers a frame with
{"do": "seen", "number": n} once it is drawn; where a frame does not fit what it has, or none has come for a while, it asks
{"do": "look", "world": w, "number": n} with the last frame that it has.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from agents.befriending import CUT_CAUSES
from dashboard.network.colours import Coloured, tables
from dashboard.network.layout import Layout
from model.network.ties import living_slots
from model.population import REGIONS, World

#: Causes for which a tie is cut, beyond those of agents.befriending: the score-blind null model, somebody at the page, or none known.
LOT, BY_HAND, UNKNOWN = range(len(CUT_CAUSES), len(CUT_CAUSES) + 3)
CAUSES = (*CUT_CAUSES, "lot", "hand", "unknown")

#: The cause of a tie that is gone and was not cut: another week is shown.
UNCUT = 255

_U = np.uint64
_KIND, _HIGH, _LOW, _ID = _U(3), _U(2), _U(32), _U(2**32 - 1)


class Message(NamedTuple):
    """What is sent at once: a header, and buffers."""

    header: dict[str, Any]
    buffers: list[bytes]


@dataclass(frozen=True)
class Ties:
    """All ties of a world at one time. key: uint64, sorted, one a tie: low << 34 | high << 2 | kind."""

    key: np.ndarray

    @classmethod
    def of(cls, low: np.ndarray, high: np.ndarray, kind: np.ndarray) -> "Ties":
        """Take ties as three arrays in any order, low < high < 2**30, no pair twice."""
        pair = np.asarray(low).astype(np.uint64) << _LOW | np.asarray(high).astype(np.uint64)
        key = pair << _HIGH | np.asarray(kind).astype(np.uint64)
        key.sort(kind="stable")  # a world gives them almost in order: a tenth of the time of another sort
        return cls(key)

    @classmethod
    def in_world(cls, world: World) -> "Ties":
        """Return the ties of a world as they are now."""
        slots, owner = living_slots(world)
        other = world.slots.neighbour[slots]
        lower = owner < other
        return cls.of(owner[lower], other[lower], world.slots.kind[slots[lower]])

    @property
    def pair(self) -> np.ndarray:
        """The pairs alone: uint64, low << 32 | high, sorted."""
        return self.key >> _HIGH


@dataclass(frozen=True)
class Cuts:
    """Ties cut, in the order of time. pair: uint64, low << 32 | high; cause: uint8, an index into CAUSES."""

    pair: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint64))
    cause: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint8))

    @classmethod
    def of(cls, low: np.ndarray, high: np.ndarray, cause: np.ndarray) -> "Cuts":
        """Take cuts as three arrays, low < high."""
        pair = np.asarray(low).astype(np.uint64) << _LOW | np.asarray(high).astype(np.uint64)
        return cls(pair, np.asarray(cause).astype(np.uint8))

    def then(self, later: "Cuts") -> "Cuts":
        """Return these and later ones."""
        return Cuts(np.concatenate([self.pair, later.pair]), np.concatenate([self.cause, later.cause]))

    def cause_of(self, pair: np.ndarray) -> np.ndarray:
        """Return the latest cause for which each of some pairs was cut, UNCUT where it was not (uint8)."""
        found = np.full(pair.size, UNCUT, np.uint8)
        if self.pair.size:
            order = np.argsort(self.pair, kind="stable")
            sorted_pair = self.pair[order]
            last = np.searchsorted(sorted_pair, pair, side="right") - 1
            hit = (last >= 0) & (sorted_pair[last] == pair)
            found[hit] = self.cause[order][last[hit]]
        return found


@dataclass(frozen=True)
class Side:
    """One world of a picture.

    marks: uint8 (n,), see dashboard.network.colours. cuts: those made since the picture before, for their causes; what is told as made
    and cut follows from `ties` alone.
    """

    colours: Coloured
    marks: np.ndarray
    ties: Ties
    cuts: Cuts = Cuts()


@dataclass(frozen=True)
class Picture:
    """One or two worlds in one week, and the difference of two."""

    tick: int
    sides: tuple[Side, ...]
    difference: Coloured | None = None


@dataclass(frozen=True)
class Scene:
    """What stays as long as a world is shown. world: a number above 0, another for each world built; sides: how many are shown."""

    world: int
    layout: Layout
    sides: int = 1

    def message(self) -> Message:
        """Return positions (float32), discs of regions (float32) and the tables of colours; regions and tables are named in the header."""
        header = {
            "what": "scene",
            "world": self.world,
            "citizens": len(self.layout.position),
            "sides": self.sides,
            "spacing": self.layout.spacing,
            "names": [REGIONS[int(number)] for number in self.layout.regions[:, 0]],
            "ramps": list(tables()),
        }
        places = [_bytes(self.layout.position, "<f4"), _bytes(self.layout.regions, "<f4")]
        return Message(header, places + [table.tobytes() for table in tables().values()])


class Channel:
    """What the browser has been shown, and what comes next. Every method returns the messages that are to be sent now, in order.

    The newest picture wins: what is offered while a frame is under way replaces what was. A channel belongs to one thread.
    """

    def __init__(self, changed: "Changed | None" = None) -> None:
        """Begin without a scene; nothing is sent before there is one. changed: in place of `changes`, as where several share its work."""
        self._scene: Scene | None = None
        self._changed = changed or changes
        self._scene_is_known = False
        self._newest: Picture | None = None
        self._is_news = False
        self._known: list[Ties] = []  # the ties that the browser has once it has drawn the latest frame; empty: none
        self._cuts: list[Cuts] = []
        self._number, self._under_way = 0, 0

    @property
    def is_free(self) -> bool:
        """Whether a picture that is offered now would be sent at once: no frame is under way."""
        return self._under_way == 0

    def begin(self, scene: Scene) -> None:
        """Take another scene; the pictures of the one before are forgotten, also the one under way."""
        self._scene, self._scene_is_known = scene, False
        self._newest, self._is_news, self._under_way = None, False, 0
        self._forget()

    def offer(self, picture: Picture) -> list[Message]:
        """Take the newest picture of the scene. Raises ValueError where it has more or fewer sides than the scene, or citizens."""
        assert self._scene is not None, "no scene has begun"
        shape = (len(self._scene.layout.position),)
        if len(picture.sides) != self._scene.sides or any(side.colours.bytes.shape != shape for side in picture.sides):
            raise ValueError(f"expected {self._scene.sides} sides of {shape[0]} citizens")
        self._cuts = [cuts.then(side.cuts) for cuts, side in zip(self._cuts, picture.sides, strict=True)]
        self._newest, self._is_news = picture, True
        return self._next()

    def seen(self, number: int) -> list[Message]:
        """Hear that a frame is drawn; of any but the latest, nothing follows."""
        if number != self._under_way:
            return []
        self._under_way = 0
        return self._next()

    def look(self, world: int, number: int = 0) -> list[Message]:
        """Tell a browser that lacks something all there is; world, number: the scene and the last frame that it has, 0 if none.

        A browser that has the latest frame has as good as said so by `seen`: it gets what is new since, if anything is.
        """
        if self._scene is None:
            return []
        self._scene_is_known = world == self._scene.world
        self._under_way = 0
        if not (self._scene_is_known and number and number == self._number):
            self._is_news = self._newest is not None
            self._forget()
        return self._next()

    def _forget(self) -> None:
        self._known = []
        self._cuts = [Cuts()] * (self._scene.sides if self._scene else 0)

    def _next(self) -> list[Message]:
        if self._newest is None or not self._is_news or self._under_way:
            return []
        assert self._scene is not None
        first = [] if self._scene_is_known else [self._scene.message()]
        self._number += 1
        frame = self._frame(self._newest)
        self._scene_is_known, self._is_news, self._under_way = True, False, self._number
        self._known, self._cuts = [side.ties for side in self._newest.sides], [Cuts()] * len(self._newest.sides)
        return [*first, frame]

    def _frame(self, picture: Picture) -> Message:
        assert self._scene is not None
        known: list[Ties | None] = [*self._known] or [None] * len(picture.sides)
        sides, buffers = [], []
        for side, had, cuts in zip(picture.sides, known, self._cuts, strict=True):
            told, of_ties = self._changed(had, side.ties, cuts)
            sides.append({"legend": side.colours.legend.as_dict(), "ties": side.ties.key.size, "full": told})
            buffers += [side.colours.bytes.tobytes(), side.marks.tobytes(), *of_ties]
        header: dict[str, Any] = {"what": "frame", "world": self._scene.world, "number": self._number, "tick": picture.tick, "sides": sides}
        # The frame that this one builds on; 0: none.
        header["base"] = 0 if all(side["full"] for side in sides) else self._number - 1
        header["difference"] = picture.difference.legend.as_dict() if picture.difference else None
        return Message(header, buffers + ([picture.difference.bytes.tobytes()] if picture.difference else []))


#: As `changes`.
Changed = Callable[["Ties | None", Ties, Cuts], tuple[bool, list[bytes]]]


def changes(had: Ties | None, now: Ties, cuts: Cuts) -> tuple[bool, list[bytes]]:
    """Return whether all ties are told, and the buffers: ends (uint32 pairs) and kinds of ties, ends and causes of ties that are gone.

    All are told where nothing is known (`had` is None), or where that is no longer than what has changed. A tie of another kind than
    before is told like a new one.
    """
    if had is None:
        return True, _told(now.key, cuts, np.empty(0, np.uint64))
    made, gone = _apart(had.key, now.key)
    gone = gone >> _HIGH
    gone = gone[~np.isin(gone, made >> _HIGH)]
    if now.key.size <= made.size + gone.size:
        return True, _told(now.key, cuts, np.empty(0, np.uint64))
    return False, _told(made, cuts, gone)


def _told(key: np.ndarray, cuts: Cuts, gone: np.ndarray) -> list[bytes]:
    kind = (key & _KIND).astype(np.uint8)
    return [_ends(key >> _HIGH), kind.tobytes(), _ends(gone), cuts.cause_of(gone).tobytes()]


def _ends(pair: np.ndarray) -> bytes:
    return _bytes(np.stack([pair >> _LOW, pair & _ID], axis=1), "<u4")


def _bytes(values: np.ndarray, kind: str) -> bytes:
    return np.ascontiguousarray(values.astype(kind)).tobytes()


def _apart(had: np.ndarray, now: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what only `now` has and what only `had` has, of two sorted arrays without repetitions; sorted.

    A stable sort of two sorted runs merges them, which takes a quarter of the time of a search for each.
    """
    both = np.concatenate([had, now])
    both.sort(kind="stable")
    alone = np.ones(both.size, bool)
    twice = both[1:] == both[:-1]
    alone[1:] &= ~twice
    alone[:-1] &= ~twice
    found = both[alone]
    is_old = had[np.minimum(np.searchsorted(had, found), had.size - 1)] == found if had.size else np.zeros(found.size, bool)
    return found[~is_old], found[is_old]
