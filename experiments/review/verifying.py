"""Stored runs made again from their manifest and compared with what is stored. Nothing is written to the folder."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from experiments.refusal import Refusal, whole_number
from experiments.results.assembling import Row
from experiments.results.identity import versions
from experiments.results.records import Batch, Made, Run
from experiments.results.store import Results
from experiments.review.archive import Archive, Copy, sample_of
from experiments.review.comparing import Change, means_change, series_change
from experiments.review.rebuilding import checked_arm, not_recorded, rebuilt
from experiments.runs.execution import execute
from experiments.runs.executors import threads
from experiments.runs.runner import MakeSociety, Watch, Work
from experiments.runs.tasks import tasks_of
from experiments.specs.arms import Arm
from experiments.specs.spec import catalog
from model.parameters import nearest


def folder_of(name: str) -> Path:
    """Return the results folder of a name of the catalogue, or of a path."""
    known = catalog()
    if name in known:
        return Path("results") / name
    if not Path(name).exists() and "/" not in name:
        raise Refusal(
            f"{name!r} is neither a results folder nor an experiment{nearest(name, known)}: expected {', '.join(known)} or a folder"
        )
    return Path(name)


# --- running again --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """What differs in a run made again, in words: nothing if it is equal to the last bit. `alike`: if so, by rounding at most."""

    row: Row
    differences: tuple[str, ...] = ()
    alike: bool = True

    @property
    def equal(self) -> bool:
        """Whether the run is the stored one, to the last bit."""
        return not self.differences


@dataclass(frozen=True)
class Check:
    """A check that is ready: the stored runs to make again. `found` has a comparison of each that is done."""

    archive: Archive
    rows: tuple[Row, ...]
    arms: Mapping[tuple[str, int], Arm]
    found: list[Comparison] = field(default_factory=list)


def prepared(folder: Path, sample: int | None = None) -> Check:
    """Return the check of a results folder, finished or not: of all stored runs, or of a sample. Raises a Refusal for bad input."""
    archive = Archive(Results(folder))
    rows = archive.runs
    if sample is not None:
        chosen = {row.run for row in sample_of(rows, whole_number("", "--sample", sample, 1, len(rows)), archive.manifest["id"])}
        rows = [row for row in rows if row.run in chosen]
    arms, _ = rebuilt(archive.manifest, archive.document, {(row.arm, row.point) for row in rows}, archive.where)
    return Check(archive, tuple(rows), arms)


def rerun(check: Check, workers: int = 1, on_progress: Callable[[float], None] = lambda share: None) -> list[Comparison]:
    """Make the runs of a check again, compare each as soon as its task is done, and return the comparisons in order."""
    archive = check.archive
    rows = {row.run: row for row in check.rows}
    runs = [Run(row.run, check.arms[row.arm, row.point], row.replication, row.seed) for row in check.rows]
    networks = {path: content for content, path in archive.manifest["networks"].items()}
    watch = Watch(on_progress)
    work = Work(archive.manifest["effect_window"], society=society_class(), watch=watch)
    with threads(workers) as force:
        execute(
            tasks_of(runs, True, networks), work, force.executor, lambda batch: check.found.extend(_compared(archive, rows, batch)),
            watch=watch, in_flight=force.in_flight,
        )  # fmt: skip
    return in_order(check)


def in_order(check: Check) -> list[Comparison]:
    """Return what was found so far, in the order of the runs."""
    place = {row.run: position for position, row in enumerate(check.rows)}
    return sorted(check.found, key=lambda one: place[one.row.run])


def _compared(archive: Archive, rows: Mapping[str, Row], batch: Batch) -> list[Comparison]:
    found = [compared(archive, rows[made.run], made, archive.copies(rows[made.run])) for made in batch.made]
    raised = [Comparison(rows[one.run], (f"now raises {one.traceback.strip().splitlines()[-1]}",), False) for one in batch.failures]
    return found + raised


def compared(archive: Archive, row: Row, made: Made, copies: Iterable[Copy]) -> Comparison:
    """Return how a run made again, to its end, with its series, differs from its stored copies."""
    found: list[tuple[Change | None, str]] = []
    series = made.series or {}
    for copy in copies:
        weekly = None if copy.series is None else series_change(copy.series, series, archive.outcomes)
        found.append((weekly, copy.series_file))
        if weekly is None and copy.means is not None:  # else the means differ because the weeks do
            found.append((means_change(copy.means, made.means, archive.outcomes), copy.file))
        if copy.seed not in (None, row.seed):
            found.append((Change(f"seed: stored {copy.seed}, expected {row.seed}"), copy.file))
        if copy.digest != made.digest:
            but = ", with every weekly value as stored" if copy.series is not None and weekly is None else ""
            found.append((Change(f"final digest: stored {copy.digest}, now {made.digest}{but}", rounding=True), copy.file))
    return _comparison(row, found)


def compared_so_far(archive: Archive, row: Row, series: Mapping[str, np.ndarray], copies: Iterable[Copy]) -> Comparison:
    """Return how the weeks that a run has done differ from the same weeks of its stored copies."""
    weeks = len(series["tick"])
    found = []
    for copy in copies:
        if copy.series is not None:
            first = {name: values[:weeks] for name, values in copy.series.items()}
            found.append((series_change(first, series, archive.outcomes), copy.series_file))
    return _comparison(row, found)


def _comparison(row: Row, found: Iterable[tuple[Change | None, str]]) -> Comparison:
    """Return what was found as one comparison, the same difference in several files said once."""
    files: dict[Change, list[str]] = {}
    for change, file in found:
        if change is not None:
            files.setdefault(change, []).append(file)
    said = tuple(f"{change.text} ({', '.join(shown)})" for change, shown in files.items())
    return Comparison(row, said, all(change.rounding for change in files))


def society_class() -> MakeSociety:
    """Return what makes the societies."""
    from model.society import Society

    return Society


# --- one run --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """One run that a results folder records, whether or not it is stored, ready to be made again."""

    archive: Archive
    arm: Arm
    row: Row
    graph: Any

    def society(self) -> Any:
        """Return the society at tick 0, in the compiled engine."""
        return society_class()(self.arm.parameters, rng=self.row.seed, policy=self.arm.policy, graph=self.graph)

    def copies(self) -> list[Copy]:
        """Return what is stored of the run; nothing if it failed or has not been run."""
        return self.archive.copies(self.row)


def recorded_run(folder: Path, arm: str, replication: int, point: int = 0) -> Recorded:
    """Return a run of a results folder. Raises a Refusal for an arm, a point or a replication that it does not have."""
    return recorded_in(Archive(Results(folder)), arm, replication, point)


def recorded_in(archive: Archive, arm: str, replication: int, point: int = 0) -> Recorded:
    """Return a run of an archive that is open: several of one folder need it read but once. Raises a Refusal as `recorded_run` does."""
    name = checked_arm(archive.manifest, arm)
    number = whole_number("", "REPLICATION", replication, 0, archive.replications - 1)
    place = whole_number("", "--point", point, 0, max(len(archive.plan.points) - 1, 0))
    asked = next(row for row in archive.plan.rows if (row.arm, row.point, row.replication) == (name, place, number))
    row = archive.plan.runs()[asked.run]  # of an arm that is the same at several points, the first
    arms, graphs = rebuilt(archive.manifest, archive.document, {(row.arm, row.point)}, archive.where)
    own = arms[row.arm, row.point]
    return Recorded(archive, own, row, graphs.get(own.parameters.network.file))


def society_of(folder: Path | str, arm: str, replication: int, point: int = 0) -> Any:
    """Return the `model.society.Society` of a stored run at tick 0: `.run()` takes it to its end.

    folder: a results folder. arm, replication, point: as in its `runs.parquet`. Raises a Refusal, one sentence, if there is no such
    folder or run, or the run cannot be made from what is recorded.
    """
    return recorded_run(Path(folder), arm, replication, point).society()


# --- what a reader must know ----------------------------------------------------------------------------------------------------


def circumstances(archive: Archive, arms: Iterable[Arm]) -> list[str]:
    """Return, one sentence each, what is not as it was when the runs were stored, the version of the model first."""
    from agents.compiling import MODEL_VERSION
    from model.outcomes import OUTCOMES

    manifest, said = archive.manifest, []
    if manifest["model_version"] != MODEL_VERSION:
        said.append(f"the model is version {manifest['model_version']} in the manifest and {MODEL_VERSION} here: runs may well differ")
    new = not_recorded(manifest, list(arms))
    if new:
        said.append(f"the manifest does not have {len(new)} parameters of this model, such as {new[0]}: they have their defaults")
    stored = {facts["name"] for facts in manifest["outcomes"]}
    if unlike := [*(name for name in OUTCOMES if name not in stored), *sorted(stored - set(OUTCOMES))]:
        said.append(f"outcomes that only one side has are not compared: {', '.join(unlike)}")
    other = [
        f"{name} {manifest['versions'].get(name)}, here {now}" for name, now in versions().items() if manifest["versions"].get(name) != now
    ]
    if other:
        said.append(f"the runs were made with {'; '.join(other)}")
    return said
