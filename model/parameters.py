"""How a parameter is declared: once, with default, bounds, unit, meaning and source; everything else walks the declaration.

The parameters themselves are declared in `model/declarations/` (the society) and `model/institutions/scheme.py` (a scheme).
"""

import difflib
import functools
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, cast

import numpy as np


class ParameterError(ValueError):
    """A parameter that does not exist or has a value that is not allowed; the message is one sentence."""


@dataclass(frozen=True)
class Declaration:
    """What is known of one parameter: its dotted name, default, bounds or choices, unit, meaning and source."""

    name: str
    default: Any
    low: float | None
    high: float | None
    choices: tuple[str, ...] | None
    unit: str
    meaning: str
    source: str

    def allowed(self) -> str:
        """Say in words which values are allowed."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if isinstance(self.default, bool):
            return "true or false"
        if isinstance(self.default, str):
            return "text"
        low, high = self.low or 0, self.high or 0
        if isinstance(self.default, int):
            return f"a whole number from {int(low)} to {int(high)}"
        return f"a number from {_plain(low)} to {_plain(high)}"


def _plain(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else repr(bound)


def parameter(default, *, unit, meaning, source, low=None, high=None, choices=None) -> Any:
    """Declare one parameter as a dataclass field. Numbers need bounds; text needs choices or is free."""
    if isinstance(default, (int, float)) and not isinstance(default, bool) and (low is None or high is None):
        raise TypeError("a number is declared with its bounds")
    metadata = {"low": low, "high": high, "choices": choices, "unit": unit, "meaning": meaning, "source": source}
    return field(default=default, metadata=metadata)


def walk(group: Any, prefix: str = "") -> Iterator[tuple[Declaration, Any]]:
    """Yield (declaration, current value) of every parameter of a frozen dataclass and of the dataclasses inside it."""
    for item in fields(group):
        value = getattr(group, item.name)
        name = f"{prefix}{item.name}"
        if item.metadata.get("meaning"):
            facts = {k: item.metadata[k] for k in ("low", "high", "choices", "unit", "meaning", "source")}
            yield Declaration(name=name, default=item.default, **facts), value
        elif is_dataclass(value):
            yield from walk(value, name + ".")
        elif isinstance(value, tuple):
            for member in value:
                yield from walk(member, f"{name}.{member.name}.")


@functools.cache
def _declared(kind: Hashable, field_name: str, prefix: str = "") -> Declaration:
    """Return the declaration of a field of a dataclass that is in the groups of the prefix."""
    item = next(item for item in fields(cast(Any, kind)) if item.name == field_name)
    facts = {k: item.metadata[k] for k in ("low", "high", "choices", "unit", "meaning", "source")}
    return Declaration(name=prefix + field_name, default=item.default, **facts)


@functools.cache
def _fields(kind: Hashable) -> dict[str, bool]:
    """Return {name: whether it is a parameter} of the fields of a dataclass."""
    return {item.name: bool(item.metadata.get("meaning")) for item in fields(cast(Any, kind))}


def nearest(name: str, names) -> str:
    """Return ` (did you mean 'x'?)` for the closest of `names`, or an empty string."""
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


def checked(declaration: Declaration, value: Any) -> Any:
    """Return the value in the declared type, or raise ParameterError saying what was found and what is allowed."""
    default = declaration.default
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(default, bool):
        fits = isinstance(value, bool)
    elif isinstance(default, str):
        fits = isinstance(value, str) and (not declaration.choices or value in declaration.choices)
    else:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        fits = is_number and (declaration.low or 0) <= value <= (declaration.high or 0)  # also refuses NaN
        fits = fits and (isinstance(default, float) or value == int(value))
    if not fits:
        hint = nearest(value, declaration.choices) if declaration.choices and isinstance(value, str) else ""
        raise ParameterError(f"{declaration.name} = {value!r} is not allowed: expected {declaration.allowed()}{hint}")
    return value if isinstance(default, (bool, str)) else type(default)(value)


def with_values(group: Any, values: Mapping[str, Any]) -> Any:
    """Return a copy of a frozen dataclass with other, checked values of several parameters, as `with_value` gives one after the other."""
    return _with_values(group, values, "")


def _with_values(group: Any, values: Mapping[str, Any], prefix: str) -> Any:
    changed: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        head, _, rest = name.partition(".")
        if rest and is_dataclass(getattr(group, head, None)):
            inside.setdefault(head, {})[rest] = value
        elif not rest and _fields(cast(Hashable, type(group))).get(head):
            changed[head] = checked(_declared(cast(Hashable, type(group)), head, prefix), value)
        else:  # of one scheme or grade among several, or no parameter at all
            group = with_value(group, name, value, prefix + name)
    for head, inner in inside.items():
        changed[head] = _with_values(getattr(group, head), inner, f"{prefix}{head}.")
    return replace(group, **changed)


def with_value(group: Any, name: str, value: Any, full_name: str | None = None) -> Any:
    """Return a copy of a frozen dataclass in which the parameter of that dotted name has another, checked value."""
    full_name = full_name or name
    head, _, rest = name.partition(".")
    known_fields = _fields(cast(Hashable, type(group)))
    item = head in known_fields
    inner = getattr(group, head) if item else None
    if item and rest and is_dataclass(inner):
        return replace(group, **{head: with_value(inner, rest, value, full_name)})
    if item and rest and isinstance(inner, tuple) and inner and is_dataclass(inner[0]):
        member_name, _, member_rest = rest.partition(".")
        members = {member.name: member for member in inner}
        if member_name in members and member_rest:
            members[member_name] = with_value(members[member_name], member_rest, value, full_name)
            return replace(group, **{head: tuple(members.values())})
    if item and not rest and known_fields[head]:
        return replace(group, **{head: checked(_declared(cast(Hashable, type(group)), head, full_name.removesuffix(head)), value)})
    known = [d.name for d, _ in walk(group)]
    prefix = full_name[: len(full_name) - len(name)]
    hint = nearest(name, known) if not prefix else nearest(full_name, [prefix + k for k in known])
    raise ParameterError(f"{full_name!r} is not a parameter{hint}")


def as_dict(group: Any) -> dict[str, Any]:
    """Return {dotted name: value} of every parameter, in the order of `walk`."""
    found: dict[str, Any] = {}
    _collect(group, "", found)
    return found


def _collect(group: Any, prefix: str, found: dict[str, Any]) -> None:
    for name, is_parameter in _fields(cast(Hashable, type(group))).items():
        value = getattr(group, name)
        if is_parameter:
            found[prefix + name] = value
        elif is_dataclass(value):
            _collect(value, f"{prefix}{name}.", found)
        elif isinstance(value, tuple):
            for member in value:
                _collect(member, f"{prefix}{name}.{member.name}.", found)
