"""Structural measures of a graph, exact, on plain arrays.

Every measure takes the number of citizens and the two ends of each tie, uint32 arrays of equal length in any order, of a simple
graph. Counts are integers and sums run over citizens in order of id, so that a value depends neither on the order in which ties
are stored nor on threads. A measure that is undefined (an assortativity where everyone has the same value) is NaN.
"""

from typing import NamedTuple

import numpy as np

from agents.compiling import allocating_loop

#: Attributes are rounded to this many steps over their range, so that sums over ties are exact integers.
STEPS = 2**30

_LOW_HALF = np.int64(2**32 - 1)

_U = np.uintp  # unsigned indices spare the compiled loops the check for negative ones


class Structure(NamedTuple):
    """The structural outcomes of a graph; shares and coefficients are dimensionless."""

    mean_degree: float  # ties per citizen
    clustering: float  # mean local clustering coefficient, 0 to 1
    giant_component: float  # share of citizens in the largest connected component, 0 to 1
    isolates: float  # share of citizens without ties, 0 to 1
    assortativity: float  # degree assortativity, -1 to 1


def structure(citizens: int, low: np.ndarray, high: np.ndarray) -> Structure:
    """Return all structural outcomes of a graph."""
    degree = degrees(citizens, low, high)
    return Structure(
        mean_degree=2 * low.size / citizens,
        clustering=_mean(_local_clustering(degree, triangles(citizens, low, high))),
        giant_component=giant_component(citizens, low, high),
        isolates=int((degree == 0).sum()) / citizens,
        assortativity=_correlation(low.size, *_sums(low, high, degree)),
    )


@allocating_loop
def degrees(citizens, low, high):
    """Return the number of ties of each citizen (int64, shape (citizens,))."""
    degree = np.zeros(citizens, np.int64)
    for tie in range(low.size):
        degree[low[tie]] += 1
        degree[high[tie]] += 1
    return degree


@allocating_loop
def triangles(citizens, low, high):
    """Return the number of triangles each citizen is part of (int64, shape (citizens,)).

    The forward algorithm (Schank & Wagner 2005, WEA): each tie points to its end of higher degree, so that nobody has more than
    sqrt(2 x ties) ties pointing out and each triangle is found once.
    """
    degree = degrees(citizens, low, high)
    end = np.zeros(citizens + 1, np.int64)  # first counts, then where the row of each citizen ends, after filling where it starts
    source, target = np.empty(low.size, np.uint32), np.empty(low.size, np.uint32)
    for tie in range(low.size):
        one, other = low[tie], high[tie]
        if degree[one] > degree[other] or (degree[one] == degree[other] and one > other):
            one, other = other, one
        source[tie], target[tie] = one, other
        end[one] += 1
    for citizen in range(citizens):
        end[citizen + 1] += end[citizen]
    row = np.empty(low.size, np.uint32)
    for tie in range(low.size):
        end[source[tie]] -= 1
        row[_U(end[source[tie]])] = target[tie]
    found = np.zeros(citizens, np.int64)
    marked = np.zeros(citizens, np.bool_)
    for citizen in range(citizens):
        first, last = _U(end[citizen]), _U(end[citizen + 1])
        for place in range(first, last):
            marked[_U(row[place])] = True
        for place in range(first, last):
            friend = _U(row[place])
            shared = 0
            for step in range(_U(end[friend]), _U(end[friend + _U(1)])):
                third = _U(row[step])
                shared += marked[third]
                found[third] += marked[third]
            found[friend] += shared
            found[citizen] += shared
        for place in range(first, last):
            marked[_U(row[place])] = False
    return found


@allocating_loop
def _local_clustering(degree, found):
    """Return triangles / pairs of friends of each citizen, 0 where there are fewer than two friends (float64)."""
    local = np.zeros(degree.size)
    for citizen in range(degree.size):
        if degree[citizen] > 1:
            local[citizen] = 2.0 * found[citizen] / (degree[citizen] * (degree[citizen] - 1))
    return local


@allocating_loop
def _mean(value):
    """Return the mean, summed in order: NumPy's own order of summation depends on the machine."""
    total = 0.0
    for place in range(value.size):
        total += value[place]
    return total / value.size


def local_clustering(citizens: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the local clustering coefficient of each citizen (Watts & Strogatz 1998; float64, 0 to 1; 0 below two ties)."""
    return _local_clustering(degrees(citizens, low, high), triangles(citizens, low, high))


def mean_clustering(citizens: int, low: np.ndarray, high: np.ndarray) -> float:
    """Return the mean local clustering coefficient over all citizens, 0 to 1."""
    return _mean(local_clustering(citizens, low, high))


def isolates(citizens: int, low: np.ndarray, high: np.ndarray) -> float:
    """Return the share of citizens without ties, 0 to 1."""
    return int((degrees(citizens, low, high) == 0).sum()) / citizens


@allocating_loop
def giant_component(citizens, low, high):
    """Return the share of citizens in the largest connected component, 0 to 1 (union-find with path halving)."""
    parent = np.arange(citizens)
    size = np.ones(citizens, np.int64)
    largest = 1
    for tie in range(low.size):
        one, other = np.int64(low[tie]), np.int64(high[tie])
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        while parent[other] != other:
            parent[other] = parent[parent[other]]
            other = parent[other]
        if one != other:
            if size[one] < size[other]:
                one, other = other, one
            parent[other] = one
            size[one] += size[other]
            largest = max(largest, size[one])
    return largest / citizens


@allocating_loop
def _sums(low, high, value):
    """Return the sums over ties of x + y, x^2 + y^2 and x y, exactly; the latter two as high and low halves of 32 bits.

    value: whole numbers from 0 to 2^30 (int64), one for each citizen.
    """
    both, squares_high, squares_low, products_high, products_low = 0, 0, 0, 0, 0
    for tie in range(low.size):
        one, other = value[low[tie]], value[high[tie]]
        both += one + other
        square = one * one + other * other
        squares_high += square >> 32
        squares_low += square & _LOW_HALF
        product = one * other
        products_high += product >> 32
        products_low += product & _LOW_HALF
    return both, squares_high, squares_low, products_high, products_low


def _correlation(ties: int, both: int, squares_high: int, squares_low: int, products_high: int, products_low: int) -> float:
    """Return Pearson's correlation over the two ends of ties, each tie taken both ways, from `_sums`; NaN if undefined."""
    squares, products = (squares_high << 32) + squares_low, (products_high << 32) + products_low
    variance = 2 * ties * squares - both * both
    return (4 * ties * products - both * both) / variance if variance else float("nan")


def degree_assortativity(citizens: int, low: np.ndarray, high: np.ndarray) -> float:
    """Return the correlation of the degrees of tied citizens (Newman 2002, Phys. Rev. Lett. 89, 208701), -1 to 1."""
    return _correlation(low.size, *_sums(low, high, degrees(citizens, low, high)))


def numeric_assortativity(citizens: int, low: np.ndarray, high: np.ndarray, value: np.ndarray) -> float:
    """Return the correlation of an attribute over tied citizens (Newman 2003, Phys. Rev. E 67, 026126), -1 to 1.

    value: one number for each citizen (shape (citizens,)), NaN where a citizen has none; ties to those without are left out.
    Values are rounded to 2^-30 of their range, which moves the result by less than 1e-8 unless the range is due to outliers.
    """
    value = np.asarray(value, np.float64)
    known = np.isfinite(value)
    if value.shape != (citizens,):
        raise ValueError(f"value has shape {value.shape}, expected ({citizens},)")
    if not known.all():
        kept = known[low] & known[high]
        low, high = low[kept], high[kept]
    if not low.size:
        return float("nan")
    least, most = value[known].min(), value[known].max()
    if least == most:
        return float("nan")
    scaled = np.where(known, (value - least) / (most - least) * STEPS + 0.5, 0.0).astype(np.int64)
    return _correlation(low.size, *_sums(low, high, scaled))


@allocating_loop
def adjacency(citizens, low, high):
    """Return (start, neighbour): the neighbours of citizen i are neighbour[start[i]:start[i + 1]] (int64, uint32; CSR)."""
    start = np.zeros(citizens + 1, np.int64)
    for tie in range(low.size):
        start[low[tie]] += 1
        start[high[tie]] += 1
    for citizen in range(citizens):
        start[citizen + 1] += start[citizen]
    neighbour = np.empty(2 * low.size, np.uint32)
    for tie in range(low.size):
        start[low[tie]] -= 1
        neighbour[start[low[tie]]] = high[tie]
        start[high[tie]] -= 1
        neighbour[start[high[tie]]] = low[tie]
    return start, neighbour


@allocating_loop
def mean_distance(citizens, low, high, sources):
    """Return the mean number of steps from each of `sources` (citizens' ids) to every other citizen it can reach; NaN if none.

    With all citizens as sources it is exact; a breadth-first search of all ties for each source makes it slow on large graphs.
    """
    start, neighbour = adjacency(citizens, low, high)
    seen = np.full(citizens, -1, np.int64)
    queue = np.empty(citizens, np.int64)
    depth = np.zeros(citizens, np.int64)
    steps, pairs = 0, 0
    for number in range(sources.size):
        source = np.int64(sources[number])
        seen[source], depth[source], queue[0] = number, 0, source
        first, last = 0, 1
        while first < last:
            citizen = queue[first]
            first += 1
            steps += depth[citizen]
            for place in range(start[citizen], start[citizen + 1]):
                friend = neighbour[place]
                if seen[friend] != number:
                    seen[friend], depth[friend], queue[last] = number, depth[citizen] + 1, friend
                    last += 1
        pairs += last - 1
    return steps / pairs if pairs else np.nan
