"""Compile every kernel once and keep it on disk: `python -m model.warm`."""

import multiprocessing
import time
from typing import Any

import numba
import numpy as np

from model import schedule
from model.network.graph import simple_graph
from model.schedule import PHASES
from model.society import Society

#: The function of a phase is named like it, but for the last.
_KERNELS = [getattr(schedule, phase if phase != "record" else "measure") for phase in PHASES]


def from_the_last() -> None:
    """Compile the phases, the last first. A process that compiles in the order of the schedule meets this one half-way.

    Each finds on disk what the other has compiled.
    """
    society = Society(rng=0, graph=simple_graph(2, np.array([0]), np.array([1])))
    arguments = (numba.typeof(society.world), numba.int64)
    for kernel in reversed(_KERNELS):
        kernel.compile(arguments + ((numba.uint8[::1], numba.float64[::1]) if kernel is _KERNELS[-1] else ()))


def main() -> None:
    """Run a tiny society in both engines, which compiles everything they need, with the help of a second process."""
    begun = time.perf_counter()
    print("Compiling the model (once per version of its sources, about a minute) ...", flush=True)
    second = multiprocessing.get_context("spawn").Process(target=from_the_last)
    second.start()
    small: dict[str, Any] = {"citizens": 30, "network.mean_degree": 8.0, "time.burn_in": 1, "time.ticks": 3}
    for engine in ("compiled", "agents"):
        Society(rng=0, engine=engine, **small).run()
    second.join()
    print(f"Compiled in {time.perf_counter() - begun:.0f} s.")


if __name__ == "__main__":
    main()
