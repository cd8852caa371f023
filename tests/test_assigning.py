"""Many parameters set at once, by policy or by keyword: short names, presets, and what must fit together."""

from dataclasses import replace

import numpy as np
import pytest

from model.assign import assign, checked_policy, with_presets
from model.declarations import SocietyParameters
from model.institutions.reading import preset, scheme_from
from model.institutions.scheme import MAX_GRADES
from model.parameters import ParameterError
from model.society import Society
from tests.declared import DEFAULT, refusal_of

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
        ("", "expected one of none, dangan"),
        ("rongcheng,none", "expected one of none, dangan"),
        ("rongcheng,rongcheng", "each scheme may appear once"),
        ("rongcheng, rongcheng", "each scheme may appear once"),
        (["rongcheng", "rongcheng"], "each scheme may appear once"),
        ("../rongcheng", "expected one of none, dangan"),
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
