"""The parts of the page around the picture and the charts: one file of `dashboard/front/` each, behind what they share."""

import traitlets

from dashboard.parts import Part, joined


class Worded(Part):
    """A part that says numbers in the language of the page."""

    language = traitlets.Unicode("en").tag(sync=True)


class Bar(Worded):
    """Which world; what to open; how the page looks; what to take away; and the keys for these."""

    _esm = joined("dom", "bar")
    presets = traitlets.List().tag(sync=True)
    preset = traitlets.Unicode().tag(sync=True)
    citizens = traitlets.Unicode().tag(sync=True)
    seed = traitlets.Unicode().tag(sync=True)
    colours = traitlets.List().tag(sync=True)
    twin = traitlets.Bool().tag(sync=True)
    filming = traitlets.Bool().tag(sync=True)
    chapter = traitlets.Int(help="of the story, 0 without it").tag(sync=True)
    dark = traitlets.Bool().tag(sync=True)
    projector = traitlets.Bool().tag(sync=True)
    audience = traitlets.Bool(help="whether others can be let follow").tag(sync=True)
    shown = traitlets.Unicode(help="what is open: drawer, help, room or nothing").tag(sync=True)
    notice = traitlets.Unicode(help="with a new one the boxes show again what holds, not what was refused").tag(sync=True)


class Story(Part):
    """A chapter of the story."""

    _esm = joined("dom", "story")
    chapter = traitlets.Dict(help="as `dashboard.story.panel.panel` returns it; empty without the story").tag(sync=True)


class Levers(Worded):
    """The three levers of a scheme, for the world on the right, on the left, or both."""

    _esm = joined("dom", "sides", "levers")
    levers = traitlets.List(help="{name, label, unit, meaning, stops, values: {side: value}}").tag(sync=True)
    schemes = traitlets.List(help="{name, label} of all that there are").tag(sync=True)
    scheme = traitlets.Unicode(help="the name of the one whose levers these are").tag(sync=True)
    sides = traitlets.List().tag(sync=True)
    side = traitlets.Unicode("right").tag(sync=True)
    choices = traitlets.List(help="[side, its name] and ['both', ...]; empty where there is one world").tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    enabled = traitlets.Bool().tag(sync=True)


class Drawer(Worded):
    """Every parameter, from its declaration."""

    _esm = joined("dom", "sides", "drawer")
    rows = traitlets.List().tag(sync=True)
    side = traitlets.Unicode("right").tag(sync=True)
    choices = traitlets.List(help="as of the levers").tag(sync=True)
    unfolded = traitlets.List(help="groups that stand open").tag(sync=True)
    notice = traitlets.Unicode(help="with a new one the boxes show again what holds, not what was refused").tag(sync=True)


class Connection(Worded):
    """Whether the page still hears its server, in words where it does not."""

    _esm = joined("dom", "connection")
    address = traitlets.Unicode("?", help="of what is shown, but for the week").tag(sync=True)
    keeps = traitlets.Bool(help="whether the browser's own line shows it, so that loading the page again brings it back").tag(sync=True)


class PersonCard(Worded):
    """A clicked citizen."""

    _esm = joined("dom", "person")
    person = traitlets.Dict().tag(sync=True)
    world = traitlets.Int(help="in which citizens are chosen by number: 0 the left, 1 the right one").tag(sync=True)
    fixed = traitlets.Bool(help="whether it can only be read").tag(sync=True)
