"""Whether two records of one run are equal, and in words the first thing that is not: pure functions of arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

#: Values that differ by no more than this share of the larger one, or by no more than SMALL, differ by rounding alone.
TOLERANCE, SMALL = 1e-9, 1e-12


@dataclass(frozen=True)
class Change:
    """The first difference in words; `rounding` if nothing differs by more than the tolerance.

    week, outcome: where it is, of two series that have the same weeks.
    """

    text: str
    rounding: bool = False
    week: int | None = field(default=None, compare=False)
    outcome: str = field(default="", compare=False)


def series_change(stored: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray], outcomes: Iterable[str]) -> Change | None:
    """Return the first week, and in it the first outcome in the order of `outcomes`, in which two series differ; None if nowhere.

    stored, now: {'tick' and outcomes: one value a tick}, NaN where nothing was measured; `stored` may be empty. Named is the first
    difference of more than the tolerance, or, if there is none, the first by rounding.
    """
    ticks = stored.get("tick", np.empty(0))
    if not np.array_equal(ticks, now["tick"]):
        return Change(f"weeks: stored {_weeks(ticks)}, now {_weeks(now['tick'])}")
    names = list(outcomes)
    before, after = (np.array([series[name] for name in names], float).reshape(len(names), -1) for series in (stored, now))
    for unlike, rounding in ((~_close(before, after), False), (~_same(before, after), True)):
        if unlike.any():
            week = int(np.flatnonzero(unlike.any(axis=0))[0])
            first = int(np.flatnonzero(unlike[:, week])[0])
            values, tick = shown(before[first, week], after[first, week]), int(now["tick"][week])
            return Change(f"differs first in week {tick}, outcome {names[first]}: {values}", rounding, tick, names[first])
    return None


def means_change(stored: Mapping[str, float], now: Mapping[str, float], outcomes: Iterable[str]) -> Change | None:
    """Return the first outcome of which two means differ by more than the tolerance; None if none does."""
    names = list(outcomes)
    before, after = (np.array([means[name] for name in names], float) for means in (stored, now))
    for first in np.flatnonzero(~_close(before, after))[:1].tolist():
        return Change(f"mean of outcome {names[first]} over the effect window: {shown(before[first], after[first])}")
    return None


def _close(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    larger = np.fmax(np.abs(one), np.abs(other))
    with np.errstate(invalid="ignore"):
        return (np.abs(one - other) <= TOLERANCE * larger + SMALL) | _same(one, other)


def _same(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one == other) | (np.isnan(one) & np.isnan(other))


def _weeks(ticks: np.ndarray) -> str:
    """Return in words which ticks there are: 'weeks 0 to 29 (30 rows)'."""
    return f"{ticks[0]} to {ticks[-1]} ({len(ticks)} rows)" if len(ticks) else "none"


def shown(stored: float, now: float) -> str:
    """Return both values with as many digits as tell them apart: 'stored 0.31, now 0.33'."""
    before = after = ""
    for digits in (4, 8, 17):
        before, after = ("not measured" if np.isnan(value) else f"{value:.{digits}g}" for value in (stored, now))
        if before != after:
            break
    return f"stored {before}, now {after}"
