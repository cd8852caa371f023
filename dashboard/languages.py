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


class Words(dict[str, str]):
    """{key: words} of one language. A key that is missing raises a KeyError that names the nearest one; `get` is as of any dict."""

    def __missing__(self, key: str) -> str:
        raise KeyError(f"there are no words for {key!r}{nearest(str(key), self)}")


@cache
def words_of(folder: Path, language: str) -> Words:
    """Return a folder's words in a language, to be read only; keys of nested tables are joined by dots. Raises as `table_of`."""
    return Words(_flat(table_of(folder, language)))


def _flat(table: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{head}{key}.")
        else:
            yield f"{head}{key}", value
