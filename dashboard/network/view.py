"""The picture as a part of a page: the widget, what one world gives to it, and a component for a SolaraViz page of Mesa's."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from agents.befriending import CUT_CAUSES
from dashboard.languages import words_of
from dashboard.network.colours import checked_colouring, coloured, marks
from dashboard.network.layout import Layout, lay_out
from dashboard.network.protocol import CAUSES, UNKNOWN, Channel, Cuts, Message, Picture, Scene, Side, Ties
from dashboard.parts import Part, joined, style
from model.society import Society

WORDS = Path(__file__).resolve().parent / "words"

#: The files of the script, each after those it imports.
SCRIPTS = (
    "network_ties", "network_camera", "network_shaders", "network_sheet", "network_dots", "network_gl", "network_plain",
    "lost", "network_looks", "save", "network_export", "network_words", "network",
)  # fmt: skip


def words(language: str) -> Mapping[str, str]:
    """Return what a viewer reads, by key. Raises a Refusal for a language that there is not."""
    return words_of(WORDS, language)


class Network(Part):
    """The picture. It tells what protocol.Channel wants to hear ("seen", "look"), and what the viewer does:

    {"do": "pick", "world": w, "citizen": i}: clicked; w is 0 for the left or only world, 1 for the right one, -1 for the difference of
    both; i is -1 where nobody stands. {"do": "exported", "kind": k, "bytes": b}: a picture ("png") or film ("webm") has been saved.
    """

    _esm = joined(*SCRIPTS)
    _css = style("network")
    words = traitlets.Dict(dict(words("en")), help="what a viewer reads, by key; see dashboard/network/words").tag(sync=True)
    titles = traitlets.List(traitlets.Unicode(), help="the names of the worlds, left first").tag(sync=True)
    causes = traitlets.List(traitlets.Unicode(), list(CUT_CAUSES), help="which of protocol.CAUSES the legend names").tag(sync=True)
    camera = traitlets.List(
        traitlets.Float(),
        [0.5, 0.5, 1.0],
        help="x and y of the unit square in the middle, and the zoom, from 1; told after a movement",
    ).tag(sync=True)
    plain = traitlets.Bool(False, help="do without WebGL2").tag(sync=True)

    def tell(self, messages: list[Message]) -> None:
        """Send what a channel has returned."""
        for message in messages:
            self.send(message.header, message.buffers)

    def save_picture(self, name: str, about: str = "") -> None:
        """Let the browser save what it shows as a PNG of that name. about: a line below it, on which worlds these are."""
        self.send({"what": "export", "kind": "png", "name": name, "about": about})

    def film(self, on: bool, name: str = "", about: str = "") -> None:
        """Let the browser begin a film (WebM), or end it and save it under the name that it began with. about: as for a picture."""
        self.send({"what": "export", "kind": "webm", "name": name, "on": on, "about": about})


def portray(society: Society, colour: str, layout: Layout, cuts: Cuts | None = None, selected: int | None = None) -> Side:
    """Return a world as it is now, for a picture.

    colour: one of COLOURINGS. cuts: of the weeks since the picture before, where their causes are known. selected: a citizen to mark.
    """
    shown = coloured(society, colour, layout.circle)
    return Side(shown, marks(society, selected), Ties.in_world(society.world), Cuts() if cuts is None else cuts)


class Stage:
    """One society in a page that somebody else moves on: shows it whenever told, at most as fast as the browser draws."""

    def __init__(self, colour: str, on_pick: Callable[[int], None] | None = None):
        """Take what citizens are coloured by, and who is told which citizen was clicked (-1: none). Raises a Refusal for a colour."""
        self.colour, self._on_pick = checked_colouring(colour), on_pick
        self._channel, self._lock = Channel(), threading.Lock()
        self._widget: Network | None = None
        self._society: Society | None = None
        self._layout: Layout | None = None
        self._ties: Ties | None = None
        self._scenes = 0
        self._picked: int | None = None

    def show(self, society: Society, widget: Network) -> None:
        """Show a society as it is now. Another one than before is another scene."""
        with self._lock:
            self._widget = widget
            if society is not self._society:
                self._begin(society)
            widget.tell(self._channel.offer(self._picture(society)))

    def hear(self, message: Any) -> None:
        """Hear the browser."""
        match message:
            case {"do": "seen", "number": int(number)}:
                self._tell(lambda: self._channel.seen(number))
            case {"do": "look", "world": int(world), "number": int(number)}:
                self._tell(lambda: self._channel.look(world, number))
            case {"do": "pick", "citizen": int(citizen)}:
                self._pick(citizen)

    def _begin(self, society: Society) -> None:
        self._society, self._scenes, self._ties, self._picked = society, self._scenes + 1, None, None
        self._layout = lay_out(society.graph, society.world.citizens.region)
        self._channel.begin(Scene(self._scenes, self._layout))

    def _picture(self, society: Society) -> Picture:
        assert self._layout is not None
        side = portray(society, self.colour, self._layout, selected=self._picked)
        gone = np.empty(0, np.uint64) if self._ties is None else np.setdiff1d(self._ties.pair, side.ties.pair, assume_unique=True)
        self._ties = side.ties
        cuts = Cuts(gone, np.full(gone.size, UNKNOWN, np.uint8))
        return Picture(society.tick, (Side(side.colours, side.marks, side.ties, cuts),))

    def _pick(self, citizen: int) -> None:
        if self._society is None or not -1 <= citizen < self._society.graph.citizens:
            return
        self._picked = citizen if citizen >= 0 else None
        if self._on_pick is not None:
            self._on_pick(citizen)

    def _tell(self, news: Callable[[], list[Message]]) -> None:
        with self._lock:
            if self._widget is not None:
                self._widget.tell(news())


def network_component(
    colour: str = "trust", language: str = "en", height: str = "36em", on_pick: Callable[[int], None] | None = None
) -> Callable[[Society], Any]:
    """Return the picture as a component of Mesa's SolaraViz: `SolaraViz(society, components=[(network_component("score"), 0)])`.

    colour: one of COLOURINGS. language: "en" or "zh". height: of the picture, as CSS has it. on_pick: called with the citizen that was
    clicked, -1 for none. Ties that are cut flash alike, since such a page does not tell why. Raises a Refusal for a name that is none.
    """
    import solara
    from mesa.visualization.utils import update_counter
    from solara.alias import rv

    Stage(colour), words(language)  # refused now rather than in the page

    @solara.component
    def NetworkView(society: Society):
        tick = update_counter.get()
        stage = solara.use_memo(lambda: Stage(colour, on_pick), [])
        with rv.Html(tag="div", style_=f"width: 100%; --network-height: {height}") as page:
            network = Network.element(listener=stage.hear, words=words(language), titles=[""], causes=[CAUSES[UNKNOWN]])
        solara.use_effect(lambda: stage.show(society, solara.get_widget(network)), [society, tick])
        return page

    return NetworkView
