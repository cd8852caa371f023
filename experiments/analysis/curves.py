"""Dose-response: how an effect moves with a factor, and what may be said of the shape of that curve."""

from dataclasses import dataclass

import numpy as np

from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.levels import Doses, by_dose, listed, thinned
from experiments.analysis.responses import Responses
from experiments.analysis.statistics import MANY_SEEDS, Band, simultaneous_band
from experiments.analysis.surfaces import Judged, judge, value_text
from experiments.specs.spec import Contrast

RISES, FALLS, PEAK, TROUGH, FLAT, TURNS, UNCLEAR = "rises", "falls", "peak", "trough", "flat", "turns", "unclear"
#: All pairs of so many doses are compared; of more, so many evenly spread ones.
MOST_DOSES = 40


@dataclass(frozen=True)
class Curve:
    """The effect of one comparison on one outcome at each dose of a factor.

    effects: at each dose, other factors averaged seed by seed. band: holds the true curve at all doses at once (95 %). shape: RISES
    ... UNCLEAR. tops: the doses that may be the true peak or trough, as `shape_of` returns them.
    """

    doses: Doses
    contrast: Contrast
    outcome: OutcomeFacts
    effects: Judged
    band: Band
    shape: str
    tops: tuple[int, ...] = ()


def curve_of(responses: Responses, doses: Doses, contrast: Contrast, outcome: OutcomeFacts) -> Curve:
    """Return the curve of one comparison and outcome."""
    differences = by_dose(responses.differences(contrast, outcome.name), doses)
    effects = judge(differences.T, outcome.smallest_effect)
    differences = _measured(differences)
    shape, tops = shape_of(differences, outcome.smallest_effect) if doses.numeric else (UNCLEAR, ())
    return Curve(doses, contrast, outcome, effects, _closed(simultaneous_band(differences), differences), shape, tops)


def _measured(differences: np.ndarray) -> np.ndarray:
    """Return the seeds that have a value at one dose or more."""
    return differences[np.isfinite(differences).any(axis=1)]


def _closed(band: Band, differences: np.ndarray) -> Band:
    """Return the band, with no width at doses where all seeds have one and the same difference, as between equal arms."""
    even = _even(differences)
    fixed = differences[0] if len(differences) else band.mean
    return Band(band.n, band.mean, np.where(even, fixed, band.low), np.where(even, fixed, band.high), band.critical)


def _even(differences: np.ndarray) -> np.ndarray:
    """Return of which columns all values are equal, given as many seeds as a band needs."""
    if len(differences) < MANY_SEEDS:
        return np.zeros(differences.shape[1], bool)
    return np.ptp(differences, axis=0) == 0


# --- the shape ------------------------------------------------------------------------------------------------------------------


def shape_of(differences: np.ndarray, smallest_effect: float) -> tuple[str, tuple[int, ...]]:
    """Return (shape, doses that may be its peak or trough) of differences of shape (seeds, doses), doses in ascending order.

    Each dose is compared with each other one, seed by seed, and one max-t band holds all of these true differences at once (95 %): so
    all that is said of a curve errs at most in one of 20. FLAT: all lie within the smallest effect of interest. RISES: one or more are
    above 0 and none is below. FALLS: the reverse. PEAK: up to the dose with the highest mean some rise and none falls, beyond it some
    fall and none rises. TROUGH: the reverse. TURNS: both ups and downs, but neither of these. UNCLEAR: no pair of doses can be told
    apart, nor are all equivalent; always below ten seeds. The doses that may be the peak are those that no other one lies above.
    """
    kept = thinned(differences.shape[1], MOST_DOSES)
    differences = _measured(differences[:, kept])
    first, second = np.triu_indices(len(kept), 1)
    between = differences[:, second] - differences[:, first]
    if len(between) < MANY_SEEDS or not first.size:
        return UNCLEAR, ()
    band = _closed(simultaneous_band(between), between)
    if np.all((-smallest_effect < band.low) & (band.high < smallest_effect)):
        return FLAT, ()
    up, down = band.low > 0, band.high < 0
    if up.any() != down.any():
        return (RISES if up.any() else FALLS), ()
    if not up.any():
        return UNCLEAR, ()
    mean = np.where(np.isfinite(differences).all(axis=0), differences.mean(axis=0), np.nan)
    for name, rising, falling, top in ((PEAK, up, down, int(np.nanargmax(mean))), (TROUGH, down, up, int(np.nanargmin(mean)))):
        before, after = second <= top, first >= top
        if rising[before].any() and falling[after].any() and not falling[before].any() and not rising[after].any():
            beaten = np.union1d(first[rising], second[falling])
            return name, tuple(np.delete(kept, beaten).tolist())
    return TURNS, ()


# --- in words -------------------------------------------------------------------------------------------------------------------


def shape_text(curve: Curve) -> str:
    """Return what may be said of the curve: 'rises with size of reward; above 0 from 5 to 20'."""
    if curve.band.n < MANY_SEEDS:
        return f"nothing is said of its shape: that takes {MANY_SEEDS} replications with values"
    return f"{_form(curve)}; {sign_text(curve)}" if curve.doses.numeric else sign_text(curve)


def _form(curve: Curve) -> str:
    label, outcome = curve.doses.factor.label, curve.outcome
    ends = [value_text(curve.doses.values[place]) for place in (*curve.tops[:1], *curve.tops[1:][-1:])]
    at = f"at {label} {ends[0]}" if len(ends) == 1 else f"somewhere from {label} {' to '.join(ends)}"
    return {
        RISES: f"rises with {label}",
        FALLS: f"falls with {label}",
        PEAK: f"peaks {at}",
        TROUGH: f"is lowest {at}",
        TURNS: f"goes up and down with {label}",
        FLAT: f"flat: no two values of {label} differ by {outcome.text(outcome.smallest_effect)} or more",
        UNCLEAR: f"whether it rises or falls with {label} is unclear",
    }[curve.shape]


def sign_text(curve: Curve) -> str:
    """Return where the band lies above or below 0, or that the effect is too small to matter at every dose."""
    band, smallest = curve.band, curve.outcome.smallest_effect
    if not np.isfinite(band.low).any():
        return "no dose has a band, so nothing is said of its sign"
    if np.all((-smallest < band.low) & (band.high < smallest)):
        return f"within ±{curve.outcome.text(smallest)} everywhere"
    parts = [f"{word} 0 {_stretch(curve, where)}" for word, where in (("above", band.low > 0), ("below", band.high < 0)) if where.any()]
    return " and ".join(parts) or "nowhere apart from 0"


def _stretch(curve: Curve, where: np.ndarray) -> str:
    """Return at which doses something holds: 'everywhere', 'from 5 to 20', 'at 5, 10 and 40', 'where topology is random'."""
    values, held = curve.doses.values, np.flatnonzero(where)
    texts = [value_text(values[place]) for place in held]
    if len(held) == len(values):
        return "everywhere"
    if curve.doses.numeric and len(held) > 2 and held[-1] - held[0] == len(held) - 1:
        return f"from {texts[0]} to {texts[-1]}"
    if len(held) > 4:
        return f"at {len(held)} of {len(values)} values"
    return f"at {listed(texts)}" if curve.doses.numeric else f"where {curve.doses.factor.label} is {listed(texts, 'or')}"
