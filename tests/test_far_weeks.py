"""What is done while the worlds are on their way to a far week."""

import time

import pytest

from dashboard.charts.view import SPEEDS
from dashboard.scene import Scene
from dashboard.status import PAUSED
from dashboard.worlds.choice import Choice
from tests.stand_in_browser import Browser

EXEMPTION = "scheme.exemption"
FAR = Choice(3, (("population.citizens", 60), ("time.ticks", 10_400), ("time.burn_in", 3)), twin=True)


@pytest.fixture
def page():
    """Open a page of a long run."""
    made = Browser(FAR)
    made.wait(lambda: made.status.state == PAUSED)
    yield made
    made.engine.close()
    made.thread.join(5)


def test_what_is_done_on_the_way_to_a_far_week_is_of_that_week(page):
    page.do("scrub", tick=600)
    page.wait(lambda: 0 < page.tick < 600)
    page.do("change", side="right", name=EXEMPTION, value=1.0)
    page.do("step")
    page.wait(lambda: page.tick == 601)
    assert page.engine.worlds().choice.of("right") == ((600, EXEMPTION, 1.0),)


def test_what_is_done_on_the_way_comes_before_what_is_done_on_arrival(page, monkeypatch):
    go = Scene.to

    def arrive(scene, tick):
        go(scene, tick)
        if tick == 600:
            page.do("change", side="right", name=EXEMPTION, value=1.0)

    monkeypatch.setattr(Scene, "to", arrive)
    page.do("scrub", tick=600)
    page.wait(lambda: 0 < page.tick < 600)
    page.do("step")
    page.wait(lambda: page.tick == 601 and page.engine.worlds().choice.of("right"))
    assert page.engine.worlds().choice.of("right") == ((601, EXEMPTION, 1.0),)


def test_another_number_of_worlds_on_the_way_loses_neither_the_week_nor_what_was_done(page):
    page.do("scrub", tick=600)
    page.wait(lambda: 0 < page.tick < 600)
    page.do("change", side="left", name=EXEMPTION, value=1.0)
    page.do("twin", on=False)
    page.wait(lambda: page.status.sides == ("left",) and page.engine.worlds().choice.left)
    assert page.tick == 600
    assert page.engine.worlds().choice.left == ((600, EXEMPTION, 1.0),)


@pytest.mark.parametrize("key", ["play", "pause"])
def test_on_the_way_to_a_far_week_one_can_stay_where_one_is(page, key):
    page.do("scrub", tick=10_400)
    page.wait(lambda: page.tick > 0)
    page.do(key)
    page.do("speed", speed=SPEEDS[0])  # comes after it
    page.wait(lambda: page.status.speed == SPEEDS[0])
    here = page.tick
    assert here < 10_400
    assert page.status.state == PAUSED
    time.sleep(0.2)
    assert page.tick == here
