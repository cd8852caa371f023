"""What the picture of the ties tells the browser: by hand, and that no loss or repetition leads a browser astray."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.befriending import DISTRUST, INFORMER, SCORE
from dashboard.network.colours import Coloured, Legend
from dashboard.network.layout import Layout
from dashboard.network.protocol import BY_HAND, CAUSES, LOT, UNCUT, Channel, Cuts, Picture, Scene, Side, Ties
from model.network.ties import edge_list
from model.population import Count
from model.society import Society
from tests.network_mirror import Mirror

CITIZENS = 5
PAIRS = [(low, high) for low in range(CITIZENS) for high in range(low + 1, CITIZENS)]
PLAIN = Legend("trust", "sequential")


def ties(*told) -> Ties:
    return Ties.of(*np.array(told, np.int64).reshape(-1, 3).T)


def cuts(*told) -> Cuts:
    return Cuts.of(*np.array(told, np.int64).reshape(-1, 3).T)


def side(of: Ties, made: Cuts | None = None, colour: int = 7, marks: int = 0) -> Side:
    shown = Coloured(np.full(CITIZENS, colour, np.uint8), PLAIN)
    return Side(shown, np.full(CITIZENS, marks, np.uint8), of, Cuts() if made is None else made)


def scene(world: int = 1, sides: int = 1) -> Scene:
    position = np.arange(2 * CITIZENS, dtype=np.float32).reshape(-1, 2) / 16
    return Scene(world, Layout(position, np.zeros(CITIZENS, np.int32), np.array([[0, 0.5, 0.5, 0.4]], np.float32), 0.125), sides)


def channel(sides: int = 1) -> Channel:
    found = Channel()
    found.begin(scene(sides=sides))
    return found


# --- by hand --------------------------------------------------------------------------------------------------------------------


def test_causes_are_numbered_as_the_browser_has_them():
    assert list(range(5)) == [DISTRUST, SCORE, INFORMER, LOT, BY_HAND]
    assert CAUSES == ("distrust", "score", "informer", "lot", "hand", "unknown")
    assert [Count.CUT_DISTRUST, Count.CUT_SCORE, Count.CUT_INFORMER, Count.CUT_LOT] == [DISTRUST, SCORE, INFORMER, LOT]


def test_a_first_frame_brings_the_scene_and_all_ties_in_these_bytes():
    first, frame = channel().offer(Picture(3, (side(ties((1, 4, 2), (0, 300, 0)), marks=5),)))
    assert first.header["what"] == "scene"
    assert (first.header["citizens"], first.header["sides"], first.header["spacing"]) == (5, 1, 0.125)
    assert first.header["names"] == ["urban"]
    assert first.buffers[0] == bytes.fromhex("00000000 0000803d 0000003e 0000403e 0000803e 0000a03e 0000c03e 0000e03e 0000003f 0000103f")
    assert len(first.buffers) == 2 + len(first.header["ramps"])
    assert all(len(table) == 2 * 256 * 3 for table in first.buffers[2:])
    assert (frame.header["what"], frame.header["number"], frame.header["base"], frame.header["tick"]) == ("frame", 1, 0, 3)
    assert frame.header["sides"][0] | {"legend": None} == {"legend": None, "ties": 2, "full": True}
    assert frame.header["difference"] is None
    assert frame.buffers == [
        bytes([7] * 5),
        bytes([5] * 5),
        bytes.fromhex("00000000 2c010000 01000000 04000000"),  # 0-300, 1-4
        bytes([0, 2]),
        b"",
        b"",
    ]


def test_a_later_frame_brings_what_has_changed():
    line = channel()
    line.offer(Picture(0, (side(ties((0, 1, 0), (0, 2, 1), (1, 2, 2), (3, 4, 2))),)))
    assert line.seen(1) == []
    new = ties((0, 1, 0), (0, 2, 0), (2, 3, 2), (3, 4, 2))  # 0-2 is of another kind, 1-2 is cut, 2-3 is new
    (frame,) = line.offer(Picture(1, (side(new, cuts((1, 2, SCORE))),)))
    assert (frame.header["number"], frame.header["base"]) == (2, 1)
    assert frame.header["sides"][0]["full"] is False
    assert frame.buffers[2:] == [
        bytes.fromhex("00000000 02000000 02000000 03000000"),
        bytes([0, 2]),
        bytes.fromhex("01000000 02000000"),
        bytes([SCORE]),
    ]


def test_all_ties_are_told_where_that_is_shorter():
    line = channel()
    line.offer(Picture(0, (side(ties((0, 1, 0), (0, 2, 0), (1, 2, 0))),)))
    line.seen(1)
    # One tie is left, two are gone: as many as changes is not longer, so all are told.
    (frame,) = line.offer(Picture(1, (side(ties((0, 1, 0))),)))
    assert (frame.header["sides"][0]["full"], frame.header["base"]) == (True, 0)
    line.seen(2)
    (frame,) = line.offer(Picture(2, (side(ties((0, 1, 0), (0, 2, 0))),)))  # two ties, one change
    assert (frame.header["sides"][0]["full"], frame.header["base"]) == (False, 2)


def test_one_frame_is_under_way_and_the_newest_wins():
    line = channel()
    assert line.is_free
    assert len(line.offer(Picture(0, (side(ties()),)))) == 2
    assert not line.is_free
    assert line.offer(Picture(1, (side(ties((0, 1, 0))),))) == []
    assert line.offer(Picture(2, (side(ties((0, 1, 0), (0, 2, 0))),))) == []
    assert line.seen(7) == []  # of no frame
    (frame,) = line.seen(1)
    assert frame.header["tick"] == 2
    assert line.seen(1) == []  # once more
    assert line.seen(2) == []
    assert line.is_free


def test_the_cause_of_a_cut_is_kept_while_frames_are_left_out():
    line = channel()
    everyone = [(low, high, 2) for low, high in PAIRS]
    line.offer(Picture(0, (side(ties(*everyone)),)))
    line.offer(Picture(1, (side(ties(*everyone[1:]), cuts((0, 1, INFORMER))),)))
    line.offer(Picture(2, (side(ties(*everyone[2:]), cuts((0, 2, DISTRUST))),)))
    (frame,) = line.seen(1)
    assert frame.buffers[4:] == [bytes.fromhex("00000000 01000000 00000000 02000000"), bytes([INFORMER, DISTRUST])]
    line.seen(2)
    # Cut for the score, made anew and cut by hand: the last cause counts. And 3-4 is gone without a cut.
    (frame,) = line.offer(Picture(3, (side(ties(*everyone[3:-1]), cuts((0, 3, SCORE), (0, 3, BY_HAND))),)))
    assert frame.buffers[5] == bytes([BY_HAND, UNCUT])
    (_, again) = line.look(0)
    assert again.header["sides"][0]["full"]


def test_looking_brings_the_scene_only_where_it_is_lacking():
    line = channel()
    assert Channel().look(0) == line.look(0) == []
    line.offer(Picture(0, (side(ties((0, 1, 0))),)))
    (frame,) = line.look(1)
    assert (frame.header["number"], frame.header["base"]) == (2, 0)
    assert line.seen(1) == []  # the one before is given up
    assert not line.is_free
    assert [message.header["what"] for message in line.look(0)] == ["scene", "frame"]
    line.begin(scene(world=2))
    assert line.look(1) == []  # there is no picture of it yet
    (first, frame) = line.offer(Picture(0, (side(ties()),)))
    assert (first.header["world"], frame.header["world"], frame.header["base"]) == (2, 2, 0)


def test_a_browser_that_has_the_latest_frame_is_not_told_it_again():
    line = channel()
    line.offer(Picture(0, (side(ties((0, 1, 0))),)))
    assert line.look(1, 1) == []  # drawn, though its "seen" was lost
    assert line.is_free
    (frame,) = line.offer(Picture(1, (side(ties((0, 1, 0), (0, 2, 0))),)))
    assert (frame.header["base"], frame.header["sides"][0]["full"]) == (1, False)
    (frame,) = line.look(1, 1)  # the second was lost
    assert (frame.header["number"], frame.header["base"], frame.header["tick"]) == (3, 0, 1)


def test_two_worlds_and_their_difference():
    apart = Coloured(np.arange(CITIZENS, dtype=np.uint8), Legend("difference", "diverging", -0.2, 0.2))
    line = channel(sides=2)
    _, frame = line.offer(Picture(0, (side(ties((0, 1, 0)), colour=1), side(ties(), colour=2)), apart))
    assert len(frame.buffers) == 13
    assert frame.buffers[12] == bytes(range(CITIZENS))
    assert frame.header["difference"]["ramp"] == "diverging"
    with pytest.raises(ValueError, match="expected 2 sides of 5 citizens"):
        line.offer(Picture(0, (side(ties()),)))


def test_the_ties_of_a_world_are_those_that_it_has():
    society = Society(rng=3, citizens=80, **{"network.mean_degree": 8.0}).run(30)
    low, high = edge_list(society.world)
    found = Ties.in_world(society.world)
    assert (found.pair == (low.astype(np.uint64) << np.uint64(32) | high)).all()
    kinds = society.world.slots.kind
    starts = society.world.rows.start
    for key in found.key[::37].tolist():
        one, other, kind = key >> 34, (key >> 2) & (2**32 - 1), key & 3
        row = slice(starts[one], starts[one] + society.world.rows.degree[one])
        assert kinds[row][society.world.slots.neighbour[row] == other].tolist() == [kind]


# --- whatever happens -----------------------------------------------------------------------------------------------------------

WORLDS = st.lists(st.dictionaries(st.sampled_from(PAIRS), st.integers(0, 2)), min_size=2, max_size=2)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("offer"), WORLDS, st.integers(0, 5)),
        st.tuples(st.sampled_from(["hear", "lose", "look", "answer", "forget", "begin"])),
    ),
    max_size=40,
)


class Wire:
    """A channel, a browser, and what is under way between them."""

    def __init__(self):
        """Begin with a scene."""
        self.line, self.mirror, self.worlds = Channel(), Mirror(), 0
        self.down, self.up = [], []
        self.truth = None
        self.begin()

    def begin(self):
        self.worlds += 1
        self.line.begin(scene(self.worlds, sides=2))
        self.truth = None

    def offer(self, told, cause):
        before = self.truth or [{}, {}]
        lost = [cuts(*((*pair, cause) for pair in had if pair not in has)) for had, has in zip(before, told, strict=True)]
        has = [ties(*((*pair, kind) for pair, kind in world.items())) for world in told]
        self.truth = [dict(world) for world in told]
        sides = tuple(side(of, made) for of, made in zip(has, lost, strict=True))
        self.down += self.line.offer(Picture(0, sides))

    def hear(self):
        """The browser hears the next message."""
        if self.down:
            answer = self.mirror.take(self.down.pop(0))
            self.up += [answer] if answer else []

    def answer(self):
        """The channel hears the next answer."""
        if self.up:
            said = self.up.pop(0)
            self.down += self.line.seen(said["number"]) if said["do"] == "seen" else self.line.look(said["world"], said["number"])

    def look(self):
        self.up.append(self.mirror.look())

    def lose(self):
        self.down = self.down[1:]

    def forget(self):
        """The connection breaks: all that is under way is lost, and the browser asks."""
        self.down, self.up = [], []
        self.look()


@given(EVENTS)
def test_whatever_is_lost_a_browser_that_asks_has_the_truth(events):
    wire = Wire()
    for name, *rest in events:
        getattr(wire, name)(*rest)
        frames = [message for message in wire.down if message.header["what"] == "frame"]
        assert len({message.header["number"] for message in frames}) == len(frames)
    wire.look()  # as it does after a silence
    while wire.down or wire.up:
        wire.hear()
        wire.answer()
    if wire.truth is not None:
        assert wire.mirror.world == wire.worlds
        assert wire.mirror.ties == wire.truth
        assert wire.line.is_free


@given(st.lists(WORLDS, min_size=1, max_size=12), st.lists(st.booleans(), min_size=12, max_size=12))
def test_where_nothing_is_lost_nobody_has_to_ask_and_every_loss_has_its_cause(story, prompt):
    wire, since = Wire(), [{}, {}]
    for told, cause, is_prompt in zip(story, [0, 1, 2, 3, 4, 5] * 2, prompt, strict=False):
        before = wire.truth or [{}, {}]
        for k in (0, 1):
            since[k] |= {pair: cause for pair in before[k] if pair not in told[k]}
        wire.offer(told, cause)
        while is_prompt and (wire.down or wire.up):
            wire.hear()
            assert all(said["do"] == "seen" for said in wire.up)
            for k, gone in enumerate(wire.mirror.gone):
                assert all(since[k][pair] == cause for pair, cause in gone.items())
            wire.answer()
        if is_prompt:
            assert wire.mirror.ties == wire.truth
            since = [{}, {}]
