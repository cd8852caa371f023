"""Equal seeds give equal runs; runs that differ in one thing share all the luck that this thing leaves alone."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from agents.compiling import ROOT
from model.assign import assign
from model.digest import canonical_cases, canonical_ties
from model.network.generate import generate
from model.network.graph import Graph, simple_graph
from model.network.ties import living_slots
from model.society import ENGINES, Society
from tests.lively import LIVELY, lively
from tests.same_run import assert_same_run, assert_same_series

# ---- the same seed ----


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_repeats_itself(engine):
    assert_same_run(*(Society(lively(), rng=9, engine=engine).run(5) for _ in range(2)))


def test_another_seed_is_another_run():
    digests = {Society(lively(), rng=seed).run(2).digest() for seed in range(5)}
    assert len(digests) == 5


def test_both_engines_have_the_same_luck():
    assert_same_run(*(Society(lively(), rng=9, engine=engine).run(5) for engine in ENGINES))


def test_threads_do_not_disturb_each_other():
    """Two at once, many times over: the loops release the lock of the interpreter, so that they truly overlap."""
    seeds = list(range(8))
    parameters = assign(lively(), {"population.citizens": 300, "network.mean_degree": 12.0})

    def digest(seed: int) -> str:
        return Society(parameters, rng=seed).run(20).digest()

    alone = [digest(seed) for seed in seeds]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(digest, seeds)) == alone


@pytest.mark.slow
def test_other_processes_and_hash_seeds_give_the_same_run():
    program = (
        "import sys; from model.society import Society; from tests.lively import lively; "
        "print(Society(lively(), rng=9, engine=sys.argv[1]).run(3).digest())"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, engine],
            cwd=ROOT,
            env=environment | {"PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for engine, hash_seed in zip(ENGINES, ("1", "4711"), strict=True)
    ]
    found = [process.communicate()[0].strip() for process in running]
    assert found == [Society(lively(), rng=9).run(3).digest()] * 2


@pytest.mark.parametrize("network", [{"network.topology": "karate"}, {"citizens": 50, "network.mean_degree": 6.0}])
def test_a_given_graph_is_as_good_as_the_described_one(network):
    parameters = Society(rng=4, **LIVELY, **network).parameters
    citizens = 34 if "network.topology" in network else 50
    graph = generate(parameters.network, citizens, 4)
    assert_same_run(Society(parameters, rng=4).run(5), Society(parameters, rng=4, graph=graph).run(5))


# ---- common random numbers ----


HALF = 18
#: Nothing reaches beyond a component: no strangers, no chance acquaintances, no dating, no bystanders, no turnout, no published names.
LOCAL = {
    "exchange.stranger_share": 0.0,
    "befriending.closure": 1.0,
    "conduct.fallen_rate": 0.0,
    "opinion.protest_rate": 0.0,
    "dating.rate": 0.0,
    "schemes.sesame.neighbourhood_weight": 0.0,
} | {f"schemes.{scheme}.grade.D.published": False for scheme in ("rongcheng", "sesame")}


def two_components() -> Graph:
    """Return two unconnected random graphs of HALF citizens each."""
    rng = np.random.default_rng(5)
    first, second = (rng.integers(0, HALF, 70) for _ in range(2))
    kind = rng.integers(0, 3, 140)
    return simple_graph(2 * HALF, np.r_[first, HALF + first], np.r_[second, HALF + second], kind)


def other_half(society: Society) -> dict[str, np.ndarray]:
    """Return everything that concerns the citizens of the second component."""
    world, state = society.world, {}
    state |= {"act": world.act[HALF:].copy(), "tally": world.tally[HALF:].copy()}
    state |= {f"citizens.{name}": column[HALF:].copy() for name, column in world.citizens._asdict().items()}
    for name in ("band", "ledger", "pending", "expiring", "grip"):
        state[name] = getattr(world, name)[:, HALF:].copy()
    state |= {f"standing.{name}": column[:, HALF:].copy() for name, column in world.standing._asdict().items()}
    state |= {f"week.{name}": column[HALF:].copy() for name, column in world.week._asdict().items() if name not in ("slot", "shed")}
    ties, cases = canonical_ties(world), canonical_cases(world)
    state |= {f"ties.{name}": column[ties["owner"] >= HALF] for name, column in ties.items()}
    of_witnesses = np.repeat(cases["accused"], cases["end"] - cases["first"]) >= HALF
    for name, column in cases.items():
        if name not in ("first", "end"):
            mine = of_witnesses if name in ("who", "filed", "would") else cases["accused"] >= HALF
            state[f"cases.{name}"] = column[mine]
    return state


#: What is changed of one citizen, and to what.
CHANGES = {
    "integrity": 0.01, "score_concern": 0.99, "official": 0, "grievance": 1.0, "sociability": 15, "wealth": 10**9, "region": 2,
    "online": 0, "trust_betrayed": 50.0, "threshold": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("engine", "field"), [*(("compiled", field) for field in CHANGES), ("agents", "integrity"), ("agents", "official")]
)
def test_a_change_to_one_citizen_leaves_an_unconnected_component_untouched(engine, field):
    ticks = 15 if engine == "compiled" else 4
    plain, changed = (Society(lively(**LOCAL), rng=8, engine=engine, graph=two_components()) for _ in range(2))
    assert getattr(changed.world.citizens, field)[4] != CHANGES[field]
    getattr(changed.world.citizens, field)[4] = CHANGES[field]
    for tick in range(ticks):
        plain.step()
        changed.step()
        found, expected = other_half(changed), other_half(plain)
        differing = [name for name in expected if found[name].tobytes() != expected[name].tobytes()]
        assert differing == [], f"tick {tick}"


def test_that_change_matters_in_its_own_component():
    plain, changed = (Society(lively(**LOCAL), rng=8, graph=two_components()) for _ in range(2))
    changed.world.citizens.integrity[4] = 0.01
    mine, yours = (society.run(15).world for society in (plain, changed))
    others = np.delete(np.arange(HALF), 4)
    assert (mine.citizens.wealth[others] != yours.citizens.wealth[others]).any()
    assert (mine.standing.points[:, others] != yours.standing.points[:, others]).any()
    assert (mine.rows.degree[others] != yours.rows.degree[others]).any()


# ---- storage ----


def shuffle_rows(society: Society, rng: np.random.Generator) -> None:
    """Put the living slots of every row in another order."""
    living, owner = living_slots(society.world)
    order = np.lexsort((rng.random(living.size), owner))
    for column in society.world.slots:
        column[living] = column[living[order]]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_slots_within_a_row_means_nothing(engine):
    ticks, rng = (25 if engine == "compiled" else 5), np.random.default_rng(1)
    plain, shuffled = (Society(lively(), rng=8, engine=engine) for _ in range(2))
    moved = 0
    for _ in range(ticks):
        before = shuffled.world.slots.neighbour.copy()
        shuffle_rows(shuffled, rng)
        moved += int((before != shuffled.world.slots.neighbour).sum())
        plain.step()
        shuffled.step()
        assert plain.digest() == shuffled.digest()
    assert moved > 100
    assert_same_series(plain, shuffled)


@pytest.mark.parametrize("nulls", [{}, {"unfriending.score_blind": True, "schemes.rongcheng.rewards_at_random": True}])
def test_the_order_of_the_graphs_ties_means_nothing(nulls):
    parameters, graph = lively(**nulls), two_components()
    order = np.random.default_rng(1).permutation(graph.low.size)
    shuffled = replace(graph, low=graph.low[order], high=graph.high[order], kind=graph.kind[order])
    runs = [Society(parameters, rng=8, graph=each).run(25) for each in (graph, shuffled)]
    assert_same_run(*runs)


def test_room_for_cases_is_not_state():
    """A society that once made room for many cases goes on like one that has not."""
    plain, roomy = (Society(lively(), rng=8) for _ in range(2))
    roomy.world = roomy.world._replace(
        **{name: np.concatenate([getattr(roomy.world, name)] * 3).view(np.recarray) for name in ("cases", "witnesses")}
    )
    assert_same_run(plain.run(8), roomy.run(8))


# ---- names of citizens ----


def relabelled(graph: Graph, label: np.ndarray) -> Graph:
    """Return the graph in which citizen i is called label[i]."""
    inverse = np.argsort(label)
    return simple_graph(graph.citizens, label[graph.low], label[graph.high], graph.kind, graph.kin_group[inverse], graph.work_unit[inverse])


def test_relabelling_citizens_leaves_distributions_alike():
    """Ids decide luck, never standing: under another id a person's fate has the same distribution (two samples of seeds)."""
    seeds, level = range(100), 1e-3
    parameters = assign(lively(), {"network.topology": "karate", "schemes.sesame.abandonment": 1.0})
    graph = generate(parameters.network, 34, 0)
    label = np.arange(34)[::-1]  # the hubs of the club are the first and the last citizens
    mirrored = relabelled(graph, label)
    runs = [Society(parameters, rng=seed, graph=graph).run(10) for seed in seeds]
    others = [Society(parameters, rng=1000 + seed, graph=mirrored).run(10) for seed in seeds]

    for name in ("generalized_trust", "exchange_rate", "reports", "degree", "score", "bonding_trust", "welfare"):
        mine, yours = ([np.nanmean(run.series()[name]) for run in batch] for batch in (runs, others))
        assert stats.ks_2samp(mine, yours).pvalue > level, name

    people = {
        "degree": lambda world: world.rows.degree,
        "points": lambda world: world.standing.points[0],
        "wealth": lambda world: world.citizens.wealth,
        "betrayed": lambda world: np.bincount(living_slots(world)[1], world.slots.betrayed[living_slots(world)[0]], 34),
    }
    for name, of in people.items():
        mine = np.array([of(run.world) for run in runs])
        yours = np.array([of(run.world)[label] for run in others])
        p_values = [stats.mannwhitneyu(mine[:, i], yours[:, i]).pvalue for i in range(34)]
        assert min(p_values) > level / 34, (name, int(np.argmin(p_values)))
