"""What an address asks for: worlds, a chapter of the story, a stored run, a room, or one sentence on why there is none; and a view."""

from dataclasses import dataclass, replace

from dashboard.replayed import replayed, wish_of
from dashboard.room.following import token_in
from dashboard.stored.replaying import Wish, replay
from dashboard.stored.shelf import root_of
from dashboard.story.story import chapters
from dashboard.view import View, split
from dashboard.words.words import words
from dashboard.worlds.choice import Choice, choice_from
from experiments.refusal import Refusal

#: What is shown where an address asks for nothing: two worlds, alike until something is changed in one.
TWINS = Choice(twin=True)


@dataclass(frozen=True)
class Asked:
    """What was asked for. choice: None where there is a refusal, for a stored run (wish, and week) that is yet to be read, and for a room.

    room: the token of what somebody presents.
    """

    view: View
    choice: Choice | None = None
    refusal: str = ""
    wish: tuple[Wish, int] | None = None
    room: str | None = None


def asked_for(search: str | None) -> Asked:
    """Return what an address asks for, from the `?` on. A chapter without worlds of its own in the address has those of the story."""
    view = View()
    try:
        rest, view = split(search)
        if (room := token_in(rest)) is not None:
            return Asked(view, room=room)
        if wish := wish_of(rest):
            return Asked(view, wish=wish)
        return Asked(view, choice_from(rest) if rest else chapters()[view.chapter - 1].choice if view.chapter else TWINS)
    except Refusal as why:
        return refused(Asked(view), why)


def read(asked: Asked) -> Asked:
    """Return what was asked for with the stored run read; what names none as it is. It may take seconds."""
    if asked.wish is None:
        return asked
    wish, tick = asked.wish
    try:
        return replace(asked, choice=replayed(replay(root_of(), wish), tick))
    except Refusal as why:
        return refused(asked, why)


def refused(asked: Asked, why: Refusal) -> Asked:
    """Return what was asked for with a sentence instead of worlds."""
    return replace(asked, refusal=words(asked.view.language)["no_address"].format(why=why))
