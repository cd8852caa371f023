"""The results of a design on the terminal and as parts of a report."""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.analysis.responses import Responses
from experiments.analysis.surfaces import VERDICTS, joint_verdicts, judged, shown_outcomes, subject, value_text
from experiments.report.design_wording import counts, design_doubts, heading, middle, shape_sentences, size_text, where_sentence
from experiments.report.tables import STYLES
from experiments.report.templates import template
from experiments.report.wording import MARKS, SHORT
from experiments.specs.spec import Contrast

if TYPE_CHECKING:
    import pyarrow as pa
    from markupsafe import Markup

    from experiments.report.figures import Drawn

#: The terminal shows at most so many lines, of which so many comparisons.
MOST_LINES, MOST_ROWS = 25, 6
#: From so many columns on, the terminal has room for the names of verdicts.
WIDE = 100
#: A table of the report has at most so many points of a comparison, and there are at most so many tables.
MOST_POINTS, MOST_TABLES = 60, 12
#: The parts of a report: what the names of their figures begin with, and their headings.
SECTIONS = {
    "regime": "Where in the plane of two factors",
    "dose": "Dose by dose",
    "main-effects": "Factor by factor",
    "distribution": "How replications differ",
}
BY_POINT = (
    "Verdicts are given point by point and are not corrected for their number: where nothing differs, one outcome raises or erodes at up "
    "to one point of 20. What is said of a curve’s shape holds for all its doses at once."
)


# --- the terminal ---------------------------------------------------------------------------------------------------------------


def print_design(responses: Responses, console: Console) -> None:
    """Print how many points raise and erode by comparison, where they lie, and the shapes of curves: at most 25 lines."""
    contrasts = responses.contrasts
    if not contrasts or not responses.points:
        console.print(Text("There is nothing to compare: the design has no comparison or no point."))
        return
    console.print(_count_table(responses, named=console.width >= WIDE))
    room = MOST_LINES - 4 - min(len(contrasts), MOST_ROWS) - (len(contrasts) > MOST_ROWS)
    told = (where_sentence(responses, contrast) for contrast in contrasts[:MOST_ROWS])
    notes = (f"Note: {doubt}" for doubt in design_doubts(responses))
    console.print(Text(f"{size_text(responses)}. More in responses.csv and the report.", style="dim"), no_wrap=True, overflow="ellipsis")
    console.print()
    for sentence in chain(told, notes, shape_sentences(responses)):
        lines = Text(f"- {sentence}.").wrap(console, console.width)
        if len(lines) > room:
            break
        room -= len(lines)
        console.print(lines)


def _count_table(responses: Responses, named: bool) -> Table:
    """Return how many points have which verdict, a row a comparison; verdicts are named, or only marked where there is no room."""
    table = Table(title=heading(responses), title_justify="left", box=None, pad_edge=False, padding=(0, 1))
    table.add_column("", no_wrap=True)
    for verdict in VERDICTS:
        table.add_column(Text(f"{verdict} {MARKS[verdict]}" if named else MARKS[verdict]), justify="right", no_wrap=True)
    for contrast in responses.contrasts[:MOST_ROWS]:
        found = counts(joint_verdicts(responses, contrast))
        cells = [Text(str(number), style=STYLES[verdict] if number else "dim") for verdict, number in found.items()]
        table.add_row(responses.label(contrast), *cells)
    left = len(responses.contrasts) - MOST_ROWS
    if left > 0:
        table.add_row(Text(f"and {left} more comparisons", style="dim"))
    return table


# --- the report -----------------------------------------------------------------------------------------------------------------


def design_parts(responses: Responses, figures: "Iterable[Drawn] | None" = None, effects: "pa.Table | None" = None) -> "Markup":
    """Return the parts of a report on a design as HTML, to stand within its page: counts, figures, tables of points.

    figures: as `design_figures.design_figures` returns them; drawn here where they are not given. effects: as
    `surfaces.effects_by_point` returns them; with them, it is said what many comparisons leave of the verdicts.
    """
    from markupsafe import Markup

    if figures is None:
        from experiments.report.design_figures import design_figures

        figures = design_figures(responses)
    page = template("design_parts.html.j2").render(
        heading=heading(responses),
        size=size_text(responses),
        by_point=BY_POINT,
        verdicts=[(verdict, MARKS[verdict]) for verdict in VERDICTS],
        comparisons=[_comparison(responses, contrast) for contrast in responses.contrasts],
        doubts=list(design_doubts(responses, effects)),
        shapes=list(shape_sentences(responses)),
        sections=_sections(list(figures)),
        factors=[factor.label for factor in responses.factors],
        outcomes=[SHORT.get(outcome.name, outcome.label) for outcome in shown_outcomes(responses)],
        subject=subject(responses),
        tables=[point_table(responses, contrast) for contrast in responses.contrasts[:MOST_TABLES]],
    )
    return Markup(page)


def _comparison(responses: Responses, contrast: Contrast) -> dict[str, Any]:
    found = counts(joint_verdicts(responses, contrast))
    return {"label": responses.label(contrast), "counts": list(found.items()), "where": where_sentence(responses, contrast)}


def _sections(figures: "list[Drawn]") -> list[dict[str, Any]]:
    """Return the figures by the part they belong to, as elements of a page."""
    from markupsafe import Markup

    from experiments.report.figures import inline

    found = []
    for start, title in SECTIONS.items():
        own = [
            {"svg": Markup(inline(each.svg, each.name)), "caption": each.caption} for each in figures if each.name.startswith(f"{start}-")
        ]
        if own:
            found.append({"title": title, "figures": own})
    return found


def point_table(responses: Responses, contrast: Contrast) -> dict[str, Any]:
    """Return the table of a comparison's points: all in the design's order, or of many those with the highest and lowest effects."""
    mean = middle(responses, contrast)
    points, note = np.arange(len(mean)), ""
    if len(mean) > MOST_POINTS:
        order = np.argsort(-mean, kind="stable")[: int(np.isfinite(mean).sum())]
        half = MOST_POINTS // 2
        points = np.concatenate([order[:half], order[max(half, len(order) - half) :]])
        label = SHORT.get(shown_outcomes(responses)[0].name, shown_outcomes(responses)[0].label)
        note = f"Of {len(mean)} points, the {len(points)} where {label} moves most, up and down; responses.csv has all."
    outcomes = [(outcome, judged(responses, contrast, outcome)) for outcome in shown_outcomes(responses)]
    joint = joint_verdicts(responses, contrast)
    rows = []
    for point in points.tolist():
        cells = [
            {
                "value": outcome.text(float(found.mean[point]), True),
                "span": outcome.span(float(found.low95[point]), float(found.high95[point])),
                "verdict": VERDICTS[found.verdict[point]],
                "mark": MARKS[VERDICTS[found.verdict[point]]],
            }
            for outcome, found in outcomes
        ]
        values = [value_text(value) for value in responses.points[point]]
        rows.append({"values": values, "cells": cells, "verdict": VERDICTS[joint[point]]})
    return {"label": responses.label(contrast), "note": note, "rows": rows}
