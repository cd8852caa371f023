"""A page with the charts and the axis of time alone, on made-up series: `solara run tests/charts_page.py`, with ?language=zh&sides=1&...

lose=n: frame n never reaches the browser.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import solara
from solara.alias import rv

from dashboard.charts.panels import QUANTITIES, csv_of, drawn, panels_for
from dashboard.charts.protocol import Bands, Channel, Mark, Message, Scene, View
from dashboard.charts.view import Charts, Note, Timeline, axis_events, words
from dashboard.serving import prepare
from tests.made_up_weeks import BURN_IN, CHANGED, SCALE, made_up, scores

prepare()


class Player:
    """Plays made-up worlds: what an engine does, without a model."""

    def __init__(self, sides: int, ticks: int, runs: int, lose: int, language: str):
        self.sides, self.ticks, self.runs, self.lose, self.language = sides, ticks, runs, lose, language
        self.series = [made_up(5, ticks, side == 1) for side in range(sides)]
        self.rows = [drawn(series) for series in self.series]
        self.channel, self.orders, self.worlds = Channel(), SimpleQueue(), 0
        self._begin()
        self.bands = self._bands()
        self.closed = False

    def _begin(self) -> None:
        self.tick, self.reached, self.state, self.speed, self.worlds = 0, 0, "paused", 13, self.worlds + 1
        self.channel.begin(Scene(self.worlds, self.sides, self.ticks, BURN_IN, True, SCALE))

    def _take_another_way(self) -> None:
        """Let the last world go on otherwise from now on, as a change does that is made after going back."""
        self.rows[-1][self.tick :] = 1 - self.rows[-1][self.tick :]
        self.channel.record(self.sides - 1, self.rows[-1][self.tick : self.tick + 1], self.tick)
        self.tick = self.reached = self.tick + 1

    def _bands(self) -> Bands | None:
        if not self.runs:
            return None
        names = ["left", "right"][: self.sides]
        all_of = {side: np.array([drawn(made_up(100 + run, self.ticks, side == "right")) for run in range(self.runs)]) for side in names}
        if self.sides > 1:
            all_of["difference"] = all_of["right"] - all_of["left"]
        found = {
            (name, side): np.quantile(runs[:, :, place], (0.1, 0.5, 0.9), axis=0)
            for side, runs in all_of.items()
            for place, name in enumerate(QUANTITIES)
        }
        return Bands(1, self.runs, found)

    @property
    def notes(self) -> list[Note]:
        both = [
            Note(BURN_IN, "introduced", side, "rongcheng starts" if self.language == "en" else "荣成方案开始") for side in ("left", "right")
        ]
        later = [Note(CHANGED, "change", "right", "reporting reward 0 → 10"), Note(186, "edit", "right", "citizen 12 loses office")]
        scandals = [Note(tick, "scandal", "left", "scandal") for tick in (150, 152, 154, 330, 480)]
        notes = both + (later if self.sides > 1 else []) + scandals
        return [note for note in notes if note.tick < self.ticks]

    def view(self) -> View:
        marks = tuple(dict.fromkeys(Mark(note.tick, note.kind) for note in self.notes if note.kind != "introduced"))
        found = tuple(scores(5, self.tick, side == 1 and self.tick > CHANGED) for side in range(self.sides))
        return View(self.tick, self.state, marks, self.bands, found)

    def start(self, charts: Charts, timeline: Timeline) -> None:
        self.charts, self.timeline = charts, timeline
        threading.Thread(target=self._live, daemon=True).start()

    def _live(self) -> None:
        self._show()
        due = 0.0
        while not self.closed:
            with suppress(Empty):
                self._obey(self.orders.get(timeout=max(0.0, due - time.monotonic()) if self.state == "playing" else 0.2))
            if self.state == "playing" and due <= time.monotonic():
                due = max(due + 1 / self.speed, time.monotonic() - 0.1)
                self._go(self.tick + 1)
                self.state = "ended" if self.tick >= self.ticks else self.state
                self._show()

    def _go(self, tick: int) -> None:
        self.tick = min(max(tick, 0), self.ticks)
        for side, rows in enumerate(self.rows):
            have = self.channel.recorded(side)
            self.channel.record(side, rows[have : self.tick], have)
        self.reached = max(self.reached, self.tick)

    def _show(self) -> None:
        self._tell(self.channel.offer(self.view()))
        self._place()

    def _tell(self, messages: list[Message]) -> None:
        self.charts.tell(message for message in messages if message.header["number"] != self.lose)

    def _place(self) -> None:
        self.timeline.place(self.tick, self.reached)
        self.timeline.state, self.timeline.speed = self.state, self.speed

    def _obey(self, order: Any) -> None:
        match order:
            case {"do": "seen", "number": number}:
                self._tell(self.channel.seen(number))
                return
            case {"do": "look", "world": world, "number": number}:
                self._tell(self.channel.look(world, number))
                return
            case {"do": "play"}:
                self.state = "playing"
            case {"do": "pause"}:
                self.state = "paused"
            case {"do": "step"}:
                self.state = "paused"
                self._go(self.tick + 1)
            case {"do": "speed", "speed": speed}:
                self.speed = speed
            case {"do": "scrub", "tick": tick}:
                self._go(tick)
                self.state = "paused" if self.state == "ended" else self.state
            case {"do": "anew"}:
                self._begin()
            case {"do": "otherwise"}:
                self._take_another_way()
            case {"do": "csv"}:
                done = [{name: column[: self.reached] for name, column in one.items()} for one in self.series]
                self.charts.save("charts.csv", csv_of(dict(zip(("left", "right"), done, strict=False))))
        self._tell(self.channel.offer(self.view()))
        self._place()


@solara.component
def Layout(children: list):  # noqa: N802
    """Frame the page with nothing of Solara's."""
    rv.Html(tag="div", children=children)


@solara.component
def Press(name: str, on_press: Callable[[], None]):  # noqa: N802
    """A button for what no part of the page orders."""
    rv.use_event(rv.Html(tag="button", children=[name]), "click", lambda *_: on_press())


@solara.component
def Page():  # noqa: N802
    """Show the made-up worlds that the address asks for."""
    asked = parse_qs(solara.use_router().search or "")
    numbers = [int(asked.get(name, [default])[0]) for name, default in (("sides", 2), ("ticks", 520), ("runs", 12), ("lose", 0))]
    language, dark = asked.get("language", ["en"])[0], "dark" in asked
    player = solara.use_memo(lambda: Player(*numbers, language), [])
    attributes = {"data-projector": ""} if "projector" in asked else {}
    night = (
        "--ink:#eceae4;--quiet:#a9a59c;--rule:#3d3b37;--paper:#171716;--shade:#262522;--lever:#d78bb5;background:#171716" if dark else ""
    )
    with rv.Html(tag="main", class_="lab", attributes=attributes, style_=night):
        for name in ("Anew", "Otherwise"):
            Press(name, lambda name=name: player.orders.put({"do": name.lower()}))
        titles = ["as it is", "with the change"] if language == "en" else ["保持现状", "作出改变"]
        timeline = Timeline.element(
            listener=player.orders.put,
            words=words(language),
            ticks=player.ticks,
            events=axis_events(player.notes, player.sides),
        )
        charts = Charts.element(
            listener=player.orders.put,
            words=words(language),
            titles=titles[: player.sides],
            panels=[panel.as_dict() for panel in panels_for(player.sides, True)],
            caption="A simulated society. What shows here holds in this model, under its assumptions.",
        )

    def live():
        player.start(solara.get_widget(charts), solara.get_widget(timeline))

        def close():
            player.closed = True

        return close

    solara.use_effect(live, [])
