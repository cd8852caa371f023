"""A results folder: finished replications as atomic parts, then tables, manifest, figures and report."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.identity import Identity, differences
from experiments.refusal import Refusal, reason_of
from experiments.writing import FORMAT, write_atomically, write_table, write_text

KEYS = ("arm", "replication", "seed", "tick")
MANIFEST, RUNS, SERIES, SPEC, EFFECTS, REPORT = (
    "manifest.json", "runs.parquet", "series.parquet", "spec.toml", "effects.csv", "report.html",
)  # fmt: skip


@dataclass(frozen=True)
class ArmRun:
    """One run: the arm, its series ({'tick' and outcomes: one value a tick}) and the digest of its final state."""

    arm: str
    series: Mapping[str, np.ndarray]
    digest: str


@dataclass(frozen=True)
class Failure:
    """A run that raised."""

    arm: str
    replication: int
    seed: int
    traceback: str


@dataclass(frozen=True)
class Replication:
    """What one seed gave: the arms that came to their end, and those that raised."""

    number: int
    seed: int
    runs: tuple[ArmRun, ...]
    failures: tuple[Failure, ...] = field(default=())


# --- tables --------------------------------------------------------------------------------------------------------------------


def series_table(runs: Iterable[ArmRun], replication: int, seed: int) -> pa.Table:
    """Return the tidy table of runs of one seed: one row a run and tick; what was not measured at a tick is null."""
    runs = list(runs)
    lengths = [len(run.series["tick"]) for run in runs]
    names = [name for name in runs[0].series if name != "tick"]
    codes = pa.array(np.repeat(np.arange(len(runs), dtype=np.int32), lengths))
    columns = {
        "arm": pa.DictionaryArray.from_arrays(codes, pa.array([run.arm for run in runs])).cast(pa.string()),
        "replication": pa.array(np.full(sum(lengths), replication, np.int32)),
        "seed": pa.array(np.full(sum(lengths), seed, np.int64)),
        "tick": pa.array(np.concatenate([run.series["tick"] for run in runs]).astype(np.int32)),
    }
    for name in names:
        values = np.concatenate([np.asarray(run.series[name], np.float64) for run in runs])
        columns[name] = pa.array(values, from_pandas=True)  # NaN becomes null
    return pa.table(columns)


# --- a results folder -----------------------------------------------------------------------------------------------------------


class Results:
    """The folder of one experiment's results."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self._lock: Any = None

    def path(self, name: str) -> Path:
        """Return the path of a file of the folder."""
        return self.folder / name

    # opening

    def open_for(self, identity: Identity) -> None:
        """Make the folder, or check that it holds the same experiment; otherwise raises a Refusal, before anything is run."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            inside = [entry.name for entry in self.folder.iterdir() if not entry.name.startswith(".")]
        except (FileExistsError, NotADirectoryError):
            raise Refusal(f"{self.folder}: a file is in the way: expected a folder for the results") from None
        except OSError as error:
            raise Refusal(f"{self.folder}: the folder cannot be made: {reason_of(error)}") from None
        foreign = [name for name in inside if MANIFEST not in inside and name not in ("parts", SPEC)]
        if foreign:
            raise Refusal(f"{self.folder}: the folder holds other files (such as {foreign[0]}): expected a new or empty one")
        self._take_lock()
        try:
            if MANIFEST in inside:
                self._refuse_another(identity)
            (self.folder / "parts").mkdir(exist_ok=True)
        except (Refusal, OSError):
            self.close()
            raise

    def _refuse_another(self, identity: Identity) -> None:
        found = differences(self.manifest()["identity"], json.loads(json.dumps(identity.document)))
        if found:
            more = f" (and {len(found) - 1} more differences)" if len(found) > 1 else ""
            raise Refusal(f"{self.folder} holds another experiment: {found[0]}{more}; give another folder with --out, or remove this one")

    def _take_lock(self) -> None:
        try:
            lock = open(self.folder / ".lock", "wb")  # noqa: SIM115 - held until close()
        except OSError as error:
            raise Refusal(f"{self.folder}: the folder cannot be written: {reason_of(error)}") from None
        with suppress(ImportError):  # Windows has no fcntl
            import fcntl

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                raise Refusal(f"{self.folder}: another run is writing there: expected a folder of its own") from None
        self._lock = lock

    @property
    def held(self) -> bool:
        """Whether this object may write the folder."""
        return self._lock is not None

    def close(self) -> None:
        """Let others write the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # manifest

    def manifest(self) -> dict[str, Any]:
        """Return the manifest; raises a Refusal if the folder does not hold results."""
        if not self.folder.is_dir():
            raise Refusal(f"{self.folder}: there is no such folder: expected the results of an experiment")
        try:
            found = json.loads(self.path(MANIFEST).read_text(encoding="utf-8"))
            if not isinstance(found, dict) or not {"identity", "id", "spec", "outcomes", "replications"} <= found.keys():
                raise ValueError("keys are missing")
        except FileNotFoundError:
            raise Refusal(f"{self.folder}: there is no {MANIFEST}: expected the results of an experiment") from None
        except OSError as error:
            raise Refusal(f"{self.path(MANIFEST)}: the file cannot be read: {reason_of(error)}") from None
        except ValueError as error:
            raise Refusal(f"{self.path(MANIFEST)}: the file is not a manifest of an experiment: {error}") from None
        return found

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest."""
        write_text(self.path(MANIFEST), json.dumps(manifest, indent=1) + "\n")

    # parts

    def part(self, replication: int) -> Path:
        """Return the path of the part of one replication."""
        return self.folder / "parts" / f"replication-{replication:05d}.parquet"

    def digests(self, replication: int, experiment: str) -> dict[str, str]:
        """Return {arm: final digest} of what is stored of a replication; empty if there is nothing, or not of this experiment."""
        try:
            facts = pq.read_schema(self.part(replication)).metadata or {}
        except (OSError, pa.ArrowInvalid):
            return {}
        if facts.get(b"experiment") != experiment.encode():
            return {}
        return json.loads(facts[b"digests"])

    def add(self, found: Replication, experiment: str, order: list[str]) -> None:
        """Write the finished runs of a replication beside those of it that are stored already, arms in the given order."""
        if not found.runs:
            return
        digests = self.digests(found.number, experiment)
        tables = [read_parquet(self.part(found.number))] if digests else []
        new = [run for run in found.runs if run.arm not in digests]
        if not new:
            return
        table = pa.concat_tables([*tables, series_table(new, found.number, found.seed)])
        digests |= {run.arm: run.digest for run in new}
        if tables:
            rank = pa.array([order.index(arm) for arm in table["arm"].to_pylist()])
            table = table.append_column("rank", rank).sort_by([("rank", "ascending"), ("tick", "ascending")]).drop_columns("rank")
        facts = {"experiment": experiment, "digests": json.dumps({arm: digests[arm] for arm in order if arm in digests})}
        write_table(self.part(found.number), table.replace_schema_metadata(facts))

    # tables

    def stored(self, experiment: str, replications: int) -> list[int]:
        """Return the numbers of the replications, among the first so many, of which at least one run is stored."""
        return [number for number in range(replications) if self.digests(number, experiment)]

    def assemble(self, experiment: str, replications: int, window: int) -> pa.Table:
        """Write `series.parquet` and `runs.parquet` from the parts, and return the runs."""
        numbers = self._stored_or_refuse(experiment, replications)
        rows: list[pa.Table] = []

        def write(file: BinaryIO) -> None:
            with pq.ParquetWriter(file, pq.read_schema(self.part(numbers[0])).remove_metadata(), **FORMAT) as writer:
                for number in numbers:
                    table = read_parquet(self.part(number)).replace_schema_metadata(None)
                    writer.write_table(table)
                    rows.append(effect_means(table, self.digests(number, experiment), window))

        write_atomically(self.path(SERIES), write)
        runs = pa.concat_tables(rows)
        write_table(self.path(RUNS), runs)
        return runs

    def collect_runs(self, experiment: str, replications: int, window: int) -> pa.Table:
        """Return the runs from the parts, without writing anything."""
        rows = []
        for number in self._stored_or_refuse(experiment, replications):
            rows.append(effect_means(read_parquet(self.part(number)), self.digests(number, experiment), window))
        return pa.concat_tables(rows)

    def _stored_or_refuse(self, experiment: str, replications: int) -> list[int]:
        numbers = self.stored(experiment, replications)
        if not numbers:
            raise Refusal(f"{self.folder}: no run of the experiment has come to its end: there is nothing to compare")
        return numbers

    def read(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Return a stored table."""
        try:
            return read_parquet(self.path(name), columns)
        except FileNotFoundError:
            raise Refusal(f"{self.path(name)}: there is no such file: run the experiment again to make it") from None
        except (OSError, pa.ArrowInvalid, KeyError) as error:
            raise Refusal(f"{self.path(name)}: the file cannot be read: {str(error).splitlines()[0]}") from None


def read_parquet(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Return a Parquet file's table (pyarrow's `read_table` would import half of pyarrow and pandas first)."""
    with pq.ParquetFile(path) as file:
        return file.read(columns)


def effect_means(table: pa.Table, digests: Mapping[str, str], window: int) -> pa.Table:
    """Return one row an arm: the mean of each outcome over the last `window` ticks (all, if fewer); null where never measured."""
    names = [name for name in table.column_names if name not in KEYS]
    values = np.column_stack([table[name].to_numpy() for name in names]) if names else np.empty((table.num_rows, 0))
    arms = table["arm"].to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.r_[True, arms[1:] != arms[:-1]])
    ends = np.r_[starts[1:], len(arms)]
    means = np.array([mean_of_measured(values[max(start, end - window) : end]) for start, end in zip(starts, ends, strict=True)])
    columns = {key: table[key].combine_chunks().take(pa.array(starts)) for key in ("arm", "replication", "seed")}
    columns["digest"] = pa.array([digests[arm] for arm in arms[starts]], pa.string())
    columns |= {name: pa.array(means[:, i], from_pandas=True) for i, name in enumerate(names)}
    return pa.table(columns)


def mean_of_measured(values: np.ndarray) -> np.ndarray:
    """Return the mean of each column over its values that are not NaN; NaN where there are none. Shape (columns,)."""
    measured = np.isfinite(values)
    count = measured.sum(axis=0)
    total = np.where(measured, values, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)


def values_of(runs: pa.Table, replications: int) -> Callable[[str, str], np.ndarray]:
    """Return the function (arm, outcome) -> effect-window means, shape (replications,), NaN where a run is missing."""
    arms = runs["arm"].to_numpy(zero_copy_only=False)
    numbers = runs["replication"].to_numpy()
    rows = {arm: np.flatnonzero((arms == arm) & (numbers < replications)) for arm in dict.fromkeys(arms)}
    columns = {name: runs[name].to_numpy() for name in runs.column_names if name not in (*KEYS, "digest")}

    def values(arm: str, outcome: str) -> np.ndarray:
        found = np.full(replications, np.nan)
        chosen = rows.get(arm, np.empty(0, int))
        if outcome in columns:
            found[numbers[chosen]] = columns[outcome][chosen]
        return found

    return values
