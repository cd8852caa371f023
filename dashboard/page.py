"""The page: twin worlds, their levers, their past. Solara renders it anew when something has changed, never for a tick."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import solara
from solara.alias import rv

from dashboard.charts.panels import csv_of, panels_for
from dashboard.charts.view import Charts, Timeline
from dashboard.charts.view import words as words_of_charts
from dashboard.engine import Engine
from dashboard.network.view import Network
from dashboard.network.view import words as words_of_network
from dashboard.saying import about, levers, note_on_levers, on_axis, recorded, titles
from dashboard.status import BUILDING, FAILED, Status
from dashboard.telling import card
from dashboard.view import COLOURS, LANGUAGES, View, address_of, split
from dashboard.viewers import Viewer
from dashboard.widgets import Bar, Drawer, Levers, PersonCard
from dashboard.words.words import part_of, words
from dashboard.worlds.choice import Choice, choice_from
from experiments.refusal import Refusal
from model.institutions.reading import preset_names

Listener = Callable[[Any], None]


@solara.component
def Layout(children: list):
    """Frame the page with nothing of Solara's."""
    rv.Html(tag="div", children=children)


@solara.component
def Laboratory():
    """The page of the worlds that the address asks for, or one sentence on why there are none."""
    search = solara.use_router().search
    asked = solara.use_memo(lambda: _read(search), [search])
    solara.Title(words(asked.view.language)["title"])
    if asked.choice is None:
        with rv.Html(tag="main", class_="lab"), rv.Html(tag="div", class_="frame"), rv.Html(tag="div", class_="notices"):
            Notice(asked.refusal, words(asked.view.language)["default_world"])
    else:
        LiveWorlds(asked.choice, asked.view)


@dataclass(frozen=True)
class Asked:
    """What an address asks for: worlds, or why not; and a view."""

    view: View
    choice: Choice | None = None
    refusal: str = ""


def _read(search: str | None) -> Asked:
    view = View()
    try:
        rest, view = split(search)
        return Asked(view, choice_from(rest))
    except Refusal as error:
        return Asked(view, None, words(view.language)["no_address"].format(why=error))


@solara.component
def LiveWorlds(choice: Choice, first_view: View):
    """Worlds with an engine of their own, which ends when the viewer leaves.

    All parts are always there, if need be empty: where one comes or goes, those behind it would be made anew in the browser.
    """
    status, set_status = solara.use_state(Status())
    view, set_view = solara.use_state(first_view)
    open_part, set_open = solara.use_state("")
    side, set_side = solara.use_state("right")
    engine = solara.use_memo(lambda: Engine(choice, announce=set_status), [choice])
    desk = solara.use_memo(lambda: Desk(engine), [engine])
    desk.now(status, view, set_view, set_open, set_side)
    said, language = words(view.language), view.language
    two = len(status.sides) > 1

    attributes = {"data-open": open_part, "lang": language}
    attributes |= {f"data-{name}": "" for name, on in (("dark", view.dark), ("projector", view.projector)) if on}
    with rv.Html(tag="main", class_="lab", attributes=attributes):
        with rv.Html(tag="div", class_="frame"):
            with rv.Html(tag="header", class_="head"):
                with rv.Html(tag="div", class_="question-asked"):
                    rv.Html(tag="h1", children=[said["question"]])
                    rv.Html(tag="p", class_="condition", children=[said["condition"]])
                bar = Bar.element(
                    listener=desk.hear, words=part_of(language, "bar", "export", "preset", "help", "drawer"), language=language,
                    presets=preset_names(), preset=status.facts.preset if status.facts else "",
                    citizens=str(status.facts.citizens) if status.facts else "", seed=str(status.facts.choice.seed) if status.facts else "",
                    colours=list(COLOURS), twin=two, dark=view.dark, projector=view.projector, shown=open_part, notice=status.notice,
                )  # fmt: skip
            with rv.Html(tag="div", class_="notices", attributes={"role": "alert"}):
                Notice(status.notice, said["default_world"] if status.state == FAILED else "")
            rv.Html(tag="div", class_="left")
            with rv.Html(tag="section", class_="stage"):
                rv.Html(tag="p", class_="building quiet", children=[said["building"] if status.state == BUILDING else ""])
                with rv.Html(tag="div", class_="picture"):
                    network = Network.element(
                        listener=desk.of("network"), words=words_of_network(language), titles=titles(said, status.facts),
                        camera=list(view.camera), on_camera=lambda camera: desk.camera(tuple(camera)),
                    )  # fmt: skip
                with rv.Html(tag="div", class_="graphs"):
                    charts = Charts.element(
                        listener=desk.of("charts"), words=dict(words_of_charts(language)), titles=titles(said, status.facts) if two else [],
                        panels=[panel.as_dict() for panel in panels_for(len(status.sides), bool(status.facts and status.facts.schemes))],
                        caption=about(said, status.facts) if status.facts else "",
                    )  # fmt: skip
            with rv.Html(tag="aside", class_="side"):
                Levers.element(
                    listener=desk.hear, words=part_of(language, "levers", "side"), language=language, levers=levers(said, status),
                    sides=list(status.sides), side=side, note=note_on_levers(said, status), enabled=status.state != FAILED,
                )  # fmt: skip
                PersonCard.element(
                    listener=desk.hear, words=part_of(language, "person", "edit"), language=language,
                    person=card(said, language, status.seen, status.sides),
                )  # fmt: skip
                Done(said, status)
                rv.Html(tag="p", class_="facts quiet", children=[about(said, status.facts) if status.facts else ""])
            with rv.Html(tag="footer", class_="time"):
                timeline = Timeline.element(
                    listener=desk.hear, words=dict(words_of_charts(language)), state=status.state, speed=status.speed,
                    ticks=status.facts.ticks if status.facts else 0, events=on_axis(said, status.events, two),
                )  # fmt: skip
        with rv.Html(tag="div", class_="over", attributes={} if open_part == "drawer" else {"hidden": True}):
            Drawer.element(
                listener=desk.hear, words=part_of(language, "drawer"), language=language, rows=[dict(row) for row in status.drawer],
                side=side, unfolded=["exchange", "scheme"],
            )  # fmt: skip
        with rv.Html(tag="div", class_="over help", attributes={} if open_part == "help" else {"hidden": True}):
            Help(said)

    def live() -> Callable[[], None]:
        desk.parts = {"bar": solara.get_widget(bar), "charts": solara.get_widget(charts), "network": solara.get_widget(network)}
        desk.viewer = Viewer(desk.parts["network"], desk.parts["charts"], solara.get_widget(timeline))
        engine.join(desk.viewer)
        engine.start()
        return engine.close

    solara.use_effect(live, [engine])


class Desk:
    """Where what the viewer does arrives: what concerns the worlds goes on to the engine, what concerns the view is done here."""

    def __init__(self, engine: Engine):
        self.engine, self.viewer, self.filming = engine, None, False
        self.parts: dict[str, Any] = {}

    def now(self, status: Status, view: View, set_view: Any, set_open: Any, set_side: Any) -> None:
        """Know what is shown now, and how to show something else."""
        self.status, self.view, self.set_view, self.set_open, self.set_side = status, view, set_view, set_open, set_side

    def of(self, part: str) -> Listener:
        """Return the listener of a part that is sent frames."""
        return lambda order: self.hear({**order, "of": part}) if isinstance(order, dict) else None

    def camera(self, camera: tuple[float, ...]) -> None:
        """Remember where the viewer looks."""
        if len(camera) == 3 and camera != self.view.camera:
            self.set_view(replace(self.view, camera=camera))

    def hear(self, order: Any) -> None:
        """Take an order."""
        match order:
            case {"do": "open", "what": str(what)}:
                self.set_open(what)
            case {"do": "side", "side": str(side)}:
                self.set_side(side)
            case {"do": "dark" | "projector" as name}:
                self.set_view(self.view.switched(name))
            case {"do": "language"}:
                other = LANGUAGES[(LANGUAGES.index(self.view.language) + 1) % len(LANGUAGES)]
                self.set_view(replace(self.view, language=other))
            case {"do": "export", "kind": str(kind)}:
                self._export(kind)
            case {"do": "csv"}:
                self._export("csv")
            case {"do": "colour", "by": str(by)} if by in COLOURS:
                self.set_view(replace(self.view, colour=by))
                self.engine.hear(order)
            case _:
                self.engine.hear(order, self.viewer)

    def _export(self, kind: str) -> None:
        worlds = self.engine.worlds()
        if worlds is None:
            return
        name = f"social-credit-lab-{worlds.tick}"
        if kind == "png":
            self.parts["network"].save_picture(name)
            self.parts["charts"].save_picture(f"{name}-charts")
        elif kind == "webm":
            self.filming = not self.filming
            self.parts["network"].film(self.filming, name)
        elif kind == "csv":
            self.parts["charts"].save(f"{name}.csv", csv_of({side: worlds.series(side) for side in worlds.facts.sides}))
        elif kind == "link":
            said = words(self.view.language)["export.copied"]
            self.parts["bar"].send({"copy": address_of(worlds.choice.address(), self.view), "said": said})


@solara.component
def Notice(sentence: str, way_out: str = ""):
    """A sentence on what could not be done, or nothing; with a way out where the page has nothing else."""
    if sentence:
        with rv.Html(tag="p", class_="notice"):
            rv.Html(tag="span", children=[sentence])
            if way_out:
                rv.Html(tag="a", children=[way_out], attributes={"href": "?"})


@solara.component
def Done(said: Any, status: Status):
    """What was done to the worlds, the latest first."""
    with rv.Html(tag="div", class_="recorded"):
        rv.Html(tag="h2", children=[said["recorded.title"]])
        done = recorded(said, status)
        rv.Html(tag="p", class_="quiet", children=["" if done else said["recorded.nothing"]])
        with rv.Html(tag="ol", attributes={"reversed": True}):
            for when, where, what in done:
                with rv.Html(tag="li"):
                    rv.Html(tag="span", class_="when", children=[f"{when}, {where}" if where else when])
                    rv.Html(tag="span", children=[what])


@solara.component
def Help(said: Any):
    """Which key does what."""
    rv.Html(tag="h2", children=[said["help.title"]])
    with rv.Html(tag="dl"):
        for keys, what in (
            ("Space", "space"),
            ("← →", "arrows"),
            ("1 – 5", "digits"),
            ("C", "c"),
            ("P", "p"),
            ("D", "d"),
            ("Esc", "escape"),
        ):
            rv.Html(tag="dt", children=[rv.Html(tag="kbd", children=[keys])])
            rv.Html(tag="dd", children=[said[f"help.{what}"]])
    rv.Html(tag="p", class_="quiet", children=[said["help.claim"]])
