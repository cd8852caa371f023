"""A chapter as the panel beside the worlds shows it, in the words of a language."""

from collections.abc import Mapping
from typing import Any

from dashboard.story.chapter import Chapter, Fact, Source
from dashboard.story.revealing import Reveal, sentences
from dashboard.story.story import chapters


def panel(chapter: Chapter, language: str, words: Mapping[str, str], expected: str, due: bool, follows: bool) -> dict[str, Any]:
    """Return what the panel shows before the answer.

    expected: the key of the answer that the viewer chose, or nothing. due: whether the run has come so far that it gives the answer.
    follows: whether it is somebody else who turns the pages and shows the answer.
    """
    cited = dict.fromkeys(source for fact in chapter.facts for source in fact.sources)
    return {
        "number": chapter.number,
        "count": words["story.chapter"].format(n=chapter.number, of=len(chapters())),
        "last": chapter.number == len(chapters()),
        "title": chapter.title.of(language),
        "paragraphs": [text.of(language) for text in chapter.paragraphs],
        "facts": [_fact(fact, language) for fact in chapter.facts],
        "question": chapter.question.of(language),
        "answers": [{"key": answer.key, "text": answer.text.of(language)} for answer in chapter.answers],
        "expected": expected,
        "due": due,
        "hint": _hint(chapter, words, expected, due),
        "follows": follows,
        "votes": {},
        "not_claimed": chapter.not_claimed.of(language),
        "sources": [_source(source, language) for source in cited],
        "found": {},
    }


def _hint(chapter: Chapter, words: Mapping[str, str], expected: str, due: bool) -> str:
    if due:
        return words["story.presenter"]
    return words["story.wait"].format(week=chapter.stop) if expected else words["story.predict"]


def _fact(fact: Fact, language: str) -> dict[str, str]:
    return {"text": fact.text.of(language), "sources": ", ".join(source.key for source in fact.sources)}


def _source(source: Source, language: str) -> str:
    opening, closing = ("（", "）") if language == "zh" else (" (", ")")
    return f"{source.key}: {source.reference}{opening}{source.kind.of(language)}{closing}"


def told(
    chapter: Chapter, language: str, words: Mapping[str, str], expected: str, reveal: Reveal, elsewhere: Mapping[str, int]
) -> dict[str, Any]:
    """Return what the panel shows of the answer that the run gives, and other runs do: "found" of the panel."""
    verdict = "unanswered" if not expected else "as_expected" if expected == reveal.answer.key else "otherwise"
    return {
        "answer": reveal.answer.key,
        "verdict": words[f"story.{verdict}"],
        "numbers": [*sentences(reveal, words), _other_luck(chapter, language, words, reveal, elsewhere)],
        "look": chapter.look.of(language),
    }


def _other_luck(chapter: Chapter, language: str, words: Mapping[str, str], reveal: Reveal, elsewhere: Mapping[str, int]) -> str:
    """Say that this is one run, and what runs with other seeds have answered so far."""
    runs = sum(elsewhere.values())
    if not runs:
        return words["story.one_run"]
    same = words["story.other_luck"].format(runs=runs, same=elsewhere.get(reveal.answer.key, 0))
    others = [(number, answer) for answer in chapter.answers if answer != reveal.answer and (number := elsewhere.get(answer.key))]
    told = (words["story.other_answer"].format(n=number, answer=answer.text.of(language)) for number, answer in others)
    return ("" if language == "zh" else " ").join([same, *told])
