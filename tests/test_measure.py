"""Structural measures equal networkx's and values worked out by hand."""

import networkx
import numpy as np
import pytest

from model.network import measure
from model.network.generate import generate
from model.network.parameters import NAMED_NETWORKS, NetworkParameters

DEFAULT = NetworkParameters()


def as_networkx(graph):
    other = networkx.Graph()
    other.add_nodes_from(range(graph.citizens))
    other.add_edges_from(zip(graph.low.tolist(), graph.high.tolist(), strict=True))
    return other


NAMED = [generate(NetworkParameters(topology=topology), None, 1) for topology in NAMED_NETWORKS]
SPARSE = [networkx.gnm_random_graph(60, ties, seed=ties) for ties in (25, 60, 200, 900)]
OBSERVED = [*(as_networkx(graph) for graph in NAMED), *SPARSE, as_networkx(generate(DEFAULT, 300, 2))]


@pytest.mark.parametrize("graph", OBSERVED, ids=str)
def test_measures_equal_networkx(graph):
    citizens = graph.number_of_nodes()
    low, high = np.array(graph.edges, np.uint32).T
    found = measure.structure(citizens, low, high)
    local = networkx.clustering(graph)
    parts = list(networkx.connected_components(graph))
    assert measure.degrees(citizens, low, high).tolist() == [graph.degree(i) for i in range(citizens)]
    assert measure.triangles(citizens, low, high).tolist() == [networkx.triangles(graph, i) for i in range(citizens)]
    assert measure.local_clustering(citizens, low, high) == pytest.approx([local[i] for i in range(citizens)])
    assert found.clustering == measure.mean_clustering(citizens, low, high) == pytest.approx(networkx.average_clustering(graph))
    assert found.mean_degree == pytest.approx(2 * graph.number_of_edges() / citizens)
    assert found.giant_component == measure.giant_component(citizens, low, high) == max(map(len, parts)) / citizens
    assert found.isolates == measure.isolates(citizens, low, high) == networkx.number_of_isolates(graph) / citizens
    assert found.assortativity == measure.degree_assortativity(citizens, low, high)
    assert found.assortativity == pytest.approx(networkx.degree_assortativity_coefficient(graph))
    if len(parts) == 1:
        distance = measure.mean_distance(citizens, low, high, np.arange(citizens))
        assert distance == pytest.approx(networkx.average_shortest_path_length(graph))
    value = np.sqrt(np.arange(citizens) * 37 % 11)
    networkx.set_node_attributes(graph, dict(enumerate(value.tolist())), "value")
    expected = networkx.numeric_assortativity_coefficient(graph, "value")
    assert measure.numeric_assortativity(citizens, low, high, value) == pytest.approx(expected, abs=1e-8)


def ties(*pairs):
    low, high = np.array(pairs, np.uint32).reshape(-1, 2).T
    return np.ascontiguousarray(low), np.ascontiguousarray(high)


def test_a_triangle_with_a_pendant_and_an_isolate_by_hand():
    """0-1-2 all tied, 3 tied to 0, 4 tied to nobody: local clustering 1/3, 1, 1, 0, 0; degrees 3, 2, 2, 1, 0."""
    low, high = ties((0, 1), (0, 2), (1, 2), (0, 3))
    found = measure.structure(5, low, high)
    assert measure.triangles(5, low, high).tolist() == [1, 1, 1, 0, 0]
    assert found.mean_degree == 8 / 5
    assert found.clustering == pytest.approx((1 / 3 + 2) / 5)
    assert found.giant_component == 4 / 5
    assert found.isolates == 1 / 5
    # Ends of ties: (3,2) (3,2) (2,2) (3,1), both ways: mean 18/8, variance 44/8 - mean^2, products 38/8.
    assert found.assortativity == pytest.approx((38 / 8 - (18 / 8) ** 2) / (44 / 8 - (18 / 8) ** 2))
    # 0 to 1, 2, 3 in one step; 1 to 0, 2 in one and 3 in two steps, ...
    assert measure.mean_distance(5, low, high, np.arange(5)) == pytest.approx((3 + 4 + 4 + 5) / 12)


def test_a_path_of_four_by_hand():
    """Values 0, 1, 1, 0 along a path: ties join 0-1, 1-1, 1-0, so the correlation over both ways is -1/2."""
    low, high = ties((0, 1), (1, 2), (2, 3))
    assert measure.numeric_assortativity(4, low, high, np.array([0, 1, 1, 0])) == pytest.approx(-1 / 2)
    assert measure.numeric_assortativity(4, low, high, np.array([0, 1, np.nan, 5])) == pytest.approx(-1)
    assert measure.degree_assortativity(4, low, high) == pytest.approx(-1 / 2)


def test_undefined_measures_are_nan():
    low, high = ties((0, 1), (1, 2), (0, 2))
    assert np.isnan(measure.degree_assortativity(3, low, high))
    assert np.isnan(measure.numeric_assortativity(3, low, high, np.ones(3)))
    none = np.empty(0, np.uint32)
    assert np.isnan(measure.numeric_assortativity(3, none, none, np.arange(3)))
    assert np.isnan(measure.mean_distance(3, none, none, np.arange(3)))
    empty = measure.structure(3, none, none)
    assert empty[:4] == (0, 0, 1 / 3, 1)
    assert np.isnan(empty.assortativity)


def test_measures_do_not_depend_on_how_ties_are_stored():
    graph = generate(DEFAULT, 1_000, 6)
    order = np.argsort(graph.low * np.uint32(2654435761) ^ graph.high, kind="stable")
    turned = order % 2 == 0
    low, high = graph.low[order], graph.high[order]
    low, high = np.where(turned, high, low), np.where(turned, low, high)
    value = np.sqrt(np.arange(1_000.0))
    assert measure.structure(1_000, low, high) == measure.structure(graph.citizens, graph.low, graph.high)
    expected = measure.numeric_assortativity(graph.citizens, graph.low, graph.high, value)
    assert measure.numeric_assortativity(1_000, low, high, value) == expected


def test_neighbours_by_citizen():
    start, neighbour = measure.adjacency(4, *ties((0, 1), (0, 2), (1, 2)))
    rows = [sorted(neighbour[start[i] : start[i + 1]].tolist()) for i in range(4)]
    assert rows == [[1, 2], [0, 2], [0, 1], []]
