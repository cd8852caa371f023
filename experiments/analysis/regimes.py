"""Where in the plane of two factors an effect raises, erodes, is too small to matter or uncertain; main effects over many factors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.levels import averaged, is_grid, is_number, levels_of, listed, places_of, thinned, varied
from experiments.analysis.responses import Responses
from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, RAISES, t_interval
from experiments.analysis.surfaces import CODES, judge, judged, value_text
from experiments.specs.designs import Factor
from experiments.specs.spec import Contrast

#: So many panels a figure has at most.
MOST_PANELS = 9
PALE = 3
#: A scatter has at most so many bins, each with at least so many points.
MOST_BINS, FEWEST_IN_BIN = 10, 8
#: A factor is not named where points are said to lie if at most this share of the design's points is thereby left out.
NEGLIGIBLE = 0.2
#: What points have in common in more factors than this tells nothing: few points lie in many ranges by chance.
TELLING = 5


@dataclass(frozen=True)
class Sheet:
    """One panel of a regime map: mean effects, in the outcome's unit, and verdicts (places in VERDICTS), both of shape (y, x)."""

    title: str
    mean: np.ndarray
    verdict: np.ndarray

    @property
    def hatched(self) -> np.ndarray:
        """Where the verdict is inconclusive, or nothing was measured, shape (y, x)."""
        return self.verdict == CODES[INCONCLUSIVE]

    def marks(self) -> np.ndarray:
        """Return the sign that stands in each cell, so that the map is read without colour, shape (y, x); empty where hatched."""
        signs = {RAISES: "+", ERODES: "\N{MINUS SIGN}", EQUIVALENT: "="}
        found = np.full(self.verdict.shape, "", dtype="<U1")
        for verdict, sign in signs.items():
            found[self.verdict == CODES[verdict]] = sign
        return found


@dataclass(frozen=True)
class Regime:
    """A regime map of one comparison and outcome over two factors: one sheet a level of a third, or one alone.

    held: what happens with further factors, in words. left_out: levels of the third factor that are not shown.
    """

    contrast: Contrast
    outcome: OutcomeFacts
    x: Factor
    y: Factor
    x_values: tuple[Any, ...]
    y_values: tuple[Any, ...]
    sheets: tuple[Sheet, ...]
    held: str = ""
    left_out: int = 0


def regime_of(responses: Responses, contrast: Contrast, outcome: OutcomeFacts) -> Regime | None:
    """Return the map over the first two factors that vary, panels over the third; None unless the points fill such a grid.

    Over further factors differences are averaged, seed by seed, before anything is judged.
    """
    axes = varied(responses)[:3]
    if len(axes) < 2 or not is_grid(responses):
        return None
    values = [levels_of(responses, place) for place in axes]
    grouped = _grouped(responses, axes, responses.differences(contrast, outcome.name))
    found = judge(grouped, outcome.smallest_effect)
    shape = (-1, len(values[1]), len(values[0]))
    mean, verdict = found.mean.reshape(shape), found.verdict.reshape(shape)
    kept = thinned(len(mean), MOST_PANELS)
    titles = [f"{responses.factors[axes[2]].label} {value_text(value)}" for value in values[2]] if len(axes) > 2 else [""]
    sheets = tuple(Sheet(titles[i], mean[i], verdict[i]) for i in kept)
    x, y = (responses.factors[place] for place in axes[:2])
    return Regime(contrast, outcome, x, y, values[0], values[1], sheets, averaged(responses, axes), len(mean) - len(kept))


def _grouped(responses: Responses, axes: Sequence[int], differences: np.ndarray) -> np.ndarray:
    """Return differences by cell of these factors, the last one slowest, averaged over the rest: shape (cells, replications)."""
    cell, stride = np.zeros(len(responses.points), int), 1
    for place in axes:
        cell += stride * places_of(responses, place)
        stride *= len(levels_of(responses, place))
    return differences[np.argsort(cell, kind="stable")].reshape(stride, -1, differences.shape[1]).mean(axis=1)


def colour_limit(sheets: Iterable[Sheet], smallest_effect: float) -> float:
    """Return the effect at either end of the colours of these panels, which share it: the largest, but PALE times what matters at least.

    So what is too small to matter is pale, however little there is to see.
    """
    largest = max((float(np.nanmax(np.abs(sheet.mean), initial=0)) for sheet in sheets), default=0.0)
    return max(largest, PALE * smallest_effect) or 1.0


# --- many factors ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bins:
    """Mean effects over bins of points: middle places on the axis, means and ends of their 95 % t intervals, all of shape (bins,)."""

    places: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class MainEffect:
    """One factor's part in a comparison: each point's value of it and mean effect, and the mean over bins of points.

    names: of the levels, where they are not numbers; then places count them from 0. places, mean, verdict: shape (points with a value,).
    """

    factor: Factor
    places: np.ndarray
    mean: np.ndarray
    verdict: np.ndarray
    bins: Bins
    names: tuple[str, ...] = ()


def main_effects(responses: Responses, contrast: Contrast, outcome: OutcomeFacts) -> list[MainEffect]:
    """Return the main effect of every factor that varies, those whose binned means move most first."""
    found = judged(responses, contrast, outcome)
    effects = [_main_effect(responses, place, found.mean, found.verdict) for place in varied(responses)]
    return sorted(effects, key=lambda effect: -_reach(effect.bins.mean))


def _reach(means: np.ndarray) -> float:
    return float(np.ptp(means)) if means.size else 0.0


def _main_effect(responses: Responses, place: int, mean: np.ndarray, verdict: np.ndarray) -> MainEffect:
    factor, values, levels = responses.factors[place], [point[place] for point in responses.points], levels_of(responses, place)
    numeric = all(map(is_number, levels))
    places = np.array([np.nan if value is None else value for value in values], float) if numeric else places_of(responses, place) * 1.0
    kept = np.isfinite(mean) & (places >= 0 if not numeric else np.isfinite(places))
    places, mean, verdict = places[kept], mean[kept], verdict[kept]
    names = () if numeric else tuple(map(value_text, levels))
    return MainEffect(factor, places, mean, verdict, binned(places, mean), names)


def binned(places: np.ndarray, values: np.ndarray) -> Bins:
    """Return means and their 95 % t intervals over bins with equally many points, one a level where there are few levels.

    places, values: shape (points,), none of them NaN. A bin with one point has no interval (NaN).
    """
    levels = np.unique(places)
    if len(levels) <= MOST_BINS:
        groups = [np.flatnonzero(places == level) for level in levels]
    else:
        number = int(np.clip(len(places) // FEWEST_IN_BIN, 1, MOST_BINS))
        groups = np.array_split(np.argsort(places, kind="stable"), number)
    rows = []
    for group in groups:
        inside = values[group]
        sd = float(inside.std(ddof=1)) if inside.size > 1 else 0.0
        rows.append((float(np.median(places[group])), float(inside.mean()), *t_interval(float(inside.mean()), sd, inside.size, 0.95)))
    return Bins(*np.array(rows, float).reshape(-1, 4).T)


# --- in words -------------------------------------------------------------------------------------------------------------------


def where_text(responses: Responses, points: np.ndarray) -> str:
    """Return what these points have in common: 'only where size of reward is 10 to 20 and fines is high'.

    points: truth values, shape (points,). Numbers are given from the lowest to the highest; a factor is left out if so much of it is
    covered that no more than a fifth of the design's points lie outside; more than five factors tell nothing. 'wherever': all points that
    fit are meant, not only some.
    """
    if points.all():
        return "everywhere"
    inside, parts = np.ones(len(points), bool), []
    for place in varied(responses):
        levels, places = levels_of(responses, place), places_of(responses, place)
        found = np.unique(places[points])
        numeric = all(map(is_number, levels))
        fits = (found[0] <= places) & (places <= found[-1]) if found.size and numeric else np.isin(places, found)
        if found.size and found[0] >= 0 and np.mean(fits) <= 1 - NEGLIGIBLE:
            inside &= fits
            texts = [value_text(levels[i]) for i in (np.arange(found[0], found[-1] + 1) if numeric else found)]
            several = len(texts) > 2 and numeric
            parts.append(f"{responses.factors[place].label} is {f'{texts[0]} to {texts[-1]}' if several else _either(texts)}")
    if not 0 < len(parts) <= TELLING:
        return "here and there"
    return f"{'wherever' if np.array_equal(inside, points) else 'only where'} {listed(parts)}"


def _either(texts: Sequence[str], most: int = 4) -> str:
    """Return texts as alternatives: 'a, b or c'; of more than `most` their number."""
    return f"one of {len(texts)}" if len(texts) > most else listed(texts, "or")
