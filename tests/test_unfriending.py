"""Ties are cut: why, by whom, and which cause is recorded. In both engines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.befriending import DISTRUST, INFORMER, SCORE
from agents.chance import Purpose, tie_luck
from model.phases.unfriending import joint_cause
from model.phases.unfriending import score_cost as compiled_score_cost
from model.population import Count
from tests.worlds import PLAIN_SCHEME, REVIEW, SOCIAL, both_engines, end_of_tie, from_python, play, quiet, score, ties_of

KEPT = -1


def cuts(society):
    """Return the ties cut this week by cause: (distrust, score, informer, lot)."""
    return tuple(society.world.counts[Count.CUT_DISTRUST : Count.CUT_LOT + 1].tolist())


# ---- distrust ----


@both_engines
@pytest.mark.parametrize(("kind", "attachment"), [("ties", 0.3), ("work", 0.5), ("kin", 2.0)])
def test_a_tie_is_cut_where_its_expected_exchange_and_attachment_are_worth_less_than_nothing(engine, kind, attachment):
    """Gain 10, loss 10: worth 20 b - 10 + attachment. With b 0.02 below or above the point of indifference: -0.4 or +0.4."""
    given = REVIEW | {"exchange.gain": 10.0, "exchange.loss": 10.0, "learning.kin_bonus": 0.0}
    indifferent = (10 - attachment) / 20
    for belief, left in ((indifferent - 0.02, []), (indifferent + 0.02, [(0, 1)])):
        society = quiet(2, given=given, engine=engine, **{kind: [(0, 1)]})
        end = end_of_tie(society, 0, 1)
        end.betrayed = 2 / belief - 4  # belief = 4 x 0.5 / (4 + betrayed)
        assert society.citizen(0).belief_in_tie(society.slot_of(0, 1)) == pytest.approx(belief, rel=1e-6)
        assert ties_of(play(society, "unfriending")) == left
        assert cuts(society) == (1 - len(left), 0, 0, 0)


@both_engines
def test_ties_that_do_not_come_up_for_review_are_kept(engine):
    society = quiet(2, [(0, 1)], engine=engine)
    end_of_tie(society, 0, 1).betrayed = 100
    assert ties_of(play(society, "unfriending")) == [(0, 1)]


@both_engines
def test_kin_are_not_cut_for_what_costs_an_acquaintance_the_tie(engine):
    """Betrayed 36 times: a belief of 2/40, worth 0.05 - 1.14 = -1.09: below an attachment of 0.3, above one of 2."""
    society = quiet(3, [(0, 1)], REVIEW, kin=[(0, 2)], engine=engine)
    for friend in (1, 2):
        end_of_tie(society, 0, friend).betrayed = 36
    assert ties_of(play(society, "unfriending")) == [(0, 2)]
    assert society.citizen(0).attachment_to(society.slot_of(0, 2)) == 2


@both_engines
@pytest.mark.parametrize("who", [(0,), (1,), (0, 1)])
def test_one_side_suffices_and_what_both_cut_is_cut_once(engine, who):
    society = quiet(3, [(0, 1), (1, 2)], REVIEW, engine=engine)
    for owner in who:
        end_of_tie(society, owner, 1 - owner).betrayed = 100
    assert ties_of(play(society, "unfriending")) == [(1, 2)]
    assert cuts(society) == (1, 0, 0, 0)
    assert [society.citizen(i).degree for i in range(3)] == [0, 1, 1]
    assert society.world.citizens.panel_lost.tolist() == [1, 1, 0]


@both_engines
def test_all_ties_of_one_citizen_can_go_in_a_week(engine):
    ties = [(0, k) for k in range(1, 6)] + [(1, 2), (3, 4)]
    society = quiet(6, ties, REVIEW, engine=engine)
    for k in range(1, 6):
        end_of_tie(society, k, 0).betrayed = 100
    assert ties_of(play(society, "unfriending")) == [(1, 2), (3, 4)]
    assert cuts(society) == (5, 0, 0, 0)
    assert society.world.citizens.panel_lost.tolist() == [5, 1, 1, 1, 1, 1]


@both_engines
def test_what_one_knows_of_other_ties_survives_a_cut(engine):
    society = quiet(5, [(0, k) for k in range(1, 5)], REVIEW, engine=engine)
    for k in range(1, 5):
        end_of_tie(society, 0, k).honoured = k
        end_of_tie(society, k, 0).honoured = 10 * k
    end_of_tie(society, 0, 2).betrayed = 100
    play(society, "unfriending")
    assert ties_of(society) == [(0, 1), (0, 3), (0, 4)]
    assert [float(end_of_tie(society, 0, k).honoured) for k in (1, 3, 4)] == [1, 3, 4]
    assert [float(end_of_tie(society, k, 0).honoured) for k in (1, 3, 4)] == [10, 30, 40]


# ---- the score ----


def shunned(engine, scheme=SOCIAL, given=None, **more):
    """0 has friends 1 and 2 with 1000 and 700 points: it would gain 150 by cutting 2, worth 1.5. A tie is worth 0.2."""
    society = quiet(3, [(0, 1), (0, 2)], REVIEW | (given or {}), schemes=scheme, engine=engine, **more)
    society.world.standing.points[0] = 1_000_000, 1_000_000, 700_000
    return society


@both_engines
def test_a_tie_is_cut_where_its_score_cost_outweighs_its_worth(engine):
    society = play(shunned(engine), "unfriending")
    assert ties_of(society) == [(0, 1)]
    assert cuts(society) == (0, 1, 0, 0)


@both_engines
@pytest.mark.parametrize(
    ("scheme", "given"),
    [
        ({"contact_weight": 0.0}, {}),
        ({"contact_weight": 0.1}, {}),  # 15 points: 0.15
        ({"utility_per_point": 0.001}, {}),  # 150 points: 0.15
        ({"active": False}, {}),
        ({}, {"unfriending.attachment": 1.7}),
        ({}, {"unfriending.salience": 0.1}),
    ],
)
def test_a_score_cost_below_the_worth_of_the_tie_cuts_nothing(engine, scheme, given):
    assert ties_of(play(shunned(engine, SOCIAL | scheme, given), "unfriending")) == [(0, 1), (0, 2)]


@both_engines
def test_who_does_not_care_for_the_score_and_who_is_not_enrolled_cut_nothing_for_it(engine):
    careless = shunned(engine)
    careless.world.citizens.score_concern[0] = 0.1
    assert ties_of(play(careless, "unfriending")) == [(0, 1), (0, 2)]
    for outsider in (0, 2):
        society = shunned(engine)
        society.world.standing.enrolled[0, outsider] = 0
        assert ties_of(play(society, "unfriending")) == [(0, 1), (0, 2)]


@both_engines
def test_salience_makes_a_small_score_cost_large(engine):
    """15 points: 0.15 in truth, 1.5 with a salience of 10; a tie is worth 0.2."""
    society = shunned(engine, SOCIAL | {"contact_weight": 0.1}, {"unfriending.salience": 10.0})
    assert ties_of(play(society, "unfriending")) == [(0, 1)]


graph_of_six = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=15)


@settings(max_examples=40)
@given(
    graph_of_six,
    st.lists(st.integers(0, 1_300_000), min_size=6, max_size=6),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.sampled_from([0.1, 0.5, 1.0]),
    st.sampled_from([0.0, 0.25, 1.0]),
)
def test_the_score_cost_of_a_tie_is_what_the_score_would_be_without_it(ties, points, enrolled, weight, concern):
    """Brute force: the same society with and without the tie. Scores are rounded to thousandths: two half ones of slack."""
    ties = sorted({tuple(sorted(tie)) for tie in ties if tie[0] != tie[1]})
    scheme = PLAIN_SCHEME | {"contact_weight": weight, "utility_per_point": 0.01}

    def society_with(some):
        society = quiet(6, some, {"unfriending.salience": 3.0}, schemes=scheme)
        society.world.standing.points[0], society.world.standing.enrolled[0] = points, enrolled
        society.world.citizens.score_concern[:] = concern
        return play(society, "scoring")

    whole = society_with(ties)
    for one in ties:
        rest = society_with([tie for tie in ties if tie != one])
        for i, j in (one, one[::-1]):
            lost = score(rest, i) - score(whole, i) if enrolled[i] and enrolled[j] else 0.0
            cost = whole.citizen(i).score_cost(j, True)
            assert cost == pytest.approx(lost * 0.01 * concern * 3.0, abs=0.001 * 0.01 * 3 + 1e-12)
            # To make the tie costs what cutting it would gain.
            assert rest.citizen(i).score_cost(j, False) == pytest.approx(cost, abs=1e-9)
            assert from_python(compiled_score_cost)(whole.world, i, j, True) == cost
            assert from_python(compiled_score_cost)(rest.world, i, j, False) == rest.citizen(i).score_cost(j, False)


@both_engines
def test_score_costs_of_several_schemes_add_up(engine):
    """150 points in each of two schemes at 0.001: 0.15 each; a tie is worth 0.2."""
    scheme = SOCIAL | {"utility_per_point": 0.001}
    for schemes, left in (([scheme], [(0, 1), (0, 2)]), ([scheme, scheme | {"utility_per_point": 0.002}], [(0, 1)])):
        society = quiet(3, [(0, 1), (0, 2)], REVIEW, schemes=schemes, engine=engine)
        society.world.standing.points[:] = 1_000_000, 1_000_000, 700_000
        assert society.citizen(0).score_cost(2, True) == pytest.approx(0.15 if len(schemes) == 1 else 0.45)
        assert ties_of(play(society, "unfriending")) == left


# ---- informers, and which cause is recorded ----


def exposed(engine, anger, given=None, betrayals=0, scheme=()):
    """2 was exposed as an informer on 1; nothing else comes up for review."""
    society = quiet(4, [(0, 1), (1, 2), (2, 3)], {"unfriending.informer_anger": anger} | (given or {}), schemes=scheme, engine=engine)
    end_of_tie(society, 1, 2).exposed, end_of_tie(society, 2, 1).exposed = 1, 2
    end_of_tie(society, 1, 2).betrayed = betrayals
    return society


@both_engines
def test_an_informer_is_cut_at_once_if_anger_outweighs_the_tie(engine):
    """A tie is worth 0.5 - 0.6 + 0.3 = 0.2."""
    for anger, left in ((0.6, [(0, 1), (2, 3)]), (0.0, [(0, 1), (1, 2), (2, 3)])):
        society = play(exposed(engine, anger), "unfriending")
        assert ties_of(society) == left
        assert cuts(society) == (0, 0, 3 - len(left), 0)
        assert [int(society.world.slots.exposed[slot]) for slot in society.living_slots()] == [0] * 2 * len(left)


@both_engines
def test_an_exposed_informer_is_at_least_looked_at_again(engine):
    society = play(exposed(engine, anger=0.0, betrayals=100), "unfriending")
    assert ties_of(society) == [(0, 1), (2, 3)]
    assert cuts(society) == (1, 0, 0, 0)


@both_engines
@pytest.mark.parametrize(("accused", "informer"), [(0, 1), (1, 0)])
@pytest.mark.parametrize("trusting", ["accused", "informer"])
def test_anger_is_the_accuseds_not_the_informers(engine, accused, informer, trusting):
    """Anger 0.6 against a tie worth 0.2, or 1.3 to the one who trusts fully: cut unless that is the accused."""
    society = quiet(2, [(0, 1)], {"unfriending.informer_anger": 0.6}, engine=engine)
    end_of_tie(society, accused, informer).exposed, end_of_tie(society, informer, accused).exposed = 1, 2
    trusts, trusted = (accused, informer) if trusting == "accused" else (informer, accused)
    end_of_tie(society, trusts, trusted).honoured = 1000
    assert cuts(play(society, "unfriending")) == (0, 0, int(trusting == "informer"), 0)


@pytest.mark.parametrize("one", [KEPT, DISTRUST, SCORE, INFORMER])
@pytest.mark.parametrize("other", [KEPT, DISTRUST, SCORE, INFORMER])
def test_of_two_causes_the_informer_comes_first_then_the_score_then_distrust(one, other):
    order = [INFORMER, SCORE, DISTRUST, KEPT]
    assert joint_cause(one, other, False) == min(one, other, key=order.index)
    # The score-blind null model may spare only what the score alone would cut.
    order = [INFORMER, DISTRUST, SCORE, KEPT]
    assert joint_cause(one, other, True) == min(one, other, key=order.index)


@both_engines
def test_causes_of_both_ends_meet_in_a_tie(engine):
    """1 cuts 2 for distrust; 2 cuts 1, whose 700 points cost it 150, for the score: it counts as cut for the score."""
    society = quiet(4, [(1, 2), (2, 3)], REVIEW, schemes=SOCIAL, engine=engine)
    society.world.standing.points[0] = 1_000_000, 700_000, 1_000_000, 1_000_000
    end_of_tie(society, 1, 2).betrayed = 100
    assert cuts(play(society, "unfriending")) == (0, 1, 0, 0)
    assert ties_of(society) == [(2, 3)]


# ---- the null model of unfriending ----


def under_review(engine, blind, seed, sharpness=3.0):
    ties = [(i, (i + d) % 12) for i in range(12) for d in (1, 2, 3)]
    given = {"unfriending.review_rate": 0.6, "unfriending.score_blind": blind, "exchange.sharpness": sharpness}
    scheme = PLAIN_SCHEME | {"contact_weight": 0.8, "utility_per_point": 0.02}
    society = quiet(12, ties, given, schemes=scheme, engine=engine, seed=seed)
    rng = np.random.default_rng(seed)
    society.world.standing.points[0] = rng.integers(0, 1_300_000, 12)
    living = society.living_slots()
    society.world.slots.betrayed[living] = rng.integers(0, 6, living.size)
    society.world.slots.honoured[living] = rng.integers(0, 6, living.size)
    for i, j in ((0, 1), (4, 7)):
        end_of_tie(society, i, j).exposed, end_of_tie(society, j, i).exposed = 1, 2
    return play(society, "unfriending")


@both_engines
def test_the_score_blind_null_model_cuts_as_many_ties_as_the_score_would(engine):
    by_score, as_by_lot, chosen = [], [], 0
    for seed in range(20):
        lever, lottery = under_review(engine, False, seed), under_review(engine, True, seed)
        distrust, of_score, informer, _ = cuts(lever)
        same_distrust, none, same_informer, lot = cuts(lottery)
        assert (none, same_informer) == (0, informer)
        assert distrust + of_score == same_distrust + lot  # ties that one end cuts for distrust and one for the score: distrust
        assert same_distrust >= distrust
        assert len(ties_of(lever)) == len(ties_of(lottery)) == 36 - distrust - of_score - informer
        by_score.append(of_score)
        as_by_lot.append(lot)
        chosen += ties_of(lever) != ties_of(lottery)
    assert sum(by_score) >= sum(as_by_lot) > 40
    assert chosen > 15  # other ties than the score would choose


@both_engines
def test_the_null_model_cuts_the_ties_with_the_smallest_draws(engine):
    """0 would cut 2 for the score: instead the tie with the smallest draw goes, as in the lever one tie."""
    left = set()
    for seed in range(8):
        society = shunned(engine, given={"unfriending.score_blind": True}, seed=seed)
        unlucky = min([(0, 1), (0, 2)], key=lambda tie: tie_luck(society.seed, 0, int(Purpose.CUT_LOT), *tie))
        assert cuts(play(society, "unfriending")) == (0, 0, 0, 1)
        assert ties_of(society) == [tie for tie in [(0, 1), (0, 2)] if tie != unlucky]
        left.add(tuple(ties_of(society)))
    assert len(left) == 2


@both_engines
def test_where_the_score_would_cut_nothing_the_null_model_cuts_nothing(engine):
    society = shunned(engine, SOCIAL | {"contact_weight": 0.0}, {"unfriending.score_blind": True})
    assert ties_of(play(society, "unfriending")) == [(0, 1), (0, 2)]
