"""Every parameter is declared in full, is set by its name, and refuses what it must in one sentence."""

import math
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.events import Event
from agents.units import to_milli
from model.assign import assign_one, check, with_presets
from model.declarations import SocietyParameters
from model.institutions.reading import preset_names
from model.institutions.scheme import EventPoints, Grade
from model.parameters import Declaration, ParameterError, as_dict, checked, nearest, parameter, walk, with_value
from tests.declared import DECLARED, DEFAULT, refusal_of
from tests.lively import LIVELY

# ---- declarations ----


@pytest.mark.parametrize("name", DECLARED)
def test_a_declaration_is_complete(name):
    d = DECLARED[name]
    for text in (d.unit, d.meaning, d.source):
        assert isinstance(text, str)
        assert text == text.strip() != ""
    assert not d.meaning.endswith(".")
    if isinstance(d.default, bool):
        assert d.low is d.high is d.choices is None
    elif isinstance(d.default, (int, float)):
        assert d.low <= d.default <= d.high
        assert d.low < d.high
        assert all(math.isfinite(bound) for bound in (d.low, d.high))
        assert d.choices is None
    else:
        assert isinstance(d.default, str)
        assert d.choices is None or d.default in d.choices
    assert checked(d, d.default) == d.default
    assert type(checked(d, d.default)) is type(d.default)
    assert d.allowed()


def test_a_probability_lies_between_0_and_1():
    for name, d in DECLARED.items():
        if d.unit in ("probability", "probability per week", "share", "share per week"):
            narrower = ("population.official_share", "network.group_density")
            assert (d.low, d.high) == (0.0, 1.0) or name in narrower, name


def test_names_are_unique_and_sorted_into_groups():
    names = [d.name for d, _ in walk(DEFAULT)]
    assert len(names) == len(set(names))
    groups = [f.name for f in fields(SocietyParameters)]
    assert [name.split(".")[0] for name in names] == sorted((n.split(".")[0] for n in names), key=groups.index)


def test_every_field_is_declared():
    """No number hides in a dataclass without unit, meaning and source."""

    def check_fields(group):
        for item in fields(group):
            value = getattr(group, item.name)
            if is_dataclass(value):
                check_fields(value)
            elif isinstance(value, tuple):
                for member in value:
                    check_fields(member)
            else:
                assert item.metadata.get("meaning") or item.name == "name", (type(group), item.name)

    check_fields(DEFAULT)
    check_fields(Grade(name="any"))


def test_a_number_is_not_declared_without_bounds():
    with pytest.raises(TypeError, match="bounds"):
        parameter(1.0, unit="u", meaning="m", source="s")
    with pytest.raises(TypeError, match="bounds"):
        parameter(1, low=0, unit="u", meaning="m", source="s")


def test_the_levers_are_off_by_default():
    (scheme,) = DEFAULT.schemes
    assert scheme.name == "rongcheng"
    assert (scheme.contact_weight, scheme.reporting_reward, scheme.exemption) == (0.0, 0.0, 0.0)
    assert not any((scheme.rewards_at_random, scheme.exemption_at_random, DEFAULT.unfriending.score_blind))


@pytest.mark.parametrize("name", [name for name in preset_names() if name != "none"])
def test_every_preset_fits(name):
    parameters = with_presets(SocietyParameters(), name)
    check(parameters)
    names = [scheme.name for scheme in parameters.schemes]
    assert names == [name] or (len(names) > 1 and {*names} < {*preset_names()})
    assert len({*names}) == len(names)


# ---- values ----


NUMBER, WHOLE, SWITCH = DECLARED["exchange.loss"], DECLARED["population.citizens"], DECLARED["unfriending.score_blind"]
CHOICE, TEXT = DECLARED["network.topology"], DECLARED["network.file"]


@pytest.mark.parametrize(
    ("declaration", "value", "expected"),
    [
        (NUMBER, 2, 2.0),
        (NUMBER, 0, 0.0),
        (NUMBER, 10.0, 10.0),
        (NUMBER, np.float64(0.5), 0.5),
        (NUMBER, np.float32(0.5), 0.5),
        (NUMBER, np.int64(2), 2.0),
        (WHOLE, 50, 50),
        (WHOLE, 50.0, 50),
        (WHOLE, np.int64(50), 50),
        (WHOLE, 3, 3),
        (WHOLE, 2_000_000, 2_000_000),
        (SWITCH, True, True),
        (CHOICE, "karate", "karate"),
        (TEXT, "any text", "any text"),
    ],
)
def test_a_value_comes_in_its_declared_type(declaration, value, expected):
    found = checked(declaration, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("declaration", "value"),
    [
        (NUMBER, -0.001),
        (NUMBER, 10.001),
        (NUMBER, float("nan")),
        (NUMBER, float("inf")),
        (NUMBER, -float("inf")),
        (NUMBER, 10**400),
        (NUMBER, -(10**400)),
        (NUMBER, True),
        (NUMBER, "1.2"),
        (NUMBER, None),
        (NUMBER, [1.0]),
        (NUMBER, 1j),
        (WHOLE, 2),
        (WHOLE, 2_000_001),
        (WHOLE, 100.5),
        (WHOLE, float("nan")),
        (WHOLE, float("inf")),
        (WHOLE, 1e300),
        (WHOLE, 10**400),
        (WHOLE, True),
        (WHOLE, "100"),
        (SWITCH, 1),
        (SWITCH, 0.0),
        (SWITCH, "true"),
        (SWITCH, None),
        (CHOICE, "karat"),
        (CHOICE, ""),
        (CHOICE, 3),
        (CHOICE, None),
        (TEXT, 3),
        (TEXT, b"bytes"),
    ],
    ids=lambda value: value.name if isinstance(value, Declaration) else repr(value)[:20],
)
def test_what_is_not_allowed_is_refused_saying_what_is(declaration, value):
    sentence = refusal_of(checked, declaration, value)
    assert sentence.startswith(f"{declaration.name} = {value!r} is not allowed: expected {declaration.allowed()}")


def test_what_is_allowed_is_said_in_words():
    assert NUMBER.allowed() == "a number from 0 to 10"
    assert DECLARED["time.ticks"].allowed() == "a whole number from 1 to 100000"
    assert SWITCH.allowed() == "true or false"
    assert CHOICE.allowed().startswith("one of communities, watts_strogatz, ")
    assert TEXT.allowed() == "text"


def test_large_bounds_are_said_as_people_write_them():
    assert WHOLE.allowed() == "a whole number from 3 to 2000000"
    assert DECLARED["population.endowment"].allowed() == "a number from 0 to 1000000"


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.booleans() | st.text() | st.none())
def test_any_value_is_taken_or_refused(value):
    """Whatever is given: a value of the declared type within the bounds, or a ParameterError."""
    for declaration in (NUMBER, WHOLE, SWITCH, CHOICE, TEXT):
        try:
            found = checked(declaration, value)
        except ParameterError:
            continue
        assert type(found) is type(declaration.default)
        if declaration.low is not None:
            assert declaration.low <= found <= declaration.high


def test_points_and_wealth_are_rounded_half_up():
    assert [to_milli(points) for points in (0.0004, 0.0005, -0.0005, -0.0006, 1.5, -30)] == [0, 1, 0, -1, 1500, -30_000]


# ---- names ----


def test_a_value_is_set_in_a_copy():
    changed = with_value(DEFAULT, "exchange.loss", 2)
    assert (changed.exchange.loss, DEFAULT.exchange.loss) == (2.0, 1.2)
    assert replace(changed, exchange=DEFAULT.exchange) == DEFAULT


@pytest.mark.parametrize("name", DECLARED)
def test_every_declared_name_can_be_set(name):
    assert with_value(DEFAULT, name, as_dict(DEFAULT)[name]) == DEFAULT


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("exchange.los", "exchange.loss"),
        ("exchnage.loss", "exchange.loss"),
        ("loss", None),
        ("exchange", None),
        ("exchange.loss.more", "exchange.loss"),
        ("schemes", None),
        ("schemes.rongcheng", None),
        ("schemes.rongchen.start", "schemes.rongcheng.start"),
        ("schemes.rongcheng.stat", "schemes.rongcheng.start"),
        ("schemes.rongcheng.event.dishonor", "schemes.rongcheng.event.dishonour"),
        ("schemes.rongcheng.grade.AAA.pek", "schemes.rongcheng.grade.AAA.perk"),
        ("schemes.rongcheng.grade.E.perk", None),
        ("", None),
        (".", None),
        ("exchange.", None),
        ("qqqqqqqq", None),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name, hint):
    sentence = refusal_of(with_value, DEFAULT, name, 1.0)
    assert sentence.startswith(f"{name!r} is not a parameter")
    if hint:
        assert sentence == f"{name!r} is not a parameter (did you mean {hint!r}?)"


def test_the_name_in_a_refusal_is_the_whole_one():
    assert refusal_of(with_value, DEFAULT, "schemes.rongcheng.exemption", 2).startswith("schemes.rongcheng.exemption = 2 is not")
    assert refusal_of(assign_one, DEFAULT, "scheme.exemption", 2).startswith("scheme.exemption = 2 is not allowed: expected a number")
    assert refusal_of(assign_one, DEFAULT, "scheme.event.crime", "x").startswith("scheme.event.crime = 'x' is not allowed")
    assert refusal_of(assign_one, DEFAULT, "scheme.exemtion", 1) == (
        "'scheme.exemtion' is not a parameter (did you mean 'scheme.exemption'?)"
    )


def test_the_nearest_name_is_a_hint_only_when_near():
    assert nearest("gian", ["gain", "loss"]) == " (did you mean 'gain'?)"
    assert nearest("zzz", ["gain", "loss"]) == ""


def test_the_lively_world_sets_known_parameters():
    assert set(LIVELY) <= set(as_dict(SocietyParameters()))


def test_event_points_are_named_after_the_events():
    assert [f.name for f in fields(EventPoints)] == [event.name.lower() for event in Event]
