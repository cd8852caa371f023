"""A fork, and a change by policy or by hand, goes on as if it had always been meant to be so."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from model.assign import assign, default_parameters, with_presets
from model.declarations import SocietyParameters
from model.parameters import ParameterError, with_value
from model.society import ENGINES, Society
from tests.lively import LEVERS, LIVELY, lively
from tests.same_run import assert_same_run, assert_same_series

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


def test_another_scheme_leaves_the_burn_in_untouched():
    """Arms share their luck to the bit until they differ."""
    arms = [Society(arm_of(choice), rng=3).run(BURN_IN) for choice in ARMS.values()]
    for arm in arms[1:]:
        assert_same_series(arm, arms[0])


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


def test_a_fork_does_not_hold_the_past_against_the_present():
    """What was allowed when it was done need not be any more: the start of 1,000 is below the floor that came later."""
    policy = [(1, "scheme.start", 1100.0), (2, "scheme.floor", 1050.0), (4, "scheme.start", 1200.0)]
    one = Society(with_presets(lively(), "rongcheng"), rng=8, policy=[(0, "scheme.start", 1000.0), *policy]).run(3)
    assert_same_run(one.fork().run(3), one.run(3))


def test_a_plan_takes_the_place_of_what_was_to_come():
    planned = Society(lively(), rng=8, policy=[(2, "exchange.loss", 0.7), (5, "court.fine", 3.0)]).run(4)
    planned.plan([[6, "court.fine", 2.0], (4, "edit.office", [0, 1])])
    assert planned.policy == ((2, "exchange.loss", 0.7), (4, "edit.office", (0, 1)), (6, "court.fine", 2.0))
    assert_same_run(planned.run(5), Society(lively(), rng=8, policy=planned.policy).run(9))
    before = planned.policy
    for wrong in ([(8, "court.fine", 2.0)], [(9, "court.fine", -2.0)], "x"):
        with pytest.raises(ParameterError, match=r"is not allowed"):
            planned.plan(wrong)
        assert planned.policy == before
