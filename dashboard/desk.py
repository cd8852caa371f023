"""Where what the viewer does arrives: what concerns the worlds goes on to the engine, what concerns the view is done here."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from dashboard.charts.panels import csv_of
from dashboard.engine import Engine
from dashboard.network.colours import COLOURINGS
from dashboard.replayed import replayed
from dashboard.saying import provenance, week_of
from dashboard.stored.replaying import Wish, replay
from dashboard.stored.shelf import root_of
from dashboard.story.story import chapters
from dashboard.view import Look, SetLook, address_of, change_of_look
from dashboard.viewers import Viewer
from dashboard.words.words import words
from experiments.refusal import Refusal

Listener = Callable[[Any], None]

log = logging.getLogger(__name__)


class Desk:
    """The desk of one page. viewer, parts: of the page, once it is laid out."""

    def __init__(self, engine: Engine):
        """Serve an engine."""
        self.engine = engine
        self.viewer: Viewer | None = None
        self.parts: dict[str, Any] = {}

    def now(self, look: Look, set_look: SetLook) -> None:
        """Know what is shown now, and how to show something else."""
        self.look, self._set_look = look, set_look

    def of(self, part: str) -> Listener:
        """Return the listener of a part that is sent frames."""
        return lambda order: self.hear({**order, "of": part}) if isinstance(order, dict) else None

    def camera(self, camera: tuple[float, ...]) -> None:
        """Remember where the viewer looks."""
        if len(camera) == 3 and camera != self.look.view.camera:
            self._show(camera=camera)

    def hear(self, order: Any) -> None:
        """Take an order."""
        if change := change_of_look(order):
            self._set_look(change)
            return
        match order:
            case {"do": "open", "what": str(what)}:
                self._set_look(lambda look: replace(look, opened=what))
            case {"do": "export", "kind": str(kind)}:
                self._export(kind)
            case {"do": "csv"}:
                self._export("csv")
            case {"do": "colour", "by": str(by)} if by in COLOURINGS:
                self._show(colour=by)
                self.engine.hear(order)
            case {"do": "chapter", "number": int(number)} if 0 <= number <= len(chapters()):
                self._to_chapter(number)
            case {"do": "reveal"}:
                self._set_look(lambda look: replace(look, revealed=True))
            case _:
                self.engine.hear(order, self.viewer)

    def replay(self, wish: Wish, then: Callable[[], None]) -> None:
        """Show a stored run, once it is read, which may take seconds; call `then` when it is, or cannot be."""

        def read() -> None:
            try:
                self.engine.choose(replayed(replay(root_of(), wish)))
                self._set_look(lambda look: look.in_chapter(0))
            except Refusal as why:
                self.engine.refuse(why)
                self._set_look(lambda look: replace(look, opened=""))
            except Exception:
                log.exception("the stored run could not be read")
                raise
            finally:
                then()

        threading.Thread(target=read, name="replay", daemon=True).start()

    def _show(self, **changes: Any) -> None:
        self._set_look(lambda look: look.seen_as(**changes))

    def _to_chapter(self, number: int) -> None:
        """Open a chapter with its worlds; leaving the story leaves the worlds as they are."""
        self._set_look(lambda look: look.in_chapter(number))
        if number:
            chapter = chapters()[number - 1]
            self.engine.choose(chapter.choice, chapter.stop)
        else:
            self.engine.hear({"do": "ask nothing"})

    def _export(self, kind: str) -> None:
        worlds = self.engine.worlds()
        if worlds is None:
            return
        name = f"social-credit-lab-{worlds.tick}"
        said = words(self.look.view.language)
        about = provenance(said, self.engine.status)
        if kind == "png":
            self.parts["network"].save_picture(name, f"{week_of(said, max(worlds.tick - 1, 0))} · {about}")
            self.parts["charts"].save_picture(f"{name}-charts")
        elif kind == "webm":
            filming = not self.look.filming
            self._set_look(lambda look: replace(look, filming=filming))
            self.parts["network"].film(filming, name, about)
        elif kind == "csv":
            self.parts["charts"].save(f"{name}.csv", csv_of(weeks_of_all({side: worlds.series(side) for side in worlds.facts.sides})))
        elif kind == "link":
            self.parts["bar"].send({"copy": address_of(worlds.choice.address(), self.look.view)})


def weeks_of_all(series: dict[str, dict[str, np.ndarray]]) -> dict[str, dict[str, np.ndarray]]:
    """Return the series of all sides up to the last week that each has: while time passes one may be a week ahead."""
    weeks = min(len(columns["tick"]) for columns in series.values())
    return {side: {name: values[:weeks] for name, values in columns.items()} for side, columns in series.items()}
