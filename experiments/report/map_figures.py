"""Regime maps: where in the plane of two factors an effect raises, erodes, is too small to matter or uncertain."""

from collections.abc import Sequence
from dataclasses import replace
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.levels import varied
from experiments.analysis.regimes import MOST_PANELS, Regime, Sheet, colour_limit, regime_of
from experiments.analysis.responses import Responses
from experiments.analysis.surfaces import value_text
from experiments.report.drawing import MOST_COMPARISONS, SLANTED, capitalized, columns_for, file_name
from experiments.report.figures import INK, QUIET, Drawn, drawn
from experiments.specs.designs import Factor

#: From orange (erodes) over paper to blue (raises): the colours of the other figures, told apart with any kind of colour vision.
DIVERGING = LinearSegmentedColormap.from_list(
    "erodes-raises", ["#7f3300", "#d55e00", "#f0a875", "#f8f7f5", "#85b9de", "#0072b2", "#00395a"]
)
HATCH = "////"
#: Up to so many levels a side, cells hold their numbers; up to so many, signs; beyond, a sign stands in every so-and-so-many-th cell.
MOST_NUMBERS, MOST_SIGNS = 6, 24
MOST_TICKS = 10
#: From so many cells on, colours are drawn as one image.
MANY_CELLS = 900


def draw_maps(responses: Responses, outcome: OutcomeFacts) -> list[Drawn]:
    """Return the regime maps of an outcome: with two factors one figure, a panel a comparison; else one figure a comparison."""
    found = [regime for contrast in responses.contrasts if (regime := regime_of(responses, contrast, outcome)) is not None]
    if len(varied(responses)) == 2:
        if not found:
            return []
        sheets = [replace(each.sheets[0], title=responses.label(each.contrast)) for each in found[:MOST_PANELS]]
        together = replace(found[0], sheets=tuple(sheets))
        return [_drawn_map(responses, together, capitalized(outcome.label), outcome.name)]
    return [
        _drawn_map(
            responses, each, f"{capitalized(outcome.label)}, {responses.label(each.contrast)}", *vars(each.contrast).values(), outcome.name
        )
        for each in found[:MOST_COMPARISONS]
    ]


def _drawn_map(responses: Responses, regime: Regime, title: str, *names: str) -> Drawn:
    return drawn(file_name("regime", *names), map_caption(responses, regime), map_figure(regime, title))


def map_figure(regime: Regime, title: str) -> Figure:
    """Return the figure of all sheets of a map, which share the scale of colours."""
    sheets, outcome = regime.sheets, regime.outcome
    columns = columns_for(len(sheets))
    rows = -(-len(sheets) // columns)
    width, height = _size(regime, columns)
    figure = Figure(figsize=(width * columns + 1.5, height * rows + 0.9), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).flat)
    limit = colour_limit(sheets, outcome.smallest_effect)
    shades = Normalize(-limit, limit)
    for axes, sheet in zip(panels, sheets, strict=False):
        _sheet_panel(axes, sheet, shades, outcome)
        axes.set_title(fill(sheet.title, max(18, int(width * 13))), fontsize=9)
    for place, axes in enumerate(panels):
        axes.set_visible(place < len(sheets))
        bottom = place + columns >= len(sheets)
        _level_axis(axes, "x", regime.x, regime.x_values, named=bottom)
        _level_axis(axes, "y", regime.y, regime.y_values, named=place % columns == 0)
        axes.tick_params(labelbottom=bottom, labelleft=place % columns == 0)
    _key(figure, panels, shades, outcome)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure


def _size(regime: Regime, columns: int) -> tuple[float, float]:
    """Return width and height of a panel, in inches: room for numbers, and cells that are not too far from square."""
    across, up = len(regime.x_values), len(regime.y_values)
    if max(across, up) <= MOST_NUMBERS:
        width = max(2.4 if columns > 1 else 3.6, 0.72 * across)
        return width, max(1.3, 0.5 * up + 0.3)
    side = 3.2 if columns > 1 else 5.0
    return side, float(np.clip(side * up / across, 1.4, side * 1.2)) + 0.3


def _sheet_panel(axes: Axes, sheet: Sheet, shades: Normalize, outcome: OutcomeFacts) -> None:
    up, across = sheet.mean.shape
    edges = (np.arange(across + 1) - 0.5, np.arange(up + 1) - 0.5)
    line: dict[str, Any] = {"edgecolors": "white", "linewidth": 0.8} if max(up, across) <= MOST_SIGNS else {}
    image = axes.pcolormesh(*edges, np.ma.masked_invalid(sheet.mean), cmap=DIVERGING, norm=shades, **line)
    image.set_rasterized(sheet.mean.size >= MANY_CELLS)
    if sheet.hatched.any():
        axes.add_patch(PathPatch(cells_path(sheet.hatched), hatch=HATCH, fill=False, lw=0, edgecolor="#5d646b", zorder=2))
    numbers = max(up, across) <= MOST_NUMBERS
    step = max(1, -(-max(up, across) // MOST_SIGNS))
    signs = sheet.marks()
    for row, column in np.ndindex(up, across):
        sign, value = str(signs[row, column]), float(sheet.mean[row, column])
        shade = DIVERGING(shades(value)) if np.isfinite(value) else (1.0, 1.0, 1.0, 1.0)
        if numbers:
            _cell_text(axes, (column, row), f"{outcome.text(value, True, short=True)}\n{sign}".rstrip(), shade, 8, boxed=not sign)
        elif sign and not (row % step or column % step):
            _cell_text(axes, (column, row), sign, shade, float(np.clip(130 / max(up, across), 5.5, 11)))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _cell_text(axes: Axes, place: tuple[int, int], text: str, shade: Sequence[float], size: float, boxed: bool = False) -> None:
    """Write into a cell, light on dark; boxed in the cell's colour, so that hatching leaves it readable."""
    ink = INK if _luminance(shade) > 0.22 else "white"
    box: dict[str, Any] = {"bbox": {"boxstyle": "round,pad=0.15", "fc": shade, "ec": "none"}} if boxed else {}
    axes.text(*place, text, ha="center", va="center", fontsize=size, color=ink, linespacing=1.1, zorder=3, **box)


def _luminance(shade: Sequence[float]) -> float:
    """Return the relative luminance (0-1) of a colour, as WCAG 2 defines it."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shade[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def cells_path(mask: np.ndarray) -> Path:
    """Return the outline of the cells that are true in a mask of shape (y, x), cell (row, column) centred on (column, row)."""
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)])
    centres = np.argwhere(mask)[:, ::-1]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path((centres[:, None, :] + corners).reshape(-1, 2), codes * len(centres))


def _level_axis(axes: Axes, which: str, factor: Factor, values: tuple[Any, ...], named: bool) -> None:
    shown = np.arange(0, len(values), -(-len(values) // MOST_TICKS))
    axis = axes.xaxis if which == "x" else axes.yaxis
    texts = [value_text(values[i]) for i in shown]
    long = which == "x" and max(map(len, texts)) * len(texts) > 34
    axis.set_ticks(shown.tolist(), texts, **(SLANTED if long else {}))
    axis.set_label_text(factor.label if named else "")


def _key(figure: Figure, panels: list[Axes], shades: Normalize, outcome: OutcomeFacts) -> None:
    """Draw the scale of colours, with the smallest effect of interest on it, and what the marks mean."""
    bar = figure.colorbar(ScalarMappable(shades, DIVERGING), ax=panels, shrink=0.9, aspect=22, pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label(f"difference ({outcome.unit})")
    for edge in (-outcome.smallest_effect, outcome.smallest_effect):
        bar.ax.axhline(edge, color=INK, lw=0.8)
    hatched = Patch(facecolor="white", edgecolor="#5d646b", hatch=HATCH, lw=0, label="inconclusive")
    words = [("+", "raises"), ("\N{MINUS SIGN}", "erodes"), ("=", f"within ±{outcome.text(outcome.smallest_effect)}: equivalent")]
    plain = [Patch(facecolor="none", edgecolor="none", label=f"{sign}  {word}") for sign, word in words]
    legend = figure.legend(handles=[hatched, *plain], loc="outside lower left", ncols=4, frameon=False, fontsize=8, handlelength=1.6,
                           columnspacing=1.2)  # fmt: skip
    for text in legend.get_texts():
        text.set_color(QUIET if text.get_text().startswith("=") else INK)


def map_caption(responses: Responses, first: Regime) -> str:
    """Return what the maps show, what is averaged and what is left out."""
    outcome = first.outcome
    against = f", {responses.label(first.contrast)}," if len(varied(responses)) > 2 else ""
    held = f" {capitalized(first.held)}." if first.held else ""
    rest = f" {first.left_out} values of the third factor are not drawn." if first.left_out else ""
    more = len(responses.contrasts) - MOST_PANELS if len(varied(responses)) == 2 else 0
    rest += f" {more} more comparisons are in responses.csv." if more > 0 else ""
    return (
        f"{capitalized(outcome.label)}{against} by {first.x.label} and {first.y.label}: mean of the paired differences over seeds. Blue "
        "and + raise, orange and − erode (the 95 % interval excludes 0), = lies within the smallest effect of interest, which the lines "
        "on the scale mark; where it is hatched, these runs cannot tell. Levels stand at equal distances."
        f"{held}{rest}"
    )
