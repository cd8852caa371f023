"""A results folder: finished replications as atomic parts, then tables, manifest, figures and report."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.identity import Identity, differences
from experiments.manifest import fault_of
from experiments.refusal import Refusal, reason_of
from experiments.sealing import BLANK, intact
from experiments.writing import FORMAT, make_folder, write_atomically, write_sealed, write_text

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
        self._facts: dict[int, tuple[Any, dict[bytes, bytes]]] = {}  # replication -> (state of its file, what it says of itself)

    def path(self, name: str) -> Path:
        """Return the path of a file of the folder."""
        return self.folder / name

    # opening

    def open_for(self, identity: Identity) -> None:
        """Make the folder, or check that it holds the same experiment; otherwise raises a Refusal, before anything is run."""
        make_folder(self.folder, "the results")
        try:
            inside = [entry.name for entry in self.folder.iterdir() if not entry.name.startswith(".")]
        except OSError as error:
            raise Refusal(f"{self.folder}: the folder cannot be read: {reason_of(error)}") from None
        foreign = [name for name in inside if MANIFEST not in inside and name not in ("parts", SPEC)]
        if foreign:
            raise Refusal(f"{self.folder}: the folder holds other files (such as {foreign[0]}): expected a new or empty one")
        self.take_lock()
        try:
            if MANIFEST in inside:
                self._refuse_another(identity)
            make_folder(self.folder / "parts", "the finished runs")
        except Refusal:
            self.close()
            raise

    def _refuse_another(self, identity: Identity) -> None:
        found = differences(self.manifest()["identity"], json.loads(json.dumps(identity.document)))
        if found:
            more = f" (and {len(found) - 1} more differences)" if len(found) > 1 else ""
            raise Refusal(f"{self.folder} holds another experiment: {found[0]}{more}; give another folder with --out, or remove this one")

    def take_lock(self, expected: str = "a folder of its own") -> None:
        """Keep others from writing the folder until `close`; raises a Refusal if another does."""
        try:
            lock = open(self.folder / ".lock", "wb")  # noqa: SIM115 - held until close()
        except OSError as error:
            raise Refusal(f"{self.folder}: the folder cannot be written: {reason_of(error)}") from None
        if not _locked(lock):
            lock.close()
            raise Refusal(f"{self.folder}: another run is writing there: expected {expected}")
        self._lock = lock

    def being_written(self) -> bool:
        """Whether another process is writing the folder."""
        try:
            with open(self.folder / ".lock", "rb") as lock:
                return not self.held and not _locked(lock, shared=True)
        except OSError:
            return False

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
            if fault := fault_of(found):
                raise ValueError(fault)
        except FileNotFoundError:
            raise Refusal(f"{self.folder}: there is no {MANIFEST}: expected the results of an experiment") from None
        except OSError as error:
            raise Refusal(f"{self.path(MANIFEST)}: the file cannot be read: {reason_of(error)}") from None
        except (ValueError, RecursionError) as error:
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
        """Return {arm: final digest} of what is stored of a replication; empty if nothing whole of this experiment is there."""
        facts = self._facts_of(replication)
        return json.loads(facts[b"digests"]) if facts.get(b"experiment") == experiment.encode() else {}

    def _facts_of(self, replication: int) -> dict[bytes, bytes]:
        """Return what a part says of itself; empty if it is not there or not as it was written. Read once in each state."""
        try:
            state = self.part(replication).stat()
            now = state.st_ino, state.st_size, state.st_mtime_ns
            if self._facts.get(replication, (None, {}))[0] != now:
                content = self.part(replication).read_bytes()
                facts = pq.read_schema(pa.BufferReader(content)).metadata if intact(content) else {}
                self._facts[replication] = now, facts
        except OSError:
            return {}
        return self._facts[replication][1]

    def damaged(self, replications: int) -> list[Path]:
        """Return the parts, of the first so many replications, that are there but not as they were written."""
        return [self.part(number) for number in range(replications) if self.part(number).exists() and not self._facts_of(number)]

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
        write_sealed(self.part(found.number), table.replace_schema_metadata({**facts, "seal": BLANK}))

    # tables

    def stored(self, experiment: str, replications: int) -> list[int]:
        """Return the numbers of the replications, among the first so many, of which at least one run is stored."""
        return [number for number in range(replications) if self.digests(number, experiment)]

    def published(self) -> set[tuple[str, int]]:
        """Return (arm, replication) of the rows of `runs.parquet`; none if it cannot be read."""
        try:
            runs = self.read(RUNS, ["arm", "replication"])
            return set(zip(runs["arm"].to_pylist(), runs["replication"].to_pylist(), strict=True))
        except Refusal:
            return set()

    def holds(self, experiment: str) -> int:
        """Return the number of replications up to the last one of which a run is stored or published."""
        names = [path.stem.removeprefix("replication-") for path in self.part(0).parent.glob("replication-*.parquet")]
        parts = [int(name) for name in names if name.isdecimal() and self.digests(int(name), experiment)]
        return 1 + max([*parts, *(number for _, number in self.published())], default=-1)

    def refuse_loss(self, manifest: Mapping[str, Any]) -> None:
        """Raise a Refusal if the parts have fewer runs than were stored or published, so that tables made from them would lose some."""
        wanted = range(manifest["replications"])
        there = {(arm, number) for number in wanted for arm in self.digests(number, manifest["id"])}
        stored = {number for _, number in there}
        missing = sorted({number for _, number in self.published() - there})
        if not missing and len(stored) < manifest["replications_stored"]:
            missing = [number for number in wanted if number not in stored]
        if missing:
            more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
            raise Refusal(
                f"{self.part(missing[0])}{more} is missing, damaged or not whole: expected all runs that were stored, "
                "which `run` makes again"
            )

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
        write_sealed(self.path(RUNS), runs.replace_schema_metadata({"seal": BLANK}))
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
        """Return a stored table; raises a Refusal if it is not there or damaged."""
        path = self.path(name)
        with readable(path):
            if name == RUNS and not intact(path.read_bytes()):
                raise OSError("it is not as it was written")
            return read_parquet(path, columns)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a stored table is read into a Refusal."""
    try:
        yield
    except FileNotFoundError:
        raise Refusal(f"{path}: there is no such file: run the experiment again to make it") from None
    except (OSError, pa.ArrowException, KeyError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise Refusal(f"{path}: the file cannot be read: {reason}: run the experiment again to make it anew") from None


def _locked(file: Any, shared: bool = False) -> bool:
    """Lock a file until it is closed, and return whether that was possible; True where the system cannot tell."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def read_parquet(path: Path, columns: list[str] | None = None, groups: list[int] | None = None) -> pa.Table:
    """Return a Parquet file's table, or some of its row groups (pyarrow's `read_table` would import half of pyarrow and pandas first)."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read(columns) if groups is None else file.read_row_groups(groups, columns)


def row_groups(path: Path) -> dict[int, list[int]]:
    """Return {replication: row groups of a table that hold rows of it}."""
    found: dict[int, list[int]] = {}
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for group in range(file.num_row_groups):
            for number in np.unique(file.read_row_group(group, ["replication"])["replication"].to_numpy()).tolist():
                found.setdefault(number, []).append(group)
    return found


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
