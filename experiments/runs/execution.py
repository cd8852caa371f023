"""Tasks handed to an executor, their batches kept as they come; a run that takes its worker with it is found and left out.

Any `concurrent.futures.Executor` will do: what matters of it is `submit`. Whatever goes wrong with one task leaves the others be; only
an executor that takes no more tasks ends the whole.
"""

import gc
import traceback
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field

from experiments.refusal import Refusal
from experiments.results.records import FAILED, KILLED, TIMED_OUT, Batch, Failure, Task, failure_of
from experiments.runs.runner import Watch, Work


class ExecutorLost(Refusal):
    """The executor takes no more tasks: a cluster that is gone, a pool that is broken."""

    exit_code = 1


@dataclass
class _Course:
    """Tasks that wait and tasks that are under way."""

    waiting: deque[Task]
    keep: Callable[[Batch], None]
    pending: dict[Future[Batch], Task] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def execute(
    tasks: Collection[Task], work: Work, executor: Executor, keep: Callable[[Batch], None], *, watch: Watch, in_flight: int = 64
) -> list[Failure]:
    """Have all tasks done and hand each batch to `keep` as soon as it is there (in the calling thread).

    in_flight: tasks that the executor holds at a time. Returns the failures in order. When interrupted, workers of this process stop
    at their next look and what they have finished is kept, then the KeyboardInterrupt goes on; what `keep` raises ends the course
    likewise, and nothing more is kept. Raises ExecutorLost when the executor takes no more tasks; what was kept is kept.
    """
    course = _Course(deque(tasks), keep)
    gc.freeze()  # what is there now stays: workers that collect what they leave need not look through it
    try:
        while course.waiting or course.pending:
            while course.waiting and len(course.pending) < in_flight:
                _submit(course, work, executor)
            for future in wait(course.pending, return_when=FIRST_COMPLETED).done:
                _settle(course, future, watch)
    except BaseException as error:
        _wind_down(course, isinstance(error, (KeyboardInterrupt, ExecutorLost)), watch)
        raise
    finally:
        gc.unfreeze()
    return sorted(course.failures, key=lambda failure: (failure.replication, failure.point, failure.arm))


def _submit(course: _Course, work: Work, executor: Executor) -> None:
    task = course.waiting[0]
    try:
        future = executor.submit(work, task)
    except (BrokenExecutor, RuntimeError, OSError) as error:
        raise ExecutorLost(f"the executor takes no more runs: {_first_line(error)}") from None
    course.waiting.popleft()
    course.pending[future] = task


def _settle(course: _Course, future: Future[Batch], watch: Watch) -> None:
    """Keep what a task gave; of one that was lost with its worker, give each run a task of its own to find the one to blame."""
    task = course.pending[future]
    try:
        error = future.exception()
    except CancelledError as cancelled:
        error = cancelled
    if error is None:
        batch = future.result()
    elif isinstance(error, (BrokenExecutor, CancelledError)):
        raise ExecutorLost(f"the executor lost its workers: {_first_line(error)}")
    elif len(task.runs) > 1 and _ended_with_worker(error) is not None:
        course.waiting.extend(task.alone())
        del course.pending[future]
        return
    else:
        status = _ended_with_worker(error) or FAILED
        batch = Batch(task.replication, task.seed, (), tuple(failure_of(run, status, _reason(error)) for run in task.runs))
    course.keep(batch)
    course.failures += batch.failures
    if watch.elsewhere:
        watch.on_progress(len(batch.made))
    del course.pending[future]  # only now: an interrupt while it was being kept must not lose it


def _ended_with_worker(error: BaseException) -> str | None:
    """Return how a run ended whose worker ended with it: killed or timed out; None for any other error."""
    if isinstance(error, TimeoutError):
        return TIMED_OUT
    return KILLED if type(error).__name__ in ("ProcessExpired", "KilledWorker") else None  # pebble's and Dask's, which stay unimported


def _reason(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _wind_down(course: _Course, keeps: bool, watch: Watch) -> None:
    """Stop what is running and keep what is finished of it."""
    watch.stop.set()
    for future in course.pending:
        future.cancel()
    for future in course.pending:
        if keeps and (not watch.elsewhere or future.done()) and not future.cancelled() and future.exception() is None:
            course.keep(future.result())
