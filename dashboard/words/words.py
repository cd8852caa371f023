"""What a viewer reads around the picture and the charts, in each language: words under dotted keys, with {places} for values."""

from pathlib import Path

from dashboard.languages import Words, words_of

FOLDER = Path(__file__).parent


def words(language: str) -> Words:
    """Return the words of a language. Raises a Refusal for one that there is not."""
    return words_of(FOLDER, language)


def part_of(language: str, *heads: str) -> Words:
    """Return the words whose keys begin with one of these words, and those under no heading: what one part of the page needs."""
    return Words((key, text) for key, text in words(language).items() if "." not in key or key.split(".")[0] in heads)
