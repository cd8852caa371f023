"""What a viewer reads is data: a folder of words has a TOML file for each language, of which every part of the page has one."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from experiments.refusal import not_allowed
from model.parameters import nearest

LANGUAGES = ("en", "zh")


@cache
def table_of(folder: Path, language: str) -> dict[str, Any]:
    """Return a folder's words in a language, by tables. Raises a Refusal for a language that is none of LANGUAGES."""
    if language not in LANGUAGES:
        raise not_allowed("", "language", language, f"one of {', '.join(LANGUAGES)}{nearest(str(language), LANGUAGES)}")
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def words_of(folder: Path, language: str) -> Mapping[str, str]:
    """Return a folder's words in a language, the keys of nested tables joined by dots. Raises a Refusal as `table_of`."""
    return dict(_flat(table_of(folder, language)))


def _flat(table: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{head}{key}.")
        else:
            yield f"{head}{key}", value
