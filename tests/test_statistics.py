"""Paired differences, verdicts and interactions, worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from experiments.analysis.statistics import (
    EQUIVALENT,
    ERODES,
    INCONCLUSIVE,
    MIXED,
    NAN,
    RAISES,
    Paired,
    bca_interval,
    bimodality,
    false_discovery,
    holm,
    interaction,
    of_differences,
    p_value,
    paired,
    simultaneous_band,
    social_trust,
    standardized,
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


# --- p-values and standardized effects ------------------------------------------------------------------------------------------


def test_p_value_and_standardized_effect_by_hand():
    """Differences 1 to 5: t = sqrt(18) with 4 degrees of freedom, whose distribution has a closed form; d = 3 / sqrt(2.5).

    Two-sided p = 1 - sin(a) (1 + cos(a)**2 / 2) with tan(a) = t / 2; J = gamma(2) / (sqrt(2) gamma(1.5)) = sqrt(2 / pi).
    """
    found = paired(np.arange(1.0, 6), np.zeros(5))
    assert found.p == pytest.approx(1 - math.sqrt(18 / 22) * (1 + 4 / 22 / 2))
    assert found.hedges_g == pytest.approx(3 / math.sqrt(2.5) * math.sqrt(2 / math.pi))
    assert paired(np.zeros(5), np.arange(1.0, 6)).hedges_g == -found.hedges_g


def test_three_seeds_are_the_fewest_with_a_standardized_effect():
    """J = gamma(1) / (sqrt(1) gamma(1 / 2)) = 1 / sqrt(pi) for two degrees of freedom; for one it would be 0."""
    assert standardized(1.0, 2.0, 3) == pytest.approx(0.5 / math.sqrt(math.pi))
    assert math.isnan(standardized(1.0, 2.0, 2))
    assert p_value(1.0, math.sqrt(2), 2) == pytest.approx(0.5)  # t = 1 with one degree of freedom: the Cauchy distribution


def test_equal_differences_have_no_standardized_effect_and_a_p_value_that_fits_the_verdict():
    nothing, moved = paired(np.ones(4), np.ones(4)), paired(np.full(4, 0.5), np.zeros(4))
    assert (nothing.p, moved.p) == (1, 0)
    assert math.isnan(nothing.hedges_g)
    assert math.isnan(moved.hedges_g)
    for few in (paired(np.ones(1), np.zeros(1)), paired(np.array([NAN]), np.zeros(1))):
        assert math.isnan(few.p)
        assert math.isnan(few.hedges_g)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30))
def test_p_value_agrees_with_scipy_and_with_the_interval(values):
    """The p-value is scipy.stats' own, and below 0.05 where the 95 % interval excludes 0."""
    found = of_differences(np.array(values))
    if found.sd > 1e-6:
        assert found.p == pytest.approx(stats.ttest_1samp(values, 0).pvalue, rel=1e-6, abs=1e-12)
        if abs(found.p - 0.05) > 1e-9:
            assert (found.p < 0.05) == (found.low95 > 0 or found.high95 < 0)


# --- many comparisons -----------------------------------------------------------------------------------------------------------


def test_holm_by_hand():
    """Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06, and 0.04, which may not fall below 0.06."""
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1, 1])
    assert holm(np.array([0.02])) == pytest.approx([0.02])


def test_false_discovery_by_hand():
    """Sorted 0.005, 0.01, 0.03, 0.04 times 4/1, 4/2, 4/3, 4/4: 0.02, 0.02, 0.04, 0.04."""
    assert false_discovery(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.02, 0.04, 0.04, 0.02])


@pytest.mark.parametrize("correct", [holm, false_discovery])
def test_what_was_not_tested_is_not_counted(correct):
    kept = correct(np.array([NAN, 0.01, NAN, 0.04]))
    assert kept[[1, 3]] == pytest.approx(correct(np.array([0.01, 0.04])))
    assert np.isnan(kept[[0, 2]]).all()
    assert np.isnan(correct(np.array([NAN]))).all()
    assert correct(np.array([])).size == 0


# --- two groups of seeds --------------------------------------------------------------------------------------------------------


def test_bimodality_by_hand():
    """Five of -1 and five of 1: skewness 0, fourth moment 1, G2 = 9/56 (11 - 27) = -18/7; 1 / (-18/7 + 3 * 81 / 56) = 56/99."""
    values = np.array([-1.0, 1] * 5)
    assert bimodality(values) == pytest.approx(56 / 99)
    assert bimodality(5 + 0.1 * values) == pytest.approx(56 / 99)  # neither place nor scale matters


@given(st.lists(st.integers(-1000, 1000), min_size=10, max_size=40))
def test_bimodality_agrees_with_scipy(values):
    array = np.array(values, float)
    if np.ptp(array) > 0:
        n = array.size
        expected = (stats.skew(array, bias=False) ** 2 + 1) / (stats.kurtosis(array, bias=False) + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))
        assert bimodality(array) == pytest.approx(expected, rel=1e-6)


def test_two_groups_are_told():
    apart = np.r_[np.linspace(-0.01, 0.01, 8), np.linspace(0.09, 0.11, 8)]
    found = of_differences(apart)
    assert found.two_groups
    assert found.remark == f"the differences of the 16 seeds look bimodal (coefficient {found.bimodality:.2f})"
    missing = paired(np.r_[apart, NAN], np.zeros(17))
    assert missing.remark == f"1 of 17 seeds have no value in one of the arms; {found.remark}"


@pytest.mark.parametrize(
    "values",
    [
        np.r_[np.zeros(4), np.ones(5)],  # fewer than ten seeds
        np.linspace(0, 1, 20),
        np.r_[np.linspace(0, 0.1, 18), 1.0, 1.1],  # two far out are no group
        np.r_[np.linspace(0, 0.1, 27), 1.0, 1.1, 1.2],  # three are, of 30 seeds
        np.full(20, 0.3),
        stats.norm.ppf(np.linspace(0.025, 0.975, 20)),
        stats.expon.ppf(np.linspace(0.025, 0.975, 20)),  # lopsided, but one group
    ],
)
def test_two_groups_are_told_only_where_there_are_two(values):
    assert of_differences(values).two_groups == (values.size == 30)


# --- a band for all weeks -------------------------------------------------------------------------------------------------------


def test_the_band_by_a_slow_computation():
    """The same resamples, each written out: draw seeds again, take t around the mean in each week, keep the largest."""
    differences = np.random.default_rng(1).normal(0.3, 1, (12, 4)).cumsum(axis=1)
    found = simultaneous_band(differences, seed=7, resamples=200)
    largest = []
    for times in np.random.default_rng(7).multinomial(12, np.full(12, 1 / 12), size=200):
        again = np.repeat(differences, times, axis=0)
        t = (again.mean(axis=0) - differences.mean(axis=0)) / (again.std(axis=0, ddof=0) / math.sqrt(11))
        largest.append(np.abs(t).max())
    assert found.critical == pytest.approx(np.quantile(largest, 0.95))
    error = differences.std(axis=0, ddof=1) / math.sqrt(12)
    assert found.high == pytest.approx(differences.mean(axis=0) + found.critical * error)
    assert found.low == pytest.approx(differences.mean(axis=0) - found.critical * error)


def test_the_band_is_wider_than_an_interval_and_does_not_care_for_scale():
    differences = np.random.default_rng(2).normal(0, 1, (20, 50))
    found, scaled = simultaneous_band(differences), simultaneous_band(1 + 5 * differences)
    assert found.critical > simultaneous_band(differences[:, :1]).critical > stats.t.ppf(0.95, 19)
    assert scaled.low == pytest.approx(1 + 5 * found.low)
    assert simultaneous_band(differences).critical == found.critical
    assert simultaneous_band(differences, seed=1).critical != found.critical


def test_weeks_and_seeds_without_a_band():
    """A seed without any value is left out; a week with a gap, and one where most seeds do not differ, have no band."""
    differences = np.random.default_rng(3).normal(0, 1, (13, 5))
    differences[12] = NAN
    differences[0, 1] = NAN
    differences[:7, 2] = 0
    differences[:6, 3] = 0  # half of them is not most
    found = simultaneous_band(differences)
    assert found.n == 12
    assert np.isnan(found.low).tolist() == np.isnan(found.high).tolist() == [False, True, True, False, False]
    assert found.mean[2] == pytest.approx(differences[:12, 2].mean())


@pytest.mark.parametrize("seeds", [0, 1, 9])
def test_few_seeds_have_no_band(seeds):
    found = simultaneous_band(np.random.default_rng(4).normal(0, 1, (seeds, 3)))
    assert found.n == seeds
    assert np.isnan([found.critical, *found.low, *found.high]).all()


def test_a_band_needs_seeds_and_weeks():
    with pytest.raises(ValueError, match=r"expected differences of shape \(seeds, weeks\), found \(3,\)"):
        simultaneous_band(np.zeros(3))
    assert simultaneous_band(np.zeros((12, 0))).mean.size == 0


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
