"""The parameters of the starting graph, each declared once."""

from dataclasses import dataclass

from model.parameters import parameter

#: Observed networks that networkx carries, with their number of people: topology -> citizens.
NAMED_NETWORKS = {"karate": 34, "les_miserables": 77, "florentine_families": 15, "davis_southern_women": 18}

#: Random graphs, of any size: ours first, then networkx's.
RANDOM_GRAPHS = ("communities", "watts_strogatz", "barabasi_albert", "holme_kim", "erdos_renyi")


@dataclass(frozen=True)
class NetworkParameters:
    """What the starting graph is made of. The group parameters apply to the topology `communities` only."""

    topology: str = parameter(
        "communities",
        choices=(*RANDOM_GRAPHS, *NAMED_NETWORKS),
        unit="name",
        meaning="how the starting graph is made: kin, work and chat groups with acquaintances (communities), a random graph of "
        "networkx, or an observed network of networkx, which also sets the number of citizens",
        source="groups: Newman 2003 (Phys. Rev. E 68, 026121), Kolda et al. 2014 (SIAM J. Sci. Comput. 36, C424); "
        "others: Watts & Strogatz 1998, Barabasi & Albert 1999, Holme & Kim 2002, Erdos & Renyi 1959, Zachary 1977, Knuth 1993, "
        "Padgett & Ansell 1993, Davis et al. 1941",
    )
    file: str = parameter(
        "",
        unit="path",
        meaning="file of a network of your own (SNAP, CSV, GraphML, METIS), used instead of a topology; empty for none",
        source="assumption: no file",
    )
    mean_degree: float = parameter(
        20.0,
        low=1,
        high=1000,
        unit="ties per citizen",
        meaning="mean number of ties of a citizen at the start",
        source="assumption, small for speed; Facebook in New Orleans has 25.6 (Viswanath et al. 2009), "
        "WeChat users of 15-29 years have 128 (WeChat data report, Tencent)",
    )
    degree_spread: float = parameter(
        0.8,
        low=0,
        high=3,
        unit="standard deviation / mean",
        meaning="coefficient of variation of the number of ties; it cannot fall below what kin and work ties alone give",
        source="McCormick, Salganik & Zheng 2010 (JASA 105, 59): people know 611 others on average, 472 in the median, "
        "which for a lognormal law is 0.82; Facebook's mean 190 and median 99 give 1.6 (Ugander et al. 2011)",
    )
    cap: int = parameter(
        5000,
        low=10,
        high=1_000_000,
        unit="ties",
        meaning="largest number of ties a citizen can have at the start",
        source="WeChat's and Facebook's limit of 5,000 friends (WeChat until 2020)",
    )
    kin_size: int = parameter(
        4,
        low=2,
        high=12,
        unit="citizens",
        meaning="mean size of a kin group, whose members are all tied to each other; sizes are uniform from 2 to twice the mean less 2",
        source="assumption: the household of 3.10 persons (China's census of 2010) and a near relative",
    )
    work_share: float = parameter(
        0.57,
        low=0,
        high=1,
        unit="share of citizens",
        meaning="probability that a citizen belongs to a work unit",
        source="764.2 million at work among 1,347 million in China at the end of 2011 (National Bureau of Statistics, 2012)",
    )
    work_size: int = parameter(
        8,
        low=2,
        high=100,
        unit="citizens",
        meaning="mean size of a work unit; sizes are uniform from 2 to twice the mean less 2",
        source="assumption: the team one works in, not the whole employer",
    )
    chat_share: float = parameter(
        0.5,
        low=0,
        high=1,
        unit="share of ties",
        meaning="share of a citizen's ties beyond kin and work that are made within chat groups; the rest are made by chance",
        source="assumption, set so that clustering is about .14 at degree 100 (Facebook: Ugander et al. 2011)",
    )
    chat_groups: int = parameter(
        1,
        low=1,
        high=20,
        unit="groups",
        meaning="number of chat groups a citizen belongs to",
        source="assumption, set with chat_share",
    )
    group_density: float = parameter(
        0.9,
        low=0.05,
        high=1,
        unit="probability",
        meaning="share of the pairs within a work unit or a chat group that are tied",
        source="assumption, set with chat_share",
    )
    chat_mixing: float = parameter(
        0.33,
        low=0,
        high=1,
        unit="weight",
        meaning="weight of chance, against likeness in number of ties, in who meets in a chat group: "
        "0 puts equally sociable people together, 1 puts anyone together",
        source="assumption, set so that degree assortativity lies within .06-.23 (Facebook: Ugander et al. 2011 report .226)",
    )
    rewiring: float = parameter(
        0.1,
        low=0,
        high=1,
        unit="probability",
        meaning="probability that a tie of the ring is rewired (watts_strogatz only)",
        source="Watts & Strogatz 1998: within the small-world range",
    )
    triangle_probability: float = parameter(
        0.5,
        low=0,
        high=1,
        unit="probability",
        meaning="probability that a new tie closes a triangle (holme_kim only)",
        source="assumption",
    )
