"""What is off costs nothing: a lever at zero, a scheme that does nothing, and one whose time has not come."""

from dataclasses import replace

import numpy as np
import pytest

from model.assign import assign
from model.declarations import SocietyParameters
from model.digest import state_arrays
from model.institutions.reading import preset
from model.institutions.scheme import EventPoints, Scheme
from model.society import Society
from tests.lively import LEVERS, lively
from tests.same_run import assert_same_run, assert_same_series

#: Arrays that only schemes touch.
OF_SCHEMES = ("status", "standing", "band", "ledger", "pending", "expiring", "grip", "accounts", "books", "signs", "sighted", "rated")


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
