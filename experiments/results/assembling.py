"""The tables of an experiment, made from its parts: `runs.parquet`, a row a run, and `series.parquet`, a row a run and week."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, groupby
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.refusal import Refusal
from experiments.results.parts import Part, series_table
from experiments.results.records import window_means
from experiments.results.sealing import BLANK
from experiments.results.store import RUNS, SERIES, Results, read_parquet
from experiments.results.writing import FORMAT, write_atomically, write_sealed
from experiments.specs.designs import Point

KEYS = ("arm", "point", "replication", "seed", "tick", "run", "digest")
#: So many parts are kept open at a time: runs of one part lie together.
PARTS_AT_ONCE = 8
#: A row group of `series.parquet` has the weeks of at most so many runs: of about as many as a part.
RUNS_A_GROUP = 16


@dataclass(frozen=True, slots=True)  # there may be millions
class Row:
    """A row of `runs.parquet`: an arm at a point with a seed, and the run that was made for it."""

    arm: str
    point: int
    replication: int
    seed: int
    run: str


@dataclass(frozen=True)
class Plan:
    """All rows that an experiment asks for, replication by replication, point by point, arms in order.

    factors: names of the design's factors; none without a design. points: one value a factor.
    """

    rows: tuple[Row, ...]
    factors: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()

    def runs(self) -> dict[str, Row]:
        """Return {run: the first of its rows}."""
        found: dict[str, Row] = {}
        for row in self.rows:
            found.setdefault(row.run, row)
        return found


def assemble(results: Results, plan: Plan, window: int, keeps_series: bool) -> pa.Table:
    """Write `runs.parquet`, and `series.parquet` if the weekly values are kept, from the parts, and return the runs."""
    runs = collect_runs(results, plan, window)
    if keeps_series:
        write_atomically(results.path(SERIES), lambda file: _write_series(results, plan, file))
    write_sealed(results.path(RUNS), runs.replace_schema_metadata({"seal": BLANK}))
    return runs


#: {part: {run: {outcome: mean over the effect window}}}
MeansByPart = dict[str, dict[str, dict[str, float]]]


def collect_runs(results: Results, plan: Plan, window: int, known: MeansByPart | None = None) -> pa.Table:
    """Return the table of runs from the parts, without writing anything. Raises a Refusal if there is none.

    known: of parts that were read before, which are not read again; what is read is added.
    """
    wanted, known = plan.runs(), {} if known is None else known
    digests: dict[str, str] = {}
    means: dict[str, Mapping[str, float]] = {}
    for part in results.parts():
        own = [run for run in part.runs if run in wanted and run not in means]
        if own:
            if part.path.name not in known:
                known[part.path.name] = _means_of(part, window)
            for run in own:
                means[run], digests[run] = known[part.path.name][run], part.runs[run]
    rows = [row for row in plan.rows if row.run in means]
    if not rows:
        raise Refusal(f"{results.folder}: no run of the experiment has come to its end: there is nothing to compare")
    return _runs_table(rows, plan, digests, means)


def _means_of(part: Part, window: int) -> dict[str, dict[str, float]]:
    if part.has_series:
        return {run: window_means(series, window) for run, series in series_of(part).items()}
    return means_of(part)


def means_of(part: Part) -> dict[str, dict[str, float]]:
    """Return {run: {outcome: mean over the effect window}} of a part that has the means alone."""
    table = read_parquet(part.path)
    names = [name for name in table.column_names if name != "run"]
    values = np.column_stack([table[name].to_numpy() for name in names]).tolist()
    return {run: dict(zip(names, row, strict=True)) for run, row in zip(table["run"].to_pylist(), values, strict=True)}


def series_of(part: Part) -> dict[str, dict[str, np.ndarray]]:
    """Return {run: {'tick' and outcomes: one value a tick, NaN where nothing was measured}} of a part that has the weekly values."""
    table = read_parquet(part.path)
    runs = table["run"].to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.r_[True, runs[1:] != runs[:-1]])
    columns = {name: table[name].to_numpy() for name in table.column_names if name != "run"}
    ends = np.r_[starts[1:], len(runs)]
    return {runs[i]: {name: column[i:j] for name, column in columns.items()} for i, j in zip(starts, ends, strict=True)}


def _runs_table(rows: Sequence[Row], plan: Plan, digests: Mapping[str, str], means: Mapping[str, Mapping[str, float]]) -> pa.Table:
    columns: dict[str, Any] = {
        "arm": pa.array([row.arm for row in rows]),
        "replication": pa.array(np.array([row.replication for row in rows], np.int32)),
        "seed": pa.array(np.array([row.seed for row in rows], np.int64)),
        "digest": pa.array([digests[row.run] for row in rows]),
        "run": pa.array([row.run for row in rows]),
    }
    if plan.factors:
        columns["point"] = pa.array(np.array([row.point for row in rows], np.int32))
        outcomes = means[rows[0].run]
        for i, factor in enumerate(plan.factors):
            columns[f"factor_{factor}" if factor in outcomes else factor] = pa.array(_alike([plan.points[row.point][i] for row in rows]))
    for name in means[rows[0].run]:
        columns[name] = pa.array(np.array([means[row.run].get(name, np.nan) for row in rows]), from_pandas=True)
    return pa.table(columns)


def _alike(values: list[Any]) -> list[Any]:
    """Return values of one kind: a column of numbers, of truth values or of text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} or len(kinds) == 1:
        return [float(value) for value in values] if kinds == {int, float} else values
    return [None if value is None else str(value) for value in values]


def _write_series(results: Results, plan: Plan, file: BinaryIO) -> None:
    """Write the rows of all runs in the plan's order; a run of several points is given once, at its first.

    How they are grouped follows from the plan alone, not from the parts, so that equal results have equal files.
    """
    where = {run: part for part in results.parts() if part.has_series for run in part.runs}
    open_parts: dict[str, dict[str, dict[str, np.ndarray]]] = {}

    def series(run: str) -> dict[str, np.ndarray]:
        part = where[run]
        if part.path.name not in open_parts:
            if len(open_parts) == PARTS_AT_ONCE:
                del open_parts[next(iter(open_parts))]
            open_parts[part.path.name] = series_of(part)
        return open_parts[part.path.name][run]

    writer: pq.ParquetWriter | None = None
    try:
        for rows in _grouped(row for row in plan.runs().values() if row.run in where):
            table = keyed_series([(row, series(row.run)) for row in rows], bool(plan.factors))
            writer = writer or pq.ParquetWriter(file, table.schema, **FORMAT)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _grouped(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows in order, those of one replication that follow each other together, but not more than RUNS_A_GROUP."""
    for _, own in groupby(rows, key=lambda row: row.replication):
        for group in batched(own, RUNS_A_GROUP):
            yield list(group)


def keyed_series(runs: Iterable[tuple[Row, Mapping[str, np.ndarray]]], with_points: bool = False) -> pa.Table:
    """Return the tidy table of runs: `arm`, `replication`, `seed`, `tick` and the outcomes, with `point` where there is a design."""
    runs = list(runs)
    lengths = [len(series["tick"]) for _, series in runs]
    values = series_table((str(i), series) for i, (_, series) in enumerate(runs))
    columns: dict[str, Any] = {"arm": pa.array(np.repeat([row.arm for row, _ in runs], lengths).tolist())}
    if with_points:
        columns["point"] = pa.array(np.repeat(np.array([row.point for row, _ in runs], np.int32), lengths))
    columns["replication"] = pa.array(np.repeat(np.array([row.replication for row, _ in runs], np.int32), lengths))
    columns["seed"] = pa.array(np.repeat(np.array([row.seed for row, _ in runs], np.int64), lengths))
    return pa.table({**columns, **{name: values[name] for name in values.column_names if name != "run"}})


def content_hash(runs: pa.Table, outcomes: Iterable[str]) -> str:
    """Return the SHA-256 of what was found: of every run's id, final digest and means. Equal results have equal hashes.

    The order in which runs were made, by whom and how often that was interrupted does not enter; nor do their places in a design.
    """
    names = sorted(set(outcomes).intersection(runs.column_names))
    values = np.column_stack([runs[name].to_numpy() for name in names]) if names else np.empty((runs.num_rows, 0))
    ids, digests = runs["run"].to_pylist(), runs["digest"].to_pylist()
    lines = {run: f"{run} {digest} ".encode() + row.tobytes() for run, digest, row in zip(ids, digests, values, strict=True)}
    whole = hashlib.sha256()
    for run in sorted(lines):
        whole.update(lines[run])
    return whole.hexdigest()


def values_of(runs: pa.Table, replications: int, points: int = 1) -> Callable[[str, str], np.ndarray]:
    """Return the function (arm, outcome) -> effect-window means, shape (points, replications), NaN where a run is missing."""
    arms = runs["arm"].to_numpy(zero_copy_only=False)
    numbers = runs["replication"].to_numpy()
    places = runs["point"].to_numpy() if "point" in runs.column_names else np.zeros(len(numbers), np.int32)
    inside = (numbers < replications) & (places < points)
    rows = {arm: np.flatnonzero((arms == arm) & inside) for arm in dict.fromkeys(arms)}
    columns = {name: runs[name].to_numpy() for name in runs.column_names if name not in KEYS}

    def values(arm: str, outcome: str) -> np.ndarray:
        found = np.full((points, replications), np.nan)
        chosen = rows.get(arm, np.empty(0, int))
        if outcome in columns:
            found[places[chosen], numbers[chosen]] = columns[outcome][chosen]
        return found

    return values
