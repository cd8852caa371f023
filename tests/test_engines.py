"""The main oracle: citizens deciding one by one and loops over arrays give the same society, bit for bit, after every phase."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mesa import DataCollector

from model.assign import FIXED_GROUPS, assign, check, checked_policy, with_presets
from model.declarations import SocietyParameters
from model.digest import state_arrays
from model.institutions.entries import ENTRIES, Entry
from model.institutions.reading import preset
from model.institutions.scheme import Scheme
from model.network.graph import simple_graph
from model.parameters import ParameterError, walk, with_value
from model.population import Count, Tally
from model.schedule import PHASES
from model.society import Society
from tests.lively import LEVERS, LIVELY, LOTS, lively, lively_schemes
from tests.same_run import assert_same_series

TICKS = 4

# ---- what is drawn ----


def names_of(group, prefix: str = "") -> dict[str, tuple]:
    """Return {dotted name: declaration} of what may change during a run."""
    return {d.name: d for d, _ in walk(group, prefix) if d.name.split(".")[0] not in FIXED_GROUPS}


def values_of(declaration) -> st.SearchStrategy:
    """Return the values a parameter may take, its ends and its default among them."""
    if declaration.choices:
        return st.sampled_from(declaration.choices)
    if isinstance(declaration.default, bool):
        return st.booleans()
    low, high = declaration.low, declaration.high
    if isinstance(declaration.default, int):
        return st.one_of(st.integers(int(low), min(int(high), 3)), st.integers(int(low), int(high)))
    near = max(abs(declaration.default), 1.0)
    wide = st.floats(max(low, -2 * near), min(high, 2 * near), allow_subnormal=False)
    return st.one_of(st.sampled_from((low, high, declaration.default)), wide, wide, st.floats(low, high, allow_subnormal=False))


def fits(parameters: SocietyParameters, name: str, value, by_policy: bool) -> bool:
    """Tell whether the value may be set in these parameters, and by a policy if it has to."""
    try:
        check(with_value(parameters, name, value))
        checked_policy(parameters, [(0, name, value)] if by_policy else [])
    except ParameterError:
        return False
    return True


@st.composite
def changes(draw, parameters: SocietyParameters, most: int, by_policy: bool = False) -> list[tuple[str, object]]:
    """Return up to `most` (name, value) that may be set one after the other."""
    declared = names_of(parameters)
    chosen = []
    for name in draw(st.lists(st.sampled_from(sorted(declared)), max_size=most, unique=True)):
        if declared[name].name.startswith("schemes.") and name.endswith(".floor") and ".grade." in name:
            continue  # the floors of grades must fall from grade to grade
        value = draw(values_of(declared[name]))
        if fits(parameters, name, value, by_policy):
            parameters = with_value(parameters, name, value)
            chosen.append((name, value))
    return chosen


@st.composite
def schemes(draw) -> tuple[Scheme, ...]:
    """Return no scheme, the preset, two at once, or one without grades; each lever on or off, with or without its null model."""
    kind = draw(st.sampled_from(("none", "preset", "both", "bare")))
    if kind == "none":
        return ()
    if kind == "both":
        return lively_schemes()
    scheme = preset("rongcheng") if kind == "preset" else replace(preset("rongcheng"), name="bare", grade=(), crime_to_lowest=True)
    levers = {name: draw(st.sampled_from((0.0, value))) for name, value in LEVERS.items()}
    nulls = {name: draw(st.booleans()) for name in ("rewards_at_random", "exemption_at_random")}
    return (replace(scheme, **levers, **nulls),)


@st.composite
def graphs(draw):
    """Return a random simple graph, isolates and kinds of ties among them."""
    n = draw(st.integers(3, 20))
    pairs = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(0, 2)), max_size=4 * n))
    first, second, kind = (np.array([pair[k] for pair in pairs], np.int64) for k in range(3))
    return simple_graph(n, first, second, kind)


NETWORKS = (
    {"population.citizens": 24, "network.mean_degree": 8.0},
    {"population.citizens": 12, "network.mean_degree": 6.0},
    {"network.topology": "karate"},
    {"population.citizens": 20, "network.topology": "erdos_renyi", "network.mean_degree": 3.0},
)


@st.composite
def worlds(draw) -> dict:
    """Return the arguments of a Society."""
    values = draw(st.sampled_from(NETWORKS)) | (LIVELY if draw(st.booleans()) else {"time.burn_in": 0, "time.ticks": 60})
    values |= {"time.burn_in": draw(st.integers(0, 2)), "unfriending.score_blind": draw(st.booleans())}
    parameters = replace(assign(SocietyParameters(), values), schemes=draw(schemes()))
    for name, value in draw(changes(parameters, 12)):
        parameters = with_value(parameters, name, value)
    policy, later = [], parameters
    for tick in sorted(draw(st.lists(st.integers(0, TICKS - 1), max_size=3))):
        for name, value in draw(changes(later, 2, by_policy=True)):
            policy.append((tick, name, value))
            later = with_value(later, name, value)
    graph = draw(st.none() | graphs())
    return {"parameters": parameters, "rng": draw(st.integers(0, 2**63 - 1)), "policy": policy, "graph": graph}


# ---- the comparison ----


def assert_same_state(one: Society, other: Society, where: str) -> None:
    for (name, mine), (other_name, yours) in zip(state_arrays(one.world), state_arrays(other.world), strict=True):
        assert name == other_name
        assert mine.dtype == yours.dtype
        assert mine.shape == yours.shape, f"{where}: {name}"
        if mine.tobytes() != yours.tobytes():
            places = np.argwhere(mine != yours)[:5].tolist()
            pytest.fail(f"{where}: {name} differs at {places}: {mine[mine != yours][:5]} and {yours[mine != yours][:5]}")


def assert_same_run(arguments: dict, ticks: int) -> tuple[Society, Society]:
    """Run both engines phase by phase and compare the whole state after each; return them."""
    compiled, agents = (Society(engine=engine, **arguments) for engine in ("compiled", "agents"))
    assert_same_state(compiled, agents, "at birth")
    for tick in range(ticks):
        for phase, same_phase in zip(compiled.run_phases(), agents.run_phases(), strict=True):
            assert phase == same_phase
            assert_same_state(compiled, agents, f"tick {tick}, after {phase}")
    assert_same_series(compiled, agents)
    assert compiled.digest() == agents.digest()
    return compiled, agents


@settings(max_examples=settings.default.max_examples, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_both_engines_are_bit_identical_after_every_phase(arguments):
    assert_same_run(arguments, TICKS)


SEEDS, LONGER = range(4), 14


@settings(max_examples=settings.default.max_examples // 2, suppress_health_check=list(HealthCheck))
@given(worlds(), st.integers(2, 5), st.booleans())
def test_threads_side_by_side_change_nothing(arguments, threads, by_phase):
    """However the citizens are cut into lanes, even into more than there are citizens; phase by phase, and in whole weeks."""
    one, several = Society(**arguments), Society(threads=threads, **arguments)
    for tick in range(TICKS):
        if by_phase:
            for phase, _ in zip(one.run_phases(), several.run_phases(), strict=True):
                assert_same_state(one, several, f"tick {tick}, after {phase}")
        else:
            one.run(1), several.run(1)
            assert_same_state(one, several, f"tick {tick}")
    assert_same_series(one, several)


def test_threads_side_by_side_change_nothing_in_a_larger_society():
    """Large enough that the threads truly overlap, in every step; one that is forked and goes on, too."""
    parameters = assign(lively(), {"population.citizens": 3000, "network.mean_degree": 12.0})
    one, several = (Society(parameters, rng=3, threads=threads) for threads in (1, 3))
    one.run(5), several.run(5)
    assert_same_state(one, several, "run")
    copy = several.fork()
    assert copy.threads == 3
    assert_same_state(one.run(3), copy.run(3), "fork")


@pytest.mark.parametrize("threads", [0, 65, -1, 1.5, True, "2"])
def test_impossible_numbers_of_threads_are_refused(threads):
    with pytest.raises(ParameterError, match=r"threads = .* is not allowed: expected a whole number from 1 to 64"):
        Society(lively(), threads=threads)


@pytest.mark.parametrize("seed", [*SEEDS[:1], *(pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS[1:])])
@pytest.mark.parametrize("nulls", [{}, LOTS], ids=["levers", "null models"])
def test_a_lively_society_is_the_same_in_both_engines(nulls, seed):
    assert_same_run({"parameters": lively(**nulls), "rng": seed}, LONGER)


@pytest.mark.parametrize("nulls", [{}, LOTS], ids=["levers", "null models"])
def test_everything_happens_in_the_lively_societies(nulls):
    """All that the engines could disagree on: without it, their agreement would mean little."""
    seen: Counter[str] = Counter()
    total, posted = np.zeros(Count.SIZE, np.int64), np.zeros(ENTRIES, bool)
    for seed in SEEDS:
        society = Society(lively(**nulls), rng=seed)
        for tick in range(LONGER):
            for _ in society.run_phases():
                world = society.world
                seen["exposed informer"] += int(world.slots.exposed.sum())
                seen["criminal"] += int(world.standing.criminal.sum())
                seen["seen grade"] += int((world.standing.seen_grade >= 0).sum())
            total += world.counts
            blamed, heard = (int(world.tally[:, column].sum()) for column in (Tally.BLAMED, Tally.HEARD_BLAMED))
            seen["fallen passed by"] += int(((world.week.bystander >= 0) & (world.week.rescued == 0)).sum())
            seen["helper acquitted"] += int(world.week.blames.sum()) - blamed
            seen["helper made to pay"] += blamed
            seen["blame heard of"] += heard
            posted |= (world.ledger != 0).any(axis=(0, 1))
            seen["locked"] += int((world.standing.locked_until > tick).sum())
            seen["banned"] += int((world.standing.banned_until > tick).sum())
            seen["suspicious"] += int((world.citizens.suspicion > 0).sum())
            seen["joined"] += int(world.standing.enrolled[1].sum())
            seen["abandoned"] += int(world.status.abandoned.sum())
            seen["protesting"] += int(world.citizens.protesting.sum())
            seen["isolated"] += int((world.rows.degree == 0).sum())
    assert [name for name, count in seen.items() if count == 0] == []
    assert posted.all(), f"not posted: {[Entry(e).name for e in np.flatnonzero(~posted)]}"
    never = Count.CUT_SCORE if nulls else Count.CUT_LOT
    assert np.flatnonzero(total == 0).tolist() == [never]


def test_a_week_with_more_cases_than_there_is_room_for_is_the_same_in_both_engines():
    """Detection is repeated with more room: nothing is lost, counted twice, or drawn anew."""
    eager = {
        "conduct.tax_evasion_rate": 1.0, "conduct.tax_evasion_gain": 5.0, "conduct.crime_rate": 1.0, "conduct.crime_gain": 5.0,
        "conduct.illegal_class_rate": 1.0, "conduct.illegal_class_gain": 5.0, "informing.public_witness_rate": 1.0,
    }  # fmt: skip
    compiled, agents = assert_same_run({"parameters": lively(**eager), "rng": 1}, 3)
    n = compiled.graph.citizens
    for society in (compiled, agents):
        assert society.world.cases.size >= society.world.counts[Count.CASES] > n
        assert society.world.witnesses.size >= society.world.counts[Count.WITNESSES] > 4 * n


@pytest.mark.parametrize("engine", ["compiled", "agents"])
def test_a_step_is_its_phases(engine):
    whole, parts = (Society(lively(), rng=2, engine=engine) for _ in range(2))
    for _ in range(3):
        whole.step()
        assert tuple(parts.run_phases()) == PHASES
    assert whole.digest() == parts.digest()
    assert whole.tick == parts.tick == 3
    assert_same_series(whole, parts)


@pytest.mark.parametrize("engine", ["compiled", "agents"])
@pytest.mark.parametrize("stops", [(), ("unfriending",), ("encounter", "detection", "record")])
def test_a_tick_may_stop_at_some_phases_only(engine, stops):
    whole, parts = (Society(lively(), rng=2, engine=engine) for _ in range(2))
    for _ in range(2):
        whole.step()
        assert tuple(parts.run_phases(stops)) == stops
    assert whole.digest() == parts.digest()
    assert whole.tick == parts.tick == parts.steps == 2


def test_a_run_at_a_stretch_is_its_steps():
    """Across changes of policy, ends of years, and weeks whose cases find no room."""
    policy = [(30, "scheme.exemption", 0.5), (31, "court.fine", 3.0), (90, "scheme.contact_weight", 0.6)]
    crowded = {
        "time.burn_in": 10, "time.ticks": 130, "conduct.crime_rate": 0.5, "conduct.criticism_rate": 1.0,
        "informing.public_witness_rate": 1.0, "scheme.event.criticism": -10.0,
    }  # fmt: skip
    stepped, run, resumed = (Society(rng=3, citizens=200, contact_weight=0.3, policy=policy, **crowded) for _ in range(3))
    room = stepped.world.cases.size
    while stepped.running:
        stepped.step()
    run.run()
    resumed.run(17).run(40).run()
    assert stepped.world.cases.size == run.world.cases.size > room, "the test saw a week without room"
    for society in (run, resumed):
        assert society.digest() == stepped.digest()
        assert (society.tick, society.steps, society.time, society.running) == (130, 130, 130, False)
        assert_same_series(stepped, society)


def test_a_run_takes_the_steps_of_a_subclass():
    class Counting(Society):
        seen = 0

        def step(self):
            super().step()
            self.seen += 1

    assert Counting(citizens=30, rng=1, **{"network.mean_degree": 8.0}).run(5).seen == 5


def test_a_run_lets_a_collector_of_ones_own_see_every_week():
    society = Society(citizens=30, rng=1, **{"network.mean_degree": 8.0})
    society.datacollector = DataCollector(model_reporters={"week": "tick"})
    society.run(5)
    assert society.datacollector.get_model_vars_dataframe()["week"].tolist() == [1, 2, 3, 4, 5]


def test_the_default_society_is_the_same_in_both_engines():
    parameters = assign(with_presets(SocietyParameters(), "rongcheng"), {"population.citizens": 60, "time.burn_in": 2, "time.ticks": 6})
    assert_same_run({"parameters": parameters, "rng": 0}, 6)


def test_the_comparison_sees_the_last_bit():
    """The oracle is not blind: one citizen a hair less honest is found, and told where."""
    one, other = (Society(lively(), rng=2) for _ in range(2))
    other.world.citizens.integrity[7] = np.nextafter(other.world.citizens.integrity[7], np.float32(0))
    with pytest.raises(pytest.fail.Exception, match=r"citizens\.integrity differs at \[\[7\]\]"):
        assert_same_state(one, other, "here")
    assert one.digest() != other.digest()
