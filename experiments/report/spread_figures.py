"""Figures of what lies behind the means: distributions over replications, and all points of a design with many factors."""

from collections.abc import Callable, Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.effects import Analysis, OutcomeFacts, Values
from experiments.analysis.levels import Doses, by_dose, thinned
from experiments.analysis.regimes import MainEffect, main_effects
from experiments.analysis.responses import Responses
from experiments.analysis.spreads import Spread, spread_of
from experiments.analysis.statistics import INCONCLUSIVE
from experiments.analysis.surfaces import VERDICTS, judged, point_text, value_text
from experiments.report.drawing import MARKERS, SLANTED, capitalized, columns_for, file_name, shown_arms
from experiments.report.figures import BAND, COLOURS, INK, QUIET, Drawn, drawn
from experiments.specs.spec import Contrast

MOST_ARMS, MOST_DOSES, MOST_COLUMNS = 9, 8, 16
#: A figure of main effects has at most so many factors; there are at most so many such figures an outcome.
MOST_FACTORS, MOST_COMPARISONS = 12, 6
#: From so many points on, they are small; from so many dots in a figure on, they are drawn as an image, which takes less room.
MANY_POINTS, MANY_DOTS = 300, 600
#: Places dots side by side evenly, and the same each time.
GOLDEN = 0.6180339887
SPREAD, GROUPS = "#3d5a80", "#8d3f73"


# --- distributions --------------------------------------------------------------------------------------------------------------


def draw_distributions(responses: Responses, outcome: OutcomeFacts, sets: Sequence[Doses]) -> Drawn:
    """Return the distribution of an outcome over replications, a panel an arm: by dose with one factor, else at chosen points."""
    columns_of, names, about = _columns(responses, outcome, sets)
    arms = shown_arms(responses, MOST_ARMS)
    across = columns_for(len(arms))
    rows = -(-len(arms) // across)
    figure = Figure(figsize=(3.3 * across if across > 1 else 5.0, 0.6 + 2.4 * rows), layout="constrained", dpi=160)
    panels = list(figure.subplots(rows, across, squeeze=False, sharex=True, sharey=True).flat)
    for place, axes in enumerate(panels):
        axes.set_visible(place < len(arms))
        axes.tick_params(labelbottom=place + across >= len(arms), labelleft=place % across == 0)
        if place % across == 0:
            axes.set_ylabel(f"{outcome.label} ({outcome.unit})")
        if place < len(arms):
            columns = columns_of(responses.values_of(arms[place], outcome.name))
            spreads = [spread_of(column) for column in columns.T]
            _distribution_panel(axes, spreads, names, as_image=len(arms) * columns.size >= MANY_DOTS)
            axes.set_title(fill(responses.labels[arms[place]], 34), fontsize=9)
            if len(sets) == 1 and place + across >= len(arms):
                axes.set_xlabel(sets[0].factor.label)
    return drawn(
        file_name("distribution", outcome.name), _caption(outcome, responses.replications, about, len(responses.labels) - len(arms)), figure
    )


Columns = Callable[[np.ndarray], np.ndarray]  # (points, replications) -> (replications, columns)


def _columns(responses: Responses, outcome: OutcomeFacts, sets: Sequence[Doses]) -> tuple[Columns, list[str], str]:
    """Return (values by point -> values by column, names of the columns, in words what they are)."""
    if len(sets) == 1:
        (doses,) = sets
        kept = thinned(len(doses.values), MOST_DOSES)
        held = f", {doses.held}" if doses.held else ""
        return lambda values: by_dose(values, doses)[:, kept], [value_text(doses.values[i]) for i in kept], f"by {doses.factor.label}{held}"
    points = told_points(responses, responses.contrasts[0], outcome)
    if len(points) == 1:
        return lambda values: values[points].T, [""], f"at {point_text(responses, points[0])}"
    compared = responses.label(responses.contrasts[0])
    about = f"where the mean effect of {compared} is lowest, in the middle and highest: " + "; ".join(
        f"{letter}: {point_text(responses, point)}" for letter, point in zip("ABC", points, strict=False)
    )
    return lambda values: values[points].T, list("ABC"[: len(points)]), about


def told_points(responses: Responses, contrast: Contrast, outcome: OutcomeFacts) -> list[int]:
    """Return the points with the lowest, the middle and the highest mean effect, each once; the first where none has any."""
    mean = judged(responses, contrast, outcome).mean
    order = np.argsort(mean, kind="stable")[: int(np.isfinite(mean).sum())]
    if not order.size:
        return [0]
    return list(dict.fromkeys([int(order[0]), int(order[(len(order) - 1) // 2]), int(order[-1])]))


def _distribution_panel(axes: Axes, spreads: Sequence[Spread], names: Sequence[str], as_image: bool) -> None:
    """Draw for each column dots at the left, density at the right, quartiles and median between."""
    for place, spread in enumerate(spreads):
        colour = GROUPS if spread.two_groups else SPREAD
        if spread.density.size:
            axes.fill_betweenx(spread.places, place + 0.04, place + 0.04 + 0.38 * spread.density, color=colour, alpha=0.25, lw=0, zorder=2)
        offsets = 0.08 + 0.28 * np.mod(np.arange(spread.values.size) * GOLDEN, 1)
        dots = axes.plot(place - offsets, spread.values, "o", ms=2.6, mfc=colour, mec="none", alpha=0.55, zorder=1)
        dots[0].set_rasterized(as_image)
        low, first, median, third, high = spread.quantiles
        axes.plot([place, place], [low, high], color=colour, lw=0.9, zorder=3)
        axes.plot([place, place], [first, third], color=colour, lw=3.2, solid_capstyle="butt", zorder=3)
        axes.plot(place, median, "o", ms=4.2, mfc="white", mec=colour, mew=1.2, zorder=4)
        if spread.two_groups:
            axes.annotate("two groups", (place, 1), xycoords=("data", "axes fraction"), xytext=(0, -2), textcoords="offset points",
                          ha="center", va="top", fontsize=7, color=GROUPS, fontweight="bold")  # fmt: skip
    long = max(map(len, names)) * len(names) > 34
    axes.set_xticks(range(len(names)), names, **(SLANTED if long else {}))
    axes.set_xlim(-0.55, len(names) - 0.45)
    axes.margins(y=0.1)


def _caption(outcome: OutcomeFacts, replications: int, about: str, left: int) -> str:
    """Return the caption of distributions, of which so many arms are left out."""
    rest = f" {left} more arms are not drawn." if left > 0 else ""
    return (
        f"{capitalized(outcome.label)} over the {replications} replications, {about}. A dot is a replication; the ring is the "
        "median, thick line half of them, thin line nine tenths; the shape at the right is a density (from ten replications). "
        "“Two groups” marks where replications go one of two ways, so that their mean describes neither: the bimodality coefficient is "
        f"above that of a uniform distribution and the density has two modes.{rest}"
    )


def draw_arms(analysis: Analysis, outcome: OutcomeFacts, values: Values) -> Drawn:
    """Return the distribution of an outcome over the replications of an experiment without a design, a column an arm."""
    arms = analysis.spec.arms[:MOST_COLUMNS]
    spreads = [spread_of(values(arm.name, outcome.name)) for arm in arms]
    figure = Figure(figsize=(max(5.0, 0.6 + 0.85 * len(arms)), 3.4), layout="constrained", dpi=160)
    axes = figure.subplots()
    _distribution_panel(axes, spreads, [fill(arm.label, 16) for arm in arms], as_image=False)
    axes.set_ylabel(f"{outcome.label} ({outcome.unit})")
    caption = _caption(outcome, analysis.spec.replications, "arm by arm", len(analysis.spec.arms) - len(arms))
    return drawn(file_name("distribution", outcome.name), caption, figure)


# --- main effects ---------------------------------------------------------------------------------------------------------------


def draw_main_effects(responses: Responses, outcome: OutcomeFacts) -> list[Drawn]:
    """Return a figure a comparison: the effect at each point against each factor, and its mean over bins."""
    figures = []
    for contrast in responses.contrasts[:MOST_COMPARISONS]:
        effects = main_effects(responses, contrast, outcome)
        name = file_name("main-effects", contrast.arm, contrast.reference, outcome.name)
        figure = _main_figure(effects, outcome)
        figure.suptitle(f"{capitalized(outcome.label)}, {responses.label(contrast)}", x=0.01, ha="left", fontsize=10, fontweight="bold")
        figures.append(drawn(name, _main_caption(responses, contrast, outcome, len(effects)), figure))
    return figures


def _main_figure(effects: Sequence[MainEffect], outcome: OutcomeFacts) -> Figure:
    shown = effects[:MOST_FACTORS]
    across = min(4, len(shown))
    rows = -(-len(shown) // across)
    figure = Figure(figsize=(2.6 * across + 0.4, 0.4 + 2.3 * rows), layout="constrained", dpi=160)
    panels = list(figure.subplots(rows, across, squeeze=False, sharey=True).flat)
    for axes, effect in zip(panels, shown, strict=False):
        _main_panel(axes, effect, outcome, as_image=sum(each.places.size for each in shown) >= MANY_DOTS)
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    for axes in panels[::across]:
        axes.set_ylabel(f"difference ({outcome.unit})")
    return figure


def _main_panel(axes: Axes, effect: MainEffect, outcome: OutcomeFacts, as_image: bool) -> None:
    axes.axhspan(-outcome.smallest_effect, outcome.smallest_effect, color=BAND, lw=0, zorder=0)
    axes.axhline(0, color=QUIET, lw=0.8, zorder=1)
    places = effect.places + (0.5 * np.mod(np.arange(effect.places.size) * GOLDEN, 1) - 0.25 if effect.names else 0)
    size = 3.2 if effect.places.size < MANY_POINTS else 1.8
    for code, verdict in enumerate(VERDICTS):
        held = effect.verdict == code
        if held.any():
            colour = COLOURS[verdict]
            face = "none" if verdict == INCONCLUSIVE else colour
            dots = axes.plot(
                places[held], effect.mean[held], MARKERS[verdict], ms=size, mfc=face, mec=colour, mew=0.6, alpha=0.45, zorder=2
            )
            dots[0].set_rasterized(as_image)
    bins = effect.bins
    if effect.names:
        axes.vlines(bins.places, bins.low, bins.high, color=INK, lw=1.4, zorder=4)
    else:
        axes.fill_between(bins.places, bins.low, bins.high, color=INK, alpha=0.2, lw=0, zorder=3)
    axes.plot(bins.places, bins.mean, "o" if effect.names else "-o", color=INK, lw=1.4, ms=3.6, zorder=5)
    if effect.names:
        axes.set_xticks(range(len(effect.names)), effect.names)
        axes.set_xlim(-0.5, len(effect.names) - 0.5)
    elif effect.factor.scale == "log" and effect.places.size and effect.places.min() > 0:
        axes.set_xscale("log")
    else:
        axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel(effect.factor.label)


def _main_caption(responses: Responses, contrast: Contrast, outcome: OutcomeFacts, factors: int) -> str:
    shown = f" Of {factors} factors, the {MOST_FACTORS} along which it moves most." if factors > MOST_FACTORS else ""
    left = len(responses.contrasts) - MOST_COMPARISONS
    rest = f" {left} more comparisons are in responses.csv." if left > 0 else ""
    return (
        f"{capitalized(outcome.label)}, {responses.label(contrast)}: the mean paired difference at each of the {len(responses.points)} "
        "points against each factor, while all others vary too. ▲ raises, ▼ erodes, ■ equivalent, ○ inconclusive, point by point. Black: "
        "means over bins of points with their 95 % intervals, which take the points as independent (those of Sobol’ and Morris designs "
        "are not quite). The grey zone is the smallest effect of interest. Factors along which it moves most come first."
        f"{shown}{rest}"
    )
