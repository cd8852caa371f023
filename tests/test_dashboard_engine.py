"""The engine of the dashboard: the thread that moves a viewer's world on and shows it."""

import threading
import time

import numpy as np
import pytest

from dashboard import engine as engine_module
from dashboard.curves import CURVES
from dashboard.engine import Engine
from dashboard.messages import ENDED, FAILED, PAUSED, PLAYING, SPEEDS, Status
from dashboard.world import Choice
from model.society import Society

SMALL = (("population.citizens", 60), ("time.ticks", 40), ("time.burn_in", 3))
REWARD = "scheme.reporting_reward"


def one_sentence(text: str) -> bool:
    return bool(text) and "\n" not in text and "Traceback" not in text


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
