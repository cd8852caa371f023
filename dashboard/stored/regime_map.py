"""A regime map to be clicked: which cells lie where in the plane of two factors, and what each shows and says. Plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from dashboard.stored.findings import Findings
from dashboard.stored.shelf import plain
from dashboard.stored.wording import Words, comparison_text, interval_text, level_text, mean_text, outcome_text, point_text, said
from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.levels import levels_of, places_of, varied
from experiments.analysis.regimes import Sheet, colour_limit
from experiments.analysis.statistics import EQUIVALENT, ERODES, RAISES
from experiments.specs.designs import Factor
from experiments.specs.spec import Contrast

#: A map with more cells is not for clicking.
MOST_CELLS = 2_500
#: Up to so many levels a side, cells hold their numbers, and up to so many their signs.
MOST_NUMBERS, MOST_SIGNS = 7, 24
SIGNS = {RAISES: "+", ERODES: "\N{MINUS SIGN}", EQUIVALENT: "="}


@dataclass(frozen=True)
class Axis:
    """A factor that varies: where it stands among the factors of a point, and its levels, numbers ascending."""

    place: int
    factor: Factor
    levels: tuple[Any, ...]


def axes_of(findings: Findings) -> tuple[Axis, ...]:
    """Return the factors that vary: the first goes across, the second up, the others are held at one level each."""
    layout = findings.layout
    return tuple(Axis(place, findings.factors[place], levels_of(layout, place)) for place in varied(layout))


def point_at(findings: Findings, levels: Sequence[int]) -> int:
    """Return the point at which each axis has the level of this number. Raises LookupError unless there is just one."""
    fits = np.ones(len(findings.points), bool)
    for axis, level in zip(axes_of(findings), levels, strict=True):
        fits &= places_of(findings.layout, axis.place) == level
    found = np.flatnonzero(fits)
    if len(found) != 1:
        raise LookupError(f"{len(found)} points have the levels {list(levels)}: expected one")
    return int(found[0])


def levels_at(findings: Findings, point: int) -> tuple[int, ...]:
    """Return the number of the level that each axis has at a point."""
    return tuple(int(places_of(findings.layout, axis.place)[point]) for axis in axes_of(findings))


def cells_of(findings: Findings, point: int) -> np.ndarray:
    """Return the points of the map on which a point lies, shape (levels up, levels across), from the lowest levels on."""
    axes, layout = axes_of(findings), findings.layout
    on_it = np.ones(len(findings.points), bool)
    for axis in axes[2:]:
        places = places_of(layout, axis.place)
        on_it &= places == places[point]
    own = np.flatnonzero(on_it)
    across, up = (places_of(layout, axis.place)[own] for axis in axes[:2])
    cells = np.full((len(axes[1].levels), len(axes[0].levels)), -1)
    cells[up, across] = own
    return cells


def map_data(words: Words, findings: Findings, contrast: Contrast, outcome: OutcomeFacts, point: int) -> dict[str, Any]:
    """Return what the map in the browser shows: JSON's kinds of values alone, rows from the highest level of the upward factor down.

    The ends of the scale are those of all comparisons and all levels of further factors, so that colours mean the same on every map of
    an outcome. Empty where the table has nothing of this comparison and outcome.
    """
    if findings.column(contrast, outcome.name) is None:
        return {}
    x, y = axes_of(findings)[:2]
    cells, limit = cells_of(findings, point), _limit(findings, outcome)
    rows = [[_cell(words, findings, contrast, outcome, own, limit) for own in row] for row in cells[::-1].tolist()]
    side = max(cells.shape)
    return {
        "name": said(words, "map.name", outcome=outcome_text(words, outcome.name), comparison=comparison_text(words, findings, contrast)),
        "x": {"label": plain(x.factor.label, 60), "levels": [level_text(words, level) for level in x.levels]},
        "y": {"label": plain(y.factor.label, 60), "levels": [level_text(words, level) for level in y.levels[::-1]]},
        "rows": rows,
        "shows": "numbers" if side <= MOST_NUMBERS else "signs" if side <= MOST_SIGNS else "colours",
        "scale": {"low": outcome.text(-limit, True), "high": outcome.text(limit, True), "matters": outcome.smallest_effect / limit},
        "words": {key: said(words, f"map.{key}") for key in ("hint", "hatched", "signs")},
    }


def _limit(findings: Findings, outcome: OutcomeFacts) -> float:
    columns = [column for (_, _, name), column in findings.columns.items() if name == outcome.name]
    return colour_limit([Sheet("", column.mean, column.verdict) for column in columns], outcome.smallest_effect)


def _cell(words: Words, findings: Findings, contrast: Contrast, outcome: OutcomeFacts, point: int, limit: float) -> dict[str, Any]:
    """Return a cell: its point, the mean as a share (-1 to 1) of the scale, its sign, empty where hatched, its number, and its sentence."""
    effect = findings.effect(contrast, outcome, point)
    place = point_text(words, findings, point)
    if effect is None:
        return {"point": point, "share": 0, "sign": "", "text": "", "say": f"{place}: {said(words, 'table.not_measured')}"}
    says = {"mean": mean_text(words, effect), "interval": interval_text(words, effect), "verdict": said(words, f"verdict.{effect.verdict}")}
    return {
        "point": point,
        "share": effect.mean / limit if isfinite(effect.mean) else 0,
        "sign": SIGNS.get(effect.verdict, ""),
        "text": outcome.text(effect.mean, True, short=True),
        "say": said(words, "map.cell", place=place, **says),
    }
