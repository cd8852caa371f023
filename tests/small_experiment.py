"""A small experiment, and how to run it into a folder with societies that cost nothing."""

import dataclasses
from collections.abc import Callable

import pyarrow.parquet as pq

from experiments.arms import resolve
from experiments.experiment import Experiment, begin, opened, perform
from experiments.identity import identity_of
from experiments.spec import parse_spec
from experiments.store import Results
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


def experiment_of(text: str = SPEC, replications: int | None = None, version: str = "v1") -> Experiment:
    """Return a small experiment."""
    spec = parse_spec(text, "small.toml")
    if replications:
        spec = dataclasses.replace(spec, replications=replications)
    arms = resolve(spec)
    return Experiment("small", text, spec, arms, {}, identity_of(arms, spec.seed, version), ())


@dataclasses.dataclass(frozen=True)
class WithStandIn(Experiment):
    """An experiment whose societies are made by something else."""

    maker: Callable = StandIn

    def society(self):
        """Return what makes the societies."""
        return self.maker


def performed(folder, experiment=None, workers=1, society=StandIn):
    """Run an experiment into a folder and make its tables; return (experiment, performance)."""
    experiment = WithStandIn(**vars(experiment or experiment_of()), maker=society)
    results = Results(folder)
    try:
        experiment = opened(experiment, results)
        done = begin(experiment, results)
        perform(experiment, results, done, workers)
        results.assemble(experiment.identity.digest, experiment.spec.replications, experiment.spec.effect_window)
    finally:
        results.close()
    return experiment, done


def tables(folder):
    """Return the two tables of a folder."""
    return pq.read_table(folder / "runs.parquet"), pq.read_table(folder / "series.parquet")
