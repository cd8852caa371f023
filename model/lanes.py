"""Lanes: the citizens cut into ranges, so that several processors can take one step of a tick side by side.

A step that is taken lane by lane writes only what belongs to the lane's own citizens, and reads nothing that the same step writes of
others. So the number of lanes cannot matter to the result, bit for bit. What several citizens give to one is added by the receiver's lane.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

from agents.compiling import part
from model.outcomes import CELLS, GROUPED

#: The lane that has no citizens.
NO_LANE = -1
#: Ties are reviewed in blocks of this many, few enough to stay in the processor's cache.
REVIEW_BLOCK = 2048
MAX_THREADS = 64


def of_lanes(rows: np.recarray, count: int) -> dict[str, Any]:
    """Return the bounds and the scratch arrays of World for that many lanes, which get about the same number of slots each."""
    n, slots = rows.size, int(rows.start[-1] + rows.room[-1])
    bounds = np.searchsorted(rows.start, np.arange(1, count) * (slots / count))
    return {
        "lanes": np.array([0, *bounds, n], np.int64),
        "noted": np.zeros((count, 3), np.int64),
        "due": np.zeros((count, REVIEW_BLOCK), np.uint8),
        "reviewed": np.zeros((count, 2 * REVIEW_BLOCK, 4), np.int64),
        "sums": np.zeros((count, 2, CELLS, len(GROUPED)), np.int64),
    }


@part
def citizens_of(world, lane):
    """Return the range of a lane's citizens (unsigned: see model.network.ties.ends_of)."""
    if lane < 0:
        return range(np.uint64(0), np.uint64(0))
    return range(np.uint64(world.lanes[lane]), np.uint64(world.lanes[lane + 1]))


@part
def is_in_lane(world, lane, i):
    """Return whether citizen i (int64) is one of the lane's."""
    return world.lanes[lane] <= i and i < world.lanes[lane + 1]


@part
def slots_of(world, lane):
    """Return the range of the slots in the rows of a lane's citizens, whether in use or not."""
    rows, first, last = world.rows, world.lanes[lane], world.lanes[lane + 1] - 1
    if last < first:
        return range(0)
    return range(rows[first].start, rows[last].start + rows[last].room)


@part
def noted(world, column):
    """Return the sum of what all lanes noted in a column."""
    total = 0
    for lane in range(world.noted.shape[0]):
        total += world.noted[lane, column]
    return total


def side_by_side(work: Callable[[int], object], lanes: int) -> None:
    """Call work(lane) for every lane at once, the first of them in the calling thread."""
    others = [_pool().submit(work, lane) for lane in range(1, lanes)]
    work(0)
    for other in others:
        other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    """Threads for the lanes of all societies: who waits for them is never one of them."""
    return ThreadPoolExecutor(max_workers=min(MAX_THREADS, os.cpu_count() or 1), thread_name_prefix="lane")
