"""Where what the viewer does arrives: what concerns the worlds goes on to the engine, what concerns the view is done here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dashboard.charts.panels import csv_of
from dashboard.engine import Engine
from dashboard.languages import LANGUAGES
from dashboard.network.colours import COLOURINGS
from dashboard.status import Status
from dashboard.view import View, address_of
from dashboard.viewers import Viewer
from dashboard.words.words import words

Listener = Callable[[Any], None]


class Desk:
    """The desk of one page. viewer, parts: of the page, once it is laid out."""

    def __init__(self, engine: Engine):
        """Serve an engine."""
        self.engine, self.filming = engine, False
        self.viewer: Viewer | None = None
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
            case {"do": "colour", "by": str(by)} if by in COLOURINGS:
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
