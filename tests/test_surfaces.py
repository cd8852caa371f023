"""Effects at every point of a design, in arrays: as `statistics` has them one by one, and worked by hand."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from experiments.analysis.effects import SOCIAL_TRUST
from experiments.analysis.spreads import points_in_two_groups, spread_of
from experiments.analysis.statistics import (
    EQUIVALENT,
    ERODES,
    INCONCLUSIVE,
    MIXED,
    RAISES,
    false_discovery,
    of_differences,
    paired,
    social_trust,
    verdict,
)
from experiments.analysis.surfaces import (
    MEASURES,
    VERDICTS,
    effects_by_point,
    joint_verdicts,
    judge,
    point_text,
    shown_outcomes,
    subject,
    value_text,
)
from experiments.results.writing import write_table
from tests.design_worlds import RATE, TRUST, factor, facts, of_arrays, of_effect

NAN = math.nan
#: Six differences with mean 0 and standard error 1: 0.9 of the t interval reaches 2.015, 0.95 of it 2.571 (printed table, 5 df).
SIX = np.array([-1.0, 1, -1, 1, -1, 1]) * math.sqrt(5)
T95, T975 = 2.015, 2.571


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def assert_as_one_by_one(differences: np.ndarray, smallest: float) -> None:
    found = judge(differences, smallest)
    for point, row in enumerate(differences):
        expected = paired(row, np.zeros(row.size))
        assert found.n[point] == expected.n
        for name in MEASURES:
            assert same(getattr(found, name)[point], getattr(expected, name)), (point, name)
        assert VERDICTS[found.verdict[point]] == verdict(expected, smallest)


@given(
    arrays(
        float, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12), elements=st.sampled_from([-0.3, 0.0, 0.1, 0.7, NAN, 1e-9])
    ),
    st.sampled_from([0.0, 0.01, 0.5]),
)
@example(np.full((2, 1), 0.3), 0.01)
@example(np.full((1, 3), NAN), 0.01)
@example(np.array([[0.1] * 7, [NAN, 0.1, 0.1, NAN, NAN, NAN, NAN]]), 0.01)
def test_each_point_is_as_statistics_has_it_where_values_repeat_or_are_missing(differences, smallest):
    assert_as_one_by_one(differences, smallest)


@pytest.mark.parametrize("replications", [1, 2, 3, 7, 8, 9, 20, 130, 300])
def test_each_point_is_as_statistics_has_it_to_the_last_bit(replications):
    """Numbers of replications on either side of those at which numpy adds up in another order."""
    rng = np.random.default_rng(replications)
    differences = rng.normal(0.003, 0.02, (40, replications)) * 10.0 ** rng.integers(-3, 3, (40, 1))
    differences[rng.random(differences.shape) < 0.1] = NAN
    assert_as_one_by_one(differences, 0.01)


@pytest.mark.parametrize(
    ("shift", "smallest", "expected"),
    [
        pytest.param(T975 + 0.01, 0.5, RAISES, id="just above 0"),
        pytest.param(T975 - 0.01, 0.5, INCONCLUSIVE, id="not quite above 0"),
        pytest.param(-T975 - 0.01, 0.5, ERODES, id="just below 0"),
        pytest.param(-T975 + 0.01, 0.5, INCONCLUSIVE, id="not quite below 0"),
        pytest.param(0.5, T95 + 0.51, EQUIVALENT, id="just small enough"),
        pytest.param(0.5, T95 + 0.49, INCONCLUSIVE, id="not quite small enough"),
        pytest.param(T975 + 0.1, 2 * T975, EQUIVALENT, id="above 0 and too small to matter"),
    ],
)
def test_verdicts_on_both_sides_of_each_threshold(shift, smallest, expected):
    found = judge(np.array([SIX + shift]), smallest)
    assert VERDICTS[found.verdict[0]] == expected
    assert found.has(expected).tolist() == [True]


def test_only_two_dimensions_are_taken():
    with pytest.raises(ValueError, match=r"\(points, replications\), found \(3,\)"):
        judge(np.zeros(3), 0.01)


@given(st.lists(st.tuples(st.sampled_from([-9.0, 0.0, 9.0]), st.sampled_from([-9.0, 0.0, 2.0, 9.0])), min_size=1, max_size=6))
def test_social_trust_at_each_point_is_as_statistics_has_it(shifts):
    """Shifts in standard errors: 9 raises, -9 erodes, 0 and 2 are inconclusive."""
    values = {("b", name): np.array([SIX + pair[i] for pair in shifts]) for i, name in enumerate(SOCIAL_TRUST)}
    values |= {("a", name): np.zeros((len(shifts), 6)) for name in SOCIAL_TRUST}
    responses = of_arrays(values, [factor("dose", *range(len(shifts)))], [(i,) for i in range(len(shifts))])
    found = joint_verdicts(responses, responses.contrasts[0])
    for point in range(len(shifts)):
        parts = [verdict(of_differences(values["b", name][point]), 0.01) for name in SOCIAL_TRUST]
        assert VERDICTS[found[point]] == social_trust(parts)


def three_points():
    """Three points: b raises both outcomes, one of them, none (equal arms, which are equivalent)."""
    zero = np.zeros((3, 6))
    trust, rate = np.array([SIX + 9, SIX + 9, SIX * 0]), np.array([SIX + 9, SIX - 9, SIX * 0])
    values = {("a", TRUST): zero, ("b", TRUST): trust, ("a", RATE): zero, ("b", RATE): rate}
    return of_arrays(values, [factor("dose", 1, 2.5, 4), factor("mean", "low", "high")], [(1, "low"), (2.5, "high"), (4, "low")], "table")


def test_the_table_has_a_row_for_each_point_comparison_and_outcome(tmp_path):
    responses = three_points()
    table = effects_by_point(responses)
    assert table["point"].to_pylist() == [0, 0, 1, 1, 2, 2]
    assert table["dose"].to_pylist() == [1, 1, 2.5, 2.5, 4, 4]
    assert table["factor_mean"].to_pylist() == ["low", "low", "high", "high", "low", "low"]  # `mean` is the mean difference
    assert table["outcome"].to_pylist() == [TRUST, RATE] * 3
    assert table["mean"].to_pylist() == pytest.approx([9, 9, 9, -9, 0, 0])
    assert table["verdict"].to_pylist() == [RAISES, RAISES, RAISES, ERODES, EQUIVALENT, EQUIVALENT]
    assert set(table["arm"].to_pylist() + table["reference"].to_pylist()) == {"a", "b"}
    assert table["q"].to_pylist() == false_discovery(table["p"].to_numpy()).tolist()
    assert table["q"].to_pylist()[0] == pytest.approx(table["p"].to_pylist()[0] * 6 / 4)  # the same p four times in six rows
    write_table(tmp_path / "responses.csv", table)
    again = pl.read_csv(tmp_path / "responses.csv", null_values="nan")
    assert again.columns == table.column_names
    assert again["mean"].to_list() == table["mean"].to_pylist()


def test_factors_left_as_the_arms_have_them_are_null():
    points = [(None, None), (True, None), (None, "b")]
    table = effects_by_point(of_effect(lambda *_: 0.0, [factor("on", True), factor("kind", "b")], points, "one-at-a-time"))
    assert table["on"].to_pylist()[::2] == [None, True, None]
    assert table["kind"].to_pylist()[::2] == [None, None, "b"]


def test_equal_arms_and_arms_without_values_are_told_apart():
    values = {("a", TRUST): np.full((2, 5), 0.3), ("b", TRUST): np.array([[0.3] * 5, [NAN] * 5])}
    table = effects_by_point(of_arrays(values, [factor("dose", 1, 2)], [(1,), (2,)]))
    assert table["n"].to_pylist() == [5, 0]
    assert table["verdict"].to_pylist() == [EQUIVALENT, INCONCLUSIVE]
    assert table["p"].to_pylist()[0] == 1
    assert math.isnan(table["q"].to_pylist()[1])


def test_without_comparisons_the_table_is_empty():
    responses = of_arrays({("a", TRUST): np.zeros((1, 3))}, [factor("dose", 1)], [(1,)], contrasts=())
    assert effects_by_point(responses).num_rows == 0


def test_what_is_told_is_social_trust_or_else_the_first_two_outcomes():
    assert [outcome.name for outcome in shown_outcomes(three_points())] == list(SOCIAL_TRUST)
    assert subject(three_points()) == "social trust"
    joint = joint_verdicts(three_points(), three_points().contrasts[0])
    assert [VERDICTS[code] for code in joint] == [RAISES, MIXED, EQUIVALENT]
    others = of_arrays({(arm, name): np.zeros((1, 3)) for arm in "ab" for name in ("self_censorship", "reports", "ties")})
    assert subject(others) == "self censorship and reports"
    assert VERDICTS[joint_verdicts(others, others.contrasts[0])[0]] == EQUIVALENT


def test_points_are_told_in_words():
    assert point_text(three_points(), 1) == "dose 2.5, mean high"
    nothing = of_effect(lambda *_: 0.0, [factor("dose", 1, 2)], [(None,), (1,)], "one-at-a-time")
    assert point_text(nothing, 0) == "all factors as the arms have them"
    values = [None, True, False, 3, -0.25, 0.123456, 12345.6, "", "ring"]
    texts = ["as the arms have it", "true", "false", "3", "−0.25", "0.123", "12346", "none", "ring"]
    assert [value_text(value) for value in values] == texts


# --- two groups of seeds --------------------------------------------------------------------------------------------------------


def test_points_in_two_groups_are_as_statistics_has_them():
    rng = np.random.default_rng(3)
    differences = rng.normal(size=(60, 20)) + 7 * (rng.random((60, 20)) < 0.5) * (np.arange(60) % 2 == 0)[:, None]
    differences[rng.random(differences.shape) < 0.05] = NAN
    differences[7], differences[9, :12] = 0.5, NAN
    expected = [of_differences(row[np.isfinite(row)]).two_groups for row in differences]
    assert points_in_two_groups(differences).tolist() == expected
    assert 15 < sum(expected) < 31


def test_a_distribution_by_hand():
    found = spread_of(np.array([0.5, NAN, 0.1, 0.3]))
    assert found.values.tolist() == [0.1, 0.3, 0.5]
    assert found.quantiles == pytest.approx([0.12, 0.2, 0.3, 0.4, 0.48])
    assert not found.density.size
    assert not found.two_groups


def test_a_distribution_with_two_groups_has_two_humps():
    values = np.concatenate([np.linspace(0, 1, 12), np.linspace(9, 10, 12)])
    found = spread_of(values)
    assert found.two_groups
    assert found.density.max() == 1
    middle = found.density[(found.places > 4) & (found.places < 6)]
    assert middle.max() < 0.5
    assert not spread_of(np.linspace(0, 1, 24)).two_groups


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, NAN]), max_size=25))
def test_any_values_have_a_distribution(values):
    found = spread_of(np.array(values, float))
    assert found.values.size == sum(value == value for value in values)
    assert np.isfinite(found.quantiles).all() == bool(found.values.size)


def test_outcomes_are_judged_by_their_own_smallest_effect():
    differences = np.array([SIX * 0.001])
    assert judge(differences, facts(smallest=0.01).smallest_effect).has(EQUIVALENT)[0]
    assert judge(differences, facts(smallest=0.001).smallest_effect).has(INCONCLUSIVE)[0]
