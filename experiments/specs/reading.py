"""Tables of a TOML document taken apart, with refusals that name the place, the key, what was found and what is allowed."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from experiments.refusal import Refusal, not_allowed
from model.parameters import nearest

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
NAME_ALLOWED = "a name of letters, digits, '-' and '_'"


def refuse_unknown(data: Mapping[str, Any], keys: Iterable[str], where: str) -> None:
    """Raise a refusal with the nearest match if `data` has a key that is not among `keys`."""
    keys = tuple(keys)
    for key in data:
        if key not in keys:
            raise Refusal(f"{where}: {key!r} is not a key here{nearest(key, keys)}: expected {', '.join(keys)}")


def typed(data: Mapping[str, Any], key: str, kind: type, allowed: str, where: str, default: Any = None) -> Any:
    """Return the value of a key, checked to be of its kind; the default where it is not given; without one a Refusal."""
    if key not in data and default is not None:
        return default
    if key not in data:
        raise Refusal(f"{where}: {key} is missing: expected {allowed}")
    if not isinstance(data[key], kind):
        raise not_allowed(where, key, data[key], allowed)
    return data[key]


def rows_of(data: Mapping[str, Any], key: str, where: str) -> list[dict]:
    """Return the tables of an array of tables, `[[key]]`."""
    rows = typed(data, key, list, f"[[{key}]] tables", where, [])
    for row in rows:
        if not isinstance(row, dict):
            raise not_allowed(where, key, row, f"[[{key}]] tables")
    return rows


def name_of(row: Mapping[str, Any], where: str) -> str:
    """Return the `name` of a table, checked to be one."""
    name = typed(row, "name", str, NAME_ALLOWED, where)
    if not NAME.fullmatch(name):
        raise not_allowed(where, "name", name, NAME_ALLOWED)
    return name


def toml_value(value: Any) -> str:
    """Return a scalar or a list of scalars as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return repr(value)


def toml_key(name: str) -> str:
    """Return a dotted name as a dotted TOML key, its parts quoted where they must be."""
    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else toml_value(part) for part in name.split("."))
