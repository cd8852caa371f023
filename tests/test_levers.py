"""The levers of the page: which there are, where a slider can stand, and, of several schemes, whose they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.levers import LEVERS, Lever, settings_of
from dashboard.saying import choices_of_sides, levers, note_on_levers, setting_shown
from dashboard.status import ENDED, PAUSED, Status
from dashboard.words.words import words
from dashboard.worlds.choice import Choice, Start, choice_from
from dashboard.worlds.twins import BOTH, LEFT, RIGHT, Twins
from experiments.refusal import Refusal
from model.institutions.scheme import Scheme
from model.parameters import walk

EN = words("en")
REWARD = "scheme.reporting_reward"
#: Grades on the left; mutual ratings instead on the right, from tick 3 on.
TWO = (
    "?seed=1&citizens=40&time.ticks=30&time.burn_in=3&preset=rongcheng,peer-ratings&twin=1"
    "&left=0:schemes.peer-ratings.active:false&right=0:schemes.rongcheng.active:false"
)


def status_of(twins: Twins, state: str = PAUSED) -> Status:
    begun = twins.tick >= twins.facts.burn_in
    return Status(state, facts=twins.facts, sides=twins.facts.sides, settings=settings_of(twins), begun=begun)


def note(twins: Twins, scheme: str, side: str, state: str = PAUSED) -> str:
    status = status_of(twins, state)
    return note_on_levers(EN, status, setting_shown(status, scheme, side), side)


# --- sliders --------------------------------------------------------------------------------------------------------------------


def test_the_levers_are_those_of_the_main_experiment_as_declared():
    declared = {f"scheme.{declaration.name}": declaration for declaration, _ in walk(Scheme(name=""))}
    assert [lever.name for lever in LEVERS] == ["scheme.contact_weight", REWARD, "scheme.exemption"]
    for lever in LEVERS:
        assert lever.declaration == declared[lever.name]


@given(st.sampled_from(LEVERS), st.floats(0, 1))
def test_a_slider_goes_from_bound_to_bound_and_can_stand_where_the_lever_is(lever: Lever, share: float):
    low, high = lever.declaration.low, lever.declaration.high
    value = low + share * (high - low)
    stops = lever.stops(value)
    assert (stops[0], stops[-1]) == (low, high)
    assert value in stops
    assert stops == sorted(set(stops))


def test_the_settings_of_the_main_experiment_are_stops():
    on = dict(zip(LEVERS, (0.3, 10, 1), strict=True))
    assert all(value in lever.stops(0.0) for lever, value in on.items())


# --- several schemes ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def two() -> Twins:
    twins = Twins(choice_from(TWO))
    twins.to(5)
    return twins


def test_every_scheme_has_its_levers_and_is_at_work_where_it_was_not_switched_off(two):
    grades, ratings = settings_of(two)
    assert (grades.scheme, grades.active) == ("rongcheng", (True, False))
    assert (ratings.scheme, ratings.active) == ("peer-ratings", (False, True))
    assert [name for name, _ in grades.levers] == [lever.name for lever in LEVERS]
    assert [name for name, _ in ratings.levers] == [f"schemes.peer-ratings.{lever.field}" for lever in LEVERS]


def test_a_lever_of_one_scheme_moves_that_scheme_alone(two):
    name = "schemes.peer-ratings.exemption"
    two.change("right", name, 0.5)
    grades, ratings = settings_of(two)
    assert (grades.waiting, ratings.waiting) == (False, True)
    assert dict(ratings.levers)[name] == (0.0, 0.5)
    assert dict(grades.levers)["scheme.exemption"] == (0.0, 0.0)
    two.step()
    assert not settings_of(two)[1].waiting
    assert [scheme.exemption for scheme in two.society("right").parameters.schemes] == [0.0, 0.5]


def test_the_levers_are_those_of_the_scheme_at_work_on_their_side_unless_another_is_chosen(two):
    status = status_of(two)
    assert [setting_shown(status, "", side).scheme for side in ("left", "right", "both")] == ["rongcheng", "peer-ratings", "rongcheng"]
    assert setting_shown(status, "rongcheng", "right").scheme == "rongcheng"
    assert setting_shown(status, "a scheme of worlds before", "right").scheme == "peer-ratings"


def test_the_note_says_what_a_lever_does_now(two):
    assert note(two, "peer-ratings", "right") == EN["levers.live"]
    assert note(two, "rongcheng", "right") == EN["levers.resting"].format(scheme="Municipal grades")
    assert note(two, "rongcheng", "both") == EN["levers.live"]
    assert note(two, "rongcheng", "right", ENDED) == EN["levers.over"]
    two.change("right", "schemes.rongcheng.active", True)
    assert note(two, "rongcheng", "right") == EN["levers.live"]  # from the next week on
    two.to(0)
    assert note(two, "peer-ratings", "right") == EN["levers.before"].format(week=4)


class OfArms(Choice):
    """Stands in for two arms of an experiment: municipal grades on the left, mutual ratings on the right."""

    def start(self, side):
        return Start(parameters_of("rongcheng" if side == LEFT else "peer-ratings"))


def parameters_of(preset):
    return choice_from(f"?citizens=40&time.ticks=30&time.burn_in=3&preset={preset}").parameters


def test_a_lever_of_a_scheme_that_one_arm_lacks_leaves_that_arm_s_own_alone():
    twins = Twins(OfArms(seed=1, twin=True))
    for setting, has in zip(settings_of(twins), (LEFT, RIGHT), strict=True):
        lacks = RIGHT if has == LEFT else LEFT
        for name, _ in setting.levers:
            for side in (lacks, BOTH):
                with pytest.raises(Refusal):
                    twins.change(side, name, 0.5)
            twins.change(has, name, 0.5)
    assert [settings_of(twins)[0].active, settings_of(twins)[1].active] == [(True, None), (None, True)]


@pytest.mark.parametrize("twin", ["", "&twin=1"])
def test_without_a_scheme_the_levers_have_nothing_to_act_on(twin):
    twins = Twins(choice_from(f"?preset=none&citizens=40{twin}"))
    assert note(twins, "", "right") == EN["levers.none"]
    assert [lever["values"] for lever in levers(EN, status_of(twins), None)] == [{}] * 3


def test_in_one_world_the_levers_change_that_one():
    twins = Twins(choice_from("?citizens=40&time.burn_in=3"))
    twins.to(3)
    assert choices_of_sides(EN, status_of(twins)) == []
    assert note(twins, "", "right") == EN["levers.live"]
    twins.change("left", "scheme.active", False)
    twins.step()
    assert note(twins, "", "right") == EN["levers.resting"].format(scheme="Municipal grades")
