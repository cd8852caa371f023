"""The presenter's room without a browser: who gets in, what is shown to whom, and that nobody holds up anybody."""

import threading
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from dashboard import viewers
from dashboard.engine import Engine
from dashboard.network.protocol import Cuts, Ties, changes
from dashboard.room import rooms, shots
from dashboard.room.following import Seat, place_in, token_in
from dashboard.room.host import address_for_others, open_host
from dashboard.room.presenting import Presenting
from dashboard.room.rooms import Attendance, Rooms
from dashboard.room.shots import Shared
from dashboard.status import PAUSED, PLAYING, Status
from dashboard.view import Look, View
from dashboard.viewers import Viewer
from dashboard.words.words import words
from dashboard.worlds.choice import Choice, choice_from

SMALL = (("population.citizens", 60), ("time.ticks", 40), ("time.burn_in", 3))
EXEMPTION = "scheme.exemption"
TAKES_LONG = Choice(3, (("population.citizens", 60), ("time.ticks", 10_000), ("time.burn_in", 3)), twin=True)


def wait(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


class Part:
    """Stands in for a part of a page: tells its listener at once that it has drawn a frame; or stalls, or is a line that is cut."""

    def __init__(self):
        self.scenes, self.frames, self.places = [], [], []
        self.answer, self.blocks = None, threading.Event()
        self.blocks.set()

    def tell(self, messages):
        self.blocks.wait(20)
        for message in messages:
            if message.header["what"] == "scene":
                self.scenes.append(message)
            elif message.header["what"] == "frame":
                self.frames.append(message)
                if self.answer is not None:
                    self.answer(message.header["number"])

    def place(self, tick, reached):
        self.places.append(tick)


class Screen:
    """Parts of a page that answer to `hear`."""

    def __init__(self, hear, changed=changes):
        self.network, self.charts, self.clock, self.hear = Part(), Part(), Part(), hear
        self.viewer = Viewer(self.network, self.charts, self.clock, changed)
        self.answers(True)

    def answers(self, on):
        for name in ("network", "charts"):
            part = getattr(self, name)
            part.answer = (lambda number, name=name: self.hear({"do": "seen", "number": number, "of": name})) if on else None

    @property
    def shown(self):
        return self.clock.places[-1] if self.clock.places else None


class Show:
    """A presenter with a room."""

    def __init__(self, choice):
        self.status, self.numbers, self.followers = Status(), [], []
        self.engine = Engine(choice, lambda status: setattr(self, "status", status))
        self.screen = Screen(lambda order: self.engine.hear(order, self.screen.viewer))
        self.engine.join(self.screen.viewer)
        self.engine.start()
        self.rooms = Rooms()
        self.room = self.rooms.open(self.engine, self.numbers.append)
        wait(lambda: self.status.state == PAUSED)

    def do(self, what, **details):
        self.engine.hear({"do": what, **details}, self.screen.viewer)

    def follow(self):
        follower = self.room.seat()
        assert follower is not None
        screen = Screen(follower.hear, self.room.shared)
        screen.told, screen.follower = [], follower
        follower.begin(screen.viewer, lambda *told: screen.told.append(told))
        self.followers.append(follower)
        return screen

    def close(self):
        for follower in self.followers:
            follower.close()
        self.room.end()
        self.engine.close()


@pytest.fixture
def present():
    made = []

    def make(choice=None):
        made.append(Show(choice or Choice(3, SMALL, twin=True)))
        return made[-1]

    yield make
    for one in made:
        one.close()


# --- who may show, and where ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "host"),
    [
        (["run", "app.py"], None),
        (["run", "app.py", "--host", "127.0.0.1"], None),
        (["run", "app.py", "--host=localhost", "--production"], None),
        (["run", "app.py", "--host", "::1"], None),
        (["run", "app.py", "--host", "127.8.8.8"], None),
        (["run", "app.py", "--host"], None),
        (["run", "app.py", "--host", "192.168.1.5", "--port", "80"], "192.168.1.5"),
        (["run", "app.py", "--host=0.0.0.0"], "0.0.0.0"),
        (["run", "app.py", "--host", "lecture.example"], "lecture.example"),
        (["run", "app.py", "--host", "127.0.0.1", "--host", "10.0.0.7"], "10.0.0.7"),
        (["run", "app.py", "--host", "10.0.0.7", "--host=127.0.0.1"], None),
    ],
)
def test_only_a_host_of_a_network_that_was_asked_for_opens_the_page(arguments, host, monkeypatch):
    monkeypatch.setenv("HOST", "10.1.1.1")  # set by somebody else: nobody asked for that
    assert open_host(arguments) == host


@pytest.mark.parametrize(
    ("at", "host", "address"),
    [
        ("http://192.168.1.5:8765/", "192.168.1.5", "http://192.168.1.5:8765/"),
        ("http://localhost:8765/", "192.168.1.5", "http://192.168.1.5:8765/"),
        ("http://127.0.0.1:80/lab/", "fd00::5", "http://[fd00::5]:80/lab/"),
        ("https://lab.example/", "10.0.0.7", "https://lab.example/"),
    ],
)
def test_others_are_given_an_address_that_reaches_the_page(at, host, address):
    assert address_for_others(at, host) == address


def test_a_page_on_all_addresses_is_given_one_that_is_not_this_machines_own():
    assert not address_for_others("http://127.0.0.1:8765/", "0.0.0.0").startswith(("http://0.", "http://127.0.0.1"))


@pytest.mark.parametrize(
    "at", ["", "javascript:alert(1)", "http://", "http://a@b/", "http://x:99999999/", "http://x/" + "x" * 300, "http://x\n/"]
)
def test_what_is_no_address_of_a_page_is_none(at):
    with pytest.raises(ValueError):  # noqa: PT011 - urlsplit has messages of its own
        address_for_others(at, "10.0.0.7")


def test_nobody_can_show_to_others_on_a_page_for_this_machine_alone(present, monkeypatch):
    show = present()
    presenting = Presenting(show.engine)
    assert presenting.show("http://127.0.0.1:8765/", show.numbers.append) == ""
    monkeypatch.setattr("sys.argv", ["solara", "--host", "10.0.0.7"])
    assert presenting.show("nonsense", show.numbers.append) == ""
    address = presenting.show("http://127.0.0.1:8765/", show.numbers.append)
    token = address.removeprefix("http://10.0.0.7:8765/?room=")
    assert presenting.show("http://127.0.0.1:8765/", show.numbers.append) == address  # still the same room
    follower, sentence = place_in(token, "en")
    assert follower is not None
    assert sentence == ""
    presenting.stop()
    assert place_in(token, "en") == (None, words("en")["room.unknown"])


# --- who gets in ----------------------------------------------------------------------------------------------------------------


def test_only_the_token_opens_a_room(present):
    show = present()
    token = show.room.token
    assert len(token) >= 22  # 128 bits
    for wrong in ("", "x", "é", "\ud800", "x" * 10**6, "<script>", token[:-1], token + "x", token.swapcase()):
        assert show.rooms.find(wrong) is None
    assert show.rooms.find(token) is show.room
    show.rooms.close(show.room)
    assert show.rooms.find(token) is None


def test_a_room_is_full_until_somebody_leaves(present, monkeypatch):
    monkeypatch.setattr(rooms, "MOST", 2)
    show = present()
    first, second = show.room.seat(), show.room.seat()
    assert show.room.seat() is None
    first.close()
    first.close()
    third = show.room.seat()
    assert third not in (None, first, second)
    assert show.room.seat() is None


def test_the_presenter_is_told_how_many_follow(present):
    show = present()
    screen = show.follow()
    show.follow()
    wait(lambda: Attendance(2) in show.numbers)
    told = len(show.numbers)
    screen.follower.close()
    wait(lambda: len(show.numbers) > told)
    assert show.numbers[-1] == Attendance(1)


def test_a_token_is_found_in_an_address():
    assert token_in("room=abc&seed=3") == "abc"
    assert token_in("room=") == ""
    assert token_in("seed=3") is None


# --- what is shown --------------------------------------------------------------------------------------------------------------


def test_who_follows_is_shown_the_week_the_levers_and_what_was_done(present):
    show = present()
    screen = show.follow()
    for _ in range(5):
        show.do("step")
    show.do("change", side="right", name=EXEMPTION, value=1.0)
    show.do("step")
    wait(lambda: screen.shown == 6 and screen.told and screen.told[-1][0].status.events)
    told, over = screen.told[-1]
    assert not over
    assert dict(told.status.settings[0].levers)[EXEMPTION] == (0.0, 1.0)
    assert [event.tick for event in told.status.events if event.kind == "change"] == [5]
    assert choice_from(told.address) == Choice(3, SMALL, twin=True, right=((5, EXEMPTION, 1.0),))


def test_what_the_presenter_typed_wrongly_is_not_told(present):
    show = present()
    screen = show.follow()
    show.do("world", seed="six", preset="none", citizens="70")
    wait(lambda: "six" in show.status.notice)
    show.do("step")
    wait(lambda: screen.shown == 1)
    assert screen.told
    assert not any(told.status.notice or told.status.drawer for told, _ in screen.told)


def test_who_comes_late_is_shown_the_present_though_nothing_moves(present):
    show = present()
    for _ in range(3):
        show.do("step")
    wait(lambda: show.screen.shown == 3)
    screen = show.follow()
    wait(lambda: screen.shown == 3)
    header = screen.network.frames[-1].header
    assert all(side["full"] for side in header["sides"])


def test_other_worlds_of_the_presenter_are_shown_too(present):
    show = present()
    screen = show.follow()
    wait(lambda: screen.shown == 0)
    show.do("world", seed="6", preset="none", citizens="70")
    wait(lambda: screen.told and screen.told[-1][0].status.facts.citizens == 70)
    wait(lambda: screen.network.frames[-1].header["world"] == 2)
    assert [message.header["citizens"] for message in screen.network.scenes] == [60, 70]


FORGED = [
    {"do": "play"}, {"do": "step"}, {"do": "world", "seed": "9", "preset": "none", "citizens": "50"}, {"do": "leave room"}, {"do": "join"},
    {"do": "change", "side": "left", "name": EXEMPTION, "value": 1.0}, {"do": "colour", "by": "score"}, {"do": "scrub", "tick": 9},
    {"do": "pick", "world": 0, "citizen": 1}, {"do": "twin", "on": False}, {"do": "export", "kind": "csv"}, {"do": "rebuild", "values": {}},
    {"do": "expect", "answer": "lost"}, {"do": "expect"}, {"do": "reveal"}, {"do": "chapter", "number": 1},
    {"do": "seen", "number": 99}, {"do": "look", "world": 10**30}, {"do": "seen", "number": [], "of": 3}, None, 7, {},
]  # fmt: skip


def test_who_follows_cannot_do_anything(present):
    show = present()
    screen = show.follow()
    wait(lambda: screen.shown == 0)
    before = show.status
    seat = Seat(screen.follower)
    seat.now(Look(View()), pytest.fail, pytest.fail)
    for order in FORGED:
        for hear in (seat.hear, seat.of("network"), seat.of("charts"), screen.follower.hear):
            hear(order)
    show.do("step")  # comes after all that was said before
    wait(lambda: show.screen.shown == 1 and screen.shown == 1)
    assert show.engine.worlds().choice == Choice(3, SMALL, twin=True, tick=1)
    assert replace(show.status, replicated=0) == replace(before, replicated=0)  # what runs in the background comes in


def test_the_end_is_told_and_the_last_frame_stays(present):
    show = present()
    screen = show.follow()
    show.do("step")
    wait(lambda: screen.shown == 1)
    show.rooms.close(show.room)
    wait(lambda: screen.told[-1][1])
    show.do("step")
    wait(lambda: show.screen.shown == 2)
    assert screen.shown == 1
    assert show.room.seat() is None
    wait(lambda: not any(thread.name == "room" for thread in threading.enumerate()))


# --- nobody holds up anybody ----------------------------------------------------------------------------------------------------


def test_those_who_stall_hold_up_neither_the_presenter_nor_others(present, monkeypatch):
    monkeypatch.setattr(viewers, "PATIENCE", 0.3)
    show = present(TAKES_LONG)
    silent, cut, well = show.follow(), show.follow(), show.follow()
    wait(lambda: silent.shown == cut.shown == well.shown == 0)
    silent.answers(False)  # the tab sleeps
    cut.network.blocks.clear()  # the line takes no more: sending does not end
    before = [len(screen.network.frames) for screen in (silent, cut)]
    show.do("speed", speed=208)
    show.do("play")
    wait(lambda: well.shown is not None and well.shown > 200)
    assert show.status.state == PLAYING
    wait(lambda: show.screen.shown > 200)
    # One may have been under way when it fell silent, and one sent after it that it does not answer.
    assert len(silent.network.frames) <= before[0] + 2
    assert len(cut.network.frames) <= before[1] + 1
    show.do("pause")
    cut.network.blocks.set()
    silent.answers(True)
    silent.follower.hear({"do": "look", "world": 1, "number": 0, "of": "network"})
    silent.follower.hear({"do": "look", "world": 1, "number": 0, "of": "charts"})
    wait(lambda: well.shown == silent.shown == cut.shown == show.engine.worlds().tick and show.status.state == PAUSED)


def test_nothing_is_held_fast_while_nobody_looks(present, monkeypatch):
    monkeypatch.setattr(viewers, "PATIENCE", 0.2)
    show = present()
    show.do("step")
    wait(lambda: show.screen.shown == 1)
    assert show.room.shot is None
    screen = show.follow()
    wait(lambda: screen.shown == 1)
    screen.answers(False)
    show.do("step")
    wait(lambda: show.room.shot.tick == 2)
    wait(lambda: not screen.follower.is_here())
    show.do("step")
    wait(lambda: show.screen.shown == 3)
    assert show.room.shot.tick == 2


def test_who_follows_keeps_nothing_alive(present, monkeypatch):
    monkeypatch.setattr(viewers, "PATIENCE", 0.2)
    show = present(TAKES_LONG)
    screen = show.follow()
    show.do("play")
    wait(lambda: screen.shown is not None and screen.shown > 1)
    show.screen.answers(False)
    wait(show.screen.viewer.is_gone)
    time.sleep(0.2)
    here = show.engine.worlds().tick
    time.sleep(0.3)
    assert show.engine.worlds().tick == here


def test_those_in_step_share_what_has_changed_and_get_what_they_would_alone(present, monkeypatch):
    asked = []

    def counted(had, now, cuts):
        asked.append((had, now))
        return changes(had, now, cuts)

    monkeypatch.setattr(shots, "changes", counted)
    show = present()
    screens = [show.follow() for _ in range(5)]
    for week in range(1, 4):
        wait(lambda: all(screen.shown == show.engine.worlds().tick for screen in screens))
        show.do("step")
        wait(lambda week=week: all(screen.shown == week for screen in screens))
    frames = [screen.network.frames[-1] for screen in screens]
    assert all(frame.buffers == frames[0].buffers for frame in frames)
    assert len(asked) == len({(id(had), id(now)) for had, now in asked})


def test_shared_changes_are_those_of_each_pair():
    shared = Shared()
    ties = [Ties.of([0, 1], [2, high], [0, 0]) for high in range(3, 40)]
    for had, now in [(None, ties[0]), *pairwise(ties), (ties[0], ties[-1]), (None, ties[0])]:
        assert shared(had, now, Cuts()) == changes(had, now, Cuts())
