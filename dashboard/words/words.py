"""What a viewer reads around the picture and the charts, in each language: words under dotted keys, with {places} for values."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.view import LANGUAGES
from experiments.refusal import not_allowed
from model.parameters import nearest

FOLDER = Path(__file__).parent


class Words(dict[str, str]):
    """{key: words} of one language. A key that is missing raises a KeyError that names the nearest one; `get` is as of any dict."""

    def __missing__(self, key: str) -> str:
        raise KeyError(f"there are no words for {key!r}{nearest(str(key), self)}")


@cache
def words(language: str) -> Words:
    """Return the words of a language, to be read only; of nested tables the keys are joined by dots.

    Raises a Refusal for what is none of LANGUAGES.
    """
    if language not in LANGUAGES:
        raise not_allowed("", "language", language, f"one of {', '.join(LANGUAGES)}{nearest(str(language), LANGUAGES)}")
    return Words(flat(tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))))


def part_of(language: str, *heads: str) -> Words:
    """Return the words of these tables, and those of no table: what one part of the page needs."""
    return Words((key, text) for key, text in words(language).items() if "." not in key or key.split(".")[0] in heads)


def flat(table: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, str]]:
    """Yield (dotted key, words) of a table and of the tables in it."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{head}{key}.")
        else:
            yield f"{head}{key}", value
