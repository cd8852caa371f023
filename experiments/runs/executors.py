"""Where runs are made: in this thread, in threads, in supervised processes, on a Dask cluster, or wherever one's own executor goes.

Each is a `concurrent.futures.Executor`; the results are the same from all of them, to the bit.
"""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

from experiments.refusal import Refusal
from experiments.results.records import Batch, Task
from experiments.runs.runner import Work

#: Seconds beyond its runs' time limit that a process gets before it is ended.
GRACE = 30.0
#: Seconds to wait for a cluster to answer.
PATIENCE = 10


@dataclass(frozen=True)
class Workforce:
    """An executor, and what to know of it.

    at_once: runs made at the same time. in_flight: tasks to hand over before the first is back. elsewhere: whether the workers are in
    other processes. words: what it is, for the user.
    """

    executor: Executor
    at_once: int
    in_flight: int
    elsewhere: bool
    words: str


class Serial(Executor):
    """Does what it is given at once, in the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Call the function and return its result as a future that is done."""
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Supervised(Executor):
    """Processes of which each may end without harm to the others: by a signal, by a crash, or because its runs take too long."""

    def __init__(self, workers: int):
        """Start so many processes when they are needed (fresh ones, not copies of this)."""
        from pebble import ProcessPool

        self._pool = ProcessPool(max_workers=workers, context=get_context("spawn"))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Hand a function to a process; if it is work on a task that has a time limit, the process is ended when that is over."""
        limit = None
        if isinstance(fn, Work) and fn.timeout is not None and args and isinstance(args[0], Task):
            limit = fn.timeout * len(args[0].runs) + GRACE
        future: Future[Batch] = self._pool.submit(fn, limit, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the processes end: after their work, or at once if what is not done is cancelled."""
        if cancel_futures:
            self._pool.stop()
        else:
            self._pool.close()
        if wait:
            self._pool.join()


class Shipped(Executor):
    """Hands work on as bytes that only a worker opens: the scheduler between need not have the project."""

    def __init__(self, inner: Executor):
        """Take the executor that hands it on."""
        self._inner = inner

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Hand on a call of the function."""
        return self._inner.submit(lambda parcel: __import__("pickle").loads(parcel)(), pickle.dumps(partial(fn, *args, **kwargs)))


@contextmanager
def threads(workers: int) -> Iterator[Workforce]:
    """Provide threads of this process: the compiled engine lets all of them work at once."""
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="runs") as pool:
        yield Workforce(pool, workers, 2 * workers, False, f"{workers} at once" if workers > 1 else "one at a time")


@contextmanager
def processes(workers: int) -> Iterator[Workforce]:
    """Provide supervised processes: for citizens that decide in Python, and for runs that may crash."""
    pool = Supervised(workers)
    done = False
    try:
        yield Workforce(pool, workers, 2 * workers, True, f"{workers} processes")
        done = True
    finally:
        pool.shutdown(cancel_futures=not done)


@contextmanager
def cluster(address: str) -> Iterator[Workforce]:
    """Provide the workers of a Dask cluster, by the address of its scheduler. Raises a Refusal if it does not answer."""
    import logging

    import dask
    from distributed import Client

    for name in ("distributed.client", "distributed.core", "distributed.batched", "distributed.comm"):  # what matters is said by us
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set({"distributed.comm.timeouts.connect": f"{PATIENCE}s"}):
        try:
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            expected = "the address of a Dask scheduler that runs, such as tcp://127.0.0.1:8786"
            raise Refusal(f"--cluster {address} does not answer: {reason}: expected {expected}") from None
        try:
            workers = client.scheduler_info(n_workers=-1)["workers"]
            slots = sum(worker["nthreads"] for worker in workers.values())
            words = f"on {len(workers)} workers of {address}, {slots} at once"
            yield Workforce(Shipped(client.get_executor(pure=False)), max(slots, 1), max(4 * slots, 8), True, words)
        finally:
            client.close(timeout=2)


@contextmanager
def of_ones_own(executor: Executor, in_flight: int = 64) -> Iterator[Workforce]:
    """Provide any executor, such as `mpi4py.futures.MPIPoolExecutor()`; what it calls must be able to import the project."""
    here = isinstance(executor, (ThreadPoolExecutor, Serial))
    yield Workforce(executor, 1, 1 if isinstance(executor, Serial) else in_flight, not here, type(executor).__name__)
