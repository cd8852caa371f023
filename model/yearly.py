"""Outcomes measured once a year: structure of the graph, inequality, mobility."""

import numpy as np

from agents.befriending import SINGLE
from agents.units import MILLI, to_milli
from model.network.measure import degree_assortativity, giant_component, mean_clustering, numeric_assortativity
from model.network.ties import edge_list
from model.outcomes import EACH_YEAR
from model.population import World

_HALF, _CHUNK = 31, 1024


def exact_dot(ranks: np.ndarray, values: np.ndarray) -> int:
    """Return the sum of products of whole numbers exactly: 0 <= ranks < 2**22, 0 <= values < 2**62 (both int64, equal length)."""
    pieces = [values & (2**_HALF - 1), values >> _HALF]
    edges = np.arange(0, ranks.size, _CHUNK)  # within a chunk no sum reaches 2**63
    low, high = (sum(np.add.reduceat(ranks * piece, edges).tolist()) for piece in pieces)
    return low + (high << _HALF)


def gini(values: np.ndarray) -> float:
    """Return the Gini coefficient of whole numbers >= 0 (exact sums), NaN if there are none or all are zero."""
    ordered = np.sort(values.astype(np.int64))
    n, total = ordered.size, sum(ordered.tolist())
    if total == 0:
        return float("nan")
    weighted = exact_dot(np.arange(1, n + 1), ordered)
    return (2 * weighted - (n + 1) * total) / (n * total)


def ranks(values: np.ndarray) -> np.ndarray:
    """Return twice the mid-ranks (int64): equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    upper = np.cumsum(counts)
    return (2 * upper - counts + 1)[inverse]


def rank_correlation(before: np.ndarray, after: np.ndarray) -> float:
    """Return Spearman's correlation, NaN if either side is constant."""
    if before.size < 2:
        return float("nan")
    x, y = ranks(before), ranks(after)
    n, sx, sy = x.size, int(x.sum()), int(y.sum())
    xy, xx, yy = exact_dot(x, y), exact_dot(x, x), exact_dot(y, y)
    spread = (n * xx - sx * sx) * (n * yy - sy * sy)
    return (n * xy - sx * sy) / spread**0.5 if spread > 0 else float("nan")


def mean_gap(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean of one sample of milli-points less that of another (points), NaN if either is empty; exact sums."""
    if not one.size or not other.size:
        return float("nan")
    return (int(one.sum(dtype=np.int64)) / one.size - int(other.sum(dtype=np.int64)) / other.size) / MILLI


def measure_year(world: World, row: np.ndarray, full_year: bool) -> None:
    """Write the outcomes of EACH_YEAR into row; after a full year also mobility, and remember the scores for the next."""
    standing, n = world.standing, world.rows.size
    low, high = edge_list(world)
    row[:3] = mean_clustering(n, low, high), giant_component(n, low, high), degree_assortativity(n, low, high)
    row[3:] = np.nan, gini(np.maximum(world.citizens.wealth, 0)), np.nan, np.nan, np.nan, np.nan
    if world.status.size and world.status.running[0]:
        member = standing.enrolled[0] == 1
        scores = standing.score[0]
        tied = member[low] & member[high]
        row[3] = numeric_assortativity(n, low[tied], high[tied], scores.astype(np.float64))
        spouse = world.citizens.spouse
        one = np.flatnonzero(spouse > np.arange(n))
        one = one[member[one] & member[spouse[one]]]
        row[7] = numeric_assortativity(n, one.astype(np.uint32), spouse[one].astype(np.uint32), scores.astype(np.float64))
        row[8] = mean_gap(scores[member & (spouse >= 0)], scores[member & (spouse == SINGLE) & (world.citizens.online == 1)])
        row[5] = gini(scores[member] - to_milli(world.schemes.floor[0]))
        if full_year:
            row[6] = rank_correlation(standing.score_last_year[0][member], scores[member])
    if full_year:
        standing.score_last_year[:] = standing.score


assert len(EACH_YEAR) == 9
