"""The dashboard without a browser: what it shows, the world it watches, and the engine that moves the world on."""

import re
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import solara
from hypothesis import given
from hypothesis import strategies as st
from solara.server import settings

import app
import dashboard
from dashboard import engine as engine_module
from dashboard.curves import CURVES
from dashboard.engine import Engine
from dashboard.levers import LEVERS, Lever
from dashboard.messages import ENDED, FAILED, PAUSED, PLAYING, SPEEDS, Status, week
from dashboard.page import Laboratory
from dashboard.widgets import Chart, Chooser, Slider, Transport
from dashboard.world import Choice, World, choice_from
from experiments.refusal import Refusal
from model.institutions.scheme import Scheme, preset_names
from model.outcomes import OUTCOMES
from model.parameters import ParameterError, walk
from model.society import Society

SMALL = (("population.citizens", 60), ("time.ticks", 40), ("time.burn_in", 3))
REWARD = "scheme.reporting_reward"


def one_sentence(text: str) -> bool:
    return bool(text) and "\n" not in text and "Traceback" not in text


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
    assert one_sentence(str(caught.value))


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


# --- the engine -----------------------------------------------------------------------------------------------------------------


class Viewer:
    """Stands in for a browser: keeps what it is told, and acknowledges frames unless told not to."""

    def __init__(self, choice: Choice, acknowledges: bool = True):
        self.statuses: list[Status] = []
        self.frames: list = []
        self.acknowledges = acknowledges
        self.engine = Engine(choice, self.statuses.append)
        before = set(threading.enumerate())
        self.engine.start(self.show)
        (self.thread,) = set(threading.enumerate()) - before

    def show(self, frame):
        self.frames.append(frame)
        if self.acknowledges:
            self.do("seen", number=frame.number)

    def do(self, what: str, **details):
        self.engine.hear({"do": what, **details})

    @property
    def status(self) -> Status:
        return self.statuses[-1] if self.statuses else Status()

    @property
    def ticks(self) -> int:
        return self.frames[-1].start + len(self.frames[-1].values) if self.frames else 0

    def wait(self, condition, seconds: float = 20):
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, (self.status, len(self.frames))
            time.sleep(0.005)

    def settle(self):
        """Wait until nothing more comes."""
        seen = None
        while seen != (seen := (len(self.frames), len(self.statuses))):
            time.sleep(0.15)


@pytest.fixture
def viewer():
    """Make viewers, whose engines end with the test."""
    made: list[Viewer] = []

    def make(choice: Choice | None = None, **options) -> Viewer:
        made.append(Viewer(choice or Choice(3, SMALL), **options))
        made[-1].wait(lambda: made[-1].status.state in (PAUSED, FAILED))
        return made[-1]

    yield make
    for one in made:
        one.engine.close()
        one.thread.join(5)
        assert not one.thread.is_alive()


def test_a_step_is_one_tick(viewer):
    one = viewer()
    for _ in range(3):
        one.do("step")
    one.settle()
    assert (one.ticks, one.status.state) == (3, PAUSED)


def test_play_goes_to_the_end_and_what_is_shown_is_the_run(viewer):
    one = viewer()
    one.do("speed", speed=SPEEDS[-1])
    one.do("play")
    one.wait(lambda: one.status.state == ENDED and one.ticks == 40)
    series = Society(rng=3, **dict(SMALL)).run().series()
    shown = np.concatenate([frame.values for frame in one.frames])
    assert [frame.start for frame in one.frames] == list(np.cumsum([0, *[len(frame.values) for frame in one.frames[:-1]]]))
    np.testing.assert_array_equal(shown, np.stack([series[curve.outcome.name] for curve in CURVES], axis=1))
    one.do("play")
    one.do("step")
    one.settle()
    assert (one.ticks, one.status.state) == (40, ENDED)


def test_pause_holds_the_world(viewer):
    one = viewer()
    one.do("speed", speed=SPEEDS[-1])
    one.do("play")
    one.wait(lambda: one.ticks > 3)
    one.do("pause")
    one.wait(lambda: one.status.state == PAUSED)
    one.settle()
    held = one.ticks
    time.sleep(0.3)
    assert one.ticks == held < 40


def test_speed_is_ticks_a_second(viewer):
    one = viewer()
    one.do("speed", speed=13)
    one.do("play")
    begun = time.monotonic()
    one.wait(lambda: one.ticks >= 14)
    assert time.monotonic() - begun >= 0.95


def test_one_frame_is_under_way_at_a_time_and_who_does_not_look_stops_the_world(viewer, monkeypatch):
    monkeypatch.setattr(engine_module, "PATIENCE", 0.3)
    one = viewer(Choice(3, (*SMALL, ("time.ticks", 10_000))))
    one.settle()
    one.acknowledges = False
    one.do("speed", speed=SPEEDS[-1])
    one.do("play")
    one.wait(lambda: one.status.state == PLAYING)
    time.sleep(0.8)
    frames, tick = len(one.frames), one.engine._world.tick
    assert 0 < tick < 0.8 * SPEEDS[-1]
    time.sleep(0.3)
    assert (len(one.frames), one.engine._world.tick) == (frames, tick)
    one.acknowledges = True
    one.do("look", world=1, have=0)  # the browser is back, and has nothing any more
    one.wait(lambda: one.frames[-1].start > 0)
    assert one.frames[frames].start == 0
    assert len(one.frames[frames].values) >= tick


def test_news_that_went_astray_are_sent_again(viewer):
    one = viewer()
    for _ in range(4):
        one.do("step")
    one.settle()
    one.do("look", world=1, have=2)
    one.settle()
    assert (one.frames[-1].start, len(one.frames[-1].values)) == (2, 2)
    one.do("look", world=0, have=4)  # of another world
    one.settle()
    assert (one.frames[-1].start, len(one.frames[-1].values)) == (0, 4)


def test_a_change_of_a_lever_is_recorded_and_told(viewer):
    one = viewer()
    one.do("step")
    one.do("change", name=REWARD, value=10)
    one.settle()
    assert (dict(one.status.levers)[REWARD], one.status.waiting, one.status.policy) == (10, True, ())
    one.do("step")
    one.settle()
    (change,) = one.status.policy
    assert (change.tick, change.name, change.before, change.value) == (1, REWARD, 0, 10)
    assert change.words() == "Snitching rewards 0 → 10"
    assert one.frames[-1].header()["marks"] == [{"tick": 1, "text": change.words()}]
    assert not one.status.waiting


def test_the_scheme_begins_after_the_burn_in(viewer):
    one = viewer()
    begun = []
    for _ in range(4):
        one.do("step")
        one.settle()
        begun.append(one.status.begun)
    assert begun == [False, False, True, True]


def test_reset_builds_the_same_world_again(viewer):
    one = viewer()
    for order in ("step", "step"):
        one.do(order)
    one.do("change", name=REWARD, value=10)
    one.do("step")
    one.do("reset")
    one.settle()
    assert (one.frames[-1].world, one.ticks, one.status.state, one.status.policy) == (2, 0, PAUSED, ())
    assert dict(one.status.levers)[REWARD] == 0


def test_another_choice_builds_another_world_and_a_senseless_one_is_refused(viewer):
    one = viewer()
    one.do("step")
    one.do("world", seed="9", preset="none")
    one.settle()
    assert (one.status.facts.preset, one.status.facts.choice.seed, one.status.levers) == ("none", 9, ())
    for seed, preset in (("x", "none"), ("-1", "none"), ("9", "nowhere")):
        one.do("world", seed=seed, preset=preset)
        one.settle()
        assert one_sentence(one.status.notice)
        assert (one.status.facts.choice.seed, one.status.state) == (9, PAUSED)
    one.do("step")
    one.settle()
    assert (one.status.notice, one.ticks) == ("", 1)


@pytest.mark.parametrize(
    "junk", [None, 3, [], {}, {"do": "fly"}, {"do": "speed", "speed": 1e9}, {"do": "change"}, {"do": "look", "have": "x"}]
)
def test_junk_is_ignored(viewer, junk):
    one = viewer()
    one.settle()
    before = (len(one.frames), one.statuses[-1])
    one.engine.hear(junk)
    one.settle()
    assert (len(one.frames), one.statuses[-1]) == before


def test_a_lever_out_of_bounds_is_refused_in_one_sentence(viewer):
    one = viewer()
    one.do("change", name=REWARD, value=-1)
    one.settle()
    assert one_sentence(one.status.notice)
    assert dict(one.status.levers)[REWARD] == 0


def test_a_world_that_cannot_be_built_is_one_sentence(viewer):
    one = viewer(Choice(3, (("scheme.preset", "nowhere"),)))
    assert one.status.state == FAILED
    assert "nowhere" in one.status.notice
    assert one_sentence(one.status.notice)
    one.do("step")
    one.do("world", seed="1", preset="none")
    one.wait(lambda: one.status.state == PAUSED)
    assert one.status.notice == ""


@pytest.mark.parametrize("order", ["play", "step"])
def test_a_world_that_fails_on_the_way_is_one_sentence(viewer, monkeypatch, caplog, order):
    one = viewer()

    def fail():
        raise ZeroDivisionError("in the\nmiddle")

    monkeypatch.setattr(one.engine._world, "step", fail)
    one.do(order)
    one.wait(lambda: one.status.state == FAILED)
    assert one_sentence(one.status.notice)
    assert "ZeroDivisionError" in caplog.text  # the server's log tells more
    one.do("reset")
    one.wait(lambda: one.status.state == PAUSED)


def test_what_is_told_cannot_be_changed(viewer):
    one = viewer()
    one.do("step")
    one.settle()
    with pytest.raises(ValueError, match="read-only"):
        one.frames[-1].values[:] = 0
    with pytest.raises(AttributeError):
        one.frames[-1].start = 5
    with pytest.raises(AttributeError):
        one.status.state = "x"


def test_close_ends_the_thread_while_it_plays_and_while_it_waits(viewer):
    playing, waiting = viewer(), viewer()
    playing.do("play")
    playing.wait(lambda: playing.status.state == PLAYING)
    for one in (playing, waiting):
        one.engine.close()
        one.thread.join(2)
        assert not one.thread.is_alive()


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
