"""A results folder as a Process Run RO-Crate: its files, and in `ro-crate-metadata.json` what made them, from what, when and how it ended.

The metadata follow the profile https://w3id.org/ro/wfrun/process/0.5, which extends RO-Crate 1.1. Nothing is fetched to write them.
"""

import hashlib
import shlex
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from experiments.refusal import Refusal, reason_of
from experiments.report.publishing import FAILED, FINISHED, RUNNING, as_of_now, counted, spec_of, stored_plan
from experiments.results.journal import entries
from experiments.results.store import EFFECTS, JOURNAL, MANIFEST, REPORT, RESOLVED, RUNS, SERIES, SPEC, Results
from experiments.results.writing import make_folder, write_atomically
from experiments.review.citation import Citation, citation

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
#: Where `sha256` is defined: RO-Crate 1.1 itself has no word for it.
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
FIGURES, PARTS = "figures", "parts"

#: file -> (what it is, media type), in the order of the crate.
FILES: Mapping[str, tuple[str, str]] = {
    SPEC: ("the experiment as it was given", "application/toml"),
    RESOLVED: ("every parameter of every arm, from which the runs follow", "application/json"),
    MANIFEST: ("parameters, seeds, versions, platform, and how the experiment went", "application/json"),
    JOURNAL: ("how every run ended, a line each", "application/x-ndjson"),
    RUNS: ("one row a run: the mean of every outcome over the effect window", "application/vnd.apache.parquet"),
    SERIES: ("one row a run and week", "application/vnd.apache.parquet"),
    EFFECTS: ("every difference and interaction, with intervals and verdicts", "text/csv"),
    "responses.csv": ("every difference at every point of the design", "text/csv"),
    REPORT: ("the findings, to read", "text/html"),
}
FOLDERS: Mapping[str, str] = {FIGURES: "the figures of the report", PARTS: "the runs as they were stored"}
MEDIA: Mapping[str, str] = {".png": "image/png", ".svg": "image/svg+xml", ".parquet": "application/vnd.apache.parquet"}
#: The earliest that a zip file can say: it holds no time of its own, so that equal crates are equal files.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Crated:
    """A crate that was written: how many files of the results it holds, and the manifest with its status and runs as they are now."""

    files: int
    manifest: Mapping[str, Any]


def write_crate(folder: Path, out: Path, with_parts: bool = False, today: date | None = None) -> Crated:
    """Write the results of a folder as a crate, which appears whole or not at all.

    out: a folder that does not exist yet, or a zip file if its name ends in `.zip`. with_parts: with the files of `parts/` too.
    today: the date of publication, by default today's in UTC; the rest of the crate follows from the folder and the program alone.
    Raises a Refusal if the folder does not hold whole results, if `out` exists or lies in the folder, or if it cannot be written.
    """
    results = Results(folder)
    manifest = as_of_now(results)
    manifest = counted(results, manifest, stored_plan(results, manifest, spec_of(manifest)))
    if manifest["status"] in (FINISHED, FAILED):
        results.read(RUNS, ["run"])  # refused if it is gone or damaged: a crate would vouch for it
    _refuse_place(folder, out)
    names = list(_names(folder, with_parts))
    described = citation()
    with _staged(out) as stage:
        for name in names:
            _copy(folder / name, stage / name)
        _describe(stage, names, manifest, _times(results, manifest), described, today or datetime.now(UTC).date())
        if out.suffix.lower() == ".zip":
            write_atomically(out, lambda file: _zip(stage, file))
        else:
            stage.rename(out)
    return Crated(len(names), manifest)


def _refuse_place(folder: Path, out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise Refusal(f"--crate {out}: this exists already: expected a new folder or .zip file")
    if out.resolve().is_relative_to(folder.resolve()):
        raise Refusal(f"--crate {out}: this is in the folder of the results, which is left as it is: expected another place")


def _names(folder: Path, with_parts: bool) -> Iterator[str]:
    """Yield the files that belong to the crate, in a fixed order, as paths within the folder."""
    yield from (name for name in FILES if (folder / name).is_file())
    for inner in (FIGURES, PARTS) if with_parts else (FIGURES,):
        for path in sorted((folder / inner).rglob("*")):
            if path.is_file() and not path.name.startswith(".") and path.suffix != ".damaged":  # such a one is being written, or no good
                yield path.relative_to(folder).as_posix()


@contextmanager
def _staged(out: Path) -> Iterator[Path]:
    """Provide a folder beside `out` to build the crate in; what is left there in the end, or by a killed export, is removed."""
    make_folder(out.parent, "the crate")
    stage = out.with_name(f".{out.name}.crate.partial")
    shutil.rmtree(stage, ignore_errors=True)
    try:
        stage.mkdir()
        yield stage
    except OSError as error:
        raise Refusal(f"--crate {out}: the crate cannot be written: {reason_of(error)}") from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = open(source, "rb")  # noqa: SIM115 - a fault of the source is told apart from one of the target
    except OSError as error:
        raise Refusal(f"{source}: the file cannot be read: {reason_of(error)}") from None
    with file, open(target, "wb") as copy:
        shutil.copyfileobj(file, copy)


def _zip(stage: Path, file: BinaryIO) -> None:
    """Pack a crate; equal crates give equal bytes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in stage.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(stage).as_posix(), ZIP_EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with open(path, "rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target)


# --- the metadata ---------------------------------------------------------------------------------------------------------------


def _times(results: Results, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return when the first session began and the last one ended (ISO 8601, UTC), as far as it is known."""
    at = [entry["at"] for entry in entries(results.path(JOURNAL)) if isinstance(entry.get("at"), str)]
    found = {"startTime": at[0]} if at else {}
    ends = [moment for moment in (*at[-1:], manifest.get("written")) if isinstance(moment, str)]
    if ends and manifest["status"] != RUNNING:
        found["endTime"] = max(ends, key=_moment)
    return found


def _moment(text: str) -> datetime:
    """Return a time of a journal or manifest; one that is none counts as the earliest."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _describe(
    stage: Path, names: Iterable[str], manifest: Mapping[str, Any], times: Mapping[str, str], described: Citation, today: date
) -> None:
    """Write the metadata file of the files that are in the stage."""
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    entities = _add_files(crate, stage, names)
    title = spec_of(dict(manifest)).title
    spec = entities.pop(SPEC, None)
    inputs = [*([spec] if spec else []), *_inputs(crate, manifest)]
    action = _entity(crate, f"#run-{manifest['id'][:16]}", "CreateAction", {
        "name": f"Run of the experiment {title!r}",
        "description": shlex.join(manifest["command"]) or "run from Python",
        "instrument": _software(crate, manifest, described),
        "object": inputs,
        "result": list(entities.values()),
        **times, **_ending(manifest),
    })  # fmt: skip
    licence = _entity(crate, described.license_url, "CreativeWork", {"name": described.license_name, "identifier": described.license})
    profile = _entity(crate, PROFILE, "CreativeWork", {"name": "Process Run Crate", "version": PROFILE.rpartition("/")[2]})
    facts = {
        "name": f"{title} ({described.title})",
        "description": _summary(manifest),
        "datePublished": today.isoformat(),
        "license": licence,
        "author": [_entity(crate, author["@id"], author["@type"], author["about"]) for author in described.authors],
        "keywords": ", ".join(described.keywords),
        "conformsTo": profile,
        "mentions": [action],
    }
    for name, value in facts.items():
        if value:
            crate.root_dataset[name] = value
    crate.metadata.write(stage)


def _entity(crate: Any, identifier: str, kind: str, facts: Mapping[str, Any]) -> Any:
    """Add an entity that is no file and return it."""
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **facts}))


def _add_files(crate: Any, stage: Path, names: Iterable[str]) -> dict[str, Any]:
    """Add the files, and return {name: entity} of those at the top and of the folders."""
    found: dict[str, Any] = {}
    for name in names:
        path = stage / name
        about, media = FILES.get(name, ("", MEDIA.get(path.suffix, "application/octet-stream")))
        with open(path, "rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        facts = {"name": name, "encodingFormat": media, "contentSize": str(path.stat().st_size), "sha256": digest}
        entity = crate.add_file(path, name, properties=facts | ({"description": about} if about else {}))
        top, slash, _ = name.partition("/")
        if not slash:
            found[name] = entity
            continue
        if top not in found:
            found[top] = crate.add_dataset(dest_path=top, properties={"name": top, "description": FOLDERS[top]})
        found[top].append_to("hasPart", entity)
    return found


def _inputs(crate: Any, manifest: Mapping[str, Any]) -> list[Any]:
    """Add what the runs were made from besides the spec; network files are named by their content, and not copied."""
    values = {"replications": manifest["replications"], "first seed": manifest["seeds"][0], "effect window": manifest["effect_window"]}
    found = [
        _entity(crate, f"#{name.replace(' ', '-')}", "PropertyValue", {"name": name, "value": value}) for name, value in values.items()
    ]
    for number, (content, path) in enumerate(sorted(manifest["networks"].items()), start=1):
        facts = {"name": Path(path).name, "identifier": content, "description": "a network file of the experiment, not part of this crate"}
        found.append(_entity(crate, f"#network-{number}", "CreativeWork", facts))
    return found


def _software(crate: Any, manifest: Mapping[str, Any], described: Citation) -> Any:
    """Add the program and the packages that its numbers depend on, in the versions that made the runs."""
    from agents.compiling import MODEL_VERSION

    rules = manifest["model_version"]
    commit = manifest["git"]["commit"]
    marks = [_entity(crate, "#model-version", "PropertyValue", {"name": "model version", "value": rules,
                     "description": "a hash of all sources of the model"})]  # fmt: skip
    if commit:
        changed = {"description": "the files differed from this commit"} if manifest["git"]["dirty"] else {}
        marks.append(_entity(crate, "#git-commit", "PropertyValue", {"name": "git commit", "value": commit, **changed}))
    packages = [
        _entity(crate, f"#{name}", "SoftwareApplication", {"name": name, "softwareVersion": version})
        for name, version in manifest["versions"].items() if version
    ]  # fmt: skip
    facts = {"name": described.title, "description": described.abstract, "license": {"@id": described.license_url}, "identifier": marks,
             "softwareRequirements": packages, "operatingSystem": manifest["platform"]["system"]}  # fmt: skip
    if rules.partition(" ")[0] == MODEL_VERSION:  # else the runs are of another version than the citation's, nobody knows which
        facts["softwareVersion"] = described.version
    if described.url:
        facts["url"] = described.url
    return _entity(crate, described.url or f"#{described.title}", "SoftwareApplication", facts)


def _ending(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the experiment ended: its status, and in words what is missing."""
    if manifest["status"] == FINISHED:
        return {"actionStatus": {"@id": "http://schema.org/CompletedActionStatus"}}
    if manifest["status"] == RUNNING:
        return {"actionStatus": {"@id": "http://schema.org/ActiveActionStatus"}}
    return {"actionStatus": {"@id": "http://schema.org/FailedActionStatus"}, "error": _stored(manifest)}


def _stored(manifest: Mapping[str, Any]) -> str:
    return f"the experiment is {manifest['status']}; {manifest['runs_stored']} of {manifest['runs']} runs are stored"


def _summary(manifest: Mapping[str, Any]) -> str:
    """Return what the crate holds, in words."""
    question = spec_of(dict(manifest)).question
    size = f"{len(manifest['arms'])} arms, {manifest['replications']} replications, {manifest['runs']} runs of simulated societies."
    unfinished = "" if manifest["status"] == FINISHED else f" {_stored(manifest).capitalize()}."
    shard = f" Shard {manifest['shard'][0] + 1} of {manifest['shard'][1]}: a part of these." if manifest["shard"] else ""
    return f"{question} {size}{shard}{unfinished}".strip()
