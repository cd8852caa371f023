"""The chapter that is open: where it stands in the run that is shown, and the panel that tells it to one viewer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.story.chapter import Chapter
from dashboard.story.panel import panel, told
from dashboard.story.revealing import Reveal, answers_elsewhere, reveal
from dashboard.story.story import chapters
from dashboard.view import Look, address_of
from dashboard.worlds.choice import Choice
from dashboard.worlds.replications import Replicated
from dashboard.worlds.twins import LEFT, RIGHT, Twins
from experiments.refusal import Refusal


@dataclass(frozen=True)
class Narrated:
    """Where a chapter stands, in no language. number: from 1, 0 without the story.

    begun: another number each time that a chapter is begun. due: whether the run has come so far that it gives the answer. changed:
    whether the worlds are not those of the chapter. found: the answer, once it was asked for; elsewhere: {answer: how many background
    runs, of other seeds, give it}; fault: a key of words, or a sentence, on why there is none.
    """

    number: int = 0
    begun: int = 0
    due: bool = False
    changed: bool = False
    found: Reveal | None = None
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    fault: str = ""

    @property
    def chapter(self) -> Chapter | None:
        """The chapter."""
        return chapters()[self.number - 1] if self.number else None


def chapter_of(look: Look) -> Chapter | None:
    """Return the chapter that is open."""
    return Narrated(look.view.chapter).chapter


def address_now(choice: Choice, look: Look) -> str:
    """Return the address of what is shown, but for the week; of the worlds of a chapter, as long as they are these, its number alone."""
    chapter = chapter_of(look)
    own = chapter is not None and chapter.is_about(choice)
    return address_of("" if own else choice.at_the_start().address(), look.view)


def narrate(look: Look, due: bool, worlds: Twins | None, replicated: Replicated | None = None) -> Narrated:
    """Return where the chapter that is open stands. due: whether the run gives the answer; replicated: what background runs found."""
    chapter = chapter_of(look)
    if chapter is None or worlds is None:
        return Narrated(look.view.chapter, look.begun)
    found, fault = _found(chapter, worlds) if due and look.revealed else (None, "")
    series = replicated.series if replicated is not None and found is not None else {}
    elsewhere = answers_elsewhere(chapter, series[LEFT], series[RIGHT]) if RIGHT in series else {}
    return Narrated(chapter.number, look.begun, due, not chapter.is_about(worlds.choice), found, elsewhere, fault)


def _found(chapter: Chapter, worlds: Twins) -> tuple[Reveal | None, str]:
    if RIGHT not in worlds.facts.sides:
        return None, "story.one_world"
    try:
        return reveal(chapter, *(worlds.series(side, whole=True) for side in worlds.facts.sides)), ""
    except Refusal as why:
        return None, f"{why}."


def chapter_shown(
    words: Mapping[str, str], language: str, narrated: Narrated, expected: str, votes: Mapping[str, int], follows: bool = False
) -> dict[str, Any]:
    """Return what the panel of the story shows; nothing without the story.

    expected: the key of the answer that this viewer chose, or nothing. votes: {answer: how many who follow chose it}; which ones stays
    untold until the run's own answer is, lest all follow the first. follows: whether the viewer is one of these.
    """
    chapter = narrated.chapter
    if chapter is None:
        return {}
    shown = panel(chapter, language, words, expected, narrated.due, follows) | {"changed": narrated.changed}
    voters = sum(votes.values())
    shown["voters"] = words["story.voters"].format(n=voters) if voters else ""
    if narrated.fault:
        shown["found"] = {"fault": words.get(narrated.fault, narrated.fault)}
    elif narrated.found is not None:
        shown["found"] = told(chapter, language, words, expected, narrated.found, narrated.elsewhere)
        shown["votes"] = dict(votes)
        if voters and not expected:
            shown["found"]["verdict"] = ""  # it was the audience that was asked
    return shown
