"""A status in the words of a language: what the parts of the page are given to show."""

from collections.abc import Mapping
from typing import Any

from dashboard.charts.view import Note, axis_events
from dashboard.levers import LEVERS, Setting
from dashboard.parameter_words.words import choice_of, name_of
from dashboard.replayed import Replayed
from dashboard.status import ENDED, Status
from dashboard.worlds.events import ABANDONED, CHANGE, EDIT, Event
from dashboard.worlds.twins import BOTH, LEFT, RIGHT, Facts
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


def setting_shown(status: Status, scheme: str, side: str) -> Setting | None:
    """Return how the scheme is set whose levers are shown: the chosen one; else the first at work on the levers' side; else the first."""
    by_name = {setting.scheme: setting for setting in status.settings}
    at_work = [setting for setting in status.settings if any(setting.active[place] for place in _places(status, side))]
    return by_name.get(scheme) or next(iter([*at_work, *status.settings]), None)


def _places(status: Status, side: str) -> list[int]:
    """Return which of the sides the levers change: of one world always that one."""
    return [place for place, one in enumerate(status.sides) if one == side or side == BOTH or len(status.sides) == 1]


def levers(words: Words, status: Status, setting: Setting | None) -> list[dict[str, Any]]:
    """Return the levers of a scheme with their values on each side; without one, what they are."""
    named = setting.levers if setting else [(lever.name, ()) for lever in LEVERS]
    return [
        {
            "name": name,
            "label": words[f"levers.names.{lever.field}"],
            "unit": words[f"levers.units.{lever.field}"],
            "meaning": words[f"levers.meanings.{lever.field}"],
            "stops": lever.stops(next((value for value in values if value is not None), lever.declaration.default)),
            "values": dict(zip(status.sides, values, strict=False)),
        }
        for lever, (name, values) in zip(LEVERS, named, strict=True)
    ]


def choices_of_sides(words: Words, status: Status) -> list[tuple[str, str]]:
    """Return (side, its name) for each choice of which worlds the levers change; nothing where there is one world."""
    if len(status.sides) == 1:
        return []
    stored = status.facts is not None and isinstance(status.facts.choice, Replayed)
    names = titles(words, status.facts) if stored else [words["levers.sides.left"], words["levers.sides.right"]]
    return [(RIGHT, names[1]), (LEFT, names[0]), (BOTH, words["levers.sides.both"])]


def note_on_levers(words: Words, status: Status, setting: Setting | None, side: str) -> str:
    """Return what a lever does now."""
    facts = status.facts
    if facts is not None and setting is None:
        return words["levers.none"]
    if status.state == ENDED:
        return words["levers.over"]
    if setting is None or facts is None:
        return ""
    if not any(setting.active[place] for place in _places(status, side)):
        return filled(words, "levers.resting", scheme=named_scheme(words, setting.scheme))
    if not status.begun:
        return filled(words, "levers.before", week=f"{facts.burn_in + 1:,}")
    return words["levers.waiting"] if setting.waiting else words["levers.live"]


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
    """Return what a parameter is called on the page: a lever by its label, another as in the drawer; of one of several schemes,
    whose it is."""
    head, *_, short = name.split(".")
    lever = words.get(f"levers.names.{short}") if head in ("scheme", "schemes") else None  # the court has an exemption, too
    said = lever or words.get(f"recorded.names.{short}") or name_of(words["language"], name)
    return filled(words, "recorded.of_scheme", scheme=named_scheme(words, name.split(".")[1]), name=said) if head == "schemes" else said


def _shown(words: Words, value: Any) -> str:
    if isinstance(value, bool):
        return words["recorded.on" if value else "recorded.off"]
    return choice_of(words["language"], value) if isinstance(value, str) else f"{value:,.6g}"


def on_axis(words: Words, events: tuple[Event, ...], two: bool) -> list[dict[str, Any]]:
    """Return events as the axis of time shows them: what happened alike on both sides is said once."""
    return axis_events(Note(event.tick, event.kind, event.side if two else BOTH, text_of(words, event)) for event in events)


def provenance(words: Words, status: Status) -> str:
    """Return which worlds these are and what was done to them, in parts between " · ": what a saved picture carries."""
    done = (f"{what} ({', '.join(filter(None, (side, week)))})" for week, side, what in reversed(recorded(words, status)))
    return " · ".join([about(words, status.facts), *done]) if status.facts else ""


def recorded(words: Words, status: Status) -> list[tuple[str, str, str]]:
    """Return what was done, the latest first: (week, side, what)."""
    done = [entry for entry in on_axis(words, status.events, len(status.sides) > 1) if entry["kind"] in (CHANGE, EDIT)]
    sides = {BOTH: ""} | dict(zip(status.sides, titles(words, status.facts), strict=False))
    return [(week_of(words, entry["tick"]), sides[entry["side"]], entry["text"]) for entry in reversed(done)]
