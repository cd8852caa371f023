"""The dashboard without a browser: which worlds it shows, its levers and curves, and its page."""

import re
import threading
import time
from pathlib import Path

import pytest
import solara
from hypothesis import given
from hypothesis import strategies as st
from solara.server import settings

import app
import dashboard
from dashboard.curves import CURVES
from dashboard.levers import LEVERS, Lever
from dashboard.messages import PAUSED, SPEEDS, week
from dashboard.page import Laboratory
from dashboard.widgets import Chart, Chooser, Slider, Transport
from dashboard.world import Choice, World, choice_from
from experiments.refusal import Refusal
from model.institutions.reading import preset_names
from model.institutions.scheme import Scheme
from model.outcomes import OUTCOMES
from model.parameters import ParameterError, walk
from model.society import Society

SMALL = (("population.citizens", 60), ("time.ticks", 40), ("time.burn_in", 3))
REWARD = "scheme.reporting_reward"


# --- the choice of a world ------------------------------------------------------------------------------------------------------


def test_an_address_without_anything_asks_for_the_default_society():
    assert choice_from(None) == choice_from("") == Choice()
    assert World(Choice()).society.digest() == Society().digest()


def test_an_address_can_set_seed_preset_and_any_parameter():
    choice = choice_from("seed=7&preset=rongcheng&citizens=60&scheme.contact_weight=.3&scheme.reward_on=filed")
    assert choice.seed == 7
    world = World(choice)
    scheme = world.society.parameters.schemes[0]
    assert (world.facts.citizens, scheme.contact_weight, scheme.reward_on) == (60, 0.3, "filed")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("seed=abc", "'abc'"),
        ("seed=-1", "-1"),
        ("seed=1.5", "whole number"),
        ("seed=", "whole number"),
        ("sead=1", "did you mean 'seed'?"),
        ("network.file=secret.txt", "cannot be set in an address"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_in_one_sentence(address, said):
    with pytest.raises(Refusal) as caught:
        choice_from(address)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_preset_drops_what_concerned_the_former_scheme_only():
    choice = choice_from("citizens=60&scheme.contact_weight=0.3&seed=4")
    other = choice.anew("5", "none")
    assert (other.seed, dict(other.values)) == (5, {"population.citizens": 60, "scheme.preset": "none"})
    assert dict(other.anew("5", "none").values) == dict(other.values)
    with pytest.raises(Refusal, match="'x'"):
        choice.anew("x", "none")


# --- levers and curves ----------------------------------------------------------------------------------------------------------


def test_the_levers_are_those_of_the_main_experiment_as_declared():
    declared = {f"scheme.{declaration.name}": declaration for declaration, _ in walk(Scheme(name=""))}
    assert [lever.name for lever in LEVERS] == ["scheme.contact_weight", REWARD, "scheme.exemption"]
    for lever in LEVERS:
        assert lever.declaration == declared[lever.name]
        assert lever.meaning.lower().rstrip(".") in lever.declaration.meaning.lower()
        assert lever.source.lower().rstrip(".") in lever.declaration.source.lower()


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


def test_the_curves_are_outcomes_and_told_apart():
    assert [curve.outcome for curve in CURVES] == [OUTCOMES[curve.outcome.name] for curve in CURVES]
    for seen in ("label", "short"):
        assert len({getattr(curve, seen) for curve in CURVES}) == len(CURVES)
    assert len({(curve.colour, curve.style) for curve in CURVES}) == len(CURVES)
    assert all((curve.outcome.low, curve.outcome.high) == (0, 1) for curve in CURVES)  # the axis of the chart


def test_weeks_are_counted_from_one():
    assert (week(0), week(51), week(52)) == ("Year 1, week 1", "Year 1, week 52", "Year 2, week 1")


# --- the world ------------------------------------------------------------------------------------------------------------------


def test_a_wish_acts_from_the_next_tick_and_is_recorded():
    world, plain = World(Choice(3, SMALL)), Society(rng=3, **dict(SMALL))
    for _ in range(5):
        world.step()
    world.wish(REWARD, 5)
    world.wish(REWARD, 10)
    assert (dict(world.levers())[REWARD], dict(world.in_force())[REWARD]) == (10, 0)
    world.step()
    assert dict(world.in_force())[REWARD] == 10
    assert world.society.policy == ((5, REWARD, 10.0),)
    repeated = Society(rng=3, policy=world.society.policy, **dict(SMALL)).run(6)
    assert world.society.digest() == repeated.digest()
    assert world.society.digest() != plain.run(6).digest()


def test_a_wish_that_changes_nothing_is_not_recorded():
    world = World(Choice(3, SMALL))
    world.wish(REWARD, 10)
    world.wish(REWARD, 0)
    world.step()
    assert world.society.policy == ()


@pytest.mark.parametrize(("name", "value"), [(REWARD, -1), (REWARD, 1e9), (REWARD, float("nan")), ("time.ticks", 3), ("no", 1)])
def test_a_wish_out_of_bounds_or_for_anything_but_a_lever_is_refused(name, value):
    with pytest.raises(ParameterError):
        World(Choice(3, SMALL)).wish(name, value)


def test_a_world_without_a_scheme_has_no_levers():
    world = World(Choice(3, (*SMALL, ("scheme.preset", "none"))))
    assert (world.levers(), world.facts.preset, world.begun) == ((), "none", False)
    with pytest.raises(ParameterError):
        world.wish(REWARD, 10)


# --- the page, without a browser ------------------------------------------------------------------------------------------------


def rendered(element):
    """Render an element of Solara; return a function that finds widgets of a class."""
    box, context = solara.render(element, handle_error=False)

    def find(kind, where=None, found=None):
        where, found = where or box, [] if found is None else found
        for child in getattr(where, "children", []):
            if isinstance(child, kind):
                found.append(child)
            elif not isinstance(child, str):
                find(kind, child, found)
        return found

    return find, context


def eventually(condition):
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_page_has_a_slider_for_each_lever_with_its_declared_bounds():
    find, context = rendered(Laboratory())
    eventually(lambda: all(slider.enabled for slider in find(Slider)))
    sliders = {slider.name: slider for slider in find(Slider)}
    assert list(sliders) == [lever.name for lever in LEVERS]
    for lever in LEVERS:
        slider, declared = sliders[lever.name], lever.declaration
        assert (slider.stops[0], slider.stops[-1], slider.unit) == (declared.low, declared.high, declared.unit)
        assert (slider.meaning, slider.source, slider.value) == (lever.meaning, lever.source, 0)
    assert [len(find(kind)) for kind in (Chart, Transport, Chooser)] == [1, 1, 1]
    assert find(Chooser)[0].presets == preset_names()
    context.close()


def test_what_the_user_does_reaches_the_engine_and_the_engine_ends_with_the_page():
    find, context = rendered(Laboratory())
    eventually(lambda: find(Transport)[0].state == PAUSED)
    (transport,), (chooser,) = find(Transport), find(Chooser)
    transport._heard(transport, {"do": "speed", "speed": SPEEDS[0]}, [])
    eventually(lambda: find(Transport)[0].speed == SPEEDS[0])
    chooser._heard(chooser, {"do": "world", "seed": "5", "preset": "none"}, [])
    eventually(lambda: find(Chooser)[0].preset == "none")
    eventually(lambda: not any(slider.enabled for slider in find(Slider)))
    assert find(Transport)[0] is transport  # nothing was made anew
    context.close()
    eventually(lambda: not any(thread.name == "engine" for thread in threading.enumerate()))


def test_nothing_in_the_front_end_comes_from_elsewhere():
    folder = Path(dashboard.__file__).parent
    files = [path for path in folder.rglob("*") if path.suffix in {".js", ".css", ".svg"}]
    assert len(files) >= 6
    for path in files:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")  # a name, not an address
        assert not re.search(r"https?:|//cdn|@import|url\(", text), path


def test_the_entry_calls_nobody():
    assert app.Page is Laboratory
    assert (settings.telemetry.mixpanel_enable, settings.theme.show_banner, solara.settings.assets.proxy) == (False, False, True)
