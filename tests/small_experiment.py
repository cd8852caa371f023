"""A small experiment, and how to run it into a folder with societies that cost nothing."""

import dataclasses
from collections.abc import Callable
from contextlib import nullcontext

import pyarrow.parquet as pq

from experiments.results.assembling import assemble, content_hash
from experiments.results.identity import identity_of
from experiments.results.store import Results
from experiments.runs.executors import threads
from experiments.runs.experiment import Experiment, begin, opened, perform
from experiments.specs.cells import lay_out
from experiments.specs.spec import parse_spec
from model.outcomes import OUTCOMES
from tests.stand_in import StandIn

SPEC = """
title = "Small"
seed = 3
replications = 3
effect_window = 5
references = ["alone", "none"]
[base]
time.ticks = 30
time.burn_in = 10
population.citizens = 60
population.official_share = 0.2
[[lever]]
name = "exemption"
parameter = "scheme.exemption"
[[arm]]
name = "none"
set = { scheme.preset = "none" }
[[arm]]
name = "alone"
[[arm]]
name = "exempt"
set = { scheme.exemption = 1 }
[[arm]]
name = "lenient"
set = { court.fine = 0.1, scheme.contact_weight = 0.3 }
"""


def experiment_of(text: str = SPEC, replications: int | None = None, version: str = "") -> Experiment:
    """Return a small experiment."""
    spec = parse_spec(text, "small.toml")
    if replications:
        spec = dataclasses.replace(spec, replications=replications)
    layout = lay_out(spec)
    window = None if spec.keeps_series else spec.effect_window
    return Experiment("small", text, spec, layout, identity_of(layout, spec.seed, version, window), ())


@dataclasses.dataclass(frozen=True)
class WithStandIn(Experiment):
    """An experiment whose societies are made by something else."""

    maker: Callable = StandIn

    def society(self):
        """Return what makes the societies."""
        return self.maker


def performed(folder, experiment=None, workers=1, society=StandIn, force=None, timeout=None):
    """Run an experiment into a folder, in threads or by a workforce, and make its tables; return (experiment, performance)."""
    experiment = experiment or experiment_of()
    given = {item.name: getattr(experiment, item.name) for item in dataclasses.fields(Experiment)}
    experiment = WithStandIn(**given, maker=society)
    results = Results(folder)
    try:
        experiment = opened(experiment, results)
        done = begin(experiment, results)
        with threads(workers) if force is None else nullcontext(force) as chosen:
            experiment = perform(experiment, results, done, chosen, timeout=timeout)
        assemble(results, experiment.plan, experiment.spec.effect_window, experiment.spec.keeps_series)
    finally:
        results.close()
    return experiment, done


def tables(folder):
    """Return the two tables of a folder."""
    return pq.read_table(folder / "runs.parquet"), pq.read_table(folder / "series.parquet")


def content_of(folder):
    """Return the hash of what was found in a folder."""
    return content_hash(pq.read_table(folder / "runs.parquet"), OUTCOMES)
