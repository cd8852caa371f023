"""The answer that a run gives to a chapter's question, and the numbers that it rests on, in words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isnan, log10

import numpy as np

from dashboard.story.chapter import FALLS, RISES, STAYS, WINDOW, Answer, Chapter
from experiments.refusal import Refusal, not_allowed
from model.outcomes import OUTCOMES
from model.parameters import nearest

Series = Mapping[str, np.ndarray]
#: {outcome: (runs, ticks)}.
Runs = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Measured:
    """One outcome in both worlds: means over the weeks looked at, in the outcome's unit, and how they stand to each other."""

    outcome: str
    left: float
    right: float

    @property
    def difference(self) -> float:
        """The right world's mean less the left one's."""
        return self.right - self.left

    @property
    def smallest(self) -> float:
        """The smallest effect of interest: a difference of no more than that counts as none."""
        return OUTCOMES[self.outcome].smallest_effect

    @property
    def move(self) -> str:
        """RISES, STAYS or FALLS."""
        if self.difference > self.smallest:
            return RISES
        return FALLS if self.difference < -self.smallest else STAYS


@dataclass(frozen=True)
class Reveal:
    """What a run gives: the answer that is right for it, and why. first, last: the weeks looked at, counted from 1."""

    answer: Answer
    measured: tuple[Measured, ...]
    first: int
    last: int


def reveal(chapter: Chapter, left: Series, right: Series) -> Reveal:
    """Return the answer of a run: of both worlds' series (outcome: one number a tick), as `Twins.series` gives them, up to the stop or on.

    It is computed from these series alone, so that it is about the worlds as they were run, changes by the viewer included. Raises a
    Refusal if the run is too short, or nothing was measured.
    """
    measured = tuple(measure(name, left, right, chapter.stop) for name in chapter.outcomes)
    found = next(answer for answer in chapter.answers if all(one.move in answer.moves[one.outcome] for one in measured))
    return Reveal(found, measured, chapter.stop - WINDOW + 1, chapter.stop)


def answers_elsewhere(chapter: Chapter, left: Runs, right: Runs) -> dict[str, int]:
    """Return {answer: how many runs give it} of runs with other seeds, side by side; a run that gives none does not count."""
    found: Counter[str] = Counter()
    for run in range(min(len(left[name]) for name in chapter.outcomes)):
        try:
            found[reveal(chapter, *({name: side[name][run] for name in chapter.outcomes} for side in (left, right))).answer.key] += 1
        except Refusal:
            continue
    return dict(found)


def measure(outcome: str, left: Series, right: Series, stop: int) -> Measured:
    """Return an outcome in both worlds over the WINDOW weeks before the start of tick `stop`; weeks without a measurement do not count."""
    return Measured(outcome, _mean(outcome, left, stop), _mean(outcome, right, stop))


def _mean(outcome: str, series: Series, stop: int) -> float:
    if outcome not in series:
        raise not_allowed("", "outcome", outcome, f"one of the series{nearest(outcome, series)}")
    values = np.asarray(series[outcome], float)
    if values.size < stop:
        raise Refusal(f"the answer cannot be told yet: {values.size} weeks are over, expected {stop}")
    weeks = values[stop - WINDOW : stop]
    if np.isnan(weeks).all():
        raise Refusal(f"the answer cannot be told: {outcome} was not measured in weeks {stop - WINDOW + 1} to {stop}")
    return float(np.nanmean(weeks))


def sentences(found: Reveal, words: Mapping[str, str]) -> list[str]:
    """Return the numbers behind an answer: a sentence for each outcome, and the weeks that they are means of."""
    told = [words["story.measured"].format(**_facts(one, words)) for one in found.measured]
    return [*told, words["story.window"].format(first=found.first, last=found.last)]


def _facts(one: Measured, words: Mapping[str, str]) -> dict[str, str]:
    decimals = max(0, 1 + ceil(-log10(one.smallest)))  # one more than matters
    return {
        "outcome": words[f"outcomes.{one.outcome}"],
        "left": spoken(one.left, decimals),
        "right": spoken(one.right, decimals),
        "difference": spoken(one.difference, decimals, signed=True),
        "move": words[f"story.moves.{one.move}"].format(smallest=f"{one.smallest:g}"),
    }


def spoken(number: float, decimals: int, signed: bool = False) -> str:
    """Return a number as it is read: with a minus sign, not a hyphen; `signed`: with its sign, unless it is written as zero."""
    written = f"{abs(number):.{decimals}f}"
    sign = "" if isnan(number) or float(written) == 0 else "−" if number < 0 else "+" if signed else ""
    return sign + written
