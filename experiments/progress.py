"""How far a long run has come, with the time left: a bar on a terminal, plain lines elsewhere. Both on stderr."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

Advance = Callable[[float], None]


@contextmanager
def progress(total: int, done: int, what: str = "arm-runs", *, quiet_for: float = 0.0) -> Iterator[Advance]:
    """Show progress over `total` units of which `done` are there already.

    The value is called with each bit of work done, from any thread. Plain lines wait for `quiet_for` seconds.
    """
    stream = sys.stderr
    if stream.isatty():
        yield from _bar(total, done, what, stream)
    else:
        yield PlainLines(total, done, what, stream, quiet_for).advance


def _bar(total: int, done: int, what: str, stream: TextIO) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        BarColumn(bar_width=None), TaskProgressColumn(), TextColumn("{task.fields[count]} " + what),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=False),
    )  # fmt: skip
    with Progress(*columns, console=Console(file=stream), transient=True, speed_estimate_period=120) as bar:
        task = bar.add_task("", total=total, completed=done, count=f"{done}/{total}")
        so_far = float(done)
        guard = threading.Lock()

        def advance(share: float) -> None:
            nonlocal so_far
            with guard:
                so_far += share
                bar.update(task, completed=so_far, count=f"{int(so_far + 1e-6)}/{total}")

        yield advance


class PlainLines:
    """One line at each tenth of the work, and at least every half minute."""

    def __init__(self, total: int, done: int, what: str, stream: TextIO, quiet_for: float = 0.0, pause: float = 30.0):
        self.total, self.what, self.stream, self.quiet_for, self.pause = total, what, stream, quiet_for, pause
        self.first = self.so_far = float(done)
        self.began = self.said = time.monotonic()
        self.tenth = int(10 * done / total) if total else 10
        self.guard = threading.Lock()

    def advance(self, share: float) -> None:
        """Count a bit of work, and say so if a line is due."""
        with self.guard:
            self.so_far += share
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
        return f"{int(self.so_far + 1e-6)} of {self.total} {self.what}, about {duration(left)} left"


def duration(seconds: float) -> str:
    """Return a duration in words: '45 s', '12 min', '3.5 h'."""
    if seconds != seconds or seconds == float("inf"):
        return "an unknown time"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
