"""The pages that `benchmarks.network_view` opens: twin worlds as fast as the browser follows, and the peer, a network in SolaraViz.

Served by `solara run benchmarks/network_page.py`; the address says what is shown: `?show=twins&citizens=1000`, `?show=component`,
`?show=mesa`.
"""

import threading
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import solara
from solara.alias import rv

from dashboard.network.colours import Coloured, difference
from dashboard.network.layout import lay_out
from dashboard.network.protocol import Channel, Cuts, Picture, Scene, Side, Ties
from dashboard.network.view import Network, network_component, portray
from dashboard.serving import prepare
from model.network.graph import ACQUAINTANCE
from model.society import Society

#: Share of the ties that change from one frame to the next, half of them cut and half made; and how many frames are made beforehand.
CHANGE, MADE_BEFOREHAND, SEED = 0.01, 40, 1

prepare()


class Changing:
    """A world whose ties and colours change from frame to frame, forth and then back again: what the picture costs, without the model."""

    def __init__(self, side: Side, citizens: int, rng: np.random.Generator):
        """Make all sides beforehand from the first."""
        changes = max(1, round(CHANGE * side.ties.key.size / 2))
        self.sides = [side]
        for _ in range(MADE_BEFOREHAND):
            key = self.sides[-1].ties.key
            gone = rng.choice(key.size, changes, replace=False)
            low, high = np.sort(rng.integers(0, citizens, (3 * changes, 2)), axis=1).T
            two = low < high
            new = Ties.of(low[two], high[two], np.full(two.sum(), ACQUAINTANCE)).key
            new = rng.permutation(new[~np.isin(new >> np.uint64(2), key >> np.uint64(2))])[:changes]
            kept = np.delete(key, gone)
            colours = np.clip(self.sides[-1].colours.bytes + rng.integers(-9, 10, citizens), 1, 255).astype(np.uint8)
            cuts = Cuts(key[gone] >> np.uint64(2), rng.integers(0, 3, changes).astype(np.uint8))
            ties = Ties(np.unique(np.concatenate([kept, new])))
            self.sides.append(replace(side, colours=Coloured(colours, side.colours.legend), ties=ties, cuts=cuts))
        self.sides += self.sides[-2:0:-1]

    def at(self, frame: int) -> Side:
        """Return the side of a frame."""
        return self.sides[frame % len(self.sides)]


class Player:
    """Offers picture after picture, one ahead of the browser."""

    def __init__(self, citizens: int):
        """Build the twins."""
        twins = [Society(rng=SEED, citizens=citizens, preset=preset) for preset in ("none", "rongcheng")]
        for society in twins:
            society.run(60)
        self.layout = lay_out(twins[0].graph, twins[0].world.citizens.region)
        self.difference = difference(*twins)
        rng = np.random.default_rng(SEED)
        self.worlds = [Changing(portray(society, "trust", self.layout), citizens, rng) for society in twins]
        self.channel, self.lock, self.heard = Channel(), threading.Lock(), threading.Event()
        self.channel.begin(Scene(1, self.layout, sides=2))
        self.widget: Any = None

    def start(self, widget: Any) -> Any:
        """Begin; return what ends it."""
        self.widget = widget
        threading.Thread(target=self._play, daemon=True).start()
        return self._stop

    def _stop(self) -> None:
        self.widget = None
        self.heard.set()

    def _play(self) -> None:
        frame = 0
        while (widget := self.widget) is not None:
            picture = Picture(frame, tuple(world.at(frame) for world in self.worlds), self.difference)
            with self.lock:
                widget.tell(self.channel.offer(picture))
            frame += 1
            self.heard.wait(timeout=1)
            self.heard.clear()

    def hear(self, message: Any) -> None:
        """Hear the browser; a pick is answered by a title."""
        widget = self.widget
        if widget is None:
            return
        with self.lock:
            if message["do"] == "seen":
                widget.tell(self.channel.seen(message["number"]))
                self.heard.set()
            elif message["do"] == "look":
                widget.tell(self.channel.look(message["world"], message["number"]))
            elif message["do"] == "pick":
                widget.titles = [str(message["citizen"]), ""]


@solara.component
def Twins(citizens: int):  # noqa: N802 - components are named like classes
    """Twin worlds of that many citizens each, with their difference."""
    player = solara.use_memo(lambda: Player(citizens), [citizens])
    with rv.Html(tag="main", class_="lab"):
        network = Network.element(listener=player.hear, titles=["left", "right"])
    solara.use_effect(lambda: player.start(solara.get_widget(network)), [player])


@solara.component
def Component(citizens: int):  # noqa: N802 - components are named like classes
    """One society in SolaraViz, drawn by our component."""
    from mesa.visualization import SolaraViz

    society = solara.use_memo(lambda: Society(rng=SEED, citizens=citizens, preset="none"), [])
    view = solara.use_memo(lambda: network_component(height="24em"), [])
    SolaraViz(society, components=[(view, 0)])


@solara.component
def Peer(citizens: int):  # noqa: N802 - components are named like classes
    """Mesa's own example of a network in SolaraViz, of as many nodes and as many ties each as our society."""
    from mesa.examples.basic.virus_on_network.model import VirusOnNetwork
    from mesa.visualization import SolaraViz, SpaceRenderer
    from mesa.visualization.components import AgentPortrayalStyle

    def portrayed(agent: Any) -> AgentPortrayalStyle:
        colours = {"SUSCEPTIBLE": "green", "INFECTED": "red", "RESISTANT": "gray"}  # as the example has them
        return AgentPortrayalStyle(color=colours[agent.state.name], size=20)

    def drawn() -> Any:
        model = VirusOnNetwork(num_nodes=citizens, avg_node_degree=20, rng=SEED)
        renderer = SpaceRenderer(model, backend="matplotlib").setup_structure().setup_agents(portrayed)
        renderer.render()
        return model, renderer

    model, renderer = solara.use_memo(drawn, [])
    SolaraViz(model, renderer, components=[])


@solara.component
def Page():  # noqa: N802 - components are named like classes
    """What the address asks for."""
    asked = parse_qs(solara.use_router().search or "show=twins")
    citizens = int(asked.get("citizens", ["1000"])[0])
    {"twins": Twins, "component": Component, "mesa": Peer}[asked["show"][0]](citizens)
