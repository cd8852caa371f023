"""The room's parts in the browser: `dashboard/front/room.js` for the presenter, `dashboard/front/following.js` for who follows."""

import traitlets

from dashboard.parts import joined, style
from dashboard.widgets import Worded


class RoomPanel(Worded):
    """The address to follow. It tells {"do": "show", "at": where the page is in this browser} and {"do": "stop showing"}."""

    _esm = joined("dom", "room")
    _css = style("room")
    link = traitlets.Unicode(help="the address, or nothing while nobody can follow").tag(sync=True)
    code = traitlets.Unicode(help="the address as a QR code: an SVG").tag(sync=True)
    followers = traitlets.Int().tag(sync=True)


class FollowerBar(Worded):
    """What one who follows can do: language, dark, large letters, and go on by oneself."""

    _esm = joined("dom", "following")
    _css = style("room")
    address = traitlets.Unicode("?", help="of the same worlds and the same view").tag(sync=True)
    tick = traitlets.Int(help="which week is shown").tag(sync=True)
    over = traitlets.Bool(help="whether the presenter has left").tag(sync=True)
    dark = traitlets.Bool().tag(sync=True)
    projector = traitlets.Bool().tag(sync=True)
