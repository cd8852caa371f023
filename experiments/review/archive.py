"""The runs that a results folder holds, read without writing, and a sample of them that is the same each time."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.refusal import Refusal
from experiments.report.publishing import as_of_now, spec_of, stored_plan
from experiments.results.assembling import Row, means_of, series_of
from experiments.results.parts import Part
from experiments.results.store import MANIFEST, RUNS, SERIES, Results, read_parquet, readable
from experiments.review.rebuilding import check_recorded

KINDS = {"arm": pa.string(), "digest": pa.string(), "run": pa.string()} | dict.fromkeys(
    ("point", "replication", "seed", "tick"), pa.int64()
)


@dataclass(frozen=True)
class Copy:
    """One stored copy of a run.

    file, series_file: where its digest and means are, and where its series. means: {outcome: mean over the effect window}; None where
    the file has the weekly values instead. series: {'tick' and outcomes: one value a tick}, empty where its file has no row of the run;
    None where there is no such file.
    """

    file: str
    series_file: str
    digest: str
    seed: int | None
    means: Mapping[str, float] | None
    series: Mapping[str, np.ndarray] | None


class Archive:
    """The runs that a folder holds: in `runs.parquet` and `series.parquet`, in parts, or in both.

    Raises a Refusal, on opening or on reading, if the folder does not hold results, if what it records contradicts itself, or if a file
    is damaged.
    """

    def __init__(self, results: Results):
        self.results, self.where = results, str(results.path(MANIFEST))
        self.manifest = as_of_now(results)
        self.document = results.resolved()
        check_recorded(self.manifest, self.document, self.where)
        self.spec = spec_of(self.manifest)
        self.plan = stored_plan(results, self.manifest, self.spec)
        self.replications: int = self.manifest["replications"]
        if damaged := results.damaged():
            more = f" (and {len(damaged) - 1} more)" if len(damaged) > 1 else ""
            raise Refusal(f"{damaged[0]}{more} is damaged: expected runs as they were stored, which `run` makes again")

    @cached_property
    def outcomes(self) -> list[str]:
        """The outcomes that both the manifest and the model know: those that are compared."""
        from model.outcomes import OUTCOMES

        return [facts["name"] for facts in self.manifest["outcomes"] if facts["name"] in OUTCOMES]

    @cached_property
    def runs(self) -> list[Row]:
        """All stored runs, each with its first row, in the plan's order. Raises a Refusal if there is none."""
        planned = self.plan.runs()
        there = self._parts.keys() | self._published.keys()
        found = [row for run, row in planned.items() if run in there]
        if not found:
            raise Refusal(f"{self.results.folder}: no run of the experiment is stored: there is nothing to compare")
        return found

    @property
    def has_series(self) -> bool:
        """Whether the weekly values of all stored runs are there."""
        parted = all(run in self._parts and self._parts[run].has_series for run in (*self._parts, *self._published))
        return self._groups is not None or parted

    def copies(self, row: Row) -> list[Copy]:
        """Return the stored copies of a run."""
        found = []
        if published := self._published.get(row.run):
            means = {name: np.nan if published[name] is None else published[name] for name in self.outcomes}
            weeks = None if self._groups is None else self._published_weeks(row.replication).get((row.arm, row.point), {})
            found.append(Copy(RUNS, SERIES, published["digest"], published["seed"], means, weeks))
        if part := self._parts.get(row.run):
            series, means_of = self._read(part)
            found.append(Copy(part.path.name, part.path.name, part.runs[row.run], None, means_of.get(row.run), series.get(row.run)))
        return found

    @cached_property
    def _parts(self) -> dict[str, Part]:
        planned = self.plan.runs()
        return {run: part for part in self.results.parts() for run in part.runs if run in planned}

    def _read(self, part: Part) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, dict[str, float]]]:
        """Return ({run: series}, {run: means}) of a part; one of them is empty. The part that was read last is kept."""
        if self._last is None or self._last[0] != part.path:
            with readable(part.path):
                if part.has_series:
                    self._last = part.path, series_of(part), {}
                else:
                    self._last = part.path, {}, means_of(part)
        return self._last[1], self._last[2]

    _last: tuple[Path, dict, dict] | None = None

    @cached_property
    def _published(self) -> dict[str, dict[str, Any]]:
        """The rows of `runs.parquet` by run; none if the experiment has not come to its end."""
        path = self.results.path(RUNS)
        if not path.exists():
            return {}
        table = self.results.read(RUNS)
        keys = ("arm", "replication", "seed", "digest", "run", *(["point"] if self.plan.factors else []))
        rows = self._checked(table, path, keys).to_pylist()
        places = {(row["arm"], row.get("point", 0), row["replication"]) for row in rows}
        if len(places) < len(rows):
            raise Refusal(f"{path}: a run is given twice: expected one row a run")
        self._refuse_strangers(rows, path)
        found: dict[str, dict[str, Any]] = {}
        for row in rows:  # an arm that is the same at several points has its run in several rows
            first = found.setdefault(row["run"], row)
            if unlike := [name for name in ("digest", "seed", *self.outcomes) if row[name] != first[name]]:
                one, other = first[unlike[0]], row[unlike[0]]
                raise Refusal(f"{path}: run {row['run']} has {unlike[0]} = {one!r} in one row and {other!r} in another: expected the same")
        return found

    def _refuse_strangers(self, rows: Iterable[Mapping[str, Any]], path: Path) -> None:
        """Raise a Refusal for a row of an arm, a point, a replication or a run that is not recorded."""
        planned = {(row.arm, row.point, row.replication): row.run for row in self.plan.rows}
        for row in rows:
            place = row["arm"], row.get("point", 0), row["replication"]
            words = f"arm {place[0]!r}, {f'point {place[1]}, ' if place[1] else ''}replication {place[2]}"
            if place not in planned:
                raise Refusal(f"{path}: {words} is stored: expected runs that {MANIFEST} records")
            if row["run"] != planned[place]:
                raise Refusal(f"{path}: {words} is run {row['run']}: expected {planned[place]}, by what {MANIFEST} records")

    @cached_property
    def _groups(self) -> dict[int, list[int]] | None:
        """Where in `series.parquet` the rows of each replication are; None if there is no such file."""
        path = self.results.path(SERIES)
        if not path.exists():
            return None
        with readable(path):
            return row_groups(path)

    def _published_weeks(self, number: int) -> dict[tuple[str, int], dict[str, np.ndarray]]:
        """Return {(arm, point): {'tick' and outcomes: one value a tick}} of a replication of `series.parquet`; the last is kept."""
        if self._weeks is None or self._weeks[0] != number:
            self._weeks = number, self._series(number)
        return self._weeks[1]

    _weeks: tuple[int, dict] | None = None

    def _series(self, number: int) -> dict[tuple[str, int], dict[str, np.ndarray]]:
        path = self.results.path(SERIES)
        assert self._groups is not None
        with readable(path):
            table = read_parquet(path, None, self._groups.get(number, []))
        keys = ("arm", "replication", "tick", *(["point"] if self.plan.factors else []))
        table = self._checked(table, path, keys)
        arms, numbers = table["arm"].to_numpy(zero_copy_only=False), table["replication"].to_numpy()
        points = table["point"].to_numpy() if self.plan.factors else np.zeros(len(arms), int)
        columns = {name: table[name].to_numpy() for name in ("tick", *self.outcomes)}
        found = {}
        for arm, point in dict.fromkeys(zip(arms[numbers == number].tolist(), points[numbers == number].tolist(), strict=True)):
            own = (arms == arm) & (points == point) & (numbers == number)
            found[arm, point] = {name: column[own] for name, column in columns.items()}
        return found

    def _checked(self, table: pa.Table, path: Path, keys: Iterable[str]) -> pa.Table:
        """Return the keys and the outcomes to compare of a table, each of its kind; a Refusal names what is not there."""
        keys, there = tuple(keys), set(table.column_names)  # which the table makes anew each time that it is asked
        for name in (*keys, *self.outcomes):
            if name not in there:
                raise Refusal(f"{path}: the column {name!r} is missing: expected {', '.join(keys)} and every outcome of {MANIFEST}")
        with readable(path):
            checked = pa.table({name: table[name].cast(KINDS.get(name, pa.float64())) for name in (*keys, *self.outcomes)})
        for name in keys:
            if checked[name].null_count:
                raise Refusal(f"{path}: the column {name!r} is not whole: expected a value in every row")
        return checked


def row_groups(path: Path) -> dict[int, list[int]]:
    """Return {replication: row groups of a table that hold rows of it}."""
    found: dict[int, list[int]] = {}
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for group in range(file.num_row_groups):
            for number in np.unique(file.read_row_group(group, ["replication"])["replication"].to_numpy()).tolist():
                found.setdefault(number, []).append(group)
    return found


def sample_of(runs: Iterable[Row], size: int, experiment: str) -> list[Row]:
    """Return `size` of the runs, the same ones each time: the arms take turns, and each gives its runs in the order of a hash.

    The hash is the SHA-256 of "ID ARM POINT REPLICATION", ID being the experiment's id. In each turn every arm that has a run left gives
    its next one, arms in the order of these runs' hashes. So numbers of runs differ by one at most between arms that have runs left,
    and a larger sample holds the smaller ones.
    """
    hashed = sorted(
        (hashlib.sha256(f"{experiment} {row.arm} {row.point} {row.replication}".encode()).hexdigest(), row.run, row) for row in runs
    )
    turns: dict[str, int] = {}
    ordered = []
    for key, _, row in hashed:
        turns[row.arm] = turns.get(row.arm, 0) + 1
        ordered.append((turns[row.arm], key, row))
    return [row for _, _, row in sorted(ordered, key=lambda one: one[:2])[:size]]
