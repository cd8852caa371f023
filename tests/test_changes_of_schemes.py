"""Schemes that a policy bends while a run goes on: who is enrolled then, and what a new game pays. What a penalty teaches, and whom."""

import pytest

from agents.events import Event
from model.parameters import ParameterError
from model.population import RURAL, Tally
from model.society import Society
from tests.worlds import bring, play, quiet, tally

SMALL = {"citizens": 200, "network.mean_degree": 8.0, "time.burn_in": 2, "time.ticks": 20}
PLAIN = {"start": 1000, "floor": 0, "ceiling": 1300, "verification": 0.0, "event": {"dishonour": -30}}


def enrolment(policy, **more):
    return Society(rng=3, policy=policy, **SMALL, **more).run(20).series()["enrolment"]


# ---- enrolment ----


def test_a_scheme_that_becomes_mandatory_enrols_everybody_the_very_week():
    found = enrolment([(10, "scheme.enrolment", "mandatory")], preset="sesame", **{"opinion.enrolment_reluctance": 0.0})
    assert 0 < found[9] < 0.7
    assert (found[10:] == 1).all()


def test_a_mandatory_scheme_that_reaches_further_enrols_whom_it_reaches_and_keeps_whom_it_had():
    found = enrolment([(10, "scheme.coverage", 1.0)], preset="rongcheng", **{"scheme.coverage": 0.2})
    assert 0.1 < found[9] < 0.3
    assert (found[10:] == 1).all()
    found = enrolment([(10, "scheme.coverage", 0.0)], preset="rongcheng")
    assert (found[2:] == 1).all()


def test_villages_are_reached_when_the_scheme_comes_to_them():
    society = Society(rng=3, policy=[(5, "scheme.rural_coverage", 1.0)], preset="rongcheng", **SMALL, **{"scheme.rural_coverage": 0.0})
    rural = society.world.citizens.region == RURAL
    assert rural.any()
    society.run(5)
    assert not society.world.standing.enrolled[0][rural].any()
    assert society.run(1).world.standing.enrolled[0].all()


# ---- levels ----


def test_a_change_of_something_else_leaves_the_highest_levels_as_they_are():
    for policy in ([(5, "scheme.grade.A.floor", 969.0)], [(5, "scheme.level_points", 10.0)], [(5, "scheme.floor", 0.0)]):
        given = SMALL | {"scheme.level_points": 10.0, "scheme.level_reward": 1.0}
        society = Society(rng=3, policy=policy, preset="rongcheng", **given).run(4)
        society.world.standing.level[0] = 999
        assert (society.run(4).world.standing.level[0] == 999).all()


def test_levels_that_are_new_are_counted_without_a_reward():
    """Nobody does anything that counts: whoever stands on level 100 or 20 of a new game has not risen to it."""
    for policy in ([(5, "scheme.level_points", 10.0)], [(5, "scheme.level_points", 10.0), (9, "scheme.level_points", 50.0)]):
        game = Society(rng=3, policy=policy, preset="fico", **SMALL, **{"scheme.level_reward": 1.0, "conduct.loan_default_rate": 0.0})
        plain = Society(rng=3, preset="fico", **SMALL, **{"conduct.loan_default_rate": 0.0})
        assert game.run(20).series()["welfare"].tolist() == plain.run(20).series()["welfare"].tolist()


# ---- what a penalty teaches, and whom ----


def test_who_is_not_told_learns_nothing_whether_punished_or_not():
    """Else an opaque scheme would look weak by arithmetic alone."""
    for reported in ([2], []):
        for transparency, learns in ((1.0, 1), (0.0, 0)):
            society = quiet(3, [(0, 1), (1, 2), (0, 2)], schemes=PLAIN | {"transparency": transparency})
            bring(society, 0, victim=1, reported=reported, saw=[] if reported else [2])
            standing = play(society, "adjudication").world.standing
            assert standing.caught[0, 0] + standing.missed[0, 0] == learns
            assert standing.caught[0, 2] + standing.missed[0, 2] == 0.5  # who saw it learns half a case


def test_who_is_not_told_does_not_look_for_the_informer():
    for transparency, doubts in ((1.0, 1.0), (0.0, 0.0)):
        given = {"informing.exposure": 1.0, "informing.betrayal_weight": 1.0}
        society = quiet(3, [(0, 1), (1, 2), (0, 2)], given, schemes=PLAIN | {"transparency": transparency})
        bring(society, 0, victim=1, reported=[2])
        play(society, "adjudication")
        assert society.world.slots.betrayed[society.slot_of(0, 2)] == doubts
        assert tally(society, 0, Tally.UNFAIR) == 1 - transparency
        assert bool(society.world.citizens.suspicion[0] > 0) is (transparency == 1)


def test_a_penalty_that_an_appeal_took_away_is_not_felt():
    """Two schemes believe a false report. The first takes its penalty back; that of the second is not felt."""
    first, second = PLAIN | {"name": "a", "appeal": 1.0}, PLAIN | {"name": "b", "felt": 0.0}
    society = quiet(2, [(0, 1)], schemes=[first, second])
    bring(society, 0, victim=1, false=True, reported=[1])
    play(society, "adjudication")
    assert [tally(society, 0, column) for column in (Tally.SANCTIONED, Tally.UNFAIR, Tally.WRONGED, Tally.FAIR)] == [0, 0, 0, 0]


def test_a_fine_is_feared_only_for_what_the_scheme_counts():
    scheme = PLAIN | {"fine": 2.0, "abuse": 1.0, "event": {"dishonour": -30, "marked": -50}}
    citizen = quiet(2, [(0, 1)], schemes=scheme).citizen(0)
    assert citizen.fear_of_penalty(Event.CRITICISM) == pytest.approx(0.2 * 0.5)
    assert citizen.fear_of_penalty(Event.DISHONOUR) == pytest.approx(0.2 * (0.3 + 2.0) + 0.2 * 1.0)  # the court's fine besides


def test_the_exempt_are_not_marked_and_without_officials_nobody_is():
    scheme = PLAIN | {"abuse": 1.0, "exemption": 1.0, "event": {"marked": -50}}
    for officials, marked in (([], []), ([0], [1])):
        society = quiet(2, [(0, 1)], schemes=scheme)
        society.world.citizens.official[officials] = 1
        society.world.act[:, Event.CRITICISM] = 1
        play(society, "adjudication", "scoring")
        assert [i for i in (0, 1) if society.world.standing.points[0, i] < 1_000_000] == marked


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"event": {"marked": 20}}, "event.marked = 20 is not allowed: expected a number from -10000 to 0"),
        ({"level_points": 0.0001}, "level_points = 0.0001 is not allowed: expected 0, or 0.001 and more"),
        ({"secret": True, "clears": True}, "clears = True is not allowed in a secret scheme: expected false"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, said):
    with pytest.raises(ParameterError, match=said):
        quiet(2, [(0, 1)], schemes=PLAIN | wrong)
