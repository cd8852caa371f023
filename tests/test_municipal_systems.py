"""Rongcheng, Suining, Hangzhou, Honest Shanghai: scores of cities and counties."""

from itertools import pairwise

import numpy as np
import pytest

from agents.chance import Purpose
from agents.events import Event
from model.population import RURAL, SPECIAL, URBAN, Count, Tally
from tests.systems import JUSTICE, WATCHFUL, deeds, drawn, earns, let_join, members, under
from tests.worlds import (
    acted,
    both_engines,
    bring,
    cases,
    count,
    end_of_tie,
    grade,
    ledger,
    next_week,
    pending,
    play,
    points,
    score,
    scored,
    tally,
)  # fmt: skip

# ---- Rongcheng: edges ----

#: Each grade from its lowest score, and what it gives or takes each week.
RONGCHENG = [
    ("AAA", 1050, 0.1), ("AA", 1030, 0.08), ("A+", 1010, 0.06), ("A", 985, 0.05), ("A-", 960, 0.04), ("B", 850, 0), ("C", 600, -0.05),
    ("D", 0, -0.1),
]  # fmt: skip


@pytest.mark.parametrize(("better", "worse"), list(pairwise(RONGCHENG)), ids=lambda grade: grade[0])
def test_a_thousandth_of_a_point_parts_two_grades_of_rongcheng_and_their_perks(better, worse):
    for (name, _, perk), held in ((better, better[1]), (worse, better[1] - 0.001)):
        society = under("rongcheng", 2)
        assert earns(society, held) == perk
        assert grade(society, 0) == name


def test_aaa_begins_at_1050():
    assert grade(scored(under("rongcheng", 2), 50), 0) == "AAA"
    assert grade(scored(under("rongcheng", 2), 49.999), 0) == "AA"


# ---- Rongcheng: locks ----


@pytest.mark.parametrize(("fall", "name", "weeks", "after"), [(-100, "B", 104, "A+"), (-300, "C", 104, "B"), (-500, "D", 260, "C")])
@pytest.mark.parametrize("when", [0, 17])
def test_a_grade_holds_to_the_week(fall, name, weeks, after, when):
    """Whoever falls in week t and earns 1020 ever after is locked in week t + 103 and free in t + 104; from D in t + 260."""
    society = under("rongcheng", 2)
    scored(next_week(society, when), fall)
    scored(next_week(society), 20 - fall)
    for later, expected in ((2, name), (weeks - 1, name), (weeks, after)):
        society.tick = when + later
        play(society, "scoring")
        assert (grade(society, 0), score(society, 0)) == (expected, 1020)
    lock = society.world.standing.locked_until[0, 0]
    assert lock == (when + 2 * 104 if after == "B" else when + weeks + 104 if after == "C" else when + weeks)


def test_the_lock_of_b_ends_for_all_at_once_and_for_none_before():
    """Three fall one week after another; each is free 104 weeks after its own fall."""
    society = under("rongcheng", 4)
    for who in range(3):
        scored(society, -100, who)
        next_week(society)
    for who in range(3):
        scored(society, 100, who)
    free = {}
    for society.tick in range(3, 120):
        play(society, "scoring")
        for who in range(3):
            if grade(society, who) == "A":
                free.setdefault(who, society.tick)
    assert free == {0: 104, 1: 105, 2: 106}


def test_only_d_is_published_and_loses_its_seat_on_fast_trains():
    """One in each grade, seen by strangers; disclosure is off."""
    society = under("rongcheng", 16, given={"scheme.disclosure": 0.0})
    society.world.standing.grade[0, :8] = range(8)
    society.world.week.partner[8:] = range(8)
    play(society, "exchange", "consequences")
    assert society.world.standing.seen_grade[0, 8:].tolist() == [-1] * 7 + [7]
    assert [society.citizen(i).is_travel_banned(society.tick + 1) for i in range(8)] == [False] * 7 + [True]


@both_engines
def test_every_wrong_costs_in_rongcheng_what_the_essay_says(engine):
    """Reported by the one friend. A crime takes no points, but the grade; a betrayal takes the 30 that are assumed."""
    for event, lost, name in (
        (Event.TAX_EVASION, 100, "B"),
        (Event.ILLEGAL_CLASS, 40, "A-"),
        (Event.CRITICISM, 50, "B"),
        (Event.CRIME, 0, "D"),
        (Event.PARKING, 0, "A"),
    ):
        society = under("rongcheng", 2, [(0, 1)], WATCHFUL, engine=engine)
        acted(society, 0, event)
        play(society, *JUSTICE)
        assert (points(society, 0), grade(society, 0)) == (1000 - lost, name)
        assert ledger(society, 1) == {}  # who reported has nothing of it: the lever is off


# ---- Suining: the end of it ----


def protest(society, bold):
    """Let so many citizens have no threshold of collective action, the others the highest, and play the week's opinions."""
    people = society.world.citizens
    people.grievance[:], people.threshold[:] = 0.3, 1.0  # more than the fear of 30 points, 0.06
    people.threshold[:bold] = 0.0
    return play(society, "opinion")


ACTION = {"opinion.protest_rate": 1.0, "opinion.protest_bar": 1.0}


@both_engines
@pytest.mark.parametrize(("citizens", "bold", "ended"), [(100, 9, False), (100, 10, True), (69, 6, False), (69, 7, True), (10, 1, True)])
def test_suining_ends_when_one_in_ten_takes_to_the_street(engine, citizens, bold, ended):
    society = protest(under("suining", citizens, given=ACTION, engine=engine), bold)
    assert int(society.world.citizens.protesting.sum()) == bold
    play(next_week(society), "encounter")
    assert bool(society.world.status.running[0]) != ended


#: D as hard as elsewhere: it holds and bans.
HARD = {"scheme.grade.D.lock_weeks": 100, "scheme.grade.D.travel_ban_weeks": 50, "exchange.stranger_share": 1.0}


@both_engines
@pytest.mark.parametrize(("bold", "ended"), [(0, False), (2, True)])
def test_with_suining_end_its_locks_bans_perks_visits_and_penalties(engine, bold, ended):
    """20 citizens; 3, without ties, has fallen to D."""
    given = ACTION | HARD | WATCHFUL | {"scheme.grade.D.visit_rate": 1.0}
    society = under("suining", 20, [(0, 1)], given, engine=engine)
    scored(society, -500, who=3)
    play(society, "consequences")
    standing = society.world.standing
    assert (standing.locked_until[0, 3], standing.banned_until[0, 3]) == (100, 51)
    protest(society, bold)
    play(next_week(society), "encounter")
    assert (society.world.week.partner[3] >= 0) == ended  # free to meet strangers
    acted(society, 0, Event.TRAFFIC)
    acted(society, 0, Event.HELPING)
    wealth = society.world.citizens.wealth.copy()
    play(society, *JUSTICE)
    assert count(society, Count.CASES) == (0 if ended else 1)
    assert (points(society, 0), grade(society, 0)) == ((1000, "A") if ended else (985, "A"))
    assert tally(society, 3, Tally.VISITED) == (0 if ended else 1)
    assert (society.world.citizens.wealth - wealth).tolist()[1:4] == ([0, 0, 0] if ended else [50_000, 50_000, -100_000])
    assert (standing.locked_until[0, 3], standing.banned_until[0, 3]) == ((0, 0) if ended else (100, 52))
    assert bool((standing.caught[0] > 0).any()) != ended


@both_engines
def test_scores_stand_still_and_nobody_is_graded_once_suining_is_over(engine):
    society = protest(under("suining", 20, [(0, 1)], ACTION | WATCHFUL, engine=engine), 2)
    assert society.world.status.abandoned[0] == 1
    was = [array.copy() for array in society.world.standing if array.ndim == 2]
    for _ in range(3):
        next_week(society)
        for event in (Event.TRAFFIC, Event.INTERNET_MISUSE, Event.CRITICISM, Event.HELPING):
            acted(society, 0, event)
        play(society, "encounter", *JUSTICE, "opinion")
    for before, after in zip(was, society.world.standing, strict=True):
        assert (before == after).all()
    assert ledger(society, 0) == pending(society, 0) == {}


@both_engines
def test_the_end_of_suining_leaves_what_was_learned_of_people(engine):
    """Evidence about strangers, ties, institutions, and the meaning of grades are the same before and after that week's opinions."""
    society = under("suining", 20, [(0, 1)], ACTION, engine=engine)
    people, tie = society.world.citizens, end_of_tie(society, 0, 1)
    people.trust_honoured[:], people.trust_betrayed[:], people.fair[:], people.unfair[:] = 7.5, 2.5, 1.5, 4.5
    tie.honoured, tie.betrayed = 3.0, 1.0
    society.world.band[0, :, 1, 0, 0] = 2.0
    protest(society, 2)
    assert society.world.status.abandoned[0] == 1
    for array, value in ((people.trust_honoured, 7.5), (people.trust_betrayed, 2.5), (people.fair, 1.5), (people.unfair, 4.5)):
        assert set(array.tolist()) == {value}
    assert (float(tie.honoured), float(tie.betrayed)) == (3.0, 1.0)
    assert (society.world.band[0, :, 1, 0, 0] == 2.0).all()


def test_the_grades_of_suining():
    for held, name, perk in (
        (970, "A", 0.05), (969.999, "B", 0), (850, "B", 0), (849.999, "C", -0.05), (600, "C", -0.05), (599.999, "D", -0.1),
    ):  # fmt: skip
        society = under("suining", 2)
        assert earns(society, held) == perk
        assert grade(society, 0) == name


# ---- Hangzhou: one zone, one offence ----


@both_engines
def test_fare_fraud_costs_ten_points_and_half_a_unit_in_the_special_zone_only(engine):
    """0 and its friend 1 live in the zone, 2 in the city, 3 in the country; all three ride at another's fare and are seen."""
    ties = [(0, 1), (2, 1), (3, 1)]
    society = under("hangzhou", 4, ties, WATCHFUL, regions=[SPECIAL, SPECIAL, URBAN, RURAL], engine=engine)
    assert members(society) == {0, 1}
    for who in (0, 2, 3):
        acted(society, who, Event.FARE_FRAUD)
    wealth = society.world.citizens.wealth.copy()
    play(society, *JUSTICE)
    assert [ledger(society, i) for i in range(4)] == [{"fare_fraud": -10}, {}, {}, {}]
    assert points(society, 0) == 90
    assert (society.world.citizens.wealth - wealth).tolist() == [-500_000, 0, 0, 0]


@both_engines
def test_the_fine_of_hangzhou_deters_in_the_zone_only(engine):
    """(10 points at 0.01 + a fine of 0.5) x 1/5 = 0.12. A gain of 0.5 against an integrity of 0.44."""
    given = {"conduct.fare_fraud_rate": 1.0, "conduct.fare_fraud_gain": 0.5}
    society = under("hangzhou", 2, (), given, regions=[SPECIAL, URBAN], engine=engine)
    society.world.citizens.integrity[:] = 0.44
    assert society.citizen(0).fear_of_penalty(Event.FARE_FRAUD) == pytest.approx(0.12)
    assert society.citizen(1).fear_of_penalty(Event.FARE_FRAUD) == 0
    play(society, "conduct")
    chances = [1 / (1 + np.exp(-100 * net)) for net in (0.5 - 0.44 - 0.12, 0.5 - 0.44)]
    assert [drawn(society, Purpose.CONDUCT, i, int(Event.FARE_FRAUD)) < chances[i] for i in (0, 1)] == [False, True]
    assert [deeds(society, i) for i in (0, 1)] == [set(), {"fare_fraud"}]


@pytest.mark.parametrize(("held", "name", "perk"), [(80, "clean", 0), (79.999, "marked", -0.02)])
def test_two_frauds_leave_one_clean_in_hangzhou_and_a_little_more_marks(held, name, perk):
    society = under("hangzhou", 2, given={"scheme.recovery": 0.0}, regions=[SPECIAL, SPECIAL])
    assert earns(society, held) == perk
    assert grade(society, 0) == name


def test_inspectors_find_one_fraud_in_twenty():
    """2000 unseen frauds at 0.05: 100, standard deviation sqrt(2000 x 0.05 x 0.95) = 9.7; 39 is four of them."""
    society = under("hangzhou", 2000, regions=[SPECIAL] * 2000)
    for who in range(2000):
        bring(society, who, event=Event.FARE_FRAUD)
    play(society, "adjudication", "scoring")
    assert int((society.world.standing.points[0] == 90_000).sum()) == pytest.approx(100, abs=39)


# ---- Honest Shanghai: an app of one city ----


@both_engines
def test_only_city_dwellers_who_are_online_join_honest_shanghai(engine):
    """120 citizens of three regions, every second one online; half of those asked join in a week, so that after 20 all have."""
    given = {"opinion.enrolment_rate": 1.0, "opinion.enrolment_reluctance": 0.0}
    society = under("honest-shanghai", 120, (), given, regions=[i // 2 % 3 for i in range(120)], engine=engine)
    society.world.citizens.online[:] = [i % 2 for i in range(120)]
    assert members(society) == set()
    for _ in range(20):
        play(society, "opinion")
        next_week(society)
    assert members(society) == {i for i in range(120) if i // 2 % 3 == URBAN and i % 2}


@both_engines
def test_honest_shanghai_reads_public_and_private_files(engine):
    """Nobody sees anything: what is on file costs its points, what is done in public goes by unless a camera sees it."""
    society = let_join(under("honest-shanghai", 5, given={"conduct.verification_rate": 1.0, "scheme.cameras": 1.0}, engine=engine))
    acted(society, 0, Event.LOAN_DEFAULT)
    acted(society, 1, Event.JUDGMENT_UNPAID)
    acted(society, 2, Event.REPAYMENT)
    acted(society, 3, Event.TRAFFIC)
    acted(society, 4, Event.GAMING)
    play(society, *JUSTICE)
    assert [points(society, i) for i in range(5)] == [95, 85, 106, 105, 105]
    acted(next_week(society), 3, Event.TRAFFIC)
    society.world.rules.region.urban_cameras = 1.0
    assert set(cases(play(society, "detection"))) == {(3, -1, "traffic")}
    assert pending(play(society, "adjudication"), 3) == {"traffic": -5}


def test_honest_shanghai_takes_over_half_of_what_others_count():
    """Rongcheng takes 100 for evaded taxes and gives 10 for help: -50 + 5 on top of the 20 of its own."""
    society = let_join(under("honest-shanghai,rongcheng", 2))
    bring(society, 0, event=Event.TAX_EVASION, reported=[1])
    acted(society, 0, Event.HELPING)
    play(society, "adjudication", "scoring")
    assert ledger(society, 0, 0) == {"tax_evasion": -20, "shared": -45}
    assert ledger(society, 0, 1) == {"tax_evasion": -100, "helping": 10}
    assert (points(society, 0, 0), grade(society, 0, 0)) == (35, "bad")
