"""The chapter that is open, as the page shows it: what is told, and what the run has answered."""

from collections.abc import Mapping
from typing import Any

from dashboard.story.chapter import Chapter
from dashboard.story.panel import panel, told
from dashboard.story.revealing import reveal
from dashboard.story.story import chapters
from dashboard.view import Look
from dashboard.worlds.twins import RIGHT, Twins
from experiments.refusal import Refusal


def chapter_of(look: Look) -> Chapter | None:
    """Return the chapter that is open."""
    return chapters()[look.view.chapter - 1] if look.view.chapter else None


def chapter_shown(words: Mapping[str, str], look: Look, due: bool, worlds: Twins | None) -> dict[str, Any]:
    """Return what the panel of the story shows; nothing without the story. due: whether the run gives the answer."""
    chapter = chapter_of(look)
    if chapter is None:
        return {}
    language = look.view.language
    changed = worlds is not None and not chapter.is_about(worlds.choice)
    shown = panel(chapter, language, words, look.expected, due, changed)
    if due and look.revealed and worlds is not None:
        shown["found"] = _found(chapter, language, words, look.expected, worlds)
    return shown


def _found(chapter: Chapter, language: str, words: Mapping[str, str], expected: str, worlds: Twins) -> dict[str, Any]:
    if RIGHT not in worlds.facts.sides:
        return {"fault": words["story.one_world"]}
    try:
        found = reveal(chapter, *(worlds.series(side, whole=True) for side in worlds.facts.sides))
    except Refusal as why:
        return {"fault": f"{why}."}
    return told(chapter, language, words, expected, found)
