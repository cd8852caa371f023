"""An experiment from start to end: prepare it, run what is missing, publish what was found."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from experiments.analysis.effects import factorial_cells, joint_levers, outcome_facts
from experiments.report.publishing import FAILED, FINISHED, INTERRUPTED, RUNNING, Found, publish
from experiments.results.assembling import MeansByPart, Plan
from experiments.results.identity import Identity, Networks, identity_of, provenance, source_of
from experiments.results.planning import plan_of
from experiments.results.records import Batch, Failure, Run, Task
from experiments.results.store import MANIFEST, RESOLVED, SPEC, Results
from experiments.results.writing import write_text
from experiments.runs.execution import execute
from experiments.runs.executors import Workforce, threads
from experiments.runs.precision import check_precision, grown
from experiments.runs.progress import Progress
from experiments.runs.runner import MakeSociety, Watch, Work
from experiments.runs.tasks import runs_of_shard, tasks_of
from experiments.specs.arms import Arm, differences_from_default, with_settings, without_effect
from experiments.specs.cells import Layout, lay_out, set_by_design
from experiments.specs.notes import notes_on
from experiments.specs.spec import Settings, Spec, check_seeds, find_spec, to_toml


@dataclass(frozen=True)
class Experiment:
    """An experiment that is ready to run. `given` is the text of its spec as the user gave it.

    shard: (number from 0, of how many) if only a part of the runs is to be made.
    """

    name: str
    given: str
    spec: Spec
    layout: Layout
    identity: Identity
    notes: tuple[str, ...]
    command: tuple[str, ...] = ()
    citizen_class: type | None = None
    shard: tuple[int, int] | None = None

    def society(self) -> MakeSociety | None:
        """Return what makes the societies if it is not the compiled society: one that asks each citizen of a class of its own."""
        if self.citizen_class is None:
            return None
        from model.society import Society

        return partial(Society, engine="agents", citizen_class=self.citizen_class)

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The arms as they are without the factors of a design."""
        return self.layout.arms

    @cached_property
    def plan(self) -> Plan:
        """All rows of the tables, and the run of each."""
        factors = [factor.name for factor in self.spec.design.factors] if self.spec.design else []
        return plan_of(self.identity.document, [arm.name for arm in self.arms], self.spec.replications, factors)

    @cached_property
    def networks(self) -> Networks:
        """{path: hash of the content} of the network files."""
        found = Networks()
        for path in self.layout.graphs:
            _ = found[path]
        return found

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The different runs to be made, all or those of the shard."""
        cells, at = self.layout.cells, self.layout.at
        runs = [Run(row.run, cells[at[row.arm, row.point]], row.replication, row.seed) for row in self.plan.runs().values()]
        if self.shard is None:
            return tuple(runs)
        own = runs_of_shard(tasks_of(runs, self.shares_burn_in, self.networks), *self.shard)
        return tuple(run for run in runs if run.id in own)

    @property
    def shares_burn_in(self) -> bool:
        """Whether arms share their burn-in: citizens of one's own may remember more than a fork copies, and do not."""
        return self.citizen_class is None


def prepare(
    name: str,
    settings: Settings = (),
    replications: int | None = None,
    *,
    citizen_class: type | None = None,
    command: Iterable[str] = (),
) -> Experiment:
    """Return the experiment of a catalogue name or spec file, with settings on its base. Raises a Refusal for bad input.

    citizen_class: a subclass of `agents.citizen.Citizen` that decides in its own way; its source is part of the identity.
    command: how it was called, for the manifest.
    """
    spec, short, given = find_spec(name)
    return prepared(short, given, spec, settings, replications, citizen_class=citizen_class, command=command)


def prepared(
    short: str,
    given: str,
    spec: Spec,
    settings: Settings = (),
    replications: int | None = None,
    *,
    citizen_class: type | None = None,
    command: Iterable[str] = (),
) -> Experiment:
    """Return the experiment of a spec, as `prepare` does."""
    spec = with_settings(spec, settings)
    if replications is not None:
        spec = with_replications(spec, replications)
    check_seeds(spec)
    check_precision(spec)
    layout = lay_out(spec)
    from agents.compiling import MODEL_VERSION

    notes = [note for graph in layout.graphs.values() for note in graph.notes]
    lost = without_effect(spec, settings)
    notes += [f"--set {name} has no effect: every arm sets it itself or has no such scheme" for name in lost]
    notes += [f"--set {name} has no effect: the design sets it at every point" for name in set_by_design(spec, settings, layout.arms)]
    notes += notes_on(spec, layout.cells) + joint_levers(spec, layout.arms)[1]
    rules = MODEL_VERSION if citizen_class is None else f"{MODEL_VERSION} {source_of(citizen_class)}"
    identity = identity_of(layout, spec.seed, rules, None if spec.keeps_series else spec.effect_window)
    return Experiment(short, given, spec, layout, identity, tuple(notes), tuple(command), citizen_class)


def with_replications(spec: Spec, replications: int) -> Spec:
    """Return the spec with another number of replications, to start from where they grow."""
    if spec.precision is not None and replications > spec.precision.maximum:
        return replace(spec, replications=replications, precision=replace(spec.precision, maximum=replications))
    return replace(spec, replications=replications)


# --- running --------------------------------------------------------------------------------------------------------------------


def missing_tasks(experiment: Experiment, results: Results, given_up: Collection[str] = ()) -> list[Task]:
    """Return the runs that are not stored yet and not given up, as tasks."""
    without = {*results.digests(), *given_up}
    return tasks_of([run for run in experiment.runs if run.id not in without], experiment.shares_burn_in, experiment.networks)


@dataclass
class Performance:
    """How a run of an experiment goes; `earlier` are the seconds that each former session took."""

    began: float
    earlier: tuple[float, ...] = ()
    failures: list[Failure] = field(default_factory=list)
    status: str = RUNNING


def opened(experiment: Experiment, results: Results) -> Experiment:
    """Open the folder for the experiment and return it with at least as many replications as the folder holds: none is dropped."""
    results.open_for(experiment.identity)
    held = 1 + max((part.replication for part in results.parts()), default=-1)
    if results.path(MANIFEST).exists():
        manifest = results.manifest()
        held = max(held, manifest["replications"] if manifest["runs_stored"] else 0)
    spec = experiment.spec
    if held <= spec.replications:
        return experiment
    if spec.precision is not None:  # on the grid of the rule, so that an interrupted course ends where another would
        steps = -(-(held - spec.replications) // spec.precision.step)
        held = min(spec.replications + steps * spec.precision.step, max(spec.precision.maximum, held))
    spec = with_replications(spec, held)
    check_seeds(spec)
    return replace(experiment, spec=spec)


def begin(experiment: Experiment, results: Results) -> Performance:
    """Write spec and manifest to the opened folder: an output that cannot be written is found out before anything is run."""
    earlier = tuple(results.manifest()["session_seconds"]) if results.path(MANIFEST).exists() else ()
    done = Performance(time.perf_counter(), earlier)
    write_text(results.path(SPEC), experiment.given)
    write_text(results.path(RESOLVED), experiment.identity.text)
    write_manifest(experiment, results, done)
    results.set_aside_damaged()
    results.log("begun", command=list(experiment.command), experiment=experiment.identity.digest, runs=len(experiment.runs))
    return done


def perform(
    experiment: Experiment,
    results: Results,
    done: Performance,
    workforce: Workforce,
    progress: Progress | None = None,
    timeout: float | None = None,
) -> Experiment:
    """Run what is missing, each finished task stored at once; in the end, or when interrupted, the manifest says so.

    timeout: seconds that one run may take. Returns the experiment with the replications that it has come to.
    """
    watch = Watch(progress or (lambda share: None), elsewhere=workforce.elsewhere)
    work = Work(experiment.spec.effect_window, experiment.spec.keeps_series, experiment.society(), timeout,
                experiment.identity.model_version.partition(" ")[0], None if workforce.elsewhere else watch)  # fmt: skip

    known: MeansByPart = {}

    def keep(batch: Batch) -> None:
        results.add(batch)
        if progress is not None:
            progress.failed(len(batch.failures))

    try:
        while True:
            tasks = missing_tasks(experiment, results, [failure.run for failure in done.failures])
            done.failures += execute(tasks, work, workforce.executor, keep, watch=watch, in_flight=workforce.in_flight)
            more = grown(experiment, results, known)
            if more is experiment:
                break
            if progress is not None:
                progress.added(len(more.runs) - len(experiment.runs))
            experiment = more
            results.log("grown", replications=experiment.spec.replications)
    except KeyboardInterrupt:
        done.status = INTERRUPTED
        write_manifest(experiment, results, done)
        raise
    done.status = FAILED if done.failures else FINISHED
    write_manifest(experiment, results, done)
    results.log(done.status, failures=len(done.failures))
    return experiment


def conduct(experiment: Experiment, folder: Path, workers: int = 1, workforce: Workforce | None = None) -> Found:
    """Run an experiment into a folder (or what is missing of it) and return what was found; for use from Python.

    workforce: where runs are made (`experiments.runs.executors`), instead of threads of this process.
    """
    results = Results(folder)
    try:
        experiment = opened(experiment, results)
        done = begin(experiment, results)
        if workforce is not None:
            perform(experiment, results, done, workforce)
        else:
            with threads(workers) as own:
                perform(experiment, results, done, own)
        return publish(results, results.manifest())
    finally:
        results.close()


def write_manifest(experiment: Experiment, results: Results, performance: Performance) -> None:
    """Write the manifest: what was run, with what, where and how it went."""
    from model.outcomes import OUTCOMES

    spec, identity = experiment.spec, experiment.identity
    seconds = [*performance.earlier, round(time.perf_counter() - performance.began, 3)]
    manifest: dict[str, Any] = {
        "name": experiment.name,
        "title": spec.title,
        "status": performance.status,
        "id": identity.digest,
        "model_version": identity.model_version,
        "replications": spec.replications,
        "shard": list(experiment.shard or ()),
        "runs": len(experiment.plan.runs()),
        "runs_stored": len(experiment.plan.runs().keys() & results.digests().keys()),
        "seeds": [spec.seed + number for number in range(spec.replications)],
        "effect_window": spec.effect_window,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "session_seconds": seconds,
        "wall_time_seconds": round(sum(seconds), 3),
        "command": list(experiment.command),
        **provenance(),
        "notes": list(experiment.notes),
        "failures": [vars(failure) for failure in performance.failures],
        "spec": to_toml(spec),
        "cells": [[sorted(levers), arm] for levers, arm in factorial_cells(spec, experiment.arms).items()],
        "interactions": [sorted(levers) for levers in joint_levers(spec, experiment.arms)[0]],
        "burn_in": experiment.arms[0].parameters.time.burn_in,
        "differs_from_default": differing(experiment.arms),
        "arms": {arm.name: {"label": arm.label, **identity.arms[arm.name]} for arm in experiment.arms},
        "networks": {content: path for path, content in experiment.networks.items()},
        "outcomes": [vars(facts) for facts in outcome_facts(OUTCOMES).values()],
    }
    results.write_manifest(manifest)


def differing(arms: Iterable[Arm]) -> dict[str, Any]:
    """Return {parameter: {"default": value, "arms": {arm: value}}} of all that differs from the default society in any arm."""
    arms = list(arms)
    found = [differences_from_default(arm) for arm in arms]
    names = list(dict.fromkeys(name for rows in found for name in rows))
    return {
        name: {
            "default": next(rows[name][0] for rows in found if name in rows),
            "arms": {arm.name: rows[name][1] for arm, rows in zip(arms, found, strict=True) if name in rows},
        }
        for name in names
    }
