"""The parts of stored experiments that live in the browser: `dashboard/front/stored_map.js`, `dashboard/front/stored_picker.js`."""

import traitlets

from dashboard.parts import Part, joined


class RegimeMap(Part):
    """A map of cells: {"do": "show", "point": p} on a click, {"do": "choose", "point": p} where an arrow key leads.

    map: as `regime_map.map_data` returns it. point: the one chosen.
    """

    _esm = joined("stored_map")
    map = traitlets.Dict().tag(sync=True)
    point = traitlets.Int().tag(sync=True)


class Picker(Part):
    """Lists to choose from: {"do": "pick", "name": n, "at": its place in the list, from 0}.

    choices: {"name", "label", "at"} and either "options", a list of text, or "low" and "count": a whole number, one of so many from `low`
    on, is typed in.
    """

    _esm = joined("stored_picker")
    choices = traitlets.List().tag(sync=True)
