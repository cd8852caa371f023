"""The presenter's side of a room: the panel with the address that others open."""

from collections.abc import Callable
from typing import Any

import solara

from dashboard.engine import Engine
from dashboard.narrating import Narrated
from dashboard.room.host import address_for_others, open_host
from dashboard.room.rooms import ROOMS, Attendance, Room
from dashboard.room.widgets import RoomPanel
from dashboard.words.words import part_of


class Presenting:
    """Whether one presenter's worlds are shown to others. Only on a page that is served to a network on purpose."""

    def __init__(self, engine: Engine):
        """Show nothing yet."""
        self._engine = engine
        self._room: Room | None = None
        self._narrated = Narrated()

    def narrate(self, narrated: Narrated) -> None:
        """Show a chapter of the story, too."""
        self._narrated = narrated
        if self._room is not None:
            self._room.narrate(narrated)

    def show(self, at: str, announce: Callable[[Attendance], None]) -> str:
        """Let others follow, and return the address; empty where that is not allowed. at: as for `address_for_others`."""
        host = open_host()
        if host is None:
            return ""
        try:
            address = address_for_others(at, host)
        except ValueError:  # no browser says that
            return ""
        if self._room is None:
            self._room = ROOMS.open(self._engine, announce)
            self._room.narrate(self._narrated)
        return f"{address}?room={self._room.token}"

    def stop(self) -> None:
        """Let nobody follow any more."""
        if self._room is not None:
            ROOMS.close(self._room)
        self._room = None


@solara.component
def Audience(
    engine: Engine,
    narrated: Narrated,
    language: str,
    attendance: Attendance,
    set_attendance: Callable[[Attendance], None],
    listener: Callable[[Any], None],
):
    """The panel. listener: takes what the panel itself does not."""
    presenting = solara.use_memo(lambda: Presenting(engine), [engine])
    link, set_link = solara.use_state("")

    def hear(order: Any) -> None:
        match order:
            case {"do": "show", "at": str(at)}:
                set_link(presenting.show(at, set_attendance))
            case {"do": "stop showing"}:
                presenting.stop()
                set_attendance(Attendance())
                set_link("")
            case _:
                listener(order)

    def lasting() -> Callable[[], None]:
        set_link("")  # other worlds' engine has no room yet
        set_attendance(Attendance())
        return presenting.stop

    solara.use_effect(lasting, [presenting])
    presenting.narrate(narrated)
    code = solara.use_memo(lambda: code_of(link), [link])
    return RoomPanel.element(
        listener=hear, words=part_of(language, "room"), language=language, link=link, code=code, followers=attendance.followers
    )  # fmt: skip


def code_of(address: str) -> str:
    """Return an address as a QR code that can be read from the last row: an SVG, black on white; empty for none."""
    if not address:
        return ""
    import segno

    return str(segno.make(address, error="m", micro=False).svg_inline(omitsize=True, light="#fff"))
