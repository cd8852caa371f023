"""What a worker does: the runs of a task one after the other, the burn-in simulated once and shared by those that can.

What a run gives depends on its parameters and its seed alone: neither the worker nor the company of other runs enters.
"""

import gc
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from experiments.results.identity import content_hash_of
from experiments.results.records import FAILED, TIMED_OUT, Batch, Failure, Made, Run, Task, failure_of, window_means
from experiments.specs.arms import Arm, graph_of
from model.network.parameters import NetworkParameters

#: Citizen-ticks between two looks at the stop sign and the clock: a fraction of a second.
CHUNK = 100_000

MakeSociety = Callable[..., Any]  # model.society.Society, or anything that is called and behaves like it


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """The run was asked to stop."""


class TimedOut(Exception):  # noqa: N818 - a limit, not an error
    """The run took longer than it may."""


@dataclass
class Watch:
    """How workers of the same process tell of progress and learn that they should stop.

    on_progress: gets fractions of runs, from any thread. elsewhere: the workers are in other processes, which hear of no stop and tell
    nothing before they hand back their runs.
    """

    on_progress: Callable[[float], None] = lambda share: None
    stop: threading.Event = field(default_factory=threading.Event)
    elsewhere: bool = False


@dataclass
class Clock:
    """When a run must be at its end, in seconds of `time.monotonic`."""

    deadline: float = float("inf")


@dataclass(frozen=True)
class Work:
    """What is to be done with a task, wherever its worker is: called with a task, returns its batch.

    society: makes the societies; None for the project's own, imported where the work is done. window: ticks of the effect window.
    keeps_series: whether the weekly values are handed back. timeout: seconds a run may take, or none. version: of the model.
    """

    window: int
    keeps_series: bool = True
    society: MakeSociety | None = None
    timeout: float | None = None
    version: str = ""
    watch: Watch | None = None

    def __call__(self, task: Task) -> Batch:
        """Make the runs of a task."""
        from agents.compiling import MODEL_VERSION

        begun = time.perf_counter()
        if self.version and self.version != MODEL_VERSION:
            fault = f"the worker has version {MODEL_VERSION} of the model: expected {self.version}"
            return Batch(task.replication, task.seed, (), tuple(failure_of(run, FAILED, fault) for run in task.runs))
        for path, expected in task.networks.items():
            if content_hash_of(path) != expected:
                raise ValueError(f"{path} has another content where the worker is: expected {expected}")
        made, failures = _made(task, self, self.watch or Watch())
        gc.collect()  # societies are cycles of objects with large arrays, of which the collector knows nothing: it would come too late
        return Batch(task.replication, task.seed, tuple(made), tuple(failures), time.perf_counter() - begun)

    def maker(self) -> MakeSociety:
        """Return what makes the societies."""
        if self.society is not None:
            return self.society
        from model.society import Society

        return Society


def trunks(runs: Iterable[Run]) -> list[list[Run]]:
    """Return the runs in groups that share their burn-in: all whose arms agree in everything but schemes and policy."""
    groups: dict[Any, list[Run]] = {}
    for run in runs:
        groups.setdefault(replace(run.arm.parameters, schemes=()), []).append(run)
    return list(groups.values())


def fork_tick(arms: Collection[Arm]) -> int:
    """Return the ticks that the arms of a group have in common: up to the end of the burn-in or the first change by a policy."""
    clock = next(iter(arms)).parameters.time
    changes = [tick for arm in arms for tick, _, _ in arm.policy]
    return min([clock.burn_in, clock.ticks, *changes])


def _made(task: Task, work: Work, watch: Watch) -> tuple[list[Made], list[Failure]]:
    """Make the runs of a task. A run that raises is a failure and leaves the others be; a stop keeps what is finished."""
    made: list[Made] = []
    failures: list[Failure] = []
    try:
        for group in trunks(task.runs) if task.share_burn_in else [[run] for run in task.runs]:
            for run, branch in _branches(group, work, watch):
                clock = Clock(time.monotonic() + work.timeout if work.timeout else float("inf"))
                try:
                    made.append(_finish(run, branch(clock), work, watch, clock))
                except Stopped:
                    raise
                except TimedOut:
                    failures.append(failure_of(run, TIMED_OUT, f"the run was not at its end after {work.timeout:g} s"))
                except Exception:
                    failures.append(failure_of(run, FAILED, traceback.format_exc()))
    except Stopped:
        pass
    return made, failures


def _branches(group: list[Run], work: Work, watch: Watch) -> Iterator[tuple[Run, Callable[[Clock], Any]]]:
    """Yield (run, function that makes its society) for a group; the shared burn-in is simulated when the first is called."""
    society, seed = work.maker(), group[0].seed
    network = group[0].arm.parameters.network
    graph = graph_of(network.file) if network.file else None
    shared = fork_tick([run.arm for run in group])
    trunk: Any = None

    def alone(arm: Arm, clock: Clock) -> Any:
        return society(arm.parameters, rng=seed, policy=arm.policy, graph=graph)

    def forked(arm: Arm, clock: Clock) -> Any:
        nonlocal trunk
        if trunk is None:
            grown = society(replace(arm.parameters, schemes=()), rng=seed, graph=graph)
            advance(grown, shared, watch, 0.0, clock)
            trunk = grown
        return trunk.fork(arm.parameters, arm.policy)

    make = forked if len(group) > 1 and shared > 0 else alone
    for run in group:
        yield run, partial(make, run.arm)


def _finish(run: Run, society: Any, work: Work, watch: Watch, clock: Clock) -> Made:
    advance(society, run.arm.parameters.time.ticks, watch, 1.0, clock)
    series = society.series()
    return Made(run.id, society.digest(), window_means(series, work.window), series if work.keeps_series else None)


def advance(society: Any, until: int, watch: Watch, worth: float, clock: Clock | None = None) -> None:
    """Run a society until it has done `until` ticks, telling of progress (`worth` in all); raises Stopped when asked to."""
    todo = until - society.tick
    chunk = max(1, CHUNK // society.parameters.population.citizens)
    while society.tick < until:
        if watch.stop.is_set():
            raise Stopped
        if clock is not None and time.monotonic() > clock.deadline:
            raise TimedOut
        before = society.tick
        society.run(min(chunk, until - before))
        watch.on_progress(worth * (society.tick - before) / todo)


def warm_up(arms: Iterable[Arm], society: MakeSociety) -> None:
    """Run a few ticks of a small society with each set of schemes, so that compiled code is there before threads start.

    A society that raises here does so in its runs, too, where that is the failure of a run.
    """
    seen = set()
    for arm in arms:
        names = tuple(scheme.name for scheme in arm.parameters.schemes)
        if names not in seen:
            seen.add(names)
            clock = replace(arm.parameters.time, ticks=3, burn_in=1)
            population = replace(arm.parameters.population, citizens=60)
            with suppress(Exception):
                small = society(replace(arm.parameters, time=clock, population=population, network=NetworkParameters()), rng=0)
                small.run(3)
                small.series()
                small.digest()
