"""Starting graphs: our default topology, networkx's random graphs and the observed networks that networkx carries."""

from itertools import chain

import numpy as np

from agents.chance import draw
from model.network.communities import GraphPurpose, communities, key_of
from model.network.graph import Graph, NetworkError, simple_graph
from model.network.parameters import NAMED_NETWORKS, RANDOM_GRAPHS, NetworkParameters
from model.parameters import nearest

__all__ = ["GraphPurpose", "generate", "population_of"]

#: How far a topology that allows certain mean degrees only may stay from the one asked for.
TOLERANCE = 0.05


def population_of(parameters: NetworkParameters) -> int | None:
    """Return the number of citizens an observed network fixes, or None for a random graph, which takes any number."""
    return NAMED_NETWORKS.get(parameters.topology)


def generate(parameters: NetworkParameters, citizens: int | None, seed: int) -> Graph:
    """Return the starting graph of a society; the same arguments give the same graph on every machine.

    citizens: how many; may be None for an observed network, which fixes it. A network file is read by `model.network.load`.
    Raises NetworkError, in one sentence, for what cannot be generated.
    """
    topology, fixed = parameters.topology, population_of(parameters)
    if parameters.file:
        raise NetworkError(f"network.file = {parameters.file!r} is read, not generated: expected '' for a generated graph")
    known = (*RANDOM_GRAPHS, *NAMED_NETWORKS)
    if topology not in known:
        allowed = ", ".join(known) + nearest(topology, known)
        raise NetworkError(f"network.topology = {topology!r} is not allowed: expected one of {allowed}")
    if fixed is not None:
        if citizens not in (None, fixed):
            raise NetworkError(f"citizens = {citizens} is not allowed with network.topology = {topology!r}: it has {fixed}")
        return _within_cap(parameters, _observed(topology, fixed))
    if citizens is None or citizens < 3:
        raise NetworkError(f"citizens = {citizens} is not allowed with network.topology = {topology!r}: at least 3 are needed")
    if not 0 < parameters.mean_degree <= citizens - 1:
        raise NetworkError(
            f"network.mean_degree = {parameters.mean_degree:g} is not allowed with {citizens} citizens: at most {citizens - 1}"
        )
    if topology == "communities":
        _check_communities(parameters, citizens)
        return communities(parameters, citizens, seed)
    return _within_cap(parameters, _random(parameters, citizens, seed))


def _check_communities(parameters: NetworkParameters, citizens: int) -> None:
    """Refuse group sizes, mean degree and cap that contradict each other."""
    p = parameters
    sizes = np.arange(2, 2 * p.kin_size - 1)
    least = min((sizes * (sizes - 1)).sum() / sizes.sum() + 1, citizens - 1)  # kin ties each, and one to somebody else
    if p.mean_degree < least:
        raise NetworkError(
            f"network.mean_degree = {p.mean_degree:g} is not allowed with network.kin_size = {p.kin_size}: at least {least:.3g}"
        )
    room = max(2 * p.mean_degree, 2 * p.kin_size - 2)  # so that there is always somebody who can take another tie
    if p.cap < room and p.cap < citizens - 1:
        raise NetworkError(
            f"network.cap = {p.cap} is not allowed with network.mean_degree = {p.mean_degree:g} "
            f"and network.kin_size = {p.kin_size}: at least {room:g}"
        )


def _within_cap(parameters: NetworkParameters, graph: Graph) -> Graph:
    """Return the graph, or refuse it if a citizen has more ties than the cap."""
    most = int(graph.degrees().max())
    if most > parameters.cap:
        raise NetworkError(
            f"network.cap = {parameters.cap} is not allowed with network.topology = {parameters.topology!r}: "
            f"at least {most}, the ties of its most connected citizen"
        )
    return graph


def _achieved(parameters: NetworkParameters, mean_degree: float) -> None:
    """Refuse a mean degree that the topology cannot come near."""
    wanted = parameters.mean_degree
    if abs(mean_degree - wanted) > TOLERANCE * wanted:
        raise NetworkError(
            f"network.mean_degree = {wanted:g} is not allowed with network.topology = {parameters.topology!r}: "
            f"the nearest possible is {mean_degree:.4g}"
        )


def _attachments(parameters: NetworkParameters, citizens: int) -> int:
    """Return how many ties a newcomer makes in preferential attachment, which gives `made` x (citizens - made) ties in all."""
    made = np.arange(1, citizens // 2 + 1)
    mean = 2 * made * (citizens - made) / citizens
    best = int(np.argmin(np.abs(mean - parameters.mean_degree)))
    _achieved(parameters, float(mean[best]))
    return int(made[best])


def _random(parameters: NetworkParameters, citizens: int, seed: int) -> Graph:
    """Return one of networkx's random graphs, all ties of kind ACQUAINTANCE."""
    import networkx  # half a second: imported only where it is needed

    p, topology = parameters, parameters.topology
    # networkx feeds this seed to Python's own Mersenne Twister, whose results are the same on every machine.
    luck = int(draw(key_of(seed, GraphPurpose.LIBRARY), 0) * 2.0**53)
    if topology == "watts_strogatz":
        neighbours = 2 * max(round(p.mean_degree / 2), 1)
        _achieved(p, neighbours if neighbours < citizens else neighbours - 2)
        graph = networkx.watts_strogatz_graph(citizens, neighbours, p.rewiring, seed=luck)
    elif topology == "barabasi_albert":
        graph = networkx.barabasi_albert_graph(citizens, _attachments(p, citizens), seed=luck)
    elif topology == "holme_kim":
        graph = networkx.powerlaw_cluster_graph(citizens, _attachments(p, citizens), p.triangle_probability, seed=luck)
    else:
        graph = networkx.gnm_random_graph(citizens, int(citizens * p.mean_degree / 2 + 0.5), seed=luck)
    return _from_networkx(graph, range(citizens))


def _observed(topology: str, citizens: int) -> Graph:
    """Return an observed network, its vertices in networkx's order, labelled with their names there."""
    import networkx

    if topology == "karate":
        graph = networkx.karate_club_graph()
    elif topology == "les_miserables":
        graph = networkx.les_miserables_graph()
    elif topology == "florentine_families":
        graph = networkx.florentine_families_graph()
    else:
        attended = networkx.davis_southern_women_graph()  # women and events: the women are tied who met at an event
        graph = networkx.bipartite.projected_graph(attended, attended.graph["top"])
        women = list(attended.graph["top"])
        return _from_networkx(graph, women, tuple(women))
    vertices = list(graph.nodes)
    assert len(vertices) == citizens
    return _from_networkx(graph, vertices, tuple(str(vertex) for vertex in vertices))


def _from_networkx(graph, vertices, labels: tuple[str, ...] = ()) -> Graph:
    """Return a networkx graph as a Graph whose vertices are in the order of `vertices`."""
    number = {vertex: place for place, vertex in enumerate(vertices)}
    ends = np.fromiter((number[end] for end in chain.from_iterable(graph.edges())), np.int64, 2 * graph.number_of_edges())
    return simple_graph(len(number), ends[0::2], ends[1::2], labels=labels)
