"""What all parts of the page in the browser have in common: plain JavaScript of `dashboard/front/`, and messages that go to a listener."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

FRONT = Path(__file__).resolve().parent / "front"

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";\n', re.MULTILINE)


def joined(*names: str) -> str:
    """Return files of `dashboard/front/` as one module, each after those it imports: an anywidget has one, and cannot import others.

    Their imports and exports of each other are left out; the last file has the default export.
    """
    text = "\n".join((FRONT / f"{name}.js").read_text(encoding="utf-8") for name in names)
    return re.sub(r"^export (?!default)", "", _IMPORT.sub("", text), flags=re.MULTILINE)


def style(name: str) -> str:
    """Return a style sheet of `dashboard/front/`.

    As text, like the scripts: of a file's path anywidget watches the file, by a list that keeps every widget ever made from it.
    """
    return (FRONT / f"{name}.css").read_text(encoding="utf-8")


class Part(anywidget.AnyWidget):
    """A part of the page. It tells what the user did by messages such as {"do": "play"}, which go to its `listener`.

    All its words come from the page, since they are there in more than one language.
    """

    listener = traitlets.Any(None, help="called with each message, in the thread that serves the browser")
    words = traitlets.Dict(help="what a viewer reads, by key").tag(sync=True)

    def __init__(self, **traits: Any):
        """Listen to the browser."""
        super().__init__(**traits)
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        listener: Callable[[Any], None] | None = self.listener
        if listener is not None and isinstance(message, dict):
            listener(message)
