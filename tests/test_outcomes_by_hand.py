"""Inequality, rank correlation, and what a few citizens' ties say of trust: worked by hand."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from model.assign import assign
from model.network.graph import simple_graph
from model.network.ties import cut_tie, neighbours, slot_of
from model.outcomes import NAMES
from model.phases.record import TICK_COLUMNS, cells_of
from model.schedule import PHASES, run_compiled
from model.society import Society
from model.yearly import gini, rank_correlation, ranks
from tests.anew import FIXED_POINT, assert_close, gini_by_pairs
from tests.lively import lively

# ---- inequality and rank ----


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5, 5, 5, 5], 0.0),
        ([0, 0, 0, 8], 0.75),
        ([1, 3], 0.25),
        ([1, 2, 3, 4], 0.25),
        ([7], 0.0),
        ([0, 0], math.nan),
        ([], math.nan),
    ],
)
def test_gini_by_hand(values, expected):
    assert_close(gini(np.array(values, np.int64)), expected, str(values), 1e-15)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40).filter(any))
def test_gini_is_half_the_relative_mean_difference(values):
    exact = gini(np.array(values))
    assert exact == pytest.approx(gini_by_pairs(values), abs=1e-9)
    assert 0 <= exact < 1
    assert gini(np.array(values[::-1])) == exact
    assert gini(np.array([7 * value for value in values])) == pytest.approx(exact, abs=1e-12)


def test_gini_does_not_overflow():
    assert gini(np.full(1000, 2**53, np.int64)) == 0.0


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_ranks_are_mid_ranks_twice(values):
    assert ranks(np.array(values)).tolist() == (2 * stats.rankdata(values)).astype(int).tolist()


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), max_size=30))
def test_rank_correlation_is_spearmans(pairs):
    before, after = (np.array([pair[k] for pair in pairs], np.int64) for k in (0, 1))
    found = rank_correlation(before, after)
    if len(pairs) < 2 or np.ptp(before) == 0 or np.ptp(after) == 0:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(stats.spearmanr(before, after).statistic, abs=1e-12)
        assert found == rank_correlation(after, before)


def test_rank_correlation_by_hand():
    assert rank_correlation(np.array([1, 2, 3]), np.array([10, 20, 30])) == 1.0
    assert rank_correlation(np.array([1, 2, 3]), np.array([30, 20, 10])) == -1.0
    assert rank_correlation(np.array([1, 2, 3]), np.array([20, 10, 30])) == 0.5


# ---- four citizens, worked by hand ----


@pytest.fixture
def four() -> Society:
    """Return four citizens: 0 is tied to everybody, and 1 and 2 to each other. 0 knows 1 as honest and 2 as a cheat."""
    society = Society(graph=simple_graph(4, np.array([0, 0, 0, 1]), np.array([1, 2, 3, 2])), preset="none", rng=1)
    slots = society.world.slots
    slots.honoured[slot_of(society.world, 0, 1)] = 4
    slots.betrayed[slot_of(society.world, 0, 2)] = 4
    return society


def measured(society: Society) -> dict[str, float]:
    """Return the outcomes of the state as it stands: the last phase alone."""
    row, last = np.full(TICK_COLUMNS, np.nan), PHASES.index("record")
    assert run_compiled(society.world, 0, 104, last, last, cells_of(society.world.citizens), row) == last
    return dict(zip(NAMES, row.tolist(), strict=False))


def test_beliefs_of_four_citizens(four):
    """Prior 1/2 of weight 4: (4 + 2)/8 of the honest one, (0 + 2)/8 of the cheat, 1/2 of all others."""
    found = measured(four)
    assert found["generalized_trust"] == found["institutional_trust"] == 0.5
    assert found["bonding_trust"] == (6 / 8 + 2 / 8 + 6 * 0.5) / 8 == 0.5
    assert found["bonding_trust_panel"] == 0.5
    assert found["degree"] == 2.0
    assert found["isolates"] == 0.0
    assert found["score_assisted_trust"] == 0.5
    assert math.isnan(found["exchange_rate"])
    assert math.isnan(found["calibration"])


def test_cutting_distrusted_ties_raises_trust_per_tie_and_nothing_else(four):
    """The artefact: bonding trust rises because the cheat is gone. Its two companions tell it from a change of heart."""
    before = measured(four)
    assert cut_tie(four.world, 0, 2)
    after = measured(four)
    assert after["bonding_trust"] == pytest.approx((6 / 8 + 5 * 0.5) / 6, abs=FIXED_POINT)  # 0.54: up, though nobody trusts more
    assert after["bonding_trust"] > before["bonding_trust"] + 0.04
    assert after["generalized_trust"] == before["generalized_trust"] == 0.5
    # The panel keeps all eight ends: the cut one at its holder's trust in strangers (1/2 for 2/8), the others as they were.
    assert after["bonding_trust_panel"] == (6 / 8 + 0.5 + 6 * 0.5) / 8
    assert (after["bonding_trust_panel"] - before["bonding_trust_panel"]) * 8 == 0.5 - 2 / 8
    assert four.world.citizens.panel_lost.tolist() == [1, 0, 1, 0]


def test_cutting_a_tie_of_average_trust_leaves_the_panel_as_it_is(four):
    before = measured(four)
    assert cut_tie(four.world, 0, 3)
    after = measured(four)
    assert after["bonding_trust_panel"] == before["bonding_trust_panel"]
    assert after["isolates"] == 0.25
    assert after["bonding_trust"] == pytest.approx((6 / 8 + 2 / 8 + 4 * 0.5) / 6, abs=FIXED_POINT)


def test_cutting_a_trusted_tie_lowers_the_panel(four):
    before = measured(four)
    assert cut_tie(four.world, 0, 1)
    after = measured(four)
    assert (before["bonding_trust_panel"] - after["bonding_trust_panel"]) * 8 == 6 / 8 - 0.5


def test_a_lost_tie_of_the_panel_goes_on_with_its_holders_trust_in_strangers(four):
    """Its holder's *current* trust: who later trusts strangers more, lifts the tie that is gone as well."""
    cut_tie(four.world, 0, 2)
    four.world.citizens.trust_honoured[0] = 6  # (6 + 3) / (6 + 6) = 3/4
    found = measured(four)
    assert found["generalized_trust"] == (3 / 4 + 3 * 0.5) / 4
    ends_of_0 = [(4 + 4 * 3 / 4) / 8, 4 * 3 / 4 / 4, 3 / 4]  # to 1 (evidence 4), to 3 (none), and the lost one to 2
    assert found["bonding_trust_panel"] == pytest.approx((sum(ends_of_0) + 5 * 0.5) / 8, abs=FIXED_POINT)


def test_new_ties_are_no_part_of_the_panel():
    society = Society(assign(lively(), {"scheme.preset": "none"}), rng=7)
    ends = 2 * society.graph.low.size
    for _ in range(20):
        society.step()
        world = society.world
        living = [slot_of(world, i, int(j)) for i in range(40) for j in neighbours(world, i)]
        assert int(world.slots.panel[living].sum()) + int(world.citizens.panel_lost.sum() + world.citizens.panel_lost_kin.sum()) == ends
    initial = set(zip(society.graph.low.tolist(), society.graph.high.tolist(), strict=True))
    for i, j in combinations(range(40), 2):
        if (slot := slot_of(world, i, j)) >= 0 and world.slots.panel[slot]:
            assert (i, j) in initial
    assert world.citizens.panel_lost.sum() > 0


def test_trust_can_rise_by_being_fooled():
    """Calibration: full trust in people who never honour it is +1, full distrust of honest people -1."""

    def calibrated(evidence: dict, **values) -> float:
        society = Society(citizens=30, preset="none", rng=1, **{"network.mean_degree": 8.0, "exchange.sharpness": 100.0}, **values)
        for name, value in evidence.items():
            getattr(society.world.citizens, name)[:] = value
        return society.run(1).last()["calibration"]

    strangers_only = {"exchange.stranger_share": 1.0, "region.mixing": 1.0, "court.fine": 0.0}
    fooled = calibrated({"trust_honoured": 1e6}, **strangers_only, **{"exchange.temptation": 10.0})
    wary = calibrated({"trust_betrayed": 1e6}, **strangers_only, **{"exchange.temptation": 0.0, "exchange.stake_work": 0.0})
    assert fooled == pytest.approx(1.0, abs=1e-4)
    assert wary == pytest.approx(-1.0, abs=0.05)
