"""A Society is a good Mesa model: Mesa's own tools work on it, and cost no more than they must."""

import copy
import gc
import inspect
import multiprocessing
import pickle
import statistics
import warnings

import ipyvuetify
import mesa
import numpy as np
import pandas
import pytest
import solara
from mesa.agent import AgentSet
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.solara_viz import _check_model_params

import model.society
from agents.citizen import Citizen, Official
from model.citizen_set import CitizenSet
from model.network.graph import simple_graph
from model.outcomes import NAMES
from model.society import ENGINES, Society
from tests.lively import lively

SMALL = {"citizens": 30, "network.mean_degree": 8.0, "time.burn_in": 1, "time.ticks": 12, "population.official_share": 0.2}


@pytest.fixture(params=ENGINES)
def society(request) -> Society:
    """Return a lively society after a few ticks, in either engine."""
    return Society(lively(), rng=1, engine=request.param).run(3)


# ---- the model ----


def test_everything_is_a_keyword_with_a_default():
    parameters = inspect.signature(Society).parameters.values()
    assert all(p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD) for p in parameters if p.name != "parameters")
    assert all(p.default is not p.empty for p in parameters if p.kind != p.VAR_KEYWORD)
    assert "seed" not in inspect.signature(Society).parameters, "Mesa 3.5 warns of `seed`"
    assert Society.__mro__.index(mesa.Model) > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_society_is_made_and_run_without_a_warning(engine):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Society(rng=1, engine=engine, **SMALL).run(2)
    assert [str(warning.message) for warning in caught] == []


def test_mesas_clock_runs_with_the_ticks():
    society = Society(rng=1, **SMALL)
    assert (society.tick, society.steps, society.time, society.running) == (0, 0, 0.0, True)
    society.step()
    assert (society.tick, society.steps, society.time) == (1, 1, 1.0)
    society.run_for(3)
    assert (society.tick, society.steps, society.time) == (4, 4, 4.0)
    society.run_model()
    assert (society.tick, society.steps, society.running) == (12, 12, False)


def test_phase_by_phase_the_clock_runs_too(society):
    reference = Society(lively(), rng=1, engine=society.engine).run(4)
    tuple(society.run_phases())
    assert (society.tick, society.steps, society.time) == (reference.tick, reference.steps, reference.time)


def test_without_a_seed_mesa_draws_one_that_repeats_the_run():
    surprises = [Society(rng=None, **SMALL) for _ in range(2)]
    assert surprises[0].seed != surprises[1].seed
    assert Society(rng=surprises[0].seed, **SMALL).run().digest() == surprises[0].run().digest()


def test_mesas_own_generators_are_seeded_and_left_alone():
    """Whoever draws from model.random or model.rng does not disturb the society, nor the society them."""
    plain, disturbed = Society(rng=1, **SMALL), Society(rng=1, **SMALL)
    for _ in range(3):
        plain.step()
        disturbed.step()
        disturbed.random.random()
        disturbed.rng.random()
    assert plain.digest() == disturbed.digest()
    assert plain.random.random() == Society(rng=1, **SMALL).random.random()


# ---- DataCollector ----


def test_the_frame_of_the_data_collector_is_the_series(society):
    frame, series = society.datacollector.get_model_vars_dataframe(), society.series()
    assert isinstance(frame, pandas.DataFrame)
    assert tuple(frame.columns) == NAMES == tuple(series)[1:]
    assert len(frame) == society.tick == 3
    for name in NAMES:
        np.testing.assert_array_equal(frame[name].to_numpy(), series[name])
    society.step()
    assert len(society.datacollector.get_model_vars_dataframe()) == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_reporters_report(engine):
    reporters = {"degree": "degree", "standing": lambda citizen: citizen.score, "rich": lambda citizen: citizen.wealth > 100}
    society = Society(lively(), rng=1, engine=engine, agent_reporters=reporters).run(3)
    frame = society.datacollector.get_agent_vars_dataframe()
    n = society.graph.citizens
    assert list(frame.columns) == list(reporters)
    assert frame.index.names == ["Step", "AgentID"]
    assert len(frame) == 3 * n
    last = frame.loc[3.0]
    assert last.index.tolist() == list(range(1, n + 1))
    assert last["degree"].tolist() == society.world.rows.degree.tolist()
    np.testing.assert_array_equal(last["standing"].to_numpy(), society.world.standing.score[0] / 1000)
    assert last["rich"].tolist() == (society.world.citizens.wealth > 100_000_000).tolist()
    assert society.digest() == Society(lively(), rng=1, engine=engine).run(3).digest(), "reporters are pure"


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_reporters_report_phase_by_phase_too(engine):
    whole, parts = (Society(lively(), rng=1, engine=engine, agent_reporters={"wealth": "wealth"}) for _ in range(2))
    for _ in range(2):
        whole.step()
        tuple(parts.run_phases())
    assert parts.datacollector.get_agent_vars_dataframe().equals(whole.datacollector.get_agent_vars_dataframe())


# ---- the set of citizens ----


def reference_set(society: Society) -> tuple[AgentSet, list[Citizen]]:
    """Return Mesa's own AgentSet of the same citizens (and the citizens: Mesa keeps weak references only)."""
    citizens = list(society.agents)
    return AgentSet(citizens, random=copy.deepcopy(society.random)), citizens


def ids(agents) -> list[int]:
    return [agent.unique_id for agent in agents]


def test_the_set_holds_all_citizens_in_order(society):
    agents = society.agents
    assert isinstance(agents, CitizenSet)
    assert isinstance(agents, mesa.agentset.AbstractAgentSet)
    assert len(agents) == society.graph.citizens == 40
    assert ids(agents) == list(range(1, 41))
    assert ids(agents.to_list()) == ids(agents)
    assert all(isinstance(agent, Citizen) and isinstance(agent, mesa.Agent) and agent.model is society for agent in agents)
    assert [agent.index for agent in agents] == list(range(40))
    assert agents[7].unique_id == 8
    assert agents[-1].unique_id == 40
    assert ids(agents[2:5]) == [3, 4, 5]
    with pytest.raises(IndexError):
        agents[40]


def test_membership(society):
    other = Society(lively(), rng=1)
    agents, few = society.agents, society.agents.select(at_most=3)
    assert society.citizen(2) in few
    assert society.citizen(3) in agents
    assert society.citizen(3) not in few
    assert other.citizen(2) not in agents
    assert "citizen" not in agents
    few.discard(society.citizen(3))
    few.discard(society.citizen(0))
    few.add(society.citizen(9))
    few.add(society.citizen(9))
    assert ids(few) == [2, 3, 10]
    few.remove(society.citizen(9))
    with pytest.raises(KeyError):
        few.remove(society.citizen(9))
    assert ids(few) == [2, 3]
    assert len(society.agents) == 40


#: What a citizen shows, and of what type.
ATTRIBUTES = {
    "integrity": float, "score_concern": float, "grievance": float, "suspicion": float, "official": bool, "online": bool,
    "wealth": float, "degree": int, "score": float, "generalized_trust": float, "institutional_trust": float, "index": int,
    "unique_id": int,
}  # fmt: skip


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_get_gives_what_the_citizens_show_as_plain_python(society, name):
    values, (reference, _alive) = society.agents.get(name), reference_set(society)
    assert values == [getattr(agent, name) for agent in society.agents]
    assert {type(value) for value in values} == {ATTRIBUTES[name]}
    assert reference.get(name) == values


def test_get_of_several_and_of_missing_attributes(society):
    names = ["integrity", "wealth", "degree"]
    reference, _alive = reference_set(society)
    assert society.agents.get(names) == reference.get(names)
    with pytest.raises(AttributeError):
        society.agents.get("height")
    assert society.agents.get("height", "default", 1.8) == [1.8] * 40
    assert society.agents.get("integrity", "default", 1.8) == society.agents.get("integrity")
    with pytest.raises(ValueError, match="handle_missing"):
        society.agents.get("wealth", "whatever")


def test_agg_is_mesas(society):
    reference, _alive = reference_set(society)
    for name in ("integrity", "wealth"):
        assert society.agents.agg(name, max) == reference.agg(name, max)
        assert society.agents.agg(name, [min, max, statistics.fmean]) == reference.agg(name, [min, max, statistics.fmean])


def test_select_is_mesas(society):
    reference, _alive = reference_set(society)
    choices = (
        {"filter_func": lambda agent: agent.integrity > 0.5},
        {"filter_func": lambda agent: agent.integrity > 0.5, "at_most": 4},
        {"at_most": 5},
        {"at_most": 0.3},
        {"at_most": 1.0},
        {"filter_func": lambda agent: False},
        {"agent_type": Citizen},
        {},
    )
    for choice in choices:
        chosen = society.agents.select(**choice)
        assert isinstance(chosen, CitizenSet)
        assert ids(chosen) == ids(reference.select(**choice)), choice
    inplace = society.agents
    assert inplace.select(lambda agent: agent.online, inplace=True) is inplace
    assert ids(inplace) == [agent.unique_id for agent in society.agents if agent.online]


def test_an_empty_set_is_a_set(society):
    nobody = society.agents.select(lambda agent: False)
    assert len(nobody) == 0
    assert list(nobody) == []
    assert society.citizen(1) not in nobody
    assert nobody.get("integrity") == []
    assert nobody.get("wealth") == []
    assert nobody.agg("integrity", len) == 0
    assert nobody.map("wants_ties") == []
    assert len(nobody.shuffle()) == len(nobody.sort("integrity")) == len(nobody.copy()) == 0
    assert nobody.groupby("official").count() == {}


def test_officials_can_be_told_by_their_type_in_either_engine(society):
    officials = society.agents.select(agent_type=Official)
    assert ids(officials) == [i + 1 for i in np.flatnonzero(society.world.citizens.official)]
    assert len(officials) == 8


def test_types_of_agents_are_known_to_the_model(society):
    """What Mesa's agent-type reporters and many tools go through."""
    by_type = society.agents_by_type
    assert set(society.agent_types) == set(by_type)
    assert sorted(i for agents in by_type.values() for i in ids(agents)) == list(range(1, 41))
    assert all(type(agent) is kind for kind, agents in by_type.items() for agent in agents)


@pytest.mark.parametrize("by", ["official", lambda agent: agent.degree // 4], ids=["attribute", "function"])
def test_groupby_is_mesas(society, by):
    reference, _alive = reference_set(society)
    mine, theirs = society.agents.groupby(by), reference.groupby(by)
    assert mine.count() == theirs.count()
    assert {key: ids(group) for key, group in mine} == {key: ids(group) for key, group in theirs}
    assert all(isinstance(group, CitizenSet) for _, group in mine)
    assert mine.agg("wealth", sum) == theirs.agg("wealth", sum)
    as_lists = society.agents.groupby(by, result_type="list")
    assert {key: ids(group) for key, group in as_lists} == {key: ids(group) for key, group in mine}


@pytest.mark.parametrize("key", ["integrity", "official", lambda agent: agent.degree], ids=["column", "switch", "function"])
@pytest.mark.parametrize("ascending", [True, False])
def test_sort_is_mesas(society, key, ascending):
    reference, _alive = reference_set(society)
    expected = ids(reference.sort(key, ascending))
    agents = society.agents
    assert ids(agents.sort(key, ascending)) == expected
    assert ids(agents) == list(range(1, 41))
    assert agents.sort(key, ascending, inplace=True) is agents
    assert ids(agents) == expected


def test_shuffle_is_mesas(society):
    reference, _alive = reference_set(society)
    expected = ids(reference.shuffle())
    assert expected != list(range(1, 41))
    assert ids(society.agents.shuffle()) == expected
    inplace = society.agents
    assert inplace.shuffle(inplace=True) is inplace
    assert sorted(ids(inplace)) == list(range(1, 41))


def test_do_and_map_call_everybody_in_order(society):
    seen = []
    agents = society.agents
    assert agents.do(lambda agent, word: seen.append((agent.unique_id, word)), "hello") is agents
    assert seen == [(i, "hello") for i in range(1, 41)]
    assert agents.map("wants_ties") == [agent.wants_ties() for agent in agents]
    assert agents.map(lambda agent, factor: agent.unique_id * factor, 2) == list(range(2, 82, 2))
    assert agents.map("luck", 1, now=3) == [agent.luck(1, 3) for agent in agents]


def test_shuffle_do_calls_everybody_in_mesas_random_order(society):
    reference, _alive = reference_set(society)
    mine, theirs = [], []
    society.agents.shuffle_do(lambda agent: mine.append(agent.unique_id))
    reference.shuffle_do(lambda agent: theirs.append(agent.unique_id))
    assert mine == theirs
    assert sorted(mine) == list(range(1, 41))


def test_copies_of_a_set_are_independent(society):
    agents = society.agents
    for other in (agents.copy(), copy.copy(agents), agents.select()):
        other.discard(society.citizen(0))
        assert (len(agents), len(other)) == (40, 39)


def test_a_million_citizens_cost_nothing_until_asked_for(monkeypatch):
    """Counted, not timed: how many Python objects are made of citizens."""
    made, view = [], model.society.view

    def counting(society, index):
        made.append(index)
        return view(society, index)

    monkeypatch.setattr(model.society, "view", counting)
    n = 1_000_000
    ring = np.arange(n)
    society = Society(preset="none", graph=simple_graph(n, ring, (ring + 1) % n), **{"time.ticks": 2})
    agents = society.agents
    assert len(agents) == n
    assert len(agents.get("integrity")) == n
    assert 0.99 < agents.agg("integrity", max) <= 1.0
    assert len(agents.shuffle()) == len(agents.copy()) == len(agents.sort("integrity")) == n
    assert made == []
    assert agents[123_456].unique_id == 123_457
    assert len(made) == 1
    assert society.citizen(5) in agents
    assert len(made) == 2
    assert len(agents.select(at_most=10)) == 10
    assert len(made) <= 13
    gc.collect()
    kept = [thing for thing in gc.get_objects() if type(thing) in (Citizen, Official) and thing.model is society]
    assert kept == [], "nor was one made in another way and kept"


# ---- batch_run ----


@pytest.fixture
def start_method():
    """Put back what Mesa's batch_run sets for the whole process."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.usefixtures("start_method")
def test_batch_run_gives_what_direct_runs_give():
    fixed = {name: value for name, value in SMALL.items() if name != "citizens"}
    rows = mesa.batch_run(
        Society,
        {"citizens": 30, "scheme.contact_weight": [0.0, 0.3], "exemption": 1.0, **fixed},
        rng=[1, 2, 3],
        number_processes=1,
        display_progress=False,
        max_steps=100,
    )
    assert [(row["rng"], row["scheme.contact_weight"]) for row in rows] == [(k, w) for k in (1, 2, 3) for w in (0.0, 0.3)]
    for row in rows:
        direct = Society(rng=row["rng"], exemption=1.0, **{"scheme.contact_weight": row["scheme.contact_weight"]}, **SMALL).run()
        assert row["Step"] == 12
        for name, values in direct.series().items():
            if name != "tick":
                np.testing.assert_equal(row[name], values[-1], name)
    assert len({row["welfare"] for row in rows}) == 6


@pytest.mark.usefixtures("start_method")
def test_batch_run_gives_every_tick_and_every_citizen_when_asked_to():
    rows = mesa.batch_run(
        Society, {"agent_reporters": [{"degree": "degree"}], **SMALL}, rng=[5], number_processes=1, display_progress=False,
        data_collection_period=1, max_steps=4,
    )  # fmt: skip
    direct = Society(rng=5, **SMALL).run(4)
    assert [row["Step"] for row in rows] == [step for step in (1, 2, 3, 4) for _ in range(30)]
    assert [row["AgentID"] for row in rows[-30:]] == list(range(1, 31))
    assert [row["degree"] for row in rows[-30:]] == direct.agents.get("degree")
    assert [row["generalized_trust"] for row in rows[::30]] == direct.series()["generalized_trust"].tolist()


# ---- SolaraViz ----

PARAMS = {
    "citizens": 30,
    "network.mean_degree": 8.0,
    "time.ticks": 20,
    "contact_weight": {"type": "SliderFloat", "value": 0.3, "min": 0.0, "max": 1.0, "step": 0.1, "label": "Contact weight"},
    "scheme.reporting_reward": {"type": "SliderInt", "value": 10, "min": 0, "max": 50, "step": 1, "label": "Reward"},
    "rng": 42,
}


@pytest.fixture
def page():
    """Return a reactive Society, and the page that Mesa makes of it."""
    model = solara.reactive(Society(rng=1, **SMALL))

    @solara.component
    def Page():  # noqa: N802
        with solara.AppLayout():
            SolaraViz(model, components=[make_plot_component("generalized_trust"), make_plot_component("degree")], model_params=PARAMS)

    _, rendering = solara.render(Page(), handle_error=False)
    yield model, rendering
    rendering.close()


def click(rendering, label: str) -> None:
    (button,) = (button for button in rendering.find(ipyvuetify.Btn).widgets if button.children == [label])
    button.click()


def test_mesas_page_takes_the_parameters():
    assert _check_model_params(Society(rng=1, **SMALL), PARAMS) is None


def test_mesas_page_shows_a_society_and_steps_it(page):
    model, rendering = page
    labels = [slider.label for slider in rendering.find(ipyvuetify.Slider).widgets]
    assert {"Contact weight", "Reward"} <= set(labels)
    assert len(rendering.find(solara.widgets.widgets.GridLayout).widgets) <= 1
    click(rendering, "Step")
    click(rendering, "Step")
    assert model.value.tick == 2
    assert model.value.digest() == Society(rng=1, **SMALL).run(2).digest()


def test_mesas_page_makes_a_new_society_of_the_sliders(page):
    model, rendering = page
    click(rendering, "Step")
    click(rendering, "Reset")
    fresh = model.value
    assert (fresh.tick, fresh.seed, fresh.graph.citizens) == (0, 42, 30)
    (scheme,) = fresh.parameters.schemes
    assert (scheme.contact_weight, scheme.reporting_reward) == (0.3, 10.0)
    click(rendering, "Step")
    assert fresh.tick == 1


# ---- copies ----


def test_a_pickled_society_goes_on_as_if_nothing_had_happened(society):
    before = society.digest()
    restored = pickle.loads(pickle.dumps(society))
    assert restored.digest() == before
    assert restored.parameters == society.parameters
    assert restored.datacollector.society is restored
    restored.run(3)
    assert society.digest() == before
    reference = Society(lively(), rng=1, engine=society.engine).run(6)
    assert (restored.tick, restored.steps, restored.time) == (6, 6, 6.0)
    assert restored.digest() == reference.digest()
    for name, values in reference.series().items():
        np.testing.assert_array_equal(restored.series()[name], values, name)
    assert restored.agents[3].model is restored
    assert restored.agents.get("wealth") == reference.agents.get("wealth")


def test_a_deep_copy_goes_on_independently(society):
    before = society.digest()
    other = copy.deepcopy(society)
    other.run(3)
    assert (society.tick, society.digest()) == (3, before)
    assert society.steps == 3
    reference = Society(lively(), rng=1, engine=society.engine).run(6)
    assert other.digest() == reference.digest()
    assert society.run(3).digest() == reference.digest()
    assert all(agent.model is other for agent in other.agents)
    assert other.datacollector.society is other
    for name, array in society.world._asdict().items():
        assert not isinstance(array, np.ndarray) or not np.shares_memory(array, getattr(other.world, name)), name


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pickled_policy_still_applies(engine):
    policy = [(4, "exchange.loss", 0.5)]
    restored = pickle.loads(pickle.dumps(Society(lively(), rng=1, engine=engine, policy=policy).run(2)))
    assert restored.run(4).digest() == Society(lively(), rng=1, engine=engine, policy=policy).run(6).digest()
