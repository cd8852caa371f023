"""A browser that looks on: the picture of the ties, the charts and the axis of time, each shown the newest as fast as it can follow."""

from time import monotonic
from typing import Any, Protocol

import numpy as np

from dashboard.charts.panels import drawn
from dashboard.charts.protocol import Bands, Mark, View
from dashboard.charts.protocol import Channel as ChartChannel
from dashboard.charts.protocol import Scene as ChartScene
from dashboard.charts.scores import Scale, scale_of, scores_of
from dashboard.charts.view import Charts
from dashboard.network.colours import difference
from dashboard.network.protocol import Changed, Cuts, Picture, changes
from dashboard.network.protocol import Channel as NetworkChannel
from dashboard.network.protocol import Scene as NetworkScene
from dashboard.network.view import Network, portray
from dashboard.scene import Scene
from dashboard.status import Status

#: Seconds after which a browser that has not answered a frame counts as gone, until it is heard of again.
PATIENCE = 3.0


class Clock(Protocol):
    """What says which week is shown, such as the axis of time."""

    def place(self, tick: int, reached: int) -> None:
        """Say where in time things are."""


class Onlooker(Protocol):
    """Whoever an engine shows its worlds to. news: whether there is something that has not been shown yet."""

    news: bool

    def is_gone(self) -> bool:
        """Whether nobody looks any more."""

    def hear(self, order: dict[str, Any]) -> None:
        """Take what the browser says of a frame."""

    def show(self, scene: Scene, status: Status) -> None:
        """Show what is new, now or when there is time for it."""

    def forget(self) -> None:
        """Let go of the worlds that were shown: their engine has ended."""

    def rest(self) -> float | None:
        """Return the seconds after which it can be shown what it has not been shown; None where it says so itself."""


class Moment:
    """What there is to show now: read by the thread of the engine, before the worlds move on."""

    def __init__(self, scene: Scene, status: Status):
        """Take what is watched."""
        self.scene, self.status = scene, status
        self.tick, self.reached = scene.tick, scene.twins.reached

    def scale(self) -> Scale | None:
        """Return the scale of the scores."""
        societies = (self.scene.twins.society(side) for side in self.scene.facts.sides)
        return next((scale for society in societies if (scale := scale_of(society)) is not None), None)

    def picture(self, since: int) -> Picture:
        """Return the picture; of ties that are gone it knows the causes from tick `since` on."""
        scene, portraits = self.scene, []
        for side in scene.facts.sides:
            selected = scene.selected[1] if scene.selected and scene.selected[0] == side else None
            portraits.append(portray(scene.twins.society(side), scene.colouring, scene.layout, _cuts(scene, side, since), selected))
        societies = [scene.twins.society(side) for side in scene.facts.sides]
        return Picture(scene.tick, tuple(portraits), difference(*societies) if len(societies) > 1 else None)

    def rows(self) -> list[np.ndarray]:
        """Return what is recorded of each side, as the charts take it."""
        return [drawn(self.scene.twins.series(side, whole=True)) for side in self.scene.facts.sides]

    def view(self, scale: Scale | None) -> View:
        """Return what the charts show besides."""
        scene = self.scene
        marks = tuple(Mark(event.tick, event.kind, event.side) for event in self.status.events)
        found = scene.bands() if not self.status.asking else None
        bands = None
        if found is not None and found.number:
            bands = Bands(
                scene.version_of_bands, found.number, {key: (band.low, band.median, band.high) for key, band in found.bands.items()}
            )
        scores = tuple(scores_of(scene.twins.society(side), scale) if scale else None for side in scene.facts.sides)
        return View(scene.tick, self.status.state, marks, bands, scores)


class Viewer:
    """One browser's parts. All but the making of it belongs to the thread that shows it something."""

    def __init__(self, network: Network, charts: Charts, timeline: Clock, changed: Changed = changes):
        """Take the parts of a page. changed: see dashboard.network.protocol.Channel."""
        self.network, self.charts, self.timeline = network, charts, timeline
        self.news = True  # whether there is something to show
        self._scale: Scale | None = None
        self._changed = changed
        self._picture, self._chart = NetworkChannel(changed), ChartChannel()
        self._scene: Scene | None = None
        self._worlds = 0
        self._cuts_since = 0
        self._sent_at: float | None = None

    def forget(self) -> None:
        """Let go of the worlds that were shown."""
        self._scene, self._scale = None, None
        self._picture, self._chart = NetworkChannel(self._changed), ChartChannel()

    def is_gone(self) -> bool:
        """Whether the browser has long not answered what it was sent."""
        sent_at = self._sent_at  # others may ask while it changes
        return sent_at is not None and monotonic() - sent_at > PATIENCE

    def hear(self, order: dict[str, Any]) -> None:
        """Take what the browser says of a frame ("of" the network or the charts): that it is drawn, or that it lacks something."""
        whole = {name: value for name in ("number", "world") if isinstance(value := order.get(name), int)}
        number, world, seen = whole.get("number", 0), whole.get("world", 0), order["do"] == "seen"
        self._sent_at = None
        if order.get("of") == "charts":
            self.charts.tell(self._chart.seen(number) if seen else self._chart.look(world, number))
        else:
            self.network.tell(self._picture.seen(number) if seen else self._picture.look(world, number))
        self._mark_sent()

    def _mark_sent(self) -> None:
        """Note since when an answer is owed."""
        if self._sent_at is None and not (self._picture.is_free and self._chart.is_free):
            self._sent_at = monotonic()

    def rest(self) -> None:
        """Return nothing: the browser answers when it has drawn what it was shown."""

    def show(self, scene: Scene, status: Status) -> None:
        """Show what is new to those parts that have drawn their last frame."""
        if self.news or scene is not self._scene:
            self.draw(Moment(scene, status))

    def draw(self, moment: Moment) -> None:
        """Show a moment to those parts that have drawn their last frame."""
        if moment.scene is not self._scene:
            self._begin(moment)
        self.news = not (self._picture.is_free and self._chart.is_free)  # a part that is busy is shown it later
        if self._picture.is_free:
            since, self._cuts_since = self._cuts_since, moment.tick
            self.network.tell(self._picture.offer(moment.picture(since)))
        if self._chart.is_free:
            for place, rows in enumerate(moment.rows()):
                self._chart.record(place, rows)
            self.charts.tell(self._chart.offer(moment.view(self._scale)))
            self.timeline.place(moment.tick, moment.reached)
        self._mark_sent()

    def _begin(self, moment: Moment) -> None:
        scene = self._scene = moment.scene
        self._worlds, self._cuts_since = self._worlds + 1, moment.tick
        facts, self._scale = scene.facts, moment.scale()
        self._picture.begin(NetworkScene(self._worlds, scene.layout, len(facts.sides)))
        self._chart.begin(ChartScene(self._worlds, len(facts.sides), facts.ticks, facts.burn_in, bool(facts.schemes), self._scale))


def _cuts(scene: Scene, side: str, since: int) -> Cuts:
    """Return the cuts of the weeks since a picture before, where they were watched."""
    found = scene.twins.changes_since(since, side) if since < scene.tick else None
    if not found:
        return Cuts()
    cuts = Cuts()
    for one in found:
        cuts = cuts.then(Cuts.of(one.cut[:, 0], one.cut[:, 1], one.cause))
    return cuts
