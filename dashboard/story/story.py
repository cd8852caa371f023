"""The story: its chapters, in their order, and the essays that they cite. Where the page looks them up."""

from functools import cache

from dashboard.story.chapter import Chapter, Source
from dashboard.story.reading import read_chapters, read_sources


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return the chapters in their order. Raises a Refusal, one sentence, for a file that does not hold one."""
    return read_chapters()


def sources() -> tuple[Source, ...]:
    """Return the essays in full, as a list of references shows them."""
    return tuple(read_sources().values())
