"""Indices of sensitivity where the truth is known: Ishigami, Sobol' G, linear and constant functions, with and without noise."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from SALib.analyze import pawn as salib_pawn
from SALib.analyze import rbd_fast
from SALib.test_functions import Ishigami, Sobol_G

from experiments.refusal import Refusal
from experiments.specs.designs import Design, Factor, problem
from experiments.understanding.cube import cube_of
from experiments.understanding.figures import sensitivity_figures
from experiments.understanding.indices import FIRST, MU_STAR, PAWN, SIGMA, TOTAL, moves, pawn, slices_of
from experiments.understanding.sensitivity import DUMMY, Subject, sensitivity, sensitivity_rows
from experiments.verbs.understanding import noise_sentence, print_sensitivity
from tests.made_up_responses import responses_of, unit_factors

ISHIGAMI = {FIRST: [0.3139, 0.4424, 0.0], TOTAL: [0.5576, 0.4424, 0.2437]}
ISHIGAMI_VARIANCE = 13.8446


def ishigami(positions):
    return Ishigami.evaluate((2 * positions - 1) * np.pi)


def only(responses, draws: int = 20) -> Subject:
    (subject,) = sensitivity(responses, draws=draws).subjects
    return subject


def values(subject: Subject, method: str, index: str, field: str = "value") -> np.ndarray:
    return np.array([getattr(found, field) for found in subject.table()[method, index] if found.factor != DUMMY])


@pytest.fixture(scope="module")
def quiet() -> Subject:
    return only(responses_of(Design("sobol", unit_factors(3), 1024), ishigami))


@pytest.fixture(scope="module")
def noisy() -> Subject:
    """Ten replications with noise of standard deviation 3 of their own, and 5 that all points of a seed share."""
    return only(responses_of(Design("sobol", unit_factors(3), 1024), ishigami, 10, noise=3.0, shared=5.0), draws=4)


# ---- Sobol' ----


@pytest.mark.parametrize("index", [FIRST, TOTAL])
def test_ishigami_has_its_known_indices(quiet, index):
    assert values(quiet, "Sobol'", index) == pytest.approx(ISHIGAMI[index], abs=0.02)


@pytest.mark.parametrize("index", [FIRST, TOTAL])
def test_noise_is_taken_off(noisy, index):
    assert values(noisy, "Sobol'", index) == pytest.approx(ISHIGAMI[index], abs=0.05)


def test_without_correction_noise_would_pass_for_influence(noisy):
    """Means over ten runs carry 9 / 10 of noise on 13.84: each total is (ST V + 0.9) / (V + 0.9)."""
    blurred = (np.array(ISHIGAMI[TOTAL]) * ISHIGAMI_VARIANCE + 0.9) / (ISHIGAMI_VARIANCE + 0.9)
    assert values(noisy, "Sobol'", TOTAL, "as_run") == pytest.approx(blurred, abs=0.03)


@pytest.mark.parametrize(("kind", "method", "indices"), [("sobol", "Sobol'", (FIRST, TOTAL)), ("morris", "Morris", (MU_STAR, SIGMA))])
def test_without_replications_indices_are_those_of_salib(kind, method, indices):
    """As run they are SALib's; the formulas that noise is taken off of give the same where there is none to take off."""
    subject = only(responses_of(Design(kind, unit_factors(3), 64), ishigami), draws=2)
    for index in indices:
        assert values(subject, method, index) == pytest.approx(values(subject, method, index, "as_run"), abs=1e-9)


def one_of(responses):
    return responses.contrasts[0], next(iter(responses.outcomes))


def test_the_g_function_has_its_known_indices():
    a = np.array([0.0, 1.0, 4.5, 99.0])
    subject = only(responses_of(Design("sobol", unit_factors(4), 2048), lambda x: Sobol_G.evaluate(x, a=a)), draws=2)
    partial = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + partial) - 1
    totals = partial * np.prod(1 + partial) / (1 + partial) / variance
    assert values(subject, "Sobol'", FIRST) == pytest.approx(partial / variance, abs=0.03)
    assert values(subject, "Sobol'", TOTAL) == pytest.approx(totals, abs=0.03)


# ---- noise and intervals ----


def test_the_share_of_noise_is_known(noisy):
    """A single run has 9 + 25 of noise beside 13.84 between points."""
    within = 9 + 25
    assert noisy.noise.within == pytest.approx(within, rel=0.5)  # ten shared draws make 25 themselves uncertain
    assert noisy.noise.between == pytest.approx(ISHIGAMI_VARIANCE, rel=0.05)
    assert noisy.noise.share == pytest.approx(noisy.noise.within / (noisy.noise.within + noisy.noise.between))
    assert noisy.noise.of_means == pytest.approx(0.9 / (ISHIGAMI_VARIANCE + 0.9), abs=0.01)
    assert "replication noise" in noise_sentence(noisy)


@pytest.mark.slow
def test_more_replications_shrink_the_replication_part_and_not_the_design_part():
    few, many = (only(responses_of(Design("sobol", unit_factors(3), 128), ishigami, runs, noise=2.0), draws=100) for runs in (10, 60))
    for index in (FIRST, TOTAL):
        shrunk = values(many, "Sobol'", index, "replication") / values(few, "Sobol'", index, "replication")
        assert shrunk == pytest.approx(np.full(3, 0.41), abs=0.25)  # as the root of 10 / 60
        design = values(many, "Sobol'", index, "design") / values(few, "Sobol'", index, "design")
        assert ((design > 0.7) & (design < 1.5)).all()


@pytest.mark.slow
def test_more_points_shrink_the_design_part():
    few, many = (only(responses_of(Design("sobol", unit_factors(3), size), ishigami, 2, noise=0.1), draws=60) for size in (64, 1024))
    ratio = values(many, "Sobol'", FIRST, "design") / values(few, "Sobol'", FIRST, "design")
    assert ((ratio > 0.12) & (ratio < 0.5)).all()  # a quarter, as the root of 64 / 1024


def test_one_replication_says_that_noise_cannot_be_told(quiet):
    assert any("with one replication noise cannot be told" in remark for remark in quiet.remarks)
    assert np.isnan(values(quiet, "Sobol'", FIRST, "replication")).all()
    assert values(quiet, "Sobol'", FIRST, "total") == pytest.approx(values(quiet, "Sobol'", FIRST, "design"))
    assert "cannot be told" in noise_sentence(quiet)


def test_nothing_but_noise_gives_no_index():
    subject = only(responses_of(Design("latin-hypercube", unit_factors(3), 200), lambda x: 0 * x[:, 0], 5, noise=1.0))
    assert values(subject, "given sample", PAWN).max() < 0.3
    assert subject.noise.share > 0.95
    assert any("noise" in remark or "chance" in remark for remark in subject.remarks)


def test_an_effect_that_is_the_same_everywhere_is_said_to_be():
    responses = responses_of(Design("sobol", unit_factors(2), 16), lambda x: 0 * x[:, 0] + 0.25, 3)
    same = replace(responses, values_of=lambda arm, outcome: np.full((len(responses.points), 3), 0.25 if arm == "treated" else 0.0))
    subject = only(same)
    assert subject.indices == ()
    assert subject.remarks == ("the effect is the same at all points: no factor has any influence",)
    (row,) = sensitivity_rows(sensitivity(same))
    assert row["remark"] == subject.remarks[0]


# ---- Morris ----


@given(st.lists(st.floats(-5, 5).filter(lambda slope: abs(slope) > 1e-3), min_size=2, max_size=4))
def test_morris_of_a_linear_function_is_exact(slopes):
    """The elementary effect of a factor is its slope at every place."""
    subject = only(responses_of(Design("morris", unit_factors(len(slopes)), 8), lambda x: x @ np.array(slopes), seed=0), draws=2)
    assert values(subject, "Morris", MU_STAR) == pytest.approx(np.abs(slopes), abs=1e-6)
    assert values(subject, "Morris", SIGMA) == pytest.approx(np.zeros(len(slopes)), abs=1e-6)


def test_mu_star_of_a_factor_without_influence_is_what_noise_gives():
    subject = only(responses_of(Design("morris", unit_factors(3), 200), lambda x: 5 * x[:, 0], 4, noise=1.0))
    mu_star, null = values(subject, "Morris", MU_STAR), values(subject, "Morris", MU_STAR, "null")
    expected = np.sqrt(2 / np.pi) * np.sqrt(2 / 4) / (2 / 3)  # the mean of |difference of two means of four| over a step of 2/3
    assert null == pytest.approx(np.full(3, expected), rel=0.1)
    assert mu_star[1:] == pytest.approx(null[1:], rel=0.15)
    assert [found.stands_out for found in subject.table()["Morris", MU_STAR]] == [True, False, False]
    blurred = np.sqrt(2 / 4) / (2 / 3)
    assert values(subject, "Morris", SIGMA, "as_run") == pytest.approx(np.full(3, blurred), rel=0.15)
    assert (values(subject, "Morris", SIGMA) < 0.55 * blurred).all()  # its square is below a third of what noise makes it


def test_a_step_that_rounding_takes_away_is_an_effect_of_zero():
    """Between 3 and 4 the four levels of a whole number are 3, 3, 4, 4: a trajectory in which nothing moves has the effect 0."""
    still = np.array([[[0.0, 1.0], [0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]])
    steps, signs = moves(still)
    assert steps.tolist() == [[1, 0], [0, 1]]
    assert signs.tolist() == [[1, -1], [1, 1]]


def test_morris_of_whole_numbers_that_round_together():
    """Of 3 to 4 the levels are 3, 3, 4, 4: each step of two levels moves; a list of one value never does and has the effect 0."""
    factors = (Factor("weeks", "weeks", "group.weeks", low=3, high=4), Factor("only", "only", "group.only", (7,)))
    design = Design("morris", factors, 12)
    points = design.points(whole=("weeks",))
    responses = replace(responses_of(design, lambda x: 0 * x[:, 0]), points=points)
    effect = 2.0 * np.array([[point[0]] for point in points])
    subject = only(replace(responses, values_of=lambda arm, outcome: effect if arm == "treated" else 0 * effect), draws=2)
    assert values(subject, "Morris", MU_STAR) == pytest.approx([2 / (2 / 3), 0])
    assert values(subject, "Morris", MU_STAR, "as_run") == pytest.approx([2 / (2 / 3), 0])


# ---- a given sample ----


def test_a_given_sample_gives_first_indices_beside_rbd_fast():
    factors = unit_factors(3)
    responses = responses_of(Design("latin-hypercube", factors, 2000), ishigami)
    subject = only(responses, draws=10)
    assert values(subject, "given sample", FIRST) == pytest.approx(ISHIGAMI[FIRST], abs=0.04)
    found = rbd_fast.analyze(problem(factors), responses.positions(), responses.differences(*one_of(responses))[:, 0], seed=1)
    assert values(subject, "given sample", FIRST) == pytest.approx(np.array(found["S1"], float), abs=0.05)


def test_pawn_is_what_salib_gives_where_salib_loses_little():
    rng = np.random.default_rng(2)
    positions = rng.random((1000, 3))
    effect = ishigami(positions)
    found = salib_pawn.analyze(problem(unit_factors(3)), positions, effect, S=10)["median"]
    assert pawn(effect, slices_of(positions)) == pytest.approx(found, abs=0.005)


def test_pawn_by_hand():
    """Half of the points have 0 and half 1, told by the factor: either half differs from all by a half."""
    assert pawn(np.array([0.0, 0, 1, 1]), np.array([[0], [0], [1], [1]])).tolist() == [0.5]
    assert pawn(np.array([0.0, 1, 0, 1]), np.array([[0], [0], [1], [1]])).tolist() == [0.0]


def test_the_dummy_does_not_stand_out_and_a_cause_does():
    subject = only(responses_of(Design("latin-hypercube", unit_factors(2), 300), lambda x: 3 * x[:, 0], 5, noise=1.0))
    for index in (PAWN, FIRST):
        assert [(found.factor, found.stands_out) for found in subject.table()["given sample", index]] == [
            ("x0", True), ("x1", False), (DUMMY, False),
        ]  # fmt: skip


def test_lists_texts_and_truth_values_are_factors():
    """The effect is 2 with the free press and 0 without, plus the place in the list: shares of variance 1 : 2/3."""
    factors = (
        Factor("press", "a free press", "group.press", (False, True)),
        Factor("kind", "kind", "group.kind", ("none", "mild", "hard")),
    )
    design = Design("factorial", factors)
    responses = responses_of(design, lambda x: 2 * x[:, 0] + 2 * x[:, 1], 10, noise=0.1)
    large = replace(
        responses, points=responses.points * 6, values_of=lambda arm, outcome: np.tile(responses.values_of(arm, outcome), (6, 1))
    )
    assert values(only(large), "given sample", FIRST) == pytest.approx([0.6, 0.4], abs=0.05)


def test_a_table_has_the_range_of_its_columns():
    factors = (Factor("fine", "fine", "group.fine"), Factor("law", "law", "group.law"))
    rows = tuple((float(10 + i), "new" if i % 2 else "old") for i in range(20))
    responses = responses_of(Design("table", factors, rows=tuple((row[0], row[0]) for row in rows)), lambda x: x[:, 0])
    cube = cube_of(replace(responses, points=rows), "sensitivity")
    assert cube.positions[:, 0] == pytest.approx(np.arange(20) / 19)
    assert cube.positions[:4, 1].tolist() == [0, 1, 0, 1]
    assert cube.between(0, 0.5, 1.0) == "fine ≥ 19.5"
    assert cube.between(1, 0.0, 0.0) == "law is old"


# ---- what is refused, left out, and shown ----


@pytest.mark.parametrize(("kind", "reason"), [("one-at-a-time", "leaves the other factors"), ("zip", "all factors move together")])
def test_designs_that_cannot_tell_factors_apart_are_refused(kind, reason):
    factors = tuple(replace(factor, levels=3) for factor in unit_factors(2))
    points = Design(kind, factors).points()
    responses = replace(responses_of(Design("latin-hypercube", factors, 9), lambda x: x[:, 0]), kind=kind, points=points)
    with pytest.raises(Refusal, match=reason):
        sensitivity(responses)


def test_a_point_without_a_value_of_a_factor_and_an_unknown_outcome_are_refused():
    responses = responses_of(Design("latin-hypercube", unit_factors(2), 9), lambda x: x[:, 0])
    with pytest.raises(Refusal, match=r"point 4 leaves factor 'x1' as the arms have it: expected a value"):
        sensitivity(replace(responses, points=(*responses.points[:4], (0.5, None), *responses.points[5:])))
    with pytest.raises(Refusal, match=r"outcome 'generalised_trust' is not known \(did you mean 'generalized_trust'\?\)"):
        sensitivity(responses, ["generalised_trust"])


def test_blocks_with_a_gap_are_left_out_and_said_to_be():
    responses = responses_of(Design("sobol", unit_factors(3), 128), ishigami, 3, noise=0.1)
    holes = responses.values_of("treated", "").copy()
    holes[7, 1] = np.nan  # in the second block of five
    gappy = replace(responses, values_of=lambda arm, outcome: holes if arm == "treated" else responses.values_of(arm, outcome))
    subject = only(gappy)
    assert subject.points == 127 * 5
    assert "1 of 128 blocks of points left out for missing values" in subject.remarks


@pytest.mark.slow
def test_what_is_printed_written_and_drawn(noisy):
    responses = responses_of(Design("sobol", unit_factors(3), 64), ishigami, 3, noise=1.0)
    found = sensitivity(responses, draws=20)
    stream = io.StringIO()
    print_sensitivity(found, Console(file=stream, width=140))
    for text in ("a scheme against no scheme: generalized trust", "Sobol'", "a dummy (chance alone)", "3 replications give rough", "| "):
        assert text in stream.getvalue()
    rows = sensitivity_rows(found)
    assert len(rows) == 2 * 3 + 2 * 4
    assert {row["replications"] for row in rows} == {3}
    first, again = (sensitivity_figures(sensitivity(responses, draws=20)) for _ in range(2))
    assert [figure.name for figure in first] == ["sensitivity-sobol", "sensitivity-given-sample"]
    assert [figure.png for figure in first] == [figure.png for figure in again]
    assert [figure.svg for figure in first] == [figure.svg for figure in again]
