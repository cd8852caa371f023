"""The runs that a results folder holds, read without writing, and a sample of them that is the same each time."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from experiments.experiment import as_of_now
from experiments.rebuilding import check_recorded
from experiments.refusal import Refusal
from experiments.store import MANIFEST, RUNS, SERIES, Results, read_parquet, readable, row_groups

Run = tuple[str, int]  # (arm, replication)
KINDS = {"arm": pa.string(), "replication": pa.int64(), "seed": pa.int64(), "tick": pa.int64(), "digest": pa.string()}


@dataclass(frozen=True)
class Copy:
    """One stored copy of a run.

    file, series_file: where its digest and means are, and where its series. means: {outcome: mean over the effect window}, which
    parts do not have. series: {'tick' and outcomes: one value a tick}, empty where its file has no row of the run; None where there
    is no such file.
    """

    file: str
    series_file: str
    digest: str
    seed: int | None
    means: Mapping[str, float] | None
    series: Mapping[str, np.ndarray] | None


class Archive:
    """The runs that a folder holds: in `runs.parquet` and `series.parquet`, in parts, or in both.

    Raises a Refusal, on opening or on reading, if the folder does not hold results, if its manifest contradicts itself, or if a file
    is damaged.
    """

    def __init__(self, results: Results):
        self.results, self.where = results, str(results.path(MANIFEST))
        self.manifest = as_of_now(results)
        check_recorded(self.manifest, self.where)
        self.replications: int = self.manifest["replications"]
        if damaged := results.damaged(self.replications):
            more = f" (and {len(damaged) - 1} more)" if len(damaged) > 1 else ""
            raise Refusal(f"{damaged[0]}{more} is damaged: expected runs as they were stored, which `run` makes again")

    @cached_property
    def outcomes(self) -> list[str]:
        """The outcomes that both the manifest and the model know: those that are compared."""
        from model.outcomes import OUTCOMES

        return [facts["name"] for facts in self.manifest["outcomes"] if facts["name"] in OUTCOMES]

    @cached_property
    def runs(self) -> list[Run]:
        """All stored runs, replication by replication, arms in the manifest's order. Raises a Refusal if there is none."""
        found = {(arm, number) for number in range(self.replications) for arm in self._digests(number)} | set(self._published)
        for arm, number in sorted(found):
            if arm not in self.manifest["arms"] or not 0 <= number < self.replications:
                raise Refusal(f"{self.results.folder}: arm {arm!r}, replication {number} is stored: expected runs that {MANIFEST} records")
        if not found:
            raise Refusal(f"{self.results.folder}: no run of the experiment is stored: there is nothing to compare")
        return [(arm, number) for number in range(self.replications) for arm in self.manifest["arms"] if (arm, number) in found]

    @property
    def has_series(self) -> bool:
        """Whether the weekly values of all stored runs are there."""
        return self._groups is not None or all(arm in self._digests(number) for arm, number in self._published)

    def copies(self, number: int) -> dict[str, list[Copy]]:
        """Return {arm: stored copies} of a replication."""
        found: dict[str, list[Copy]] = {}
        published = {arm: row for (arm, there), row in self._published.items() if there == number}
        if published:
            path, series = self.results.path(SERIES), None
            if self._groups is not None:
                series = self._series(path, number, self._groups.get(number, []))
            for arm, row in published.items():
                means = {name: np.nan if row[name] is None else row[name] for name in self.outcomes}
                own = None if series is None else series.get(arm, {})
                found[arm] = [Copy(RUNS, SERIES, row["digest"], row["seed"], means, own)]
        if digests := self._digests(number):
            part = self.results.part(number)
            series = self._series(part, number)
            for arm, digest in digests.items():
                found.setdefault(arm, []).append(Copy(part.name, part.name, digest, None, None, series.get(arm, {})))
        return found

    def _digests(self, number: int) -> dict[str, str]:
        return self.results.digests(number, self.manifest["id"])

    @cached_property
    def _published(self) -> dict[Run, dict[str, Any]]:
        """The rows of `runs.parquet`; none if the experiment has not come to its end."""
        path = self.results.path(RUNS)
        if not path.exists():
            return {}
        rows = self._checked(self.results.read(RUNS), path, ("arm", "replication", "seed", "digest")).to_pylist()
        found = {(row["arm"], row["replication"]): row for row in rows}
        if len(found) < len(rows):
            raise Refusal(f"{path}: a run is given twice: expected one row a run")
        return found

    @cached_property
    def _groups(self) -> dict[int, list[int]] | None:
        """Where in `series.parquet` the rows of each replication are; None if there is no such file."""
        path = self.results.path(SERIES)
        if not path.exists():
            return None
        with readable(path):
            return row_groups(path)

    def _series(self, path: Path, number: int, groups: list[int] | None = None) -> dict[str, dict[str, np.ndarray]]:
        """Return {arm: {'tick' and outcomes: one value a tick, NaN where nothing was measured}} of a replication."""
        with readable(path):
            table = read_parquet(path, None, groups)
        table = self._checked(table, path, ("arm", "replication", "tick"))
        arms, numbers = table["arm"].to_numpy(zero_copy_only=False), table["replication"].to_numpy()
        columns = {name: table[name].to_numpy() for name in ("tick", *self.outcomes)}
        rows = {arm: (arms == arm) & (numbers == number) for arm in dict.fromkeys(arms[numbers == number])}
        return {arm: {name: column[own] for name, column in columns.items()} for arm, own in rows.items()}

    def _checked(self, table: pa.Table, path: Path, keys: Iterable[str]) -> pa.Table:
        """Return the keys and the outcomes to compare of a table, each of its kind; a Refusal names what is not there."""
        keys = tuple(keys)
        for name in (*keys, *self.outcomes):
            if name not in table.column_names:
                raise Refusal(f"{path}: the column {name!r} is missing: expected {', '.join(keys)} and every outcome of {MANIFEST}")
        with readable(path):
            checked = pa.table({name: table[name].cast(KINDS.get(name, pa.float64())) for name in (*keys, *self.outcomes)})
        for name in keys:
            if checked[name].null_count:
                raise Refusal(f"{path}: the column {name!r} is not whole: expected a value in every row")
        return checked


def sample_of(runs: Iterable[Run], size: int, experiment: str) -> list[Run]:
    """Return `size` of the runs, the same ones each time: the arms take turns, and each gives its runs in the order of a hash.

    The hash is the SHA-256 of "ID ARM REPLICATION", ID being the experiment's id. In each turn every arm that has a run left gives
    its next one, arms in the order of these runs' hashes. So numbers of runs differ by one at most between arms that have runs left,
    and a larger sample holds the smaller ones.
    """
    hashed = sorted((hashlib.sha256(f"{experiment} {arm} {number}".encode()).hexdigest(), (arm, number)) for arm, number in runs)
    turns: dict[str, int] = {}
    ordered = []
    for key, run in hashed:
        turns[run[0]] = turns.get(run[0], 0) + 1
        ordered.append((turns[run[0]], key, run))
    return [run for _, _, run in sorted(ordered)[:size]]
