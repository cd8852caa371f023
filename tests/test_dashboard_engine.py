"""The engine of the dashboard: the thread that moves a viewer's worlds on and shows them."""

import time
from itertools import pairwise

import pytest

from dashboard import engine as engine_module
from dashboard import viewers
from dashboard.charts.view import SPEEDS
from dashboard.scene import FEWEST
from dashboard.status import ENDED, FAILED, PAUSED, PLAYING
from dashboard.worlds.choice import Choice
from experiments.refusal import Refusal
from model.society import Society
from tests.stand_in_browser import Browser, Part

SMALL = (("population.citizens", 60), ("time.ticks", 40), ("time.burn_in", 3))
REWARD, EXEMPTION = "scheme.reporting_reward", "scheme.exemption"


@pytest.fixture
def open_page():
    """Open pages, whose engines end with the test."""
    made = []

    def make(choice=None):
        made.append(Browser(choice or Choice(3, SMALL, twin=True)))
        made[-1].wait(lambda: made[-1].status.state in (PAUSED, FAILED))
        return made[-1]

    yield make
    for one in made:
        one.engine.close()
        one.thread.join(5)
        assert not one.thread.is_alive()


def digests(page):
    worlds = page.engine.worlds()
    return [worlds.society(side).digest() for side in worlds.facts.sides]


def test_a_step_is_one_week_of_both_worlds_and_shown(open_page):
    page = open_page()
    page.do("step")
    page.wait(lambda: page.timeline.places and page.timeline.places[-1] == (1, 1))
    assert digests(page) == [Society(rng=3, **dict(SMALL)).run(1).digest()] * 2
    assert page.status.state == PAUSED


def test_play_goes_to_the_end_and_pause_holds(open_page):
    page = open_page()
    page.do("speed", speed=SPEEDS[-1])
    page.do("play")
    page.wait(lambda: page.tick > 2)
    page.do("pause")
    page.wait(lambda: page.status.state == PAUSED)
    here = page.tick
    time.sleep(0.1)
    assert page.tick == here
    page.do("play")
    page.wait(lambda: page.status.state == ENDED)
    assert digests(page) == [Society(rng=3, **dict(SMALL)).run().digest()] * 2


def test_a_browser_that_does_not_answer_stops_time_until_it_does(open_page, monkeypatch):
    monkeypatch.setattr(viewers, "PATIENCE", 0.2)
    page = open_page()
    page.acknowledges = False
    page.do("play")
    time.sleep(0.6)
    here = page.tick
    frames = [message for part in page.parts.values() for message in part.got if message.header["what"] == "frame"]
    assert here < 40
    assert len(frames) <= 2  # one under way for each part
    time.sleep(0.3)
    assert page.tick == here
    page.do("speed", speed=SPEEDS[-1])
    page.acknowledges = True
    page.wait(lambda: page.status.state == ENDED)


def test_a_change_is_of_one_side_and_recorded_and_the_worlds_part_there(open_page):
    page = open_page()
    for _ in range(5):
        page.do("step")
    page.do("change", side="right", name=EXEMPTION, value=1.0)
    page.wait(lambda: page.status.settings[0].waiting)
    assert dict(page.status.settings[0].levers)[EXEMPTION] == (0.0, 1.0)
    for _ in range(10):
        page.do("step")
    page.wait(lambda: page.timeline.places and page.timeline.places[-1][0] == 15)
    assert digests(page) == [
        Society(rng=3, policy=policy, **dict(SMALL)).run(15).digest() for policy in ([], [(5, EXEMPTION, 1.0)])
    ]  # fmt: skip
    assert not page.status.settings[0].waiting
    assert [(event.tick, event.side) for event in page.status.events if event.kind == "change"] == [(5, "right")]


def test_scrubbing_goes_back_to_the_bit_and_on_again(open_page):
    page = open_page()
    page.do("change", side="right", name=REWARD, value=50)
    page.do("scrub", tick=20)
    page.wait(lambda: page.timeline.places and page.timeline.places[-1][0] == 20)
    there = digests(page)
    page.do("scrub", tick=7)
    page.wait(lambda: page.timeline.places and page.timeline.places[-1][0] == 7)
    assert digests(page)[0] == Society(rng=3, **dict(SMALL)).run(7).digest()
    page.do("back")
    page.wait(lambda: page.tick == 6)
    page.do("scrub", tick=20)
    page.wait(lambda: page.timeline.places and page.timeline.places[-1][0] == 20)
    assert digests(page) == there
    page.do("scrub", tick=9999)
    page.wait(lambda: page.status.state == ENDED)
    assert page.tick == 40


def test_a_citizen_is_looked_at_with_its_reasons_while_time_stands_still(open_page):
    page = open_page()
    page.do("pick", world=1, citizen=4)
    page.wait(lambda: page.status.seen is not None)
    assert (page.status.seen.side, page.status.seen.person.citizen, page.status.seen.decisions) == ("right", 4, ())
    page.do("step")
    page.wait(lambda: page.status.seen.decisions)
    assert page.status.seen.person.tick == 1
    page.do("edit", kind="office", citizen=4, value=1)
    page.do("step")
    page.wait(lambda: page.tick == 2 and page.status.seen.person.official)
    assert [event.side for event in page.status.events if event.kind == "edit"] == ["right"]
    page.do("pick", world=0, citizen=-1)
    page.wait(lambda: page.status.seen is None)


def test_other_worlds_are_opened_and_senseless_ones_refused(open_page):
    page = open_page()
    page.do("world", seed="6", preset="none", citizens="70")
    page.wait(lambda: page.status.facts.citizens == 70)
    assert (page.status.facts.choice.seed, page.status.facts.schemes) == (6, ())
    page.do("world", seed="six", preset="none", citizens="70")
    page.wait(lambda: "seed = 'six' is not allowed" in page.status.notice)
    page.do("rebuild", values={"exchange.gain": "2.5", "network.mean_degree": "6"})
    page.wait(lambda: page.engine.worlds().society().parameters.exchange.gain == 2.5)
    page.do("rebuild", values={"exchange.gian": "2.5"})
    page.wait(lambda: "did you mean 'exchange.gain'" in page.status.notice)
    page.do("twin", on=False)
    page.wait(lambda: page.status.sides == ("left",))
    page.do("change", side="right", name="exchange.gain", value="3")
    page.wait(lambda: any(event.kind == "change" for event in page.status.events))
    page.do("change", side="right", name="exchange.gain", value="-3")
    page.wait(lambda: "exchange.gain = -3" in page.status.notice)


def test_a_kept_address_opens_at_its_week(open_page):
    page = open_page(Choice(3, SMALL, twin=True, right=((5, EXEMPTION, 1.0),), tick=12))
    page.wait(lambda: page.timeline.places and page.timeline.places[-1][0] == 12)
    assert digests(page)[1] == Society(rng=3, policy=[(5, EXEMPTION, 1.0)], **dict(SMALL)).run(12).digest()
    assert page.engine.worlds().choice == Choice(3, SMALL, twin=True, right=((5, EXEMPTION, 1.0),), tick=12)


def test_citizens_keep_their_colouring_when_other_worlds_are_opened(open_page):
    page = open_page()

    def legends():
        """Return what citizens are coloured by in the second worlds' frames."""
        frames = [message.header for message in page.parts["network"].got if message.header["what"] == "frame"]
        return {header["sides"][0]["legend"]["name"] for header in frames if header["world"] == 2}

    page.do("colour", by="grievance")
    page.do("world", seed="6", preset="none", citizens="70")
    page.wait(lambda: page.status.facts.citizens == 70)
    page.acknowledges = False
    page.do("step")
    page.wait(legends)
    assert legends() == {"grievance"}


def test_playing_halts_once_at_the_week_of_an_answer_and_says_that_it_is_due(open_page):
    page = open_page()
    page.engine.choose(Choice(4, SMALL, twin=True), stop=30)
    page.wait(lambda: page.status.facts.choice.seed == 4)
    page.do("speed", speed=SPEEDS[-1])
    page.do("play")
    page.wait(lambda: page.tick == 30 and page.status.state == PAUSED)
    assert sum(now.due and not before.due for before, now in pairwise(page.statuses)) == 1
    assert page.status.due
    page.do("scrub", tick=3)  # what was reached stays known
    page.wait(lambda: page.tick == 3)
    assert page.status.due
    page.do("change", side="right", name=REWARD, value=40.0)  # but not what would follow from something else
    page.wait(lambda: not page.status.due)
    page.do("play")
    page.wait(lambda: page.tick == 30 and page.status.state == PAUSED)
    page.do("play")
    page.wait(lambda: page.status.state == ENDED)
    assert page.status.due


def test_one_world_and_two_again_are_the_two_there_were(open_page):
    page = open_page()
    page.do("change", side="right", name=REWARD, value=40.0)
    page.do("step")
    page.wait(lambda: page.tick == 1)
    before = page.engine.worlds().choice
    page.do("twin", on=False)
    page.wait(lambda: page.status.sides == ("left",) and page.tick == 1)
    page.do("twin", on=True)
    page.wait(lambda: page.status.sides == ("left", "right") and page.tick == 1)
    assert page.engine.worlds().choice == before
    page.do("twin", on=False)
    page.wait(lambda: page.status.sides == ("left",) and page.tick == 1)
    page.do("change", side="left", name=EXEMPTION, value=1.0)  # now the left one is another: the right one begins as that
    page.do("twin", on=True)
    page.wait(lambda: page.status.sides == ("left", "right") and page.tick == 1)
    now = page.engine.worlds().choice
    assert now.left == now.right == ((1, EXEMPTION, 1.0),)


def test_a_change_in_an_earlier_week_says_how_many_later_ones_it_drops(open_page):
    page = open_page()
    page.do("scrub", tick=10)
    page.wait(lambda: page.tick == 10)
    page.do("change", side="right", name=REWARD, value=40.0)
    page.do("scrub", tick=5)
    page.wait(lambda: page.tick == 5)
    page.do("change", side="right", name=EXEMPTION, value=1.0)
    page.wait(lambda: page.status.dropped == 1)
    page.do("step")
    page.wait(lambda: page.tick == 6 and page.status.dropped == 0)
    assert page.status.notice == ""


def test_the_drawer_shows_what_will_be_and_what_was(open_page):
    page = open_page()

    def shown(side):
        return next(row["value"] for row in page.status.drawer[side] if row["name"] == "learning.gossip_rate")

    before = shown(1)
    page.do("change", side="right", name="learning.gossip_rate", value="0.9")
    page.wait(lambda: shown(1) == "0.9")
    assert shown(0) == before
    for tick in (1, 2):
        page.do("step")
        page.wait(lambda tick=tick: page.tick == tick)
        assert shown(1) == "0.9"
    page.do("scrub", tick=0)
    page.wait(lambda: page.tick == 0)
    assert shown(1) == "0.9"  # in store for the first week
    page.do("change", side="right", name="learning.gossip_rate", value=str(before))
    page.wait(lambda: shown(1) == before)


@pytest.mark.parametrize("way", ["played to the answer", "left the story"])
def test_what_background_runs_found_is_held_back_while_a_question_is_open(open_page, way):
    """They go on to the end of the run at once: before the audience predicts, they would give the answer away."""
    page = open_page()
    page.engine.choose(Choice(4, SMALL, twin=True), stop=30)
    page.wait(lambda: page.status.asking)
    runs: list[int] = []
    page.parts["charts"].tell = lambda messages: (runs.extend(bands_in(messages)), Part.tell(page.parts["charts"], messages))
    page.wait(lambda: page.engine._scene.bands() is not None)
    page.do("step")
    page.wait(lambda: page.tick == 1 and page.viewer.news is False)
    assert runs == []
    if way == "left the story":
        page.do("ask nothing")
    else:
        page.do("scrub", tick=30)
    page.wait(lambda: runs and min(runs) >= FEWEST)
    assert not page.status.asking


def bands_in(messages):
    """Yield of how many background runs there are bands in messages to the charts."""
    return (header["bands"]["runs"] for header, _ in messages if header.get("bands"))


def test_no_browser_can_choose_what_only_the_page_may(open_page):
    page = open_page()
    before = page.status
    for order in ({"choice": {"seed": 9}, "stop": 3}, {"choice": "?seed=9", "stop": None}, {"choice": None, "stop": 1}):
        page.do("choose", **order)
    page.do("refuse", why="anything")
    page.do("join")
    page.do("leave room")
    page.do("step")
    page.wait(lambda: page.tick == 1)
    assert page.status.facts == before.facts
    assert page.status.notice == ""
    assert page.engine._viewers == [page.viewer]
    page.engine.refuse(Refusal("there is no such run"))
    page.wait(lambda: page.status.notice == "there is no such run.")
    page.do("read")
    page.wait(lambda: page.status.notice == "")


@pytest.mark.parametrize(
    "junk",
    [None, 3, "play", [], {}, {"do": 3}, {"do": "speed", "speed": 5}, {"do": "change"}, {"do": "pick", "world": 7, "citizen": 10**9},
     {"do": "seen", "number": "x"}, {"do": "look", "world": None}, {"do": "scrub", "tick": True}, {"do": "colour", "by": "<script>"}],
)  # fmt: skip
def test_junk_harms_nothing(open_page, junk):
    page = open_page()
    page.engine.hear(junk, page.viewer)
    page.do("step")
    page.wait(lambda: page.tick == 1)
    assert page.status.state == PAUSED


def test_worlds_that_fail_on_the_way_are_one_sentence(open_page, monkeypatch, caplog):
    page = open_page()

    def fail(self):
        raise RuntimeError("of a reason\nand more")

    monkeypatch.setattr(engine_module.Scene, "step", fail)
    page.do("play")
    page.wait(lambda: page.status.state == FAILED)
    assert page.status.notice == "the program failed (RuntimeError: of a reason), and its log says where."
    page.do("read")  # what ended the worlds stays to be read
    time.sleep(0.1)
    assert page.status.notice
    assert "of a reason" in caplog.text


def test_a_week_that_cannot_be_gone_to_is_tried_once(open_page, monkeypatch):
    page, tried = open_page(), []

    def fail(self, tick):
        tried.append(tick)
        raise RuntimeError("of a reason")

    monkeypatch.setattr(engine_module.Scene, "to", fail)
    page.do("scrub", tick=5)
    page.wait(lambda: page.status.state == FAILED)
    for speed in (SPEEDS[0], SPEEDS[-1]):  # the thread goes round
        page.do("speed", speed=speed)
        page.wait(lambda speed=speed: page.status.speed == speed)
    assert tried == [5]


def test_close_ends_the_thread_while_it_plays(open_page):
    page = open_page()
    page.do("play")
    page.wait(lambda: page.status.state == PLAYING)
    page.engine.close()
    page.thread.join(5)
    assert not page.thread.is_alive()
