"""Moments of what a presenter shows, held fast for all who follow, and what has changed from one to the next, found once for all."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.charts.protocol import View as ChartView
from dashboard.charts.scores import Scale
from dashboard.narrating import Narrated
from dashboard.network.protocol import Cuts, Picture, Ties, changes
from dashboard.scene import Scene
from dashboard.status import Status
from dashboard.viewers import Moment

#: Ways from one picture to another that are kept: who is not in step with most finds their own.
KEPT = 16


@dataclass(frozen=True)
class Told:
    """What is told besides the frames. address: of the worlds at their start, with all that is recorded; colour: what they show.

    narrated: the chapter that is told; poll: each asking of its question has another number; votes: {answer: how many of those who follow
    chose it}, once the run's answer is shown.
    """

    status: Status
    address: str
    colour: str
    narrated: Narrated = field(default_factory=Narrated)
    poll: int = 0
    votes: Mapping[str, int] = field(default_factory=dict)


class Shot(Moment):
    """A moment held fast: any thread can show it while the worlds move on."""

    def __init__(self, scene: Scene, told: Told, scale: Scale | None, since: int):
        """Read all there is to show, in the thread of the engine. since: the tick from which on causes of cuts are known."""
        super().__init__(scene, told.status)
        self.told, self._scale = told, scale
        self._picture: Picture = super().picture(since)
        self._rows = super().rows()
        self._view: ChartView = super().view(scale)

    def scale(self) -> Scale | None:
        """Return the scale of the scores."""
        return self._scale

    def picture(self, since: int) -> Picture:
        """Return the picture."""
        return self._picture

    def rows(self) -> list[Any]:
        """Return what is recorded of each side."""
        return self._rows

    def view(self, scale: Scale | None) -> ChartView:
        """Return what the charts show besides."""
        return self._view


class Shared:
    """What has changed between two pictures, found once for all who go from the one to the other. For several threads."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._found: OrderedDict[tuple[int, int], tuple[Any, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, had: Ties | None, now: Ties, cuts: Cuts) -> tuple[bool, list[bytes]]:
        """Return as `changes` does."""
        key = (id(had), id(now))
        with self._lock:  # who comes second waits, and finds it done
            if key not in self._found:
                self._found[key] = (changes(had, now, cuts), had, now)  # kept, both, lest another gets the same id
                if len(self._found) > KEPT:
                    self._found.popitem(last=False)
            return self._found[key][0]
