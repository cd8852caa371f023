"""Tables of effects on the page: mean, interval and verdict, each beside the zone that is too small to matter."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import solara
from solara.alias import rv

from dashboard.stored.findings import Effect, Findings
from dashboard.stored.shelf import plain
from dashboard.stored.shelf_view import Press
from dashboard.stored.wording import Words, interval_text, mean_text, outcome_text, point_text, said
from experiments.analysis.effects import OutcomeFacts
from experiments.report.wording import MARKS
from experiments.specs.spec import Contrast

#: A design that is no grid has so many of its points listed.
MOST_POINTS = 60
#: The scale of a table reaches so many smallest effects of interest to either side: at least, and at most.
NARROWEST, WIDEST = 2.0, 6.0
#: Of an interval that lies beyond a scale so much is drawn, in percent, with its arrow.
STUB = 5.0


@solara.component
def EffectsOf(findings: Findings, contrast: Contrast, point: int, words: Words):
    """The table of one comparison at one point: a row a headline outcome."""
    effects = findings.effects(contrast, point)
    reach = scale_of(effects)
    rv.Html(tag="h3", children=[said(words, "table.title")])
    with rv.Html(tag="table", class_="effects"):
        _Heads("outcome", words)
        with rv.Html(tag="tbody"):
            for effect in effects:
                _Row(outcome_text(words, effect.outcome.name), effect, reach, words).key(effect.outcome.name)
    rv.Html(tag="p", class_="quiet explanation", children=[said(words, "table.explanation")])


@solara.component
def PointsOf(findings: Findings, contrast: Contrast, outcome: OutcomeFacts, point: int, choose: Callable[[int], None], words: Words):
    """List the points of a design that is no grid, with the effect on one outcome at each; a click chooses a point."""
    shown = min(len(findings.points), MOST_POINTS)
    effects = {number: effect for number in range(shown) if (effect := findings.effect(contrast, outcome, number)) is not None}
    reach = scale_of(list(effects.values()))
    rv.Html(tag="h3", children=[f"{said(words, 'points.title')}: {outcome_text(words, outcome.name)}"])
    with rv.Html(tag="table", class_="effects points"):
        _Heads("point", words)
        with rv.Html(tag="tbody"):
            for number, effect in effects.items():
                text = plain(point_text(words, findings, number), 120)
                _Row(text, effect, reach, words, lambda number=number: choose(number), number == point).key(str(number))
    if shown < len(findings.points):
        rv.Html(tag="p", class_="quiet", children=[said(words, "points.left_out", shown=shown, points=f"{len(findings.points):,}")])


@solara.component
def _Heads(first: str, words: Words):
    with rv.Html(tag="thead"), rv.Html(tag="tr"):
        for head in (first, "mean", "interval", "scale", "verdict"):
            rv.Html(tag="th", class_=head, attributes={"scope": "col"}, children=[said(words, f"table.{head}")])


@solara.component
def _Row(name: str, effect: Effect, reach: float, words: Words, on_press: Callable[[], None] | None = None, chosen: bool = False):
    about = f"{effect.outcome.meaning} ({effect.outcome.unit}); n = {effect.n}"
    with rv.Html(tag="tr", class_=f"{effect.verdict} chosen" if chosen else effect.verdict):
        with rv.Html(tag="th", attributes={"scope": "row", "title": about}):
            if on_press is None:
                rv.Html(tag="span", children=[name])
            else:
                Press(name, on_press, "point", pressed=chosen)
        rv.Html(tag="td", class_="mean", children=[mean_text(words, effect)])
        rv.Html(tag="td", class_="interval quiet", children=[interval_text(words, effect)])
        with rv.Html(tag="td", class_="scale", attributes={"aria-hidden": "true"}):
            _Whisker(effect, reach)
        rv.Html(tag="td", class_="verdict", children=[f"{MARKS[effect.verdict]} {said(words, f'verdict.{effect.verdict}')}"])


@solara.component
def _Whisker(effect: Effect, reach: float):
    half, line = 50 / reach, whisker_of(effect, reach)
    with rv.Html(tag="div", class_="whisker"):
        rv.Html(tag="i", class_="zone", style_=f"left:{50 - half:.2f}%;width:{2 * half:.2f}%")
        rv.Html(tag="i", class_="zero")
        if line is not None:
            ends = f"bar{' goes-left' if line.goes_left else ''}{' goes-right' if line.goes_right else ''}"
            rv.Html(tag="i", class_=ends, style_=f"left:{line.low:.2f}%;width:{line.high - line.low:.2f}%")
            if line.mean is not None:
                rv.Html(tag="i", class_="dot", style_=f"left:{line.mean:.2f}%")


# --- where things lie on the scale ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whisker:
    """An interval and its mean as percentages of a scale, and at which ends of it the interval goes on.

    The interval is cut there, but at least STUB of it is shown; the mean is None where it lies beyond.
    """

    low: float
    mean: float | None
    high: float
    goes_left: bool
    goes_right: bool


def scale_of(effects: list[Effect]) -> float:
    """Return how many smallest effects of interest a scale reaches to either side: what the intervals need, from NARROWEST to WIDEST."""
    ends = [
        abs(value) / effect.outcome.smallest_effect
        for effect in effects
        for value in (effect.mean, effect.low95, effect.high95)
        if effect.outcome.smallest_effect and isfinite(value)
    ]
    return min(max([NARROWEST, *(1.05 * end for end in ends)]), WIDEST)


def whisker_of(effect: Effect, reach: float) -> Whisker | None:
    """Return where an effect lies on a scale; None where there is no mean, or no smallest effect of interest to measure it by."""
    smallest = effect.outcome.smallest_effect
    if not smallest or not isfinite(effect.mean):
        return None
    ends = [value if isfinite(value) else effect.mean for value in (effect.low95, effect.mean, effect.high95)]
    low, mean, high = (50 + 50 * value / smallest / reach for value in ends)
    shown = mean if 0 <= mean <= 100 else None
    return Whisker(min(max(low, 0.0), 100.0 - STUB), shown, max(min(high, 100.0), STUB), low < 0, high > 100)
