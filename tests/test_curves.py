"""Dose-response: which points make a curve, its intervals and band, and what is said of its shape."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.analysis.curves import FALLS, FLAT, MOST_DOSES, PEAK, RISES, TROUGH, TURNS, UNCLEAR, curve_of, shape_of, shape_text
from experiments.analysis.levels import by_dose, dose_sets, is_grid, levels_of, listed, thinned
from experiments.analysis.statistics import paired, simultaneous_band
from experiments.analysis.surfaces import MEASURES
from experiments.specs.designs import Factor
from tests.design_worlds import TRUST, factor, of_arrays, of_effect

NAN = math.nan
#: Twelve seeds of luck, with mean 0 and standard deviation 1, none alike.
LUCK = np.linspace(-1, 1, 12) / np.linspace(-1, 1, 12).std(ddof=1)


def noisy(means, noise: float = 1.0, seeds: int = 20) -> np.ndarray:
    """Return differences of (seeds, doses) whose sample means are exactly these, with independent noise."""
    draws = np.random.default_rng(5).normal(size=(seeds, len(means)))
    return np.array(means, float) + noise * (draws - draws.mean(axis=0)) / draws.std(axis=0, ddof=1)


# --- which points make a curve --------------------------------------------------------------------------------------------------


def test_the_other_factors_of_a_grid_are_averaged_seed_by_seed():
    """Two doses, two networks: values 1, 3 at the first dose and 5, 9 at the second: means 2 and 7 in the first seed."""
    values = {("a", TRUST): np.zeros((4, 2)), ("b", TRUST): np.array([[1.0, 0], [3, 0], [5, 1], [9, 1]])}
    points = [(1, "ring"), (1, "star"), (2, "ring"), (2, "star")]
    responses = of_arrays(values, [factor("dose", 1, 2), factor("network", "ring", "star")], points)
    first, second = dose_sets(responses)
    assert by_dose(values["b", TRUST], first).tolist() == [[2, 7], [0, 1]]
    assert by_dose(values["b", TRUST], second).tolist() == [[3, 6], [0.5, 0.5]]
    assert (first.held, second.held) == ("averaged over network", "averaged over dose")
    assert (first.numeric, second.numeric) == (True, False)


def test_a_seed_that_lacks_one_of_the_averaged_points_has_no_mean():
    values = np.array([[1.0, 1], [NAN, 3], [2, 2], [4, 4]])
    responses = of_arrays({("b", TRUST): values}, [factor("x", 1, 2), factor("y", 1, 2)], [(1, 1), (1, 2), (2, 1), (2, 2)])
    found = by_dose(values, dose_sets(responses)[0])
    assert np.isnan(found[0, 0])
    assert found[1].tolist() == [2, 3]


def test_numbers_are_put_in_order_and_text_left_in_its_own():
    responses = of_effect(lambda *_: 0.0, [factor("dose", 10, 2, 5), factor("kind", "z", "a")])
    assert levels_of(responses, 0) == (2, 5, 10)
    assert levels_of(responses, 1) == ("z", "a")


def test_one_at_a_time_leaves_the_other_factors_and_the_centre_out():
    points = [(None, None), (1, None), (2, None), (None, 7), (None, 8)]
    responses = of_effect(lambda *_: 0.0, [factor("x", 1, 2), factor("y", 7, 8)], points, "one-at-a-time")
    x, y = dose_sets(responses)
    assert [group.tolist() for group in x.groups] == [[1], [2]]
    assert [group.tolist() for group in y.groups] == [[3], [4]]
    assert x.held == "the other factors as the arms have them"


def test_a_zip_is_drawn_along_its_first_factor_whose_values_differ():
    points = [("low", 1), ("low", 2), ("high", 3)]
    responses = of_effect(lambda *_: 0.0, [factor("kind", "low", "high"), factor("dose", 1, 2, 3)], points, "zip")
    (doses,) = dose_sets(responses)
    assert (doses.factor.name, doses.held) == ("dose", "kind moving along with it")


def test_a_table_is_a_grid_if_its_points_are_all_combinations_once():
    factors = [Factor("x", "x", "a.x"), Factor("y", "y", "a.y")]
    whole = [(2, "q"), (1, "p"), (1, "q"), (2, "p")]
    for points, expected in ((whole, True), (whole[:3], False), ([*whole, whole[0]], False), ([(1, None), *whole[1:]], False)):
        responses = of_effect(lambda *_: 0.0, factors, points, "table")
        assert is_grid(responses) is expected
        assert len(dose_sets(responses)) == (2 if expected else 0)


def test_a_factor_with_one_level_has_no_curve():
    responses = of_effect(lambda *_: 0.0, [factor("x", 3), factor("y", 1, 2)])
    assert [doses.factor.name for doses in dose_sets(responses)] == ["y"]
    assert dose_sets(responses)[0].held == ""


@given(st.integers(0, 60), st.integers(1, 20))
def test_thinned_places_keep_the_ends_in_order(length, most):
    found = thinned(length, most).tolist()
    assert len(found) == min(length, most)
    assert found == sorted(set(found))
    assert not found or found[0] == 0
    assert len(found) < 2 or found[-1] == length - 1


def test_lists_in_words():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert listed(["a", "b", "c"], "or") == "a, b or c"


# --- the curve ------------------------------------------------------------------------------------------------------------------


def test_a_curve_has_the_paired_statistics_of_each_dose_and_the_band_of_all():
    responses = of_effect(lambda x, _: 0.01 * x, [factor("x", 0, 1, 2)])
    (doses,) = dose_sets(responses)
    contrast, outcome = responses.contrasts[0], responses.outcomes[TRUST]
    curve = curve_of(responses, doses, contrast, outcome)
    for dose in range(3):
        expected = paired(responses.values_of("b", TRUST)[dose], responses.values_of("a", TRUST)[dose])
        assert [getattr(curve.effects, name)[dose] for name in MEASURES] == [getattr(expected, name) for name in MEASURES]
    band = simultaneous_band(responses.differences(contrast, TRUST).T)
    assert curve.band.low.tolist() == band.low.tolist()
    assert np.all(curve.band.low < curve.effects.low95)  # all doses at once ask for more than each alone


def test_a_dose_at_which_the_arms_are_equal_has_a_band_of_no_width():
    values = {("a", TRUST): np.zeros((3, 12)), ("b", TRUST): np.array([LUCK * 0, 1 + 0.01 * LUCK, 2 - 0.01 * LUCK])}
    responses = of_arrays(values, [factor("x", 0, 1, 2)], [(0,), (1,), (2,)])
    curve = curve_of(responses, dose_sets(responses)[0], responses.contrasts[0], responses.outcomes[TRUST])
    assert (curve.band.low[0], curve.band.high[0]) == (0, 0)
    assert curve.shape == RISES
    assert shape_text(curve) == "rises with x; above 0 at 1 and 2"


def test_a_seed_without_any_value_does_not_hide_that_the_others_are_equal():
    values = np.array([LUCK * 0, 1 + 0.01 * LUCK])
    values[:, 4] = NAN
    responses = of_arrays({("a", TRUST): np.zeros((2, 12)), ("b", TRUST): values}, [factor("x", 0, 1)], [(0,), (1,)])
    curve = curve_of(responses, dose_sets(responses)[0], responses.contrasts[0], responses.outcomes[TRUST])
    assert (curve.band.low[0], curve.band.n, curve.shape) == (0, 11, RISES)


# --- the shape ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        pytest.param([0, 10, 20, 30], (RISES, ()), id="rises"),
        pytest.param([0, 0, 0, 30], (RISES, ()), id="a step"),
        pytest.param([30, 20, 10, 0], (FALLS, ()), id="falls"),
        pytest.param([0, 20, 30, 10], (PEAK, (2,)), id="peak"),
        pytest.param([30, 0, 0.1, 20], (TROUGH, (1, 2)), id="trough"),
        pytest.param([0, 30, 0, 30], (TURNS, ()), id="up, down and up"),
        pytest.param([0.1, 0, -0.1, 0], (UNCLEAR, ()), id="no pair told apart"),
        pytest.param([5], (UNCLEAR, ()), id="one dose"),
    ],
)
def test_shapes(means, expected):
    """Noise with a standard error of 0.22: doses that are 10 apart are told apart, and 0.1 apart are not."""
    assert shape_of(noisy(means), 0.5) == expected


def test_a_curve_turned_upside_down_has_the_opposite_shape():
    opposite = {RISES: FALLS, FALLS: RISES, PEAK: TROUGH, TROUGH: PEAK, TURNS: TURNS, UNCLEAR: UNCLEAR, FLAT: FLAT}
    rng = np.random.default_rng(8)
    shapes = []
    for _ in range(25):
        differences = noisy(rng.integers(0, 3, 4) * 3.0)
        shape, tops = shape_of(differences, 2.0)
        assert shape_of(-differences, 2.0) == (opposite[shape], tops)
        shapes.append(shape)
    assert len(set(shapes)) > 3


def test_flat_on_both_sides_of_the_smallest_effect():
    """What matters is the widest end of the band of any pair: a little more than it is flat, a little less is not."""
    differences = noisy([0.0, 0.1, 0.05])
    first, second = np.triu_indices(3, 1)
    band = simultaneous_band(differences[:, second] - differences[:, first])
    widest = max(-band.low.min(), band.high.max())
    assert shape_of(differences, widest * 1.001) == (FLAT, ())
    assert shape_of(differences, widest * 0.999) == (UNCLEAR, ())


def test_common_luck_of_the_doses_cancels_in_the_shape():
    """Steps of 1 beside a luck of 10 that all doses of a seed share: no dose is apart from 0, yet the curve rises."""
    rng = np.random.default_rng(2)
    differences = np.arange(3) + 10 * rng.normal(size=(20, 1)) + 0.1 * rng.normal(size=(20, 3))
    assert np.all(simultaneous_band(differences).low < 0)
    assert shape_of(differences, 0.01) == (RISES, ())


def test_below_ten_seeds_no_shape_is_told():
    means = [0.0, 10, 20]
    assert shape_of(noisy(means, seeds=10), 0.01)[0] == RISES
    assert shape_of(noisy(means, seeds=9), 0.01) == (UNCLEAR, ())


def test_of_many_doses_some_are_compared_and_the_peak_is_one_of_all():
    doses = 3 * MOST_DOSES
    tent = 30 - np.abs(np.arange(doses) - doses / 2)
    shape, tops = shape_of(noisy(tent), 0.01)
    assert shape == PEAK
    assert max(abs(top - doses / 2) for top in tops) <= 4


@pytest.mark.parametrize("seeds", [0, 1, 9, 20])
def test_missing_values_give_no_shape_instead_of_a_wrong_one(seeds):
    assert shape_of(np.full((seeds, 3), NAN), 0.01) == (UNCLEAR, ())
    differences = noisy([0.0, 10, 20, 0], seeds=seeds) if seeds > 1 else np.zeros((seeds, 4))
    differences[:1, 3] = NAN  # the dose that would make it a peak
    assert shape_of(differences, 0.01)[0] == (RISES if seeds == 20 else UNCLEAR)


# --- in words -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("means", "text"),
    [
        pytest.param([0.1, 0.2, 0.3], "rises with x; above 0 everywhere", id="rises"),
        pytest.param([-0.1, 0.0, 0.1], "rises with x; above 0 at 3 and below 0 at 1", id="through 0"),
        pytest.param([0.1, 0.3, 0.1], "peaks at x 2; above 0 everywhere", id="peak"),
        pytest.param([-0.1, -0.3, -0.1], "is lowest at x 2; below 0 everywhere", id="trough"),
        pytest.param([0.0, 0.0, 0.0], "flat: no two values of x differ by 0.010 or more; within ±0.010 everywhere", id="nothing"),
        pytest.param([0.1, 0.1, 0.1], "flat: no two values of x differ by 0.010 or more; above 0 everywhere", id="level"),
        pytest.param([0.0, 0.1, 0.1, 0.1, 0.0], "peaks somewhere from x 2 to 4; above 0 from 2 to 4", id="a plateau"),
        pytest.param([0.0, 0.1] * 6, "goes up and down with x; above 0 at 6 of 12 values", id="a saw"),
    ],
)
def test_curves_in_words(means, text):
    values = range(1, 1 + len(means))
    effect = dict(zip(values, means, strict=True))
    responses = of_effect(lambda x, _: effect[x], [factor("x", *values)], noise=0.003)
    assert shape_text(curve_of(responses, dose_sets(responses)[0], responses.contrasts[0], responses.outcomes[TRUST])) == text


def test_few_replications_and_factors_in_words():
    few = of_effect(lambda x, _: x, [factor("x", 1, 2)], replications=9)
    curve = curve_of(few, dose_sets(few)[0], few.contrasts[0], few.outcomes[TRUST])
    assert shape_text(curve) == "nothing is said of its shape: that takes 10 replications with values"
    text = of_effect(lambda x, _: 0.1 * (x == "ring"), [factor("net", "ring", "star")], noise=0.05)
    curve = curve_of(text, dose_sets(text)[0], text.contrasts[0], text.outcomes[TRUST])
    assert shape_text(curve) == "above 0 where net is ring"


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [20, 40])
def test_how_often_the_band_holds_and_the_shape_errs(seeds):
    """300 curves of six doses that rise by nothing, 0.5 or 1 standard deviation a dose: the band holds the truth in 19 of 20."""
    rng, covered, false = np.random.default_rng(11), [], []
    for number in range(300):
        step = (0.0, 0.5, 1.0)[number % 3]
        truth = step * np.arange(6)
        differences = truth + rng.normal(size=(seeds, 1)) + rng.normal(size=(seeds, 6))
        band = simultaneous_band(differences, resamples=999)
        covered.append(np.all((band.low <= truth) & (truth <= band.high)))
        shape, _ = shape_of(differences, 0.01)
        false.append(shape in ((RISES, FALLS, PEAK, TROUGH, TURNS) if step == 0 else (FALLS, PEAK, TROUGH, TURNS, FLAT)))
    assert np.mean(covered) >= 0.95 - 3 * (0.05 * 0.95 / 300) ** 0.5
    assert np.mean(false) <= 0.05
