"""How the page looks to one viewer: language, colours, camera. A part of the address, as the choice of the worlds is."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from dashboard.languages import LANGUAGES
from dashboard.network.colours import COLOURINGS
from dashboard.story.story import chapters
from dashboard.worlds.choice import checked_length
from experiments.refusal import Refusal, not_allowed
from model.parameters import nearest

#: The words of an address that are about the view.
WORDS = ("lang", "dark", "projector", "colour", "camera", "story")
CAMERA = re.compile(r"-?\d{1,3}(\.\d{1,4})?,-?\d{1,3}(\.\d{1,4})?,\d{1,3}(\.\d{1,4})?", re.ASCII)


@dataclass(frozen=True)
class View:
    """What one viewer sees of the worlds.

    language: of LANGUAGES. dark, projector: how it is shown. colour: what citizens are coloured by, of COLOURINGS. camera: x and y of the
    unit square in the middle of the picture, -1 to 2, and zoom, 0.2 to 60. chapter: of the story, 0 without it.
    """

    language: str = "en"
    dark: bool = False
    projector: bool = False
    colour: str = "trust"
    camera: tuple[float, float, float] = (0.5, 0.5, 1.0)
    chapter: int = 0

    def fields(self) -> list[tuple[str, str]]:
        """Return (word, text) for an address, without what is as it is anyway."""
        default = View()
        found = [("lang", self.language)] if self.language != default.language else []
        found += [(word, "1") for word in ("dark", "projector") if getattr(self, word)]
        found += [("colour", self.colour)] if self.colour != default.colour else []
        found += [("camera", ",".join(f"{number:.4g}" for number in self.camera))] if self.camera != default.camera else []
        found += [("story", str(self.chapter))] if self.chapter else []
        return found

    def switched(self, name: str) -> "View":
        """Return the view with dark or projector the other way round."""
        return replace(self, dark=not self.dark) if name == "dark" else replace(self, projector=not self.projector)


@dataclass(frozen=True)
class Look:
    """What one viewer has before it. opened: "drawer", "stored", "help" or nothing. side: which worlds the levers change.

    scheme: whose levers are shown; nothing: of one that is at work. filming: whether a film of the picture is being made.
    expected: the key of the answer that was chosen in the chapter, or nothing. revealed: whether the run's answer was asked for.
    begun: how often a chapter was begun.
    """

    view: View
    opened: str = ""
    side: str = "right"
    scheme: str = ""
    filming: bool = False
    expected: str = ""
    revealed: bool = False
    begun: int = 0

    def seen_as(self, **changes: Any) -> "Look":
        """Return the look with another view."""
        return replace(self, view=replace(self.view, **changes))

    def in_chapter(self, number: int) -> "Look":
        """Return the look at a chapter from its beginning, or at no chapter (0)."""
        return replace(self.seen_as(chapter=number), opened="", side="right", scheme="", expected="", revealed=False, begun=self.begun + 1)


def change_of_look(order: Any) -> Callable[[Look], Look] | None:
    """Return what an order of a browser changes in what is before its viewer, and nowhere else; None for any other order."""
    match order:
        case {"do": "side", "side": str(side)}:
            return lambda look: replace(look, side=side)
        case {"do": "scheme", "scheme": str(scheme)}:
            return lambda look: replace(look, scheme=scheme)
        case {"do": "dark" | "projector" as name}:
            return lambda look: replace(look, view=look.view.switched(name))
        case {"do": "language"}:
            return lambda look: look.seen_as(language=LANGUAGES[(LANGUAGES.index(look.view.language) + 1) % len(LANGUAGES)])
        case {"do": "expect", "answer": str(answer)}:
            return lambda look: replace(look, expected=answer)
    return None


#: Shows something else: takes what changes the look.
SetLook = Callable[[Callable[[Look], Look]], None]


def address_of(choice: str, view: View) -> str:
    """Return the address of a choice's own address and a view."""
    fields = urlencode(view.fields(), quote_via=quote, safe=",")
    return f"{choice}{'&' if choice else '?'}{fields}" if fields else choice or "?"


def split(address: str | None) -> tuple[str, View]:
    """Return (what is left of an address for the choice of the worlds, the view that it asks for). Raises a Refusal of one sentence."""
    kept, view, given = [], View(), set()
    for part in checked_length(address or "").removeprefix("?").split("&"):
        pairs = parse_qsl(part, keep_blank_values=True)
        if pairs and (word := pairs[0][0]) in WORDS:
            if word in given:
                raise Refusal(f"{word!r} is given twice in the address: expected one value")
            given.add(word)
            view = _with(view, *pairs[0])
        elif part:
            kept.append(part)
    return "&".join(kept), view


def _with(view: View, word: str, text: str) -> View:
    shown = text[:60]
    if word == "lang":
        return replace(view, language=_one_of("lang", shown, LANGUAGES))
    if word in ("dark", "projector"):
        on = _one_of(word, shown, ("0", "1")) == "1"
        return view if on == getattr(view, word) else view.switched(word)
    if word == "colour":
        return replace(view, colour=_one_of("colour", shown, COLOURINGS))
    if word == "story":
        return replace(view, chapter=int(_one_of("story", shown, tuple(str(chapter.number) for chapter in chapters()))))
    return replace(view, camera=_camera(shown))


def _one_of(word: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise not_allowed("", word, text, f"one of {', '.join(allowed)}{nearest(text, allowed)}")
    return text


def _camera(text: str) -> tuple[float, float, float]:
    if CAMERA.fullmatch(text):
        x, y, zoom = map(float, text.split(","))
        if -1 <= x <= 2 and -1 <= y <= 2 and 0.2 <= zoom <= 60:
            return x, y, zoom
    raise not_allowed("", "camera", text, "x,y,zoom such as 0.5,0.5,1: x and y from -1 to 2, zoom from 0.2 to 60")
