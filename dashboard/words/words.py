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


@cache
def words(language: str) -> Mapping[str, str]:
    """Return the words of a language. Raises a Refusal for one that is none of LANGUAGES."""
    if language not in LANGUAGES:
        raise not_allowed("", "language", language, f"one of {', '.join(LANGUAGES)}{nearest(str(language), LANGUAGES)}")
    return dict(_flat(tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))))


def _flat(table: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{head}{key}.")
        else:
            yield f"{head}{key}", value


def part_of(language: str, *heads: str) -> dict[str, str]:
    """Return the words whose keys begin with one of these words, and those under no heading: what one part of the page needs."""
    return {key: text for key, text in words(language).items() if "." not in key or key.split(".")[0] in heads}
