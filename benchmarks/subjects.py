"""What is measured. Everywhere the scheme `rongcheng` is at work from the first tick, its three levers on, 20 ties a citizen."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from agents.compiling import ROOT
from benchmarks.measure import Figure, Span, alternate, ratio, spent, timed, typical
from benchmarks.peer.society import PeerSociety
from model.assign import assign, default_parameters
from model.declarations import SocietyParameters
from model.network.graph import Graph, simple_graph
from model.outcomes import EACH_YEAR
from model.schedule import PHASES
from model.society import Society, build_graph
from model.yearly import measure_year

SEED, DEGREE, YEAR, DECADE = 1, 20.0, 52, 520
LEVERS = {"scheme.contact_weight": 0.3, "scheme.reporting_reward": 10.0, "scheme.exemption": 1.0}
MILLION = 1_000_000


@dataclass(frozen=True)
class Effort:
    """How much is measured. Citizens -> ticks of a round; for the peer likewise, society's ticks and the peer's."""

    rounds: int
    sizes: dict[int, int]
    against: dict[int, tuple[int, int]]
    standard: int
    ticks: int
    citizens_of_set: int
    replications: int | None = None


FULL = Effort(5, {1000: 200, 10_000: 30, 100_000: 6}, {1000: (100, 4), 10_000: (10, 2)}, 1000, DECADE, MILLION)
LARGE = Effort(5, {**FULL.sizes, MILLION: 2}, FULL.against, 1000, DECADE, MILLION)
QUICK = Effort(1, {60: 2, 120: 2}, {60: (2, 1)}, 60, 4, 1000, replications=1)


def parameters(citizens: int, ticks: int = 100_000) -> SocietyParameters:
    """Return the parameters of all measurements."""
    values: dict[str, Any] = {"population.citizens": citizens, "network.mean_degree": min(DEGREE, citizens / 6)}
    return assign(default_parameters(), {**values, "time.ticks": ticks, "time.burn_in": 0, **LEVERS})


def society(citizens: int, ticks: int = 100_000, graph: Graph | None = None) -> Society:
    """Return a society to measure."""
    return Society(parameters(citizens, ticks), rng=SEED, graph=graph)


def short(number: int) -> str:
    """Return a number of citizens in brief: 1k, 100k, 1M."""
    if number % MILLION == 0:
        return f"{number // MILLION}M"
    return f"{number // 1000}k" if number % 1000 == 0 else str(number)


def of_span(section: str, what: str, span: Span, unit: str, scale: float, goal: float | None = None, note: str = "") -> Figure:
    """Return a figure of a span, in seconds times `scale`."""
    return Figure(section, what, span.cpu * scale, unit, span.wall * scale, goal, note=note)


def standard_run(effort: Effort) -> tuple[list[Figure], str]:
    """Measure whole runs, building included; return the figures, and the digest of the last state."""
    last: list[Society] = []

    def build() -> None:
        last[:] = [society(effort.standard, effort.ticks)]

    build()
    last[0].run()  # brings the kernels in
    works: dict[str, Callable[[], object]] = {}
    spans: dict[str, list[Span]] = {"build": [], "run": [], "both": []}
    for _ in range(effort.rounds):
        works = {"build": build, "run": lambda: last[0].run()}
        once = alternate(works, 1)
        for name in works:
            spans[name] += once[name]
        both = (once["build"][0], once["run"][0])
        spans["both"].append(Span(sum(span.cpu for span in both), sum(span.wall for span in both)))
    name = f"n = {effort.standard:,}, {effort.ticks} ticks"
    return [
        of_span("one run", f"{name}: building and running", typical(spans["both"]), "s", 1.0, goal=0.4),
        of_span("one run", "of it, building", typical(spans["build"]), "s", 1.0),
        of_span("one run", "of it, running (with yearly outcomes)", typical(spans["run"]), "s", 1.0),
    ], last[0].digest()


def throughput(effort: Effort) -> list[Figure]:
    """Measure ticks of societies of several sizes, in turn."""
    builds: dict[int, Span] = {}
    societies: dict[int, Society] = {}
    for n in effort.sizes:
        builds[n], societies[n] = timed(partial(society, n))
        societies[n].run(min(YEAR - 10, 2 * effort.sizes[n]))
    batches = {str(n): partial(societies[n].run, ticks) for n, ticks in effort.sizes.items()}
    spans = alternate(batches, effort.rounds)
    found = []
    for n, ticks in effort.sizes.items():
        one, tick = societies[n], typical(spans[str(n)]) / ticks
        ties, section = ties_of(one), f"n = {short(n)}"
        found.append(of_span(section, "one tick", tick, "ms", 1e3))
        found.append(_rate(section, "citizens x ticks", n, tick, {10_000: 3.0, 100_000: 2.0, MILLION: 1.0}.get(n)))
        found.append(_rate(section, "ties x ticks", ties, tick))
        found.append(Figure(section, "churn (ties cut and made, of all ties, a tick)", 100 * churn(one), "%"))
        found.append(Figure(section, "state", megabytes(one), "MB", goal={100_000: 200.0, MILLION: 1000.0}.get(n)))
        yearly = spent(partial(measure_year, one.world, np.empty(len(EACH_YEAR)), True))
        found.append(of_span(section, "yearly outcomes, once", yearly, "ms", 1e3))
        found.append(of_span(section, "building the society", builds[n], "s", 1.0, goal={MILLION: 20.0}.get(n)))
    return found


def threaded(effort: Effort) -> list[Figure]:
    """Measure ticks of large societies with one thread and with two, in turn; the goal is for the wall clock."""
    found = []
    for n in (size for size in effort.sizes if size >= max(effort.sizes) // 10):
        graph = build_graph(parameters(n), SEED)
        ticks, works = effort.sizes[n], {}
        for threads in ("1", "2"):
            one = Society(parameters(n), rng=SEED, graph=graph, threads=int(threads))
            one.run(2 * ticks)
            works[threads] = partial(one.run, ticks)
        spans, section = alternate(works, effort.rounds), f"two threads, n = {short(n)}"
        for threads, name, goals in (("1", "one tick, one thread", {}), ("2", "one tick, two threads", {100_000: 60.0})):
            wall = typical(spans[threads]).wall / ticks * 1e3
            found.append(Figure(section, name, wall, "ms", wall, goals.get(n), note="wall clock"))
        times = ratio(spans["1"], spans["2"]).wall
        found.append(Figure(section, "times as fast", times, "x", times, note="wall clock"))
    return found


def _rate(section: str, what: str, amount: float, tick: Span, goal: float | None = None) -> Figure:
    return Figure(section, what, amount / tick.cpu / 1e6, "M/s", amount / tick.wall / 1e6, goal, more_is_better=True)


def ties_of(one: Society) -> int:
    """Return the number of ties of a society."""
    return int(one.world.rows.degree.sum()) // 2


def churn(one: Society) -> float:
    """Return the share of ties cut or made in a tick, mean over the ticks done."""
    series = one.series()
    changed = sum(series[name] for name in ("cut_for_distrust", "cut_for_score", "cut_for_informing", "ties_formed")) / YEAR
    return float(np.mean(changed / (series["degree"] / 2)))


def megabytes(one: Society) -> float:
    """Return the size of all arrays of a society's world."""
    groups = [group if isinstance(group, tuple) else (group,) for group in one.world]
    return sum(array.nbytes for group in groups for array in group if isinstance(array, np.ndarray)) / 1e6


def by_phase(effort: Effort) -> list[Figure]:
    """Measure each phase of a tick of the greatest of the sizes up to 100,000."""
    n = max(size for size in effort.sizes if size <= 100_000)
    one = society(n)
    one.run(10 if effort.rounds > 1 else 1)
    spans: dict[str, list[Span]] = {phase: [] for phase in PHASES}
    for _ in range(2 * effort.rounds):
        phases = one.run_phases()
        for phase in PHASES:
            spans[phase].append(spent(partial(next, phases)))
        next(phases, None)
    return [of_span(f"phases, n = {short(n)}", phase, typical(spans[phase]), "ms", 1e3) for phase in PHASES]


def against_peer(effort: Effort) -> list[Figure]:
    """Measure ticks of the society and of its peer in plain Mesa, in turn, on the same graph."""
    found = []
    for n, (ours, its) in effort.against.items():
        graph = build_graph(parameters(n), SEED)
        one, peer = society(n, graph=graph), PeerSociety(parameters(n), rng=SEED, graph=graph)
        works = {"ours": partial(one.run, ours), "peer": partial(peer.run_for, its)}
        alternate(works, 1)
        spans = alternate(works, effort.rounds)
        mine, other = [span / ours for span in spans["ours"]], [span / its for span in spans["peer"]]
        times, section = ratio(other, mine), f"against plain Mesa, n = {short(n)}"
        found.append(of_span(section, "peer, one tick", typical(other), "ms", 1e3))
        found.append(of_span(section, "society, one tick", typical(mine), "ms", 1e3))
        goal = {1000: 200.0, 10_000: 300.0}.get(n)
        found.append(Figure(section, "times as fast", times.cpu, "x", times.wall, goal, more_is_better=True))
    return found


def agent_set(effort: Effort) -> list[Figure]:
    """Measure how long the agent set of a society takes to make, and one citizen of it."""
    n, section = effort.citizens_of_set, f"Mesa's agent set, n = {short(effort.citizens_of_set)}"
    ring = np.arange(n)
    one = Society(preset="none", rng=SEED, graph=simple_graph(n, ring, (ring + 1) % n))
    works = {"set": lambda: one.agents, "citizen": lambda: (one.agents, one.citizen(n // 2).wealth)}
    spans = alternate(works, max(effort.rounds, 2))
    return [
        of_span(section, "society.agents", typical(spans["set"]), "ms", 1e3, goal=50.0),
        of_span(section, "society.agents, and one citizen's wealth", typical(spans["citizen"]), "ms", 1e3),
    ]


def graphs(effort: Effort) -> list[Figure]:
    """Measure how long the starting graph takes to make."""
    found = []
    for n in effort.sizes:
        span = spent(partial(build_graph, parameters(n), SEED))
        found.append(of_span("starting graph", f"n = {short(n)}", span, "s", 1.0, goal={MILLION: 20.0}.get(n)))
    return found


START = """
import time
a = time.perf_counter()
from model.society import Society
b = time.perf_counter()
one = Society(rng=1, citizens=100, **{"network.mean_degree": 8.0})
c = time.perf_counter()
one.step()
d = time.perf_counter()
one.step()
print(b - a, c - b, d - c, time.perf_counter() - d)
"""


def start(cold: bool) -> list[Figure]:
    """Measure the start of a new process; `cold`: with an empty cache, too, so that everything is compiled anew."""
    found = _start("start, kernels compiled before", None)
    if cold:
        with tempfile.TemporaryDirectory() as folder:
            found += _start("start, nothing compiled", folder)
    return found


def _start(section: str, cache: str | None) -> list[Figure]:
    environment = dict(os.environ) | ({"SOCIAL_CREDIT_LAB_CACHE": cache} if cache else {})
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    names = ("importing the model", "building 100 citizens", "the first tick", "the second tick")
    return [
        Figure(section, name, float(seconds), "s", float(seconds), note="wall clock only")
        for name, seconds in zip(names, done.stdout.split(), strict=True)
    ]


def experiment(effort: Effort) -> list[Figure]:
    """Measure the experiment `three-levers` in a process of its own, with as many workers as cores."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments", "run", "three-levers", "--out", str(Path(folder) / "results")]
        if effort.replications:
            command += ["--replications", str(effort.replications), "--set", "population.citizens=60"]
            command += ["--set", "network.mean_degree=8", "--set", "time.ticks=6", "--set", "time.burn_in=2"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall = spent(lambda: subprocess.run(command, cwd=ROOT, capture_output=True, check=True)).wall
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return [Figure("experiment", "three-levers with its tables, figures and report", cpu, "s", wall, note="all cores")]
