"""Pages with the picture of the ties, for tests: `?show=twins`, two worlds that a button moves on; `?show=mesa`, a society in SolaraViz."""

import threading
from urllib.parse import parse_qs

import numpy as np
import solara
from solara.alias import rv

from agents.befriending import INFORMER
from dashboard.network.colours import difference
from dashboard.network.layout import lay_out
from dashboard.network.protocol import Channel, Cuts, Picture, Scene, Ties
from dashboard.network.view import Network, network_component, portray, words
from dashboard.serving import prepare
from model.society import Society

SIZE = {"citizens": 80, "network.mean_degree": 8.0, "time.burn_in": 2}
PRESETS = ("none", "rongcheng")
TITLES = ("As it is", "With a scheme")
FILMING = ("Begin a film", "End the film")

prepare()


def society(preset: str) -> Society:
    """Return a small world, always the same."""
    return Society(rng=5, preset=preset, **SIZE)


class Twins:
    """Two worlds and the channel to the browser."""

    def __init__(self):
        """Build the worlds."""
        self.worlds, self.colour, self.picked = [society(preset) for preset in PRESETS], "trust", None
        self.layout = lay_out(self.worlds[0].graph, self.worlds[0].world.citizens.region)
        self.channel, self.lock, self.widget, self.before = Channel(), threading.Lock(), None, {}
        self.channel.begin(Scene(1, self.layout, sides=2))

    def show(self):
        """Offer the worlds as they are."""
        sides = tuple(portray(world, self.colour, self.layout, self.cut_since(k), self.picked) for k, world in enumerate(self.worlds))
        with self.lock:
            self.widget.tell(self.channel.offer(Picture(self.worlds[0].tick, sides, difference(*self.worlds))))

    def cut_since(self, side: int) -> Cuts:
        """Return what was cut since this was last asked, as if because of informers."""
        now = Ties.in_world(self.worlds[side].world).pair
        gone = np.setdiff1d(self.before.get(side, now), now)
        self.before[side] = now
        return Cuts(gone, np.full(gone.size, INFORMER, np.uint8))

    def step(self):
        """Move both worlds on by a week."""
        for world in self.worlds:
            world.step()
        self.show()

    def recolour(self, colour: str):
        """Colour by something else."""
        self.colour = colour
        self.show()

    def hear(self, message: dict, note):
        """Answer the browser, and note what the viewer did."""
        with self.lock:
            if message["do"] == "seen":
                self.widget.tell(self.channel.seen(message["number"]))
            elif message["do"] == "look":
                self.widget.tell(self.channel.look(message["world"], message["number"]))
            else:
                note(" ".join(str(value) for value in message.values()))


@solara.component
def TwinPage(plain: bool):  # noqa: N802 - components are named like classes
    """Two worlds, buttons for what the dashboard would do, and what was heard of the browser."""
    heard, set_heard = solara.use_state("")
    camera, set_camera = solara.use_state([0.5, 0.5, 1.0])
    twins = solara.use_memo(Twins, [])
    with rv.Html(tag="main", class_="lab"):
        picture = Network.element(
            listener=lambda message: twins.hear(message, set_heard), words=words("en"), titles=list(TITLES), plain=plain,
            camera=camera, on_camera=set_camera,
        )  # fmt: skip
        solara.Button("Step", on_click=twins.step)
        solara.Button("By grade", on_click=lambda: twins.recolour("grade"))
        solara.Button("Closer", on_click=lambda: set_camera([0.4, 0.3, 5.0]))
        solara.Button("Picture", on_click=lambda: twins.widget.save_picture("ties.png"))
        solara.Button(FILMING[0], on_click=lambda: twins.widget.film(True, "ties.webm"))
        solara.Button(FILMING[1], on_click=lambda: twins.widget.film(False))
        rv.Html(tag="output", class_="heard", children=[heard])
        rv.Html(tag="output", class_="camera", children=[" ".join(f"{value:.4f}" for value in camera)])

    def begin():
        twins.widget = solara.get_widget(picture)
        twins.show()

    solara.use_effect(begin, [twins])


PICKED = solara.reactive(-2)


@solara.component
def MesaPage():  # noqa: N802 - components are named like classes
    """A society in SolaraViz, and whom the viewer clicked."""
    from mesa.visualization import SolaraViz

    world = solara.use_memo(lambda: society("rongcheng"), [])
    view = solara.use_memo(lambda: network_component("score", "zh", "20em", PICKED.set), [])
    rv.Html(tag="output", class_="picked", children=[str(PICKED.value)])
    SolaraViz(world, components=[(view, 0)])


@solara.component
def Page():  # noqa: N802 - components are named like classes
    """What the address asks for."""
    show = parse_qs(solara.use_router().search or "")["show"][0]
    MesaPage() if show == "mesa" else TwinPage(show == "plain")
