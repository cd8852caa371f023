"""Every parameter is declared in full, refuses what it must in one sentence, and makes a difference."""

import math
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.events import Event
from model.assign import FIXED_GROUPS, assign, assign_one, check, checked_policy, default_parameters, with_presets
from model.declarations import SocietyParameters
from model.institutions.scheme import MAX_GRADES, EventPoints, Grade, preset, preset_names, scheme_from
from model.network.generate import generate
from model.network.parameters import NetworkParameters
from model.parameters import Declaration, ParameterError, as_dict, checked, nearest, parameter, walk, with_value
from model.rules import milli
from model.society import Society
from tests.lively import LIVELY, lively

DEFAULT = default_parameters()
#: Every declaration: of the society, of a scheme, of a grade.
DECLARED: dict[str, Declaration] = {d.name: d for d, _ in walk(DEFAULT)}


def refusal_of(function, *arguments) -> str:
    """Return the sentence with which a call is refused."""
    with pytest.raises(ParameterError) as refusal:
        function(*arguments)
    sentence = str(refusal.value)
    assert "\n" not in sentence
    return sentence


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
    assert [scheme.name for scheme in parameters.schemes] == [name]


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


# ---- assigning ----


def test_the_first_scheme_goes_by_a_short_name():
    second = replace(preset("rongcheng"), name="other")
    both = replace(DEFAULT, schemes=(*DEFAULT.schemes, second))
    changed = assign(both, {"scheme.start": 900, "schemes.other.start": 800, "scheme.grade.A.perk": 0.5, "schemes.other.event.award": 1})
    first, other = changed.schemes
    assert (first.start, other.start) == (900.0, 800.0)
    assert first.grade[3].perk == 0.5
    assert (first.event.award, other.event.award) == (100.0, 1.0)


def test_the_preset_is_assigned_first_wherever_it_stands():
    """`--set scheme.start=900 --set scheme.preset=rongcheng` does not lose the first setting."""
    for values in ({"scheme.start": 900, "scheme.preset": "rongcheng"}, {"scheme.preset": "rongcheng", "scheme.start": 900}):
        assert assign(SocietyParameters(), values).schemes[0].start == 900.0


def test_of_two_names_of_one_parameter_the_last_wins():
    for values, expected in (
        ({"scheme.start": 900, "schemes.rongcheng.start": 950}, 950.0),
        ({"schemes.rongcheng.start": 950, "scheme.start": 900}, 900.0),
    ):
        assert assign(DEFAULT, values).schemes[0].start == expected


def test_values_are_checked_together_only_once_all_are_set():
    """A scale may move as a whole, though each end alone would leave the start outside."""
    moved = assign(DEFAULT, {"scheme.ceiling": 500, "scheme.start": 300, "scheme.floor": 100})
    assert moved.schemes[0].start == 300.0
    assert "must contain the start 1000" in refusal_of(assign, DEFAULT, {"scheme.ceiling": 500})
    regions = assign(DEFAULT, {"region.special_share": 0.8, "region.urban_share": 0.2})
    assert regions.region.special_share == 0.8


@pytest.mark.parametrize("name", ["scheme.contact_weight", "scheme.reporting_reward", "scheme.exemption", "scheme.start"])
def test_a_scheme_that_is_not_there_cannot_be_set(name):
    sentence = refusal_of(assign, DEFAULT, {name: 0.0, "scheme.preset": "none"})
    assert sentence == f"{name} = 0.0 is not allowed: scheme.preset is 'none', so there is no scheme to set it in"


def test_a_misspelt_parameter_of_a_scheme_that_is_not_there_is_misspelt():
    assert "did you mean 'scheme.start'" in refusal_of(assign, DEFAULT, {"scheme.preset": "none", "scheme.strat": 1})
    assert "expected a number" in refusal_of(assign, DEFAULT, {"scheme.preset": "none", "scheme.start": "high"})


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("rongchen", "(did you mean 'rongcheng'?)"),
        ("", "expected one of none, rongcheng"),
        ("rongcheng,none", "expected one of none, rongcheng"),
        ("rongcheng,rongcheng", "each scheme may appear once"),
        ("rongcheng, rongcheng", "each scheme may appear once"),
        (["rongcheng", "rongcheng"], "each scheme may appear once"),
        ("../rongcheng", "expected one of none, rongcheng"),
        (5, "scheme.preset = 5"),
        (True, "scheme.preset = True"),
        (None, "scheme.preset = None"),
        ([5], "scheme.preset = [5]"),
    ],
    ids=repr,
)
def test_an_unknown_preset_is_refused(value, hint):
    assert hint in refusal_of(assign, DEFAULT, {"scheme.preset": value})


def test_no_preset_is_no_scheme():
    assert assign(DEFAULT, {"scheme.preset": "none"}).schemes == ()
    assert with_presets(DEFAULT, ["none"]).schemes == ()
    assert with_presets(DEFAULT, ["rongcheng"]) == DEFAULT


# ---- what must fit together ----


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"region.urban_share": 0.7, "region.special_share": 0.4}, "region.urban_share = 0.7 and region.special_share = 0.4"),
        ({"scheme.floor": 1001}, "the scale 1001 to 1300 must contain the start 1000"),
        ({"scheme.floor": 1000, "scheme.ceiling": 1000}, "the scale 1000 to 1000 must contain the start 1000"),
        ({"scheme.grade.A.floor": 1010}, "the floors of the grades must fall"),
        ({"scheme.grade.AAA.floor": 0}, "the floors of the grades must fall"),
    ],
    ids=str,
)
def test_what_does_not_fit_together_is_refused(changes, words):
    assert words in refusal_of(assign, DEFAULT, changes)


def test_a_scheme_has_a_limited_number_of_grades():
    def graded(count: int) -> dict:
        return {"grade": [{"name": str(g), "floor": 1000.0 - g} for g in range(count)]}

    assert len(scheme_from(graded(MAX_GRADES), "x", "x.toml").grade) == MAX_GRADES
    assert f"at most {MAX_GRADES} are allowed" in refusal_of(scheme_from, graded(MAX_GRADES + 1), "x", "x.toml")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"strat": 1}, "'strat' is not a parameter (did you mean 'start'?)"),
        ({"event": {"crme": 1}}, "'event.crme' is not a parameter (did you mean 'event.crime'?)"),
        ({"grade": [{"floor": 1}]}, "x.toml: grade: every grade needs a name"),
        ({"grade": [{"name": "A", "perks": 1}]}, "x.toml: grade.perks is not a parameter of a grade (did you mean 'perk'?)"),
        ({"grade": [{"name": "A", "perk": "high"}]}, "perk = 'high' is not allowed"),
        ({"name": "other"}, "'name' is not a parameter"),
    ],
)
def test_a_scheme_with_a_mistake_is_refused(data, words):
    assert words in refusal_of(scheme_from, data, "x", "x.toml")


# ---- policies ----


def test_a_policy_is_sorted_by_tick_and_keeps_the_order_within_one():
    policy = [
        (5, "exchange.loss", 1),
        [3, "exchange.loss", 2.0],
        (5, "exchange.gain", 1),
        (5, "exchange.loss", 0.5),
        (0, "court.fine", 1),
    ]
    assert checked_policy(DEFAULT, policy) == (
        (0, "court.fine", 1),
        (3, "exchange.loss", 2.0),
        (5, "exchange.loss", 1),
        (5, "exchange.gain", 1),
        (5, "exchange.loss", 0.5),
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((-1, "exchange.loss", 1), "expected [tick, parameter, value] with a tick of 0 or more"),
        ((True, "exchange.loss", 1), "expected [tick, parameter, value]"),
        ((1.5, "exchange.loss", 1), "expected [tick, parameter, value]"),
        (("1", "exchange.loss", 1), "expected [tick, parameter, value]"),
        ((1, "exchange.loss"), "expected [tick, parameter, value]"),
        ((1, "exchange.loss", 1, 1), "expected [tick, parameter, value]"),
        ("abc", "expected [tick, parameter, value]"),
        ((), "expected [tick, parameter, value]"),
        (5, "expected [tick, parameter, value]"),
        (None, "expected [tick, parameter, value]"),
        ((1, "exchange.los", 1), "'exchange.los' is not a parameter (did you mean 'exchange.loss'?)"),
        ((1, "exchange.loss", 11), "exchange.loss = 11 is not allowed: expected a number from 0 to 10"),
        ((1, "exchange.loss", float("nan")), "exchange.loss = nan is not allowed"),
        ((1, "time.ticks", 9), "policy: 'time.ticks' cannot change during a run"),
        ((1, "population.citizens", 9), "policy: 'population.citizens' cannot change during a run"),
        ((1, "network.mean_degree", 9.0), "policy: 'network.mean_degree' cannot change during a run"),
        ((1, "scheme.preset", "none"), "policy: 'scheme.preset' cannot change during a run"),
        ((1, "scheme.start", 2000), "must contain the start 2000"),
        ((1, "schemes.other.start", 1), "'schemes.other.start' is not a parameter"),
    ],
    ids=repr,
)
def test_a_policy_that_cannot_be_is_refused(row, words):
    assert words in refusal_of(checked_policy, DEFAULT, [row])


def test_a_policy_is_checked_in_the_order_of_its_ticks():
    """The scale is widened before the start moves up: at no tick is the start outside."""
    late, early = (5, "scheme.start", 1400), (3, "scheme.ceiling", 1500)
    assert checked_policy(DEFAULT, [late, early]) == (early, late)
    assert "must contain the start" in refusal_of(checked_policy, DEFAULT, [(3, *late[1:]), (5, *early[1:])])


def test_a_policy_for_a_scheme_needs_the_scheme():
    words = "scheme.preset is 'none', so there is no scheme to set it in"
    assert words in refusal_of(checked_policy, with_presets(DEFAULT, "none"), [(1, "scheme.active", False)])


# ---- the society's keywords ----


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"contact_weight": 2}, "scheme.contact_weight = 2 is not allowed"),
        ({"exemption": "all"}, "scheme.exemption = 'all' is not allowed"),
        ({"reporting_reward": -1}, "scheme.reporting_reward = -1 is not allowed"),
        ({"preset": "none", "exemption": 1}, "scheme.preset is 'none'"),
        ({"preset": "nobody"}, "scheme.preset = 'nobody' is not allowed"),
        ({"citizens": 2}, "population.citizens = 2 is not allowed"),
        ({"exchange.los": 2}, "'exchange.los' is not a parameter (did you mean 'exchange.loss'?)"),
        ({"weight": 2}, "'weight' is not a parameter"),
        ({"engine": "fast"}, "engine = 'fast' is not allowed: expected one of compiled, agents"),
        ({"rng": -1}, "rng = -1 is not allowed: expected a whole number from 0 to 2**63 - 1"),
        ({"rng": 2**63}, "is not allowed: expected a whole number"),
        ({"rng": True}, "rng = True is not allowed"),
        ({"rng": 1.0}, "rng = 1.0 is not allowed"),
        ({"rng": "1"}, "rng = '1' is not allowed"),
        ({"policy": [(0, "exchange.loss", "high")]}, "exchange.loss = 'high' is not allowed"),
    ],
    ids=repr,
)
def test_a_society_refuses_what_it_does_not_know(keywords, words):
    with pytest.raises(ParameterError) as refusal:
        Society(**({"citizens": 20, "network.mean_degree": 6.0} | keywords))
    assert words in str(refusal.value)


def test_short_and_dotted_names_mean_the_same():
    small = {"network.mean_degree": 6.0}
    short = Society(citizens=30, preset="rongcheng", contact_weight=0.2, reporting_reward=5, exemption=0.5, **small)
    dotted = Society(
        **small, **{"population.citizens": 30, "scheme.preset": "rongcheng", "scheme.contact_weight": 0.2},
        **{"scheme.reporting_reward": 5, "scheme.exemption": 0.5},
    )  # fmt: skip
    assert short.parameters == dotted.parameters
    assert short.parameters.schemes[0].reporting_reward == 5.0


def test_any_seed_within_its_range_is_taken():
    for seed in (0, 2**63 - 1, np.int64(7), np.uint8(7)):
        assert Society(citizens=10, rng=seed, **{"network.mean_degree": 6.0}).run(1).seed == seed


# ---- every parameter makes a difference ----

#: Values that make the difference where the general rule of `another` would not, and what the world must be like for it.
SPECIAL: dict[str, tuple[object, dict]] = {
    "time.ticks": (7, {}),
    "network.topology": ("erdos_renyi", {}),
    "network.mean_degree": (9.0, {}),
    "network.cap": (12, {"population.citizens": 200, "network.mean_degree": 6.0, "network.degree_spread": 2.0}),
    "network.rewiring": (0.9, {"network.topology": "watts_strogatz"}),
    "network.triangle_probability": (0.0, {"network.topology": "holme_kim", "network.mean_degree": 5.7}),
    "network.chat_groups": (3, {"population.citizens": 200, "network.mean_degree": 20.0}),
    "scheme.floor": (990.0, {}),
    "scheme.ceiling": (1005.0, {}),
    "scheme.abandonment": (0.05, {}),
    "scheme.contact_weight": (0.9, {}),
    "scheme.exemption": (0.0, {}),
    "scheme.reward_on": ("filed", {}),
    "scheme.data_sharing": (0.9, {}),
    "scheme.utility_per_point": (0.1, {}),
    "scheme.grade.AAA.lock_weeks": (7, {"scheme.grade.AA.lock_weeks": 1}),  # nobody falls into the best grade: one rises to it
    "scheme.grade.C.floor": (840.0, {}),
}
#: Parameters that have, as their declaration says, no effect in this place.
WITHOUT_EFFECT = ("grade.D.floor",)


def another(name: str, declaration: Declaration, value):
    """Return an allowed value that differs markedly from the present one."""
    if declaration.choices:
        return next(choice for choice in declaration.choices if choice != value)
    if isinstance(value, bool):
        return not value
    if name.endswith(".floor"):
        return value + 5.0
    if (declaration.low, declaration.high) == (0.0, 1.0):
        return value + 0.4 if value < 0.5 else value - 0.4
    if isinstance(value, int):
        return value + 2 if value + 2 <= declaration.high else value - 2
    return value / 2 if value else min(declaration.high, 10.0 if "points" in declaration.unit else 0.5)


def outcome_of(parameters: SocietyParameters, seed: int, ticks: int = 14, policy=()) -> tuple:
    """Return all that can be known of a run."""
    society = Society(parameters, rng=seed, policy=policy)
    society.run(min(ticks, parameters.time.ticks))
    return society.digest(), {name: values.tobytes() for name, values in society.series().items()}


def makes_a_difference(base: SocietyParameters, name: str, value, **how) -> bool:
    """Tell whether the parameter changes the state or an outcome of a short run, in one of a few societies."""
    changed = assign(base, {name: value})
    return any(outcome_of(base, seed, **how) != outcome_of(changed, seed, **how) for seed in range(4))


SOCIETY_NAMES = [d.name for d, _ in walk(SocietyParameters()) if d.name != "network.file"]
SCHEME_NAMES = [f"scheme.{d.name}" for d, _ in walk(preset("rongcheng"))]


@pytest.mark.parametrize("name", SOCIETY_NAMES + SCHEME_NAMES)
def test_every_parameter_makes_a_difference(name):
    base = assign(lively(), {"time.ticks": 20})
    short = name.replace("scheme.", "schemes.rongcheng.") if name.startswith("scheme.") else name
    value, world = SPECIAL.get(name, (None, {}))
    base = assign(base, world)
    present = as_dict(base)[short]
    value = another(name, DECLARED[short], present) if value is None else value
    assert value != present
    assert makes_a_difference(base, name, value) != name.endswith(WITHOUT_EFFECT)


def test_every_parameter_of_the_graph_changes_the_graph():
    for d, present in walk(NetworkParameters()):
        if d.name in ("file", "topology"):
            continue
        value, world = SPECIAL.get(f"network.{d.name}", (None, {}))
        base = NetworkParameters(mean_degree=12.0)
        for name, setting in world.items():
            if name.startswith("network."):
                base = with_value(base, name.removeprefix("network."), setting)
        present = as_dict(base)[d.name]
        changed = with_value(base, d.name, another(d.name, d, present) if value is None else value)
        one, other = (generate(parameters, 200, 0) for parameters in (base, changed))
        alike = one.low.size == other.low.size and (one.low == other.low).all() and (one.high == other.high).all()
        assert not alike, d.name


def test_a_network_file_makes_a_difference(tmp_path):
    path = tmp_path / "ring.txt"
    path.write_text("".join(f"{i} {(i + 1) % 40}\n" for i in range(40)))
    assert makes_a_difference(lively(), "network.file", str(path))


@pytest.mark.parametrize("name", [name for name in SOCIETY_NAMES if name.split(".")[0] not in FIXED_GROUPS])
def test_a_change_during_a_run_makes_a_difference_or_is_refused(name):
    """What only shapes the citizens at birth must not be accepted from a policy and then ignored."""
    base = assign(lively(), {"time.ticks": 30})
    value = another(name, DECLARED[name], as_dict(base)[name])
    change = [(3, name, value)]
    try:
        checked_policy(base, change)
    except ParameterError:
        return
    assert any(outcome_of(base, seed, 20) != outcome_of(base, seed, 20, change) for seed in range(3))


def test_points_and_wealth_are_rounded_half_up():
    assert [milli(points) for points in (0.0004, 0.0005, -0.0005, -0.0006, 1.5, -30)] == [0, 1, 0, -1, 1500, -30_000]


def test_the_lively_world_sets_known_parameters():
    assert set(LIVELY) <= set(as_dict(SocietyParameters()))


def test_event_points_are_named_after_the_events():
    assert [f.name for f in fields(EventPoints)] == [event.name.lower() for event in Event]
