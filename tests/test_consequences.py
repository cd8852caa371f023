"""What a grade gives and takes each week: perks, visits, travel bans, a published name."""

import pytest

from model.population import Tally
from tests.worlds import PLAIN_SCHEME, both_engines, grade, next_week, play, quiet, tally
from tests.worlds import points as points_of

#: Two grades: the upper pays a quarter a week, the lower takes a tenth, bans from travel and is visited.
GRADED = PLAIN_SCHEME | {
    "grade": [
        {"name": "good", "floor": 900, "perk": 0.25},
        {"name": "bad", "perk": -0.1, "travel_ban_weeks": 1, "visit_rate": 1.0, "published": True},
    ]
}


def settled(society):
    """Play the consequences; return what each citizen's wealth changed by, in millionths."""
    before = society.world.citizens.wealth.copy()
    play(society, "consequences")
    return (society.world.citizens.wealth - before).tolist()


def in_grades(scheme, *numbers, **given):
    society = quiet(len(numbers), [(0, 1)], given, schemes=scheme)
    society.world.standing.grade[0] = numbers
    return society


def test_perks_are_paid_and_taken_each_week():
    society = in_grades(GRADED, 0, 1, 0)
    society.world.standing.enrolled[0, 2] = 0
    assert settled(society) == [250_000, -100_000, 0]
    assert settled(next_week(society)) == [250_000, -100_000, 0]


def test_perks_of_several_schemes_add_up_with_the_weeks_income():
    society = in_grades([GRADED, GRADED], 0, 0)
    society.world.standing.grade[1] = 0, 1
    society.world.week.income[:] = 1_000_000
    assert settled(society) == [1_500_000, 1_150_000]


def test_a_scheme_that_is_not_at_work_gives_and_takes_nothing():
    society = in_grades(GRADED, 0, 1)
    society.world.status.running[0] = 0
    assert settled(society) == [0, 0]
    assert society.world.standing.banned_until[0].tolist() == [0, 0]
    assert tally(society, 1, Tally.VISITED) == 0


def test_the_perks_of_rongcheng_by_grade():
    society = in_grades("rongcheng", *range(8))
    assert settled(society) == [100_000, 80_000, 60_000, 50_000, 40_000, 0, -50_000, -100_000]


def test_officers_visit_those_in_the_grade_and_visits_breed_grievance():
    society = in_grades(GRADED, 0, 1, **{"opinion.visit_grievance": 0.2})
    play(society, "consequences", "opinion")
    assert [tally(society, i, Tally.VISITED) for i in (0, 1)] == [0, 1]
    assert society.world.citizens.grievance.tolist() == pytest.approx([0, 0.2])


def test_visits_come_at_their_rate():
    """2000 in grade B of Rongcheng, a tenth a week: 200, standard deviation sqrt(2000 x 0.1 x 0.9) = 13.4; 54 is four of them."""
    society = in_grades("rongcheng", *[5] * 2000)
    play(society, "consequences")
    assert sum(tally(society, i, Tally.VISITED) for i in range(2000)) == pytest.approx(200, abs=54)


@both_engines
@pytest.mark.parametrize("weeks", [1, 3])
def test_a_travel_ban_lasts_through_the_grade_and_exactly_its_weeks_after(engine, weeks):
    """Everybody seeks strangers. 0 falls in week 2 and rises in week 5: banned in weeks 3, 4, 5 and so many more from week 5 on.

    The grade is given after the week's encounters, so that a ban of one week holds in the week that follows.
    """
    scheme = GRADED | {"grade": [GRADED["grade"][0], GRADED["grade"][1] | {"travel_ban_weeks": weeks}]}
    society = quiet(4, [(0, 1)], {"exchange.stranger_share": 1.0}, schemes=scheme, engine=engine)
    changes, banned, bad = {2: -500, 5: 500}, [], []
    for now in range(12):
        society.tick = now
        play(society, "encounter")
        if society.world.week.slot[0] >= 0:
            banned.append(now)
        society.world.pending[0, 0, 0] = changes.get(now, 0) * 1000
        play(society, "scoring", "consequences")
        if grade(society, 0) == "bad":
            bad.append(now)
        assert society.citizen(0).is_travel_banned(now + 1) == (now + 1 < society.world.standing.banned_until[0, 0])
    assert points_of(society, 0) == 1000
    assert bad == [2, 3, 4]
    assert banned == list(range(3, 5 + weeks))


def test_a_ban_is_never_shortened_by_a_milder_grade():
    grades = [
        {"name": "good", "floor": 900},
        {"name": "low", "floor": 500, "travel_ban_weeks": 1},
        {"name": "lowest", "travel_ban_weeks": 10},
    ]
    society = in_grades(PLAIN_SCHEME | {"grade": grades}, 2, 1)
    play(society, "consequences")
    assert society.world.standing.banned_until[0].tolist() == [11, 2]
    society.world.standing.grade[0] = 1
    play(next_week(society), "consequences")
    assert society.world.standing.banned_until[0].tolist() == [11, 3]
