"""How far a long run has come, with the time left: a bar on a terminal, plain lines elsewhere. Both on stderr."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, TextIO

#: Units done a second are told from so many on.
FEW = 0.05


class Progress(Protocol):
    """What is told of work that goes on: called with each bit of it, from any thread."""

    def __call__(self, share: float) -> None:
        """Count a bit of work."""

    def failed(self, number: int) -> None:
        """Count units that failed."""

    def added(self, number: int) -> None:
        """Count units that are to be done on top."""


@contextmanager
def progress(total: int, done: int, what: str = "runs", *, quiet_for: float = 0.0) -> Iterator[Progress]:
    """Show progress over `total` units of which `done` are there already. Plain lines wait for `quiet_for` seconds."""
    stream = sys.stderr
    if stream.isatty():
        with _bar(total, done, what, stream) as bar:
            yield bar
    else:
        yield PlainLines(total, done, what, stream, quiet_for)


@contextmanager
def _bar(total: int, done: int, what: str, stream: TextIO) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (
        BarColumn(bar_width=None), TaskProgressColumn(), TextColumn("{task.fields[count]} " + what + "{task.fields[more]}"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=False),
    )  # fmt: skip
    with RichProgress(*columns, console=Console(file=stream), transient=True, speed_estimate_period=120) as bar:
        task = bar.add_task("", total=total, completed=done, count=f"{done}/{total}", more="")

        class Told(PlainLines):
            """Tells it to the bar."""

            def advance(self) -> None:
                """Move the bar."""
                count = f"{int(self.so_far + 1e-6)}/{self.total}"
                bar.update(task, total=self.total, completed=self.so_far, count=count, more=self.more(time.monotonic()))

        yield Told(total, done, what, stream)


class PlainLines:
    """One line at each tenth of the work, and at least every half minute."""

    def __init__(self, total: int, done: int, what: str, stream: TextIO, quiet_for: float = 0.0, pause: float = 30.0):
        self.total, self.what, self.stream, self.quiet_for, self.pause = total, what, stream, quiet_for, pause
        self.first = self.so_far = float(done)
        self.failures = 0
        self.began = self.said = time.monotonic()
        self.tenth = int(10 * done / total) if total else 10
        self.guard = threading.Lock()

    def __call__(self, share: float) -> None:
        """Count a bit of work, and say so if that is due."""
        with self.guard:
            self.so_far += share
            self.advance()

    def failed(self, number: int) -> None:
        """Count units that failed."""
        with self.guard:
            self.failures += number

    def added(self, number: int) -> None:
        """Count units that are to be done on top."""
        with self.guard:
            self.total += number
            self.tenth = int(10 * self.so_far / self.total)

    def advance(self) -> None:
        """Say how far the work has come if a line is due."""
        now = time.monotonic()
        tenth = int(10 * (self.so_far + 1e-6) / self.total)
        if now - self.began >= self.quiet_for and (tenth > self.tenth or now - self.said > self.pause):
            self.tenth, self.said = tenth, now
            with suppress(OSError):  # nobody reads it, which is no reason to end the work
                print(self.line(now), file=self.stream, flush=True)

    def line(self, now: float) -> str:
        """Return the line of this moment."""
        fresh = self.so_far - self.first
        left = (now - self.began) * max(self.total - self.so_far, 0.0) / fresh if fresh > 0 else float("inf")
        return f"{int(self.so_far + 1e-6)} of {self.total} {self.what}{self.more(now)}, about {duration(left)} left"

    def more(self, now: float) -> str:
        """Return how fast it goes, and what failed, to be added: ', 12.5 a second, 2 failed'."""
        rate = (self.so_far - self.first) / max(now - self.began, 1e-9)
        text = f", {rate:.3g} a second" if rate >= FEW else ""
        return text + (f", {self.failures} failed" if self.failures else "")


def duration(seconds: float) -> str:
    """Return a duration in words: '45 s', '12 min', '3.5 h'."""
    if seconds != seconds or seconds == float("inf"):
        return "an unknown time"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
