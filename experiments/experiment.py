"""An experiment from start to end: prepare it, run what is missing, publish what was found."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.arms import Arm, differences_from_default, resolve, with_networks, with_settings, without_effect
from experiments.effects import Analysis, OutcomeFacts, analyse, effect_rows, factorial_cells, outcome_facts
from experiments.identity import Identity, identity_of, provenance
from experiments.refusal import Refusal
from experiments.runner import MakeSociety, Task, Watch, execute
from experiments.spec import Settings, Spec, find_spec, parse_spec, to_toml
from experiments.store import EFFECTS, REPORT, RUNS, SERIES, SPEC, Failure, Results, values_of
from experiments.writing import write_atomically, write_table, write_text

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

    @property
    def arm_runs(self) -> int:
        """The number of runs, arms times replications."""
        return len(self.arms) * self.spec.replications


def prepare(name: str, settings: Settings = (), replications: int | None = None, command: Iterable[str] = ()) -> Experiment:
    """Return the experiment of a catalogue name or spec file, with settings on its base. Raises a Refusal for bad input.

    command: how it was called, for the manifest.
    """
    spec, short, given = find_spec(name)
    spec = with_settings(spec, settings)
    if replications is not None:
        spec = replace(spec, replications=replications)
    arms, graphs = with_networks(resolve(spec))
    from agents.compiling import MODEL_VERSION

    notes = [note for graph in graphs.values() for note in graph.notes]
    lost = without_effect(spec, settings)
    notes += [f"--set {name} has no effect: every arm sets it itself or has no such scheme" for name in lost]
    notes += window_notes(spec, arms)
    identity = identity_of(arms, spec.seed, MODEL_VERSION)
    return Experiment(short, given, spec, arms, graphs, identity, tuple(notes), tuple(command))


def window_notes(spec: Spec, arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each way in which the effect window includes weeks before the scheme."""
    notes = []
    for ticks, burn_in in sorted({(arm.parameters.time.ticks, arm.parameters.time.burn_in) for arm in arms}):
        if ticks <= burn_in:
            notes.append(f"no scheme ever begins: time.ticks = {ticks} does not exceed time.burn_in = {burn_in}")
        elif ticks - spec.effect_window < burn_in:
            early = f"the last {spec.effect_window} of {ticks} weeks begin before the scheme does"
            notes.append(f"effects are diluted: {early} (time.burn_in = {burn_in})")
    return notes


# --- running --------------------------------------------------------------------------------------------------------------------


def missing_tasks(experiment: Experiment, results: Results) -> list[Task]:
    """Return the replications of which runs are not stored yet, each with those arms."""
    tasks = []
    for number in range(experiment.spec.replications):
        stored = results.digests(number, experiment.identity.digest)
        arms = tuple(arm for arm in experiment.arms if arm.name not in stored)
        if arms:
            tasks.append(Task(number, experiment.spec.seed + number, arms))
    return tasks


@dataclass
class Performance:
    """How a run of an experiment went."""

    began: float
    failures: list[Failure]
    status: str = RUNNING


def perform(
    experiment: Experiment,
    results: Results,
    society: MakeSociety,
    workers: int,
    on_progress: Callable[[float], None] = lambda share: None,
) -> Performance:
    """Run what is missing, each finished replication stored at once; after an interrupt the manifest says so."""
    done = Performance(time.perf_counter(), [])
    digest, order = experiment.identity.digest, [arm.name for arm in experiment.arms]
    tasks = missing_tasks(experiment, results)
    try:
        done.failures = execute(
            tasks, lambda found: results.add(found, digest, order), society=society, graphs=experiment.graphs,
            workers=workers, watch=Watch(on_progress),
        )  # fmt: skip
    except KeyboardInterrupt:
        done.status = INTERRUPTED
        write_manifest(experiment, results, done)
        raise
    done.status = FAILED if done.failures else FINISHED
    return done


def write_manifest(experiment: Experiment, results: Results, performance: Performance) -> dict[str, Any]:
    """Write and return the manifest: what was run, with what, where and how it went."""
    from model.outcomes import OUTCOMES

    spec, identity = experiment.spec, experiment.identity
    manifest = {
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
        "wall_time_seconds": round(time.perf_counter() - performance.began, 3),
        "command": list(experiment.command),
        **provenance(),
        "notes": list(experiment.notes),
        "failures": [vars(failure) for failure in performance.failures],
        "spec": to_toml(spec),
        "cells": [[sorted(levers), arm] for levers, arm in factorial_cells(spec, experiment.arms).items()],
        "burn_in": experiment.arms[0].parameters.time.burn_in,
        "differs_from_default": differing(experiment.arms),
        "arms": {arm.name: with_paths(identity.arms[arm.name], arm) for arm in experiment.arms},
        "outcomes": [vars(facts) for facts in outcome_facts(OUTCOMES).values()],
        "identity": identity.document,
    }
    results.write_manifest(manifest)
    return manifest


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
    outcomes = {facts["name"]: OutcomeFacts(**facts) for facts in manifest["outcomes"]}
    cells = {frozenset(levers): arm for levers, arm in manifest["cells"]}
    return analyse(spec, cells, outcomes, values_of(runs, spec.replications))


def stored_analysis(folder: Path) -> tuple[dict[str, Any], Analysis]:
    """Return (manifest, analysis) of a results folder, finished or not; writes nothing."""
    results = Results(folder)
    manifest = results.manifest()
    if manifest["status"] in (FINISHED, FAILED) and results.path(RUNS).exists():
        return manifest, analysis_of(manifest, results.read(RUNS))
    runs = results.collect_runs(manifest["id"], manifest["replications"], manifest["effect_window"])
    return manifest, analysis_of(manifest, runs)


def publish(results: Results, manifest: dict[str, Any]) -> Analysis:
    """Write tables, figures and the report from what is stored, and return the analysis."""
    from experiments.effects import SOCIAL_TRUST
    from experiments.figures import draw_all
    from experiments.report import render

    if results.stored(manifest["id"], manifest["replications"]):
        runs = results.assemble(manifest["id"], manifest["replications"], manifest["effect_window"])
    else:  # the parts were removed to save room
        runs = results.read(RUNS)
    analysis = analysis_of(manifest, runs)
    write_effects(analysis, results, values_of(runs, analysis.spec.replications))
    wanted = ["arm", "replication", "tick", *(name for name in SOCIAL_TRUST if name in runs.column_names)]
    figures = draw_all(analysis, results.read(SERIES, wanted), manifest["burn_in"])
    folder = results.path("figures")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise Refusal(f"{folder}: the folder cannot be made: {error.strerror}") from None
    for figure in figures:
        write_atomically(folder / f"{figure.name}.png", lambda file, figure=figure: file.write(figure.png))
        write_text(folder / f"{figure.name}.svg", figure.svg)
    write_text(results.path(REPORT), render(analysis, manifest, figures))
    return analysis


def write_effects(analysis: Analysis, results: Results, values) -> None:
    """Write every difference and interaction as `effects.csv`."""
    import pyarrow as pa

    rows = effect_rows(analysis, values)
    if rows:
        write_table(results.path(EFFECTS), pa.Table.from_pylist(rows))


def save_spec(experiment: Experiment, results: Results) -> None:
    """Write the spec as the user gave it."""
    write_text(results.path(SPEC), experiment.given)
