"""Every outcome is what its declaration says, measured when it says, and stays in its range."""

import math

import numpy as np
import pytest

from model.assign import assign
from model.network.ties import neighbours
from model.outcomes import EACH_TICK, EACH_YEAR, GROUPED, GROUPS, NAMES, OUTCOMES
from model.phases.record import TICK_COLUMNS, cells_of, is_in
from model.society import Society
from tests.anew import Anew, assert_close
from tests.lively import LOTS, lively
from tests.worlds import from_python

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


WORLDS = {
    "three schemes": lively(**{"scheme.grade.B.published": True}),
    "null models": lively(**LOTS),
    "no scheme": assign(lively(), {"scheme.preset": "none"}),
    "burn-in": assign(lively(), {"time.burn_in": 50}),
    "all locked": assign(
        lively(),
        {"scheme.firm_floor": 690.0, "scheme.government_floor": 690.0, "scheme.start": 700.0, "scheme.grade.C.travel_ban_weeks": 2},
    ),
}


@pytest.mark.parametrize("world", WORLDS)
def test_every_outcome_of_a_tick_is_what_it_says(world):
    society, seen = Society(WORLDS[world], rng=8), set()
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
    if world == "three schemes":
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
