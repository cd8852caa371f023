"""Paired differences, verdicts and interactions, worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from experiments.statistics import (
    EQUIVALENT,
    ERODES,
    INCONCLUSIVE,
    MIXED,
    NAN,
    RAISES,
    Paired,
    bca_interval,
    interaction,
    paired,
    social_trust,
    subsets,
    t_interval,
    verdict,
)

# Student t quantiles for 4 degrees of freedom, from a printed table.
T975, T95 = 2.776, 2.132


def test_five_numbers_by_hand():
    """Differences 1, 2, 3, 4, 5: mean 3, sd sqrt(2.5), standard error sqrt(0.5)."""
    reference = np.array([10.0, 12.0, 9.0, 14.0, 11.0])
    found = paired(reference + np.arange(1, 6), reference)
    assert found.n == 5
    assert found.mean == pytest.approx(3)
    assert found.sd == pytest.approx(math.sqrt(2.5))
    assert found.low95 == pytest.approx(3 - T975 * math.sqrt(0.5), abs=1e-3)
    assert found.high95 == pytest.approx(3 + T975 * math.sqrt(0.5), abs=1e-3)
    assert found.low90 == pytest.approx(3 - T95 * math.sqrt(0.5), abs=1e-3)
    assert found.high90 == pytest.approx(3 + T95 * math.sqrt(0.5), abs=1e-3)
    assert found.agreement == 1
    assert found.remark == ""


def test_variance_reduction_by_hand():
    """Reference 0, 2, 4 (variance 4), treated 1, 2, 6 (variance 7), differences 1, 0, 2 (variance 1): 1 - 1/11."""
    found = paired(np.array([1.0, 2.0, 6.0]), np.array([0.0, 2.0, 4.0]))
    assert found.variance_reduction == pytest.approx(1 - 1 / 11)
    assert found.mean == 1


def test_pairing_that_adds_variance_is_negative():
    """Opposite movements: variances 1 and 1, differences -2, 0, 2 of variance 4: 1 - 4/2."""
    assert paired(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])).variance_reduction == pytest.approx(-1)


def test_agreement_is_the_share_of_seeds_with_the_sign_of_the_mean():
    """Differences 3, 1, -1, 0: the mean is positive, two of four seeds are."""
    assert paired(np.array([3.0, 1.0, -1.0, 0.0]), np.zeros(4)).agreement == 0.5


def test_one_seed_has_no_interval_and_is_inconclusive():
    found = paired(np.array([0.9]), np.array([0.1]))
    assert (found.n, found.mean) == (1, pytest.approx(0.8))
    assert all(math.isnan(value) for value in (found.sd, found.low95, found.high90))
    assert found.remark == "one seed gives no interval"
    assert verdict(found, 0.01) == INCONCLUSIVE


def test_no_seed_is_inconclusive():
    found = paired(np.array([NAN, 1.0]), np.array([1.0, NAN]))
    assert found.n == 0
    assert found.remark == "no seed has a value in both arms"
    assert verdict(found, 0.01) == INCONCLUSIVE


def test_seeds_without_a_value_are_left_out_and_said():
    found = paired(np.array([1.0, NAN, 3.0, np.inf]), np.array([0.0, 0.0, 1.0, 0.0]))
    assert (found.n, found.mean) == (2, 1.5)
    assert found.remark == "2 of 4 seeds have no value in one of the arms"


def test_no_variance_is_an_interval_of_no_width():
    """Equal differences: 0 is equivalent, more than the smallest effect raises; the common value comes out exactly."""
    still = paired(np.array([0.3, 0.4, 0.5]), np.array([0.3, 0.4, 0.5]))
    assert (still.mean, still.sd, still.low95, still.high95) == (0, 0, 0, 0)
    assert verdict(still, 0.01) == EQUIVALENT
    moved = paired(np.full(7, 0.1), np.zeros(7))
    assert (moved.mean, moved.low95, moved.high95) == (0.1, 0.1, 0.1)
    assert verdict(moved, 0.01) == RAISES
    assert math.isnan(paired(np.ones(3), np.zeros(3)).variance_reduction)


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="one value a seed"):
        paired(np.zeros(3), np.zeros(4))


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30), st.sampled_from([0.9, 0.95]))
def test_interval_agrees_with_scipy(values, level):
    """The t interval is scipy.stats' own."""
    array = np.array(values)
    mean, sd = float(array.mean()), float(array.std(ddof=1))
    if sd > 0:
        expected = stats.t.interval(level, len(array) - 1, loc=mean, scale=sd / len(array) ** 0.5)
        assert t_interval(mean, sd, len(array), level) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=12))
def test_swapping_the_arms_turns_the_sign(pairs):
    treated, reference = np.array(pairs).T
    there, back = paired(treated, reference), paired(reference, treated)
    assert there.mean == pytest.approx(-back.mean, abs=1e-15)
    assert there.low95 == pytest.approx(-back.high95, abs=1e-12)
    turned = {RAISES: ERODES, ERODES: RAISES}
    assert verdict(there, 0.01) == turned.get(verdict(back, 0.01), verdict(back, 0.01))


# --- verdicts: both sides of each threshold -------------------------------------------------------------------------------------


def between(low95, low90, high90, high95):
    """Return statistics with these ends of the intervals."""
    return Paired(20, (low90 + high90) / 2, 1.0, low95, high95, low90, high90, 1.0, 0.0)


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (between(-0.0119, -0.0099, 0.0099, 0.0119), EQUIVALENT),  # the 90 % interval decides, not the 95 % one
        (between(-0.0119, -0.01, 0.0099, 0.0119), INCONCLUSIVE),  # an end on the bound is not inside
        (between(-0.0119, -0.0099, 0.01, 0.0119), INCONCLUSIVE),
        (between(0.001, 0.002, 0.0099, 0.012), EQUIVALENT),  # equivalent comes before a sign
        (between(0.001, 0.002, 0.0101, 0.012), RAISES),
        (between(0.0, 0.002, 0.0101, 0.012), INCONCLUSIVE),  # an interval that ends at 0 does not exclude it
        (between(1e-9, 0.002, 0.0101, 0.012), RAISES),
        (between(-0.001, 0.001, 0.02, 0.022), INCONCLUSIVE),  # 90 % excludes 0, 95 % does not
        (between(-0.012, -0.0101, -0.002, -0.001), ERODES),
        (between(-0.012, -0.0101, -0.002, 0.0), INCONCLUSIVE),
        (between(-0.012, -0.0101, -0.002, -1e-9), ERODES),
        (between(-0.012, -0.0099, -0.002, -0.001), EQUIVALENT),
        (between(-0.5, -0.4, 0.4, 0.5), INCONCLUSIVE),
        (between(NAN, NAN, NAN, NAN), INCONCLUSIVE),
    ],
)
def test_verdict_on_both_sides_of_each_threshold(difference, expected):
    assert verdict(difference, 0.01) == expected


def test_the_smallest_effect_is_the_outcomes_own():
    difference = between(1.0, 1.5, 4.5, 5.0)
    assert verdict(difference, 5.0) == EQUIVALENT
    assert verdict(difference, 4.5) == RAISES
    assert verdict(difference, 0.0) == RAISES


@pytest.mark.parametrize(
    ("trust", "exchange", "expected"),
    [
        (RAISES, RAISES, RAISES),
        (ERODES, ERODES, ERODES),
        (EQUIVALENT, EQUIVALENT, EQUIVALENT),
        (INCONCLUSIVE, INCONCLUSIVE, INCONCLUSIVE),
        (RAISES, ERODES, MIXED),
        (RAISES, EQUIVALENT, MIXED),
        (RAISES, INCONCLUSIVE, MIXED),
        (ERODES, EQUIVALENT, MIXED),
        (ERODES, INCONCLUSIVE, MIXED),
        (EQUIVALENT, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_social_trust_is_both_of_its_parts(trust, exchange, expected):
    assert social_trust([trust, exchange]) == social_trust([exchange, trust]) == expected


# --- bootstrap ------------------------------------------------------------------------------------------------------------------


def test_bootstrap_is_repeatable_and_near_the_t_interval():
    values = np.random.default_rng(3).normal(0.02, 0.01, 40)
    low, high = bca_interval(values, seed=5)
    assert (low, high) == bca_interval(values, seed=5)
    found = paired(values, np.zeros(40))
    assert low == pytest.approx(found.low95, abs=0.001)
    assert high == pytest.approx(found.high95, abs=0.001)


def test_bootstrap_of_next_to_nothing():
    assert all(math.isnan(end) for end in bca_interval(np.array([1.0, 2.0])))
    assert bca_interval(np.array([0.1, 0.1, 0.1, NAN])) == (0.1, 0.1)


# --- interactions ---------------------------------------------------------------------------------------------------------------


def cells_of(function, seeds=4):
    """Return the 2x2x2 cells of a function of (a, b, c) plus what the seed adds to all."""
    luck = np.linspace(-1, 1, seeds)
    return {cell: luck + function(*("abc"[i] in cell for i in range(3))) for cell in subsets("abc")}


def test_subsets_by_size():
    expected = ["", "a", "b", "c", "ab", "ac", "bc", "abc"]
    assert subsets("abc") == [frozenset(names) for names in expected]


def test_what_adds_up_does_not_interact():
    cells = cells_of(lambda a, b, c: 1 + 2 * a - 3 * b + 4 * c)
    for levers in ("ab", "ac", "bc", "abc"):
        assert interaction(cells, frozenset(levers)).mean == pytest.approx(0)


def test_interactions_by_hand():
    """y = 2a + 3b + 5ab + 7abc: the pair ab gives 5, ac and bc 0, and the three together 7."""
    cells = cells_of(lambda a, b, c: 2 * a + 3 * b + 5 * a * b + 7 * a * b * c)
    means = {levers: interaction(cells, frozenset(levers)).mean for levers in ("ab", "ac", "bc", "abc")}
    assert means == {"ab": pytest.approx(5), "ac": pytest.approx(0), "bc": pytest.approx(0), "abc": pytest.approx(7)}


def test_an_interaction_has_an_interval_over_seeds():
    """Pair contrasts 1, 2, 3, 4, 5: as the five numbers above."""
    zero = np.zeros(5)
    cells = {frozenset(): zero, frozenset("a"): zero, frozenset("b"): zero, frozenset("ab"): np.arange(1.0, 6.0)}
    found = interaction(cells, frozenset("ab"))
    assert found.mean == 3
    assert found.low95 == pytest.approx(3 - T975 * math.sqrt(0.5), abs=1e-3)
    cells[frozenset("a")] = np.array([0, NAN, 0, 0, 0.0])
    assert interaction(cells, frozenset("ab")).n == 4
