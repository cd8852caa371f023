"""A status in the words of a language: what the parts of the page are given to show."""

from collections.abc import Mapping
from typing import Any

from dashboard.charts.view import Note, axis_events
from dashboard.levers import LEVERS
from dashboard.replayed import Replayed
from dashboard.status import ENDED, Status
from dashboard.worlds.events import ABANDONED, CHANGE, EDIT, Event
from dashboard.worlds.twins import BOTH, Facts
from model.phases.record import WEEKS_PER_YEAR

Words = Mapping[str, str]


def filled(words: Words, key: str, **values: Any) -> str:
    """Return the words of a key with their places filled."""
    return words[key].format(**values)


def about(words: Words, facts: Facts) -> str:
    """Return which worlds these are: citizens, weeks, scheme, seed."""
    scheme = words["facts_none"]
    if facts.schemes:
        names = ", ".join(named_scheme(words, name) for name in facts.schemes)
        scheme = filled(words, "facts_scheme", scheme=names, week=f"{facts.burn_in + 1:,}")
    return filled(words, "facts", citizens=f"{facts.citizens:,}", weeks=f"{facts.ticks:,}", scheme=scheme, seed=facts.choice.seed)


def named_scheme(words: Words, name: str) -> str:
    """Return what a scheme is called; one of a file of one's own by its own name."""
    return words.get(f"preset.{name}", name)


def titles(words: Words, facts: Facts | None) -> list[str]:
    """Return the names of the worlds, left first; of a stored run, those of its arms."""
    if facts is not None and isinstance(facts.choice, Replayed):
        return [side.label for side in facts.choice.replay.sides]
    sides = facts.sides if facts else ()
    return [words["side.left"], words["side.right"]] if len(sides) > 1 else [words["side.only"]]


def levers(words: Words, status: Status) -> list[dict[str, Any]]:
    """Return the levers with their values on each side."""
    values = dict(status.levers)
    return [
        {
            "name": lever.name,
            "label": words[f"levers.names.{lever.field}"],
            "unit": words[f"levers.units.{lever.field}"],
            "meaning": words[f"levers.meanings.{lever.field}"],
            "stops": lever.stops(next((value for value in values.get(lever.name, ()) if value is not None), lever.declaration.default)),
            "values": dict(zip(status.sides, values.get(lever.name, ()), strict=False)),
        }
        for lever in LEVERS
    ]


def note_on_levers(words: Words, status: Status) -> str:
    """Return what a lever does now."""
    facts = status.facts
    if facts is not None and not facts.schemes:
        return words["levers.none"]
    if status.state == ENDED:
        return words["levers.over"]
    if facts is not None and not status.begun:
        return filled(words, "levers.before", week=f"{facts.burn_in + 1:,}")
    return words["levers.waiting"] if status.waiting else words["levers.live"]


def week_of(words: Words, tick: int) -> str:
    """Return which week a tick is."""
    return filled(words, "recorded.week", year=tick // WEEKS_PER_YEAR + 1, week=tick % WEEKS_PER_YEAR + 1)


def text_of(words: Words, event: Event) -> str:
    """Return what happened."""
    facts = event.facts
    if event.kind == CHANGE:
        return filled(
            words,
            "recorded.change",
            name=named(words, facts["name"]),
            before=_shown(words, facts["before"]),
            value=_shown(words, facts["value"]),
        )
    if event.kind == EDIT:
        i, j = facts["numbers"]
        kind = facts["edit"] if facts["edit"] != "office" else "give" if j else "take"
        return filled(words, f"recorded.{kind}", i=i, j=j)
    if event.kind == ABANDONED:
        return words["events.abandoned"]
    return words[f"events.{event.kind}"].format(scheme=named_scheme(words, facts.get("scheme", "")))


def named(words: Words, name: str) -> str:
    """Return what a parameter is called on the page: a lever by its label, another by the end of its name; of one of several schemes,
    whose it is."""
    head, *_, short = name.split(".")
    said = words.get(f"levers.names.{short}") or words.get(f"recorded.names.{short}") or short.replace("_", " ")
    return f"{named_scheme(words, name.split('.')[1])}: {said}" if head == "schemes" else said


def _shown(words: Words, value: Any) -> str:
    if isinstance(value, bool):
        return words["recorded.on" if value else "recorded.off"]
    return value if isinstance(value, str) else f"{value:g}"


def on_axis(words: Words, events: tuple[Event, ...], two: bool) -> list[dict[str, Any]]:
    """Return events as the axis of time shows them: what happened alike on both sides is said once."""
    return axis_events(Note(event.tick, event.kind, event.side if two else BOTH, text_of(words, event)) for event in events)


def recorded(words: Words, status: Status) -> list[tuple[str, str, str]]:
    """Return what was done, the latest first: (week, side, what)."""
    done = [entry for entry in on_axis(words, status.events, len(status.sides) > 1) if entry["kind"] in (CHANGE, EDIT)]
    sides = {BOTH: ""} | dict(zip(status.sides, titles(words, status.facts), strict=False))
    return [(week_of(words, entry["tick"]), sides[entry["side"]], entry["text"]) for entry in reversed(done)]
