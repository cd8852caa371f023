"""The parts that live in the browser: the charts and the axis of time, and the words that they are given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import traitlets

from dashboard.charts.panels import PANELS
from dashboard.charts.protocol import Message
from dashboard.languages import words_of
from dashboard.parts import Part, joined, style
from model.phases.record import WEEKS_PER_YEAR

WORDS = Path(__file__).resolve().parent / "words"
#: Weeks a second that the axis of time offers.
SPEEDS = (4, 13, 52, 208)
#: The files of the charts' script, each after those it imports.
SCRIPTS = ("charts_record", "charts_page", "charts_lines", "charts_scores", "charts_panel", "charts_print", "lost", "save", "charts")


@cache
def words(language: str) -> Mapping[str, str]:
    """Return what a viewer reads: words under keys such as "charts.panels.trust". Raises a Refusal for a language that there is not."""
    return words_of(WORDS, language)


class InEnglish(Part):
    """A part that speaks English until it is given other words."""

    def __init__(self, **traits: Any):
        """Take the words."""
        super().__init__(**{"words": dict(words("en"))} | traits)


class Charts(InEnglish):
    """All panels. It tells what protocol.Channel wants to hear ("seen", "look"), and what the viewer does:

    {"do": "scrub", "tick": t}: pointed at a week, 0 before the first one. {"do": "csv"}: wants the table; answer by `save`.
    """

    _esm = joined(*SCRIPTS)
    _css = style("charts")
    panels = traitlets.List([panel.as_dict() for panel in PANELS], help="see panels.panels_for").tag(sync=True)
    titles = traitlets.List(traitlets.Unicode(), help="the names of the worlds, left first; else what the words say").tag(sync=True)
    caption = traitlets.Unicode(help="a sentence that a saved picture carries").tag(sync=True)

    def tell(self, messages: Iterable[Message]) -> None:
        """Send what a channel has returned."""
        for message in messages:
            self.send(message.header, message.buffers)

    def save(self, name: str, text: str) -> None:
        """Let the browser save a text as a file of that name."""
        self.send({"what": "file", "name": name}, [text.encode()])

    def save_picture(self, name: str) -> None:
        """Let the browser save what it shows as a PNG of that name."""
        self.send({"what": "picture", "name": name})


class Timeline(InEnglish):
    """The axis of time, with play and pause, steps and speed; and the keys for them. It tells what the viewer does:

    {"do": "play"}, {"do": "pause"}, {"do": "step"}, {"do": "speed", "speed": s}, and {"do": "scrub", "tick": t}: go to the start of a
    tick, 0 to `ticks`, simulated already or not.
    """

    _esm = joined("timeline")
    _css = style("timeline")
    state = traitlets.Unicode("building", help="building, paused, playing, ended, failed, or followed: nothing can be done").tag(sync=True)
    tick = traitlets.Int(help="how many weeks are over in what is shown").tag(sync=True)
    reached = traitlets.Int(help="how many weeks have been simulated").tag(sync=True)
    ticks = traitlets.Int(help="weeks of the whole run").tag(sync=True)
    weeks_per_year = traitlets.Int(WEEKS_PER_YEAR).tag(sync=True)
    speed = traitlets.Int(SPEEDS[1]).tag(sync=True)
    speeds = traitlets.List(list(SPEEDS)).tag(sync=True)
    events = traitlets.List(help="see axis_events").tag(sync=True)

    def place(self, tick: int, reached: int) -> None:
        """Show where in time things are, in one message."""
        with self.hold_sync():
            self.tick, self.reached = tick, reached


@dataclass(frozen=True)
class Note:
    """An event in words. kind: a CSS word, such as "change"; side: "left" or "right"."""

    tick: int
    kind: str
    side: str
    text: str


def axis_events(notes: Iterable[Note], sides: int = 2) -> list[dict[str, Any]]:
    """Return events as the axis of time takes them, by tick; what happened on both sides alike, or to the only one, is of "both"."""
    found: dict[tuple[int, str, str], str] = {}
    for note in notes:
        key = (note.tick, note.kind, note.text)
        found[key] = "both" if sides == 1 or found.get(key, note.side) != note.side else note.side
    events = [{"tick": tick, "kind": kind, "side": side, "text": text} for (tick, kind, text), side in found.items()]
    return sorted(events, key=lambda event: event["tick"])
