"""How charts reach the browser: what a frame holds, one under way at a time, and that no loss leaves a gap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts.panels import QUANTITIES
from dashboard.charts.protocol import MOST_POINTS, Bands, Channel, Mark, Message, Scene, View
from dashboard.charts.scores import Scale

WIDTH = len(QUANTITIES)
NAN = float("nan")


def rows(*values: float) -> np.ndarray:
    """Return a row for each value, which is the first of its quantities; the others are the value and their place."""
    return (np.array(values, np.float32)[:, None] + np.arange(WIDTH, dtype=np.float32)).astype(np.float32)


def begun(sides: int = 1, ticks: int = 50) -> Channel:
    channel = Channel()
    channel.begin(Scene(1, sides, ticks, burn_in=4, scheme=True))
    return channel


class Browser:
    """Takes frames in as `dashboard/front/charts_record.js` does."""

    def __init__(self) -> None:
        self.world = self.number = 0
        self.sides: list[np.ndarray] = []
        self.marks: list = []
        self.bands: tuple | None = None

    def take(self, message: Message) -> bool:
        header, buffers = message.header, [np.frombuffer(buffer, "<f4") for buffer in message.buffers]
        if header["base"] and (header["world"] != self.world or header["base"] != self.number):
            return False
        if "scene" in header:
            self.world, self.sides = header["world"], [np.empty((0, WIDTH), np.float32)] * header["scene"]["sides"]
            self.marks, self.bands = [], None
        for place, start in enumerate(header["starts"]):
            assert start <= len(self.sides[place]), "a gap"
            self.sides[place] = np.concatenate([self.sides[place][:start], buffers.pop(0).reshape(-1, WIDTH)])
        self.marks = header.get("marks", self.marks)
        if "bands" in header:
            values, told = buffers.pop(0), header["bands"]
            self.bands = told and (told["version"], values.tobytes())
        self.scores = [buffers.pop(0) if known else None for known in header["scores"]]
        assert not buffers, "more than was told"
        self.number, self.tick = header["number"], header["tick"]
        return True


def test_a_frame_holds_what_is_new():
    channel = begun()
    channel.record(0, rows(1, 2))
    (first,) = channel.offer(View(2, "paused"))
    assert first.header["scene"]["ticks"] == 50
    assert first.header["scene"]["quantities"] == list(QUANTITIES)
    assert (first.header["number"], first.header["base"], first.header["world"], first.header["starts"]) == (1, 0, 1, [0])
    assert first.buffers == [rows(1, 2).tobytes()]
    assert np.frombuffer(first.buffers[0], "<f4")[0] == 1
    channel.seen(1)
    channel.record(0, rows(3), 2)
    (second,) = channel.offer(View(3, "playing"))
    assert "scene" not in second.header
    assert (second.header["base"], second.header["starts"], second.header["tick"], second.header["state"]) == (1, [2], 3, "playing")
    assert second.buffers == [rows(3).tobytes()]


def test_one_frame_is_under_way_and_the_newest_view_wins():
    channel = begun()
    assert len(channel.offer(View(0, "paused"))) == 1
    assert not channel.is_free
    assert channel.offer(View(1, "playing")) == channel.offer(View(2, "playing")) == []
    assert channel.seen(7) == []
    (message,) = channel.seen(1)
    assert message.header["tick"] == 2
    assert channel.seen(2) == channel.seen(2) == []
    assert channel.is_free


def test_going_back_sends_no_values_and_a_new_past_only_those_that_differ():
    channel, browser = begun(2), Browser()
    for side in (0, 1):
        channel.record(side, rows(1, 2, 3, 4))
    browser.take(*channel.offer(View(4, "paused")))
    channel.seen(1)
    (back,) = channel.offer(View(2, "paused"))
    assert [len(buffer) for buffer in back.buffers] == [0, 0]
    browser.take(back)
    channel.seen(2)
    channel.record(1, rows(1, 2, 9))  # the right world took another way in its third week
    (message,) = channel.offer(View(3, "paused"))
    assert message.header["starts"] == [4, 2]
    assert [len(buffer) // 4 // WIDTH for buffer in message.buffers] == [0, 1]
    browser.take(message)
    assert browser.sides[0].tobytes() == rows(1, 2, 3, 4).tobytes()
    assert browser.sides[1].tobytes() == rows(1, 2, 9).tobytes()


def test_values_that_are_known_are_not_sent_again_even_if_they_are_none():
    channel = begun()
    channel.record(0, rows(1, NAN, 3))
    channel.offer(View(3, "paused"))
    channel.seen(1)
    channel.record(0, rows(1, NAN, 3, 4))
    (message,) = channel.offer(View(4, "paused"))
    assert (message.header["starts"], message.buffers) == ([3], [rows(4).tobytes()])


def test_a_browser_that_looks_gets_what_it_lacks():
    channel = begun()
    channel.record(0, rows(1, 2))
    channel.offer(View(2, "paused"))
    channel.seen(1)
    channel.record(0, rows(3), 2)
    assert channel.offer(View(3, "paused"))  # and is lost
    for number, base, start in ((1, 1, 2), (0, 0, 0), (99, 0, 0)):
        (message,) = channel.look(1, number)
        assert (message.header["base"], message.header["starts"]) == (base, [start])
    (message,) = channel.look(8, message.header["number"])  # of another world
    assert message.header["base"] == 0


def test_a_browser_that_looks_and_lacks_nothing_gets_nothing():
    channel = begun()
    channel.record(0, rows(1, 2))
    channel.offer(View(2, "paused"))
    assert channel.look(1, 1) == []  # drawn, though its "seen" was lost
    assert channel.is_free
    assert channel.look(1, 1) == []
    channel.offer(View(1, "paused"))
    channel.offer(View(0, "paused"))
    (message,) = channel.look(1, 2)
    assert (message.header["base"], message.header["tick"], message.buffers) == (2, 0, [b""])


def test_marks_and_bands_are_sent_when_they_change():
    channel = begun()
    bands = Bands(1, 5, {("degree", "left"): (np.zeros(3), np.ones(3), np.full(3, 2.0))})
    marks = (Mark(2, "change", "right"),)
    (message,) = channel.offer(View(0, "paused", marks, bands))
    assert message.header["marks"] == [[2, "change", "right"]]
    assert message.header["bands"] == {"version": 1, "runs": 5, "stride": 1, "keys": [["degree", "left"]]}
    assert np.frombuffer(message.buffers[1], "<f4").tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    (same,) = [*channel.offer(View(1, "paused", marks, bands)), *channel.seen(1)]
    assert not {"marks", "bands"} & same.header.keys()
    channel.seen(2)
    (other,) = channel.offer(View(1, "paused", (), Bands(2)))
    assert (other.header["marks"], other.header["bands"]["keys"], other.buffers[1]) == ([], [], b"")
    channel.seen(3)
    (none,) = channel.offer(View(1, "paused"))
    assert none.header["bands"] is None


def test_long_bands_are_thinned():
    ticks = 3 * MOST_POINTS + 1
    told, values = Bands(1, 2, {("degree", "left"): [np.arange(ticks)] * 3}).message()
    sent = np.frombuffer(values, "<f4").reshape(3, -1)
    assert sent.shape[1] <= MOST_POINTS
    assert sent[0].tolist() == list(range(0, ticks, told["stride"]))


def test_scores_are_told_for_each_side():
    channel = begun(2)
    counts = Scale(0, 10, ("a", "b"), ("#000000", "#ffffff"), bins=2).counts(np.array([1, 9]), np.array([0, 1]))
    (message,) = channel.offer(View(0, "paused", scores=(None, counts)))
    assert message.header["scores"] == [False, True]
    assert np.frombuffer(message.buffers[2], "<f4").tolist() == [1, 0, 0, 1]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="no scene"):
        Channel().offer(View(0, "paused"))
    assert Channel().look(0, 0) == []
    channel = begun()
    channel.record(0, rows(1, 2))
    with pytest.raises(ValueError, match="expected a start from 0 to 2, not 3"):
        channel.record(0, rows(3), 3)
    with pytest.raises(ValueError, match="of shape"):
        channel.record(0, np.zeros((2, WIDTH + 1), np.float32))
    for key in (("gossip", "left"), ("degree", "above")):
        with pytest.raises(ValueError, match="is not allowed"):
            Bands(1, 1, {key: (np.zeros(1),) * 3})


def test_another_scene_forgets_everything():
    channel, browser = begun(), Browser()
    channel.record(0, rows(1, 2))
    (late,) = channel.offer(View(2, "paused"))
    channel.begin(Scene(2, 2, 30))
    assert (channel.recorded(0), channel.recorded(1), channel.is_free) == (0, 0, True)
    (message,) = channel.offer(View(0, "paused"))
    assert browser.take(late)
    assert channel.seen(late.header["number"]) == []
    assert browser.take(message)
    assert (browser.world, [len(side) for side in browser.sides]) == (2, [0, 0])


RECORD = st.tuples(st.just("record"), st.integers(0, 1), st.integers(0, 4), st.lists(st.sampled_from([1.0, 2.0, NAN]), max_size=3))
OFFER = st.tuples(st.just("offer"), st.integers(0, 5))
DELIVER = st.tuples(st.just("deliver"), st.booleans())
RARE = st.tuples(st.sampled_from(["lose", "look", "reload", "begin"]))
STEPS = st.lists(st.one_of(RECORD, OFFER, DELIVER, RECORD, OFFER, DELIVER, RARE), max_size=40)


@settings(max_examples=150)
@given(STEPS)
def test_whatever_is_lost_the_browser_has_what_is_recorded(steps):
    channel, browser, wire, worlds = begun(2), Browser(), [], 1
    truth = [rows(), rows()]
    for what, *given_ in steps:
        if what == "record":
            side, start, values = given_
            start = min(start, len(truth[side]))
            truth[side] = np.concatenate([truth[side][:start], rows(*values)])
            channel.record(side, rows(*values), start)
        elif what == "offer":
            wire += channel.offer(View(given_[0], "playing", (Mark(given_[0], "edit"),), Bands(given_[0] % 3)))
        elif what == "deliver" and wire:
            message = wire.pop(0)
            if not browser.take(message):
                wire += channel.look(browser.world, browser.number)
            elif given_[0]:  # else its "seen" is lost
                wire += channel.seen(message.header["number"])
        elif what == "lose":
            wire.clear()
        elif what in ("look", "reload"):
            browser = browser if what == "look" else Browser()
            wire += channel.look(browser.world, browser.number)
        elif what == "begin":
            worlds += 1
            channel.begin(Scene(worlds, 2, 50))
            truth = [rows(), rows()]
    wire += channel.offer(View(5, "paused", (Mark(5, "end"),), Bands(7)))
    wire += [] if wire else channel.look(browser.world, browser.number)
    for _ in range(50):
        if wire:
            message = wire.pop(0)
            wire += channel.seen(message.header["number"]) if browser.take(message) else channel.look(browser.world, browser.number)
    assert wire == []
    assert [side.tobytes() for side in browser.sides] == [side.tobytes() for side in truth]
    assert (browser.tick, browser.marks, browser.bands[0], browser.world) == (5, [[5, "end", "both"]], 7, worlds)
