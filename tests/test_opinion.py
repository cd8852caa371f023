"""Grievance, joining a voluntary scheme, collective action and the end of a scheme: in both engines."""

import pytest

from agents.events import Event
from model.phases.opinion import new_grievance
from model.population import Tally
from tests.worlds import PLAIN_SCHEME, acted, both_engines, bring, next_week, play, points, quiet

VOLUNTARY = PLAIN_SCHEME | {"enrolment": "voluntary"}


# ---- grievance ----


@both_engines
def test_grievance_decays_and_grows_by_what_was_suffered(engine):
    """Halved; then moved to 1 by 0.1 for a wrong, 0.05 for a sanction, 0.04 for a visit."""
    given = {
        "opinion.grievance_decay": 0.5, "opinion.wrong_grievance": 0.1, "opinion.sanction_grievance": 0.05,
        "opinion.visit_grievance": 0.04,
    }  # fmt: skip
    society = quiet(6, given=given, engine=engine)
    society.world.citizens.grievance[:] = 0.5
    for who, suffered in enumerate([(), (Tally.WRONGED,), (Tally.SANCTIONED,), (Tally.VISITED,), range(7), ()]):
        for column in suffered:
            society.world.tally[who, column] = 1
    society.world.tally[5, Tally.WRONGED] = 20
    play(society, "opinion")
    left = 0.25
    expected = [left, left + 0.75 * 0.1, left + 0.75 * 0.05, left + 0.75 * 0.04, left + 0.75 * 0.19, 1.0]
    assert society.world.citizens.grievance.tolist() == pytest.approx(expected)


@both_engines
def test_who_is_betrayed_without_redress_or_punished_without_guilt_is_wronged(engine):
    given = {"opinion.wrong_grievance": 0.1, "opinion.sanction_grievance": 0.05}
    scheme = PLAIN_SCHEME | {"verification": 0.0, "event": {"dishonour": -30, "criticism": -50}}
    society = quiet(8, [(k, k + 1) for k in range(7)], given, schemes=scheme, engine=engine)
    bring(society, 1, 0)  # 0 gets no redress
    bring(society, 3, 2, reported=[2])  # 2 does, and 3 is punished
    bring(society, 5, 4, reported=[4], false=True)  # 5 is punished for nothing
    bring(society, 6, event=Event.CRITICISM, reported=[7])  # 6 for speaking
    play(society, "adjudication", "opinion")
    assert society.world.citizens.grievance.tolist() == pytest.approx([0.1, 0, 0, 0.05, 0, 0.15, 0.15, 0])


def test_grievance_stays_a_share():
    opinion = quiet(2, given={"opinion.wrong_grievance": 1.0}).world.rules[0].opinion
    assert new_grievance(opinion, 1.0, 5, 5, 5, 5) == 1
    assert new_grievance(opinion, 0.0, 0, 0, 0, 0) == 0


# ---- joining a voluntary scheme ----


def joined_by_week(society, weeks):
    """Play that many weeks of opinion; return who is enrolled after each."""
    found = []
    for _ in range(weeks):
        play(society, "opinion")
        found.append({i for i in range(society.graph.citizens) if society.world.standing.enrolled[0, i]})
        next_week(society)
    return found


def voluntary(engine, reluctance=0.3, scheme=VOLUNTARY, ties=((0, 1), (1, 2), (2, 3), (3, 4))):
    given = {"opinion.enrolment_rate": 1.0, "opinion.enrolment_reluctance": reluctance}
    return quiet(5, list(ties), given, schemes=scheme, engine=engine)


@both_engines
def test_enrolment_spreads_along_ties_like_a_snowball(engine):
    """A line of five. Half of one's friends enrolled is more than a reluctance of 0.3: one more each week."""
    society = voluntary(engine)
    assert joined_by_week(society, 2) == [set(), set()]  # nobody to begin with
    society.world.standing.enrolled[0, 0] = 1
    assert joined_by_week(society, 5) == [{0, 1}, {0, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}]


@both_engines
def test_reluctance_above_the_share_of_friends_stops_the_snowball(engine):
    society = voluntary(engine, reluctance=0.75)
    society.world.standing.enrolled[0, 0] = society.world.standing.enrolled[0, 2] = 1
    # 1 has both friends in it, 3 only one of two.
    assert joined_by_week(society, 2) == [{0, 1, 2}, {0, 1, 2}]


@both_engines
def test_perks_of_the_first_grade_begin_a_snowball(engine):
    """A perk of 0.5 for beginners against a reluctance of 0.3; a perk that only better grades have begins nothing."""
    for floor, joined in ((1000, {0, 1, 2, 3, 4}), (1000.001, set())):
        grades = [{"name": "good", "floor": floor, "perk": 0.5}, {"name": "bad"}]
        society = voluntary(engine, scheme=VOLUNTARY | {"grade": grades})
        assert joined_by_week(society, 1) == [joined]


@both_engines
def test_only_those_within_reach_can_join(engine):
    grades = [{"name": "all", "perk": 1.0}]
    society = voluntary(engine, scheme=VOLUNTARY | {"grade": grades})
    society.world.citizens.online[1] = 0
    assert joined_by_week(society, 1) == [{0, 2, 3, 4}]
    assert joined_by_week(voluntary(engine, scheme=VOLUNTARY | {"grade": grades, "coverage": 0.0}), 1) == [set()]
    assert joined_by_week(voluntary(engine, scheme=VOLUNTARY | {"grade": grades, "active": False}), 1) == [set()]
    mandatory = voluntary(engine, scheme=PLAIN_SCHEME | {"grade": grades})
    mandatory.world.standing.enrolled[0, 0] = 0
    assert joined_by_week(mandatory, 1) == [{1, 2, 3, 4}]  # nobody joins what is not voluntary


@both_engines
def test_no_occasion_no_enrolment(engine):
    society = voluntary(engine, scheme=VOLUNTARY | {"grade": [{"name": "all", "perk": 1.0}]})
    society.world.rules.opinion.enrolment_rate = 0
    assert joined_by_week(society, 1) == [set()]


@both_engines
def test_who_joins_begins_at_the_start_and_belongs_from_next_week_on(engine):
    society = voluntary(engine, scheme=VOLUNTARY | {"start": 800, "grade": [{"name": "all", "perk": 1.0}]})
    society.tick = 7
    acted(society, 0, Event.HELPING)
    play(society, "scoring", "opinion")
    assert points(society, 0) == 800
    assert society.world.standing.locked_until[0, 0] == society.world.standing.banned_until[0, 0] == 8


# ---- collective action ----


def square(engine, thresholds, given=None, scheme=(), **more):
    """Citizens of a grievance of 0.1 on a square, each with its threshold; action comes up every week, nothing is hidden."""
    rules = {"opinion.protest_rate": 1.0, "opinion.protest_bar": 1.0, "opinion.censorship": 0.0} | (given or {})
    society = quiet(len(thresholds), given=rules, schemes=scheme, engine=engine, **more)
    society.world.citizens.threshold[:], society.world.citizens.grievance[:] = thresholds, 0.1
    return society


def turnout_by_week(society, weeks):
    found = []
    for _ in range(weeks):
        play(society, "opinion")
        found.append(int(society.world.citizens.protesting.sum()))
        next_week(society)
    return found


@both_engines
def test_one_bold_citizen_can_start_a_cascade(engine):
    """Granovetter's crowd: thresholds 0, 0.2, 0.4, 0.6, 0.8; each who joins tips the next, a week later."""
    assert turnout_by_week(square(engine, [0, 0.2, 0.4, 0.6, 0.8]), 6) == [1, 2, 3, 4, 5, 5]


@both_engines
def test_almost_the_same_crowd_does_not_follow(engine):
    """The same with 0.45 instead of 0.2: nobody is tipped by the turnout of one in five."""
    assert turnout_by_week(square(engine, [0, 0.45, 0.4, 0.6, 0.8]), 4) == [1, 1, 1, 1]


@both_engines
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"opinion.censorship": 1.0}, [1, 1, 1]),  # nobody sees anybody
        ({"opinion.protest_rate": 0.0}, [0, 0, 0]),  # no occasion
        ({"opinion.protest_bar": 0.0}, [5, 5, 5]),  # nobody has a threshold
        ({"opinion.protest_bar": 2.0}, [1, 1, 1]),  # 0.1 + 0.2 is below 0.4
    ],
)
def test_censorship_occasions_and_the_bar_of_thresholds(engine, change, found):
    assert turnout_by_week(square(engine, [0, 0.2, 0.4, 0.6, 0.8], change), 3) == found


@both_engines
def test_half_hidden_turnout_counts_half(engine):
    """3 of 5 act; a threshold of 0.5: 0.6 / 2 + 0.1 is too little, 0.6 + 0.1 enough."""
    for censorship, found in ((0.5, [3, 3]), (0.0, [3, 4])):
        society = square(engine, [0, 0, 0, 0.5, 1], {"opinion.censorship": censorship})
        assert turnout_by_week(society, 2) == found


@both_engines
def test_fear_keeps_people_at_home(engine):
    """Suspicion 1 breeds a fear of 0.3; a scheme that counts criticism with 50 points at 0.05 and a risk of 1/5 one of 0.5."""
    society = square(engine, [0, 0, 0], {"informing.suspicion_fear": 0.3})
    society.world.citizens.suspicion[:] = [0, 1, 0]
    assert turnout_by_week(society, 1) == [2]
    penal = PLAIN_SCHEME | {"utility_per_point": 0.05, "event": {"criticism": -50}}
    assert turnout_by_week(square(engine, [0, 0, 0], scheme=penal), 1) == [0]


# ---- abandonment ----

BANNING = {
    "grade": [{"name": "good", "floor": 900}, {"name": "bad", "lock_weeks": 100, "travel_ban_weeks": 50}],
}


@both_engines
@pytest.mark.parametrize(("acting", "abandoned"), [(2, False), (3, True), (4, True)])
def test_a_scheme_is_abandoned_when_enough_take_part(engine, acting, abandoned):
    """Threshold 0.6 of 5: three."""
    society = square(engine, [0] * acting + [1] * (5 - acting), scheme=PLAIN_SCHEME | {"abandonment": 0.6})
    assert turnout_by_week(society, 1) == [acting]
    assert bool(society.world.status.abandoned[0]) == abandoned
    play(society, "encounter")
    assert bool(society.world.status.running[0]) == (not abandoned)


@both_engines
@pytest.mark.parametrize(("share", "acting", "citizens"), [(0.28, 7, 25), (0.07, 7, 100), (0.55, 55, 100), (0.1, 1, 10)])
def test_a_turnout_of_exactly_the_threshold_is_enough(engine, share, acting, citizens):
    for short, abandoned in ((0, 1), (1, 0)):
        thresholds = [0.0] * (acting - short) + [1.0] * (citizens - acting + short)
        society = square(engine, thresholds, scheme=PLAIN_SCHEME | {"abandonment": share})
        assert turnout_by_week(society, 1) == [acting - short]
        assert society.world.status.abandoned[0] == abandoned


@both_engines
def test_a_threshold_of_one_means_never(engine):
    society = square(engine, [0] * 5, scheme=PLAIN_SCHEME | {"abandonment": 1.0})
    assert turnout_by_week(society, 1) == [5]
    assert society.world.status.abandoned[0] == 0


@both_engines
def test_abandonment_ends_locks_and_bans_and_everything_else_of_the_scheme(engine):
    scheme = PLAIN_SCHEME | BANNING | {"abandonment": 0.5}
    given = {"exchange.stranger_share": 1.0}
    society = square(engine, [0, 0, 1, 1], given, scheme=[scheme, scheme | {"abandonment": 1.0}])
    society.world.pending[:, 3, 0] = -500_000
    play(society, "scoring", "consequences")
    assert society.world.standing.locked_until[:, 3].tolist() == [100, 100]
    assert society.world.standing.banned_until[:, 3].tolist() == [51, 51]
    play(society, "opinion")
    assert society.world.status.abandoned.tolist() == [1, 0]
    assert society.world.standing.locked_until[:, 3].tolist() == [0, 100]  # the other scheme goes on
    assert society.world.standing.banned_until[:, 3].tolist() == [0, 51]
    next_week(society)
    society.world.schemes.active[1] = 0
    play(society, "encounter")
    assert society.world.status.running.tolist() == [0, 0]
    assert society.world.week.partner[3] >= 0  # free to meet strangers, having no ties
    post = society.world.pending[0, 0]
    post[0] = -30_000
    play(society, "scoring")
    assert points(society, 0) == 1000


@both_engines
def test_an_abandoned_scheme_does_not_come_back(engine):
    society = square(engine, [0] * 4, scheme=PLAIN_SCHEME | {"abandonment": 0.5}, given={"opinion.grievance_decay": 0.0})
    society.run(1)
    assert society.world.status.abandoned[0] == 1
    society.change("scheme.active", True)
    society.run(3)
    assert society.world.status.running[0] == 0
