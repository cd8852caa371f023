"""What a manifest must hold for its results to be read: it may have been edited, cut short or made by something else."""

from collections.abc import Callable, Mapping
from typing import Any

from experiments.analysis.statistics import subsets
from experiments.specs.spec import MAX_REPLICATIONS, Spec

Check = Callable[[Any], bool]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _number(value: Any) -> bool:
    return _any_number(value) and value >= 0


def _any_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _table(value: Any) -> bool:
    return isinstance(value, dict)


def _listed(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _has(**keys: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(key in value and check(value[key]) for key, check in keys.items())


def _cell(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and _listed(_text)(value[0]) and _text(value[1])


def _tables(inner: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(inner(item) for item in value.values())


def _tables_of_text(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


_OUTCOME = _has(
    name=_text, unit=_text, meaning=_text, low=_any_number, high=_any_number, smallest_effect=_number, cadence=_text,
    headline=lambda value: isinstance(value, bool),
)  # fmt: skip

#: key -> (whether a value will do, what is expected in words)
KEYS: Mapping[str, tuple[Check, str]] = {
    "id": (_text, "text"),
    "status": (_text, "text"),
    "model_version": (_text, "text"),
    "spec": (_text, "a spec in TOML as text"),
    "replications": (lambda value: _whole(value) and 0 < value <= MAX_REPLICATIONS, f"a whole number from 1 to {MAX_REPLICATIONS}"),
    "runs": (lambda value: _whole(value) and value > 0, "a whole number from 1"),
    "shard": (lambda value: _listed(_whole)(value) and len(value) in (0, 2), "an empty list, or a number and how many"),
    "runs_stored": (_whole, "a whole number from 0"),
    "effect_window": (lambda value: _whole(value) and value > 0, "a whole number from 1"),
    "burn_in": (_whole, "a whole number from 0"),
    "seeds": (lambda value: _listed(_whole)(value) and bool(value), "a list of whole numbers"),
    "wall_time_seconds": (_number, "a number from 0"),
    "session_seconds": (_listed(_number), "a list of numbers from 0"),
    "command": (_listed(_text), "a list of text"),
    "notes": (_listed(_text), "a list of text"),
    "failures": (_listed(_table), "a list of tables"),
    "arms": (_table, "a table"),
    "networks": (_tables_of_text, "a table of text"),
    "cells": (_listed(_cell), "a list of [levers, arm]"),
    "interactions": (_listed(_listed(_text)), "a list of lists of levers"),
    "outcomes": (_listed(_OUTCOME), "a list of outcomes, each with name, unit, meaning, low, high, smallest_effect, cadence, headline"),
    "differs_from_default": (_tables(lambda value: _table(value) and "default" in value and _table(value.get("arms"))),
                             "a table of {default, arms}"),
    "versions": (_table, "a table"),
    "git": (lambda value: _table(value) and {"commit", "dirty"} <= value.keys(), "a table with commit and dirty"),
    "platform": (_has(system=_text), "a table with the key system"),
}  # fmt: skip


def fault_of(manifest: Any) -> str:
    """Return in words what keeps a document from being read as a manifest, or nothing."""
    if not isinstance(manifest, dict):
        return f"found {type(manifest).__name__}, expected a table"
    for key, (check, expected) in KEYS.items():
        if key not in manifest:
            return f"{key} is missing: expected {expected}"
        if not check(manifest[key]):
            found = repr(manifest[key])
            return f"{key} = {found if len(found) <= 60 else found[:57] + '...'} is not allowed: expected {expected}"
    return ""


def unfit(manifest: Mapping[str, Any], spec: Spec) -> str:
    """Return in words what does not fit the spec that a manifest records, or nothing."""
    arms, levers = {arm.name for arm in spec.arms}, {lever.name for lever in spec.levers}
    cells = {frozenset(names): arm for names, arm in manifest["cells"]}
    named = {"arms": set(manifest["arms"]), "cells": set(cells.values())}
    named["differs_from_default"] = {arm for row in manifest["differs_from_default"].values() for arm in row["arms"]}
    for key, names in named.items():
        if names - arms:
            return f"{key} names the arm {min(names - arms)!r}: expected those of its spec, {', '.join(sorted(arms))}"
    for names in manifest["interactions"]:
        if not set(names) <= levers or not all(cell in cells for cell in subsets(names)):
            return f"interactions holds {names!r}: expected levers of its spec of which every combination is among cells"
    return ""
