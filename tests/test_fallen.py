"""The fallen, the bystanders who help or pass by, and helpers who are blamed: worked by hand on a few citizens, in both engines."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.chance import Purpose, luck
from agents.events import Event
from agents.rescuing import fear_of_blame, probability_of_blaming, probability_of_rescuing
from agents.searching import STRANGER_ATTEMPTS
from model.assign import assign
from model.population import Tally
from model.society import Society
from tests.lively import lively
from tests.same_run import assert_same_run
from tests.worlds import PLAIN_SCHEME, both_engines, end_of_tie, ledger, next_week, play, quiet, tally

#: Everybody falls every week. The prior risk of blame is 1/10, which makes a fear of 0.2 of damages of 2.
FALLING = {
    "conduct.fallen_rate": 1.0, "conduct.fallen_cost": 0.2, "conduct.fallen_benefit": 1.5, "conduct.fallen_damages": 2.0,
    "conduct.fallen_accusation_rate": 1.0, "conduct.fallen_need": 0.0, "conduct.fallen_prior_blamed": 1.0,
    "conduct.fallen_prior_thanked": 9.0, "conduct.fallen_weight": 0.75,
}  # fmt: skip


def two(engine="compiled", ties=(), schemes=(), **given):
    """Return a society of a citizen who helps, 0, and one who does not, 1: each comes by when the other falls."""
    given = FALLING | {f"conduct.fallen_{name}" if "." not in name else name: value for name, value in given.items()}
    society = quiet(2, ties, given, schemes=schemes, engine=engine)
    society.world.citizens.integrity[:] = [0.5, 0.0]
    return society


def helped(society):
    """Return who was helped this week."""
    return np.flatnonzero(society.world.week.rescued).tolist()


def blaming(society):
    """Return who blames its helper this week."""
    return np.flatnonzero(society.world.week.blames).tolist()


def fell(society, who, bystander, blames=False):
    """Write down that one who fell was helped this week, and whether it blames its helper."""
    week = society.world.week
    week.bystander[who], week.rescued[who], week.blames[who] = bystander, 1, blames


def evidence(society, name):
    return getattr(society.world.citizens, name).tolist()


# ---- the rules ----


def test_help_and_blame_are_logit_choices():
    assert fear_of_blame(2.0, 1.0, 1.0, 9.0, 2.0) == 3 / 13 * 2
    assert probability_of_rescuing(0.5, 0.25, 0.125, 0.5, 2.0) == 1 / (1 + math.exp(-2 * 0.125))
    assert probability_of_blaming(2.0, 0.25, 0.125, 0.5, 0.25, 2.0) == 1 / (1 + math.exp(2 * 0.125))


# ---- who helps ----


@both_engines
@pytest.mark.parametrize(("damages", "helps"), [(2.0, True), (4.0, False)])
def test_one_helps_where_integrity_outweighs_cost_and_fear(engine, damages, helps):
    """0.5 - 0.2 - 0.1 x damages: 0.1 and -0.1. Who has no integrity never helps."""
    society = play(two(engine, damages=damages), "conduct")
    assert society.world.week.bystander.tolist() == [1, 0]
    assert helped(society) == ([1] if helps else [])


@both_engines
@pytest.mark.parametrize(("blamed", "thanked", "helps"), [(0, 0, True), (1, 0, False), (1, 2, True), (0, 100, True)])
def test_what_came_of_helping_decides_on_the_next_time(engine, blamed, thanked, helps):
    """Fear 0.2, 2 x 2/11 = 0.36, 2 x 2/13 = 0.31 (too much by 0.01) or next to nothing, against 0.3."""
    society = two(engine, cost=0.19)
    society.world.citizens.blamed[0], society.world.citizens.thanked[0] = blamed, thanked
    society.world.citizens.blamed[1] = 50  # another's evidence is another's
    society.world.rules[0].exchange.sharpness = 1000.0
    assert helped(play(society, "conduct")) == ([1] if helps else [])


@both_engines
def test_points_can_outweigh_the_fear(engine):
    """Damages of 4 are too much by 0.1; 20 points are worth 0.2 to a member, and are posted once, however many one has helped."""
    for enrolled in (1, 0):
        society = two(engine, damages=4.0, schemes=PLAIN_SCHEME | {"event": {"rescue": 20}})
        society.world.standing.enrolled[0, 0] = enrolled
        play(society, "conduct")
        assert helped(society) == [1] * enrolled
        assert society.world.act[:, Event.RESCUE].tolist() == [enrolled, 0]
        assert ledger(play(society, "scoring"), 0) == ({"rescue": 20} if enrolled else {})


@both_engines
def test_the_helper_pays_and_the_helped_gains(engine):
    society = play(two(engine), "conduct")
    assert society.world.week.income.tolist() == [-200_000, 1_500_000]
    assert play(two(engine, damages=4.0), "conduct").world.week.income.tolist() == [0, 0]


@both_engines
def test_who_fell_learns_about_strangers(engine):
    society = play(two(engine), "conduct")
    assert (evidence(society, "trust_honoured"), evidence(society, "trust_betrayed")) == ([0, 0.75], [0.75, 0])


@both_engines
def test_who_fell_before_a_tie_learns_about_the_tie(engine):
    society = play(two(engine, ties=[(0, 1)], **{"learning.spillover": 0.5}), "conduct")
    assert (end_of_tie(society, 1, 0).honoured, end_of_tie(society, 1, 0).betrayed) == (0.75, 0)
    assert (end_of_tie(society, 0, 1).honoured, end_of_tie(society, 0, 1).betrayed) == (0, 0.75)
    assert (evidence(society, "trust_honoured"), evidence(society, "trust_betrayed")) == ([0, 0.375], [0.375, 0])


@both_engines
def test_the_removed_neither_fall_nor_help(engine):
    society = two(engine)
    society.world.citizens.removed_until[0] = 5
    for now, found in ((4, [-1, -1]), (5, [1, 0])):
        society.tick = now
        assert play(society, "conduct").world.week.bystander.tolist() == found
        assert helped(society) == ([1] if now == 5 else [])


@both_engines
def test_nobody_comes_by_from_where_people_do_not_mix(engine):
    for mixing, found in ((0.0, [-1, -1]), (1.0, [1, 0])):
        society = two(engine, **{"region.mixing": mixing})
        society.world.citizens.region[1] = 1
        assert play(society, "conduct").world.week.bystander.tolist() == found


@both_engines
def test_chance_decides_who_falls_and_who_comes_by(engine):
    society = quiet(5, [(0, 1), (1, 2)], FALLING | {"conduct.fallen_rate": 0.5, "region.mixing": 0.5}, engine=engine, seed=9)
    society.world.citizens.region[3:] = 1
    region, expected = society.world.citizens.region.tolist(), []
    for i in range(5):
        tries = [(k, int(luck(9, 0, int(Purpose.BYSTANDER), i, 0, k) * 5)) for k in range(STRANGER_ATTEMPTS)]
        found = [j for k, j in tries if j != i and (region[i] == region[j] or luck(9, 0, int(Purpose.COMING_BY), i, j, k) < 0.5)]
        expected.append(found[0] if luck(9, 0, int(Purpose.FALL), i, 0, 0) < 0.5 else -1)
    assert {-1} < set(expected)
    assert play(society, "conduct").world.week.bystander.tolist() == expected
    society.world.citizens.integrity[:] = 0.0
    assert play(next_week(society), "conduct").world.week.rescued.tolist() == [0] * 5


# ---- who blames its helper ----


@both_engines
@pytest.mark.parametrize(("need", "verification", "blames"), [(0.0, 0.9, True), (-0.3, 0.9, False), (-0.3, 0.8, True), (-0.1, 1.0, False)])
def test_one_blames_where_damages_and_need_outweigh_integrity(engine, need, verification, blames):
    """Damages of 2 believed with 0.1 or 0.2, and need, against no integrity. Whom nobody helped blames nobody."""
    society = play(two(engine, need=need, **{"court.verification": verification}), "conduct")
    assert helped(society) == [1]
    assert blaming(society) == ([1] if blames else [])


@both_engines
def test_integrity_loyalty_and_lack_of_occasion_speak_for_gratitude(engine):
    """Need of 0.3 against integrity of 0.2 or 0.4; loyalty to a tie in which one believes with 1/2, times 0.5 or 0.7."""
    for integrity, blames in ((0.2, [1]), (0.4, [])):
        society = two(engine, need=0.3)
        society.world.citizens.integrity[1] = integrity
        society.world.citizens.blamed[1] = 9.0  # so that it does not help
        assert blaming(play(society, "conduct")) == blames
    for loyalty, blames in ((0.5, [1]), (0.7, [])):
        tied = two(engine, ties=[(0, 1)], need=0.3, **{"informing.loyalty": loyalty})
        assert blaming(play(tied, "conduct")) == blames
    assert blaming(play(two(engine, need=0.3, accusation_rate=0.0), "conduct")) == []


# ---- the court, and what is learned ----


def test_a_court_that_believes_lets_the_helper_pay_and_suffer():
    """Three citizens: 0 helped 1, who blames it, and 2, who does not."""
    society = quiet(3, [], FALLING | {"court.verification": 0.0})
    fell(society, 1, 0, blames=True), fell(society, 2, 0)
    play(society, "adjudication", "opinion")
    assert society.world.week.income.tolist() == [-2_000_000, 2_000_000, 0]
    assert (evidence(society, "blamed"), evidence(society, "thanked")) == ([1, 0, 0], [1, 0, 0])
    assert (evidence(society, "fair"), evidence(society, "unfair")) == ([0, 0, 0], [1, 0, 0])
    assert [tally(society, 0, column) for column in (Tally.WRONGED, Tally.SANCTIONED, Tally.REPORTED)] == [1, 1, 0]
    assert evidence(society, "grievance") == [pytest.approx(0.1 + 0.05), 0, 0]  # a wrong and a sanction


def test_a_court_that_sees_through_the_lie_lets_the_helper_go_free():
    society = quiet(3, [], FALLING | {"court.verification": 1.0, "learning.gossip_rate": 1.0})
    fell(society, 1, 0, blames=True), fell(society, 2, 0)
    play(society, "adjudication", "opinion")
    assert society.world.week.income.tolist() == [0, 0, 0]
    assert (evidence(society, "blamed"), evidence(society, "thanked")) == ([0, 0, 0], [2, 0, 0])
    assert (evidence(society, "unfair"), evidence(society, "grievance")) == ([0, 0, 0], [0, 0, 0])


def test_the_draw_decides_whom_the_court_believes():
    for verification in (0.2, 0.5, 0.8):
        society = quiet(5, [], FALLING | {"court.verification": verification}, seed=4)
        for i in range(1, 5):
            fell(society, i, 0, blames=True)
        believed = [luck(4, 0, int(Purpose.BLAME_BELIEVED), i, 0, 0) >= verification for i in range(1, 5)]
        play(society, "adjudication")
        assert society.world.week.income.tolist() == [-2_000_000 * sum(believed), *(2_000_000 * one for one in believed)]
        assert (evidence(society, "blamed")[0], evidence(society, "thanked")[0]) == (sum(believed), 4 - sum(believed))


def test_a_tie_that_blames_its_helper_betrays_it_believed_or_not():
    for verification in (0.0, 1.0):
        society = quiet(3, [(0, 1), (0, 2)], FALLING | {"court.verification": verification, "informing.betrayal_weight": 2.0})
        fell(society, 1, 0, blames=True), fell(society, 2, 0)
        play(society, "adjudication")
        assert [end_of_tie(society, 0, j).betrayed for j in (1, 2)] == [2.0, 0.0]
        assert [end_of_tie(society, *pair).exposed for pair in ((0, 1), (1, 0), (0, 2), (2, 0))] == [1, 2, 0, 0]
        assert end_of_tie(society, 1, 0).betrayed == 0


def test_friends_hear_of_the_blame_but_the_one_who_blamed():
    """0 helped 1 and 2, who both blame it; it tells 2, 3 and 4 of 1, and 1, 3 and 4 of 2. 5 is nobody's friend."""
    given = FALLING | {"court.verification": 0.0, "learning.gossip_rate": 1.0, "learning.gossip_weight": 0.25}
    society = quiet(6, [(0, 1), (0, 2), (0, 3), (0, 4)], given)
    fell(society, 1, 0, blames=True), fell(society, 2, 0, blames=True)
    play(society, "adjudication")
    assert evidence(society, "blamed") == [2, 0.25, 0.25, 0.5, 0.5, 0]
    assert evidence(society, "thanked") == [0] * 6
    assert evidence(society, "unfair") == [2, 0, 0, 0, 0, 0]  # what one hears of is no injustice to oneself


def test_each_friend_hears_by_its_own_draw_of_each_case():
    given = FALLING | {"court.verification": 0.0, "learning.gossip_rate": 0.5, "learning.gossip_weight": 1.0}
    society = quiet(6, [(0, 3), (0, 4), (0, 5)], given, seed=2)
    fell(society, 1, 0, blames=True), fell(society, 2, 0, blames=True)
    told = [[luck(2, 0, int(Purpose.BLAME_TOLD), 0, friend, i) < 0.5 for i in (1, 2)] for friend in (3, 4, 5)]
    assert evidence(play(society, "adjudication"), "blamed") == [2, 0, 0, *map(sum, told)]
    assert 0 < sum(map(sum, told)) < 6


@both_engines
def test_blame_stops_later_help_and_an_acquittal_does_not(engine):
    """Fear after one blame 2 x 2/11 = 0.36, more than 0.3; after one acquittal 2/11 = 0.18."""
    for verification, helped_again in ((0.0, []), (1.0, [1])):
        society = two(engine, need=0.1, **{"court.verification": verification})
        play(society, "conduct", "adjudication")
        assert (helped(society), blaming(society)) == ([1], [1])
        assert helped(play(next_week(society), "conduct")) == helped_again


@both_engines
def test_what_came_of_helping_is_forgotten_as_everything_is(engine):
    society = two(engine, **{"learning.forgetting": 0.75})
    society.world.citizens.blamed[:], society.world.citizens.thanked[:] = [4, 0], [2, 1]
    play(society, "learning")
    assert (evidence(society, "blamed"), evidence(society, "thanked")) == ([3, 0], [1.5, 0.75])


# ---- as a whole ----


@settings(max_examples=30)
@given(
    st.integers(3, 6),
    st.integers(0, 2**40),
    st.floats(0, 1),
    st.floats(-1, 1),
    st.floats(0, 5),
    st.floats(0, 5),
)
def test_money_is_made_and_lost_by_help_and_only_moved_by_blame(citizens, seed, verification, cost, benefit, damages):
    given = FALLING | {"exchange.sharpness": 1.0, "court.verification": verification, "conduct.fallen_rate": 0.8}
    given |= {"conduct.fallen_cost": cost, "conduct.fallen_benefit": benefit, "conduct.fallen_damages": damages}
    society = quiet(citizens, [(0, 1)], given, seed=seed)
    week, everybody = play(society, "conduct").world.week, range(citizens)
    cost, benefit, damages = (math.floor(value * 1e6 + 0.5) for value in (cost, benefit, damages))
    saved = [[j for j in everybody if week.rescued[j] and week.bystander[j] == i] for i in everybody]
    assert week.income.tolist() == [benefit * int(week.rescued[i]) - cost * len(saved[i]) for i in everybody]
    assert society.world.act[:, Event.RESCUE].tolist() == [int(bool(one)) for one in saved]
    assert not (week.blames > week.rescued).any()
    assert not (week.rescued[week.bystander < 0]).any()
    before, total = week.income.copy(), week.income.sum()
    play(society, "adjudication")
    paid = [tally(society, i, Tally.BLAMED) for i in everybody]
    won = [int(week.blames[i]) and round((week.income[i] - before[i]) / damages) + paid[i] if damages else 0 for i in everybody]
    assert week.income.sum() == total
    assert (sum(won) == sum(paid)) or not damages
    assert [paid[i] + tally(society, i, Tally.THANKED) for i in everybody] == [len(one) for one in saved]


OTHERS = {
    "conduct.fallen_cost": -1.0, "conduct.fallen_benefit": 5.0, "conduct.fallen_damages": 0.5, "conduct.fallen_accusation_rate": 1.0,
    "conduct.fallen_need": 3.0, "conduct.fallen_prior_blamed": 5.0, "conduct.fallen_prior_thanked": 2.0, "conduct.fallen_weight": 9.0,
}  # fmt: skip


def test_where_nobody_falls_it_is_as_if_there_were_no_such_thing():
    off = {"conduct.fallen_rate": 0.0}
    societies = [Society(lively(**off, **more), rng=6).run(8) for more in ({}, OTHERS, {"schemes.rongcheng.event.rescue": 500.0})]
    for society in societies[1:]:
        assert_same_run(societies[0], society)
    assert np.isnan(societies[0].series()["fallen_helped"]).all()
    assert not societies[0].world.citizens.thanked.any()
    falls = Society(lively(**OTHERS), rng=6).run(8)
    assert falls.digest() != societies[0].digest()
    assert np.isfinite(falls.series()["fallen_helped"]).any()


def test_a_policy_can_end_it_and_leaves_nothing_of_its_last_week():
    society = Society(lively(), rng=6, policy=[(3, "conduct.fallen_rate", 0.0)]).run(3)
    assert (society.world.week.bystander >= 0).any()
    week = society.run(1).world.week
    assert ((week.bystander == -1).all(), week.rescued.any(), week.blames.any()) == (True, False, False)
    assert np.isnan(society.last()["fallen_helped"])


def test_a_court_that_believes_every_lie_ends_help_and_one_that_sees_through_them_does_not():
    """The trap, over two years, with paired seeds: nothing else in the two societies differs, who accuses anybody else falsely neither."""
    shares = {}
    for verification in (0.0, 1.0):
        for seed in range(4):
            given = {
                "citizens": 60, "preset": "none", "network.mean_degree": 8.0, "time.ticks": 104, "informing.false_report_rate": 0.0,
                "conduct.fallen_rate": 0.5, "court.verification": verification,
            }  # fmt: skip
            share = Society(rng=seed, **given).run().series()["fallen_helped"]
            shares[verification, seed] = float(np.mean(share[:4])), float(np.mean(share[-26:]))
    for seed in range(4):
        assert shares[0.0, seed][1] < shares[0.0, seed][0] - 0.1
        assert shares[1.0, seed][1] > shares[1.0, seed][0] - 0.05
        assert shares[0.0, seed][1] < shares[1.0, seed][1] - 0.2


def test_help_of_a_fallen_is_off_by_default():
    assert assign(lively(), {}).conduct.fallen_rate > 0
    assert Society(citizens=30, **{"network.mean_degree": 8.0}).parameters.conduct.fallen_rate == 0
