"""What sweeps cost: the store beside the bare runs, Mesa's batch_run beside both, and ten thousand runs in one go."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import mesa
import psutil

from benchmarks.measure import Figure, Span, alternate, typical
from benchmarks.peer.society import PeerSociety
from benchmarks.subjects import Effort, parameters
from experiments.report.publishing import publish
from experiments.results.store import Results
from experiments.runs.execution import execute
from experiments.runs.executors import threads
from experiments.runs.experiment import Experiment, begin, missing_tasks, opened, perform, prepared
from experiments.runs.runner import Watch, Work
from experiments.specs.spec import parse_spec
from experiments.verbs.commands import available_cores

MEBIBYTE = 1 << 20
SPEC = """
title = "A sweep"
replications = {replications}
effect_window = 52
series = {series}
references = ["alone"]
[base]
population.citizens = {citizens}
network.mean_degree = {degree}
time.ticks = {ticks}
time.burn_in = {burn_in}
[[factor]]
parameter = "scheme.contact_weight"
low = 0.1
high = 1.0
levels = {levels}
[[arm]]
name = "alone"
set = {{ scheme.contact_weight = 0.0 }}
[[arm]]
name = "weighed"
"""


def sweep(citizens: int, ticks: int, levels: int, replications: int, series: bool) -> Experiment:
    """Return a sweep of (levels + 1) x replications runs."""
    degree = min(20.0, citizens / 6)
    text = SPEC.format(
        citizens=citizens, degree=degree, ticks=ticks, burn_in=ticks // 4, levels=levels, replications=replications,
        series=str(series).lower(),
    )  # fmt: skip
    return prepared("sweep", text, parse_spec(text, "sweep.toml"))


def overhead(effort: Effort) -> list[Figure]:
    """Measure what storing adds to runs, with their weekly values and without: the same tasks in the same threads, in turn."""
    citizens, ticks, replications = (1000, 200, 20) if effort.replications is None else (60, 8, 2)
    with_series, without = (sweep(citizens, ticks, 3, replications, series) for series in (True, False))
    works = {
        "bare": lambda: _bare(without), "means": lambda: _stored(without), "series": lambda: _stored(with_series),
    }  # fmt: skip
    spans = {name: typical(found) for name, found in alternate(works, effort.rounds).items()}
    runs = len(without.runs)
    figures = [Figure("sweeps", f"runs of {citizens} citizens x {ticks} ticks, nothing stored", runs / spans["bare"].cpu, "runs/s",
                      runs / spans["bare"].wall, more_is_better=True, note="all cores")]  # fmt: skip
    for name, what in (("means", "their means"), ("series", "every week")):
        more = Span(spans[name].cpu / spans["bare"].cpu - 1, spans[name].wall / spans["bare"].wall - 1)
        figures.append(Figure("sweeps", f"storing adds, with {what}", 100 * more.cpu, "%", 100 * more.wall, goal=5.0))
    return figures + against_batch_run(effort, runs / spans["means"].wall)


def _bare(experiment: Experiment) -> None:
    """Make the runs of a sweep and forget them."""
    with tempfile.TemporaryDirectory() as folder:
        tasks = missing_tasks(experiment, Results(Path(folder)))
    watch = Watch()
    with threads(available_cores()) as force:
        execute(tasks, Work(experiment.spec.effect_window, watch=watch), force.executor, lambda batch: None, watch=watch)


def _stored(experiment: Experiment) -> None:
    """Make the runs of a sweep and store them."""
    with tempfile.TemporaryDirectory() as folder, threads(available_cores()) as force:
        results = Results(Path(folder))
        try:
            perform(opened(experiment, results), results, begin(experiment, results), force)
        finally:
            results.close()


def against_batch_run(effort: Effort, ours: float) -> list[Figure]:
    """Measure Mesa's own batch_run over the same model in plain Mesa, with as many processes as cores, as its docs advise."""
    citizens, ticks = (1000, 200) if effort.replications is None else (60, 8)
    begun = time.perf_counter()
    mesa.batch_run(
        Peer, {"citizens": citizens, "ticks": ticks}, number_processes=available_cores(), rng=list(range(available_cores())),
        data_collection_period=-1, display_progress=False,
    )  # fmt: skip
    theirs = available_cores() / (time.perf_counter() - begun)
    return [
        Figure("sweeps", "plain Mesa's batch_run of the same model", theirs, "runs/s", theirs, more_is_better=True, note="all cores"),
        Figure("sweeps", "ours, stored, beside that", ours / theirs, "times", ours / theirs, more_is_better=True),
    ]


class Peer(PeerSociety):
    """The peer as batch_run makes it: of plain numbers, and with an end."""

    def __init__(self, citizens: int = 60, ticks: int = 8, rng: int = 0):
        """Make a society that runs for so many ticks."""
        super().__init__(parameters(citizens, ticks), rng=rng)
        self.ticks_left = ticks

    def step(self) -> None:
        """Do a tick."""
        super().step()
        self.ticks_left -= 1
        self.running = self.ticks_left > 0


def ten_thousand(effort: Effort) -> list[Figure]:
    """Measure a sweep of 10,000 runs of 1,000 citizens x 200 ticks from start to report: time, and whether the memory grows."""
    citizens, ticks, levels, replications = (1000, 200, 9, 1000) if effort.replications is None else (60, 8, 3, 5)
    experiment = sweep(citizens, ticks, levels, replications, series=False)
    memory: list[int] = []
    over = threading.Event()
    process = psutil.Process()
    watcher = threading.Thread(target=lambda: _watch(process, memory, over), daemon=True)
    with tempfile.TemporaryDirectory() as folder, threads(available_cores()) as force:
        results = Results(Path(folder) / "r")
        watcher.start()
        begun, cpu = time.perf_counter(), time.process_time()
        try:
            perform(opened(experiment, results), results, begin(experiment, results), force)
            runs_done = len(memory)
            wall, used = time.perf_counter() - begun, time.process_time() - cpu
            publish(results, results.manifest())
        finally:
            over.set()
            results.close()
        tables = time.perf_counter() - begun - wall
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    watcher.join()
    early, late = memory[max(runs_done // 10, 1) - 1], memory[max(runs_done - 1, 0)]
    what = f"{len(experiment.runs):,} runs of {citizens:,} citizens x {ticks} ticks"
    return [
        Figure("sweeps", f"{what}: all runs stored", used, "s", wall, note="all cores"),
        Figure("sweeps", f"{what}: tables, figures and report", tables, "s", tables),
        Figure("sweeps", f"{what}: memory after a tenth of the time", early / MEBIBYTE, "MB"),
        Figure("sweeps", f"{what}: memory at the end of the runs", late / MEBIBYTE, "MB"),
        Figure("sweeps", f"{what}: results on the disk", size / MEBIBYTE, "MB"),
    ]


def _watch(process: psutil.Process, memory: list[int], over: threading.Event) -> None:
    while True:
        memory.append(process.memory_info().rss)
        if over.wait(0.1):
            return
