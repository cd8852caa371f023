"""Stored runs made again from their manifest and compared with what is stored. Nothing is written to the folder."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.archive import Archive, Copy, Run, sample_of
from experiments.arms import Arm
from experiments.comparing import Change, means_change, series_change
from experiments.identity import versions
from experiments.rebuilding import checked_arm, not_recorded, rebuilt
from experiments.refusal import Refusal, whole_number
from experiments.runner import MakeSociety, Task, Watch, execute
from experiments.spec import catalog
from experiments.store import ArmRun, Replication, Results, effect_means, series_table
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

    arm: str
    replication: int
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
    runs: tuple[Run, ...]
    arms: tuple[Arm, ...]
    graphs: dict[str, Any]
    found: list[Comparison] = field(default_factory=list)


def prepared(folder: Path, sample: int | None = None) -> Check:
    """Return the check of a results folder, finished or not: of all stored runs, or of a sample. Raises a Refusal for bad input."""
    archive = Archive(Results(folder))
    runs = archive.runs
    if sample is not None:
        chosen = sample_of(runs, whole_number("", "--sample", sample, 1, len(runs)), archive.manifest["id"])
        runs = [run for run in runs if run in chosen]
    arms, graphs = rebuilt(archive.manifest, {arm for arm, _ in runs}, archive.where)
    return Check(archive, tuple(runs), arms, graphs)


def rerun(check: Check, workers: int = 1, on_progress: Callable[[float], None] = lambda share: None) -> list[Comparison]:
    """Make the runs of a check again, compare each as soon as its replication is finished, and return the comparisons in order."""
    wanted: dict[int, list[Arm]] = {}
    arms = {arm.name: arm for arm in check.arms}
    for arm, number in check.runs:
        wanted.setdefault(number, []).append(arms[arm])
    tasks = [Task(number, check.archive.manifest["seeds"][number], tuple(chosen)) for number, chosen in wanted.items()]
    execute(
        tasks, lambda made: check.found.extend(_compared(check.archive, made)), society=society_class(), graphs=check.graphs,
        workers=workers, watch=Watch(on_progress),
    )  # fmt: skip
    return in_order(check)


def in_order(check: Check) -> list[Comparison]:
    """Return what was found so far, in the order of the runs."""
    place = {run: position for position, run in enumerate(check.runs)}
    return sorted(check.found, key=lambda one: place[one.arm, one.replication])


def _compared(archive: Archive, made: Replication) -> list[Comparison]:
    stored = archive.copies(made.number)
    found = [compared(archive, run, stored[run.arm], made.number, made.seed) for run in made.runs]
    raised = [Comparison(one.arm, made.number, (f"now raises {one.traceback.strip().splitlines()[-1]}",), False) for one in made.failures]
    return found + raised


def compared(archive: Archive, run: ArmRun, copies: Iterable[Copy], number: int, seed: int) -> Comparison:
    """Return how a run made again, to its end, differs from its stored copies."""
    table = effect_means(series_table([run], number, seed), {run.arm: run.digest}, archive.manifest["effect_window"])
    means = {name: table[name].to_numpy()[0] for name in archive.outcomes}
    found: list[tuple[Change | None, str]] = []
    for copy in copies:
        weekly = None if copy.series is None else series_change(copy.series, run.series, archive.outcomes)
        found.append((weekly, copy.series_file))
        if weekly is None and copy.means is not None:  # else the means differ because the weeks do
            found.append((means_change(copy.means, means, archive.outcomes), copy.file))
        if copy.seed not in (None, seed):
            found.append((Change(f"seed: stored {copy.seed}, expected {seed}"), copy.file))
        if copy.digest != run.digest:
            but = ", with every weekly value as stored" if copy.series is not None and weekly is None else ""
            found.append((Change(f"final digest: stored {copy.digest}, now {run.digest}{but}", rounding=True), copy.file))
    return _comparison(run.arm, number, found)


def compared_so_far(archive: Archive, run: ArmRun, copies: Iterable[Copy], number: int) -> Comparison:
    """Return how the weeks that a run has done differ from the same weeks of its stored copies."""
    weeks = len(run.series["tick"])
    found = []
    for copy in copies:
        if copy.series is not None:
            first = {name: values[:weeks] for name, values in copy.series.items()}
            found.append((series_change(first, run.series, archive.outcomes), copy.series_file))
    return _comparison(run.arm, number, found)


def _comparison(arm: str, number: int, found: Iterable[tuple[Change | None, str]]) -> Comparison:
    """Return what was found as one comparison, the same difference in several files said once."""
    files: dict[Change, list[str]] = {}
    for change, file in found:
        if change is not None:
            files.setdefault(change, []).append(file)
    said = tuple(f"{change.text} ({', '.join(shown)})" for change, shown in files.items())
    return Comparison(arm, number, said, all(change.rounding for change in files))


def society_class() -> MakeSociety:
    """Return what makes the societies."""
    from model.society import Society

    return Society


# --- one run --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """One run that a manifest records, whether or not it is stored, ready to be made again."""

    archive: Archive
    arm: Arm
    replication: int
    seed: int
    graph: Any

    def society(self) -> Any:
        """Return the society at tick 0, in the compiled engine."""
        return society_class()(self.arm.parameters, rng=self.seed, policy=self.arm.policy, graph=self.graph)

    def copies(self) -> list[Copy]:
        """Return what is stored of the run; nothing if it failed or has not been run."""
        return self.archive.copies(self.replication).get(self.arm.name, [])


def recorded_run(folder: Path, arm: str, replication: int) -> Recorded:
    """Return a run of a results folder. Raises a Refusal for an arm or a replication that its manifest does not have."""
    archive = Archive(Results(folder))
    name = checked_arm(archive.manifest, arm)
    number = whole_number("", "REPLICATION", replication, 0, archive.replications - 1)
    (rebuilt_arm,), graphs = rebuilt(archive.manifest, {name}, archive.where)
    graph = graphs.get(rebuilt_arm.parameters.network.file)
    return Recorded(archive, rebuilt_arm, number, archive.manifest["seeds"][number], graph)


def society_of(folder: Path | str, arm: str, replication: int) -> Any:
    """Return the `model.society.Society` of a stored run at tick 0: `.run()` takes it to its end.

    folder: a results folder. arm, replication: as in its `runs.parquet`. Raises a Refusal, one sentence, if the folder, the arm or
    the replication does not exist, or the run cannot be made from the manifest.
    """
    return recorded_run(Path(folder), arm, replication).society()


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
