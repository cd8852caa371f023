"""Parts: each a Parquet file that holds the runs of one batch, appears whole or not at all, and is never changed again.

A part says in its metadata of which replication it is and which runs it has, with the digests of their final states; a seal over all
its bytes tells whether it is as it was written.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.results.records import Batch, Made
from experiments.results.sealing import BLANK, intact
from experiments.results.writing import write_sealed


@dataclass(frozen=True)
class Part:
    """A part that is whole. runs: {run: digest of its final state}. has_series: whether it has the weekly values, or the means alone."""

    path: Path
    replication: int
    runs: dict[str, str]
    has_series: bool


def name_of(batch: Batch) -> str:
    """Return the file name of a batch's part: the replication, and a hash of its runs."""
    runs = hashlib.sha256(" ".join(made.run for made in batch.made).encode()).hexdigest()[:12]
    return f"replication-{batch.replication:05d}-{runs}.parquet"


def write_part(folder: Path, batch: Batch) -> Path:
    """Write the runs of a batch that came to their end, and return the file."""
    has_series = batch.made[0].series is not None
    table = _series_table(batch.made) if has_series else _means_table(batch.made)
    facts = {
        "replication": str(batch.replication),
        "seed": str(batch.seed),
        "holds": "series" if has_series else "means",
        "runs": json.dumps({made.run: made.digest for made in batch.made}),
        "seal": BLANK,
    }
    path = folder / name_of(batch)
    write_sealed(path, table.replace_schema_metadata(facts))
    return path


def read_facts(path: Path) -> Part | None:
    """Return what a part says of itself; None if it is not as it was written."""
    try:
        if not intact(path.read_bytes()):
            return None
        with pq.ParquetFile(path) as file:
            facts = file.metadata.metadata or {}
        return Part(path, int(facts[b"replication"]), json.loads(facts[b"runs"]), facts[b"holds"] == b"series")
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None


def _series_table(runs: Iterable[Made]) -> pa.Table:
    return series_table((made.run, made.series or {}) for made in runs)


def series_table(runs: Iterable[tuple[str, Mapping[str, np.ndarray]]]) -> pa.Table:
    """Return the table of (run, series) pairs: `run`, `tick` and the outcomes, one row a run and tick, null where not measured."""
    named = list(runs)
    lengths = [len(series["tick"]) for _, series in named]
    codes = pa.array(np.repeat(np.arange(len(named), dtype=np.int32), lengths))
    columns = {
        "run": pa.DictionaryArray.from_arrays(codes, pa.array([name for name, _ in named])).cast(pa.string()),
        "tick": pa.array(np.concatenate([series["tick"] for _, series in named]).astype(np.int32)),
    }
    for name in named[0][1]:
        if name != "tick":
            values = np.concatenate([np.asarray(series[name], np.float64) for _, series in named])
            columns[name] = pa.array(values, from_pandas=True)  # NaN becomes null
    return pa.table(columns)


def _means_table(runs: Iterable[Made]) -> pa.Table:
    runs = list(runs)
    columns = {"run": pa.array([made.run for made in runs])}
    for name in runs[0].means:
        columns[name] = pa.array(np.array([made.means[name] for made in runs]), from_pandas=True)
    return pa.table(columns)
