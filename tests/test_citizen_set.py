"""The citizens of a Society are a set of agents as Mesa's own is, and cost no more than they must."""

import copy
import gc
import statistics

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet

import model.society
from agents.citizen import Citizen, Official
from model.citizen_set import CitizenSet
from model.network.graph import simple_graph
from model.society import Society
from tests.lively import lively, society_in_either_engine

society = society_in_either_engine  # the fixture of this file


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


@pytest.mark.slow
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
