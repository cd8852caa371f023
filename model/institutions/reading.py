"""Schemes read from TOML: the presets, and files of one's own. Both get the same checks.

A file holds one scheme (`about`, the scheme's parameters, `[event]`, one `[[grade]]` a grade, best first), or a combination of presets:
`combines`, a list of their names; `[each]`, what is set in every one of them; `[own.NAME]`, what is set in one.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from model.institutions.scheme import Grade, Scheme, check_scheme
from model.parameters import ParameterError, checked, nearest, walk, with_value

PRESETS = Path(__file__).parent / "presets"
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class System:
    """What a file describes: a name, what it is in plain words, and the schemes at work in it."""

    name: str
    about: str
    schemes: tuple[Scheme, ...]


def preset_names() -> list[str]:
    """Return the names of the presets, `none` first."""
    return ["none", *sorted(path.stem for path in PRESETS.glob("*.toml"))]


@cache
def system(name: str) -> System:
    """Return the preset of that name; ParameterError names the nearest one."""
    if name == "none" or name not in preset_names():
        known = preset_names()
        raise ParameterError(f"scheme.preset = {name!r} is not allowed: expected one of {', '.join(known)}{nearest(name, known)}")
    path = PRESETS / f"{name}.toml"
    return system_from(tomllib.loads(path.read_text(encoding="utf-8")), name, path.name)


def preset(name: str) -> Scheme:
    """Return the preset scheme of that name; of a combination its first one."""
    return system(name).schemes[0]


def system_of_file(path: str) -> System:
    """Return the system that a TOML file of one's own describes, named after the file; ParameterError says what is wrong with it."""
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ParameterError(f"scheme.file = {path!r}: the file cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(content) > MOST_BYTES:
        raise ParameterError(f"scheme.file = {path!r}: the file is larger than {MOST_BYTES:,} bytes, too large for a scheme")
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except RecursionError:
        raise ParameterError(f"scheme.file = {path!r}: this is not a TOML file of a scheme: it is nested too deeply") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ParameterError(f"scheme.file = {path!r}: this is not a TOML file: {' '.join(str(error).split())}") from None
    return system_from(data, Path(path).stem, path)


def system_from(data: dict[str, Any], name: str, where: str) -> System:
    """Build a system from a TOML document: one scheme, or a combination of presets. `where` names it in refusals."""
    about = data.get("about", "")
    if not isinstance(about, str):
        raise ParameterError(f"{where}: about = {about!r} is not allowed: expected text")
    if not data:
        raise ParameterError(f"{where}: the file says nothing: expected a scheme, with start, [event], [[grade]], or combines")
    if "combines" in data:
        return System(name, about, tuple(_combined(data, where)))
    return System(name, about, (scheme_from(data, name, where),))


def scheme_from(data: dict[str, Any], name: str, where: str) -> Scheme:
    """Build a scheme from the tables of a TOML document: scalars, `[event]` and `[[grade]]`; unknown keys are refused."""
    scheme = Scheme(name=_plain(name, where), grade=tuple(_grades(data.get("grade", []), where)))
    try:
        scheme = _with_values(scheme, {key: value for key, value in data.items() if key not in ("about", "grade")})
        check_scheme(scheme)
    except ParameterError as error:
        raise ParameterError(f"{where}: {error}") from None
    return scheme


def _with_values(scheme: Scheme, data: dict[str, Any]) -> Scheme:
    """Return the scheme with scalars and `[event]` points set."""
    for key, value in data.items():
        if key != "event":
            scheme = with_value(scheme, key, value)
            continue
        if not isinstance(value, dict):
            raise ParameterError(f"event = {value!r} is not allowed: expected a table of points")
        for event, points in value.items():
            scheme = with_value(scheme, f"event.{event}", points)
    return scheme


def _plain(name: str, where: str) -> str:
    """Return a name that can be a part of a parameter's dotted name."""
    if not re.fullmatch(r"[\w+-]{1,40}", name):
        raise ParameterError(f"{where}: the name {name!r} is not allowed: expected letters, digits, + - _, at most 40 of them")
    return name


def _grades(rows: Any, where: str) -> Iterable[Grade]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ParameterError(f"{where}: grade = {rows!r} is not allowed: expected tables [[grade]]")
    grades = [_grade(row, f"{where}: grade") for row in rows]
    names = [grade.name for grade in grades]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"{where}: grade: the name {name!r} is given twice")
    return grades


def _grade(row: dict[str, Any], where: str) -> Grade:
    if not isinstance(row.get("name"), str) or not row["name"]:
        raise ParameterError(f"{where}: every grade needs a name")
    grade = Grade(name=_plain(row["name"], where))
    known = {d.name: d for d, _ in walk(grade)}
    for key, value in row.items():
        if key == "name":
            continue
        if key not in known:
            raise ParameterError(f"{where}.{key} is not a parameter of a grade{nearest(key, known)}")
        grade = replace(grade, **{key: checked(known[key], value)})
    return grade


def _combined(data: dict[str, Any], where: str) -> Iterable[Scheme]:
    """Yield the schemes of a combination."""
    known = ("about", "combines", "each", "own")
    for key in data:
        if key not in known:
            raise ParameterError(f"{where}: {key!r} is not allowed in a combination: expected {', '.join(known)}{nearest(key, known)}")
    members, each, own = data["combines"], data.get("each", {}), data.get("own", {})
    if not isinstance(members, list) or not members or not all(isinstance(member, str) for member in members):
        raise ParameterError(f"{where}: combines = {members!r} is not allowed: expected a list of presets")
    if not isinstance(each, dict) or not isinstance(own, dict) or not all(isinstance(values, dict) for values in own.values()):
        raise ParameterError(f"{where}: each and own are not allowed as anything but tables")
    for member in [*members, *own]:
        if member not in members or members.count(member) > 1 or member == Path(where).stem:
            raise ParameterError(f"{where}: {member!r} is not allowed: expected each preset once in combines, and in own only those")
    for member in members:
        if member not in preset_names()[1:]:
            raise ParameterError(f"{where}: combines: {member!r} is not a preset{nearest(member, preset_names()[1:])}")
        for scheme in system(member).schemes:
            try:
                scheme = _with_values(_with_values(scheme, each), own.get(member, {}))
                check_scheme(scheme)
            except ParameterError as error:
                raise ParameterError(f"{where}: {member}: {error}") from None
            yield scheme
