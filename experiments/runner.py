"""Runs the arms of an experiment: one task a seed, the burn-in simulated once and shared by the arms, in threads.

The compiled engine releases the interpreter's lock, so threads use all cores. What a run gives depends on its parameters and its
seed alone: neither the number of workers nor the order in which they finish enters.
"""

import threading
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.arms import Arm
from experiments.store import ArmRun, Failure, Replication
from model.network.parameters import NetworkParameters

#: Citizen-ticks between two looks at the stop sign: a fraction of a second.
CHUNK = 100_000

MakeSociety = Callable[..., Any]  # model.society.Society, or anything that is called and behaves like it


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """The run was asked to stop."""


@dataclass
class Watch:
    """How workers tell of progress and learn that they should stop. `on_progress` gets fractions of arm-runs, from any thread."""

    on_progress: Callable[[float], None] = lambda share: None
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Task:
    """One replication, and which of its arms are still to be run."""

    number: int
    seed: int
    arms: tuple[Arm, ...]
    share_burn_in: bool = True


def trunks(arms: Iterable[Arm]) -> list[list[Arm]]:
    """Return the arms in groups that share their burn-in: all that agree in everything but schemes and policy."""
    groups: dict[Any, list[Arm]] = {}
    for arm in arms:
        groups.setdefault(replace(arm.parameters, schemes=()), []).append(arm)
    return list(groups.values())


def fork_tick(group: list[Arm]) -> int:
    """Return the ticks that the arms of a group have in common: up to the end of the burn-in or the first change by a policy."""
    time = group[0].parameters.time
    changes = [tick for arm in group for tick, _, _ in arm.policy]
    return min([time.burn_in, time.ticks, *changes])


def run_replication(task: Task, society: MakeSociety, graphs: Mapping[str, Any], watch: Watch) -> Replication:
    """Run the arms of a task. A run that raises is a failure and leaves the others be; a stop keeps what is finished."""
    runs: list[ArmRun] = []
    failures: list[Failure] = []
    try:
        for group in trunks(task.arms) if task.share_burn_in else [[arm] for arm in task.arms]:
            for arm, branch in _branches(group, task.seed, society, graphs, watch):
                try:
                    runs.append(_finish(arm, branch(), watch))
                except Stopped:
                    raise
                except Exception:
                    failures.append(Failure(arm.name, task.number, task.seed, traceback.format_exc()))
    except Stopped:
        pass
    return Replication(task.number, task.seed, tuple(runs), tuple(failures))


def _branches(group: list[Arm], seed: int, society: MakeSociety, graphs: Mapping[str, Any], watch: Watch) -> Iterator[tuple]:
    """Yield (arm, function that makes its society) for a group; the shared burn-in is simulated when the first is called."""
    network = group[0].parameters.network
    graph = graphs.get(network.file) if network.file else None
    shared = fork_tick(group)
    trunk: Any = None

    def alone(arm: Arm) -> Any:
        return society(arm.parameters, rng=seed, policy=arm.policy, graph=graph)

    def forked(arm: Arm) -> Any:
        nonlocal trunk
        if trunk is None:
            grown = society(replace(arm.parameters, schemes=()), rng=seed, graph=graph)
            advance(grown, shared, watch, 0.0)
            trunk = grown
        return trunk.fork(arm.parameters, arm.policy)

    make = forked if len(group) > 1 and shared > 0 else alone
    for arm in group:
        yield arm, lambda arm=arm: make(arm)


def _finish(arm: Arm, society: Any, watch: Watch) -> ArmRun:
    advance(society, arm.parameters.time.ticks, watch, 1.0)
    return ArmRun(arm.name, society.series(), society.digest())


def advance(society: Any, until: int, watch: Watch, worth: float) -> None:
    """Run a society until it has done `until` ticks, telling of progress (`worth` in all); raises Stopped when asked to."""
    todo = until - society.tick
    chunk = max(1, CHUNK // society.parameters.population.citizens)
    while society.tick < until:
        if watch.stop.is_set():
            raise Stopped
        before = society.tick
        society.run(min(chunk, until - before))
        watch.on_progress(worth * (society.tick - before) / todo)


def execute(
    tasks: Collection[Task],
    keep: Callable[[Replication], None],
    *,
    society: MakeSociety,
    graphs: Mapping[str, Any],
    workers: int,
    watch: Watch,
) -> list[Failure]:
    """Run all tasks and hand each replication to `keep` as soon as it is finished (in the calling thread).

    Returns the failures in order. When interrupted, running tasks stop at their next look, what they have finished is kept, and
    the KeyboardInterrupt goes on; what `keep` raises ends the run likewise, and nothing more is kept.
    """
    failures: list[Failure] = []
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="replication") as pool:
        pending: set[Future[Replication]] = {pool.submit(run_replication, task, society, graphs, watch) for task in tasks}
        try:
            while pending:
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    keep(future.result())
                    failures += future.result().failures
                    pending.discard(future)  # only now: an interrupt while it was being kept must not lose it
        except BaseException as error:
            _wind_down(pending, keep if isinstance(error, KeyboardInterrupt) else None, watch)
            raise
    return sorted(failures, key=lambda failure: (failure.replication, failure.arm))


def _wind_down(pending: Collection[Future[Replication]], keep: Callable[[Replication], None] | None, watch: Watch) -> None:
    """Stop what is running and keep what is finished of it."""
    watch.stop.set()
    for future in pending:
        future.cancel()
    for future in pending:
        if not future.cancelled() and keep is not None:
            keep(future.result())


def warm_up(arms: Collection[Arm], society: MakeSociety) -> None:
    """Run a few ticks of a small society with each set of schemes, so that compiled code is there before threads start."""
    seen = set()
    for arm in arms:
        names = tuple(scheme.name for scheme in arm.parameters.schemes)
        if names not in seen:
            seen.add(names)
            time = replace(arm.parameters.time, ticks=3, burn_in=1)
            population = replace(arm.parameters.population, citizens=60)
            small = society(replace(arm.parameters, time=time, population=population, network=NetworkParameters()), rng=0)
            small.run(3)
            small.series()
            small.digest()
