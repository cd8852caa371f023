"""The page: twin worlds, their levers, their past. Solara renders it anew when something has changed, never for a tick."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import solara
from solara.alias import rv

from dashboard.charts.panels import panels_for
from dashboard.charts.view import Charts, Timeline
from dashboard.charts.view import words as words_of_charts
from dashboard.desk import Desk
from dashboard.engine import Engine
from dashboard.network.colours import COLOURINGS
from dashboard.network.view import Network
from dashboard.network.view import words as words_of_network
from dashboard.saying import about, levers, note_on_levers, on_axis, recorded, titles
from dashboard.status import BUILDING, FAILED, Status
from dashboard.telling import card
from dashboard.view import View, address_of, split
from dashboard.viewers import Viewer
from dashboard.widgets import Bar, Connection, Drawer, Levers, PersonCard
from dashboard.words.words import part_of, words
from dashboard.worlds.choice import Choice, choice_from
from experiments.refusal import Refusal
from model.institutions.reading import preset_names


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
        with (
            rv.Html(tag="main", class_="lab"),
            rv.Html(tag="div", class_="frame"),
            rv.Html(tag="div", class_="notices", attributes={"role": "alert"}),
        ):
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
    engine = solara.use_memo(lambda: Engine(choice, announce=set_status, colouring=first_view.colour), [choice])
    desk = solara.use_memo(lambda: Desk(engine), [engine])
    desk.now(status, view, set_view, set_open, set_side)
    shown = Shown(status, view, desk, open_part, side)
    attributes = {"data-open": open_part, "lang": view.language}
    attributes |= {f"data-{name}": "" for name, on in (("dark", view.dark), ("projector", view.projector)) if on}
    with rv.Html(tag="main", class_="lab", attributes=attributes):
        with rv.Html(tag="div", class_="frame"):
            bar = _head(shown)
            with rv.Html(tag="div", class_="notices", attributes={"role": "alert"}):
                Connection.element(**shown.spoken("notice"), address=shown.address)
                Notice(status.notice, shown.said["default_world"] if status.state == FAILED else "")
            network, charts = _stage(shown)
            _side(shown)
            timeline = _time(shown)
        _drawers(shown)

    def live() -> Callable[[], None]:
        desk.parts = {"bar": solara.get_widget(bar), "charts": solara.get_widget(charts), "network": solara.get_widget(network)}
        desk.viewer = Viewer(desk.parts["network"], desk.parts["charts"], solara.get_widget(timeline))
        engine.join(desk.viewer)
        engine.start()
        return engine.close

    solara.use_effect(live, [engine])


@dataclass(frozen=True)
class Shown:
    """What the page shows at the moment, and where what the viewer does goes."""

    status: Status
    view: View
    desk: Desk
    open_part: str
    side: str

    @property
    def said(self) -> Mapping[str, str]:
        """The words of the page."""
        return words(self.view.language)

    @property
    def titles(self) -> list[str]:
        """The names of the worlds, left first."""
        return titles(self.said, self.status.facts)

    @property
    def about(self) -> str:
        """Which worlds these are."""
        return about(self.said, self.status.facts) if self.status.facts else ""

    @property
    def address(self) -> str:
        """The address that brings all back, but for the week."""
        worlds = self.desk.engine.worlds()
        return address_of(worlds.choice.at_the_start().address(), self.view) if worlds else "?"

    @property
    def two(self) -> bool:
        """Whether there are two worlds."""
        return len(self.status.sides) > 1

    def spoken(self, *heads: str) -> dict[str, Any]:
        """Return the traits that every part of the page around the picture has."""
        language = self.view.language
        return {"listener": self.desk.hear, "words": part_of(language, *heads), "language": language}


def _head(shown: Shown) -> Any:
    """Lay out the question and the bar; return the bar."""
    status, view = shown.status, shown.view
    facts = status.facts
    with rv.Html(tag="header", class_="head"):
        with rv.Html(tag="div", class_="question-asked"):
            rv.Html(tag="h1", children=[shown.said["question"]])
            rv.Html(tag="p", class_="condition", children=[shown.said["condition"]])
        return Bar.element(
            **shown.spoken("bar", "export", "preset", "help", "drawer"), presets=preset_names(), preset=facts.preset if facts else "",
            citizens=str(facts.citizens) if facts else "", seed=str(facts.choice.seed) if facts else "", colours=list(COLOURINGS),
            twin=shown.two, dark=view.dark, projector=view.projector, shown=shown.open_part, notice=status.notice,
        )  # fmt: skip


def _stage(shown: Shown) -> tuple[Any, Any]:
    """Lay out the picture of the ties and the charts; return both."""
    status, view, desk = shown.status, shown.view, shown.desk
    scored = bool(status.facts and status.facts.schemes)
    with rv.Html(tag="section", class_="stage"):
        rv.Html(tag="p", class_="building quiet", children=[shown.said["building"] if status.state == BUILDING else ""])
        with rv.Html(tag="div", class_="picture"):
            network = Network.element(
                listener=desk.of("network"), words=dict(words_of_network(view.language)), titles=shown.titles, camera=list(view.camera),
                on_camera=lambda camera: desk.camera(tuple(camera)),
            )  # fmt: skip
        with rv.Html(tag="div", class_="graphs"):
            charts = Charts.element(
                listener=desk.of("charts"), words=dict(words_of_charts(view.language)), titles=shown.titles if shown.two else [],
                panels=[panel.as_dict() for panel in panels_for(len(status.sides), scored)], caption=shown.about,
            )  # fmt: skip
    return network, charts


def _side(shown: Shown) -> None:
    """Lay out the levers, the citizen that is looked at, and what was done."""
    status, said = shown.status, shown.said
    with rv.Html(tag="aside", class_="side"):
        Levers.element(
            **shown.spoken("levers", "side"), levers=levers(said, status), sides=list(status.sides), side=shown.side,
            note=note_on_levers(said, status), enabled=status.state != FAILED,
        )  # fmt: skip
        PersonCard.element(**shown.spoken("person", "edit"), person=card(said, shown.view.language, status.seen, status.sides))
        Done(said, status)
        rv.Html(tag="p", class_="facts quiet", children=[shown.about])


def _time(shown: Shown) -> Any:
    """Lay out the axis of time, and return it."""
    status = shown.status
    with rv.Html(tag="footer", class_="time"):
        return Timeline.element(
            listener=shown.desk.hear, words=dict(words_of_charts(shown.view.language)), state=status.state, speed=status.speed,
            ticks=status.facts.ticks if status.facts else 0, events=on_axis(shown.said, status.events, shown.two),
        )  # fmt: skip


def _drawers(shown: Shown) -> None:
    """Lay out what can be opened over the page."""
    hidden = {part: {} if shown.open_part == part else {"hidden": True} for part in ("drawer", "help")}
    with rv.Html(tag="div", class_="over", attributes=hidden["drawer"]):
        rows = [dict(row) for row in shown.status.drawer]
        Drawer.element(**shown.spoken("drawer"), rows=rows, side=shown.side, unfolded=["exchange", "scheme"])
    with rv.Html(tag="div", class_="over help", attributes=hidden["help"]):
        Help(shown.said)


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
