"""The page of one who follows: what the presenter shows, in a language and a look of one's own. Nothing on it acts on the worlds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import solara
from solara.alias import rv

from dashboard.narrating import chapter_shown
from dashboard.room.follower import Follower
from dashboard.room.rooms import MOST, ROOMS
from dashboard.room.shots import Told
from dashboard.room.widgets import FollowerBar
from dashboard.status import Status
from dashboard.view import Look, SetLook, View, address_of, change_of_look
from dashboard.viewers import Viewer
from dashboard.widgets import Connection, Story
from dashboard.words.words import part_of, words

#: Lays out the picture, the charts, the rest and the axis of time, of which it returns the first two and the last.
LayOut = Callable[[Status, Look, "Seat"], tuple[Any, Any, Any]]


def token_in(address: str) -> str | None:
    """Return the token of an address such as `room=TOKEN`, None where it has none."""
    return dict(parse_qsl(address, keep_blank_values=True, max_num_fields=None)).get("room")


class Seat:
    """Where what one who follows does arrives: it changes their own view, and nothing else."""

    def __init__(self, follower: Follower):
        """Serve one who follows."""
        self._follower = follower

    def now(self, look: Look, set_look: SetLook, set_answered: Callable[[tuple[int, str]], None]) -> None:
        """Know what is shown now, how to show something else, and where (which asking, answer) is kept."""
        self._look, self._set_look, self._set_answered = look, set_look, set_answered

    def of(self, part: str) -> Callable[[Any], None]:
        """Return the listener of a part that is sent frames."""
        return lambda order: self.hear({**order, "of": part}) if isinstance(order, dict) else None

    def camera(self, camera: tuple[float, ...]) -> None:
        """Remember where one looks."""
        if len(camera) == 3 and camera != self._look.view.camera:
            self._set_look(lambda look: look.seen_as(camera=camera))

    def hear(self, order: Any) -> None:
        """Take an order."""
        if isinstance(order, dict) and order.get("do") == "expect":
            answer = str(order.get("answer"))
            if (poll := self._follower.expect(answer)) is not None:
                self._set_answered((poll, answer))
        elif change := change_of_look(order):
            self._set_look(change)
        else:
            self._follower.hear(order)


class Placed:
    """The axis of time and the bar: both say which week is shown."""

    def __init__(self, timeline: Any, bar: Any):
        """Take both."""
        self._timeline, self._bar = timeline, bar

    def place(self, tick: int, reached: int) -> None:
        """Say it."""
        self._timeline.place(tick, reached)
        self._bar.tick = tick


def place_in(token: str, language: str) -> tuple[Follower | None, str]:
    """Return a place in the room of a token, or a sentence on why there is none."""
    said, room = words(language), ROOMS.find(token)
    if room is None:
        return None, said["room.unknown"]
    follower = room.seat()
    return follower, "" if follower is not None else said["room.full"].format(most=MOST)


@solara.component
def Following(token: str, first_view: View, lay_out: LayOut, refuse: Callable[[str, str], Any]):
    """The page, or a sentence on why there is nothing to follow, said by `refuse` in a language."""
    follower, sentence = solara.use_memo(lambda: place_in(token, first_view.language), [token])
    if follower is None:
        refuse(sentence, first_view.language)
    else:
        Followed(follower, first_view, lay_out)


@solara.component
def Followed(follower: Follower, first_view: View, lay_out: LayOut):
    """What the presenter shows."""
    (told, over), set_told = solara.use_state((follower.room.told, False))
    look, set_look = solara.use_state(Look(first_view))
    answered, set_answered = solara.use_state((0, ""))
    view, said = look.view, words(look.view.language)
    expected = answered[1] if answered[0] == told.poll else ""
    seat = solara.use_memo(lambda: Seat(follower), [follower])
    seat.now(look, set_look, set_answered)
    attributes = {"data-following": "over" if over else "", "data-story": str(told.narrated.number or ""), "lang": view.language}
    attributes |= {f"data-{name}": "" for name, on in (("dark", view.dark), ("projector", view.projector)) if on}
    with rv.Html(tag="main", class_="lab", attributes=attributes), rv.Html(tag="div", class_="frame"):
        with rv.Html(tag="header", class_="head"):
            bar = FollowerBar.element(
                listener=seat.hear, words=part_of(view.language, "room"), language=view.language, address=_own_address(told, view),
                over=over, dark=view.dark, projector=view.projector,
            )  # fmt: skip
        with rv.Html(tag="div", class_="notices", attributes={"role": "alert"}):
            Connection.element(words=part_of(view.language, "notice"), language=view.language, address=_own_address(told, view))
            rv.Html(tag="p", class_="notice" if told.status.notice else "hidden", children=[told.status.notice])
        with rv.Html(tag="section", class_="left", attributes={"aria-label": said["screen.story"]} if told.narrated.number else {}):
            chapter = chapter_shown(said, view.language, told.narrated, expected, told.votes, follows=True)
            Story.element(listener=seat.hear, words=part_of(view.language, "story"), chapter=chapter)
        network, charts, timeline = lay_out(told.status, look, seat)

    def live() -> Callable[[], None]:
        placed = Placed(solara.get_widget(timeline), solara.get_widget(bar))
        viewer = Viewer(solara.get_widget(network), solara.get_widget(charts), placed, follower.room.shared)
        follower.begin(viewer, lambda told, over: set_told((told, over)))
        return follower.close

    solara.use_effect(live, [follower])


def _own_address(told: Told, view: View) -> str:
    """Return the address at which one goes on by oneself, but for the week."""
    return address_of(told.address, replace(view, colour=told.colour))
