"""Petitions, officials who mark the unwelcome, levels of a game and comparison with friends: worked by hand on a few citizens."""

import math

import pytest

from agents.chance import Purpose, luck
from agents.choosing import reward_per_point
from agents.conduct import probability_of_petitioning
from agents.events import Event
from model.institutions.entries import Entry
from model.parameters import ParameterError
from tests.worlds import both_engines, play, quiet

PETITIONS = {"conduct.petition_rate": 1.0, "conduct.petition_cost": 0.1}
#: Points only for what officials mark.
ABUSED = {"start": 1000, "floor": 0, "ceiling": 1300, "abuse": 1.0, "event": {"marked": -50}}


def logistic(x):
    return 1 / (1 + math.exp(-x))


def petitioned(society, who):
    return bool(society.world.act[who, Event.PETITION])


def acted(society, who, event):
    society.world.citizens.official[-1] = 1  # without officials nobody marks anyone
    society.world.act[who, event] = 1
    return society


def ledger(society, who):
    return {Entry(k).name: v / 1000 for k, v in enumerate(society.world.ledger[0, who].tolist()) if v}


# ---- petitions ----


def test_who_expects_nothing_of_institutions_does_not_petition_them():
    assert probability_of_petitioning(0.8, 0.5, 0.0, 0.1, 6.0) == logistic(6 * (0.4 - 0.1))
    assert probability_of_petitioning(0.8, 0.0, 0.0, 0.1, 6.0) == logistic(-0.6)
    assert probability_of_petitioning(0.8, 0.5, 0.3, 0.1, 6.0) == pytest.approx(0.5)


@both_engines
@pytest.mark.parametrize(("grievance", "goes"), [(0.9, True), (0.0, False)])  # 0.9 x 0.5 - 0.1 = .35, -.1: at sharpness 100 all but certain
def test_the_aggrieved_petition(engine, grievance, goes):
    society = quiet(3, [(0, 1)], PETITIONS, engine=engine)
    society.world.citizens.grievance[0] = grievance
    assert petitioned(play(society, "conduct"), 0) is goes


@both_engines
def test_a_petition_heard_is_fair_and_relieves_and_one_unheard_is_unfair(engine):
    for hearing, fair, unfair, grievance in ((1.0, 1.0, 0.0, 0.2), (0.0, 0.0, 1.0, 0.8)):
        given = PETITIONS | {"conduct.petition_hearing": hearing, "conduct.petition_relief": 0.75}
        society = quiet(2, [(0, 1)], given, engine=engine)
        society.world.citizens.grievance[0] = 0.8
        people = play(society, "conduct").world.citizens
        assert (people.fair[0], people.unfair[0]) == (fair, unfair)
        assert people.grievance[0] == pytest.approx(grievance)
        assert (people.fair[1], people.unfair[1], people.grievance[1]) == (0, 0, 0)  # without grievance no petition


@both_engines
def test_a_travel_ban_keeps_petitioners_at_home(engine):
    """The ban holds to the week: until the very week in which it ends nobody gets there."""
    for now, goes in ((4, False), (5, True)):
        society = quiet(2, [(0, 1)], PETITIONS, schemes={"start": 1000, "ceiling": 1300}, engine=engine)
        society.world.citizens.grievance[0] = 0.9
        society.world.standing.banned_until[0, 0] = 5
        society.tick = now
        assert petitioned(play(society, "conduct"), 0) is goes


# ---- officials who abuse their office ----


@pytest.mark.parametrize("event", [Event.CRITICISM, Event.PETITION])
def test_critics_and_petitioners_are_marked_and_wronged(event):
    society = acted(quiet(3, [(0, 1)], PETITIONS, schemes=ABUSED), 0, event)
    play(society, "adjudication", "scoring", "opinion")
    assert ledger(society, 0) == {"MARKED": -50}
    assert society.world.standing.points[0].tolist() == [950_000, 1_000_000, 1_000_000]
    assert society.world.citizens.unfair.tolist() == [1, 0, 0]
    assert society.world.citizens.grievance[0] == pytest.approx(0.1 + 0.05)  # a wrong and a sanction
    assert society.world.standing.caught[0].tolist() == [1, 0, 0]


def test_without_abuse_nobody_is_marked_and_with_some_the_draw_decides():
    for abuse in (0.0, 0.3, 0.7):
        society = acted(quiet(2, [(0, 1)], schemes=ABUSED | {"abuse": abuse}, seed=5), 0, Event.CRITICISM)
        play(society, "adjudication", "scoring")
        marked = luck(5, 0, int(Purpose.ABUSE), 0, int(Event.CRITICISM), 0) < abuse
        assert ledger(society, 0) == ({"MARKED": -50} if marked else {})
        assert society.world.standing.missed[0, 0] == float(abuse > 0 and not marked)


def test_an_appeal_takes_the_mark_away_and_counts_as_fair():
    society = acted(quiet(2, [(0, 1)], schemes=ABUSED | {"appeal": 1.0}), 0, Event.CRITICISM)
    play(society, "adjudication", "scoring", "opinion")
    assert ledger(society, 0) == {"MARKED": -50, "APPEAL": 50}
    assert society.world.citizens.fair[0] == 1
    assert society.world.citizens.grievance[0] == 0


@both_engines
def test_the_fear_of_a_mark_silences(engine):
    """Perceived risk 1/5 of 50 points worth .01 each to one who cares fully: .1; where nobody can mark, nothing."""
    for abuse, fear in ((0.5, 0.2 * 50 * 0.01), (0.0, 0.0)):
        society = quiet(2, [(0, 1)], schemes=ABUSED | {"abuse": abuse}, engine=engine)
        assert society.citizen(0).fear_of_penalty(Event.CRITICISM) == pytest.approx(fear)
        assert society.citizen(0).fear_of_penalty(Event.PETITION) == pytest.approx(fear)
        assert society.citizen(0).fear_of_penalty(Event.PARKING) == 0


# ---- a game ----


GAME = {"start": 100, "floor": 0, "ceiling": 200, "level_points": 10, "level_reward": 0.05, "event": {"helping": 4}}


def test_a_point_is_worth_its_share_of_the_next_reward():
    assert reward_per_point(10.0, 0.05) == 0.005
    assert reward_per_point(0.0, 0.05) == 0.0
    society = quiet(2, [(0, 1)], schemes=GAME)
    assert society.citizen(0).merit_value(Event.HELPING) == pytest.approx(4 * 0.01 + 4 * 0.005)


def test_who_is_below_its_highest_level_is_not_drawn_by_the_next_reward():
    society = quiet(2, [(0, 1)], schemes=GAME)
    society.world.standing.level[0, 0] = 12
    assert society.citizen(0).merit_value(Event.HELPING) == pytest.approx(4 * 0.01)
    assert society.citizen(1).merit_value(Event.HELPING) == pytest.approx(4 * 0.01 + 4 * 0.005)


def test_each_level_risen_pays_and_a_level_lost_costs_nothing():
    """Levels of 10 from 0: 100 is on level 10, 109.999 too, 110 on level 11, 130 on level 13."""
    society = quiet(4, [(0, 1)], schemes=GAME)
    society.world.standing.points[0] = [109_999, 110_000, 130_000, 89_000]
    play(society, "consequences")
    assert society.world.week.income.tolist() == [0, 50_000, 150_000, 0]
    assert society.world.standing.level[0].tolist() == [10, 11, 13, 10]
    play(society, "consequences")
    assert society.world.week.income.tolist() == [0, 50_000, 150_000, 0]  # nobody has risen since
    society.world.standing.points[0] = [109_999, 110_000, 130_000, 109_999]
    play(society, "consequences")
    assert society.world.week.income.tolist() == [0, 50_000, 150_000, 0]  # who rises again is not paid again


@both_engines
def test_who_is_behind_its_friends_cares_more(engine):
    """Friends' mean 150 and 90, own 100 on a scale of 200: a quarter of the scale behind, and not behind at all."""
    scheme = GAME | {"comparison": 2.0, "level_points": 0}
    society = quiet(5, [(0, 1), (0, 2), (3, 4)], schemes=scheme, engine=engine)
    society.world.standing.points[0] = [100_000, 160_000, 140_000, 100_000, 90_000]
    play(society, "scoring")
    assert society.world.standing.behind[0].tolist() == [0.25, 0, 0, 0, pytest.approx(0.05)]
    assert society.citizen(0).merit_value(Event.HELPING) == pytest.approx(4 * 0.01 * 1.5)
    assert society.citizen(3).merit_value(Event.HELPING) == pytest.approx(4 * 0.01)


def test_a_secret_file_is_nothing_to_compare():
    with pytest.raises(ParameterError, match=r"comparison = 1 is not allowed in a secret scheme: expected 0"):
        quiet(2, [(0, 1)], schemes=GAME | {"secret": True, "comparison": 1.0})
