"""Ties are made: with whom, by whom, and, as they are cut and made, never into a broken network. In both engines."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.chance import Purpose, luck
from agents.tie_kinds import ACQUAINTANCE, KIN
from model.network.ties import living_slots
from model.population import Count
from tests.worlds import ENGINES, PLAIN_SCHEME, REVIEW, SOCIAL, Row, both_engines, count, end_of_tie, next_week, play, quiet, ties_of

# ---- making ties ----


#: Everybody who is short of ties seeks one, among the friends of friends.
SEEKING = {"befriending.offer_rate": 1.0, "befriending.closure": 1.0}


def short_of_ties(society, *who):
    """Let these want one tie more than they have."""
    society.world.citizens.sociability[list(who)] += 1
    return society


@both_engines
def test_a_friend_of_a_friend_becomes_a_friend_if_both_want_it(engine):
    """A stranger promises 0.5 - 0.6 + 0.3 = 0.2. One who trusts nobody (3/106 x 1 - 1.17 + 0.3) wants no tie."""
    for suspicious, made in (((), True), ((0,), False), ((1,), False)):
        society = short_of_ties(quiet(3, [(0, 2), (1, 2)], SEEKING, engine=engine), 0, 1)
        society.world.citizens.trust_betrayed[list(suspicious)] = 100
        play(society, "befriending")
        assert ((0, 1) in ties_of(society)) == made
        assert count(society, Count.FORMED) == made


@both_engines
def test_a_new_tie_has_no_past(engine):
    society = short_of_ties(quiet(3, kin=[(0, 2), (1, 2)], given=SEEKING, engine=engine), 0, 1)
    play(society, "befriending")
    for end in (end_of_tie(society, 0, 1), end_of_tie(society, 1, 0)):
        assert (end.honoured, end.betrayed, end.kind, end.panel, end.exposed, end.fate) == (0, 0, ACQUAINTANCE, 0, 0, 0)
    assert end_of_tie(society, 0, 2).kind == KIN
    assert end_of_tie(society, 0, 2).panel == 1


@both_engines
def test_offers_that_cross_make_one_tie(engine):
    society = short_of_ties(quiet(3, [(0, 2), (1, 2)], SEEKING, engine=engine), 0, 1)
    play(society, "befriending")
    assert society.world.week.offered.tolist() == [1, 0, -1]
    assert ties_of(society) == [(0, 1), (0, 2), (1, 2)]
    assert count(society, Count.FORMED) == 1


@both_engines
def test_who_has_ties_enough_neither_offers_nor_accepts(engine):
    for short, made in (((), 0), ((0,), 0), ((1,), 0), ((0, 1), 1)):
        society = short_of_ties(quiet(3, [(0, 2), (1, 2)], SEEKING, engine=engine), *short)
        assert count(play(society, "befriending"), Count.FORMED) == made


@both_engines
def test_without_an_occasion_nobody_seeks(engine):
    society = short_of_ties(quiet(3, [(0, 2), (1, 2)], SEEKING | {"befriending.offer_rate": 0.0}, engine=engine), 0, 1)
    assert count(play(society, "befriending"), Count.FORMED) == 0


@both_engines
def test_the_score_cost_of_a_tie_deters_the_side_that_has_it(engine):
    """A tie promises 0.2. 1 has 900 points: with it the mean of 0's contacts falls from 1000 to 950, worth 0.5, 1's rises."""
    for points, scheme, made in (
        (900_000, SOCIAL, False),
        (1_000_000, SOCIAL, True),
        (900_000, SOCIAL | {"contact_weight": 0.0}, True),
    ):
        society = short_of_ties(quiet(3, [(0, 2), (1, 2)], SEEKING, schemes=scheme, engine=engine), 0, 1)
        society.world.standing.points[0, 1] = points
        play(society, "befriending")
        assert ((0, 1) in ties_of(society)) == made
        assert society.world.week.offered[1] == 0  # it never costs 1 anything


@both_engines
def test_of_several_offers_the_one_with_the_smallest_draw_is_considered(engine):
    """0, 1 and 2 know only 3, through whom they meet 4, who wants two ties and accepts one a week."""
    seen = set()
    for seed in range(12):
        society = quiet(5, [(0, 3), (1, 3), (2, 3), (3, 4)], SEEKING, engine=engine, seed=seed)
        society.world.citizens.sociability[:] = [2, 2, 2, 4, 3]
        play(society, "befriending")
        offers = society.world.week.offered.tolist()
        suitors = [i for i in range(3) if offers[i] == 4]
        if suitors:
            chosen = min(suitors, key=lambda i: luck(society.seed, 0, int(Purpose.OFFER_ORDER), 4, i, 0))
            assert society.world.week.befriended[4] == chosen
            assert {i for i, j in ties_of(society) if j == 4} <= {chosen, 3, offers[4]}
            seen.add((len(suitors), chosen))
    assert len(seen) > 3


@both_engines
def test_a_tie_cut_this_week_cannot_be_made_again_this_week(engine):
    """0 and 1 part, and meet at 2 at once; a week later they may make up."""
    society = quiet(3, [(0, 1), (0, 2), (1, 2)], SEEKING | REVIEW, engine=engine)
    end_of_tie(society, 0, 1).betrayed = 100
    play(society, "unfriending")
    assert ties_of(society) == [(0, 2), (1, 2)]
    play(society, "befriending")
    assert society.world.week.offered.tolist() == [-1, -1, -1]
    assert ties_of(society) == [(0, 2), (1, 2)]
    play(next_week(society), "unfriending", "befriending")
    assert ties_of(society) == [(0, 1), (0, 2), (1, 2)]
    assert end_of_tie(society, 0, 1).betrayed == 0  # a new beginning
    assert society.world.citizens.panel_lost.tolist() == [1, 1, 0]


@both_engines
def test_chance_brings_strangers_of_ones_own_region_together_more_often(engine):
    """No closure. Homophily 1: only one's own region; 0: anyone."""
    for homophily, found in ((1.0, {1}), (0.0, {1, 2, 3})):
        offered = set()
        for seed in range(25):
            given = {"befriending.offer_rate": 1.0, "befriending.closure": 0.0, "befriending.homophily": homophily}
            society = quiet(4, [], given, engine=engine, seed=seed)
            society.world.citizens.region[:] = [0, 0, 1, 2]
            offered.add(int(play(society, "befriending").world.week.offered[0]))
        assert offered - {-1} == found


# ---- the network stays whole ----


def assert_whole(society):
    """Ties are symmetric, simple, within their rows and budgets, and both ends agree on what belongs to the tie."""
    world, n = society.world, society.graph.citizens
    slots, owner = living_slots(world)
    ends = list(zip(owner.tolist(), world.slots.neighbour[slots].tolist(), strict=True))
    assert len(set(ends)) == len(ends), "a tie twice"
    assert {(j, i) for i, j in ends} == set(ends), "a tie with one end"
    assert all(i != j for i, j in ends), "a tie to oneself"
    assert all(0 <= j < n for _, j in ends)
    assert (world.rows.degree >= 0).all()
    assert (world.rows.degree <= world.rows.room).all()
    assert (world.rows.start[1:] >= world.rows.start[:-1] + world.rows.room[:-1]).all()
    assert world.rows.start[-1] + world.rows.room[-1] <= world.slots.neighbour.size
    assert (world.rows.degree <= np.maximum(world.citizens.sociability, society.graph.degrees()) + 1).all(), "beyond the budget"
    facts = {(i, j): Row(world.slots, slot) for (i, j), slot in zip(ends, slots.tolist(), strict=True)}
    for (i, j), end in facts.items():
        other = facts[j, i]
        assert (end.kind, end.panel, end.exposed, end.fate) == (other.kind, other.panel, 0, 0)
        assert np.isfinite((end.honoured, end.betrayed)).all()
        assert min(end.honoured, end.betrayed) >= 0


STORMY = {
    "unfriending.review_rate": 0.5, "befriending.offer_rate": 0.9, "befriending.closure": 0.6, "exchange.sharpness": 2.0,
    "exchange.stranger_share": 0.3, "learning.forgetting": 0.9, "learning.gossip_rate": 0.5, "informing.witness_rate": 0.9,
    "informing.complaint_rate": 0.9, "informing.exposure": 0.5, "informing.civic_duty": 2.0, "informing.false_report_rate": 0.3,
}  # fmt: skip


@settings(max_examples=30)
@given(
    st.integers(3, 12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40),
    st.booleans(),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.integers(0, 2**32),
    st.sampled_from(ENGINES),
)
def test_the_network_stays_whole_whatever_happens(citizens, pairs, blind, contact_weight, seed, engine):
    pairs = [(i % citizens, j % citizens) for i, j in pairs]
    scheme = PLAIN_SCHEME | {"contact_weight": contact_weight, "utility_per_point": 0.05}
    given = STORMY | {"unfriending.score_blind": blind}
    society = quiet(citizens, pairs[::3], given, kin=pairs[1::3], work=pairs[2::3], schemes=scheme, engine=engine, seed=seed)
    for _ in range(10):
        before, panel = set(ties_of(society)), int(society.world.slots.panel[society.living_slots()].sum()) // 2
        society.step()
        assert_whole(society)
        after, counts = set(ties_of(society)), society.world.counts
        cut, formed = int(counts[: Count.CUT_LOT + 1].sum()), int(counts[Count.FORMED])
        assert len(after) == len(before) - cut + formed
        assert len(before - after) == cut  # nothing that was cut this week was made again this week
        assert len(after - before) == formed
        lost = panel - int(society.world.slots.panel[society.living_slots()].sum()) // 2
        assert 0 <= lost <= cut
    low = society.graph.low.size
    lost_ends = int(society.world.citizens.panel_lost.sum() + society.world.citizens.panel_lost_kin.sum())
    assert lost_ends == 2 * (low - int(society.world.slots.panel[society.living_slots()].sum()) // 2)
