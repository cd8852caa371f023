"""What an experiment would take, from a pilot: the number of runs, the time, the memory, the disk."""

import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from experiments.results.parts import write_part
from experiments.results.records import Batch, Run, Task
from experiments.results.store import Results
from experiments.runs.execution import execute
from experiments.runs.executors import Serial
from experiments.runs.experiment import Experiment, missing_tasks
from experiments.runs.runner import Watch, Work, warm_up

#: A pilot makes at most so many runs, and begins no further one after so many seconds.
PILOT_RUNS, PILOT_SECONDS = 6, 20.0


@dataclass(frozen=True)
class Estimate:
    """What an experiment would take.

    runs, stored: in all, and there already. pilot: runs that were made to find out. seconds: of one worker for all that is missing,
    burn-ins shared. memory: bytes, of a process that makes several runs at once. disk: bytes of the results. at_once: workers.
    """

    runs: int
    stored: int
    pilot: int
    seconds: float
    memory: float
    disk: float
    at_once: int

    @property
    def wall(self) -> float:
        """Seconds from start to end with all workers."""
        return self.seconds / self.at_once


def estimate(experiment: Experiment, results: Results, workers: int) -> Estimate:
    """Return what is missing of an experiment would take, from a few of its runs made here; nothing is kept of these.

    Time goes with citizens times ticks, the burn-in of a task's first run counted once. The pilot's runs are spread over the cells.
    """
    import psutil

    tasks = missing_tasks(experiment, results) if (results.folder / "parts").is_dir() else _all_tasks(experiment)
    missing = sum(len(task.runs) for task in tasks)
    stored = len(experiment.runs) - missing
    if not tasks:
        return Estimate(len(experiment.runs), stored, 0, 0.0, 0.0, 0.0, workers)
    society = experiment.society()
    work = Work(experiment.spec.effect_window, experiment.spec.keeps_series, society)
    process = psutil.Process()
    warm_up([tasks[0].runs[0].arm], work.maker())
    before = process.memory_info().rss
    chosen = _spread(tasks)
    batches: list[Batch] = []
    ticks, begun, peak = 0.0, time.perf_counter(), before
    for task in chosen:
        if batches and time.perf_counter() - begun > PILOT_SECONDS:
            break
        batches.append(_made(task, work))
        ticks += work_of(task)
        peak = max(peak, process.memory_info().rss)
    spent = time.perf_counter() - begun
    made = [one for batch in batches for one in batch.made]
    seconds = spent * sum(work_of(task) for task in tasks) / ticks
    disk = _size_of(batches) / max(len(made), 1) * missing
    each = max(peak - before, 0)
    return Estimate(len(experiment.runs), stored, sum(len(task.runs) for task in chosen[: len(batches)]), seconds,
                    peak + each * (workers - 1), disk, workers)  # fmt: skip


def _all_tasks(experiment: Experiment) -> list[Task]:
    from experiments.runs.tasks import tasks_of

    return tasks_of(experiment.runs, experiment.shares_burn_in, experiment.networks)


def _spread(tasks: list[Task]) -> list[Task]:
    """Return tasks of a run each, from runs spread evenly over all."""
    runs: list[tuple[Run, Task]] = [(run, task) for task in tasks for run in task.runs]
    places = dict.fromkeys(round(i * (len(runs) - 1) / max(PILOT_RUNS - 1, 1)) for i in range(PILOT_RUNS))
    return [Task((runs[place][0],), runs[place][1].share_burn_in, runs[place][1].networks) for place in places]


def work_of(task: Task) -> float:
    """Return the citizen-ticks of a task: of its runs, less the burn-ins that they share."""
    from experiments.runs.runner import fork_tick, trunks

    total = 0.0
    for group in trunks(task.runs) if task.share_burn_in else [[run] for run in task.runs]:
        citizens, ticks = group[0].arm.parameters.population.citizens, group[0].arm.parameters.time.ticks
        shared = fork_tick([run.arm for run in group]) * (len(group) - 1)
        total += citizens * (ticks * len(group) - shared)
    return total


def _made(task: Task, work: Work) -> Batch:
    found: list[Batch] = []
    execute([task], work, Serial(), found.append, watch=Watch(), in_flight=1)
    return found[0]


def _size_of(batches: Iterable[Batch]) -> float:
    """Return the bytes of these runs in parts and once more in the tables."""
    with tempfile.TemporaryDirectory() as folder:
        return 2.0 * sum(write_part(Path(folder), batch).stat().st_size for batch in batches if batch.made)
