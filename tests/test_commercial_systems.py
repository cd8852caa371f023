"""Sesame, Tencent, Mobike: scores that one joins by choice, and what they are made of."""

import math

import numpy as np
import pytest

from agents.chance import Purpose, luck
from agents.events import Event
from model.society import Society
from tests.systems import JUSTICE, WATCHFUL, deeds, drawn, earns, have, let_join, members, under
from tests.worlds import acted, both_engines, bring, doubts, grade, ledger, next_week, pending, play, points, post, score

#: Where the week's return to the start would blur an edge.
NOTHING_FADES = {"scheme.recovery": 0.0}


# ---- Sesame: the scale and its perks ----


@pytest.mark.parametrize(("held", "name", "perk"), [(750, "others", 0), (750.001, "above-750", 0.05), (751, "above-750", 0.05)])
def test_the_perks_of_sesame_begin_above_750(held, name, perk):
    society = let_join(under("sesame", 2, given=NOTHING_FADES))
    assert earns(society, held) == perk
    assert (grade(society, 0), grade(society, 1)) == (name, "others")


@pytest.mark.parametrize(
    ("amount", "found", "cut"), [(350, 950, {}), (351, 950, {"limit": -1}), (-250, 350, {}), (-251, 350, {"limit": 1})]
)
def test_sesame_ends_at_350_and_950(amount, found, cut):
    """From 600. What is beyond an end is cut off, and the cut is posted."""
    society = let_join(under("sesame", 2))
    post(society, 0, amount)
    play(society, "scoring")
    assert (points(society, 0), score(society, 0)) == (found, found)
    assert ledger(society, 0) == {"award": amount} | cut


def test_old_data_count_less_and_less():
    """0.2 % of the way back to 600 each week: from 500 to 500.2, then to 500.4 (500.3996, in thousandths); from 700 to 699.8."""
    society = let_join(under("sesame", 2))
    have(have(society, 500, 0), 700, 1)
    play(society, "scoring")
    assert [points(society, i) for i in (0, 1)] == [500.2, 699.8]
    assert points(play(next_week(society), "scoring"), 0) == 500.4


# ---- Sesame: five dimensions ----


@both_engines
def test_the_five_dimensions_of_sesame_are_posted_apart(engine):
    """Everybody is verified. 0 pays a debt, 1 defaults on one, 2 plays games and buys for its children, 3 owes for a judgment.

    Contacts of 0, of whom 4 is no member: (560 + 620 + 560) / 3 = 580; its score is 0.9 x 630 + 0.1 x 580 = 625.
    """
    ties = [(0, 1), (0, 2), (0, 3), (0, 4)]
    society = let_join(under("sesame", 5, ties, {"conduct.verification_rate": 1.0}, engine=engine), 0, 1, 2, 3)
    for who, event in enumerate((Event.REPAYMENT, Event.LOAN_DEFAULT, Event.GAMING, Event.JUDGMENT_UNPAID, Event.LOAN_DEFAULT)):
        acted(society, who, event)
    acted(society, 2, Event.PARENTING)
    play(society, *JUSTICE)
    identity = {"verification": 20}
    assert ledger(society, 0) == identity | {"repayment": 10}
    assert ledger(society, 1) == identity | {"loan_default": -60}
    assert ledger(society, 2) == identity | {"gaming": -1, "parenting": 1}
    assert ledger(society, 3) == identity | {"judgment_unpaid": -60}
    assert ledger(society, 4) == {}
    assert [points(society, i) for i in range(4)] == [630, 560, 620, 560]
    assert [score(society, i) for i in range(4)] == [625, 567, 621, 567]  # the others: 0.9 x own + 0.1 x 630
    assert round(score(society, 0) - points(society, 0), 3) == -5  # connections


def test_only_who_completes_the_personal_data_is_verified():
    """2000 at 0.8: 1600, standard deviation sqrt(2000 x 0.8 x 0.2) = 17.9; 72 is four of them."""
    society = play(let_join(under("sesame", 2000, given={"conduct.verification_rate": 0.8})), "scoring")
    held = society.world.standing.points[0]
    assert set(held.tolist()) == {600_000, 620_000}
    assert int((held == 620_000).sum()) == pytest.approx(1600, abs=72)
    assert [points(society, i) == 620 for i in range(99)] == [luck(society.seed, -1, int(Purpose.VERIFY), i, 0, 0) < 0.8 for i in range(99)]


@both_engines
def test_sesame_takes_no_reports_and_reads_no_cameras(engine):
    given = WATCHFUL | {"region.urban_cameras": 1.0}
    society = let_join(under("sesame", 3, [(0, 1), (0, 2)], given, engine=engine))
    for event in (Event.TAX_EVASION, Event.CRIME, Event.CRITICISM, Event.TRAFFIC):
        acted(society, 0, event)
    bring(play(society, *JUSTICE), 0, 1, reported=[1, 2])
    play(society, "adjudication", "scoring")
    assert (points(society, 0), ledger(society, 0)) == (600, {})


# ---- Sesame: who joins ----

ALL_CONSIDER = {"opinion.enrolment_rate": 1.0, "exchange.sharpness": 6.0}
#: Of reluctance 0.5 and no perk to begin with: with all friends in it, and with none.
WITH_ALL, WITH_NONE = 1 / (1 + math.exp(-6 * (1 - 0.5))), 1 / (1 + math.exp(-6 * (0 - 0.5)))


@both_engines
def test_who_has_all_friends_in_sesame_joins_with_95_percent_and_who_has_none_with_5(engine):
    """The same 200 citizens, the same draws: each has one friend, who is a member or is not."""
    assert (round(WITH_ALL, 3), round(WITH_NONE, 3)) == (0.953, 0.047)
    pairs, found = [(k, 200 + k) for k in range(200)], {}
    for friends in (True, False):
        society = under("sesame", 400, pairs, ALL_CONSIDER, engine=engine)
        society.world.citizens.online[200:] = 0
        society.world.standing.enrolled[0, 200:] = friends
        draws = [drawn(society, Purpose.ENROL, k) for k in range(200)]
        found[friends] = {k for k in members(play(society, "opinion")) if k < 200}
        assert found[friends] == {k for k, draw in enumerate(draws) if draw < (WITH_ALL if friends else WITH_NONE)}
    assert found[False] < found[True]  # whoever joins alone joins in company, too
    persuaded, never = found[True] - found[False], set(range(200)) - found[True]
    assert all(WITH_NONE <= draws[k] < WITH_ALL for k in persuaded)
    assert all(draws[k] >= WITH_ALL for k in never)
    assert len(persuaded) == pytest.approx(181, abs=17)  # 200 x 0.905, standard deviation 4.1
    assert never


@both_engines
def test_sesame_grows_like_a_snowball_among_those_online(engine):
    """A ring of 80, each tied to four; one in four is offline. At first 5 % of the undecided join, in the end up to 95 %."""
    ties = [(i, (i + d) % 80) for i in range(80) for d in (1, 2)]
    society = under("sesame", 80, ties, ALL_CONSIDER | {"opinion.enrolment_rate": 0.5}, engine=engine)
    offline = set(range(0, 80, 4))
    society.world.citizens.online[sorted(offline)] = 0
    sizes = [0]
    for _ in range(40):
        play(society, "opinion")
        assert not offline & members(society)
        sizes.append(len(members(society)))
        next_week(society)
    assert sizes == sorted(sizes)
    assert sizes[-1] > 50


def test_sesame_spreads_slowly_then_fast_then_slowly():
    """Nobody is offline. Joiners in each of eight half-years: most of them neither in the first nor in the last."""
    given = {"citizens": 1000, "preset": "sesame", "time.burn_in": 0, "time.ticks": 208, "region.urban_online": 1.0}
    given |= {"region.rural_online": 1.0, "region.special_online": 1.0, "opinion.enrolment_rate": 0.05}
    enrolled = Society(rng=3, **given).run().series()["enrolment"]
    joiners = np.diff(np.concatenate([[0.0], enrolled[25::26]]))
    peak = int(joiners.argmax())
    assert 0 < peak < 7
    assert joiners[peak] > 2 * joiners[0]
    assert joiners[peak] > 2 * joiners[-1]
    assert (np.diff(enrolled) >= 0).all()


@both_engines
def test_the_score_of_sesame_is_shown_to_others_in_every_second_meeting(engine):
    """400 meetings at 0.5: 200, standard deviation 10; 40 is four of them. A partner outside has nothing to show."""
    society = let_join(under("sesame", 800, engine=engine))
    society.world.standing.enrolled[0, 799] = 0
    society.world.week.partner[:400] = np.arange(400, 800)
    seen = play(society, "exchange").world.standing.seen_grade[0]
    shown = {i for i in range(399) if drawn(society, Purpose.DISCLOSURE, i, 400 + i) < 0.5}
    assert {i for i in range(800) if seen[i] == 1} == shown  # grade 1: others
    assert len(shown) == pytest.approx(200, abs=40)


# ---- Tencent: the circle of friends ----

STAR = [(0, 1), (0, 2), (0, 3)]


@pytest.mark.parametrize(("own", "friends", "found", "name"), [(900, 400, 600, "others"), (400, 900, 700, "good-credit")])
def test_with_tencent_friends_count_for_more_than_ones_own_record(own, friends, found, name):
    """0.4 x 900 + 0.6 x 400 = 600, and 0.4 x 400 + 0.6 x 900 = 700: the worse debtor has the better credit."""
    society = let_join(under("tencent", 4, STAR, NOTHING_FADES))
    for who in range(4):
        have(society, friends if who else own, who)
    play(society, "scoring")
    assert (score(society, 0), grade(society, 0)) == (found, name)
    assert points(society, 0) == own


@pytest.mark.parametrize(("friends", "name", "perk"), [(616.666, "others", 0), (616.667, "good-credit", 0.05)])
def test_a_friends_thousandth_of_a_point_decides_on_credit(friends, name, perk):
    """Own 699.999: 279.9996 + 370.0002 = 649.9998, in whole thousandths 650; 279.9996 + 369.9996 = 649.9992, that is 649.999."""
    society = let_join(under("tencent", 4, STAR, NOTHING_FADES))
    for who in (1, 2, 3):
        have(society, friends, who)
    assert earns(society, 699.999) == perk
    assert (score(society, 0), grade(society, 0)) == (650 if perk else 649.999, name)


@both_engines
def test_a_poor_friend_is_dear_and_a_rich_one_is_held_on_to(engine):
    """Contacts 400, 400, 700: mean 500. Without a 400 it is 550, without the 700 it is 400: 0.6 x 50 = 30 points, 0.6 x -100 = -60."""
    society = let_join(under("tencent", 4, STAR, engine=engine))
    for who, held in enumerate((600, 400, 400, 700)):
        have(society, held, who)
    costs = [society.citizen(0).score_cost(friend, True) for friend in (1, 2, 3)]
    assert costs == pytest.approx([0.3, 0.3, -0.6])


# ---- Mobike: parking and reports ----


@pytest.mark.parametrize(
    ("held", "name", "perk"),
    [
        (0, "dearer", -0.03),
        (79.999, "dearer", -0.03),
        (80, "normal-price", 0),
        (100, "normal-price", 0),
        (104.999, "normal-price", 0),
        (105, "free-rides", 0.03),
        (150, "free-rides", 0.03),
    ],
)
def test_a_ride_is_dearer_below_80_and_free_from_105(held, name, perk):
    society = let_join(under("mobike", 2, given=NOTHING_FADES))
    assert points(society, 0) == 100
    assert earns(society, held) == perk
    assert grade(society, 0) == name


@both_engines
def test_who_sees_bad_parking_and_reports_it_gains_five_points_and_the_other_loses_ten(engine):
    """1 and 2 see it. 2 has no sense of duty; 3 is no friend; 4 sees it, too, but rides with no such firm."""
    ties = [(0, 1), (0, 2), (0, 4), (1, 3)]
    society = let_join(under("mobike", 5, ties, WATCHFUL, engine=engine), 0, 1, 2, 3)
    society.world.citizens.integrity[2] = 0.0
    acted(society, 0, Event.PARKING)
    play(society, *JUSTICE)
    assert [points(society, i) for i in range(4)] == [90, 105, 100, 100]
    assert ledger(society, 0) == {"parking": -10}
    assert ledger(society, 1) == {"reward": 5}
    assert ledger(society, 4) == {}


@both_engines
@pytest.mark.parametrize(("mischief", "kept"), [(0, 100), (1, 90), (2, 80), (3, 70)])
def test_three_reports_of_bad_parking_make_rides_dear(engine, mischief, kept):
    society = let_join(under("mobike", 2, [(0, 1)], WATCHFUL | NOTHING_FADES, engine=engine))
    for _ in range(mischief):
        acted(next_week(society), 0, Event.PARKING)
        play(society, *JUSTICE)
    assert points(society, 0) == kept
    assert points(society, 1) == 100 + 5 * mischief
    assert grade(society, 0) == ("dearer" if mischief == 3 else "normal-price")


@both_engines
def test_bad_parking_that_nobody_reports_costs_nothing_whatever_cameras_see(engine):
    given = {"region.urban_cameras": 1.0, "informing.public_witness_rate": 0.0}
    society = let_join(under("mobike", 2, [(0, 1)], given, engine=engine))
    acted(society, 0, Event.PARKING)
    assert [points(play(society, *JUSTICE), i) for i in (0, 1)] == [100, 100]


@both_engines
def test_fear_of_ten_points_and_half_a_conscience_keep_one_from_parking_badly(engine):
    """A gain of 0.4 is more than half of an integrity of 0.6. For members comes on top the fear for 10 points: at 0.1 x 1/5, 0.2."""
    given = {"conduct.parking_rate": 1.0, "conduct.parking_gain": 0.4, "scheme.utility_per_point": 0.1}
    society = let_join(under("mobike", 2, (), given, engine=engine), 0)
    society.world.citizens.integrity[:] = 0.6
    assert society.citizen(0).fear_of_penalty(Event.PARKING) == pytest.approx(0.2)
    play(society, "conduct")
    assert [deeds(society, i) for i in (0, 1)] == [set(), {"parking"}]


def test_mobike_rewards_two_reports_twice_and_punishes_once():
    society = let_join(under("mobike", 4, STAR))
    bring(society, 0, event=Event.PARKING, reported=[1, 2], saw=[3])
    play(society, "adjudication")
    assert [pending(society, i) for i in range(4)] == [{"parking": -10}, {"reward": 5}, {"reward": 5}, {}]
    assert doubts(society, 0) == pytest.approx({1: 2 / 3, 2: 2 / 3, 3: 2 / 3})  # two betrayals among three who may have told
