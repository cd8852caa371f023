"""The figures of a folder, to be shown as images: nothing in them can run, whatever an SVG holds, and nothing is fetched."""

import base64
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.stored.shelf import FIGURES, figure_files, plain, refuse_links
from experiments.results.store import REPORT

#: A figure's file, or a report, with more bytes is not read; a caption is cut to so many characters.
MOST_FIGURE_BYTES, MOST_REPORT_BYTES, MOST_CAPTION = 8_000_000, 64_000_000, 1_500
KINDS = {"svg": "image/svg+xml", "png": "image/png"}
#: In the order in which they are told: what the name of a figure begins with, or ends with.
ORDER = (
    "effects", "side-by-side", "regime", "dose", "main-effects", "difference-over-time", "over-time", "interactions", "distribution",
    "sensitivity",
)  # fmt: skip
_TAG = re.compile(r"<[^>]*>")
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Figure:
    """A figure: its name, without the suffix; its file, an SVG where there is one, else a PNG; what it shows, empty if nothing says so."""

    name: str
    file: Path
    caption: str = ""

    @property
    def kind(self) -> str:
        """What it is, one of ORDER, or nothing."""
        return next((kind for kind in ORDER if self.name.startswith(kind) or self.name.endswith(kind)), "")

    @property
    def about(self) -> str:
        """What its name says beside its kind, in words: 'exchange rate'; the whole name where it is of no known kind."""
        rest = self.name.removeprefix(self.kind).removesuffix(self.kind)
        return plain((rest.strip("-") if self.kind else self.name).replace("-", " "), 120)

    def source(self) -> str:
        """Return the file as a data address for an <img>, where no script runs; empty if it cannot be shown."""
        try:
            if not self.file.is_file() or self.file.is_symlink() or self.file.stat().st_size > MOST_FIGURE_BYTES:
                return ""
            content = self.file.read_bytes()
        except OSError:
            return ""
        suffix = self.file.suffix[1:]
        if not (content.startswith(_PNG) if suffix == "png" else b"<svg" in content[:4096]):
            return ""
        return f"data:{KINDS[suffix]};base64,{base64.b64encode(content).decode()}"


def figures_of(path: Path) -> tuple[Figure, ...]:
    """Return the figures of a results folder with their captions, the effects first. Raises a Refusal if it leads elsewhere."""
    refuse_links(path)
    files: dict[str, Path] = {}
    for name in figure_files(path):  # of two of one name the SVG, which comes last
        files[name.rsplit(".", 1)[0]] = path / FIGURES / name
    captions = dict(_captions(path / REPORT))
    found = [Figure(name, file, captions.get(name, "")) for name, file in files.items()]
    return tuple(sorted(found, key=lambda figure: ORDER.index(figure.kind) if figure.kind else len(ORDER)))


def _captions(report: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, caption) of the figures of a report, as plain text; nothing where there is no report."""
    try:
        if report.stat().st_size > MOST_REPORT_BYTES:
            return
        text = report.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for figure in text.split("<figure>")[1:]:
        drawn, _, rest = figure.partition("<figcaption>")
        if name := re.search(r'id="([a-z0-9-]+)-figure_1"', drawn[:4096]):
            yield name[1], plain(html.unescape(_TAG.sub("", rest.partition("</figcaption>")[0])), MOST_CAPTION)
