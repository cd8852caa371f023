"""Folders of one experiment put together: each has made a part of the runs, as the jobs of an array do."""

from collections.abc import Sequence
from typing import Any

from experiments.refusal import Refusal
from experiments.report.publishing import FINISHED, INTERRUPTED, spec_of
from experiments.results.identity import Identity
from experiments.results.planning import plan_of
from experiments.results.store import MANIFEST, RESOLVED, SPEC, Results
from experiments.results.topping_up import obstacles
from experiments.results.writing import write_bytes, write_text
from experiments.runs.experiment import with_replications
from experiments.specs.spec import to_toml


def merged(sources: Sequence[Results], target: Results) -> dict[str, Any]:
    """Copy the runs of all sources to the target, which may be new or hold a part of them, and return its manifest.

    Raises a Refusal if a source is another experiment than the first, is being written, or has damaged parts.
    """
    first, document = sources[0].manifest(), sources[0].resolved()
    manifests = [first] + [_checked(source, sources[0], document) for source in sources[1:]]
    for source in sources:
        if source.being_written():
            raise Refusal(f"{source.folder}: a run is writing there: expected shards that have come to their end")
        if damaged := source.damaged():
            raise Refusal(f"{damaged[0]} is damaged: expected runs as they were stored, which `resume {source.folder}` makes again")
    target.open_for(Identity(**document))
    write_text(target.path(SPEC), sources[0].given(first))
    write_text(target.path(RESOLVED), Identity(**document).text)
    for source in sources:
        _copy_parts(source, target)
    there = [target.manifest()] if target.path(MANIFEST).exists() else []
    replications = max(manifest["replications"] for manifest in [*manifests, *there])
    spec = with_replications(spec_of(first), replications)
    factors = [factor.name for factor in spec.design.factors] if spec.design else []
    plan = plan_of(document, first["arms"], replications, factors)
    stored = len(plan.runs().keys() & target.digests().keys())
    manifest = {
        **first, "shard": [], "spec": to_toml(spec), "replications": replications, "runs": len(plan.runs()), "runs_stored": stored,
        "seeds": [document["seed"] + number for number in range(replications)],
        "status": FINISHED if stored == len(plan.runs()) else INTERRUPTED,
        "failures": [failure for one in manifests for failure in one["failures"]],
        "session_seconds": [seconds for one in manifests for seconds in one["session_seconds"]],
        "wall_time_seconds": round(sum(one["wall_time_seconds"] for one in manifests), 3),
    }  # fmt: skip
    target.write_manifest(manifest)
    return manifest


def _checked(source: Results, first: Results, document: dict[str, Any]) -> dict[str, Any]:
    own = source.resolved()
    if found := obstacles(document, own) or obstacles(own, document):
        raise Refusal(f"{source.folder} is another experiment than {first.folder}: {found[0]}")
    return source.manifest()


def _copy_parts(source: Results, target: Results) -> None:
    there = {part.path.name for part in target.parts()}
    for part in source.parts():
        if part.path.name not in there:
            write_bytes(target.folder / "parts" / part.path.name, part.path.read_bytes())
            target.log("merged", part=part.path.name, source=str(source.folder), runs=part.runs)
