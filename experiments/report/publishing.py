"""What is made of stored runs: the analysis, tables, figures and the report."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.analysis.effects import SOCIAL_TRUST, Analysis, OutcomeFacts, Values, analyse, effect_rows
from experiments.analysis.responses import Responses
from experiments.refusal import Refusal
from experiments.results.assembling import Plan, assemble, collect_runs, content_hash, values_of
from experiments.results.identity import Identity
from experiments.results.manifest import unfit
from experiments.results.planning import plan_of
from experiments.results.store import EFFECTS, MANIFEST, REPORT, RESOLVED, RESPONSES, RUNS, SERIES, Results
from experiments.results.writing import make_folder, write_bytes, write_table, write_text
from experiments.specs.spec import Spec, parse_spec

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from experiments.report.figures import Drawn

RUNNING, FINISHED, INTERRUPTED, FAILED = "running", "finished", "interrupted", "finished with failures"

Found = Analysis | Responses


def spec_of(manifest: dict[str, Any]) -> Spec:
    """Return the spec that a manifest records."""
    return parse_spec(manifest["spec"], "manifest.json: spec")


def stored_plan(results: Results, manifest: dict[str, Any], spec: Spec) -> Plan:
    """Return the plan of a results folder. Raises a Refusal if what it records does not fit together."""
    if fault := unfit(manifest, spec):
        raise Refusal(f"{MANIFEST}: {fault}")
    document = results.resolved()
    if unknown := [name for name in manifest["arms"] if name not in document["arms"]]:
        raise Refusal(f"{results.folder}: arm {unknown[0]!r} is in {MANIFEST} alone: expected the same arms in {RESOLVED}")
    if Identity(**document).digest != manifest["id"]:
        expected = f"the SHA-256 {manifest['id']}: run the experiment again to write both"
        raise Refusal(f"{results.path(RESOLVED)} is not that of {MANIFEST}: expected {expected}")
    factors = [factor.name for factor in spec.design.factors] if spec.design else []
    return plan_of(document, manifest["arms"], manifest["replications"], factors)


def found_in(manifest: dict[str, Any], spec: Spec, plan: Plan, runs: "pa.Table") -> Found:
    """Return the analysis of stored runs, or, of a design, its responses."""
    names = [item.name for item in fields(OutcomeFacts)]
    outcomes = {facts["name"]: OutcomeFacts(**{name: facts[name] for name in names}) for facts in manifest["outcomes"]}
    values = values_of(runs, spec.replications, max(len(plan.points), 1))
    if spec.design is not None:
        labels = {arm.name: arm.label for arm in spec.arms}
        return Responses(spec.title, spec.design.kind, spec.design.factors, plan.points, spec.replications, tuple(spec.contrasts()),
                         outcomes, labels, values)  # fmt: skip
    cells = {frozenset(levers): arm for levers, arm in manifest["cells"]}
    joint = [frozenset(levers) for levers in manifest["interactions"]]
    return analyse(spec, cells, outcomes, lambda arm, outcome: values(arm, outcome)[0], joint)


def stored_findings(folder: Path) -> tuple[dict[str, Any], Found]:
    """Return (manifest, what was found) of a results folder, finished or not; writes nothing."""
    results = Results(folder)
    manifest = as_of_now(results)
    spec = spec_of(manifest)
    plan = stored_plan(results, manifest, spec)
    if "content" in manifest and results.path(RUNS).exists():  # else the table is of an earlier session
        return manifest, found_in(manifest, spec, plan, results.read(RUNS))
    _refuse_loss(results, manifest, plan)
    runs = collect_runs(results, plan, manifest["effect_window"])
    return counted(results, manifest, plan), found_in(manifest, spec, plan, runs)


def as_of_now(results: Results) -> dict[str, Any]:
    """Return the manifest; one that says that the experiment is running, when nothing writes there, is of a killed run."""
    manifest = results.manifest()
    killed = manifest["status"] == RUNNING and not results.being_written()
    return {**manifest, "status": INTERRUPTED} if killed else manifest


def counted(results: Results, manifest: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """Return the manifest with the runs that are stored now: a killed run could not write it again."""
    stored = len(plan.runs().keys() & results.digests().keys())
    return {**manifest, "runs_stored": stored or manifest["runs_stored"]}


def _refuse_loss(results: Results, manifest: dict[str, Any], plan: Plan) -> None:
    results.refuse_loss(((run, row.replication) for run, row in plan.runs().items()), manifest["runs_stored"])


def publish(results: Results, manifest: dict[str, Any]) -> Found:
    """Write tables, figures and the report from what is stored, and return what was found."""
    spec = spec_of(manifest)
    plan = stored_plan(results, manifest, spec)
    if plan.runs().keys() & results.digests().keys():
        _refuse_loss(results, manifest, plan)
        manifest = counted(results, manifest, plan)
        runs = assemble(results, plan, manifest["effect_window"], spec.keeps_series)
    else:  # the parts were removed to save room
        runs = results.read(RUNS)
    found = found_in(manifest, spec, plan, runs)
    manifest["content"] = content_hash(runs, (facts["name"] for facts in manifest["outcomes"]))
    results.write_manifest(manifest)
    if isinstance(found, Analysis):
        _publish_analysis(found, results, manifest, runs)
    elif found.contrasts:
        _publish_responses(found, spec, results, manifest)
    return found


def _publish_analysis(analysis: Analysis, results: Results, manifest: dict[str, Any], runs: "pa.Table") -> None:
    from experiments.report.experiment_figures import experiment_figures
    from experiments.report.page import render

    by_point = values_of(runs, analysis.spec.replications)

    def values(arm: str, outcome: str) -> np.ndarray:
        return by_point(arm, outcome)[0]

    write_effects(analysis, results, values)
    series = None
    if analysis.spec.keeps_series:
        wanted = ["arm", "replication", "tick", *(name for name in SOCIAL_TRUST if name in runs.column_names)]
        series = results.read(SERIES, wanted)
    figures = experiment_figures(analysis, series, manifest["burn_in"], values)
    _write_figures(results, figures)
    write_text(results.path(REPORT), render(analysis, manifest, figures))


def _publish_responses(responses: Responses, spec: Spec, results: Results, manifest: dict[str, Any]) -> None:
    from experiments.analysis.surfaces import effects_by_point
    from experiments.report.design_figures import design_figures
    from experiments.report.page import render_design

    table = effects_by_point(responses)
    write_table(results.path(RESPONSES), table)
    figures = design_figures(responses)
    _write_figures(results, figures)
    write_text(results.path(REPORT), render_design(responses, spec, manifest, figures, table))


def _write_figures(results: Results, figures: "Iterable[Drawn]") -> None:
    folder = results.path("figures")
    make_folder(folder, "the figures")
    for figure in figures:
        write_bytes(folder / f"{figure.name}.png", figure.png)
        write_text(folder / f"{figure.name}.svg", figure.svg)


def write_effects(analysis: Analysis, results: Results, values: Values) -> None:
    """Write every difference and interaction as `effects.csv`."""
    import pyarrow as pa

    rows = effect_rows(analysis, values)
    if rows:
        write_table(results.path(EFFECTS), pa.Table.from_pylist(rows))
