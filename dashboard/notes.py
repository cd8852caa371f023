"""Small parts of the page that only say something."""

from collections.abc import Callable
from typing import Any

import solara
from solara.alias import rv

from dashboard.saying import recorded
from dashboard.status import Status
from dashboard.words.words import words

KEYS = {
    "Space": "space",
    "← →": "arrows",
    "Home End": "ends",
    "1 – 5": "digits",
    "C": "c",
    "P": "p",
    "D": "d",
    "?": "question",
    "Esc": "escape",
}


@solara.component
def Notice(sentence: str, way_out: str = "", close: str = "", on_close: Callable[[], None] | None = None):
    """A sentence on what could not be done, or nothing; with a way out where the page has nothing else, or a button to close it."""
    if sentence:
        with rv.Html(tag="p", class_="notice"):
            if on_close is not None:
                Close(close, on_close)
            rv.Html(tag="span", children=[sentence])
            if way_out:
                rv.Html(tag="a", children=[way_out], attributes={"href": "?"})


@solara.component
def Close(name: str, on_close: Callable[[], None]):
    """A button that puts something away."""
    button = rv.Html(tag="button", class_="plain close", children=["×"], attributes={"type": "button", "aria-label": name})
    rv.use_event(button, "click", lambda *_: on_close())


@solara.component
def Refused(sentence: str, language: str):
    """Nothing but a sentence on what cannot be shown."""
    said = words(language)
    with rv.Html(tag="main", class_="lab"), rv.Html(tag="div", class_="frame"):
        rv.Html(tag="header", class_="head", children=[rv.Html(tag="h1", children=[said["question"]])])
        with rv.Html(tag="div", class_="notices", attributes={"role": "alert"}):
            Notice(sentence, said["default_world"])


@solara.component
def Done(said: Any, status: Status, nothing: str):
    """What was done to the worlds, the latest first; `nothing` where it was nothing."""
    with rv.Html(tag="div", class_="recorded"):
        rv.Html(tag="h2", children=[said["recorded.title"]])
        done = recorded(said, status)
        rv.Html(tag="p", class_="quiet", children=["" if done else nothing])
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
        for keys, what in KEYS.items():
            rv.Html(tag="dt", children=[rv.Html(tag="kbd", children=[keys])])
            rv.Html(tag="dd", children=[said[f"help.{what}"]])
    rv.Html(tag="p", class_="quiet", children=[said["help.claim"]])
