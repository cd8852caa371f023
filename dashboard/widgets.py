"""The parts of the page that live in the browser: plain JavaScript in `dashboard/front/`, one file a part.

A part tells what the user did by messages such as {"do": "play"}; they go to its `listener`. All its words come from the page, by the
trait `words`, since they are there in more than one language.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

FRONT = Path(__file__).parent / "front"


def front(*names: str) -> str:
    """Return files of `dashboard/front/`, one behind the other: a widget has one module."""
    return "\n".join((FRONT / name).read_text(encoding="utf-8") for name in names)


class Part(anywidget.AnyWidget):
    """A part of the page whose messages go to a listener."""

    listener = traitlets.Any(None, help="called with each message, in the thread that serves the browser")
    words = traitlets.Dict().tag(sync=True)
    language = traitlets.Unicode("en").tag(sync=True)

    def __init__(self, **traits: Any):
        """Listen to the browser."""
        super().__init__(**traits)
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        listener: Callable[[Any], None] | None = self.listener
        if listener is not None and isinstance(message, dict):
            listener(message)


class Bar(Part):
    """Which world; what to open; how the page looks; what to take away; and the keys for these."""

    _esm = front("dom.js", "bar.js")
    presets = traitlets.List().tag(sync=True)
    preset = traitlets.Unicode().tag(sync=True)
    citizens = traitlets.Unicode().tag(sync=True)
    seed = traitlets.Unicode().tag(sync=True)
    colours = traitlets.List().tag(sync=True)
    twin = traitlets.Bool().tag(sync=True)
    dark = traitlets.Bool().tag(sync=True)
    projector = traitlets.Bool().tag(sync=True)
    shown = traitlets.Unicode(help="what is open: drawer, help or nothing").tag(sync=True)
    notice = traitlets.Unicode(help="with a new one the boxes show again what holds, not what was refused").tag(sync=True)


class Levers(Part):
    """The three levers, for the world on the right, on the left, or both."""

    _esm = front("dom.js", "levers.js")
    levers = traitlets.List(help="{name, label, unit, meaning, stops, values: {side: value}}").tag(sync=True)
    sides = traitlets.List().tag(sync=True)
    side = traitlets.Unicode("right").tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    enabled = traitlets.Bool().tag(sync=True)


class Drawer(Part):
    """Every parameter, from its declaration."""

    _esm = front("dom.js", "drawer.js")
    rows = traitlets.List().tag(sync=True)
    side = traitlets.Unicode("right").tag(sync=True)
    unfolded = traitlets.List(help="groups that stand open").tag(sync=True)


class PersonCard(Part):
    """A clicked citizen."""

    _esm = front("dom.js", "person.js")
    person = traitlets.Dict().tag(sync=True)
