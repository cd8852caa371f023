"""Where citizens stand in the picture: regions as clusters, in them circles of colleagues with their kin, each a little ring.

Nothing here is a result of the model: it is drawn once, from the starting graph, and twin worlds share it. Nearness means to belong to
the same circle at the start, and nothing else; which circle is beside which means nothing.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.network.packing import groups_by_ties, pack
from model.network.graph import Graph
from model.population import REGIONS

#: Room around a circle, and around a region, in units of the distance between neighbours; the page's margin, as a share.
BETWEEN_CIRCLES, BETWEEN_REGIONS, MARGIN = 0.65, 2.5, 0.015

#: Places around a ring beyond which a circle is a filled disc instead, and how far apart its members then stand.
LARGEST_RING, SUNFLOWER = 20, 0.65

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


@dataclass(frozen=True)
class Layout:
    """Where the n citizens of a society stand.

    position: float32 (n, 2) in the unit square, x to the right and y downwards.
    circle: int32 (n,), the number of the circle that each stands in, from 0; the larger circles of a region come first.
    regions: float32 (k, 4), a row for each inhabited region: its number (see model.population.REGIONS), then x, y and radius of its disc.
    spacing: no two citizens are nearer to each other than that.
    """

    position: np.ndarray
    circle: np.ndarray
    regions: np.ndarray
    spacing: float


def lay_out(graph: Graph, region: np.ndarray) -> Layout:
    """Return the layout of a starting graph whose citizens live in those regions (uint8, shape (n,)).

    Colleagues who live in the same region form a ring; kin of theirs who do not work stand behind them, outside; kin groups without
    anybody at work form rings of their own. Who is in no group stands with those it is tied to (see groups_by_ties).
    """
    circle, host = _circles(graph, region)
    at, size = _within_circles(circle, host)
    region_of = np.empty(size.size, np.int64)
    region_of[circle] = region
    middle, discs = _middles(region_of, size)
    place = middle[circle] + at
    low = (discs[:, 1:3] - discs[:, 3:]).min(axis=0)
    high = (discs[:, 1:3] + discs[:, 3:]).max(axis=0)
    scale = (1 - 2 * MARGIN) / (high - low).max()
    shift = 0.5 - (low + high) / 2 * scale
    discs[:, 1:3] = discs[:, 1:3] * scale + shift
    discs[:, 3] *= scale
    position = (place * scale + shift).astype(np.float32)
    return Layout(position, circle.astype(np.int32), discs.astype(np.float32), float(scale))


def _circles(graph: Graph, region: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (circle, host) of each citizen: its circle's number, and behind whom it stands (itself if behind nobody)."""
    n = graph.citizens
    everyone, works = np.arange(n), graph.work_unit >= 0
    has_kin = graph.kin_group >= 0
    family = graph.kin_group.astype(np.int64) * len(REGIONS) + region
    host = everyone.copy()
    earners = np.flatnonzero(works & has_kin)
    families, first = np.unique(family[earners], return_index=True)
    behind = np.flatnonzero(~works & has_kin & np.isin(family, families))
    host[behind] = earners[first][np.searchsorted(families, family[behind])]
    kind = np.where(works[host], 0, np.where(has_kin, 1, 2))
    number = np.where(works[host], graph.work_unit[host], graph.kin_group)
    loose = kind == 2
    if loose.any():
        number = np.where(loose, groups_by_ties(n, graph.low, graph.high), number)
    key = (kind * np.int64(n) + number) * len(REGIONS) + region
    names, circle = np.unique(key, return_inverse=True)
    # The larger circles of a region come first, and are packed in its middle.
    order = np.lexsort((-np.bincount(circle), names % len(REGIONS)))
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    return rank[circle], host


def _within_circles(circle: np.ndarray, host: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (at, size): each citizen's place seen from the middle of its circle (n, 2), and the circles' radii, neighbours 1 apart."""
    n, everyone = circle.size, np.arange(circle.size)
    behind = host != everyone
    order = np.lexsort((everyone, behind, host, circle))
    followers = np.bincount(host[behind], minlength=n)
    # Each who stands in front takes as much of the ring as those behind need: `places` in all.
    share = np.where(behind, 0, np.maximum(followers, 1))
    places = np.bincount(circle, share)
    first = np.searchsorted(circle[order], np.arange(places.size))
    taken = np.cumsum(share[order]) - share[order]
    begin = np.empty(n)
    begin[order] = taken - taken[first][circle[order]]
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    seat = np.where(behind, begin[host] + rank - rank[host] - 0.5, begin + share / 2)
    angle = 2 * np.pi * seat / places[circle]
    ring, outer = _rings(places, np.bincount(circle, ~behind), np.bincount(circle, behind))
    away = np.where(behind, outer[circle], ring[circle])
    full = (places > LARGEST_RING)[circle]
    within = rank - first[circle]
    angle = np.where(full, within * GOLDEN_ANGLE, angle)
    away = np.where(full, SUNFLOWER * np.sqrt(within + 0.5), away)
    size = np.zeros(places.size)
    np.maximum.at(size, circle, away)
    return np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1), size + BETWEEN_CIRCLES


def _rings(places: np.ndarray, front: np.ndarray, behind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the radii of the rings of those in front and of those behind, on which neighbours are at least 1 apart."""
    wide = 0.5 / np.sin(np.pi / np.maximum(places, 2))
    ring = np.where(front > 1, wide, 0.0)
    return ring, np.where(behind > 0, np.maximum(ring + 1, np.where(places > 1, wide, 1.0)), ring)


def _middles(region_of: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (middle, discs): where each circle's middle is, and region, x, y and radius of each region's disc."""
    middle, found, packed = np.zeros((size.size, 2)), np.unique(region_of), []
    for region in found:
        inside = np.flatnonzero(region_of == region)
        inside = inside[np.argsort(-size[inside], kind="stable")]
        middle[inside] = np.stack(pack(size[inside]), axis=1)
        packed.append((inside, (np.hypot(*middle[inside].T) + size[inside]).max()))
    radius = np.array([reach for _, reach in packed]) + BETWEEN_REGIONS / 2
    largest = np.argsort(-radius, kind="stable")
    where = np.empty((found.size, 2))
    where[largest] = _turned(np.stack(pack(radius[largest]), axis=1), radius[largest])
    for (inside, _), shift in zip(packed, where, strict=True):
        middle[inside] += shift
    return middle, np.column_stack([found, where, radius - BETWEEN_REGIONS / 2])


def _turned(where: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Turn discs around so that they fit into as small a square as can be."""
    turns = [np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) for a in np.linspace(0, np.pi, 36, endpoint=False)]
    side = [np.ptp(np.concatenate([where @ turn - radius[:, None], where @ turn + radius[:, None]]), axis=0).max() for turn in turns]
    return where @ turns[int(np.argmin(side))]
