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
from model.outcomes import EACH_YEAR
from model.phases.dealing import choose_conduct
from model.phases.opinion import abandon
from model.society import Society
from model.yearly import measure_year

#: The steps of a tick, as `take` names them.
_STEPS = [getattr(schedule, name) for name in schedule.take.py_func.__code__.co_names]
#: What the agents engine calls besides.
_BY_PYTHON = [introduce, choose_conduct, abandon, count_levels]
_SMALL: dict[str, Any] = {"citizens": 30, "network.mean_degree": 8.0, "time.burn_in": 1, "time.ticks": 3}


def compile_each(functions: list) -> None:
    """Compile steps of a tick in that order."""
    society = Society(rng=0, graph=simple_graph(2, np.array([0]), np.array([1])))
    types = {"world": numba.typeof(society.world), "cells": numba.uint8[::1], "row": numba.float64[::1], "rows": numba.float64[:, ::1]}
    for function in functions:
        function.compile(tuple(types.get(name, numba.int64) for name in inspect.signature(function.py_func).parameters))


def from_the_last() -> None:
    """Compile the steps, the last first, and then the network, while the process that began with the first puts the steps together.

    They meet half-way: each finds on disk what the other has compiled.
    """
    compile_each([*_BY_PYTHON, *reversed(_STEPS)])
    measure_year(Society(rng=0, **_SMALL).world, np.empty(len(EACH_YEAR)), True)


def main() -> None:
    """Compile with the help of a second process, and run a tiny society in both engines, which finds what is still missing."""
    begun = time.perf_counter()
    print("Compiling the model (once per version of its sources, about half a minute) ...", flush=True)
    second = multiprocessing.get_context("spawn").Process(target=from_the_last)
    second.start()
    compile_each([*_STEPS, schedule.run])
    second.join()
    for engine in ("compiled", "agents"):
        Society(rng=0, engine=engine, **_SMALL).run()
    print(f"Compiled in {time.perf_counter() - begun:.0f} s.")


if __name__ == "__main__":
    main()
