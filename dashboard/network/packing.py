"""Loops of the layout: discs packed around a middle, and the groups that a graph without named groups falls into."""

import numpy as np

from agents.compiling import part, shared_loop

#: Sweeps over all citizens in which each joins the group that most of its neighbours are in.
SWEEPS = 12


@part
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


@part
def _overlap(x, y, radius, one, two):
    reach = radius[one] + radius[two] - 1e-6
    return reach > 0.0 and reach * reach > (x[two] - x[one]) ** 2 + (y[two] - y[one]) ** 2


@part
def _from_middle(x, y, radius, following, one):
    """Return how far from the middle (squared) a disc that touches `one` and the next of the front would about be."""
    two = following[one]
    both = radius[one] + radius[two]
    across = (x[one] * radius[two] + x[two] * radius[one]) / both
    down = (y[one] * radius[two] + y[two] * radius[one]) / both
    return across * across + down * down


@part
def _nearest_to_middle(x, y, radius, following, new):
    """Return the disc of the front at which the next one would stand nearest to the middle."""
    nearest, best, current = np.inf, new, new
    while True:
        distance = _from_middle(x, y, radius, following, current)
        if distance < nearest:
            nearest, best = distance, current
        current = following[current]
        if current == new:
            return best


@part
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


def pack(radius: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (x, y), float64 of shape (discs,): discs of those radii (above 0), close around (0, 0) and none over another.

    The first stands in the middle, so the largest should come first. Each further one goes where the front, the chain of outermost
    discs, is nearest to the middle (Wang, Wang, Dai & Wang 2006, Visualization of large hierarchical data by circle packing).
    """
    radius = np.ascontiguousarray(radius, np.float64)
    x, y = np.zeros(radius.size), np.zeros(radius.size)
    if radius.size > 1:
        x[0], x[1] = -radius[1], radius[0]
    if radius.size > 2:
        _pack(x, y, radius, np.zeros(radius.size, np.int64), np.zeros(radius.size, np.int64))
    return x, y


@shared_loop
def _pack(x, y, radius, following, before):
    """Put the discs from the third on; following, before: room for the chain."""
    _place(x, y, radius, 1, 0, 2)
    following[0], following[1], following[2] = 1, 2, 0
    before[0], before[1], before[2] = 2, 0, 1
    one, two = 0, 1
    for new in range(3, radius.size):
        side = 1
        while side != 0:
            _place(x, y, radius, one, two, new)
            found, side = _obstacle(x, y, radius, following, before, one, two, new)
            if side > 0:
                two = found
            elif side < 0:
                one = found
            if side != 0:
                following[one], before[two] = two, one
        before[new], following[new] = one, two
        following[one], before[two] = new, new
        one = _nearest_to_middle(x, y, radius, following, new)
        two = following[one]


def groups_by_ties(citizens: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the group of each citizen (int64, the number of one of its members), found from the ties alone by label propagation.

    Again and again each citizen, in an order that is arbitrary but always the same, joins the group that most of its neighbours are in
    (Raghavan, Albert & Kumara 2007, Phys. Rev. E 76, 036106); where several have as many, the one it is in, else the first met.
    """
    ends = np.concatenate([low, high]).astype(np.int64)
    neighbour = np.concatenate([high, low]).astype(np.int64)[np.argsort(ends, kind="stable")]
    start = np.searchsorted(np.sort(ends), np.arange(citizens + 1))
    scattered = np.arange(1, citizens + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)  # the fraction of the golden ratio
    group = np.arange(citizens)
    _propagate(start, neighbour, np.argsort(scattered), group, np.zeros(citizens, np.int64))
    return group


@shared_loop
def _propagate(start, neighbour, order, group, votes):
    """Let everybody join the group of most of its neighbours, in that order, until nobody moves, at most SWEEPS times.

    neighbour: of each citizen the rows start[i] .. start[i + 1] - 1. votes: zeros, as many as citizens; left as zeros.
    """
    for _ in range(SWEEPS):
        moved = 0
        for k in range(order.size):
            citizen = order[k]
            best = group[citizen]
            for t in range(start[citizen], start[citizen + 1]):
                votes[group[neighbour[t]]] += 1
            for t in range(start[citizen], start[citizen + 1]):
                if votes[group[neighbour[t]]] > votes[best]:
                    best = group[neighbour[t]]
            for t in range(start[citizen], start[citizen + 1]):
                votes[group[neighbour[t]]] = 0
            moved += best != group[citizen]
            group[citizen] = best
        if moved == 0:
            break
