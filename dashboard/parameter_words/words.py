"""What a viewer reads of a parameter: its declaration, which is in English; in Chinese the words of this folder, by the parameter's name.

A name of a scheme or a grade is no part of the key: `schemes.rongcheng.grade.AAA.floor` has the words of `scheme.grade.floor`.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.citizen.sentences import words_of as words_of_decisions
from dashboard.languages import Words, words_of
from dashboard.words.words import words
from model.assign import default_parameters
from model.parameters import Declaration, walk

FOLDER = Path(__file__).parent
DECLARED_IN = "en"
_KINDS = {bool: "truth", str: "text", int: "whole", float: "number"}

Row = dict[str, Any]


def key_of(name: str) -> str:
    """Return a parameter's dotted name without the names of its scheme and grade."""
    head, *rest = name.split(".")
    if head == "schemes":
        head, rest = "scheme", rest[1:]
    return ".".join([head, "grade", *rest[2:]] if rest[0] == "grade" else [head, *rest])


def name_of(language: str, name: str) -> str:
    """Return what a parameter is called in a language, without its group."""
    if language == DECLARED_IN:
        return name.rpartition(".")[2].replace("_", " ")
    return words_of(FOLDER, language)[f"{key_of(name)}.name"]


def choice_of(language: str, value: str) -> str:
    """Return what a value of a parameter with choices is called; another text as it is."""
    return value if language == DECLARED_IN else _facts(language).get(f"choices.{value}", value)


def rows_in(language: str, rows: Iterable[Row]) -> list[Row]:
    """Return rows of `dashboard.parameters.rows_of` in a language. What a search looks through is in English, too."""
    if language == DECLARED_IN:
        return [dict(row) for row in rows]
    rows = list(rows)
    headings = {group: _heading(language, group) for group in dict.fromkeys(row["group"] for row in rows)}
    return [_row_in(language, row, headings[row["group"]]) for row in rows]


def _row_in(language: str, row: Row, heading: str) -> Row:
    said = _said(language, key_of(row["name"]))
    choices = [(value, choice_of(language, value)) for value, _ in row["choices"]]
    text = f"{row['text']} {heading} {said['short']} {said['meaning']}"
    return row | said | {"heading": heading, "choices": choices, "text": text.lower()}


@cache
def _said(language: str, key: str) -> Row:
    declaration, spoken, facts = _declared()[key], words_of(FOLDER, language), _facts(language)
    return {
        "short": spoken[f"{key}.name"],
        "meaning": facts["row.meaning"].format(meaning=spoken[f"{key}.meaning"]),
        "allowed": _allowed(facts, declaration),
        "source": facts.get(f"sources.{key}") or facts[f"phrases.{declaration.source}"],
    }


@cache
def _declared() -> dict[str, Declaration]:
    return {key_of(declaration.name): declaration for declaration, _ in walk(default_parameters())}


def _facts(language: str) -> Words:
    return words_of(FOLDER / "facts", language)


def _allowed(facts: Words, declaration: Declaration) -> str:
    """Say what `Declaration.allowed` says, with the unit."""
    kind = "choice" if declaration.choices else _KINDS[type(declaration.default)]
    choices = facts["allowed.between"].join(facts[f"choices.{value}"] for value in declaration.choices or ())
    low, high = (f"{bound or 0:.15g}" for bound in (declaration.low, declaration.high))
    allowed = facts[f"allowed.{kind}"].format(choices=choices, low=low, high=high)
    return facts["allowed.with_unit"].format(allowed=allowed, unit=facts[f"units.{declaration.unit}"])


def _heading(language: str, group: str) -> str:
    """Return what a group of rows is called, `scheme` or `schemes.NAME` by the scheme; each grade is a group of its own."""
    facts, (head, *rest) = _facts(language), group.split(".")
    said = facts["groups.scheme" if head == "schemes" else f"groups.{head}"]
    if head == "schemes":
        name, *rest = rest
        said = words(language).get(f"preset.{name}", name)
    if rest[:1] == ["grade"]:
        grade = words_of_decisions(language)["grade"].get(rest[1], rest[1])
        return facts["groups.grade"].format(scheme=said, grade=grade)
    return facts[f"groups.{rest[0]}"].format(scheme=said) if rest else said
