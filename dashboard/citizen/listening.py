"""A citizen that tells what its decisions rest on: the same methods, with an ear at the doors through which numbers and draws come."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agents.citizen import Citizen
from model.society import Society


@dataclass(frozen=True)
class Grounds:
    """What a rule was asked: the numbers by the names of its parameters, and what it made of them."""

    rule: Callable
    numbers: dict[str, float]
    result: float

    def otherwise(self, **numbers: float) -> float:
        """Return what the rule makes of the same numbers but for these."""
        return float(self.rule(*(self.numbers | numbers).values()))


class Listening(Citizen):
    """A citizen of whose latest answer one knows how it came about; of the compiled engine, where citizens keep nothing anyway."""

    heard: dict[str, list[Grounds]]
    draws: dict[int, float]
    fears: dict[int, float]

    def attend(self) -> None:
        """Forget what was heard, before the next question."""
        self.heard, self.draws, self.fears = {}, {}, {}

    def weighs(self, rule: Callable, *numbers: Any) -> Any:
        """Note what a rule is asked."""
        result = super().weighs(rule, *numbers)
        names = inspect.signature(rule.py_func).parameters  # type: ignore[attr-defined]
        given = dict(zip(names, map(float, numbers), strict=True))
        self.heard.setdefault(rule.__name__, []).append(Grounds(rule, given, float(result)))
        return result

    def luck(self, purpose: int, now: int, other: int = 0, index: int = 0) -> float:
        """Note a draw by its purpose."""
        self.draws[int(purpose)] = draw = super().luck(purpose, now, other, index)
        return draw

    def fear_of_scheme(self, s: int, event: int) -> float:
        """Note how much of a fear is of which scheme."""
        self.fears[s] = fear = super().fear_of_scheme(s, event)
        return fear


def listening(society: Society, i: int) -> Listening:
    """Return citizen i of a society of the compiled engine as one that can be listened to."""
    citizen: Any = society.citizen(i)
    citizen.__class__ = Listening
    citizen.attend()
    return citizen
