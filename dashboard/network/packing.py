"""Loops of the layout: discs packed around a middle, and the groups that a graph without named groups falls into."""

import numpy as np

from agents.chance import mix
from agents.compiling import allocating_loop

#: Sweeps over all citizens in which each joins the group that most of its neighbours are in.
SWEEPS = 12


@allocating_loop
def _place(x, y, radius, one, two, new):
    """Put disc `new` so that it touches discs `one` and `two`."""
    across, down = x[two] - x[one], y[two] - y[one]
    square = across * across + down * down
    near = (radius[one] + radius[new]) ** 2
    far = (radius[two] + radius[new]) ** 2
    along = (square + near - far) / (2.0 * square)
    aside = np.sqrt(max(0.0, near / square - along * along))
    x[new] = x[one] + along * across + aside * down
    y[new] = y[one] + along * down - aside * across


@allocating_loop
def _overlap(x, y, radius, one, two):
    reach = radius[one] + radius[two] - 1e-6
    return reach > 0.0 and reach * reach > (x[two] - x[one]) ** 2 + (y[two] - y[one]) ** 2


@allocating_loop
def _from_middle(x, y, radius, following, one):
    """Return how far from the middle (squared) a disc that touches `one` and the next of the front would about be."""
    two = following[one]
    both = radius[one] + radius[two]
    across = (x[one] * radius[two] + x[two] * radius[one]) / both
    down = (y[one] * radius[two] + y[two] * radius[one]) / both
    return across * across + down * down


@allocating_loop
def _obstacle(x, y, radius, following, before, one, two, new):
    """Return (disc, side) of the front nearest to where `new` stands between `one` and `two` that it overlaps; side 0: none.

    side: 1 if the disc lies behind `two`, -1 if it lies before `one`.
    """
    ahead, back = following[two], before[one]
    gone_ahead, gone_back = radius[two], radius[one]
    while True:
        if gone_ahead <= gone_back:
            if _overlap(x, y, radius, ahead, new):
                return ahead, 1
            gone_ahead += radius[ahead]
            ahead = following[ahead]
        else:
            if _overlap(x, y, radius, back, new):
                return back, -1
            gone_back += radius[back]
            back = before[back]
        if ahead == following[back]:
            return 0, 0


@allocating_loop
def pack(radius):
    """Return (x, y), float64 of shape (discs,): discs of those radii (above 0), close around (0, 0) and none over another.

    The first stands in the middle, so the largest should come first. Each further one goes where the front, the chain of outermost
    discs, is nearest to the middle (Wang, Wang, Dai & Wang 2006, Visualization of large hierarchical data by circle packing).
    """
    count = radius.size
    x, y = np.zeros(count), np.zeros(count)
    if count > 1:
        x[0], x[1] = -radius[1], radius[0]
    if count < 3:
        return x, y
    _place(x, y, radius, 1, 0, 2)
    following, before = np.zeros(count, np.int64), np.zeros(count, np.int64)
    following[0], following[1], following[2] = 1, 2, 0
    before[0], before[1], before[2] = 2, 0, 1
    one, two = 0, 1
    for new in range(3, count):
        while True:
            _place(x, y, radius, one, two, new)
            found, side = _obstacle(x, y, radius, following, before, one, two, new)
            if side == 0:
                break
            if side > 0:
                two = found
            else:
                one = found
            following[one], before[two] = two, one
        before[new], following[new] = one, two
        following[one], before[two] = new, new
        nearest, one = np.inf, new
        current = new
        while True:
            distance = _from_middle(x, y, radius, following, current)
            if distance < nearest:
                nearest, one = distance, current
            current = following[current]
            if current == new:
                break
        two = following[one]
    return x, y


@allocating_loop
def groups_by_ties(citizens, low, high):
    """Return the group of each citizen (int64, the number of one of its members), found from the ties alone by label propagation.

    Again and again each citizen, in an order that is arbitrary but always the same, joins the group that most of its neighbours are in
    (Raghavan, Albert & Kumara 2007, Phys. Rev. E 76, 036106); where several have as many, the one it is in, else the first met.
    """
    start = np.zeros(citizens + 1, np.int64)
    for t in range(low.size):
        start[low[t] + 1] += 1
        start[high[t] + 1] += 1
    start = np.cumsum(start)
    filled, neighbour = start.copy(), np.empty(2 * low.size, np.int64)
    for t in range(low.size):
        neighbour[filled[low[t]]], neighbour[filled[high[t]]] = high[t], low[t]
        filled[low[t]] += 1
        filled[high[t]] += 1
    key = np.empty(citizens, np.uint64)
    for citizen in range(citizens):
        key[citizen] = mix(np.uint64(citizen + 1))
    order, group, votes = np.argsort(key), np.arange(citizens), np.zeros(citizens, np.int64)
    for _ in range(SWEEPS):
        moved = False
        for citizen in order:
            ties = neighbour[start[citizen] : start[citizen + 1]]
            for other in ties:
                votes[group[other]] += 1
            best = group[citizen]
            for other in ties:
                if votes[group[other]] > votes[best]:
                    best = group[other]
            for other in ties:
                votes[group[other]] = 0
            if best != group[citizen]:
                group[citizen], moved = best, True
        if not moved:
            break
    return group
