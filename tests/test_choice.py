"""Which worlds a page shows, as an address: read, written, and refused in one sentence whatever it holds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from dashboard.worlds.choice import MAX_ADDRESS, MAX_ROWS, MAX_SETTINGS, MAX_TEXT, Choice, choice_from
from experiments.refusal import Refusal
from experiments.specs.declared import parameter_rows
from model.institutions.reading import preset_names
from model.society import Society

EXAMPLE = "?seed=7&preset=sesame&citizens=500&twin=1&right=120:scheme.exemption:1;130:edit.cut:3,17&tick=260"


def test_an_address_says_all_that_there_is_to_choose():
    choice = choice_from(EXAMPLE)
    assert (choice.seed, dict(choice.values)) == (7, {"scheme.preset": "sesame", "population.citizens": 500})
    assert (choice.twin, choice.left, choice.tick, choice.citizens) == (True, (), 260, 500)
    assert choice.right == ((120, "scheme.exemption", 1), (130, "edit.cut", (3, 17)))
    assert choice.address() == EXAMPLE


def test_an_empty_address_is_the_default_society_and_the_other_way_round():
    assert choice_from(None) == choice_from("") == choice_from("?") == Choice()
    assert Choice().address() == "?twin=0"  # an address that says nothing asks for two worlds
    assert Choice().parameters == Society().parameters
    assert Choice().seed == Society().seed


def test_rows_are_ordered_and_have_their_form_however_they_are_given():
    given = Choice(left=[[9, "edit.office", [3, np.int64(1)]], [np.int64(4), "court.fine", np.float64(2.5)]])
    assert given.left == ((4, "court.fine", 2.5), (9, "edit.office", (3, 1)))
    assert given.address() == "?left=4:court.fine:2.5;9:edit.office:3,1"
    assert hash(given) == hash(choice_from(given.address()))


# ---- choice -> address -> choice ----

PARAMETERS = {
    row["name"]: row for row in parameter_rows() if not row["name"].startswith(("network.", "population.", "scheme.preset", "scheme.file"))
}


@st.composite
def settings_of(draw, most: int):
    """Return (name, value) of some parameters, within their bounds."""
    found = []
    for name in draw(st.lists(st.sampled_from(sorted(PARAMETERS)), max_size=most, unique=True)):
        row = PARAMETERS[name]
        if row["choices"]:
            value = draw(st.sampled_from(row["choices"]))
        elif isinstance(row["default"], bool):
            value = draw(st.booleans())
        elif isinstance(row["default"], int):
            value = draw(st.integers(int(row["low"]), int(row["high"])))
        else:
            value = draw(st.floats(row["low"], row["high"], allow_nan=False) | st.sampled_from((row["low"], row["default"])))
        found.append((name, value))
    return found


@st.composite
def policies(draw):
    """Return rows of changes and edits."""
    who, when = st.integers(0, 39), st.integers(0, 519)
    rows = [(draw(when), name, value) for name, value in draw(settings_of(4))]
    pair = st.tuples(who, who).filter(lambda ends: ends[0] != ends[1])
    edits = st.one_of(
        st.tuples(when, st.sampled_from(("edit.cut", "edit.tie")), pair),
        st.tuples(when, st.just("edit.office"), st.tuples(who, st.integers(0, 1))),
    )
    return rows + draw(st.lists(edits, max_size=4))


def made(**fields) -> Choice:
    """Return a choice, or give the example up if its parts do not go together."""
    try:
        return Choice(**fields)
    except Refusal:
        assume(False)
        raise


@settings(max_examples=60)
@given(
    st.integers(0, 2**62), st.sampled_from([None, "none", *preset_names(), "rongcheng,sesame"]), settings_of(4), st.booleans(),
    policies(), policies(), st.integers(0, 520),
)  # fmt: skip
@example(1, None, [("scheme.reward_on", "filed"), ("learning.forgetting", 1e-05)], True, [(3, "scheme.active", False)], [], 0)
def test_written_and_read_it_is_the_same_choice(seed, preset, values, twin, left, right, tick):
    given = [("population.citizens", 40), ("network.mean_degree", 8.0), *values]
    given += [("scheme.preset", preset)] if preset else []
    choice = made(seed=seed, values=tuple(given), twin=twin, left=tuple(left), right=tuple(right) if twin else (), tick=tick)
    again = choice_from(choice.address())
    assert again == choice
    assert [type(value) for _, value in again.values] == [type(value) for _, value in choice.values]
    assert again.address() == choice.address()
    assert again.parameters == choice.parameters


def test_the_largest_choice_has_an_address():
    """As many settings and changes as there may be, of the longest names and numbers."""
    numbers = [name for name, row in PARAMETERS.items() if isinstance(row["default"], float) and row["low"] <= 0.1 < row["high"]]
    settings = sorted((name for name in numbers if "grade" not in name), key=len)[-MAX_SETTINGS:]
    longest = "schemes.rongcheng.grade.AAA.visit_rate"
    policy = tuple((519, longest, 0.1 + step * 1e-16) for step in range(MAX_ROWS))
    choice = Choice(2**62, tuple((name, 0.1 + 1e-16) for name in settings), True, policy, policy, 520)
    assert len(choice.values) > 60
    assert choice_from(choice.address()) == choice


def test_names_of_grades_and_schemes_come_through():
    values = (("scheme.preset", "rongcheng,sesame"), ("schemes.rongcheng.grade.A+.perk", 0.5), ("schemes.sesame.enrolment", "mandatory"))
    assert choice_from(Choice(values=values).address()).values == values


# ---- whatever comes ----


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("seed=abc", "seed = 'abc' is not allowed: expected a whole number"),
        ("seed=-1", "'-1'"),
        ("seed=1.5", "whole number"),
        ("seed=", "whole number"),
        ("seed=" + "9" * 19, "whole number from 0 to"),
        ("seed=٣", "whole number"),
        ("seed=1&seed=2", "given twice"),
        ("sead=1", "did you mean 'seed'?"),
        ("twin=yes", "twin = 'yes' is not allowed: expected 0 or 1"),
        ("twin", "twin = '' is not allowed"),
        ("tick=521", "tick = 521 is not allowed: expected a whole number from 0 to 520"),
        ("tick=-1", "'-1'"),
        ("right=5:scheme.exemption:1", "right is not allowed without twin=1"),
        ("left=5:scheme.exemption", "expected changes such as 120:scheme.exemption:1"),
        ("left=5:scheme.exemption:1;;", "expected changes such as"),
        ("left=x:scheme.exemption:1", "the week of scheme.exemption = 'x'"),
        ("left=520:scheme.exemption:1", "the last week of the run is 519"),
        ("left=5:scheme.exemption:2", "left: scheme.exemption = 2 is not allowed: expected a number from 0 to 1"),
        ("left=5:scheme.exemption:nan", "scheme.exemption = nan is not allowed: expected a finite number"),
        ("left=5:time.ticks:9", "cannot change during a run"),
        ("left=5:edit.cut:3", "edit.cut = '3' is not allowed"),
        ("left=5:edit.cut:3,3", "two different citizens"),
        ("left=5:edit.cut:3,1000", "from 0 to 999"),
        ("left=5:edit.cut:3,-1", "edit.cut = '3,-1'"),
        ("left=5:edit.kill:3,4", "'edit.kill' is not an edit"),
        ("preset=none&left=5:scheme.exemption:1", "no scheme to set it in"),
        ("preset=nonsense", "nonsense"),
        ("network.file=secret.txt", "network.file cannot be set here"),
        ("scheme.file=secret.toml", "scheme.file cannot be set here"),
        ("citizens=1000000", "population.citizens = 1000000 is not allowed: expected a whole number from 3 to 20000"),
        ("citizens=2", "citizens"),
        ("citizens=[1]", "population.citizens = '[1]'"),
        ("citizens=" + "[" * 100, "population.citizens"),
        ("citizens=1e400", "population.citizens = inf is not allowed: expected a finite number"),
        ("citizens=1\n[x]", "at most 120 printable characters"),
        ("time.ticks=90000", "time.ticks = 90000 is not allowed"),
        ("citizens=20000&network.mean_degree=900", "at most 500,000 ties"),
        ("citizens=20000&scheme.expiry_weeks=5200", "expiry_weeks = 5200 is not allowed: expected at most 800 here"),
        ("region.urban_share=1&region.special_share=1", "expected a sum of at most 1"),
        ("<script>alert(1)</script>=1", "a name in the choice is not one"),
        ("left=1:<img src=x onerror=alert(1)>:1", "a name in the choice is not one"),
        ("scheme.exemption=" + "1" * (MAX_TEXT + 1), "at most 120 printable characters"),
        ("x" * (MAX_TEXT + 1) + "=1", "a name in the choice is not one"),
        ("a.b=1&" * 120, "at most 100 settings"),
        ("left=" + ";".join(["5:court.fine:1"] * (MAX_ROWS + 1)), "201 changes, expected at most 200"),
        ("left=" + "5:court.fine:1;" * 4000, "the address is not allowed: expected text of at most 48000 characters"),
        ("seed=" + "1" * MAX_ADDRESS, "the address is not allowed"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_in_one_sentence(address, said):
    with pytest.raises(Refusal) as caught:
        choice_from(address)
    assert said in str(caught.value)
    assert_one_sentence(caught.value)


def assert_one_sentence(refusal: Refusal) -> None:
    said = str(refusal)
    assert said.isprintable()
    assert 10 < len(said) < 900
    assert "<script" not in said


@pytest.mark.parametrize(
    "fields",
    [
        {"seed": True}, {"seed": 1.0}, {"seed": "1"}, {"seed": None}, {"values": "abc"}, {"values": ("ab",)}, {"values": ((1, 2),)},
        {"values": (("exchange.loss", [1]),)}, {"values": (("exchange.loss", float("nan")),)}, {"values": (("exchange.loss", 10**400),)},
        {"values": {"exchange.loss": 1}}, {"twin": 1}, {"left": "x"}, {"left": ((1, 2),)}, {"left": ((1, 2, 3),)}, {"left": {1: 2}},
        {"left": ((1.0, "court.fine", 1),)}, {"left": ((True, "court.fine", 1),)}, {"left": ((1, "edit.cut", (1, 10**400)),)},
        {"left": ((1, "edit.cut", [[1], 2]),)}, {"left": ((1, "court.fine", {}),)}, {"tick": "3"}, {"tick": 1.5},
        {"left": ((-1, "court.fine", 1),)}, {"values": (("exchange.loss", 1), ("exchange.loss", 2))},
        {"values": (("scheme.preset", ["none"]),)},
    ],
)  # fmt: skip
def test_a_choice_of_other_things_is_refused_in_one_sentence(fields):
    with pytest.raises(Refusal) as caught:
        Choice(**fields)
    assert_one_sentence(caught.value)


@settings(max_examples=200)
@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from([*EXAMPLE, "seed=", "left=", "&", ";", ":", "edit.cut", "%00", "[[", "court.fine"])).map("".join)
)
def test_whatever_comes_is_a_choice_or_a_refusal(address):
    refused = ""
    try:
        choice = choice_from(address)
    except Refusal as refusal:
        choice, refused = Choice(), str(refusal)
    assert "\n" not in refused
    assert len(refused) < 900
    assert choice_from(choice.address()) == choice


# ---- other choices ----


def test_another_preset_drops_what_concerned_the_former_scheme_only():
    choice = choice_from("seed=4&citizens=60&scheme.contact_weight=0.3&twin=1&left=5:court.fine:2;6:scheme.exemption:1&tick=9")
    other = choice.anew("5", "none")
    assert (other.seed, dict(other.values), other.tick) == (5, {"population.citizens": 60, "scheme.preset": "none"}, 0)
    assert (other.left, other.twin) == (((5, "court.fine", 2),), True)
    assert dict(other.anew("6", "none").values) == dict(other.values)
    for seed, preset in (("x", "none"), ("5", "nonsense")):
        with pytest.raises(Refusal, match=seed if seed == "x" else preset):
            choice.anew(seed, preset)


def test_views_of_the_same_worlds_are_the_same_at_the_start():
    choice = choice_from(EXAMPLE)
    assert choice.at_the_start() == replace(choice, tick=3).at_the_start() != replace(choice, seed=8).at_the_start()
