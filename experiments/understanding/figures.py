"""Figures of what a design's factors do: indices with their intervals, points by verdict with their box, emulators held out."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.analysis.statistics import MIXED
from experiments.report.figures import ARM_COLOUR, COLOURS, INK, QUIET, Drawn, drawn, styled
from experiments.understanding.boxes import Box
from experiments.understanding.cube import Cube
from experiments.understanding.discovery import Discoveries, Discovery, rule
from experiments.understanding.emulator import Emulator
from experiments.understanding.sensitivity import Index, Sensitivity, Subject, ranked, unit_of

INDEX_COLOURS = (INK, "#0072b2")
POINT_COLOURS = COLOURS | {MIXED: "#c9a227"}
COLUMNS = 3


def sensitivity_figures(found: Sensitivity) -> list[Drawn]:
    """Return one figure a method: a panel a comparison and outcome, a row a factor."""
    methods = dict.fromkeys(index.method for subject in found.subjects for index in subject.indices)
    with styled():
        return [_sensitivity_figure(found, method) for method in methods]


def _sensitivity_figure(found: Sensitivity, method: str) -> Drawn:
    subjects = [subject for subject in found.subjects if any(index.method == method for index in subject.indices)]
    rows = len(next(iter(_of_method(subjects[0], method).values())))
    figure, panels = _panels(len(subjects), 0.9 + 0.3 * rows)
    for axes, subject in zip(panels, subjects, strict=False):
        _index_panel(axes, subject, _of_method(subject, method))
    indices = " and ".join(index.replace("_star", "*") for index in _of_method(subjects[0], method))
    caption = (
        f"{method}: {indices} of each factor, with the 95 % interval from both sources (thin) and from chance between replications alone "
        "(thick; none with one replication). A tick is what a factor without influence gives; a hollow dot does not stand out from it."
    )
    return drawn(f"sensitivity-{method.lower().replace(' ', '-').replace(chr(39), '')}", caption, figure)


def _of_method(subject: Subject, method: str) -> dict[str, list[Index]]:
    return {index: found for (name, index), found in subject.table().items() if name == method}


def _index_panel(axes: Axes, subject: Subject, indices: dict[str, list[Index]]) -> None:
    order = [index.factor for index in ranked(next(iter(indices.values())))]
    for number, (name, found) in enumerate(indices.items()):
        colour, shift = INDEX_COLOURS[number], 0.3 * number - 0.15
        for index in found:
            if not np.isfinite(index.value):
                continue
            row = order.index(index.factor) + shift
            axes.plot([index.value - index.total, index.value + index.total], [row, row], color=colour, lw=1.0)
            if np.isfinite(index.replication):
                ends = [index.value - index.replication, index.value + index.replication]
                axes.plot(ends, [row, row], color=colour, lw=2.8, solid_capstyle="butt")
            axes.plot(index.null, row, "|", color=QUIET, ms=8, mew=1.2)
            axes.plot(index.value, row, "o", ms=4.5, mfc=colour if index.stands_out else "white", mec=colour, mew=1.1)
        axes.plot([], [], "o", color=colour, ms=4.5, label=name.replace("_star", "*"))
    labels = {index.factor: index.label for index in next(iter(indices.values()))}
    axes.set_yticks(range(len(order)), [labels[factor] for factor in order])
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_title(f"{subject.label}\n{subject.outcome.label}")
    axes.set_xlabel(" / ".join(dict.fromkeys(unit_of(index, subject.outcome) for index in indices)))
    axes.legend(frameon=False, fontsize=7.5)


def _panels(count: int, height: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels, as many a row as are readable; the rest are hidden."""
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(max(3.2 * columns, 4.6), height * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in panels[count:]:
        axes.set_visible(False)
    return figure, panels


# --- discovery ------------------------------------------------------------------------------------------------------------------


def discovery_figures(found: Discoveries) -> list[Drawn]:
    """Return a figure of the points of each discovery that has a box, over the box's two most telling factors; none without a box."""
    shown = [(each, verdict, box) for each in found.found for verdict, box in each.boxes.items() if box is not None]
    if not shown:
        return []
    with styled():
        figure, panels = _panels(len(shown), 3.1)
        for axes, (discovery, verdict, box) in zip(panels, shown, strict=False):
            _box_panel(axes, found.cube, discovery, verdict, box)
        caption = (
            "Points by the verdict on their effect (blue: raises, orange: erodes, grey: equivalent or inconclusive, yellow: mixed), "
            "and the box that PRIM finds, over its two most telling factors; factors by position, 0 the lowest or first value and "
            "1 the highest or last."
        )
        return [drawn("discovery", caption, figure)]


def _box_panel(axes: Axes, cube: Cube, discovery: Discovery, verdict: str, box: Box) -> None:
    telling = sorted(box.limits, key=box.quasi_p.__getitem__)
    others = [factor for factor in range(len(cube.factors)) if factor not in telling]
    across, up = (telling + others + telling[:1])[:2]
    known = discovery.verdicts != ""
    for kind in discovery.counts:
        chosen = known & (discovery.verdicts == kind)
        places = cube.positions[chosen]
        axes.plot(places[:, across], places[:, up], "o", ms=3, color=POINT_COLOURS[kind], alpha=0.7, mew=0)
    (left, right), (low, high) = box.limits.get(across, (0.0, 1.0)), box.limits.get(up, (0.0, 1.0))
    axes.add_patch(Rectangle((left, low), right - left, high - low, fill=False, ec=INK, lw=1.2))
    axes.set_xlabel(cube.factors[across].label)
    axes.set_ylabel(cube.factors[up].label)
    name = discovery.outcome.replace("_", " ")
    axes.set_title(f"{discovery.label}\n{name} {verdict}:\n{rule(cube, box.limits)}", fontsize=7.5)


# --- emulators ------------------------------------------------------------------------------------------------------------------


def emulator_figures(emulators: Sequence[Emulator]) -> list[Drawn]:
    """Return one figure: a panel an emulator, what it told of unseen points over their means; none where there is no emulator."""
    shown = [found for found in emulators if found.score is not None]
    if not shown:
        return []
    with styled():
        figure, panels = _panels(len(shown), 2.9)
        for axes, found in zip(panels, shown, strict=False):
            ends = [found.held_out.min(), found.held_out.max()]
            axes.plot(ends, ends, color=QUIET, lw=0.8)
            axes.plot(found.held_out[:, 0], found.held_out[:, 1], "o", ms=3, color=ARM_COLOUR, alpha=0.6, mew=0)
            axes.set_title(f"{found.label}\n{found.outcome.label}")
            axes.set_xlabel(f"mean difference ({found.outcome.unit})")
            axes.set_ylabel("told unseen")
        return [drawn("emulators", "What emulators tell of points that they have not seen, over the means of these points' runs.", figure)]
