"""A society's starting graph, as plain arrays: what every generator and every loader returns."""

from dataclasses import dataclass, field

import numpy as np

from agents.tie_kinds import ACQUAINTANCE, KIN, TIE_KINDS, WORK

__all__ = ["ACQUAINTANCE", "KIN", "TIE_KINDS", "WORK", "Graph", "NetworkError", "simple_graph"]


class NetworkError(ValueError):
    """A graph that cannot be generated or read; the message is one sentence that names file, key, found and allowed."""


@dataclass(frozen=True)
class Graph:
    """An undirected simple graph of `citizens` vertices with typed ties.

    low, high: uint32 arrays of equal length, `low < high` in every row, rows sorted by (low, high), no row twice.
    kind: uint8 array of the same length, one of KIN, WORK, ACQUAINTANCE.
    kin_group, work_unit: int32 arrays of length `citizens`; -1 where a citizen has none.
    labels: the label of each vertex in the file it came from, or empty for a generated graph.
    notes: what was repaired while reading (duplicates, self-loops, ...), one sentence each.
    """

    citizens: int
    low: np.ndarray
    high: np.ndarray
    kind: np.ndarray
    kin_group: np.ndarray
    work_unit: np.ndarray
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def degrees(self) -> np.ndarray:
        """Return the number of ties of each citizen (int64, shape (citizens,))."""
        return np.bincount(self.low, minlength=self.citizens) + np.bincount(self.high, minlength=self.citizens)


def simple_graph(citizens, first, second, kind=None, kin_group=None, work_unit=None, labels=(), notes=()) -> Graph:
    """Build a Graph from endpoint arrays in any order: drops self-ties and repeats (the smallest kind, the closest, is kept)."""
    low = np.minimum(first, second).astype(np.int64)
    high = np.maximum(first, second).astype(np.int64)
    kind = np.full(low.size, ACQUAINTANCE, np.int64) if kind is None else np.asarray(kind, np.int64)
    # One packed key sorts several times faster than three columns; it holds below 2**63 / 3 pairs, 1.7 billion citizens.
    key = ((low * citizens + high) * len(TIE_KINDS) + kind)[low != high]
    key.sort()
    pair, kind = np.divmod(key, len(TIE_KINDS))
    first_of_pair = np.ones(pair.size, bool)
    first_of_pair[1:] = pair[1:] != pair[:-1]
    low, high = np.divmod(pair[first_of_pair], citizens)
    none = np.full(citizens, -1, np.int32)
    return Graph(
        citizens=int(citizens),
        low=low.astype(np.uint32),
        high=high.astype(np.uint32),
        kind=kind[first_of_pair].astype(np.uint8),
        kin_group=none if kin_group is None else np.asarray(kin_group, np.int32),
        work_unit=none.copy() if work_unit is None else np.asarray(work_unit, np.int32),
        labels=tuple(labels),
        notes=tuple(notes),
    )
