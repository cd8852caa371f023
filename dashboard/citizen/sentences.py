"""A decision in plain words, English or Chinese. The words are data: `words/en.toml`, `words/zh.toml`; here they are put together."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from dashboard.citizen.decision import Decision
from experiments.refusal import Refusal
from model.parameters import nearest

LANGUAGES = ("en", "zh")
#: Numbers that are told as percentages.
PERCENT = frozenset({"probability", "without_schemes", "stranger_share", "friends_enrolled", "turnout", "share_of_grade", "share_of_all"})
#: By so much (probability) a scheme must move a decision to be worth a word.
WORTH_A_WORD = 0.005
#: Digits behind the point, and the most that there are where a draw comes close to its probability.
DIGITS, MOST_DIGITS = 2, 7

#: {number of a rule: how schemes move it}, the first that a decision has counting.
_WAYS = {"score_cost": "cost", "belief": "grade", "pressure": "pressure", "reward": "points", "merit": "points", "fear": "fear"}
#: Between Chinese characters there is no space.
_BETWEEN_CHARACTERS = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")

type Words = dict[str, dict[str, str]]


def sentences(decisions: Iterable[Decision], language: str = "en") -> list[str]:
    """Return what each of the decisions sounds like in a language of LANGUAGES. Raises a Refusal of one sentence for another one."""
    return [sentence(decision, language) for decision in decisions]


def sentence(decision: Decision, language: str = "en") -> str:
    """Return one decision in a few short sentences, with its numbers: see `sentences`."""
    words = words_of(language)
    fields, clause = _fields(decision, words), words["clause"]
    told = [words[decision.kind][decision.outcome].format_map(fields)]
    told += [clause[name].format_map(fields | more) for name, more in _clauses(decision, words)]
    return _BETWEEN_CHARACTERS.sub("", words["format"]["between"].join(told))


@cache
def words_of(language: str) -> Words:
    """Return the words of a language by table and key. Raises a Refusal of one sentence for a language that there is not."""
    if language not in LANGUAGES:
        raise Refusal(f"{language!r} is not a language here{nearest(language, LANGUAGES)}: expected one of {', '.join(LANGUAGES)}")
    path = Path(__file__).parent / "words" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


# --- which clauses there are ---

type Clause = tuple[str, dict[str, str]]


def _clauses(decision: Decision, words: Words) -> Iterator[Clause]:
    """Yield the clauses that follow what was decided, in their order, each with what it names besides."""
    if decision.kind == "meeting":
        if decision.numbers["travel_ban"]:
            yield "travel_ban", {}
        return
    yield from _what_was_seen(decision, words)
    yield "chance", {}
    if "answer" in decision.names:
        yield decision.names["answer"], {}
    moved = moved_by(decision)
    if moved == "fear":
        yield from _fears(decision, words)
    if moved:
        yield f"without_{moved}", {}
    if decision.turned_by_schemes:
        yield "turned", {}


def _what_was_seen(decision: Decision, words: Words) -> Iterator[Clause]:
    numbers, grades = decision.numbers, _named(decision.names, "grade.")
    for scheme, grade in grades.items():
        yield "grade", {"grade": words["grade"].get(grade, grade), "scheme": words["scheme"].get(scheme, scheme)}
    if grades:
        yield "grade_known" if numbers["grade_honoured"] + numbers["grade_betrayed"] > 0.0 else "grade_new", {}
    if standing := numbers.get("standing"):
        yield "standing_above" if standing > 0.0 else "standing_below", {"standing": percentage(abs(standing), words)}
    if numbers.get("fear_of_others", 0.0) >= WORTH_A_WORD:
        yield "fear_of_others", {}


def _fears(decision: Decision, words: Words) -> Iterator[Clause]:
    for scheme, fear in _named(decision.numbers, "fear.").items():
        if abs(fear) >= WORTH_A_WORD:
            yield "fear_of_scheme", {"scheme": words["scheme"].get(scheme, scheme), "fear": plain(fear, words)}


def _named[T](table: Mapping[str, T], prefix: str) -> dict[str, T]:
    return {name.removeprefix(prefix): value for name, value in table.items() if name.startswith(prefix)}


def moved_by(decision: Decision) -> str:
    """Return what of schemes moved the decision by more than a hair: fear, grade, points, pressure or cost, or "" if nothing did."""
    without = decision.numbers.get("without_schemes", decision.probability)
    if abs(without - decision.probability) < WORTH_A_WORD and not decision.turned_by_schemes:
        return ""
    return next(way for name, way in _WAYS.items() if name in decision.numbers)


# --- what stands in their places ---


def _fields(decision: Decision, words: Words) -> dict[str, str]:
    """Return what the placeholders of all templates stand for."""
    names, numbers = decision.names, dict(decision.numbers) | _shares(decision.numbers)
    fields = {name: percentage(number, words) if name in PERCENT else plain(number, words) for name, number in numbers.items()}
    digits = digits_that_tell(decision.draw, decision.probability, numbers.get("without_schemes", decision.probability))
    fields["draw"], fields["probability"] = plain(decision.draw, words, digits), percentage(decision.probability, words, digits - DIGITS)
    if "without_schemes" in numbers:
        fields["without_schemes"] = percentage(numbers["without_schemes"], words, digits - DIGITS)
    fields["other"] = words["format"]["citizen"].format(number=decision.other)
    fields["verdict"] = words["verdict"]["yes" if decision.agreed else "no"]
    fields["yes"] = words["yes"].get(decision.kind, "")
    if "firm" in numbers:
        fields["firm"] = f"{numbers['firm']:.0f}"
    fields |= {table: words[table][names[table]] for table in ("tie", "again", "as", "cause") if table in names}
    if "event" in names:
        fields |= {table: words[table].get(names["event"], "") for table in ("act", "case")}
    if "scheme" in names:
        fields["scheme"] = words["scheme"].get(names["scheme"], names["scheme"])
    return fields


def _shares(numbers: dict[str, float]) -> dict[str, float]:
    """Return how many of those whose grade was seen were honest, of that grade and of any, if some were seen."""
    sums = {name: numbers.get(f"{name}_honoured", 0.0) + numbers.get(f"{name}_betrayed", 0.0) for name in ("grade", "all")}
    return {f"share_of_{name}": numbers[f"{name}_honoured"] / total for name, total in sums.items() if total > 0.0}


def plain(number: float, words: Words, digits: int = DIGITS) -> str:
    """Return a number with that many digits behind the point, nothing being plain 0: "0.30", "−1.20"."""
    text = f"{abs(number):.{digits}f}"
    return words["format"]["minus"] + text if number < 0.0 and float(text) > 0.0 else text


def percentage(share: float, words: Words, digits: int = 0) -> str:
    """Return a share (0-1) in percent; one that is neither 0 nor 1 is not told as if it were."""
    form, text = words["format"], f"{100.0 * share:.{digits}f}"
    step = 10.0**-digits
    if share > 0.0 and float(text) == 0.0:
        return form["under"].format(number=f"{step:.{digits}f}")
    if share < 1.0 and float(text) == 100.0:
        return form["over"].format(number=f"{100.0 - step:.{digits}f}")
    return form["percent"].format(number=text)


def digits_that_tell(draw: float, *probabilities: float) -> int:
    """Return with how many digits behind the point one sees on which side of each probability a draw lies, and that it is not 0 or 1."""
    for digits in range(DIGITS, MOST_DIGITS):
        shown = round(draw, digits)
        if 0.0 < shown < 1.0 and all(round(probability, digits) != shown for probability in probabilities):
            return digits
    return MOST_DIGITS
