"""An experiment from start to end: prepare it, run what is missing, publish what was found."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.arms import Arm, differences_from_default, resolve, with_networks, with_settings, without_effect
from experiments.effects import Analysis, OutcomeFacts, analyse, effect_rows, factorial_cells, joint_levers, outcome_facts
from experiments.identity import Identity, identity_of, provenance, source_of
from experiments.manifest import unfit
from experiments.notes import notes_on
from experiments.refusal import Refusal
from experiments.runner import MakeSociety, Task, Watch, execute
from experiments.spec import Settings, Spec, check_seeds, find_spec, parse_spec, to_toml
from experiments.store import EFFECTS, MANIFEST, REPORT, RUNS, SERIES, SPEC, Failure, Results, values_of
from experiments.writing import make_folder, write_bytes, write_table, write_text

if TYPE_CHECKING:
    import pyarrow as pa

RUNNING, FINISHED, INTERRUPTED, FAILED = "running", "finished", "interrupted", "finished with failures"


@dataclass(frozen=True)
class Experiment:
    """An experiment that is ready to run. `given` is the text of its spec as the user gave it."""

    name: str
    given: str
    spec: Spec
    arms: tuple[Arm, ...]
    graphs: dict[str, Any]
    identity: Identity
    notes: tuple[str, ...]
    command: tuple[str, ...] = ()
    citizen_class: type | None = None

    def society(self) -> MakeSociety:
        """Return what makes the societies: compiled ones, or those that ask each citizen if these have a class of their own."""
        from model.society import Society

        return Society if self.citizen_class is None else partial(Society, engine="agents", citizen_class=self.citizen_class)

    @property
    def arm_runs(self) -> int:
        """The number of runs, arms times replications."""
        return len(self.arms) * self.spec.replications


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
    spec = with_settings(spec, settings)
    if replications is not None:
        spec = replace(spec, replications=replications)
    check_seeds(spec)
    arms, graphs = with_networks(resolve(spec))
    from agents.compiling import MODEL_VERSION

    notes = [note for graph in graphs.values() for note in graph.notes]
    lost = without_effect(spec, settings)
    notes += [f"--set {name} has no effect: every arm sets it itself or has no such scheme" for name in lost]
    notes += notes_on(spec, arms) + joint_levers(spec, arms)[1]
    rules = MODEL_VERSION if citizen_class is None else f"{MODEL_VERSION} {source_of(citizen_class)}"
    identity = identity_of(arms, spec.seed, rules)
    return Experiment(short, given, spec, arms, graphs, identity, tuple(notes), tuple(command), citizen_class)


# --- running --------------------------------------------------------------------------------------------------------------------


def missing_tasks(experiment: Experiment, results: Results) -> list[Task]:
    """Return the replications of which runs are not stored yet, each with those arms."""
    tasks = []
    for number in range(experiment.spec.replications):
        stored = results.digests(number, experiment.identity.digest)
        arms = tuple(arm for arm in experiment.arms if arm.name not in stored)
        if arms:  # citizens of one's own may remember more than a fork copies: they run from the start in each arm
            tasks.append(Task(number, experiment.spec.seed + number, arms, experiment.citizen_class is None))
    return tasks


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
    held = results.holds(experiment.identity.digest)
    if results.path(MANIFEST).exists():
        held = max(held, results.manifest()["replications_stored"])
    if held <= experiment.spec.replications:
        return experiment
    spec = replace(experiment.spec, replications=held)
    check_seeds(spec)
    return replace(experiment, spec=spec)


def begin(experiment: Experiment, results: Results) -> Performance:
    """Write spec and manifest to the opened folder: an output that cannot be written is found out before anything is run."""
    earlier = tuple(results.manifest()["session_seconds"]) if results.path(MANIFEST).exists() else ()
    done = Performance(time.perf_counter(), earlier)
    write_text(results.path(SPEC), experiment.given)
    write_manifest(experiment, results, done)
    return done


def perform(
    experiment: Experiment,
    results: Results,
    done: Performance,
    workers: int = 1,
    on_progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Run what is missing, each finished replication stored at once; in the end, or when interrupted, the manifest says so."""
    digest, order = experiment.identity.digest, [arm.name for arm in experiment.arms]
    tasks = missing_tasks(experiment, results)
    try:
        done.failures = execute(
            tasks, lambda found: results.add(found, digest, order), society=experiment.society(), graphs=experiment.graphs,
            workers=workers, watch=Watch(on_progress),
        )  # fmt: skip
    except KeyboardInterrupt:
        done.status = INTERRUPTED
        write_manifest(experiment, results, done)
        raise
    done.status = FAILED if done.failures else FINISHED
    write_manifest(experiment, results, done)


def conduct(experiment: Experiment, folder: Path, workers: int = 1) -> Analysis:
    """Run an experiment into a folder (or what is missing of it) and return what was found; for use from Python."""
    results = Results(folder)
    try:
        experiment = opened(experiment, results)
        perform(experiment, results, begin(experiment, results), workers)
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
        "replications_stored": len(results.stored(identity.digest, spec.replications)),
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
        "arms": {arm.name: with_paths(identity.arms[arm.name], arm) for arm in experiment.arms},
        "outcomes": [vars(facts) for facts in outcome_facts(OUTCOMES).values()],
        "identity": identity.document,
    }
    results.write_manifest(manifest)


def with_paths(document: dict[str, Any], arm: Arm) -> dict[str, Any]:
    """Return an arm's resolved parameters with the path of its network file beside the content's hash."""
    path = arm.parameters.network.file
    return {"label": arm.label, **document, **({"network_file": path} if path else {})}


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


# --- publishing -----------------------------------------------------------------------------------------------------------------


def spec_of(manifest: dict[str, Any]) -> Spec:
    """Return the spec that a manifest records."""
    return parse_spec(manifest["spec"], "manifest.json: spec")


def analysis_of(manifest: dict[str, Any], runs: "pa.Table") -> Analysis:
    """Return the analysis of stored runs."""
    spec = spec_of(manifest)
    if fault := unfit(manifest, spec):
        raise Refusal(f"{MANIFEST}: {fault}")
    names = [item.name for item in fields(OutcomeFacts)]
    outcomes = {facts["name"]: OutcomeFacts(**{name: facts[name] for name in names}) for facts in manifest["outcomes"]}
    cells = {frozenset(levers): arm for levers, arm in manifest["cells"]}
    joint = [frozenset(levers) for levers in manifest["interactions"]]
    return analyse(spec, cells, outcomes, values_of(runs, spec.replications), joint)


def stored_analysis(folder: Path) -> tuple[dict[str, Any], Analysis]:
    """Return (manifest, analysis) of a results folder, finished or not; writes nothing."""
    results = Results(folder)
    manifest = as_of_now(results)
    if manifest["status"] in (FINISHED, FAILED) and results.path(RUNS).exists():
        return manifest, analysis_of(manifest, results.read(RUNS))
    results.refuse_loss(manifest)
    runs = results.collect_runs(manifest["id"], manifest["replications"], manifest["effect_window"])
    return counted(results, manifest), analysis_of(manifest, runs)


def as_of_now(results: Results) -> dict[str, Any]:
    """Return the manifest; one that says that the experiment is running, when nothing writes there, is of a killed run."""
    manifest = results.manifest()
    killed = manifest["status"] == RUNNING and not results.being_written()
    return {**manifest, "status": INTERRUPTED} if killed else manifest


def counted(results: Results, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest with the replications that are stored now: a killed run could not write it again."""
    stored = len(results.stored(manifest["id"], manifest["replications"]))
    return {**manifest, "replications_stored": stored or manifest["replications_stored"]}


def publish(results: Results, manifest: dict[str, Any]) -> Analysis:
    """Write tables, figures and the report from what is stored, and return the analysis."""
    from experiments.effects import SOCIAL_TRUST
    from experiments.figures import draw_all
    from experiments.report import render

    if results.stored(manifest["id"], manifest["replications"]):
        results.refuse_loss(manifest)
        manifest = counted(results, manifest)
        runs = results.assemble(manifest["id"], manifest["replications"], manifest["effect_window"])
    else:  # the parts were removed to save room
        runs = results.read(RUNS)
    analysis = analysis_of(manifest, runs)
    write_effects(analysis, results, values_of(runs, analysis.spec.replications))
    wanted = ["arm", "replication", "tick", *(name for name in SOCIAL_TRUST if name in runs.column_names)]
    figures = draw_all(analysis, results.read(SERIES, wanted), manifest["burn_in"])
    folder = results.path("figures")
    make_folder(folder, "the figures")
    for figure in figures:
        write_bytes(folder / f"{figure.name}.png", figure.png)
        write_text(folder / f"{figure.name}.svg", figure.svg)
    write_text(results.path(REPORT), render(analysis, manifest, figures))
    return analysis


def write_effects(analysis: Analysis, results: Results, values) -> None:
    """Write every difference and interaction as `effects.csv`."""
    import pyarrow as pa

    rows = effect_rows(analysis, values)
    if rows:
        write_table(results.path(EFFECTS), pa.Table.from_pylist(rows))
