"""Figures of an experiment, as PNG and SVG. Equal results give equal files, to the byte."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.special import stdtrit

from experiments.analysis.effects import SOCIAL_TRUST, Analysis, Effect, Interaction, OutcomeFacts
from experiments.analysis.paths import difference_bands, runs_by_arm
from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, RAISES, Band

#: Told apart with any kind of colour vision (Okabe & Ito 2008).
COLOURS = {RAISES: "#0072b2", ERODES: "#d55e00", EQUIVALENT: "#767676", INCONCLUSIVE: "#767676"}
INK, QUIET, RULE, BAND = "#22262a", "#8a9097", "#d9dcdf", "#eef0f2"
ARM_COLOUR = "#b5443c"
REFERENCE_COLOURS = (INK, "#9aa1a8", "#c9a227")
WEEKS_PER_YEAR = 52
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "social-credit-lab",  # element ids follow from the content, not from chance
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and takes the page's type
    "font.family": ["DejaVu Sans"],
    "font.size": 9, "axes.titlesize": 10, "axes.titlelocation": "left", "axes.titleweight": "bold", "axes.labelsize": 9,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET, "xtick.color": QUIET, "ytick.color": QUIET,
    "xtick.labelcolor": INK, "ytick.labelcolor": INK, "axes.spines.top": False, "axes.spines.right": False,
    "axes.linewidth": 0.7, "lines.linewidth": 1.4, "figure.facecolor": "white", "savefig.facecolor": "white",
    "axes.unicode_minus": True,
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A figure: its name, what it shows, and its files' contents."""

    name: str
    caption: str
    png: bytes
    svg: str


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style, whatever the user's matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def draw_all(analysis: Analysis, series: pa.Table | None, burn_in: int) -> list[Drawn]:
    """Return the figures of an experiment; `series` has arm, replication, tick and the outcomes of social trust, if they are kept."""
    figures = []
    with styled():
        if analysis.is_side_by_side() and analysis.headlines():
            figures.append(drawn("side-by-side", _side_by_side_caption(analysis), _side_by_side_figure(analysis)))
        if analysis.headlines() and analysis.effects:
            figures.append(drawn("effects", _effects_caption(analysis), _effects_figure(analysis)))
        for outcome in (analysis.outcomes[name] for name in SOCIAL_TRUST if name in analysis.outcomes and series is not None):
            curves = curves_of(series, outcome.name)
            if curves:
                figure = _time_figure(analysis, outcome, curves, burn_in)
                figures.append(drawn(f"{outcome.name.replace('_', '-')}-over-time", _time_caption(outcome), figure))
            bands = difference_bands(analysis, series, outcome.name, burn_in)
            if bands:
                name = f"{outcome.name.replace('_', '-')}-difference-over-time"
                figures.append(drawn(name, _difference_caption(analysis, outcome), _difference_figure(analysis, outcome, bands)))
        joint = [found for found in analysis.interactions if found.outcome.name in SOCIAL_TRUST]
        if joint:
            figures.append(drawn("interactions", _joint_caption(), _interactions_figure(analysis, joint)))
    return figures


def drawn(name: str, caption: str, figure: Figure) -> Drawn:
    """Return a figure with its files' contents; to be called within `styled`."""
    png, svg = BytesIO(), BytesIO()
    figure.savefig(png, format="png", dpi=160, metadata={"Software": None})
    figure.set_layout_engine("none")  # laid out once, for both
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return Drawn(name, caption, png.getvalue(), svg.getvalue().decode())


# --- effects --------------------------------------------------------------------------------------------------------------------


def _effects_figure(analysis: Analysis) -> Figure:
    """One panel an outcome, in its own unit; one row an arm, against the first reference."""
    reference = analysis.references()[0]
    arms = [row.arm for row in analysis.spec.contrasts() if row.reference == reference]
    outcomes = analysis.headlines()
    columns = min(3, len(outcomes))
    rows = -(-len(outcomes) // columns)
    height = 0.55 + rows * (0.62 + 0.24 * len(arms))
    figure = Figure(figsize=(9.6, height), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, outcome in zip(panels.flat, outcomes, strict=False):
        effects = [analysis.effects[arm, reference, outcome.name] for arm in arms]
        _effect_panel(axes, effects, outcome.label)
    for axes in list(panels.flat)[len(outcomes) :]:
        axes.set_visible(False)
    for axes in panels[:, 0]:
        axes.set_yticks(range(len(arms)), [analysis.label(arm) for arm in arms])
        axes.set_ylim(len(arms) - 0.4, -0.6)
    return figure


def _effect_panel(axes: Axes, effects: Sequence[Effect | Interaction], title: str) -> None:
    outcome = effects[0].outcome
    axes.axvspan(-outcome.smallest_effect, outcome.smallest_effect, color=BAND, lw=0, zorder=0)
    axes.axvline(0, color=QUIET, lw=0.8, zorder=1)
    for row, effect in enumerate(effects):
        difference, colour = effect.difference, COLOURS[effect.verdict]
        if not difference.n:
            continue
        hollow = effect.verdict == INCONCLUSIVE
        axes.plot([difference.low95, difference.high95], [row, row], color=colour, lw=1.1, zorder=2)
        axes.plot([difference.low90, difference.high90], [row, row], color=colour, lw=2.8, zorder=2, solid_capstyle="butt")
        axes.plot(difference.mean, row, "o", ms=5, mfc="white" if hollow else colour, mec=colour, mew=1.1, zorder=3)
    axes.set_title(title)
    axes.set_xlabel(outcome.unit)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=4)
    axes.spines["left"].set_visible(False)


def _effects_caption(analysis: Analysis) -> str:
    reference = analysis.label(analysis.references()[0])
    return (
        f"Effects against “{reference}”: mean difference over seeds (dot) with its 90 % (thick) and 95 % (thin) interval, each "
        "outcome in its own unit. The grey band is the smallest effect of interest. Blue raises, orange erodes, grey is "
        "equivalent, a hollow dot is inconclusive."
    )


def _side_by_side_figure(analysis: Analysis) -> Figure:
    """One row an outcome, one column an arm; a cell says by how much, in the colour of its verdict."""
    (reference,) = analysis.references()
    arms, outcomes = [row.arm for row in analysis.spec.contrasts()], analysis.headlines()
    figure = Figure(figsize=(2.2 + 0.62 * len(arms), 1.5 + 0.36 * len(outcomes)), layout="constrained")
    axes = figure.subplots()
    for row, outcome in enumerate(outcomes):
        for column, arm in enumerate(arms):
            effect = analysis.effects[arm, reference, outcome.name]
            colour, matters = COLOURS[effect.verdict], effect.verdict in (RAISES, ERODES)
            if matters:
                axes.add_patch(Rectangle((column - 0.47, row - 0.43), 0.94, 0.86, color=colour, lw=0))
            text = outcome.text(effect.difference.mean, True, short=True)
            axes.text(column, row, text, ha="center", va="center", fontsize=7.5, color="white" if matters else colour)
    axes.set_xticks(range(len(arms)), [analysis.label(arm) for arm in arms], rotation=40, ha="left")
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(outcomes)), [outcome.label for outcome in outcomes])
    axes.set_xlim(-0.5, len(arms) - 0.5)
    axes.set_ylim(len(outcomes) - 0.5, -0.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def _side_by_side_caption(analysis: Analysis) -> str:
    reference = analysis.label(analysis.references()[0])
    return (
        f"Effects against “{reference}”: mean differences over seeds, outcome by outcome, each in its own unit. Blue raises, orange "
        "erodes (the 95 % interval excludes 0 and the effect is not equivalent to none); grey is equivalent or inconclusive."
    )


# --- series ---------------------------------------------------------------------------------------------------------------------


def curves_of(series: pa.Table, outcome: str) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return {arm: (ticks, mean, half width of the 95 % band)} of an outcome over the replications; four-week means."""
    return {arm: mean_and_band(runs.ticks, runs.values) for arm, runs in runs_by_arm(series, outcome).items()}


def mean_and_band(ticks: np.ndarray, values: np.ndarray, block: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (ticks, mean, half width of the 95 % t interval) of values of shape (runs, ticks), averaged over blocks of weeks."""
    block = block if len(ticks) >= 10 * block else 1
    length = len(ticks) // block * block
    blocks = np.ma.masked_invalid(values[:, :length].reshape(len(values), -1, block)).mean(axis=2)
    mean = blocks.mean(axis=0).filled(np.nan)
    half = np.full_like(mean, np.nan)
    if len(values) > 1:
        half = stdtrit(len(values) - 1, 0.975) * blocks.std(axis=0, ddof=1).filled(np.nan) / np.sqrt(len(values))
    return ticks[:length].reshape(-1, block).mean(axis=1), mean, half


def _time_figure(analysis: Analysis, outcome: OutcomeFacts, curves: Mapping[str, tuple], burn_in: int) -> Figure:
    """One panel an arm, with the references behind it."""
    references = [arm for arm in analysis.references() if arm in curves]
    arms = [arm.name for arm in analysis.spec.arms if arm.name in curves and arm.name not in references] or references[:1]
    columns = min(4, len(arms))
    rows = -(-len(arms) // columns)
    figure = Figure(figsize=(9.6, 0.5 + 2.0 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, arm in zip(panels.flat, arms, strict=False):
        for position, reference in enumerate(references):
            colour = REFERENCE_COLOURS[position % len(REFERENCE_COLOURS)]
            _curve(axes, curves[reference], colour, analysis.label(reference), ls="-" if position == 0 else (0, (4, 1.5)))
        if arm not in references:
            _curve(axes, curves[arm], ARM_COLOUR, None)
        axes.set_title(analysis.label(arm), color=ARM_COLOUR if arm not in references else INK)
        axes.axvline(burn_in / WEEKS_PER_YEAR, color=QUIET, lw=0.8, ls=(0, (1, 2)))
    first = panels.flat[0]
    first.annotate("scheme begins", (burn_in / WEEKS_PER_YEAR, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
                   textcoords="offset points", va="top", fontsize=7.5, color=QUIET)  # fmt: skip
    first.locator_params(axis="x", integer=True, nbins=6)
    for axes in panels[-1]:
        axes.set_xlabel("year")
    for axes in panels[:, 0]:
        axes.set_ylabel(f"{outcome.label} ({outcome.unit})")
    for axes in list(panels.flat)[len(arms) :]:
        axes.set_visible(False)
        panels.flat[len(arms) - 1].tick_params(labelbottom=True)
    _legend(figure, panels, first, len(arms))
    return figure


def _curve(axes: Axes, curve: tuple[np.ndarray, np.ndarray, np.ndarray], colour: str, label: str | None, ls="-") -> None:
    ticks, mean, half = curve
    years = ticks / WEEKS_PER_YEAR
    axes.fill_between(years, mean - half, mean + half, color=colour, alpha=0.15, lw=0)
    axes.plot(years, mean, color=colour, ls=ls, label=label, lw=1.2)


def _legend(figure: Figure, panels: np.ndarray, first: Axes, shown: int) -> None:
    """Put the references' names into the free panel if there is one, else below."""
    handles, labels = first.get_legend_handles_labels()
    if shown < panels.size:
        free = panels.flat[shown]
        free.set_visible(True)
        free.axis("off")
        free.legend(handles, labels, loc="center left", frameon=False)
    else:
        figure.legend(handles, labels, loc="outside lower left", ncols=len(labels), frameon=False)


def _time_caption(outcome: OutcomeFacts) -> str:
    return (
        f"{outcome.label.capitalize()} over time ({outcome.meaning}): mean over seeds and its 95 % band, each arm in red "
        "with the references behind it. Bands show how seeds differ; the paired intervals of the effects are much narrower."
    )


def _difference_figure(analysis: Analysis, outcome: OutcomeFacts, bands: Mapping[str, tuple[np.ndarray, Band]]) -> Figure:
    """One panel an arm: the mean difference from the first reference, week by week, in its simultaneous band."""
    columns = min(4, len(bands))
    rows = -(-len(bands) // columns)
    figure = Figure(figsize=(9.6, 0.3 + 1.9 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes, (arm, (ticks, band)) in zip(panels.flat, bands.items(), strict=False):
        years = ticks / WEEKS_PER_YEAR
        axes.axhspan(-outcome.smallest_effect, outcome.smallest_effect, color=BAND, lw=0, zorder=0)
        axes.axhline(0, color=QUIET, lw=0.8, zorder=1)
        axes.fill_between(years, band.low, band.high, color=ARM_COLOUR, alpha=0.25, lw=0, zorder=2)
        axes.plot(years, band.mean, color=ARM_COLOUR, lw=0.9, zorder=3)
        axes.set_title(analysis.label(arm))
    panels.flat[0].locator_params(axis="x", integer=True, nbins=6)
    for axes in panels[-1]:
        axes.set_xlabel("year")
    for axes in panels[:, 0]:
        axes.set_ylabel(f"difference ({outcome.unit})")
    for free in range(len(bands), panels.size):
        panels.flat[free].set_visible(False)
        panels.flat[free - columns].tick_params(labelbottom=True)
        panels.flat[free - columns].set_xlabel("year")
    return figure


def _difference_caption(analysis: Analysis, outcome: OutcomeFacts) -> str:
    reference = analysis.label(analysis.references()[0])
    return (
        f"{outcome.label.capitalize()} against “{reference}”, week by week from the end of the burn-in: mean of the paired differences "
        "over seeds, and the band that holds the true mean in all of these weeks at once with a confidence of 95 % (max-t bootstrap "
        "over seeds). Weeks in which the arms have hardly parted have no band. The grey zone is the smallest effect of interest."
    )


# --- interactions ---------------------------------------------------------------------------------------------------------------


def _interactions_figure(analysis: Analysis, joint: list[Interaction]) -> Figure:
    names = list(dict.fromkeys(found.outcome.name for found in joint))
    labels = list(dict.fromkeys(analysis.label(found.arm) for found in joint))
    figure = Figure(figsize=(9.6, 0.75 + 0.3 * len(labels)), layout="constrained")
    panels = figure.subplots(1, len(names), squeeze=False, sharey=True)
    for axes, name in zip(panels.flat, names, strict=True):
        found = [each for each in joint if each.outcome.name == name]
        _effect_panel(axes, found, found[0].outcome.label)
    panels[0, 0].set_yticks(range(len(labels)), labels)
    panels[0, 0].set_ylim(len(labels) - 0.4, -0.6)
    return figure


def _joint_caption() -> str:
    return (
        "Levers together, beyond the sum of their parts: 0 means that effects add up. Pairs: both minus each alone plus neither; "
        "intervals and colours as above."
    )


# --- in a page ------------------------------------------------------------------------------------------------------------------


def inline(svg: str, name: str) -> str:
    """Return an SVG document as an element for a page: no prologue, no metadata, ids that no other figure has."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\s(xmlns(:\w+)?|version)="[^"]*"', "", svg)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    return re.sub(r'<svg([^>]*?) width="[^"]*"', r"<svg\1", re.sub(r'<svg([^>]*?) height="[^"]*"', r"<svg\1", svg, count=1), count=1)
