"""A modeller changes one decision in plain Python, as docs/change-a-rule.md says, and the code blocks there run as they stand."""

import ast
import inspect
import pickle
import re

import numpy as np
import pytest

from agents.citizen import Citizen
from agents.compiling import ROOT
from agents.perceiving import Perceiving
from model.parameters import ParameterError
from model.society import Society
from tests.lively import lively

PAGE = (ROOT / "docs" / "change-a-rule.md").read_text(encoding="utf-8")
SMALL = {"citizens": 30, "preset": "none", "network.mean_degree": 8.0, "time.ticks": 20}


#: Every decision of a citizen.
DECISIONS = [name for name, method in vars(Citizen).items() if inspect.isfunction(method) and not name.startswith("_")]


def of_agents(citizen_class, **more) -> Society:
    return Society(**({"parameters": lively(), "rng": 4} | more), engine="agents", citizen_class=citizen_class)


# ---- the page ----


def names_of(page: str) -> dict:
    """Return what is defined once all code blocks of the page have run in their order, and under "printed" what they print."""
    printed = []
    names = {"print": lambda *words: printed.append(" ".join(str(word) for word in words))}
    for block in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        exec(compile(block, "docs/change-a-rule.md", "exec"), names)
    return names | {"printed": printed}


@pytest.fixture(scope="module")
def page() -> dict:
    """Return what the page defines; two seeds of its five will do for that."""
    assert PAGE.count("range(5)") == 1
    return names_of(PAGE.replace("range(5)", "range(2)"))


@pytest.mark.slow
def test_the_example_finds_what_the_page_says():
    exchange, trustworthiness, refusal, grudges = names_of(PAGE)["printed"]
    low, high = map(float, re.fullmatch(r"exchange rate: -0\.\d\d \[(-0\.\d\d), (-0\.\d\d)\]", exchange).groups())
    assert low < high < 0, "the exchange rate falls"
    assert re.fullmatch(r"trustworthiness: [+-]0\.\d\d \[[+-]0\.\d\d, [+-]0\.\d\d\]", trustworthiness)
    assert refusal == ("citizen_class = 'Wary' overrides decisions, which the compiled engine would ignore: expected engine=\"agents\"")
    assert re.fullmatch(r"[1-9]\d* grudges are held", grudges)


def test_the_pairs_of_the_page_share_their_luck(page):
    """Until a stranger is met the two runs are one; the change leaves whom they meet in the first week alone."""
    wary, stock = (Society(rng=3, engine="agents", citizen_class=kind, **SMALL).run(1) for kind in (page["Wary"], Citizen))
    assert (wary.world.week.partner == stock.world.week.partner).all()
    assert (wary.world.week.honoured == stock.world.week.honoured).all()
    strangers = (stock.world.week.slot < 0) & (stock.world.week.partner >= 0)
    assert strangers.any()
    assert (wary.world.week.placed[~strangers] == stock.world.week.placed[~strangers]).all()
    assert stock.world.week.placed[strangers].any()
    assert not wary.world.week.placed[strangers].any()


def test_the_page_lists_every_decision():
    listed = re.findall(r"^\| `(\w+)\(([^)]*)\)` \|", PAGE, re.MULTILINE)
    own = {name: vars(Citizen)[name] for name in DECISIONS}
    assert sorted(name for name, _ in listed) == sorted(own)
    for name, arguments in listed:
        expected = [parameter for parameter in inspect.signature(own[name]).parameters if parameter != "self"]
        assert arguments.split(", ") == expected or (arguments == "" and expected == []), name


def test_the_page_names_what_there_is():
    for path in re.findall(r"`((?:agents|model|tests)/[\w/]*(?:\.py)?)`", PAGE):
        assert (ROOT / path).exists(), path
    for name in ("integrity", "generalized_trust", "is_tied_to", "belief_in_tie", "luck"):
        assert hasattr(Perceiving, name)
    assert "def probability_of_trusting" in (ROOT / "agents" / "trusting.py").read_text()


# ---- overriding ----


def asking_super(names) -> type[Citizen]:
    """Return a subclass whose methods of these names count their calls and leave the answer to the stock citizen."""
    calls = dict.fromkeys(names, 0)

    def override(name):
        def method(self, *arguments, **keywords):
            calls[name] += 1
            return getattr(super(kind, self), name)(*arguments, **keywords)

        return method

    kind = type("Asking", (Citizen,), {name: override(name) for name in names} | {"calls": calls})
    return kind


def test_a_subclass_that_asks_its_parent_changes_nothing():
    kind = asking_super(DECISIONS)
    asking = of_agents(kind).run(6)
    assert asking.digest() == Society(lively(), rng=4).run(6).digest()
    assert [name for name, count in kind.calls.items() if count == 0] == [], "every decision is really asked for"


def test_decisions_are_asked_for_in_the_right_phase():
    """The table of the page: which phase asks for which decision."""
    of_page = dict(re.findall(r"^\| `(\w+)\([^)]*\)` \| ([\w, ]+) \|", PAGE, re.MULTILINE))
    kind = asking_super(DECISIONS)
    society, asked = of_agents(kind), {name: set() for name in DECISIONS}
    for _ in range(6):
        before = dict(kind.calls)
        for phase in society.run_phases():
            for name in DECISIONS:
                if kind.calls[name] > before[name]:
                    asked[name].add(phase)
            before = dict(kind.calls)
    assert asked == {name: set(phases.split(", ")) for name, phases in of_page.items()}


def test_who_is_not_afraid_to_speak_censors_nothing_and_feigns_nothing():
    """Outcomes follow an override, too: silence is what citizens do, not what stock citizens would."""
    fearless = of_agents(type("Fearless", (Citizen,), {"fear_to_speak": lambda self: 0.0})).run(6)
    mute = of_agents(type("Mute", (Citizen,), {"chance_to_criticise": lambda self, fear: 0.0})).run(6)
    stock = Society(lively(), rng=4).run(6).series()
    assert stock["self_censorship"].max() > 0
    assert fearless.series()["self_censorship"].max() == mute.series()["self_censorship"].max() == 0
    assert fearless.series()["approval_voiced"].mean() < stock["approval_voiced"].mean()


#: Every fourth decision is tried by `make test`, all of them by `make test-all`.
ALL = [name if place % 4 == 0 else pytest.param(name, marks=pytest.mark.slow) for place, name in enumerate(DECISIONS)]


@pytest.mark.parametrize("name", ALL)
def test_overriding_any_one_decision_has_an_effect(name):
    """No decision is a dead letter: the engine really follows each of them."""
    answer = {
        "meets": (-1, -1), "finds_stranger": -1, "finds_firm": -1, "tells": [], "chance_of_act": 0.0, "reports": (False, False),
        "accuses": (False, False), "cause_to_cut": -1, "seeks": -1, "chance_candidate": -1, "protests": False,
        "pays": True, "finds_profile": -1,
    }.get(name, 0.0 if name.startswith("chance") else False)  # fmt: skip
    kind = type("Stubborn", (Citizen,), {name: lambda self, *arguments, **keywords: answer})
    assert of_agents(kind).run(6).digest() != Society(lively(), rng=4).run(6).digest()


def test_an_override_for_some_leaves_the_others_as_they_are():
    class Odd(Citizen):
        """Citizens of odd rows never betray."""

        def honours(self, truster, now):
            return self.index % 2 == 1 or super().honours(truster, now)

    odd, stock = of_agents(Odd).run(1), of_agents(Citizen).run(1)
    trustee = odd.world.week.partner
    assert odd.world.week.honoured[trustee % 2 == 1].all()
    assert (odd.world.week.honoured[trustee % 2 == 0] == stock.world.week.honoured[trustee % 2 == 0]).all()
    assert not stock.world.week.honoured[(trustee % 2 == 1) & (trustee >= 0)].all()


@pytest.mark.parametrize("kind", [asking_super(["places_trust"]), type("Renamed", (Citizen,), {})], ids=["override", "none"])
def test_the_compiled_engine_refuses_a_citizen_of_ones_own(kind):
    with pytest.raises(ParameterError, match=f'^citizen_class = {kind.__name__!r} .* expected engine="agents"$'):
        Society(citizen_class=kind, **SMALL)
    with pytest.raises(ParameterError, match="expected engine="):
        Society(citizen_class=kind, engine="compiled", **SMALL)


# ---- memory ----


class Diarist(Citizen):
    """Writes down whom it met, and shuns whom it met before."""

    diary = ()

    def places_trust(self, partner, belief, now):
        met_before = partner in self.diary
        self.diary = (*self.diary, partner)
        return not met_before and super().places_trust(partner, belief, now)


def test_what_a_citizen_stores_on_itself_survives():
    society, met = of_agents(Diarist), []
    for _ in range(5):
        society.step()
        met.append(society.world.week.partner.copy())
    met = np.array(met)
    for citizen in society.citizens:
        assert citizen.diary == tuple(int(partner) for partner in met[:, citizen.index] if partner >= 0)
    assert society.agents[3] is society.citizen(3) is society.citizens[3]
    assert all(type(agent) is Diarist for agent in society.agents)
    assert society.digest() != Society(lively(), rng=4).run(5).digest()


def test_a_pickled_society_keeps_the_memory_of_its_citizens():
    society = of_agents(Diarist).run(3)
    restored = pickle.loads(pickle.dumps(society))
    assert [citizen.diary for citizen in restored.citizens] == [citizen.diary for citizen in society.citizens]
    assert restored.run(2).digest() == society.run(2).digest()


def test_a_fork_keeps_the_memory_of_its_citizens():
    """A fork goes on as the original would: it must remember what the original remembers, and share nothing with it."""
    society = of_agents(Diarist).run(3)
    forked = society.fork()
    assert [citizen.diary for citizen in forked.citizens] == [citizen.diary for citizen in society.citizens]
    assert forked.run(2).digest() == of_agents(Diarist).run(5).digest()
    assert all(len(citizen.diary) <= 3 for citizen in society.citizens)
    assert all(citizen.model is forked for citizen in forked.citizens)


class Loyal(Citizen):
    """Remembers a person, not a number."""

    friend = None

    def places_trust(self, partner, belief, now):
        self.friend = self.friend or self.model.citizen(partner)
        return self.friend.integrity > 0.4 and super().places_trust(partner, belief, now)


def test_who_remembers_a_citizen_remembers_its_twin_after_a_fork():
    society = of_agents(Loyal).run(3)
    forked = society.fork()
    friends = [citizen.friend for citizen in forked.citizens if citizen.friend is not None]
    assert len(friends) > 30
    assert all(friend is forked.citizens[friend.index] for friend in friends)
    assert forked.run(2).digest() == society.run(2).digest()


def test_a_citizen_that_prepares_itself_is_prepared_or_refused():
    """Mesa's modellers write `__init__`: it must run, or be refused in a sentence, but not be passed over in silence."""

    class Prepared(Citizen):
        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords)
            self.memory = []

    try:
        society = of_agents(Prepared)
    except ParameterError as refusal:
        sentence = str(refusal)
    else:
        sentence = "__init__"
        assert all(citizen.memory == [] for citizen in society.citizens)
    assert "__init__" in sentence


def test_the_page_is_valid_for_a_reader_who_copies_it():
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        ast.parse(block)
        assert max(len(line) for line in block.splitlines()) <= 130
