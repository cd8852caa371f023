"""The ledger is the only door to a score, and always adds up; what others post and what contacts are worth count in it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.events import Event
from model.institutions.entries import Entry
from model.institutions.introduction import introduce
from tests.worlds import PLAIN_SCHEME, acted, both_engines, grade, ledger, next_week, pending, play, points, post, quiet, score, scored

# ---- the ledger ----


def test_at_its_introduction_a_scheme_gives_everybody_within_reach_its_start():
    society = quiet(3, schemes=PLAIN_SCHEME | {"start": 700})
    assert [points(society, i) for i in range(3)] == [score(society, i) for i in range(3)] == [700] * 3
    assert [ledger(society, i) for i in range(3)] == [{}] * 3
    assert [grade(quiet(3, schemes="rongcheng"), i) for i in range(3)] == ["A"] * 3
    assert quiet(3, schemes=PLAIN_SCHEME | {"coverage": 0.0}).world.standing.enrolled.sum() == 0
    assert quiet(3, schemes=PLAIN_SCHEME | {"enrolment": "voluntary"}).world.standing.enrolled.sum() == 0


def test_a_scheme_does_nothing_before_the_burn_in_is_over():
    society = quiet(3, given={"time.burn_in": 2}, schemes=PLAIN_SCHEME)
    enrolled = []
    for _ in range(4):
        enrolled.append(int(society.world.standing.enrolled.sum()))
        society.step()
    assert enrolled == [0, 0, 0, 3]  # seen before each tick: it begins with tick 2


def test_coverage_is_the_share_within_reach():
    """2000 citizens at 0.3: 600, standard deviation 20.5; 82 is four of them."""
    society = quiet(2000, schemes=PLAIN_SCHEME | {"coverage": 0.3})
    assert int(society.world.standing.enrolled.sum()) == pytest.approx(600, abs=82)


def test_what_is_pending_is_posted_once_and_kept_by_kind():
    society = quiet(2, schemes=PLAIN_SCHEME)
    post(society, 0, -30, Entry.DISHONOUR)
    post(society, 0, 10, Entry.REWARD)
    play(society, "scoring")
    assert ledger(society, 0) == {"dishonour": -30, "reward": 10}
    assert points(society, 0) == score(society, 0) == 980
    assert pending(society, 0) == {}
    play(next_week(society), "scoring")
    assert points(society, 0) == 980
    assert points(society, 1) == 1000


def test_merits_and_events_of_life_are_posted_to_members():
    society = quiet(3, schemes="rongcheng")
    society.world.standing.enrolled[0, 2] = 0
    for who in (0, 2):
        for event in (Event.HELPING, Event.ARMY_CHILD, Event.MANY_CHILDREN):
            acted(society, who, event)
    acted(society, 1, Event.DONATION)
    acted(society, 1, Event.CHAMPIONSHIP)
    acted(society, 1, Event.CRITICISM)  # has to be found out first
    play(society, "scoring")
    assert ledger(society, 0) == {"helping": 10, "many_children": -40, "army_child": 5}
    assert ledger(society, 1) == {"donation": 100, "championship": 20}
    assert ledger(society, 2) == {}
    assert [points(society, i) for i in range(2)] == [975, 1120]


@pytest.mark.parametrize(
    ("amount", "found", "entries"),
    [
        (300, 1300, {"award": 300}),
        (300.001, 1300, {"award": 300.001, "limit": -0.001}),
        (500, 1300, {"award": 500, "limit": -200}),
        (-400, 600, {"award": -400}),
        (-400.001, 600, {"award": -400.001, "limit": 0.001}),
        (-700, 600, {"award": -700, "limit": 300}),
    ],
)
def test_points_stay_in_the_scale_and_the_ledger_says_what_was_cut_off(amount, found, entries):
    society = scored(quiet(2, schemes=PLAIN_SCHEME | {"floor": 600}), amount)
    assert points(society, 0) == found
    assert ledger(society, 0) == entries


def test_a_limit_is_applied_to_the_weeks_sum_not_to_each_entry():
    society = quiet(2, schemes=PLAIN_SCHEME)
    post(society, 0, 400, Entry.AWARD)
    post(society, 0, -200, Entry.DISHONOUR)
    play(society, "scoring")
    assert ledger(society, 0) == {"award": 400, "dishonour": -200}


def test_recovery_returns_a_share_of_the_way_to_the_start_each_week():
    """2 % a week: from 700, 6 points to 706, then 5.88 to 711.88; from 1100, 2 points down to 1098."""
    society = quiet(2, schemes=PLAIN_SCHEME | {"recovery": 0.02})
    society.world.standing.points[0] = 700_000, 1_100_000
    play(society, "scoring")
    assert (points(society, 0), points(society, 1)) == (706, 1098)
    play(next_week(society), "scoring")
    assert points(society, 0) == 711.88
    assert ledger(society, 0) == {"recovery": 11.88}


def test_recovery_begins_the_week_after_and_data_may_never_forget():
    society = scored(quiet(2, schemes=PLAIN_SCHEME | {"recovery": 0.02}), -100)
    assert points(society, 0) == 900
    assert points(play(next_week(society), "scoring"), 0) == 902
    relentless = scored(quiet(2, schemes=PLAIN_SCHEME), -100)
    for _ in range(10):
        play(next_week(relentless), "scoring")
    assert points(relentless, 0) == 900


def test_a_scheme_that_is_not_at_work_posts_nothing():
    society = quiet(2, schemes=PLAIN_SCHEME | {"recovery": 0.02})
    society.world.standing.points[0] = 700_000
    society.world.schemes.active[0] = 0
    introduce(society.world, 0, 0)
    acted(society, 0, Event.HELPING)
    play(society, "scoring")
    assert points(society, 0) == 700


# ---- data sharing ----


def test_a_scheme_takes_over_a_share_of_what_another_posts_for_events():
    schemes = [PLAIN_SCHEME, PLAIN_SCHEME | {"data_sharing": 0.5, "event": {"helping": 10}}]
    society = quiet(2, schemes=schemes)
    acted(society, 0, Event.HELPING)
    post(society, 0, -30, Entry.DISHONOUR)
    post(society, 0, 20, Entry.REWARD)  # no event
    play(society, "scoring")
    assert ledger(society, 0, 0) == {"dishonour": -30, "reward": 20}  # it shares, but takes nothing
    assert ledger(society, 0, 1) == {"helping": 10, "shared": -15}
    assert points(society, 0, 1) == 995


def test_schemes_that_share_with_each_other_make_no_echo():
    schemes = [PLAIN_SCHEME | {"data_sharing": 0.5}, PLAIN_SCHEME | {"data_sharing": 1.0}, PLAIN_SCHEME]
    society = quiet(2, schemes=schemes)
    for s, amount in enumerate((-30, -10, -4)):
        post(society, 0, amount, Entry.DISHONOUR, scheme=s)
    play(society, "scoring")
    assert ledger(society, 0, 0) == {"dishonour": -30, "shared": -7}  # half of -10 - 4
    assert ledger(society, 0, 1) == {"dishonour": -10, "shared": -34}  # all of -30 - 4
    assert ledger(society, 0, 2) == {"dishonour": -4}
    play(next_week(society), "scoring")
    assert [points(society, 0, s) for s in range(3)] == [963, 956, 996]


def test_nothing_is_shared_with_those_who_are_not_enrolled():
    society = quiet(2, schemes=[PLAIN_SCHEME, PLAIN_SCHEME | {"data_sharing": 1.0}])
    society.world.standing.enrolled[1, 0] = 0
    post(society, 0, -30, Entry.DISHONOUR)
    play(society, "scoring")
    assert ledger(society, 0, 1) == {}
    assert pending(society, 0, 1) == {}


# ---- contacts ----


@pytest.mark.parametrize(("weight", "found"), [(0.0, 1000), (0.2, 970), (0.5, 925), (1.0, 850)])
def test_a_score_is_own_points_and_by_contact_weight_the_mean_of_ones_contacts(weight, found):
    """Own 1000; contacts 1000 and 700, mean 850."""
    society = quiet(4, [(0, 1), (0, 2), (2, 3)], schemes=PLAIN_SCHEME | {"contact_weight": weight})
    society.world.standing.points[0] = 1_000_000, 1_000_000, 700_000, 100_000
    play(society, "scoring")
    assert score(society, 0) == found
    assert points(society, 0) == 1000  # contacts change the score, never the points


def test_without_enrolled_contacts_the_own_points_are_the_score():
    society = quiet(4, [(0, 1), (0, 2)], schemes=PLAIN_SCHEME | {"contact_weight": 0.5})
    society.world.standing.points[0] = 1_000_000, 600_000, 800_000, 900_000
    society.world.standing.enrolled[0, 1] = 0
    play(society, "scoring")
    assert (score(society, 0), score(society, 3)) == (900, 900)  # (1000 + 800) / 2; nobody at all
    society.world.standing.enrolled[0, 2] = 0
    assert score(play(society, "scoring"), 0) == 1000


def test_scores_rest_on_contacts_points_not_on_their_scores():
    """A chain 0 - 1 - 2 with points 1000, 1000, 500: 2 lowers the score of 1, not that of 0."""
    society = quiet(3, [(0, 1), (1, 2)], schemes=PLAIN_SCHEME | {"contact_weight": 0.4})
    society.world.standing.points[0, 2] = 500_000
    play(society, "scoring")
    assert [score(society, i) for i in range(3)] == [1000, 900, 700]


def test_points_of_this_week_count_in_this_weeks_scores():
    society = quiet(2, [(0, 1)], schemes=PLAIN_SCHEME | {"contact_weight": 0.5})
    scored(society, -100, who=1)
    assert (score(society, 0), score(society, 1)) == (950, 950)


# ---- the ledger always adds up ----


BUSY = {
    "exchange.sharpness": 4.0, "exchange.stranger_share": 0.3, "learning.forgetting": 0.98, "conduct.tax_evasion_rate": 0.2,
    "conduct.tax_evasion_gain": 1.0, "conduct.crime_rate": 0.05, "conduct.crime_gain": 0.8, "conduct.criticism_rate": 0.3,
    "conduct.criticism_cost": 0.0, "conduct.helping_rate": 0.4, "conduct.donation_rate": 0.1, "conduct.award_rate": 0.02,
    "conduct.many_children_rate": 0.05, "region.urban_cameras": 0.3, "informing.witness_rate": 0.7,
    "informing.public_witness_rate": 0.5, "informing.complaint_rate": 0.7, "informing.false_report_rate": 0.5,
    "informing.exposure": 0.3, "court.detection": 0.1, "court.enforcement": 0.4, "unfriending.review_rate": 0.1,
    "befriending.offer_rate": 0.5, "opinion.enrolment_rate": 0.2, "opinion.protest_rate": 0.2,
}  # fmt: skip

schemes = st.fixed_dictionaries(
    {
        "recovery": st.sampled_from([0.0, 0.02, 0.333]),
        "contact_weight": st.sampled_from([0.0, 0.37, 1.0]),
        "reporting_reward": st.sampled_from([0, 12.345, 200]),
        "verification": st.sampled_from([0.0, 0.5]),
        "appeal": st.sampled_from([0.0, 0.5]),
        "data_sharing": st.sampled_from([0.0, 0.123, 1.0]),
        "enrolment": st.sampled_from(["mandatory", "voluntary"]),
        "rewards_at_random": st.booleans(),
        "floor": st.sampled_from([0, 900]),
        "event": st.fixed_dictionaries(
            {
                "dishonour": st.floats(-200, 0),
                "tax_evasion": st.floats(-200, 0),
                "criticism": st.sampled_from([0, -50]),
                "helping": st.floats(0, 100),
                "many_children": st.floats(-50, 50),
            }
        ),
    }
)


@settings(max_examples=25)
@given(st.lists(schemes, min_size=1, max_size=3), st.integers(0, 10**6))
def test_points_always_equal_the_start_and_all_postings(listed, seed):
    ties = [(i, (i + d) % 12) for i in range(12) for d in (1, 2, 5)]
    society = quiet(12, ties, BUSY, schemes=[PLAIN_SCHEME | scheme for scheme in listed], seed=seed)
    society.world.citizens.integrity[:] = np.linspace(0, 1, 12)
    society.world.standing.enrolled[:, 3] &= society.world.schemes.enrolment[:] == 1  # one whom no mandatory scheme has got
    for _ in range(60):
        society.step()
        standing, postings = society.world.standing, society.world.ledger.sum(axis=2)
        for s, scheme in enumerate(society.parameters.schemes):
            member = standing.enrolled[s] == 1
            assert (standing.points[s][member] == round(scheme.start * 1000) + postings[s][member]).all()
            assert (standing.points[s][member] >= scheme.floor * 1000).all()
            assert (standing.points[s][member] <= scheme.ceiling * 1000).all()
            assert (postings[s][~member] == 0).all()
            assert (society.world.pending[s][member] == 0).all()


@both_engines
def test_long_runs_of_the_default_society_add_up_in_either_engine(engine):
    ties = [(i, (i + d) % 8) for i in range(8) for d in (1, 2)]
    society = quiet(8, ties, BUSY, schemes=["rongcheng"], engine=engine)
    society.world.citizens.integrity[:] = np.linspace(0, 1, 8)
    society.run(80)
    postings = society.world.ledger[0]
    assert (society.world.standing.points[0] == 1_000_000 + postings.sum(axis=1)).all()
    posted = {Entry(kind).name for kind in np.flatnonzero(np.abs(postings).sum(axis=0))}
    assert {"DISHONOUR", "TAX_EVASION", "HELPING"} <= posted


# ---- expiry ----


def test_points_expire_after_their_time():
    society = scored(quiet(2, schemes=PLAIN_SCHEME | {"expiry_weeks": 2}), -100)
    for expected in (900, 900, 1000, 1000):
        assert score(society, 0) == expected
        next_week(society)
        play(society, "scoring")


@pytest.mark.parametrize(("bound", "posted", "end"), [("ceiling", 80, 1050), ("floor", -80, 950)])
def test_what_the_scale_cut_off_is_not_taken_back(bound, posted, end):
    """80 points, of which 50 fit: 50 expire."""
    society = scored(quiet(2, schemes=PLAIN_SCHEME | {"expiry_weeks": 1, bound: end}), posted)
    assert score(society, 0) == end
    next_week(society)
    play(society, "scoring")
    assert score(society, 0) == 1000
