"""Every parameter makes a difference: to a run, to the graph, and where it may change during a run."""

from functools import lru_cache

import pytest

from agents.events import LAST_OF_ALL_SOCIETIES, MERITS, ON_FILE, REPORTABLE
from model.assign import FIXED_GROUPS, assign, checked_policy
from model.declarations import SocietyParameters
from model.institutions.reading import preset
from model.network.generate import generate
from model.network.parameters import NetworkParameters
from model.parameters import Declaration, ParameterError, as_dict, walk, with_value
from model.society import Society
from tests.declared import DECLARED
from tests.lively import lively

#: Values that make the difference where the general rule of `another` would not, and what the world must be like for it.
SPECIAL: dict[str, tuple[object, dict]] = {
    "time.ticks": (7, {}),
    "network.topology": ("erdos_renyi", {}),
    "network.mean_degree": (9.0, {}),
    "network.cap": (12, {"population.citizens": 200, "network.mean_degree": 6.0, "network.degree_spread": 2.0}),
    "network.rewiring": (0.9, {"network.topology": "watts_strogatz"}),
    "network.triangle_probability": (0.0, {"network.topology": "holme_kim", "network.mean_degree": 5.7}),
    "network.chat_groups": (3, {"population.citizens": 200, "network.mean_degree": 20.0}),
    "scheme.start": (1010.0, {}),
    "scheme.floor": (990.0, {}),
    "scheme.ceiling": (1005.0, {}),
    "scheme.abandonment": (0.05, {}),
    "scheme.contact_weight": (0.9, {}),
    "scheme.exemption": (0.0, {}),
    "scheme.reward_on": ("filed", {}),
    "scheme.data_sharing": (0.9, {}),
    "scheme.utility_per_point": (0.1, {}),
    "scheme.grade.AAA.lock_weeks": (7, {"scheme.grade.AA.lock_weeks": 1}),  # nobody falls into the best grade: one rises to it
    "scheme.grade.B.floor": (900.0, {}),
    "scheme.grade.C.floor": (840.0, {}),
    "dating.attraction": (8.0, {}),
    "conduct.parenting_cost": (1.5, {}),
    **{
        f"scheme.event.{event.name.lower()}": (-20.0, {})
        for event in (*REPORTABLE, *ON_FILE)
        if event > LAST_OF_ALL_SOCIETIES and event not in MERITS
    },
    "scheme.abuse": (0.8, {"scheme.event.marked": -20.0}),
    "scheme.event.marked": (-20.0, {"scheme.abuse": 0.8}),
    "scheme.level_points": (10.0, {"scheme.level_reward": 0.1}),
    "scheme.level_reward": (0.1, {"scheme.level_points": 10.0}),
    "scheme.common_reach": (True, {"scheme.coverage": 0.6}),
    "scheme.shares_losses_only": (True, {"scheme.data_sharing": 0.9}),
    "scheme.records": (0.2, {"scheme.event.loan_default": -20.0}),
    "scheme.secret": (
        True,
        {
            "scheme.disclosure": 0.0,
            "scheme.dating": 0.0,
            "scheme.appeal": 0.0,
            "scheme.contact_weight": 0.0,
            "scheme.grade.D.published": False,
            "scheme.firm_audit": 0.0,
            "scheme.firm_disclosure": 0.0,
            "scheme.government_rating": 0.0,
        },
    ),
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


@lru_cache(maxsize=40)
def outcome_of(parameters: SocietyParameters, seed: int, ticks: int = 14, policy=()) -> tuple:
    """Return all that can be known of a run; most parameters are changed in the same few societies, which need no second run."""
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
    value = SPECIAL.get(name, (another(name, DECLARED[name], as_dict(base)[name]), {}))[0]
    change = ((3, name, value),)
    try:
        checked_policy(base, change)
    except ParameterError:
        return
    assert any(outcome_of(base, seed, 20) != outcome_of(base, seed, 20, change) for seed in range(8))
