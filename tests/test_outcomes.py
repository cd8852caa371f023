"""Every outcome is what its declaration says: computed anew here, from the state, in plain Python that shares no code with it."""

import math
from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from agents.chance import Purpose, luck
from agents.events import Event
from model.assign import assign
from model.network.graph import simple_graph
from model.network.ties import cut_tie, neighbours, slot_of
from model.outcomes import EACH_TICK, EACH_YEAR, GROUPED, GROUPS, NAMES, OUTCOMES
from model.phases.record import TICK_COLUMNS, cells_of, is_in
from model.population import ANY_GRADE, Count
from model.schedule import PHASES, run_compiled
from model.society import Society
from model.yearly import gini, rank_correlation, ranks
from tests.lively import LOTS, lively
from tests.worlds import Row, from_python

#: Beliefs are summed as whole multiples of 2**-32.
FIXED_POINT = 1e-9


# ---- declarations ----


@pytest.mark.parametrize("name", OUTCOMES)
def test_an_outcome_is_declared_in_full(name):
    outcome = OUTCOMES[name]
    assert outcome.name == name
    assert outcome.unit
    assert outcome.meaning
    assert outcome.low < outcome.high
    assert outcome.smallest_effect > 0
    assert outcome.cadence in ("tick", "year")
    assert outcome.group in ("", *GROUPS)
    assert name == name.split(".")[0] + (f".{outcome.group}" if outcome.group else "")


def test_the_columns_are_the_declared_outcomes_in_order():
    assert len(NAMES) == len(GROUPED) * (1 + len(GROUPS)) + len(EACH_TICK) + len(EACH_YEAR) == TICK_COLUMNS + len(EACH_YEAR)
    assert NAMES[: len(GROUPED)] == tuple(outcome.name for outcome in GROUPED)
    assert NAMES[-len(EACH_YEAR) :] == tuple(outcome.name for outcome in EACH_YEAR)
    assert {outcome.cadence for outcome in EACH_YEAR} == {"year"}
    assert {outcome.cadence for outcome in (*GROUPED, *EACH_TICK)} == {"tick"}
    assert OUTCOMES["generalized_trust"].headline
    assert OUTCOMES["exchange_rate"].headline
    assert OUTCOMES["calibration"].headline


# ---- everything anew ----


def mean(values) -> float:
    values = list(values)
    return math.fsum(values) / len(values) if values else math.nan


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


class Anew:
    """The outcomes of a society's last tick, from its arrays."""

    def __init__(self, society: Society, wealth_before: np.ndarray):
        self.world, self.now, self.seed = society.world, society.tick - 1, society.seed
        self.rules, self.schemes = society.parameters, society.parameters.schemes
        self.n = society.graph.citizens
        self.everybody = range(self.n)
        self.wealth_before = wealth_before
        self.running = [s for s in range(len(self.schemes)) if self.world.status.running[s]]

    def draw(self, purpose: Purpose, i: int, other: int = 0) -> float:
        return luck(self.seed, self.now, int(purpose), i, other, 0)

    def enrolled(self, s: int, i: int) -> bool:
        return bool(self.world.standing.enrolled[s, i])

    def own_schemes(self, i: int) -> list[int]:
        return [s for s in self.running if self.enrolled(s, i)]

    # --- groups ---

    def members(self, group: str) -> list[int]:
        citizens = self.world.citizens
        if group == "":
            return list(self.everybody)
        if group in ("officials", "ordinary"):
            return [i for i in self.everybody if bool(citizens.official[i]) == (group == "officials")]
        if group in ("online", "offline"):
            return [i for i in self.everybody if bool(citizens.online[i]) == (group == "online")]
        by_integrity = sorted(self.everybody, key=lambda i: (citizens.integrity[i], i))
        third = ("integrity_low", "integrity_middle", "integrity_high").index(group)
        return [i for rank, i in enumerate(by_integrity) if rank * 3 // self.n == third]

    # --- beliefs ---

    def trust(self, i: int) -> float:
        learning, citizen = self.rules.learning, Row(self.world.citizens, i)
        good, bad = (
            float(citizen.trust_honoured) + learning.prior_honoured,
            float(citizen.trust_betrayed) + learning.prior_betrayed,
        )
        return good / (good + bad)

    def institutional_trust(self, i: int) -> float:
        opinion, citizen = self.rules.opinion, Row(self.world.citizens, i)
        good, bad = float(citizen.fair) + opinion.prior_fair, float(citizen.unfair) + opinion.prior_unfair
        return good / (good + bad)

    def belief(self, i: int, j: int) -> float:
        learning, slot = self.rules.learning, Row(self.world.slots, slot_of(self.world, i, j))
        prior = self.trust(i)
        if slot.kind == 0:
            prior += learning.kin_bonus * (1 - prior)
        strength = learning.tie_prior_strength
        return (float(slot.honoured) + strength * prior) / (float(slot.honoured) + float(slot.betrayed) + strength)

    def assisted(self, i: int) -> float:
        """Belief in a random citizen, all of whose grades are seen."""
        j, learning = int(self.draw(Purpose.MEASURE, i) * self.n), self.rules.learning
        graded = [s for s in self.own_schemes(j) if self.schemes[s].grade]
        pasts = [self.world.band[s, i, self.world.standing.grade[s, j], 0].astype(float) for s in graded]
        seen = sum(past.sum() for past in pasts)
        if seen == 0:
            return self.trust(i)
        everybodys = sum(self.world.band[s, i, ANY_GRADE, 0].astype(float) for s in graded)
        difference = sum(past[0] for past in pasts) / seen - everybodys[0] / everybodys.sum()
        told = min(max(self.trust(i) + difference, 0.0), 1.0)
        seen /= len(graded)
        weight = learning.signal_strength * seen / (seen + learning.signal_strength)
        return self.trust(i) + (told - self.trust(i)) * weight / (learning.tie_prior_strength + weight)

    def ties(self) -> list[tuple[int, int]]:
        return [(i, int(j)) for i in self.everybody for j in neighbours(self.world, i)]

    # --- opinions ---

    def fear(self, i: int) -> float:
        """Fear of voicing criticism: penalties of schemes, and suspicion."""
        citizen, fear = Row(self.world.citizens, i), 0.0
        for s in self.own_schemes(i):
            scheme, standing = self.schemes[s], Row(self.world.standing, s, i)
            stake = max(0.0, -scheme.event.criticism) * scheme.utility_per_point * float(citizen.score_concern)
            if citizen.exempt_by_lot if scheme.exemption_at_random else citizen.official:
                stake *= 1 - scheme.exemption
            caught = float(standing.caught) + self.rules.risk.prior_caught
            missed = float(standing.missed) + self.rules.risk.prior_missed
            fear += caught / (caught + missed) * stake
        return fear + float(citizen.suspicion) * self.rules.informing.suspicion_fear

    def would_criticise(self, i: int, fear: float) -> bool:
        gain = float(self.world.citizens.grievance[i]) - fear - self.rules.conduct.criticism_cost
        return self.draw(Purpose.CONDUCT, i, int(Event.CRITICISM)) < logistic(self.rules.exchange.sharpness * gain)

    def approval(self, i: int) -> float:
        perks = sum(self.schemes[s].grade[self.world.standing.grade[s, i]].perk for s in self.own_schemes(i) if self.schemes[s].grade)
        held = self.institutional_trust(i) + perks - float(self.world.citizens.grievance[i])
        return held - self.rules.opinion.approval_bar

    def says_so(self, i: int) -> bool:
        disapproval = -self.approval(i) - self.fear(i)
        return self.approval(i) > 0 or self.draw(Purpose.MEASURE, i, 1) >= logistic(self.rules.exchange.sharpness * disapproval)

    # --- the outcomes ---

    def grouped(self, group: str) -> dict[str, float]:
        mine, world, week, citizens = self.members(group), self.world, self.world.week, self.world.citizens
        trusted = [i for i in self.everybody if week.placed[i] and int(week.partner[i]) in mine]
        gained = [(int(citizens.wealth[i]) - int(self.wealth_before[i])) / 1e6 for i in mine]
        met = [i for i in mine if week.partner[i] >= 0]
        return {
            "generalized_trust": mean(self.trust(i) for i in mine),
            "institutional_trust": mean(self.institutional_trust(i) for i in mine),
            "exchange_rate": mean(int(week.placed[i]) for i in met),
            "trustworthiness": mean(int(week.honoured[i]) for i in trusted),
            "bonding_trust": mean(self.belief(i, j) for i, j in self.ties() if i in mine),
            "bonding_trust_panel": mean(self.panel_beliefs(mine)),
            "calibration": mean(float(week.belief[i]) for i in met) - mean(int(week.honoured[i]) for i in met),
            "score_assisted_trust": mean(self.assisted(i) for i in mine),
            "welfare": mean(gained),
            "grievance": mean(float(citizens.grievance[i]) for i in mine),
            "self_censorship": mean(self.would_criticise(i, 0.0) and not self.would_criticise(i, self.fear(i)) for i in mine),
            "approval": mean(self.approval(i) > 0 for i in mine),
            "approval_voiced": mean(self.says_so(i) for i in mine),
            "protest": mean(int(citizens.protesting[i]) for i in mine),
            "score": mean(int(world.standing.score[0, i]) / 1000 for i in mine if 0 in self.own_schemes(i)),
            "enrolment": mean(bool(self.own_schemes(i)) for i in mine),
            "locked": mean(any(self.now < world.standing.locked_until[s, i] for s in self.own_schemes(i)) for i in mine),
            "travel_banned": mean(any(self.now < world.standing.banned_until[s, i] for s in self.running) for i in mine),
            "degree": mean(len(neighbours(world, i)) for i in mine),
            "isolates": mean(len(neighbours(world, i)) == 0 for i in mine),
        }

    def panel_beliefs(self, mine) -> list[float]:
        """Beliefs over the initial ties: those that stand, and for those cut the holder's prior for such a tie."""
        world, bonus = self.world, self.rules.learning.kin_bonus
        panel = [self.belief(i, j) for i, j in self.ties() if i in mine and world.slots.panel[slot_of(world, i, j)]]
        panel += [self.trust(i) for i in mine for _ in range(world.citizens.panel_lost[i])]
        kin = [self.trust(i) + bonus * (1 - self.trust(i)) for i in mine for _ in range(world.citizens.panel_lost_kin[i])]
        return panel + kin

    def each_tick(self) -> dict[str, float]:
        world, week, n = self.world, self.world.week, self.n
        strangers = [i for i in self.everybody if week.partner[i] >= 0 and week.slot[i] < 0]
        filed = int(world.witnesses.filed[: world.counts[Count.WITNESSES]].sum())
        false = sum(int(w.filed) for case in self.cases() if case.false for w in self.witnesses_of(case))
        a_year = 52 / n
        return {
            "exchange_rate_strangers": mean(int(week.placed[i]) for i in strangers),
            "trustworthiness_strangers": mean(int(week.honoured[i]) for i in strangers),
            "abandoned": float(sum(int(status.abandoned) for status in world.status)),
            "reports": filed * a_year,
            "false_share": false / filed if filed else math.nan,
            "upheld_share": int(world.counts[Count.UPHELD]) / filed if filed else math.nan,
            "cut_for_distrust": int(world.counts[Count.CUT_DISTRUST]) * a_year,
            "cut_for_score": int(world.counts[Count.CUT_SCORE]) * a_year,
            "cut_for_informing": int(world.counts[Count.CUT_INFORMER]) * a_year,
            "cut_by_lot": int(world.counts[Count.CUT_LOT]) * a_year,
            "ties_formed": int(world.counts[Count.FORMED]) * a_year,
        }

    def cases(self):
        return self.world.cases[: self.world.counts[Count.CASES]]

    def witnesses_of(self, case):
        return self.world.witnesses[case.first : case.end]

    def each_year(self, score_before: np.ndarray | None) -> dict[str, float]:
        graph = networkx.Graph([(i, j) for i, j in self.ties() if i < j])
        graph.add_nodes_from(self.everybody)
        wealth = [max(int(w), 0) for w in self.world.citizens.wealth]
        found = {
            "clustering": networkx.average_clustering(graph),
            "giant_component": max(len(part) for part in networkx.connected_components(graph)) / self.n,
            "degree_assortativity": networkx.degree_pearson_correlation_coefficient(graph),
            "score_assortativity": math.nan,
            "gini_wealth": gini_by_pairs(wealth),
            "gini_score": math.nan,
            "score_mobility": math.nan,
        }
        if 0 in self.running:
            members = [i for i in self.everybody if self.enrolled(0, i)]
            scores = {i: int(self.world.standing.score[0, i]) / 1000 for i in members}
            ends = [(scores[i], scores[j]) for i, j in self.ties() if i in scores and j in scores]
            found["score_assortativity"] = float(np.corrcoef(np.array(ends).T)[0, 1])
            found["gini_score"] = gini_by_pairs([score - self.schemes[0].floor for score in scores.values()])
            before = score_before[members]
            if np.ptp(before) > 0:
                found["score_mobility"] = stats.spearmanr(before, list(scores.values())).statistic
        return found


def gini_by_pairs(values) -> float:
    """Half the relative mean difference: over all pairs, one with itself included."""
    values = np.asarray(values, float)
    return float(np.abs(values[:, None] - values[None, :]).mean() / (2 * values.mean())) if values.sum() else math.nan


def assert_close(found: float, expected: float, name: str, tolerance: float = FIXED_POINT) -> None:
    same = math.isnan(found) and math.isnan(expected)
    assert same or abs(found - expected) <= tolerance, f"{name}: {found!r}, expected {expected!r}"


WORLDS = {
    "two schemes": lively(),
    "null models": lively(**LOTS),
    "no scheme": assign(lively(), {"scheme.preset": "none"}),
    "burn-in": assign(lively(), {"time.burn_in": 50}),
    "all locked": assign(lively(), {"scheme.start": 700.0, "scheme.grade.C.travel_ban_weeks": 2}),
}


@pytest.mark.parametrize("world", WORLDS)
def test_every_outcome_of_a_tick_is_what_it_says(world):
    society, seen = Society(WORLDS[world], rng=7), set()
    for tick in range(12):
        before = society.world.citizens.wealth.copy()
        society.step()
        anew, found = Anew(society, before), society.last()
        expected = anew.each_tick() | anew.grouped("")
        for group in GROUPS:
            expected |= {f"{name}.{group}": value for name, value in anew.grouped(group).items()}
        assert set(expected) == {name for name, outcome in OUTCOMES.items() if outcome.cadence == "tick"}
        for name, value in expected.items():
            assert_close(found[name], value, f"tick {tick}, {name}")
            seen |= {name} if value not in (0.0, 1.0) else set()
    if world == "two schemes":
        dull = {name for name in expected if name not in seen and "." not in name}
        assert dull <= {"cut_by_lot", "abandoned", "enrolment", "isolates"}, "the test saw values that could have been wrong"


def test_tie_counts_are_the_ties_that_came_and_went():
    society = Society(lively(), rng=7)
    for _ in range(15):
        before = {(i, int(j)) for i in range(40) for j in neighbours(society.world, i)}
        society.step()
        after = {(i, int(j)) for i in range(40) for j in neighbours(society.world, i)}
        last = society.last()
        cut = sum(last[name] for name in ("cut_for_distrust", "cut_for_score", "cut_for_informing", "cut_by_lot"))
        assert cut == pytest.approx(len(before - after) / 2 * 52 / 40)
        assert last["ties_formed"] == pytest.approx(len(after - before) / 2 * 52 / 40)


# ---- cadence and ranges ----


def test_yearly_outcomes_are_measured_at_the_end_of_each_year_and_of_the_run():
    society = Society(assign(lively(), {"time.ticks": 110, "schemes.sesame.abandonment": 1.0}), rng=7)
    score_before, when = None, []
    for tick in range(110):
        wealth = society.world.citizens.wealth.copy()
        score_before = society.world.standing.score_last_year[0].copy()
        society.step()
        row = {outcome.name: float(society.series()[outcome.name][-1]) for outcome in EACH_YEAR}
        if tick not in (51, 103, 109):
            assert all(math.isnan(value) for value in row.values()), tick
            continue
        when.append(tick)
        expected = Anew(society, wealth).each_year(score_before)
        for name, value in row.items():
            if name != "score_mobility" or tick != 109:
                assert_close(value, expected[name], f"tick {tick}, {name}", 1e-7)
    assert when == [51, 103, 109]
    assert not math.isnan(society.series()["score_mobility"][103])
    assert math.isnan(society.series()["score_mobility"][51]), "no scores a year before: everybody had just started"


def test_mobility_is_never_over_less_than_a_year():
    """A run that ends eight weeks into a year must not call scores rigid because they moved little in eight weeks."""
    society = Society(assign(lively(), {"time.ticks": 60, "time.burn_in": 0}), rng=7).run()
    assert math.isnan(society.series()["score_mobility"][59])


def test_measuring_leaves_the_state_alone():
    """A run that ends here and one that is to go on are in the same state."""
    ending, going_on = (Society(assign(lively(), {"time.ticks": ticks}), rng=7).run(15) for ticks in (15, 40))
    assert ending.digest() == going_on.digest()


def test_the_last_value_of_a_yearly_outcome_is_the_latest_measured():
    society = Society(assign(lively(), {"time.ticks": 60}), rng=7).run(55)
    assert society.last()["clustering"] == society.series()["clustering"][51]
    assert society.last()["generalized_trust"] == society.series()["generalized_trust"][54]
    fresh = Society(lively(), rng=7)
    assert all(math.isnan(value) for value in fresh.last().values())
    assert list(fresh.last()) == list(NAMES)


def test_without_a_scheme_there_is_no_score():
    society = Society(WORLDS["no scheme"], rng=7).run(53)
    values = {name: society.series()[name] for name in NAMES if name.split(".")[0] in ("score", "gini_score", "score_mobility")}
    assert len(values) == 3 + len(GROUPS)
    assert all(np.isnan(column).all() for column in values.values())
    assert (society.series()["enrolment"] == 0).all()
    assert (society.series()["score_assisted_trust"] == society.series()["generalized_trust"]).all()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("world", WORLDS)
def test_every_outcome_stays_in_its_range(world, seed):
    society = Society(assign(WORLDS[world], {"time.ticks": 60}), rng=seed).run()
    for name, values in society.series().items():
        if name != "tick":
            measured = values[~np.isnan(values)]
            assert ((measured >= OUTCOMES[name].low) & (measured <= OUTCOMES[name].high)).all(), name
    everybody = {name: society.series()[name] for name in ("generalized_trust", "exchange_rate", "welfare", "bonding_trust", "degree")}
    assert not any(np.isnan(values).any() for values in everybody.values())


def test_the_mean_of_the_groups_is_the_mean_of_all():
    series, cells = Society(lively(), rng=7).run(5).series(), cells_of(Society(lively(), rng=7).world.citizens).tolist()
    sizes = {group: sum(bool(from_python(is_in)(cell, g + 1)) for cell in cells) for g, group in enumerate(GROUPS)}
    for parts in (("officials", "ordinary"), ("online", "offline"), ("integrity_low", "integrity_middle", "integrity_high")):
        assert sum(sizes[group] for group in parts) == 40
        for name in ("generalized_trust", "institutional_trust", "grievance", "degree", "welfare"):
            together = sum(series[f"{name}.{group}"] * sizes[group] for group in parts) / 40
            np.testing.assert_allclose(together, series[name], atol=1e-8)


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
