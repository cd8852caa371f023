"""Equal seeds give equal runs; runs that differ in one thing share all the luck that this thing leaves alone."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import stats

from agents.compiling import ROOT
from model.assign import assign, default_parameters, with_presets
from model.declarations import SocietyParameters
from model.digest import canonical_cases, canonical_ties, state_arrays
from model.institutions.scheme import EventPoints, Scheme, preset
from model.network.generate import generate
from model.network.graph import Graph, simple_graph
from model.network.ties import living_slots
from model.parameters import ParameterError, with_value
from model.society import ENGINES, Society
from tests.lively import LEVERS, LIVELY, lively

#: Arrays that only schemes touch.
OF_SCHEMES = ("status", "standing", "band", "ledger", "pending", "expiring", "grip")


def assert_same_series(one: Society, other: Society) -> None:
    mine, yours = one.series(), other.series()
    assert list(mine) == list(yours)
    for name in mine:
        assert mine[name].tobytes() == yours[name].tobytes(), name


def assert_same_run(one: Society, other: Society) -> None:
    assert one.tick == other.tick > 0
    assert_same_series(one, other)
    assert one.digest() == other.digest()


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


# ---- forks ----

#: Nine arms: no scheme; the scheme with each choice of its three levers.
ARMS = {"none": None} | {
    "+".join(name for name, on in zip(LEVERS, choice, strict=True) if on) or "scheme": choice for choice in product((False, True), repeat=3)
}
BURN_IN, TICKS = 6, 16


def arm_of(choice) -> SocietyParameters:
    """Return the parameters of an arm of a small, lively experiment."""
    base = assign(
        default_parameters(),
        LIVELY | {"population.citizens": 60, "network.mean_degree": 8.0, "time.burn_in": BURN_IN, "time.ticks": TICKS},
    )
    if choice is None:
        return replace(base, schemes=())
    levers = {name: value if on else 0.0 for (name, value), on in zip(LEVERS.items(), choice, strict=True)}
    return replace(base, schemes=(replace(base.schemes[0], **levers),))


@pytest.fixture(scope="module")
def trunk() -> Society:
    """Return a society without schemes at the end of its burn-in."""
    return Society(arm_of(None), rng=3).run(BURN_IN)


@pytest.mark.parametrize("arm", ARMS)
def test_a_fork_at_the_burn_in_is_a_run_of_its_own(trunk, arm):
    parameters, before = arm_of(ARMS[arm]), trunk.digest()
    forked = trunk.fork(parameters)
    assert (forked.tick, forked.steps, forked.time) == (BURN_IN, BURN_IN, float(BURN_IN))
    assert_same_run(forked.run(), Society(parameters, rng=3).run())
    assert trunk.digest() == before
    assert trunk.tick == BURN_IN
    assert len(trunk.series()["tick"]) == BURN_IN


def test_the_nine_arms_differ(trunk):
    """Else their equality with the forks would mean little."""
    digests = {arm: trunk.fork(arm_of(choice)).run().digest() for arm, choice in ARMS.items()}
    assert len(ARMS) == len(set(digests.values())) == 9


def test_the_trunk_may_have_had_a_scheme_that_waited(trunk):
    """Until the end of the burn-in no scheme has done anything, so it does not matter which one the trunk was going to have."""
    waited = Society(arm_of((True, True, True)), rng=3).run(BURN_IN)
    for arm in ("none", "scheme", "exemption"):
        assert_same_run(waited.fork(arm_of(ARMS[arm])).run(), trunk.fork(arm_of(ARMS[arm])).run())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("tick", [0, 1, BURN_IN - 1])
def test_a_fork_before_the_end_of_the_burn_in_is_a_run_of_its_own(tick):
    parameters = arm_of((True, False, True))
    early = Society(arm_of(None), rng=3).run(tick)
    assert_same_run(early.fork(parameters).run(), Society(parameters, rng=3).run())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fork_in_the_midst_of_a_run_goes_on_like_the_original(engine):
    parameters = arm_of((True, True, True))
    original = Society(parameters, rng=3, engine=engine).run(BURN_IN + 3)
    before = original.digest()
    forked = original.fork()
    assert forked.run(4).tick == BURN_IN + 7
    assert original.digest() == before
    assert_same_run(original.run(4), forked)


def test_fork_and_original_share_no_memory():
    original = Society(arm_of((True, True, True)), rng=3).run(BURN_IN + 3)
    forked = original.fork()
    for name, array in original.world._asdict().items():
        assert not isinstance(array, np.ndarray) or not np.shares_memory(array, getattr(forked.world, name)), name
    assert not np.shares_memory(original._series.rows, forked._series.rows)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exchange.gain", 0.5),
        ("time.burn_in", BURN_IN + 1),
        ("court.detection", 0.5),
        ("population.endowment", 1.0),
        ("network.mean_degree", 9.0),
        ("unfriending.score_blind", True),
    ],
)
def test_a_fork_refuses_other_changes_than_schemes(trunk, name, value):
    with pytest.raises(ParameterError, match=r"^fork: .* only schemes may differ") as refusal:
        trunk.fork(with_value(trunk.parameters, name, value))
    assert name.split(".")[0] in str(refusal.value)


def test_a_fork_after_the_burn_in_refuses_another_number_of_schemes():
    later = Society(arm_of((False, False, False)), rng=3).run(BURN_IN + 1)
    with pytest.raises(ParameterError, match="number of schemes may differ only up to the end of the burn-in"):
        later.fork(arm_of(None))
    later.fork(arm_of((True, False, False))).run(1)


def test_a_fork_after_the_burn_in_refuses_another_expiry():
    """The points that are to expire lie in lanes by week: another number of lanes has no place for them."""
    later = Society(arm_of((False, False, False)), rng=3).run(BURN_IN + 1)
    with pytest.raises(ParameterError, match=r"^fork: .*expiry_weeks"):
        later.fork(with_value(later.parameters, "schemes.rongcheng.expiry_weeks", 8))


def test_a_fork_of_a_finished_run_may_go_on():
    finished = Society(arm_of((True, True, True)), rng=3).run()
    assert not finished.running
    longer = finished.fork(with_value(finished.parameters, "time.ticks", TICKS + 5))
    assert longer.running
    longer.run_model()
    assert longer.tick == TICKS + 5
    assert len(longer.series()["tick"]) == TICKS + 5


def test_a_fork_keeps_what_a_policy_changed_before_it():
    """A copy goes on "as if it had always had" its schemes: also where the policy touched them in the shared past."""
    parameters, policy = (
        arm_of((False, False, False)),
        [(2, "scheme.contact_weight", 0.5), (BURN_IN + 2, "scheme.exemption", 1.0)],
    )
    alone = Society(parameters, rng=3, policy=policy).run()
    shared = Society(parameters, rng=3, policy=policy).run(BURN_IN)
    assert_same_run(shared.fork().run(), alone)
    assert_same_run(shared.fork(parameters, policy).run(), alone)


def test_a_fork_with_another_policy_is_a_run_of_its_own(trunk):
    parameters, policy = arm_of((True, False, False)), [(BURN_IN, "exchange.loss", 0.7), (BURN_IN + 3, "scheme.active", False)]
    assert_same_run(trunk.fork(parameters, policy).run(), Society(parameters, rng=3, policy=policy).run())


# ---- what is off costs nothing ----


def lively_arm(**values) -> SocietyParameters:
    """Return the lively society under the preset, its levers at zero but for these values."""
    off = {f"schemes.rongcheng.{lever}": 0.0 for lever in LEVERS}
    parameters = lively()
    return assign(replace(parameters, schemes=parameters.schemes[:1]), off | values)


@pytest.mark.parametrize(
    "harmless",
    [
        {"unfriending.salience": 0.0},
        {"unfriending.salience": 100.0},
        {"unfriending.score_blind": True},
        {"scheme.reward_on": "filed"},
        {"scheme.rewards_at_random": True},
        {"scheme.rewards_at_random": True, "scheme.reward_on": "filed"},
        {"scheme.exemption_at_random": True},
        {"unfriending.score_blind": True, "scheme.rewards_at_random": True, "scheme.exemption_at_random": True},
    ],
    ids=str,
)
def test_a_lever_at_zero_is_a_world_without_it(harmless):
    assert_same_run(Society(lively_arm(), rng=6).run(12), Society(lively_arm(**harmless), rng=6).run(12))


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_that_is_on_is_not(lever):
    """The comparison above sees a lever: also, each null model differs from its lever and from the lever at zero."""
    null = {"contact_weight": "unfriending.score_blind", "reporting_reward": "scheme.rewards_at_random"}
    null = null.get(lever, "scheme.exemption_at_random")
    values = [{}, {f"scheme.{lever}": LEVERS[lever]}, {f"scheme.{lever}": LEVERS[lever], null: True}]
    assert len({Society(lively_arm(**each), rng=6).run(12).digest() for each in values}) == 3


def without_schemes(society: Society) -> dict[str, np.ndarray]:
    """Return the state that citizens have without any scheme."""
    return {name: array for name, array in state_arrays(society.world) if name.split(".")[0] not in OF_SCHEMES}


INERT = {
    "no points, no grades": Scheme(name="inert"),
    "no points, grades that give and take nothing": Scheme(
        name="inert", grade=tuple(replace(g, perk=0.0, visit_rate=0.0, travel_ban_weeks=0) for g in preset("rongcheng").grade)
    ),
    "no points, but recovery and contacts": Scheme(name="inert", recovery=0.1, contact_weight=0.5),
    "not at work": replace(preset("rongcheng"), **LEVERS, active=False),
    "nobody within its reach": replace(preset("rongcheng"), **LEVERS, coverage=0.0),
    "voluntary, and nobody has joined": replace(preset("rongcheng"), **LEVERS, enrolment="voluntary"),
    "only merits that never happen": Scheme(name="inert", event=EventPoints(award=50.0)),
    "a grade that all hold alike": replace(
        preset("rongcheng"),
        **LEVERS,
        disclosure=1.0,
        event=EventPoints(),
        crime_to_lowest=False,
        grade=tuple(replace(grade, perk=0.0) for grade in preset("rongcheng").grade),
    ),
}


@pytest.mark.parametrize("scheme", INERT)
def test_a_scheme_that_does_nothing_changes_nothing(scheme):
    calm = {"opinion.enrolment_rate": 0.0, "conduct.award_rate": 0.0}
    none = assign(replace(lively(), schemes=()), calm)
    with_it, without = (Society(p, rng=6).run(12) for p in (replace(none, schemes=(INERT[scheme],)), none))
    found, expected = without_schemes(with_it), without_schemes(without)
    differing = [name for name in expected if found[name].tobytes() != expected[name].tobytes()]
    assert differing == []
    of_scheme = ("score", "enrolment", "locked")
    mine, yours = with_it.series(), without.series()
    odd = [name for name in mine if not name.startswith(of_scheme) and mine[name].tobytes() != yours[name].tobytes()]
    assert [name for name in odd if not name.startswith("gini_score")] == []


def test_no_scheme_acts_before_the_end_of_the_burn_in():
    waiting = Society(assign(lively(), {"time.burn_in": 12}), rng=6).run(12)
    without = Society(assign(replace(lively(), schemes=()), {"time.burn_in": 12}), rng=6).run(12)
    for name, array in without_schemes(without).items():
        assert without_schemes(waiting)[name].tobytes() == array.tobytes(), name
    assert_same_series(waiting, without)


# ---- common random numbers ----

HALF = 18
#: Nothing reaches beyond a component: no strangers, no chance acquaintances, no turnout, no published names.
LOCAL = {"exchange.stranger_share": 0.0, "befriending.closure": 1.0, "opinion.protest_rate": 0.0} | {
    f"schemes.{scheme}.grade.D.published": False for scheme in ("rongcheng", "sesame")
}


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


def test_another_scheme_leaves_the_burn_in_untouched():
    """Arms share their luck to the bit until they differ."""
    arms = [Society(arm_of(choice), rng=3).run(BURN_IN) for choice in ARMS.values()]
    for arm in arms[1:]:
        assert_same_series(arm, arms[0])


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


# ---- policy ----


@pytest.mark.parametrize(
    ("name", "value"),
    [("exchange.loss", 0.6), ("court.detection", 0.9), ("unfriending.salience", 0.0), ("scheme.contact_weight", 0.9),
     ("schemes.sesame.recovery", 0.5), ("scheme.event.dishonour", -300.0), ("scheme.grade.A.perk", 0.7)],
)  # fmt: skip
def test_a_policy_at_the_start_is_a_parameter(name, value):
    by_policy = Society(lively(), rng=8, policy=[(0, name, value)])
    by_parameter = Society(assign(lively(), {name: value}), rng=8)
    assert_same_run(by_policy.run(10), by_parameter.run(10))
    assert by_policy.parameters == by_parameter.parameters


def test_a_policy_acts_from_its_tick_on():
    name, value, tick = "exchange.loss", 0.5, 6
    plain, changed = Society(lively(), rng=8), Society(lively(), rng=8, policy=[(tick, name, value)])
    plain.run(tick)
    changed.run(tick)
    assert_same_run(plain, changed)
    assert changed.parameters == plain.parameters
    tuple(plain.run_phases())
    tuple(changed.run_phases())
    assert changed.parameters.exchange.loss == value
    assert plain.digest() != changed.digest()


def test_a_policy_is_what_a_live_change_would_have_been():
    policy = [(2, "exchange.loss", 0.7), (4, "scheme.active", False), (4, "court.fine", 3.0), (9, "scheme.active", True)]
    planned, live = Society(lively(), rng=8, policy=policy), Society(lively(), rng=8)
    for tick in range(12):
        for change_tick, name, value in policy:
            if change_tick == tick:
                live.change(name, value)
        live.step()
    assert_same_run(planned.run(12), live)
    assert live.policy == planned.policy == tuple(policy)


def test_live_changes_replay_from_the_policy_they_leave():
    live = Society(lively(), rng=8)
    live.run(3).change("scheme.reporting_reward", 50)
    live.run(2).change("informing.exposure", 0.9)
    live.change("informing.exposure", 1)
    live.run(4).change("exchange.stranger_share", 0.0)
    live.run(3)
    assert [tick for tick, _, _ in live.policy] == [3, 5, 5, 9]
    replayed = Society(lively(), rng=8, policy=live.policy).run(12)
    assert_same_run(live, replayed)
    assert live.parameters == replayed.parameters


def test_changes_of_one_tick_apply_in_their_order():
    first, last = [(2, "exchange.loss", 0.5), (2, "exchange.loss", 2.0)], [(2, "exchange.loss", 2.0)]
    assert Society(lively(), rng=8, policy=first).run(8).digest() == Society(lively(), rng=8, policy=last).run(8).digest()


def test_a_refused_live_change_leaves_the_society_as_it_was():
    live = Society(lively(), rng=8).run(2)
    before = (live.policy, live.parameters, live.digest())
    for name, value in (("exchange.loss", -1.0), ("exchange.los", 1.0), ("time.ticks", 9), ("scheme.start", 5000.0)):
        with pytest.raises(ParameterError):
            live.change(name, value)
    assert (live.policy, live.parameters, live.digest()) == before


def test_a_live_change_must_fit_what_the_policy_has_in_store():
    """Else the run goes on with what it would refuse, and cannot be repeated from the policy it leaves."""
    live = Society(lively(), rng=8, policy=[(8, "scheme.start", 1200.0)]).run(5)
    with pytest.raises(ParameterError, match="must contain the start 1200"):
        live.change("scheme.ceiling", 1100.0)
    replayed = Society(lively(), rng=8, policy=live.policy).run(10)
    assert_same_run(live.run(5), replayed)


def test_a_change_made_in_the_midst_of_a_tick_waits_for_the_next():
    """A citizen's method, or a page, may change a parameter while a tick is under way."""
    live = Society(lively(), rng=8).run(3)
    for phase in live.run_phases():
        if phase == "learning":
            live.change("exchange.loss", 0.3)
    assert live.policy == ((4, "exchange.loss", 0.3),)
    live.run(4)
    assert live.parameters.exchange.loss == 0.3
    assert live.digest() == Society(lively(), rng=8, policy=live.policy).run(8).digest()


def test_a_scheme_may_be_withdrawn_and_come_back():
    """Withdrawn, it takes and gives nothing; back, it knows those who were enrolled."""
    society = Society(
        assign(with_presets(lively(), "rongcheng"), {"opinion.protest_rate": 0.0}),
        rng=8, policy=[(4, "scheme.active", False), (8, "scheme.active", True)],
    )  # fmt: skip
    society.run(4)
    before = society.world.standing.points.copy()
    society.run(4)
    assert (society.world.standing.points == before).all()
    assert society.world.status.running.tolist() == [0]
    assert society.last()["enrolment"] == 0.0
    society.run(1)
    assert society.world.status.running.tolist() == [1]
    assert society.last()["enrolment"] == 1.0
    assert (society.world.standing.points != before).any()
