"""Patterns as arithmetic: worked by hand, on both sides of each end of a target."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.calibration.problem import target_of
from experiments.calibration.targets import (
    DIFFERENCE,
    LEVEL,
    MET,
    MISSED,
    ON_AVERAGE,
    RELATIVE,
    UNMEASURED,
    Pattern,
    Target,
    accepted,
    reading,
    spanned,
    total_miss,
)

NUMBERS = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("row", "low", "high", "scale"),
    [
        ({"value": 0.8, "tolerance": 0.25}, 0.55, 1.05, 0.25),
        ({"value": 0.5, "tolerance": 0.001}, 0.499, 0.501, 0.01),  # half the width is less than the smallest effect
        ({"low": 0.125, "high": 0.25}, 0.125, 0.25, 0.0625),
        ({"low": 0.002, "high": 0.005}, 0.002, 0.005, 0.01),
        ({"low": 0.99}, 0.99, math.inf, 0.01),
        ({"high": 5}, -math.inf, 5.0, 0.01),
        ({"high": 5, "scale": 0.5}, -math.inf, 5.0, 0.5),
        ({"sign": "+"}, 0.01, math.inf, 0.01),
        ({"sign": "-"}, -math.inf, -0.01, 0.01),
        ({"sign": "-", "margin": 0}, -math.inf, 0.0, 0.01),
        ({"sign": "+", "margin": 0.5, "scale": 2}, 0.5, math.inf, 2.0),
    ],
)
def test_a_target_is_given_as_a_value_a_range_or_a_sign(row, low, high, scale):
    found = target_of(row, "x.toml", 0.01)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)
    assert found.scale == pytest.approx(scale, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "holds", "miss"),
    [
        (0.25, True, 0.0),  # the ends are within
        (0.5, True, 0.0),
        (0.3, True, 0.0),
        (0.125, False, 1.0),
        (0.625, False, 1.0),
        (0.0, False, 2.0),
        (1.0, False, 4.0),
        (math.nan, False, math.inf),
    ],
)
def test_a_miss_counts_from_the_nearer_end_in_units_of_the_scale(value, holds, miss):
    target = Target(0.25, 0.5, 0.125)
    assert (target.holds(value), target.miss(value)) == (holds, miss)


@pytest.mark.parametrize(("value", "miss"), [(-0.5, 0.0), (-1e9, 0.0), (-0.25, 1.0), (0.0, 2.0), (0.25, 3.0)])
def test_an_open_side_is_never_missed(value, miss):
    assert Target(-math.inf, -0.5, 0.25).miss(value) == miss


@given(NUMBERS, NUMBERS, st.floats(0.001, 1e3), NUMBERS)
def test_no_miss_just_where_the_target_holds_and_it_grows_outward(one, other, scale, value):
    target = Target(min(one, other), max(one, other), scale)
    assert target.holds(value) == (target.miss(value) == 0.0)
    assert target.miss(target.high + 2 * scale) >= target.miss(target.high + scale) >= 0.0


def pattern(compare=LEVEL, against="", target=None, weight=1.0, quantity="welfare"):
    """Return a pattern of arm `a`."""
    return Pattern("p", "claim", "source", quantity, "a", target or Target(0.0, 1.0, 0.5), compare, against, weight)


def seeds(*pairs):
    """Return what seeds found, each with the arms a and b."""
    return [{"a": {"welfare": a}, "b": {"welfare": b}} for a, b in pairs]


def test_levels_differences_and_relative_changes():
    (found,) = seeds((3.0, 4.0))
    assert pattern().value(found) == 3.0
    assert pattern(DIFFERENCE, "b").value(found) == -1.0
    assert pattern(RELATIVE, "b").value(found) == -0.25


def test_a_change_relative_to_nothing_is_undefined():
    assert math.isnan(pattern(RELATIVE, "b").value(seeds((3.0, 0.0))[0]))


def test_misses_are_of_the_mean_over_seeds_squared_and_weighted():
    found = seeds((1.0, 0.0), (4.0, 0.0))  # mean 2.5: 1.5 above, three times the scale
    assert total_miss([pattern()], found) == 9.0
    assert total_miss([pattern(), pattern(weight=0.5), pattern(target=Target(2.5, 9.0, 1.0))], found) == 13.5


def test_a_pattern_that_is_undefined_misses_by_no_finite_number():
    assert total_miss([pattern()], seeds((math.nan, 0.0), (0.5, 0.0))) == math.inf


def test_a_reading_is_the_mean_with_its_t_interval():
    found = reading(Target(-1.0, 10.0, 1.0), np.array([1.0, 2.0, 3.0]))
    half = 4.302652729911275 / math.sqrt(3)  # t of two degrees of freedom, standard deviation 1
    assert (found.mean, found.miss, found.verdict) == (2.0, 0.0, MET)
    assert (found.low95, found.high95) == pytest.approx((2 - half, 2 + half))


@pytest.mark.parametrize(
    ("low", "verdict"),
    [(-0.5, MET), (-0.4, ON_AVERAGE), (2.0, ON_AVERAGE), (2.001, MISSED)],  # the interval begins at -0.484
)
def test_a_pattern_is_met_if_the_whole_interval_is_within_and_on_average_if_the_mean_is(low, verdict):
    assert reading(Target(low, math.inf, 1.0), np.array([1.0, 2.0, 3.0])).verdict == verdict


def test_one_seed_has_no_interval_and_meets_on_average_only():
    found = reading(Target(0.0, 1.0, 1.0), np.array([0.5]))
    assert found.verdict == ON_AVERAGE
    assert math.isnan(found.low95)


def test_what_a_seed_does_not_show_is_not_measured():
    assert reading(Target(0.0, 1.0, 1.0), np.array([0.5, math.nan])).verdict == UNMEASURED


def test_accepted_are_the_trials_with_the_smallest_miss():
    misses = [5.0, 1.0, math.inf, 1.0, 0.5, 9.0]
    assert accepted(misses, 0.5) == [4, 1, 3]
    assert accepted(misses, 0.01) == [4, 1]  # at least two
    assert accepted(misses, 1.0) == [4, 1, 3, 0, 5]  # never one that could not be measured
    assert accepted([math.inf], 1.0) == []


def test_the_share_of_the_bounds_that_is_spanned_is_taken_on_the_scale_of_the_search():
    plain, logarithmic = spanned([1.0, 10.0], 1.0, 100.0, False), spanned([1.0, 10.0], 1.0, 100.0, True)
    assert (plain.low, plain.median, plain.high, plain.share) == (1.0, 5.5, 10.0, pytest.approx(9 / 99))
    assert logarithmic.share == pytest.approx(0.5)
