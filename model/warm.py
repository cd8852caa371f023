"""Compile every kernel once and keep it on disk: `python -m model.warm`."""

import inspect
import multiprocessing
import time
from typing import Any

import numba
import numpy as np

from model import schedule
from model.institutions.introduction import introduce
from model.institutions.ledger import count_levels
from model.network.graph import simple_graph
from model.phases.dealing import choose_conduct
from model.phases.opinion import abandon
from model.society import Society

#: The steps of a tick, as `take` names them.
_STEPS = [getattr(schedule, name) for name in schedule.take.py_func.__code__.co_names]
#: What the agents engine calls besides.
_BY_PYTHON = [introduce, choose_conduct, abandon, count_levels]


def from_the_last() -> None:
    """Compile the steps, the last first. A process that compiles in the order of the schedule meets this one half-way.

    Each finds on disk what the other has compiled.
    """
    society = Society(rng=0, graph=simple_graph(2, np.array([0]), np.array([1])))
    types = {"world": numba.typeof(society.world), "cells": numba.uint8[::1], "row": numba.float64[::1]}
    for step in reversed([*_STEPS, *_BY_PYTHON]):
        step.compile(tuple(types.get(name, numba.int64) for name in inspect.signature(step.py_func).parameters))


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
