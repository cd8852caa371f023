"""Where effects turn: boxes of known corners, a known threshold, and nothing where there is nothing."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, MIXED, RAISES
from experiments.specs.designs import Design, Factor
from experiments.understanding.boxes import box_of, matthews, tree_of
from experiments.understanding.discovery import discover, discovery_document, discovery_rows, point_verdicts, rule, together
from experiments.understanding.figures import discovery_figures
from experiments.verbs.understanding import print_discoveries
from tests.made_up_responses import NAMES, facts, responses_of

FACTORS = (
    Factor("reward", "reward", "scheme.reporting_reward", low=0.0, high=20.0),
    Factor("fine", "fine", "court.fine", low=0.01, high=100.0, scale="log"),
    Factor("idle", "idle", "group.idle", low=0.0, high=1.0),
)


def corner(positions):
    """Erode where the reward is in the upper half and the fine in the lowest third of its (log) range, else raise."""
    return np.where((positions[:, 0] > 0.5) & (positions[:, 1] < 1 / 3), -1.0, 1.0)


@pytest.fixture(scope="module")
def found():
    return discover(responses_of(Design("latin-hypercube", FACTORS, 400), corner, 5, noise=0.2))


# ---- verdicts of points ----


def test_a_point_has_the_verdict_of_its_replications():
    differences = np.array([[1.0, 1.1, 0.9], [-1.0, -1.1, -0.9], [0.001, 0.002, 0.0], [1.0, -1.0, 0.1], [np.nan, np.nan, np.nan]])
    assert point_verdicts(differences, facts("x")).tolist() == [RAISES, ERODES, EQUIVALENT, INCONCLUSIVE, ""]


@pytest.mark.parametrize(("difference", "verdict"), [(0.0101, RAISES), (0.0099, EQUIVALENT), (-0.0101, ERODES), (0.0, EQUIVALENT)])
def test_one_replication_gives_the_side_of_zero(difference, verdict):
    assert point_verdicts(np.array([[difference]]), facts("x")).tolist() == [verdict]


def test_social_trust_of_a_point_is_both_outcomes():
    both = [np.array([RAISES, RAISES, ERODES, ""], object), np.array([RAISES, ERODES, ERODES, RAISES], object)]
    assert together(both).tolist() == [RAISES, MIXED, ERODES, ""]


# ---- boxes and trees ----


@pytest.mark.slow
def test_a_box_has_the_known_corners(found):
    (discovery,) = found.found
    box = discovery.boxes[ERODES]
    assert box.limits.keys() == {0, 1}  # the idle factor is free
    assert box.limits[0] == (pytest.approx(0.5, abs=0.05), 1.0)
    assert box.limits[1] == (0.0, pytest.approx(1 / 3, abs=0.05))
    assert min(box.coverage, box.density, box.held_coverage, box.held_density) > 0.85
    assert max(box.quasi_p.values()) < 1e-6
    inside = (found.cube.positions[:, 0] >= box.limits[0][0]) & (found.cube.positions[:, 1] <= box.limits[1][1])
    assert box.inside == inside.sum()
    assert box.density == pytest.approx((discovery.verdicts[inside] == ERODES).mean())
    assert box.coverage == pytest.approx((discovery.verdicts[inside] == ERODES).sum() / discovery.counts[ERODES])


@pytest.mark.slow
def test_a_box_is_told_in_the_factors_own_values(found):
    """A third of the way from 0.01 to 100 on a log scale is 0.01 * 10000 ** (1/3) = 0.215."""
    limits = found.found[0].boxes[ERODES].limits
    low, high = found.cube.limits(0, *limits[0])
    assert (low, high) == (pytest.approx(10, abs=1), 20)
    assert found.cube.limits(1, *limits[1])[1] == pytest.approx(0.215, rel=0.5)
    assert rule(found.cube, limits) == f"reward ≥ {low:.4g} and fine ≤ {found.cube.limits(1, *limits[1])[1]:.4g}"


@pytest.mark.slow
def test_a_box_is_sought_for_a_common_verdict_too(found):
    """Five sixths of all points raise; the box leaves out one side of what erodes."""
    box = found.found[0].boxes[RAISES]
    assert box is not None
    assert box.density > 0.97
    assert box.held_density > 0.95 > found.found[0].counts[RAISES] / 400


def test_matthews_by_hand():
    """Of 8 points 4 are wanted: a box of just these agrees wholly, one of all says nothing, one of the others is wrong throughout."""
    assert matthews(np.array([4.0, 4, 0, 2]), np.array([4.0, 8, 4, 4]), 4, 8).tolist() == [1, 0, -1, 0]


def test_a_tree_finds_a_known_threshold():
    positions = np.random.default_rng(1).random((200, 3))
    tree = tree_of(positions, np.where(positions[:, 2] > 0.7, ERODES, RAISES), np.arange(200))
    assert [(leaf.verdict, leaf.share) for leaf in tree.leaves] == [(RAISES, 1.0), (ERODES, 1.0)]
    assert tree.leaves[0].limits == {2: (0.0, pytest.approx(0.7, abs=0.02))}
    assert tree.accuracy > 0.97
    assert tree.majority == pytest.approx((positions[:, 2] <= 0.7).mean())
    assert tree.helps


@pytest.mark.slow
def test_rules_for_coin_tosses_are_worth_nothing_held_out():
    rng = np.random.default_rng(4)
    positions, tosses = rng.random((300, 4)), rng.random(300) < 0.3
    tree = tree_of(positions, np.where(tosses, ERODES, RAISES), np.arange(300))
    assert tree.accuracy < tree.majority + 0.02
    box = box_of(positions, tosses, np.arange(300))
    assert box is None or box.held_density < 0.3 + 3 * (0.3 * 0.7 / 60) ** 0.5


def test_points_of_one_base_sample_are_never_judged_by_each_other():
    """Verdicts by lot, one a base sample: rules that know the others of a sample would seem to tell them."""
    rng = np.random.default_rng(0)
    positions = np.repeat(rng.random((60, 3)), 5, axis=0)
    lots = np.repeat(np.where(rng.random(60) < 0.5, ERODES, RAISES), 5)
    groups = np.repeat(np.arange(60), 5)
    assert tree_of(positions, lots, groups).accuracy < 0.55
    assert tree_of(positions, lots, np.arange(300)).accuracy > 0.6


# ---- nothing to discover ----


def test_nothing_is_discovered_where_all_points_agree():
    (discovery,) = discover(responses_of(Design("latin-hypercube", FACTORS, 40), lambda x: 0 * x[:, 0] + 1, 5, noise=0.1)).found
    assert discovery.counts == {RAISES: 40}
    assert discovery.remarks == ("there is nothing to discover: the verdict is raises at all 40 points",)
    assert discovery.boxes == {}
    assert discovery.tree is None


def test_a_handful_of_points_is_hardly_anything():
    effect = np.where(np.arange(40) < 7, -1.0, 1.0)
    (discovery,) = discover(responses_of(Design("latin-hypercube", FACTORS, 40), lambda x: effect, 5, noise=0.1)).found
    assert discovery.counts == {RAISES: 33, ERODES: 7}
    assert "hardly anything to discover" in discovery.remarks[0]
    assert discovery.tree is None


# ---- shown ----


def test_a_list_is_told_by_its_values():
    factors = (Factor("preset", "preset", "scheme.preset", ("none", "rongcheng", "sesame")), FACTORS[2])
    responses = responses_of(Design("latin-hypercube", factors, 150), lambda x: np.where(x[:, 0] == 1, 1.0, -1.0), 4, noise=0.1)
    found = discover(responses)
    (leaf,) = [leaf for leaf in found.found[0].tree.leaves if leaf.verdict == RAISES and leaf.share == 1]
    assert rule(found.cube, leaf.limits) == "preset is sesame"
    assert found.cube.limits(0, *leaf.limits[0]) == ("sesame", "sesame")


@pytest.mark.slow
def test_what_is_printed_written_and_drawn(found):
    stream = io.StringIO()
    print_discoveries(found, Console(file=stream, width=140))
    for text in ("a scheme against no scheme", "erodes where reward ≥", "of unseen points told rightly", "coverage", "held out"):
        assert text in stream.getvalue()
    rows = discovery_rows(found)
    assert {row["factor"] for row in rows if row["rule"] == "box" and row["verdict"] == ERODES} == {"reward", "fine"}
    (document,) = json.loads(json.dumps(discovery_document(found)))
    assert document["boxes"][ERODES]["limits"]["reward"][1] == 20
    assert document["counts"] == found.found[0].counts
    (figure,), (again,) = discovery_figures(found), discovery_figures(found)
    assert (figure.png, figure.svg) == (again.png, again.svg)


def test_both_outcomes_of_social_trust_are_discovered_together_and_apart():
    responses = responses_of(Design("latin-hypercube", FACTORS, 60), lambda x: 0 * x[:, 0] + 1, 5, noise=0.1, outcomes=NAMES)
    assert [found.outcome for found in discover(responses).found] == ["social trust", *NAMES]
    assert [found.outcome for found in discover(responses, NAMES[1:]).found] == [NAMES[1]]
    gone = replace(responses, values_of=lambda arm, outcome: np.full((60, 5), np.nan))
    assert discover(gone).found[0].remarks[-1] == "there is nothing to discover: no point has a value"
