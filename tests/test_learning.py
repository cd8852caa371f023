"""What is learned from an exchange, about a partner, about people, and about grades: in both engines."""

import itertools

import numpy as np
import pytest

from agents.tie_kinds import WORK
from model.perception import generalized_trust, institutional_trust
from model.population import ANY_GRADE
from tests.worlds import PLAIN_SCHEME, both_engines, end_of_tie, exchanged, from_python, meet, next_week, play, quiet, remembers, week

NOBODY = -1


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
