"""Figures of dose-response: the level of each arm and the effects, by the values of one factor."""

from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.curves import Curve, curve_of, shape_text
from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.levels import Doses, by_dose
from experiments.analysis.responses import Responses
from experiments.analysis.statistics import INCONCLUSIVE
from experiments.analysis.surfaces import VERDICTS, judge, value_text
from experiments.report.drawing import (
    ARM_COLOURS,
    MARKERS,
    MOST_COMPARISONS,
    SLANTED,
    capitalized,
    columns_for,
    file_name,
    shown_arms,
    spread_out,
)
from experiments.report.figures import BAND, COLOURS, INK, QUIET, Drawn, drawn

DASHES = ("-", (0, (6, 1.5)), (0, (2, 1.2)))
CURVE = "#3d5a80"


def draw_dose_response(responses: Responses, doses: Doses, outcome: OutcomeFacts) -> Drawn:
    """Return the figure of one factor and outcome: a panel with the level of each arm, then one a comparison."""
    contrasts = responses.contrasts[:MOST_COMPARISONS]
    curves = [curve_of(responses, doses, contrast, outcome) for contrast in contrasts]
    columns = columns_for(1 + len(curves))
    rows = -(-(1 + len(curves)) // columns)
    figure = Figure(figsize=(3.5 * columns + 0.3, 0.4 + 2.9 * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False, sharex=True).flat)
    _level_panel(panels[0], responses, doses, outcome)
    for axes, curve in zip(panels[1:], curves, strict=False):
        axes.sharey(panels[1])
        _curve_panel(axes, curve, fill(responses.label(curve.contrast), 32), explained=axes is panels[1])
    for axes in panels[1 + len(curves) :]:
        axes.set_visible(False)
    for place in range(1 + len(curves)):
        _dose_axis(panels[place], doses, bottom=place + columns > len(curves))
        panels[place].tick_params(labelleft=place == 1 or place % columns == 0)
    name = file_name("dose", doses.factor.name, outcome.name)
    return drawn(name, _dose_caption(responses, doses, outcome), figure)


def _places(doses: Doses) -> np.ndarray:
    """Return where the doses stand on the axis: numbers at their value, others side by side."""
    return np.array(doses.values, float) if doses.numeric else np.arange(len(doses.values), dtype=float)


def _dose_axis(axes: Axes, doses: Doses, bottom: bool) -> None:
    if doses.logarithmic:
        axes.set_xscale("log")
        shown = np.arange(0, len(doses.values), -(-len(doses.values) // 6))
        axes.set_xticks(_places(doses)[shown], [value_text(doses.values[i]) for i in shown])
        axes.set_xticks([], minor=True)
    elif doses.numeric:
        axes.locator_params(axis="x", nbins=6)
    else:
        long = max(len(value_text(value)) for value in doses.values) > 8
        turn = SLANTED if long else {}
        axes.set_xticks(_places(doses), [value_text(value) for value in doses.values], **turn)
        axes.set_xlim(-0.5, len(doses.values) - 0.5)
    axes.tick_params(labelbottom=bottom)
    if bottom:
        axes.set_xlabel(doses.factor.label)


def _level_panel(axes: Axes, responses: Responses, doses: Doses, outcome: OutcomeFacts) -> None:
    """Draw the mean of each arm over the doses, its name at the end of its line."""
    places, arms, ends = _places(doses), shown_arms(responses), {}
    for number, arm in enumerate(arms):
        found = judge(by_dose(responses.values_of(arm, outcome.name), doses).T, outcome.smallest_effect)
        colour, dashes = ARM_COLOURS[number], DASHES[number % len(DASHES)]
        if doses.numeric:
            axes.fill_between(places, found.low95, found.high95, color=colour, alpha=0.10, lw=0)
            axes.plot(places, found.mean, color=colour, lw=1.3, ls=dashes)
        else:  # side by side
            shifted = places + 0.06 * (number - (len(arms) - 1) / 2)
            axes.vlines(shifted, found.low95, found.high95, color=colour, lw=1.1)
            axes.plot(shifted, found.mean, "o", color=colour, ms=4)
        if np.isfinite(found.mean).any():
            ends[arm] = float(found.mean[np.isfinite(found.mean)][-1]), colour
    axes.set_title("Level of each arm")
    axes.set_ylabel(f"{outcome.label} ({outcome.unit})")
    axes.margins(y=0.12)
    if ends:
        low, high = axes.get_ylim()
        heights = spread_out([height for height, _ in ends.values()], (high - low) * 0.085)
        for (arm, (_, colour)), height in zip(ends.items(), heights, strict=True):
            axes.annotate(fill(responses.labels[arm], 18), (1.0, height), xycoords=("axes fraction", "data"), xytext=(3, 0),
                          textcoords="offset points", va="center", fontsize=7.5, color=colour, linespacing=0.95)  # fmt: skip


def _curve_panel(axes: Axes, curve: Curve, title: str, explained: bool) -> None:
    """Draw the effect by dose with its intervals and band; the first panel says which is which."""
    places, effects, band, smallest = _places(curve.doses), curve.effects, curve.band, curve.outcome.smallest_effect
    axes.axhspan(-smallest, smallest, color=BAND, lw=0, zorder=0)
    axes.axhline(0, color=QUIET, lw=0.8, zorder=1)
    if curve.doses.numeric:
        axes.fill_between(places, band.low, band.high, color=CURVE, alpha=0.18, lw=0, zorder=2)
        axes.plot(places, effects.mean, color=CURVE, lw=1.2, zorder=3)
    else:
        axes.vlines(places, band.low, band.high, color=CURVE, alpha=0.18, lw=9, zorder=2)
    axes.vlines(places, effects.low95, effects.high95, color=CURVE, lw=1.1, zorder=3)
    for code, verdict in enumerate(VERDICTS):
        held = effects.verdict == code
        if held.any():
            colour = COLOURS[verdict]
            face = "white" if verdict == INCONCLUSIVE else colour
            axes.plot(places[held], effects.mean[held], MARKERS[verdict], ms=5.5, mfc=face, mec=colour, mew=1.1, zorder=4)
    said = fill(shape_text(curve), 46)
    axes.set_title(title, fontsize=9, pad=6 + 9.2 * (1 + said.count("\n")))
    axes.annotate(said, (0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points", va="bottom", fontsize=7.5, color=INK)
    if explained:
        axes.set_ylabel(f"difference ({curve.outcome.unit})")
        _explain(axes, curve)


def _explain(axes: Axes, curve: Curve) -> None:
    """Name mean and band at the right end of their lines."""
    named = {"mean": curve.effects.mean[-1], "95 % band": curve.band.high[-1], "too small\nto matter": 0.0}
    named = {name: float(height) for name, height in named.items() if np.isfinite(height)}
    axes.margins(y=0.1)
    low, high = axes.get_ylim()
    for (name, _), height in zip(named.items(), spread_out(list(named.values()), (high - low) * 0.1), strict=True):
        axes.annotate(name, (1.0, height), xycoords=("axes fraction", "data"), xytext=(3, 0), textcoords="offset points",
                      va="center", fontsize=7, color=QUIET if "small" in name else CURVE, linespacing=0.9)  # fmt: skip


def _dose_caption(responses: Responses, doses: Doses, outcome: OutcomeFacts) -> str:
    held = f", {doses.held}" if doses.held else ""
    left = len(responses.contrasts) - MOST_COMPARISONS
    rest = f" {left} more comparisons are in responses.csv." if left > 0 else ""
    return (
        f"{capitalized(outcome.label)} by {doses.factor.label}{held}. Left: the mean of each arm. Then each comparison: mean of the paired "
        "differences over seeds; thin lines are the 95 % intervals dose by dose, the coloured band holds the true mean at all doses at "
        "once with a confidence of 95 % (max-t bootstrap over seeds). The grey zone is the smallest effect of interest. ▲ raises, "
        f"▼ erodes, ■ equivalent, ○ inconclusive, dose by dose. What is said of a shape rests on all pairs of doses at once.{rest}"
    )
