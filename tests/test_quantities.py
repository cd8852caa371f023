"""What is measured for a pattern: by hand, and in small societies against what is known of them by other means."""

import math
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest

from experiments.calibration.quantities import (
    FROM_STATE,
    free_speech,
    known_quantities,
    measured,
    smallest_effect,
    trust_by_score,
    willingness,
)
from model.network.ties import edge_list
from model.outcomes import OUTCOMES
from model.society import Society

NEVER = float("nan")


def society(ticks=70, preset="rongcheng", **values):
    """Return a small society at its end; values by their names with __ for a dot."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    times = {"time.ticks": ticks, "time.burn_in": 10}
    return Society(rng=3, citizens=80, preset=preset, **times, **named).run()


def test_an_outcome_is_its_mean_over_the_window_where_it_was_measured():
    series = {"welfare": np.array([9.0, 9.0, 1.0, 2.0, 6.0]), "clustering": np.array([0.9, NEVER, 0.25, NEVER, 0.5]),
              "gini_score": np.full(5, NEVER)}  # fmt: skip
    found = measured(SimpleNamespace(series=lambda: series), ("welfare", "clustering", "gini_score"), 3)
    assert (found["welfare"], found["clustering"]) == (3.0, 0.375)
    assert math.isnan(found["gini_score"])


def test_willingness_is_the_mean_chance_to_criticise_without_fear():
    assert willingness(np.array([0.4, 0.4]), 0.4, 6.0) == 0.5
    assert willingness(np.array([0.4, 0.4 + math.log(3)]), 0.4, 1.0) == pytest.approx((1 / 2 + 3 / 4) / 2)


@pytest.mark.parametrize(("silent", "free"), [(0.0, 1.0), (0.125, 0.75), (0.5, 0.0)])
def test_speech_is_free_as_far_as_the_willing_are_not_silent(silent, free):
    rules = SimpleNamespace(conduct=SimpleNamespace(criticism_cost=0.4), exchange=SimpleNamespace(sharpness=6.0))
    world = SimpleNamespace(citizens=SimpleNamespace(grievance=np.full(8, 0.4)))  # every second one would criticise
    one = SimpleNamespace(parameters=rules, world=world, last=lambda: {"self_censorship": silent})
    assert free_speech(one) == pytest.approx(free)


def test_distance_is_that_of_the_living_ties():
    one = society(preset="none")
    low, high = edge_list(one.world)
    graph = nx.Graph(zip(low.tolist(), high.tolist(), strict=True))
    assert nx.is_connected(graph)
    expected = nx.average_shortest_path_length(graph)
    assert measured(one, ("mean_distance",), 5)["mean_distance"] == pytest.approx(expected)


def test_where_nobody_sees_a_grade_scorers_are_trusted_as_any_stranger():
    one = society(preset="peer-ratings", scheme__disclosure=0.0)
    strangers = one.last()["generalized_trust"]
    assert [trust_by_score(one, low) for low in (True, False)] == pytest.approx([strangers, strangers], abs=1e-6)
    assert measured(one, ("trust_gap_by_score",), 5)["trust_gap_by_score"] == pytest.approx(0.0, abs=1e-12)


def test_where_grades_are_seen_low_scorers_are_trusted_less():
    found = measured(society(150, "peer-ratings"), ("trust_in_low_scorers", "trust_gap_by_score"), 5)
    one = society(150, "peer-ratings")
    assert found["trust_gap_by_score"] < -0.02
    assert found["trust_in_low_scorers"] < one.last()["generalized_trust"]
    assert found["trust_gap_by_score"] == pytest.approx(found["trust_in_low_scorers"] - trust_by_score(one, False))


def test_nobody_has_a_low_score_without_a_scheme():
    assert math.isnan(trust_by_score(society(preset="none"), True))


def test_every_quantity_has_a_smallest_effect_and_a_meaning():
    assert set(known_quantities()) == {*OUTCOMES, *FROM_STATE}
    assert (smallest_effect("score"), smallest_effect("free_speech")) == (5.0, 0.01)
    assert all(meaning for meaning, _ in FROM_STATE.values())
