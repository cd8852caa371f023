"""How the charts reach the browser: frames of what is new, one under way at a time.

A message is a header that JSON can hold, and binary buffers (little-endian float32). The browser answers a frame with
{"do": "seen", "number": n} once it is drawn. A frame says on which one it builds ("base"; 0: on none, it tells all); where a browser
lacks that one, it asks {"do": "look", "world": w, "number": n} with the last frame it has, and gets what is new since, or all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from dashboard.charts.panels import DIFFERENCE, QUANTITIES
from dashboard.charts.scores import Scale
from model.phases.record import WEEKS_PER_YEAR

#: The sides that a band may be of: the worlds, left first, and the right one less the left one.
SIDES = ("left", "right", DIFFERENCE)
#: Points in time of a band that are sent, at most: bands are smooth.
MOST_POINTS = 400


class Message(NamedTuple):
    """What is sent at once: a header, and buffers."""

    header: dict[str, Any]
    buffers: list[bytes]


class Mark(NamedTuple):
    """Something that happened at the start of a tick, drawn as a thin rule. kind: a CSS word; side: one of SIDES or "both"."""

    tick: int
    kind: str
    side: str = "both"


@dataclass(frozen=True)
class Scene:
    """What stays as long as worlds are shown.

    world: a number above 0, another one for each world (or pair) built. sides: 1 or 2. ticks, burn_in: weeks; scheme: whether one
    starts at the end of the burn-in. scale: of the scores, None where nobody is scored.
    """

    world: int
    sides: int
    ticks: int
    burn_in: int = 0
    scheme: bool = False
    scale: Scale | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as the browser gets it."""
        scale = self.scale and {name: getattr(self.scale, name) for name in ("low", "high", "grades", "colours", "bins")}
        return {
            "sides": self.sides,
            "ticks": self.ticks,
            "burnIn": self.burn_in,
            "scheme": self.scheme,
            "scale": scale,
            "quantities": list(QUANTITIES),
            "weeksPerYear": WEEKS_PER_YEAR,
        }


@dataclass(frozen=True, eq=False)
class Bands:
    """Quantiles over replications, by (quantity, side): low, median and high, of shape (ticks,) each; NaN where nothing is measured.

    version: another number for other bands. runs: how many replications they are of.
    """

    version: int
    runs: int = 0
    of: Mapping[tuple[str, str], Sequence[np.ndarray]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError for a band of what is not drawn."""
        for name, side in self.of:
            if name not in QUANTITIES or side not in SIDES:
                raise ValueError(f"a band of {name!r}, {side!r} is not allowed: expected a quantity that is drawn, and one of {SIDES}")

    def message(self) -> tuple[dict[str, Any], bytes]:
        """Return the header and the values (float32; bands, 3, points), every `stride`-th tick."""
        ticks = max((len(band[0]) for band in self.of.values()), default=0)
        stride = max(1, -(-ticks // MOST_POINTS))
        values = np.array([np.stack(tuple(band))[:, ::stride] for band in self.of.values()], "<f4")
        keys = [list(key) for key in self.of]
        return {"version": self.version, "runs": self.runs, "stride": stride, "keys": keys}, values.tobytes()


@dataclass(frozen=True, eq=False)
class View:
    """What a moment looks like. tick: how many weeks are over in what is shown, though more may be recorded; state: "playing" and so on.

    scores: for each side float32 (bins, grades), see Scale.counts, or None for one without a scheme at work.
    """

    tick: int
    state: str
    marks: tuple[Mark, ...] = ()
    bands: Bands | None = None
    scores: tuple[np.ndarray | None, ...] = ()


@dataclass
class _Known:
    """What a browser has once it has drawn frame `number`: so many ticks of each side, these marks, this version of the bands."""

    number: int = 0
    have: list[int] = field(default_factory=list)
    marks: tuple[Mark, ...] = ()
    bands: int | None = None


class Channel:
    """What is recorded, what the browser has been shown of it, and what comes next. It belongs to one thread.

    `offer`, `seen` and `look` return the messages that are to be sent now. The newest view wins: one that is offered while a frame
    is under way replaces what was.
    """

    def __init__(self) -> None:
        """Begin without a scene; nothing is sent before there is one."""
        self._scene: Scene | None = None
        self._rows: list[np.ndarray] = []
        self._newest: View | None = None
        self._is_news = False
        self._number = self._under_way = 0
        self._seen, self._sent = _Known(), _Known()

    @property
    def is_free(self) -> bool:
        """Whether a view that is offered now would be sent at once: no frame is under way."""
        return self._under_way == 0

    def begin(self, scene: Scene) -> None:
        """Take another scene; what was recorded of the one before is forgotten, and the frame under way, too."""
        self._scene, self._newest, self._is_news, self._under_way = scene, None, False, 0
        self._rows = [np.empty((0, len(QUANTITIES)), np.float32) for _ in range(scene.sides)]
        self._seen, self._sent = _Known(), _Known()

    def recorded(self, side: int) -> int:
        """Return how many ticks are recorded of a side, 0 for the left one."""
        return len(self._rows[side])

    def record(self, side: int, rows: np.ndarray, start: int = 0) -> None:
        """Take what is recorded of a side from tick `start` on, float32 (ticks, quantities): what was there from then on is dropped.

        Values that are the same as before are not sent again. So all of a run may be given each time, or the new ticks alone.
        Raises ValueError where ticks would be missing before `start`, or for rows of another shape.
        """
        old = self._rows[side]
        if rows.ndim != 2 or rows.shape[1] != len(QUANTITIES):
            raise ValueError(f"expected rows of {len(QUANTITIES)} quantities, not of shape {rows.shape}")
        if not 0 <= start <= len(old):
            raise ValueError(f"expected a start from 0 to {len(old)}, not {start}")
        both = min(len(old) - start, len(rows))
        same = (_bits(old[start : start + both]) == _bits(rows[:both])).all(axis=1)
        kept = start + (both if same.all() else int(np.argmin(same)))
        self._rows[side] = np.concatenate([old[:kept], rows[kept - start :]]).astype(np.float32, copy=False)
        for known in (self._seen, self._sent):
            if known.have:
                known.have[side] = min(known.have[side], kept)

    def offer(self, view: View) -> list[Message]:
        """Take the newest view of the scene."""
        if self._scene is None:
            raise ValueError("no scene has begun")
        self._newest, self._is_news = view, True
        return self._next()

    def seen(self, number: int) -> list[Message]:
        """Hear that a frame is drawn; of any but the latest, nothing follows."""
        if not self._under_way or number != self._under_way:
            return []
        self._under_way, self._seen = 0, self._sent
        return self._next()

    def look(self, world: int, number: int) -> list[Message]:
        """Tell a browser what it lacks; world, number: the scene and the last frame that it has, 0 if none.

        A browser that has the latest frame has as good as said so by `seen`: it gets what is new since, if anything is.
        """
        if self._scene is None:
            return []
        same = world == self._scene.world and number > 0
        if same and number == self._sent.number:
            self._seen = self._sent
        else:
            self._seen = self._seen if same and number == self._seen.number else _Known()
            self._is_news = self._newest is not None
        self._under_way = 0
        return self._next()

    def _next(self) -> list[Message]:
        if self._newest is None or not self._is_news or self._under_way:
            return []
        self._number += 1
        message, self._sent = self._frame(self._newest, self._seen)
        self._is_news, self._under_way = False, self._number
        return [message]

    def _frame(self, view: View, known: _Known) -> tuple[Message, _Known]:
        """Return what is new to a browser that has what is known, and what it has then."""
        assert self._scene is not None
        starts = known.have or [0] * self._scene.sides
        after = _Known(self._number, [len(rows) for rows in self._rows], view.marks, view.bands.version if view.bands else None)
        header: dict[str, Any] = {
            "what": "frame",
            "number": self._number,
            "base": known.number,
            "world": self._scene.world,
            "tick": view.tick,
            "state": view.state,
            "starts": list(starts),
        }
        buffers = [rows[start:].astype("<f4", copy=False).tobytes() for rows, start in zip(self._rows, starts, strict=True)]
        if not known.number:
            header["scene"] = self._scene.as_dict()
        if not known.number or view.marks != known.marks:
            header["marks"] = [list(mark) for mark in view.marks]
        if after.bands != known.bands:
            header["bands"], values = view.bands.message() if view.bands else (None, b"")
            buffers.append(values)
        header["scores"] = [counts is not None for counts in view.scores]
        buffers += [counts.astype("<f4").tobytes() for counts in view.scores if counts is not None]
        return Message(header, buffers), after


def _bits(rows: np.ndarray) -> np.ndarray:
    """Return float32 as whole numbers: so NaN equals itself."""
    return np.ascontiguousarray(rows, np.float32).view(np.uint32)
