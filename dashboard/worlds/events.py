"""What happened in a world that an axis of time should show: institutions come and go, firms are exposed, somebody changes something."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.worlds.recording import Recorded
from dashboard.worlds.twins import Twins
from experiments.specs.arms import canonical
from model.edits import PREFIX, is_edit
from model.phases.record import WEEKS_PER_YEAR
from model.society import Society

INTRODUCED, WITHDRAWN, ABANDONED, SCANDAL, CHANGE, EDIT = "introduced", "withdrawn", "abandoned", "scandal", "change", "edit"


@dataclass(frozen=True)
class Event:
    """Something that happened, or is in store, in tick `tick` of a side. `facts`, by kind:

    introduced, withdrawn: "scheme", its name; a scheme comes with the end of the burn-in and when a policy switches it on.
    abandoned: "schemes", how many collective action ended in this tick; "scheme", the name, if there is but one.
    scandal: "firms", how many were exposed in this tick.
    change: "name", "before", "value". edit: "edit" (cut, tie or office), "numbers", "before".
    """

    tick: int
    kind: str
    side: str
    facts: Mapping[str, Any]


def events(twins: Twins, side: str) -> list[Event]:
    """Return the events of a side by tick: of all weeks that it has reached, and what is in store for later ones."""
    series, rows = twins.series(side, whole=True), twins.recorded(side)
    abandoned = list(_abandoned(series["abandoned"], twins.facts.schemes))
    ended = {facts["scheme"]: tick for tick, _, facts in abandoned if facts.get("scheme")}
    found = [
        *_comings_and_goings(twins.society(side), twins.facts.burn_in, twins.facts.ticks, rows, ended),
        *abandoned,
        *_scandals(series["scandals"], twins.society(side).world.firms.size),
        *map(_done, rows),
    ]
    return sorted((Event(tick, kind, side, facts) for tick, kind, facts in found), key=lambda event: event.tick)


def _comings_and_goings(
    society: Society, burn_in: int, ticks: int, rows: tuple[Recorded, ...], ended: Mapping[str, int]
) -> Iterator[tuple[int, str, dict]]:
    """Yield when each scheme begins and ceases to be at work; one that was abandoned does not come back."""
    for scheme in society.parameters.schemes:
        name = f"schemes.{scheme.name}.active"
        switched = [row for row in rows if canonical(row.name, society.parameters) == name]
        active = switched[0].before if switched else scheme.active
        stages = [(burn_in, active)] + [(max(row.tick, burn_in), row.value) for row in switched]
        by_tick, running = dict(stages), False  # of several at once the last holds
        for tick in sorted(by_tick):
            if by_tick[tick] != running and tick < ticks and tick <= ended.get(scheme.name, ticks):
                running = by_tick[tick]
                yield tick, INTRODUCED if running else WITHDRAWN, {"scheme": scheme.name}


def _abandoned(counts: np.ndarray, schemes: tuple[str, ...]) -> Iterator[tuple[int, str, dict]]:
    """Yield when schemes were abandoned, of the number that has been so far."""
    ends = np.diff(counts, prepend=0.0)
    for tick in np.flatnonzero(ends > 0).tolist():
        yield tick, ABANDONED, {"schemes": round(ends[tick])} | ({"scheme": schemes[0]} if len(schemes) == 1 else {})


def _scandals(rates: np.ndarray, firms: int) -> Iterator[tuple[int, str, dict]]:
    """Yield when firms were exposed, of their number per firm and year."""
    for tick in np.flatnonzero(np.nan_to_num(rates) > 0).tolist():
        yield tick, SCANDAL, {"firms": round(rates[tick] * firms / WEEKS_PER_YEAR)}


def _done(row: Recorded) -> tuple[int, str, dict]:
    if is_edit(row.name):
        return row.tick, EDIT, {"edit": row.name.removeprefix(PREFIX), "numbers": row.value, "before": row.before}
    return row.tick, CHANGE, {"name": row.name, "before": row.before, "value": row.value}
