"""Scores earn grades; grades hold as long as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.events import Event
from model.institutions.grading import natural_grade, next_grade
from tests.worlds import PLAIN_SCHEME, bring, grade, next_week, play, points, quiet, score, scored

TWO_YEARS, FIVE_YEARS = 104, 260


EDGES = [
    (1300, "AAA"), (1050, "AAA"), (1049.999, "AA"), (1030, "AA"), (1029.999, "A+"), (1010, "A+"), (1009.999, "A"), (985, "A"),
    (984.999, "A-"), (960, "A-"), (959.999, "B"), (850, "B"), (849.999, "C"), (600, "C"), (599.999, "D"), (0, "D"),
]  # fmt: skip


@pytest.mark.parametrize(("earned", "name"), EDGES)
def test_a_score_earns_the_grade_whose_floor_it_reaches(earned, name):
    society = scored(quiet(2, schemes="rongcheng"), earned - 1000)
    assert (score(society, 0), grade(society, 0)) == (earned, name)
    grades = society.world.grades[0]
    assert society.parameters.schemes[0].grade[natural_grade(round(earned * 1000), grades, 8)].name == name


@given(st.integers(0, 1_300_000), st.integers(0, 1_300_000))
def test_a_better_score_never_earns_a_worse_grade(one, other):
    grades = quiet(2, schemes="rongcheng").world.grades[0]
    better, worse = natural_grade(max(one, other), grades, 8), natural_grade(min(one, other), grades, 8)
    assert 0 <= better <= worse <= 7


def history(amounts, ticks, society=None):
    """Post the amounts ({tick: points}) to citizen 0 under Rongcheng; return its grade after each tick."""
    society = society or quiet(2, schemes="rongcheng")
    grades = []
    for now in range(ticks):
        society.tick = now
        scored(society, amounts.get(now, 0))
        grades.append(grade(society, 0))
    return grades


def spans(grades):
    """Return [(grade, weeks)] of the grades in their order."""
    found = []
    for name in grades:
        if found and found[-1][0] == name:
            found[-1] = name, found[-1][1] + 1
        else:
            found.append((name, 1))
    return found


def test_grades_without_a_lock_follow_the_score_at_once():
    assert history({1: 60, 2: -30, 3: -50, 4: 80}, 5) == ["A", "AAA", "AA", "A-", "AAA"]


def test_a_grade_b_holds_exactly_two_years_and_may_end_straight_in_aa():
    """To 900 in week 0, to 1040 in week 1."""
    assert spans(history({0: -100, 1: 140}, 110)) == [("B", TWO_YEARS), ("AA", 6)]


def test_a_grade_c_holds_exactly_two_years_and_ends_in_b_which_holds_two_more():
    """To 700 in week 0, to 1100 in week 1."""
    assert spans(history({0: -300, 1: 400}, 220)) == [("C", TWO_YEARS), ("B", TWO_YEARS), ("AAA", 12)]


def test_a_grade_d_ends_in_c_then_b_after_nine_years_in_what_the_score_earns():
    """To 500 in week 0, to 1020 in week 1: 260 + 104 + 104 weeks = nine years."""
    found = spans(history({0: -500, 1: 520}, 480))
    assert found == [("D", FIVE_YEARS), ("C", TWO_YEARS), ("B", TWO_YEARS), ("A+", 12)]
    assert sum(weeks for _, weeks in found[:3]) == 9 * 52


def test_after_its_lock_a_grade_lasts_until_the_score_earns_a_better_one():
    # A C who stays at 700 stays in C; one who earns B after 150 weeks moves to B, which holds two years more.
    assert spans(history({0: -300, 150: 200, 151: 200}, 260)) == [("C", 150), ("B", TWO_YEARS), ("AAA", 6)]
    # A B whose score still earns B stays.
    assert spans(history({0: -100}, 120)) == [("B", 120)]


def test_a_lock_does_not_keep_one_from_falling_further_which_begins_a_new_lock():
    assert spans(history({0: -100, 10: -200, 11: 400}, 230)) == [("B", 10), ("C", TWO_YEARS), ("B", TWO_YEARS), ("AAA", 12)]


def test_a_locked_grade_is_not_prolonged_by_staying_in_it():
    assert spans(history({0: -100, 50: -20, 51: 200}, 110)) == [("B", TWO_YEARS), ("AAA", 6)]


def offend(society, who=0):
    bring(society, who, event=Event.CRIME, camera=True)
    return play(society, "adjudication", "scoring")


def test_a_crime_leads_to_d_at_once_whatever_the_score_and_for_nine_years():
    society = scored(quiet(2, schemes="rongcheng"), 100)
    assert grade(society, 0) == "AAA"
    offend(next_week(society))
    assert (grade(society, 0), score(society, 0), grade(society, 1)) == ("D", 1100, "A")
    grades = []
    for _ in range(480):
        grades.append(grade(society, 0))
        play(next_week(society), "adjudication", "scoring")
    assert spans(grades) == [("D", FIVE_YEARS), ("C", TWO_YEARS), ("B", TWO_YEARS), ("AAA", 12)]


def test_another_crime_begins_the_five_years_anew():
    society = offend(quiet(2, schemes="rongcheng"))
    next_week(society, 200)
    offend(society)
    next_week(society, FIVE_YEARS - 1)
    assert grade(play(society, "adjudication", "scoring"), 0) == "D"
    assert grade(play(next_week(society), "adjudication", "scoring"), 0) == "C"


def test_elsewhere_a_crime_costs_its_points():
    grades = [{"name": "good", "floor": 900}, {"name": "bad"}]
    scheme = PLAIN_SCHEME | {"event": {"crime": -50}, "grade": grades}
    society = offend(quiet(2, schemes=scheme))
    assert (points(society, 0), grade(society, 0)) == (950, "good")


def test_a_scheme_without_grades_gives_none():
    society = scored(quiet(2, schemes=PLAIN_SCHEME), -900)
    assert society.world.standing.grade[0, 0] == 0
    assert society.world.standing.locked_until[0, 0] == 0


number = st.integers(0, 7)
week = st.integers(0, 400)


@given(number, number, week, week, st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_one_falls_at_any_time_and_rises_only_when_no_lock_holds(current, earned, locked_until, now, years):
    """Whatever locks the eight grades have: numbers rise from the best grade to the worst."""
    grades = quiet(2, schemes="rongcheng").world.grades[0]
    grades.lock_weeks[:8] = np.array(years) * 52
    locks = grades.lock_weeks.tolist()
    new, until = next_grade(current, earned, False, locked_until, now, grades, 8)
    if earned > current:
        assert new == earned
        assert until == (now + locks[earned] if locks[earned] else locked_until)
    else:
        assert earned <= new <= current
        assert new == current or now >= locked_until
        assert until == locked_until or (new == current - 1 and until == now + locks[new])
    if new == current:
        assert until == locked_until
        assert earned == current or now < locked_until
    assert next_grade(current, earned, True, locked_until, now, grades, 8) == (7, now + locks[7])
