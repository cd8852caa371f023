"""Whom one meets, whether one trusts and honours, what it pays, and what is learned from it: in both engines."""

import itertools

import numpy as np
import pytest

from agents.events import Event
from agents.tie_kinds import WORK
from model.perception import fear_of_penalty, generalized_trust, institutional_trust, tie_belief
from model.population import ANY_GRADE
from tests.worlds import PLAIN_SCHEME, Row, both_engines, end_of_tie, exchanged, from_python, next_week, play, quiet, remembers

STRANGER = -1
NOBODY = -1


def week(society, who):
    return Row(society.world.week, who)


def meet(society, truster, partner):
    """Let the truster's encounter of the week be with that partner, and everybody else's with nobody."""
    society.world.week.partner[:] = society.world.week.slot[:] = -1
    slot = society.slot_of(truster, partner)
    society.world.week.partner[truster], society.world.week.slot[truster] = partner, slot


# ---- whom one meets ----


@both_engines
def test_one_meets_a_tie_or_a_stranger_by_the_stranger_share(engine):
    ties = [(0, 1), (2, 3)]
    among_ties = play(quiet(4, ties, {"exchange.stranger_share": 0.0}, engine=engine), "encounter")
    assert [int(week(among_ties, i).partner) for i in range(4)] == [1, 0, 3, 2]
    assert [int(week(among_ties, i).slot) for i in range(4)] == [among_ties.slot_of(i, j) for i, j in enumerate([1, 0, 3, 2])]
    for seed in range(10):
        among_strangers = play(quiet(4, ties, {"exchange.stranger_share": 1.0}, engine=engine, seed=seed), "encounter")
        for i, strangers in enumerate([{2, 3}, {2, 3}, {0, 1}, {0, 1}]):
            assert int(week(among_strangers, i).partner) in strangers
            assert week(among_strangers, i).slot == STRANGER


@both_engines
def test_being_met_is_not_limited(engine):
    society = play(quiet(5, [(0, k) for k in range(1, 5)], engine=engine), "encounter")
    assert [int(week(society, k).partner) for k in range(1, 5)] == [0, 0, 0, 0]


@both_engines
def test_one_tied_to_everybody_finds_no_stranger_and_one_without_ties_no_friend(engine):
    everybody = play(quiet(3, [(0, 1), (0, 2), (1, 2)], {"exchange.stranger_share": 1.0}, engine=engine), "encounter")
    assert [int(week(everybody, i).partner) for i in range(3)] == [NOBODY] * 3
    alone = play(quiet(3, [(0, 1)], engine=engine), "encounter")
    assert week(alone, 2).partner == NOBODY


@both_engines
@pytest.mark.parametrize(("mixing", "met"), [(0.0, {1}), (1.0, {1, 2, 3})])
def test_regions_mix_as_far_as_they_are_said_to(engine, mixing, met):
    found = set()
    for seed in range(30):
        society = quiet(4, [], {"exchange.stranger_share": 1.0, "region.mixing": mixing}, engine=engine, seed=seed)
        society.world.citizens.region[:] = [0, 0, 1, 2]
        found.add(int(week(play(society, "encounter"), 0).partner))
    assert found == met


@both_engines
def test_a_travel_ban_keeps_one_among_ones_ties_until_it_ends(engine):
    society = quiet(4, [(0, 1)], {"exchange.stranger_share": 1.0}, schemes=PLAIN_SCHEME, engine=engine)
    society.world.standing.banned_until[0, 0] = 5
    society.tick = 4
    assert week(play(society, "encounter"), 0).partner == 1
    assert week(society, 0).slot == society.slot_of(0, 1)
    assert week(society, 1).slot == STRANGER  # nobody else is held
    society.tick = 5
    assert int(week(play(society, "encounter"), 0).partner) in {2, 3}


@both_engines
def test_a_banned_outcast_meets_nobody_and_a_ban_ends_with_its_scheme(engine):
    society = quiet(3, [(0, 1)], {"exchange.stranger_share": 1.0}, schemes=PLAIN_SCHEME, engine=engine)
    society.world.standing.banned_until[0, 2] = 5
    assert week(play(society, "encounter"), 2).partner == NOBODY
    society.world.schemes.active[0] = 0
    assert int(week(play(society, "encounter"), 2).partner) in {0, 1}


# ---- trust ----


@both_engines
@pytest.mark.parametrize("tied", [False, True], ids=["stranger", "tie"])
def test_trust_is_placed_where_the_belief_is_above_loss_over_gain_plus_loss(engine, tied):
    """Gain 5, loss 10: from 10/15 = 0.667 on. Belief (3 + h) / (6 + h): 0.677 with h = 3.3, 0.655 with h = 2.7."""
    for honoured, placed in ((3.3, 1), (2.7, 0)):
        given = {"exchange.gain": 5.0, "exchange.loss": 10.0}
        society = quiet(3, [(0, 1)], given, engine=engine)
        society.world.citizens.trust_honoured[0] = honoured
        meet(society, 0, 1 if tied else 2)
        play(society, "exchange")
        assert week(society, 0).belief == pytest.approx((3 + honoured) / (6 + honoured))
        assert week(society, 0).placed == placed


@both_engines
def test_a_ties_own_evidence_outweighs_what_one_thinks_of_people(engine):
    """Tie prior of weight 4 at 0.5; 6 honoured, 2 betrayed: (6 + 2) / 12. Kin: prior 0.5 + 0.3 x 0.5 = 0.65: (6 + 2.6) / 12."""
    for kind, belief in (({"ties": [(0, 1)]}, 8 / 12), ({"work": [(0, 1)]}, 8 / 12), ({"kin": [(0, 1)]}, 8.6 / 12)):
        society = quiet(3, engine=engine, **kind)
        end = end_of_tie(society, 0, 1)
        end.honoured, end.betrayed = 6, 2
        meet(society, 0, 1)
        play(society, "exchange")
        assert week(society, 0).belief == pytest.approx(belief)
        assert society.citizen(0).belief_in_tie(society.slot_of(0, 1)) == pytest.approx(belief)
        assert from_python(tie_belief)(society.world, 0, society.slot_of(0, 1)) == pytest.approx(belief)


@both_engines
@pytest.mark.parametrize(
    ("kind", "given", "stake"),
    [
        (None, {}, 0.0),
        ("ties", {"exchange.stake_acquaintance": 0.3}, 0.3),
        ("work", {"exchange.stake_work": 0.4}, 0.4),
        ("kin", {"exchange.stake_kin": 0.6}, 0.6),
    ],
)
def test_trust_is_honoured_where_integrity_and_the_tie_outweigh_temptation(engine, kind, given, stake):
    """Integrity 0.5 and the stake of the tie against a temptation of 0.2 more or less; the fine is 0."""
    for more, honoured in ((-0.2, 1), (+0.2, 0)):
        given = given | {"exchange.temptation": 0.5 + stake + more, "court.fine": 0.0}
        society = quiet(3, given=given, engine=engine, **({kind: [(0, 1)]} if kind else {}))
        meet(society, 0, 1)
        play(society, "exchange")
        assert week(society, 0).honoured == honoured


@both_engines
def test_fear_of_court_and_scheme_makes_one_honour(engine):
    """Perceived risk 1/5. Fine 1: fear 0.2. A scheme's -30 points at 0.1 each for one who cares fully: 3 x 1/5 = 0.6."""
    for fine, upp, temptation, honoured in (
        (1.0, 0.0, 0.6, 1),
        (0.0, 0.0, 0.6, 0),
        (0.0, 0.1, 1.0, 1),
        (0.0, 0.1, 1.2, 0),
        (1.0, 0.1, 1.2, 1),
    ):
        given = {"exchange.temptation": temptation, "court.fine": fine}
        society = quiet(3, [], given, schemes=PLAIN_SCHEME | {"utility_per_point": upp}, engine=engine)
        meet(society, 0, 1)
        play(society, "exchange")
        assert week(society, 0).honoured == honoured


def fears(society, who, event=Event.DISHONOUR):
    """Return the fear of a penalty as both engines see it."""
    compiled = from_python(fear_of_penalty)(society.world, who, int(event))
    assert society.citizen(who).fear_of_penalty(event) == compiled
    return compiled


def test_fear_is_perceived_risk_times_what_is_at_stake():
    """Court: fine 1 x 1/5. Scheme: 30 points x 0.01 x concern x 1/5."""
    society = quiet(3, schemes=PLAIN_SCHEME)
    assert fears(society, 0) == pytest.approx(0.2 + 0.06)
    assert fears(society, 0, Event.TAX_EVASION) == pytest.approx(0.2)  # the scheme does not count it
    assert fears(society, 0, Event.CRITICISM) == 0  # no wrong before the court
    society.world.citizens.score_concern[0] = 0.5
    assert fears(society, 0) == pytest.approx(0.2 + 0.03)
    # Own experience: 5 of 5 cases fined; 5 of 5 missed by the scheme. (1 + 5) / 10 and 1 / 10.
    society.world.citizens.caught[0], society.world.standing.missed[0, 0] = 5, 5
    assert fears(society, 0) == pytest.approx(0.6 + 0.015)
    society.world.standing.enrolled[0, 0] = 0
    assert fears(society, 0) == pytest.approx(0.6)
    assert fears(quiet(3, schemes=PLAIN_SCHEME | {"active": False}), 0) == pytest.approx(0.2)


def test_the_exempt_fear_what_is_left_of_the_penalty():
    """An official exempt from three quarters of the scheme's cases and half of the court's: 0.2 x 1/2 + 0.06 x 1/4."""
    scheme = PLAIN_SCHEME | {"exemption": 0.75}
    society = quiet(3, (), {"court.exemption": 0.5}, schemes=scheme)
    society.world.citizens.official[0], society.world.citizens.exempt_by_lot[1] = 1, 1
    assert fears(society, 0) == pytest.approx(0.1 + 0.015)
    assert fears(society, 1) == pytest.approx(0.2 + 0.06)
    by_lot = quiet(3, (), {"court.exemption": 0.5}, schemes=scheme | {"exemption_at_random": True})
    by_lot.world.citizens.official[0], by_lot.world.citizens.exempt_by_lot[1] = 1, 1
    assert fears(by_lot, 0) == pytest.approx(0.1 + 0.06)
    assert fears(by_lot, 1) == pytest.approx(0.2 + 0.015)


def test_where_crime_leads_to_the_lowest_grade_the_whole_fall_is_feared():
    """Rongcheng: from 1000 points to below C's floor of 600, at 0.01 each and a risk of 1/5: 0.8; the court's fine: 0.2."""
    society = quiet(3, schemes="rongcheng")
    assert fears(society, 0, Event.CRIME) == pytest.approx(1.0)
    society.world.standing.points[0, 0] = 500_000  # nothing left to lose
    assert fears(society, 0, Event.CRIME) == pytest.approx(0.2)
    assert fears(society, 1, Event.TAX_EVASION) == pytest.approx(0.2 + 0.2)  # 100 points


# ---- payoffs ----


def wealth_after(engine, honest, given=None):
    """Let 0 and 2 both trust 1; return the changes of wealth in whole millionths."""
    game = {"exchange.loss": 1.2, "exchange.temptation": 0.55, "court.fine": 0.0}
    society = quiet(4, [(0, 1), (1, 2)], game | (given or {}), engine=engine)
    society.world.citizens.integrity[:] = float(honest)
    society.world.citizens.trust_honoured[:] = 100  # everybody trusts
    before = society.world.citizens.wealth.copy()
    assert before.tolist() == [100_000_000] * 4
    meet(society, 0, 1)
    society.world.week.partner[2], society.world.week.slot[2] = 1, society.slot_of(2, 1)
    play(society, "exchange", "consequences")
    assert society.world.week.placed.tolist() == [1, 0, 1, 0]
    assert society.citizen(0).wealth == society.world.citizens.wealth[0] / 1e6
    return (society.world.citizens.wealth - before).tolist()


@both_engines
def test_an_honoured_exchange_pays_gain_and_share(engine):
    assert wealth_after(engine, honest=True) == [1_000_000, 2_000_000, 1_000_000, 0]


@both_engines
def test_a_betrayal_costs_the_loss_and_pays_share_and_temptation(engine):
    assert wealth_after(engine, honest=False, given={"exchange.stake_acquaintance": 0.0}) == [
        -1_200_000,
        3_100_000,
        -1_200_000,
        0,
    ]


@both_engines
def test_payoffs_are_rounded_to_whole_millionths(engine):
    given = {"exchange.gain": 0.123_456_7, "exchange.loss": 0.0, "exchange.share": 0.000_000_4}
    assert wealth_after(engine, honest=True, given=given) == [123_457, 0, 123_457, 0]


@both_engines
def test_where_no_trust_is_placed_nothing_is_paid_though_honour_is_known(engine):
    society = quiet(2, [(0, 1)], engine=engine)
    society.world.citizens.integrity[1] = 1
    society.world.citizens.trust_betrayed[0] = 100
    meet(society, 0, 1)
    play(society, "exchange", "consequences")
    assert (week(society, 0).placed, week(society, 0).honoured) == (0, 1)
    assert society.world.citizens.wealth.tolist() == [100_000_000] * 2


# ---- learning ----


@both_engines
@pytest.mark.parametrize(("honoured", "evidence"), [(True, (1, 0)), (False, (0, 1))])
def test_an_exchange_with_a_stranger_is_one_piece_of_evidence_about_people(engine, honoured, evidence):
    society = quiet(3, [(0, 1)], engine=engine)
    exchanged(society, 0, 2, honoured)
    play(society, "learning")
    people = society.world.citizens
    assert (people.trust_honoured[0], people.trust_betrayed[0]) == evidence
    assert society.citizen(0).generalized_trust == from_python(generalized_trust)(society.world, 0) == (3 + evidence[0]) / 7
    assert (end_of_tie(society, 0, 1).honoured, end_of_tie(society, 0, 1).betrayed) == (0, 0)
    assert people.trust_honoured[1:].tolist() + people.trust_betrayed[1:].tolist() == [0] * 4  # the trustee learns nothing


@both_engines
@pytest.mark.parametrize("spillover", [0.0, 0.25])
@pytest.mark.parametrize(("honoured", "evidence"), [(True, (1, 0)), (False, (0, 1))])
def test_an_exchange_with_a_tie_is_evidence_about_that_tie_and_about_people_only_by_spillover(engine, spillover, honoured, evidence):
    society = quiet(3, [(0, 1), (0, 2)], {"learning.spillover": spillover}, engine=engine)
    exchanged(society, 0, 1, honoured)
    play(society, "learning")
    assert (end_of_tie(society, 0, 1).honoured, end_of_tie(society, 0, 1).betrayed) == evidence
    for untouched in (end_of_tie(society, 1, 0), end_of_tie(society, 0, 2)):
        assert (untouched.honoured, untouched.betrayed) == (0, 0)
    people = society.world.citizens
    assert (people.trust_honoured[0], people.trust_betrayed[0]) == (spillover * evidence[0], spillover * evidence[1])


@both_engines
def test_without_an_exchange_there_is_no_evidence(engine):
    society = quiet(3, [(0, 1)], {"learning.gossip_rate": 1.0, "learning.spillover": 1.0}, schemes="rongcheng", engine=engine)
    meet(society, 0, 1)
    society.world.standing.seen_grade[0, 0] = 3
    play(society, "learning")
    assert end_of_tie(society, 0, 1).betrayed == society.world.citizens.trust_betrayed[0] == society.world.band.sum() == 0


@both_engines
def test_a_week_leaves_of_all_evidence_what_forgetting_says(engine):
    society = quiet(3, [(0, 1), (0, 2)], {"learning.forgetting": 0.5}, schemes="rongcheng", engine=engine)
    world, end = society.world, end_of_tie(society, 0, 1)
    end.honoured, end.betrayed = 8, 4
    own = ("trust_honoured", "trust_betrayed", "fair", "unfair", "caught", "missed", "suspicion")
    for name in own:
        getattr(world.citizens, name)[0] = 0.75
    world.citizens.grievance[0] = 0.75
    world.standing.caught[0, 0], world.standing.missed[0, 0] = 6, 2
    remembers(society, 0, 7, 3, 1)
    exchanged(society, 0, 1)
    play(society, "learning")
    end = end_of_tie(society, 0, 1)
    assert (end.honoured, end.betrayed) == (8 / 2 + 1, 4 / 2)  # forgotten first, learned then
    assert [getattr(world.citizens, name)[0] for name in own] == [0.375] * 7
    assert world.citizens.grievance[0] == 0.75  # grievance has a decay of its own
    assert (world.standing.caught[0, 0], world.standing.missed[0, 0]) == (3, 1)
    assert world.band[0, 0, 7, 0].tolist() == world.band[0, 0, ANY_GRADE, 0].tolist() == [1.5, 0.5]
    assert society.citizen(0).institutional_trust == from_python(institutional_trust)(world, 0) == (3 + 0.375) / (6 + 0.75)


def believers(engine, ticks, forgetting=0.9, spillover=0.0):
    """Two friends of full integrity who meet every week, and trust whatever they believe (nothing to lose)."""
    given = {"learning.forgetting": forgetting, "learning.spillover": spillover, "exchange.loss": 0.0, "exchange.gain": 10.0}
    society = quiet(2, [(0, 1)], given, engine=engine)
    society.world.citizens.integrity[:] = 1
    return society.run(ticks) if ticks else society


@both_engines
def test_evidence_of_a_partner_met_weekly_settles_at_one_over_what_is_forgotten(engine):
    """Forgetting 0.9: 1 + 0.9 + 0.81 + ... = 10; with a spillover of 0.2, 2 about people."""
    society = believers(engine, 200, spillover=0.2)
    assert end_of_tie(society, 0, 1).honoured == pytest.approx(10, rel=1e-5)
    assert society.world.citizens.trust_honoured[0] == pytest.approx(2, rel=1e-5)


@both_engines
def test_a_friend_who_never_betrays_is_trusted_up_to_the_ceiling(engine):
    """(10 + 4 x 0.5) / (10 + 4) = 12/14: forgetting keeps the prior alive, so that trust never becomes certainty."""
    society = believers(engine, 0)
    beliefs = []
    for _ in range(150):
        society.step()
        beliefs.append(society.citizen(0).belief_in_tie(society.slot_of(0, 1)))
    assert all(a <= b for a, b in itertools.pairwise(beliefs))
    assert beliefs[0] == pytest.approx((1 + 2) / (1 + 4))
    assert beliefs[-1] == pytest.approx(12 / 14, rel=1e-5)


def test_belief_in_a_friend_converges_to_the_rate_at_which_it_honours():
    """200 pairs. Integrity and stake outweigh temptation by ln 4 at a slope of 1: honour rate 0.8.

    Forgetting 0.98 leaves an effective sample of (1 + 0.98) / (1 - 0.98) = 99 exchanges: a standard error of 0.04 for one,
    and of 0.04 / 20 = 0.002 for the mean of 400; 0.008 is four of them.
    """
    pairs = [(2 * k, 2 * k + 1) for k in range(200)]
    given = {
        "exchange.sharpness": 1.0, "exchange.gain": 10.0, "exchange.loss": 0.0, "exchange.temptation": 0.5,
        "exchange.stake_acquaintance": float(np.log(4)), "court.fine": 0.0, "learning.forgetting": 0.98,
    }  # fmt: skip
    society = quiet(400, pairs, given)
    society.run(400)
    slots, living = society.world.slots, society.living_slots()
    honoured, betrayed = slots.honoured[living].astype(float), slots.betrayed[living].astype(float)
    share = honoured / (honoured + betrayed)
    assert share.size == 400
    assert share.mean() == pytest.approx(0.8, abs=0.008)
    # The belief itself is held back by the prior of weight 4: (0.8 e + 2) / (e + 4), e the evidence.
    evidence = honoured + betrayed
    expected = ((0.8 * evidence + 2) / (evidence + 4)).mean()
    beliefs = [society.citizen(i).belief_in_tie(society.slot_of(i, i ^ 1)) for i in range(400)]
    assert np.mean(beliefs) == pytest.approx(expected, abs=0.008)


# ---- gossip ----


def told(engine, rate, weight=0.5, victims=(0,)):
    """Let 1 betray 0 (and others). 2 is a friend of both, 3 of 0 only, 4 of 1 only."""
    ties = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 4)]
    society = quiet(5, ties, {"learning.gossip_rate": rate, "learning.gossip_weight": weight}, engine=engine)
    for victim in victims:
        exchanged(society, victim, 1, honoured=False)
    return play(society, "learning")


@both_engines
def test_gossip_reaches_only_friends_who_are_tied_to_the_betrayer(engine):
    society = told(engine, rate=1.0)
    betrayed = {(i, j): float(end_of_tie(society, i, j).betrayed) for i in range(5) for j in society.neighbours(i)}
    assert {pair: found for pair, found in betrayed.items() if found} == {(0, 1): 1.0, (2, 1): 0.5}
    assert society.world.citizens.trust_betrayed.tolist() == [0] * 5  # it says nothing about people


@both_engines
def test_gossip_needs_a_teller(engine):
    society = told(engine, rate=0.0)
    assert end_of_tie(society, 2, 1).betrayed == 0


@both_engines
def test_two_tellers_are_two_pieces_of_evidence(engine):
    """0 and 4 were betrayed by 1. 2 hears it from 0; 4 and 2 are no friends. A weight of 0.5 each, where both tell."""
    society = told(engine, rate=1.0, victims=(0, 4))
    assert end_of_tie(society, 2, 1).betrayed == 0.5
    assert end_of_tie(society, 4, 1).betrayed == 1.0
    ties = [(0, 1), (2, 1), (3, 1), (0, 3), (2, 3)]
    society = quiet(4, ties, {"learning.gossip_rate": 1.0, "learning.gossip_weight": 0.25}, engine=engine)
    for victim in (0, 2):
        exchanged(society, victim, 1, honoured=False)
    play(society, "learning")
    assert end_of_tie(society, 3, 1).betrayed == 0.5
    assert end_of_tie(society, 0, 1).betrayed == 1.0  # 0 and 2 do not know each other


@both_engines
def test_good_news_is_not_told(engine):
    society = quiet(3, [(0, 1), (0, 2), (1, 2)], {"learning.gossip_rate": 1.0}, engine=engine)
    exchanged(society, 0, 1)
    play(society, "learning")
    assert (end_of_tie(society, 2, 1).honoured, end_of_tie(society, 2, 1).betrayed) == (0, 0)


# ---- what a grade says is learned ----

A, D = 3, 7  # numbers of grades in Rongcheng


def with_rongcheng(engine, disclosure=1.0, **given):
    society = quiet(3, [(0, 1)], given, schemes="rongcheng", engine=engine)
    society.world.schemes.disclosure[0] = disclosure
    return society


def believed_of_stranger(society):
    meet(society, 0, 2)
    play(society, "exchange")
    return float(week(society, 0).belief)


@both_engines
def test_a_grade_says_nothing_without_experience(engine):
    society = with_rongcheng(engine)
    assert believed_of_stranger(society) == 0.5
    assert society.world.standing.seen_grade[0, 0] == A  # a thousand points: grade A
    society.world.standing.grade[0, 2] = D
    assert believed_of_stranger(society) == 0.5
    assert society.world.standing.seen_grade[0, 0] == D


@both_engines
def test_a_grade_that_all_have_shown_says_nothing(engine):
    """Whatever its holders did: what there is nothing to compare with is no news about this one."""
    society = with_rongcheng(engine)
    for past in ((4, 0), (3, 1), (0, 9)):
        remembers(society, 0, A, *past)
        assert believed_of_stranger(society) == 0.5
        society.world.standing.grade[0, 2] = D
        assert believed_of_stranger(society) == 0.5  # one grade says nothing about another
        society.world.standing.grade[0, 2] = A


@both_engines
def test_a_grade_means_what_its_holders_did_more_than_others(engine):
    """3 of 4 A's honoured, 1 of 4 D's, so 4 of 8: a quarter more, a quarter less, with weight 4 x 4/8 = 2 beside the prior's 4."""
    society = with_rongcheng(engine)
    remembers(society, 0, A, 3, 1)
    remembers(society, 0, D, 1, 3)
    assert believed_of_stranger(society) == pytest.approx(0.5 + 0.25 * 2 / 6)
    society.world.standing.grade[0, 2] = D
    assert believed_of_stranger(society) == pytest.approx(0.5 - 0.25 * 2 / 6)
    remembers(society, 0, D, 4, 0)  # a bad name that stands for honest people: 4/4 less 7/8
    assert believed_of_stranger(society) == pytest.approx(0.5 + 0.125 * 2 / 6)
    meet(society, 1, 2)
    play(society, "exchange")
    assert week(society, 1).belief == 0.5  # one's experience is one's own


@both_engines
def test_where_two_schemes_show_a_grade_an_exchange_counts_once(engine):
    graded = PLAIN_SCHEME | {"grade": [{"name": "good", "floor": 900}, {"name": "bad"}], "disclosure": 1.0}
    society = quiet(3, [(0, 1)], schemes=[graded, graded], engine=engine)
    for s in (0, 1):
        remembers(society, 0, 0, 3, 1, scheme=s)
        remembers(society, 0, 1, 1, 3, scheme=s)
    assert believed_of_stranger(society) == pytest.approx(0.5 + 0.25 * 2 / 6)


@both_engines
@pytest.mark.parametrize("honoured", [True, False])
def test_an_exchange_teaches_what_the_grade_seen_means(engine, honoured):
    society = with_rongcheng(engine)
    society.world.citizens.integrity[2] = float(honoured)
    society.world.citizens.trust_honoured[0] = 100
    believed_of_stranger(society)
    play(society, "learning")
    band = society.world.band
    assert band[0, 0, A, 0].tolist() == band[0, 0, ANY_GRADE, 0].tolist() == [honoured, not honoured]
    assert band.sum() == 2


@both_engines
def test_what_a_grade_means_among_ties_says_nothing_about_strangers(engine):
    society = with_rongcheng(engine)
    remembers(society, 0, A, 4, 0, is_tie=1)  # four friends of that grade honoured, and none of another
    remembers(society, 0, D, 0, 4, is_tie=1)
    assert believed_of_stranger(society) == 0.5


@both_engines
def test_what_is_not_disclosed_is_neither_used_nor_learned(engine):
    society = with_rongcheng(engine, disclosure=0.0)
    remembers(society, 0, A, 0, 4)
    remembers(society, 0, D, 4, 0)
    society.world.citizens.trust_honoured[0] = 100
    assert believed_of_stranger(society) == pytest.approx(103 / 106)
    assert society.world.standing.seen_grade[0, 0] == -1
    play(society, "learning")
    assert society.world.band[0, 0, A, 0].tolist() == [0, 4]


@both_engines
def test_published_names_are_visible_to_all(engine):
    """Of the grades of Rongcheng only D is published."""
    society = with_rongcheng(engine, disclosure=0.0)
    society.world.standing.grade[0, 2] = D
    remembers(society, 0, A, 4, 0)
    remembers(society, 0, D, 0, 4)
    assert believed_of_stranger(society) == pytest.approx(0.5 - 0.5 * 2 / 6)
    society.world.standing.enrolled[0, 2] = 0  # who is not enrolled has no grade to see
    assert believed_of_stranger(society) == 0.5
    society.world.standing.enrolled[0, 2], society.world.status.running[0] = 1, 0
    assert believed_of_stranger(society) == 0.5
    society.world.status.running[0] = 1
    assert believed_of_stranger(society) == pytest.approx(2 / 6)
    society.world.week.partner[0] = NOBODY
    play(next_week(society), "exchange")
    assert society.world.standing.seen_grade[0, 0] == -1  # nobody met, nothing seen


@both_engines
def test_a_kind_tie_is_worth_its_own_stake(engine):
    society = quiet(3, work=[(0, 1)], given={"exchange.stake_work": 3.0, "exchange.temptation": 2.0}, engine=engine)
    assert end_of_tie(society, 0, 1).kind == WORK
    meet(society, 0, 1)
    play(society, "exchange")
    assert week(society, 0).honoured == 1
    assert society.citizen(1).stake_with(0) == 3
    assert society.citizen(1).stake_with(2) == 0
