"""The page: twin worlds, their levers, their past. Solara renders it anew when something has changed, never for a tick."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import solara
from solara.alias import rv

from dashboard.asking import asked_for, read
from dashboard.charts.panels import panels_for
from dashboard.charts.view import Charts, Timeline
from dashboard.charts.view import words as words_of_charts
from dashboard.desk import Desk
from dashboard.engine import Engine
from dashboard.narrating import address_now, chapter_of, chapter_shown, narrate
from dashboard.network.colours import COLOURINGS
from dashboard.network.view import Network
from dashboard.network.view import words as words_of_network
from dashboard.notes import Done, Help, Notice, Refused
from dashboard.parameter_words.words import rows_in
from dashboard.parameters import compared
from dashboard.replayed import Replayed
from dashboard.room.following import Following, Seat
from dashboard.room.host import open_host
from dashboard.room.presenting import Audience
from dashboard.room.rooms import Attendance
from dashboard.saying import (
    about,
    choices_of_sides,
    filled,
    levers,
    named_scheme,
    note_on_levers,
    on_axis,
    provenance,
    setting_shown,
    titles,
)
from dashboard.shelves import Shelves
from dashboard.status import BUILDING, ENDED, FAILED, Status
from dashboard.stored.replay_view import ReplayNotes
from dashboard.stored.wording import words_in
from dashboard.telling import card
from dashboard.view import Look, View
from dashboard.viewers import Viewer
from dashboard.widgets import Bar, Connection, Drawer, Levers, PersonCard, Story
from dashboard.words.words import part_of, words
from dashboard.worlds.choice import Choice
from dashboard.worlds.twins import Twins
from model.institutions.reading import preset_names


@solara.component
def Layout(children: list):
    """Frame the page with nothing of Solara's."""
    rv.Html(tag="div", children=children)


@solara.component
def Laboratory():
    """The page of the worlds that the address asks for, or one sentence on why there are none."""
    search = solara.use_router().search
    first = solara.use_memo(lambda: asked_for(search), [search])
    stored, set_stored = solara.use_state(first)
    solara.use_thread(lambda: set_stored(read(first)), dependencies=[first])  # of a stored run it may take seconds
    asked = stored if stored.wish == first.wish and first.wish else first
    solara.Title(words(asked.view.language)["title"])
    if asked.room is not None:
        Following(asked.room, asked.view, _followed, Refused)
    elif asked.choice is not None:
        LiveWorlds(asked.choice, asked.view)
    else:
        Refused(asked.refusal, asked.view.language)


@solara.component
def LiveWorlds(choice: Choice, first_view: View):
    """Worlds with an engine of their own, which ends when the viewer leaves.

    All parts are always there, if need be empty: where one comes or goes, those behind it would be made anew in the browser.
    """
    status, set_status = solara.use_state(Status())
    look, set_look = solara.use_state(Look(first_view))
    attendance, set_attendance = solara.use_state(Attendance())
    chapter = chapter_of(look)
    engine = solara.use_memo(
        lambda: Engine(choice, announce=set_status, colouring=first_view.colour, stop=chapter.stop if chapter else None), [choice]
    )
    desk = solara.use_memo(lambda: Desk(engine), [engine])
    desk.now(look, set_look)
    shown = Shown(status, look, desk)
    view, narrated = look.view, narrate(look, status.due, engine.worlds(), engine.replicated())
    attributes = {"data-open": look.opened, "data-story": str(view.chapter or ""), "lang": view.language}
    attributes |= {f"data-{name}": "" for name, on in (("dark", view.dark), ("projector", view.projector)) if on}
    with rv.Html(tag="main", class_="lab", attributes=attributes):
        with rv.Html(tag="div", class_="frame"):
            bar = _head(shown)
            _notices(shown, engine.worlds())
            with rv.Html(tag="section", class_="left", attributes={"aria-label": shown.said["screen.story"]} if view.chapter else {}):
                told = chapter_shown(shown.said, view.language, narrated, look.expected, attendance.votes)
                Story.element(**shown.spoken("story"), chapter=told)
            network, charts = _stage(shown)
            _side(shown)
            timeline = _time(shown)
        _drawers(shown, desk, lambda: Audience(engine, narrated, view.language, attendance, set_attendance, desk.hear))

    def live() -> Callable[[], None]:
        desk.parts = {"bar": solara.get_widget(bar), "charts": solara.get_widget(charts), "network": solara.get_widget(network)}
        desk.viewer = Viewer(desk.parts["network"], desk.parts["charts"], solara.get_widget(timeline))
        engine.join(desk.viewer)
        engine.start()
        return engine.close

    solara.use_effect(live, [engine])
    # What becomes of other worlds, or of another past, is shown when it is asked for.
    solara.use_effect(lambda: None if status.due else set_look(lambda look: replace(look, revealed=False)), [status.due])


@dataclass(frozen=True)
class Shown:
    """What the page shows at the moment, and where what the viewer does goes."""

    status: Status
    look: Look
    desk: Desk | Seat
    acts: bool = True  # whether the viewer can do anything to the worlds

    @property
    def view(self) -> View:
        """How it is shown."""
        return self.look.view

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
    def meaning(self) -> str:
        """What the schemes are."""
        schemes = self.status.facts.schemes if self.status.facts else ()
        return " ".join(self.said.get(f"about.{name}", "") for name in schemes or ("none",))

    def read(self) -> None:
        """Put away what could not be done."""
        self.desk.hear({"do": "read"})

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
            **shown.spoken("bar", "colour", "export", "preset", "help", "drawer"),
            presets=preset_names(), preset=facts.preset if facts else "", citizens=str(facts.citizens) if facts else "",
            seed=str(facts.choice.seed) if facts else "", colours=list(COLOURINGS), twin=shown.two,
            filming=shown.look.filming, audience=open_host() is not None,
            chapter=view.chapter, dark=view.dark, projector=view.projector, shown=shown.look.opened, notice=status.notice,
        )  # fmt: skip


def _notices(shown: Shown, worlds: Twins | None) -> None:
    """Lay out what could not be done, whether the server is heard, and which stored run is shown."""
    status = shown.status
    address = address_now(worlds.choice, shown.look) if worlds else "?"
    with rv.Html(tag="div", class_="notices"):
        with rv.Html(tag="div", attributes={"role": "alert"}):
            Connection.element(**shown.spoken("notice"), address=address, keeps=True)
            failed = status.state == FAILED
            sentence = filled(shown.said, "notice.refused", why=status.notice) if status.notice else ""
            Notice(sentence, shown.said["default_world"] if failed else "", shown.said["close"], None if failed else shown.read)
            Notice(shown.said["recorded.dropped"].format(number=status.dropped) if status.dropped else "")
        choice = status.facts.choice if status.facts else None
        if isinstance(choice, Replayed) and status.agreements:
            ReplayNotes(choice.replay, status.agreements, words_in(shown.view.language))


def _stage(shown: Shown) -> tuple[Any, Any]:
    """Lay out the picture of the ties and the charts; return both."""
    status, view, desk = shown.status, shown.view, shown.desk
    scored = bool(status.facts and status.facts.schemes)
    with rv.Html(tag="section", class_="stage two" if shown.two else "stage", attributes={"aria-label": shown.said["screen.stage"]}):
        rv.Html(tag="p", class_="building quiet", children=[shown.said["building"] if status.state == BUILDING else ""])
        with rv.Html(tag="div", class_="picture"):
            network = Network.element(
                listener=desk.of("network"), words=dict(words_of_network(view.language)), titles=shown.titles, camera=list(view.camera),
                on_camera=lambda camera: desk.camera(tuple(camera)),
            )  # fmt: skip
        with rv.Html(tag="div", class_="graphs"):
            charts = Charts.element(
                listener=desk.of("charts"), words=dict(words_of_charts(view.language)), titles=shown.titles if shown.two else [],
                panels=[panel.as_dict() for panel in panels_for(len(status.sides), scored)], caption=provenance(shown.said, status),
            )  # fmt: skip
    return network, charts


def _side(shown: Shown) -> None:
    """Lay out the levers, the citizen that is looked at, and what was done."""
    status, said, side = shown.status, shown.said, shown.look.side
    setting = setting_shown(status, shown.look.scheme, side)
    with rv.Html(tag="aside", class_="side", attributes={"aria-label": said["screen.controls"]}):
        Levers.element(
            **shown.spoken("levers", "side"), levers=levers(said, status, setting), sides=list(status.sides), side=side,
            schemes=[{"name": one.scheme, "label": named_scheme(said, one.scheme)} for one in status.settings],
            scheme=setting.scheme if setting else "", choices=choices_of_sides(said, status),
            note=note_on_levers(said, status, setting, side) if shown.acts else "",
            enabled=shown.acts and status.state not in (ENDED, FAILED),
        )  # fmt: skip
        PersonCard.element(
            **shown.spoken("person", "edit"),
            person=card(said, shown.view.language, status.seen, shown.titles, status.sides),
            world=len(status.sides) - 1,
            fixed=not shown.acts,
        )
        Done(said, status, said["recorded.nothing"] if shown.acts else "–")
        rv.Html(tag="p", class_="facts quiet", children=[shown.about])
        rv.Html(tag="p", class_="quiet", children=[shown.meaning])
        rv.Html(tag="p", class_="quiet", children=[said["luck"] if shown.two else ""])


def _time(shown: Shown) -> Any:
    """Lay out the axis of time, and return it."""
    status = shown.status
    with rv.Html(tag="footer", class_="time"):
        return Timeline.element(
            listener=shown.desk.hear, words=dict(words_of_charts(shown.view.language)), speed=status.speed,
            state=status.state if shown.acts else "followed",
            ticks=status.facts.ticks if status.facts else 0, events=on_axis(shown.said, status.events, shown.two),
        )  # fmt: skip


def _followed(status: Status, look: Look, seat: Seat) -> tuple[Any, Any, Any]:
    """Lay out what one who follows sees; return the picture, the charts and the axis of time."""
    shown = Shown(status, look, seat, acts=False)
    network, charts = _stage(shown)
    _side(shown)
    return network, charts, _time(shown)


def _drawers(shown: Shown, desk: Desk, audience: Callable[[], Any]) -> None:
    """Lay out what can be opened over the page; audience: lays out the panel of those who follow."""
    opened = shown.look.opened
    hidden = {part: {} if opened == part else {"hidden": True} for part in ("drawer", "help", "stored", "room")}
    with rv.Html(tag="div", class_="over", attributes=hidden["drawer"]):
        status, side = shown.status, shown.look.side
        place = status.sides.index(side) if side in status.sides else -1
        rows = compared(status.drawer[place], status.drawer[-1 - place]) if status.drawer else ()
        Drawer.element(
            **shown.spoken("drawer", "levers"), rows=rows_in(shown.view.language, rows), side=side, notice=status.notice,
            choices=choices_of_sides(shown.said, status), unfolded=["exchange", "scheme"],
        )  # fmt: skip
    with rv.Html(tag="div", class_="over help", attributes=hidden["help"]):
        Help(shown.said)
    with rv.Html(tag="div", class_="over wide", attributes=hidden["stored"]):
        if opened == "stored":
            Shelves(shown.view.language, shown.said, desk.replay, lambda: desk.hear({"do": "open", "what": ""}))
    with rv.Html(tag="div", class_="over audience", attributes=hidden["room"]):
        audience()
