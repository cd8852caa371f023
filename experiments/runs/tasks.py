"""Runs put together to tasks: of one seed each, those that can share a burn-in side by side."""

from collections.abc import Collection, Iterable, Mapping

from experiments.results.records import Run, Task
from experiments.runs.runner import trunks

#: A task has at most so many runs ...
RUNS_A_TASK = 16
#: ... and no more than take about ten seconds, so that little is lost with a worker: in citizen-ticks.
WORK_A_TASK = 100_000_000


def tasks_of(runs: Collection[Run], share_burn_in: bool, networks: Mapping[str, str]) -> list[Task]:
    """Return the runs as tasks of one seed each, those that can share a burn-in side by side."""
    by_seed: dict[int, list[Run]] = {}
    for run in runs:
        by_seed.setdefault(run.seed, []).append(run)
    tasks = []
    for own in by_seed.values():
        ordered = [run for group in trunks(own) for run in group]
        size = runs_a_task(ordered)
        for start in range(0, len(ordered), size):
            chosen = tuple(ordered[start : start + size])
            files = dict.fromkeys(run.arm.parameters.network.file for run in chosen if run.arm.parameters.network.file)
            tasks.append(Task(chosen, share_burn_in, {path: networks[path] for path in files}))
    return tasks


def runs_a_task(runs: Iterable[Run]) -> int:
    """Return how many of these runs make a task."""
    longest = max(run.arm.parameters.population.citizens * run.arm.parameters.time.ticks for run in runs)
    return min(RUNS_A_TASK, max(1, WORK_A_TASK // longest))


def runs_of_shard(tasks: Iterable[Task], shard: int, shards: int) -> set[str]:
    """Return the runs of one of several shards, from 0: every so manieth task of the whole experiment, so that burn-ins stay shared."""
    return {run.id for place, task in enumerate(tasks) if place % shards == shard for run in task.runs}
