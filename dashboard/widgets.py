"""The parts that live in the browser: plain JavaScript in `dashboard/front/`, one file a part.

A part tells what the user did by messages such as {"do": "play"}; they go to its `listener`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from dashboard.curves import CURVES
from dashboard.messages import SPEEDS, Frame

FRONT = Path(__file__).parent / "front"


class Part(anywidget.AnyWidget):
    """A part of the page whose messages go to a listener."""

    listener = traitlets.Any(None, help="called with each message, in the thread that serves the browser")

    def __init__(self, **traits: Any):
        """Listen to the browser."""
        super().__init__(**traits)
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        listener: Callable[[Any], None] | None = self.listener
        if listener is not None:
            listener(message)


class Chart(Part):
    """The curves, drawn live, and the week they have reached."""

    _esm = FRONT / "chart.js"
    caption = traitlets.Unicode().tag(sync=True)
    curves = traitlets.List([curve.as_dict() for curve in CURVES]).tag(sync=True)

    def show(self, frame: Frame) -> None:
        """Send a frame to the browser."""
        self.send(frame.header(), [frame.values.tobytes()])


class Transport(Part):
    """Play and pause, step, reset, speed; and the keys for them."""

    _esm = FRONT / "transport.js"
    state = traitlets.Unicode().tag(sync=True)
    speed = traitlets.Int().tag(sync=True)
    speeds = traitlets.List(list(SPEEDS)).tag(sync=True)


class Slider(Part):
    """One lever."""

    _esm = FRONT / "slider.js"
    name = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    meaning = traitlets.Unicode().tag(sync=True)
    source = traitlets.Unicode().tag(sync=True)
    stops = traitlets.List().tag(sync=True)
    value = traitlets.Float().tag(sync=True)
    enabled = traitlets.Bool().tag(sync=True)


class Chooser(Part):
    """The choice of a world: preset and seed."""

    _esm = FRONT / "chooser.js"
    presets = traitlets.List().tag(sync=True)
    preset = traitlets.Unicode().tag(sync=True)
    seed = traitlets.Unicode().tag(sync=True)
    notice = traitlets.Unicode(help="with a new one the parts show again what holds, not what was refused").tag(sync=True)
