"""Chapters read from TOML. What is missing, unknown, too long or contradictory is refused in one sentence that names file and key."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from dashboard.languages import LANGUAGES
from dashboard.story.chapter import FALLS, MOVES, RISES, STAYS, WINDOW, Answer, Chapter, Fact, Source, Text
from dashboard.worlds.choice import Choice, choice_from
from experiments.refusal import Refusal, whole_number
from model.outcomes import OUTCOMES
from model.parameters import nearest

CHAPTERS, SOURCES = Path(__file__).parent / "chapters", Path(__file__).parent / "sources.toml"
#: How long a text may be, to be read aloud in a hall or at a glance: words in English, characters in Chinese.
LIMITS = {
    "title": (8, 16),
    "paragraph": (60, 110),
    "fact": (35, 70),
    "question": (30, 60),
    "answer": (14, 30),
    "look": (60, 120),
    "not_claimed": (40, 80),
}
_KEYS = ("id", "title", "paragraph", "fact", "world", "stop", "question", "answer", "look", "not_claimed", "shows")


def read_chapters(folder: Path = CHAPTERS) -> tuple[Chapter, ...]:
    """Return the chapters of a folder, numbered from 1 in the order of their files' names."""
    paths = sorted(folder.glob("*.toml"))
    found = tuple(chapter_from(_toml(path), path.name, number) for number, path in enumerate(paths, 1))
    names: dict[str, str] = {}
    for path, chapter in zip(paths, found, strict=True):
        if chapter.id in names:
            raise Refusal(f"{path.name}: id = {chapter.id!r} is taken by {names[chapter.id]}")
        names[chapter.id] = path.name
    return found


@cache
def read_sources(path: Path = SOURCES) -> Mapping[str, Source]:
    """Return the essays by their keys."""
    found = {}
    for key, table in _toml(path).items():
        _check_keys(table, f"{path.name}: {key}", ("reference", *LANGUAGES))
        found[key] = Source(key, table["reference"], Text(table["en"], table["zh"]))
    return found


def chapter_from(content: Mapping[str, Any], where: str, number: int) -> Chapter:
    """Return the chapter that a parsed file describes. where: the name of the file, for refusals."""
    _check_keys(content, where, _KEYS)
    choice = _choice(content["world"], where)
    answers = tuple(_answer(table, f"{where}: answer {place}") for place, table in _tables(content, "answer", where))
    _check_answers(answers, where)
    return Chapter(
        number=number,
        id=str(content["id"]),
        title=_text(content["title"], f"{where}: title", "title"),
        paragraphs=tuple(_text(table, f"{where}: paragraph {place}", "paragraph") for place, table in _tables(content, "paragraph", where)),
        facts=tuple(_fact(table, f"{where}: fact {place}") for place, table in _tables(content, "fact", where)),
        choice=choice,
        stop=whole_number(where, "stop", content["stop"], choice.tick + WINDOW, choice.parameters.time.ticks),
        question=_text(content["question"], f"{where}: question", "question"),
        answers=answers,
        look=_text(content["look"], f"{where}: look", "look"),
        not_claimed=_text(content["not_claimed"], f"{where}: not_claimed", "not_claimed"),
        shows=_moves(content["shows"], f"{where}: shows"),
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(f"{path.name} cannot be read: {error}") from None


# --- texts ------------------------------------------------------------------------------------------------------------------------


def _text(table: Any, where: str, kind: str, more: Collection[str] = ()) -> Text:
    """Return the text of a table that may hold `more` beside it, within the limits of its kind."""
    _check_keys(table, where, (*LANGUAGES, *more))
    for language, most in zip(LANGUAGES, LIMITS[kind], strict=True):
        said = table[language]
        if not isinstance(said, str) or not said.strip():
            raise Refusal(f"{where}: {language} = {said!r} is not allowed: expected words")
        if (length := length_of(said, language)) > most:
            raise Refusal(f"{where}: {language} has a length of {length}: expected at most {most} {UNITS[language]}")
    return Text(table["en"], table["zh"])


UNITS = {"en": "words", "zh": "characters"}


def length_of(said: str, language: str) -> int:
    """Return how long a text is: its words in English, its characters without blanks in Chinese."""
    return len(said.split()) if language == "en" else len("".join(said.split()))


def _fact(table: Any, where: str) -> Fact:
    text = _text(table, where, "fact", ("sources",))
    known, keys = read_sources(), table["sources"]
    if not isinstance(keys, list) or not keys:
        raise Refusal(f"{where}: sources = {keys!r} is not allowed: expected a list of keys of {SOURCES.name}")
    for key in keys:
        if key not in known:
            raise Refusal(f"{where}: source {key!r} is not known{nearest(str(key), known)}: expected {', '.join(known)}")
    return Fact(text, tuple(known[key] for key in keys))


# --- worlds and answers -----------------------------------------------------------------------------------------------------------


def _choice(parts: Any, where: str) -> Choice:
    """Return the twin worlds of an address that is given in parts."""
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise Refusal(f"{where}: world = {parts!r} is not allowed: expected the parts of an address, as in ['seed=1', 'twin=1']")
    try:
        choice = choice_from("?" + "&".join(parts))
    except Refusal as error:
        raise Refusal(f"{where}: world: {error}") from None
    if not choice.twin:
        raise Refusal(f"{where}: world is not allowed without twin=1: a question compares two worlds")
    return choice


def _answer(table: Any, where: str) -> Answer:
    text = _text(table, where, "answer", ("key", "when"))
    moves = _moves(table["when"], f"{where}: when")
    if not moves:
        raise Refusal(f"{where}: when is empty: expected outcomes with their moves")
    return Answer(str(table["key"]), text, moves)


def _moves(table: Any, where: str) -> dict[str, frozenset[str]]:
    """Return {outcome: moves} of a table that gives each outcome one move or a list of some."""
    if not isinstance(table, Mapping):
        raise Refusal(f"{where} = {table!r} is not allowed: expected outcomes with their moves")
    found = {}
    for outcome, given in table.items():
        if outcome not in OUTCOMES or OUTCOMES[outcome].cadence != "tick":
            weekly = [name for name, declared in OUTCOMES.items() if declared.cadence == "tick"]
            raise Refusal(f"{where}: {outcome!r} is not an outcome that is measured each week{nearest(outcome, weekly)}")
        listed = given if isinstance(given, list) else [given]
        if not listed or not all(move in MOVES for move in listed):
            raise Refusal(f"{where}: {outcome} = {given!r} is not allowed: expected {RISES}, {STAYS} or {FALLS}, or a list of some")
        found[outcome] = frozenset(listed)
    return found


def _check_answers(answers: tuple[Answer, ...], where: str) -> None:
    """Refuse answers of which not exactly one is right, whatever the run gives."""
    if not 3 <= len(answers) <= 4:
        raise Refusal(f"{where}: {len(answers)} answers are not allowed: expected 3 or 4")
    if len({answer.key for answer in answers}) < len(answers):
        raise Refusal(f"{where}: two answers have the same key: expected keys of their own")
    outcomes = tuple(answers[0].moves)
    for answer in answers:
        if set(answer.moves) != set(outcomes):
            raise Refusal(f"{where}: answer {answer.key!r} is about other outcomes than the first: expected {', '.join(outcomes)}")
    for case in product(MOVES, repeat=len(outcomes)):
        right = [answer.key for answer in answers if all(move in answer.moves[name] for name, move in zip(outcomes, case, strict=True))]
        if len(right) != 1:
            told = ", ".join(f"{name} {move}" for name, move in zip(outcomes, case, strict=True))
            raise Refusal(f"{where}: {' and '.join(right) or 'no answer'} would be right if {told}: expected exactly one")


# --- keys -------------------------------------------------------------------------------------------------------------------------


def _tables(content: Mapping[str, Any], key: str, where: str) -> Iterable[tuple[int, Any]]:
    """Return (place from 1, table) of a list of tables, of which there must be some."""
    if not isinstance(content[key], list) or not content[key]:
        raise Refusal(f"{where}: {key} is not allowed: expected at least one [[{key}]]")
    return enumerate(content[key], 1)


def _check_keys(table: Any, where: str, keys: Collection[str]) -> None:
    """Refuse what is no table with exactly these keys."""
    if not isinstance(table, Mapping):
        raise Refusal(f"{where} = {table!r} is not allowed: expected {', '.join(keys)}")
    for key in table:
        if key not in keys:
            raise Refusal(f"{where}: {key!r} is not known here{nearest(key, keys)}: expected {', '.join(keys)}")
    for key in keys:
        if key not in table:
            raise Refusal(f"{where}: {key} is missing")
