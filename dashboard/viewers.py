"""A browser that looks on: the picture of the ties, the charts and the axis of time, each shown the newest as fast as it can follow."""

from time import monotonic
from typing import Any

from dashboard.charts.panels import drawn
from dashboard.charts.protocol import Bands, Mark, View
from dashboard.charts.protocol import Channel as ChartChannel
from dashboard.charts.protocol import Scene as ChartScene
from dashboard.charts.scores import Scale, scale_of, scores_of
from dashboard.charts.view import Charts, Timeline
from dashboard.network.colours import difference
from dashboard.network.protocol import Channel as NetworkChannel
from dashboard.network.protocol import Cuts, Picture
from dashboard.network.protocol import Scene as NetworkScene
from dashboard.network.view import Network, portray
from dashboard.scene import Scene
from dashboard.status import Status

#: Seconds after which a browser that has not answered a frame counts as gone, until it is heard of again.
PATIENCE = 3.0


class Viewer:
    """One browser's parts. All but the making of it belongs to the thread of the engine that shows it something."""

    def __init__(self, network: Network, charts: Charts, timeline: Timeline):
        """Take the parts of a page."""
        self.network, self.charts, self.timeline = network, charts, timeline
        self.news = True  # whether there is something to show
        self._scale: Scale | None = None
        self._picture, self._chart = NetworkChannel(), ChartChannel()
        self._scene: Scene | None = None
        self._worlds = 0
        self._cuts_since = 0
        self._sent_at: float | None = None

    def forget(self) -> None:
        """Let go of the worlds that were shown."""
        self._scene, self._scale = None, None
        self._picture, self._chart = NetworkChannel(), ChartChannel()

    def is_gone(self) -> bool:
        """Whether the browser has long not answered what it was sent."""
        return self._sent_at is not None and monotonic() - self._sent_at > PATIENCE

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

    def show(self, scene: Scene, status: Status) -> None:
        """Show what is new to those parts that have drawn their last frame."""
        if scene is not self._scene:
            self._begin(scene)
        if not self.news:
            return
        self.news = not (self._picture.is_free and self._chart.is_free)  # a part that is busy is shown it later
        if self._picture.is_free:
            self.network.tell(self._picture.offer(self._picture_of(scene)))
        if self._chart.is_free:
            self.charts.tell(self._chart.offer(self._view_of(scene, status)))
            self.timeline.place(scene.tick, scene.twins.reached)
        self._mark_sent()

    def _begin(self, scene: Scene) -> None:
        self._scene, self._worlds, self.news = scene, self._worlds + 1, True
        facts, society = scene.facts, scene.twins.society()
        self._cuts_since = scene.tick
        self._picture.begin(NetworkScene(self._worlds, scene.layout, len(facts.sides)))
        self._scale = scale_of(society)
        self._chart.begin(ChartScene(self._worlds, len(facts.sides), facts.ticks, facts.burn_in, bool(facts.schemes), self._scale))

    def _picture_of(self, scene: Scene) -> Picture:
        since, self._cuts_since = self._cuts_since, scene.tick
        portraits = []
        for side in scene.facts.sides:
            selected = scene.selected[1] if scene.selected and scene.selected[0] == side else None
            portraits.append(portray(scene.twins.society(side), scene.colouring, scene.layout, _cuts(scene, side, since), selected))
        societies = [scene.twins.society(side) for side in scene.facts.sides]
        return Picture(scene.tick, tuple(portraits), difference(*societies) if len(societies) > 1 else None)

    def _view_of(self, scene: Scene, status: Status) -> View:
        sides = scene.facts.sides
        for place, side in enumerate(sides):
            self._chart.record(place, drawn(scene.twins.series(side, whole=True)))
        marks = tuple(Mark(event.tick, event.kind, event.side) for event in status.events)
        found = scene.bands()
        bands = None
        if found is not None and found.number:
            bands = Bands(
                scene.version_of_bands, found.number, {key: (band.low, band.median, band.high) for key, band in found.bands.items()}
            )
        scores = tuple(scores_of(scene.twins.society(side), self._scale) if self._scale else None for side in sides)
        return View(scene.tick, status.state, marks, bands, scores)


def _cuts(scene: Scene, side: str, since: int) -> Cuts:
    """Return the cuts of the weeks since a picture before, where they were watched."""
    found = scene.twins.changes_since(since, side) if since < scene.tick else None
    if not found:
        return Cuts()
    cuts = Cuts()
    for one in found:
        cuts = cuts.then(Cuts.of(one.cut[:, 0], one.cut[:, 1], one.cause))
    return cuts
