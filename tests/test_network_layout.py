"""Where citizens stand in the picture: apart from each other, in circles, within their regions, always at the same place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from dashboard.network.layout import BETWEEN_CIRCLES, LARGEST_RING, lay_out
from dashboard.network.packing import groups_by_ties, pack
from model.assign import assign, default_parameters
from model.network.generate import generate
from model.network.graph import simple_graph
from model.population import REGIONS
from model.society import Society, build_graph


def nearest(position: np.ndarray) -> float:
    """Return the least distance between two citizens."""
    return cKDTree(position.astype(float)).query(position.astype(float), k=2)[0][:, 1].min() if len(position) > 1 else np.inf


def society_of(**values) -> Society:
    return Society(rng=2, **values)


def graph_of(kin: list[int], work: list[int], ties=((0, 1),)):
    """Return a graph with those groups."""
    first, second = np.array(ties).reshape(-1, 2).T
    return simple_graph(len(kin), first, second, kin_group=np.array(kin, np.int32), work_unit=np.array(work, np.int32))


def in_units(layout, of: list[int], middle: list[int]) -> np.ndarray:
    """Return how far citizens stand from the middle of others, in units of the spacing."""
    position = layout.position.astype(float)
    return np.hypot(*(position[of] - position[middle].mean(axis=0)).T) / layout.spacing


# --- by hand --------------------------------------------------------------------------------------------------------------------


def test_six_colleagues_stand_in_a_ring_a_spacing_apart():
    layout = lay_out(graph_of([0, 1, 2, 3, 4, 5], [0] * 6), np.zeros(6, np.uint8))
    assert layout.circle.tolist() == [0] * 6
    assert in_units(layout, range(6), range(6)) == pytest.approx(1, abs=1e-4)  # of a hexagon, side and radius are equal
    assert nearest(layout.position) == pytest.approx(layout.spacing, rel=1e-4)
    assert layout.regions[0, 1:3] == pytest.approx(0.5)


def test_kin_who_do_not_work_stand_behind_those_who_do():
    # 0-3 work together; 4 and 5 are kin of 0, and 6 of 2; 7 and 8 are kin without work, 9 of 1's family works elsewhere.
    graph = graph_of([0, 1, 2, 3, 0, 0, 2, 4, 4, 1], [0, 0, 0, 0, -1, -1, -1, -1, -1, 1])
    layout = lay_out(graph, np.zeros(10, np.uint8))
    assert layout.circle.tolist() == [0, 0, 0, 0, 0, 0, 0, *layout.circle[7:].tolist()]
    assert layout.circle[7] == layout.circle[8] != layout.circle[9]
    ring = 0.5 / np.sin(np.pi / 5)  # 5 places: two for 0, one each for the others
    centre = layout.position[[0, 1, 2, 3]]
    away = np.hypot(*(layout.position[4:7] - layout.position[[0, 0, 2]]).T) / layout.spacing
    assert (away < ring + 1).all()  # beside those they belong to ...
    for kin, host in ((4, 0), (5, 0), (6, 2)):  # ... and behind them, seen from each colleague on the other side
        others = [i for i in range(4) if i != host]
        assert (np.hypot(*(centre[others] - layout.position[kin]).T) > layout.spacing).all()


def test_who_lives_in_another_region_stands_there():
    layout = lay_out(graph_of([0, 0, 0, 0], [0, 0, 0, 0]), np.array([0, 0, 1, 1], np.uint8))
    assert layout.regions[:, 0].tolist() == [0, 1]
    assert layout.circle[0] == layout.circle[1] != layout.circle[2] == layout.circle[3]


def test_discs_of_equal_size_touch_and_none_covers_another():
    x, y = pack(np.ones(7))
    apart = np.hypot(x[:, None] - x, y[:, None] - y)[np.triu_indices(7, 1)]
    assert apart.min() == pytest.approx(2)
    assert (apart < 2 + 1e-6).sum() >= 9  # six around one, or close to it


def test_groups_are_found_from_ties_alone():
    cliques = [(a, b) for start in (0, 5) for a in range(start, start + 5) for b in range(a + 1, start + 5)]
    low, high = np.array([*cliques, (4, 5)]).T
    group = groups_by_ties(10, low.astype(np.uint32), high.astype(np.uint32))
    assert len(set(group[:5].tolist())) == len(set(group[5:].tolist())) == 1
    assert group[0] != group[9]
    nobody = np.empty(0, np.uint32)
    assert groups_by_ties(3, nobody, nobody).tolist() == [0, 1, 2]


# --- in general -----------------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(-1, 12), st.integers(-1, 6), st.integers(0, len(REGIONS) - 1)), min_size=1, max_size=90),
    st.lists(st.tuples(st.integers(0, 89), st.integers(0, 89)), max_size=60),
)
def test_nobody_stands_on_another_whatever_the_groups(people, ties):
    kin, work, region = (np.array(column) for column in zip(*people, strict=True))
    n = len(people)
    graph = graph_of(kin.tolist(), work.tolist(), [(a % n, b % n) for a, b in ties] or [(0, 0)])
    layout = lay_out(graph, region.astype(np.uint8))
    assert layout.position.dtype == np.float32
    assert layout.position.shape == (n, 2)
    assert nearest(layout.position) >= layout.spacing * (1 - 1e-3)
    assert ((layout.position > 0) & (layout.position < 1)).all()
    discs = dict(zip(layout.regions[:, 0].astype(int).tolist(), layout.regions[:, 1:].tolist(), strict=True))
    for place, home in zip(layout.position.tolist(), region.tolist(), strict=True):
        x, y, radius = discs[home]
        assert np.hypot(place[0] - x, place[1] - y) <= radius + 1e-6
    for one, other in [(a, b) for a in discs for b in discs if a < b]:
        (x, y, radius), (u, v, reach) = discs[one], discs[other]
        assert np.hypot(x - u, y - v) >= radius + reach
    assert set(layout.circle.tolist()) == set(range(layout.circle.max() + 1))


@pytest.mark.parametrize("count", [1, 2, LARGEST_RING, LARGEST_RING + 1, 700])
def test_circles_of_every_size_keep_their_members_apart(count):
    layout = lay_out(graph_of([-1] * count, [0] * count, [(0, count - 1)]), np.zeros(count, np.uint8))
    assert nearest(layout.position) >= layout.spacing * (1 - 1e-3)
    assert 2 * BETWEEN_CIRCLES >= 1  # two circles side by side, likewise


@given(st.lists(st.floats(0.5, 30), min_size=1, max_size=60))
def test_discs_never_cover_each_other(radii):
    radius = np.array(sorted(radii, reverse=True))
    x, y = pack(radius)
    gap = np.hypot(x[:, None] - x, y[:, None] - y) - radius[:, None] - radius
    assert (gap[np.triu_indices(radius.size, 1)] > -1e-4).all()


@pytest.mark.parametrize("topology", ["communities", "watts_strogatz", "barabasi_albert", "karate", "davis_southern_women"])
def test_every_kind_of_graph_can_be_laid_out(topology):
    values = {"network.topology": topology, "population.citizens": 300, "network.mean_degree": 8.0}
    graph = build_graph(assign(default_parameters(), values), 4)
    layout = lay_out(graph, np.arange(graph.citizens).astype(np.uint8) % len(REGIONS))
    assert nearest(layout.position) >= layout.spacing * (1 - 1e-3)


def test_twins_stand_alike_and_another_seed_otherwise():
    one, other = society_of(citizens=200, preset="none"), society_of(citizens=200, preset="sesame")
    other.run(20)
    first, second = (lay_out(society.graph, society.world.citizens.region) for society in (one, other))
    assert (first.position == second.position).all()
    assert (first.circle == second.circle).all()
    third = Society(rng=3, citizens=200)
    assert (lay_out(third.graph, third.world.citizens.region).position != first.position).any()


def test_ten_thousand_fill_the_page_evenly_and_kin_stand_near():
    parameters = assign(default_parameters(), {"population.citizens": 10_000})
    graph = generate(parameters.network, 10_000, 1)
    region = (np.arange(10_000) // 5500).astype(np.uint8)
    layout = lay_out(graph, region)
    assert layout.spacing > 0.35 / np.sqrt(10_000)  # of 0.93 / sqrt(n), were the whole page a lattice
    position = layout.position.astype(float)
    same = (region[graph.low] == region[graph.high]) & (layout.circle[graph.low] == layout.circle[graph.high])
    length = np.hypot(*(position[graph.low] - position[graph.high]).T) / layout.spacing
    assert length[same].max() < 2 * LARGEST_RING / 6 + 4  # across the largest ring and those behind it
    assert np.median(length[~same]) > 4 * np.median(length[same])
