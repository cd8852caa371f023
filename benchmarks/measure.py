"""Clocks: processor time beside wall time, rounds in turn, medians. And what a figure is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Span:
    """Seconds that something took: of the process's own processor time, and on the wall clock."""

    cpu: float
    wall: float

    def __truediv__(self, by: float) -> Span:
        return Span(self.cpu / by, self.wall / by)


@dataclass(frozen=True)
class Figure:
    """One measured figure. `value` is by processor time, `wall` by the wall clock (None where time does not enter)."""

    section: str
    what: str
    value: float
    unit: str
    wall: float | None = None
    goal: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met, by processor time; None without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal


def timed[Result](work: Callable[[], Result]) -> tuple[Span, Result]:
    """Return the time that a call takes, and what it returns."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return Span(time.process_time() - cpu, time.perf_counter() - wall), result


def spent(work: Callable[[], object]) -> Span:
    """Return the time that a call takes."""
    return timed(work)[0]


def alternate(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[Span]]:
    """Return the times of each of several works, done in turn round after round, so that a busy minute falls on all alike.

    Each round begins with another one.
    """
    names = list(works)
    spans: dict[str, list[Span]] = {name: [] for name in works}
    gc.collect()
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            spans[name].append(spent(works[name]))
    return spans


def typical(spans: list[Span]) -> Span:
    """Return the median by processor time and the median by the wall clock."""
    return Span(median(span.cpu for span in spans), median(span.wall for span in spans))


def ratio(slower: list[Span], faster: list[Span]) -> Span:
    """Return how many times as long the first took: the median of the ratios of each round."""
    pairs = list(zip(slower, faster, strict=True))
    return Span(median(a.cpu / b.cpu for a, b in pairs), median(a.wall / b.wall for a, b in pairs))
