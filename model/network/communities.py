"""The default topology: people tied through the groups they belong to, and chance acquaintances beyond.

Four layers are laid over each other; a pair tied in one layer is not tied again in a later one:

1. kin: everyone is in one kin group, a clique;
2. work: a share of citizens is in one work unit, whose pairs are tied with probability `group_density`;
3. chat: everyone is in `chat_groups` chat groups, filled by people of similar sociability, as large as its members are sociable;
   within a group, pairs are tied in proportion to the sociability of both (Chung & Lu 2002), `group_density` on average;
4. acquaintances: the ties a citizen still lacks are stubs, joined at random (configuration model, Molloy & Reed 1995).

Sociability follows Gibrat's law of proportionate growth, a product of independent factors: close to lognormal, with a mean and
a variance known exactly, and made with multiplications alone, so that it has the same last digit on every machine. The groups
give clustering that falls with degree; likeness within chat groups gives degree assortativity (cf. BTER, Kolda et al. 2014).
"""

from enum import IntEnum

import numpy as np

from agents.chance import draw, mix, stream
from agents.compiling import allocating_loop
from model.network.graph import ACQUAINTANCE, KIN, WORK, Graph
from model.network.parameters import NetworkParameters

_U = np.uint64
_S2, _S32, _S34, _ID, _KIND = _U(2), _U(32), _U(34), _U(2**32 - 1), _U(3)

#: Number of factors in a citizen's sociability, a power of two: its root is taken by square roots.
FACTORS = 16

#: Members of the largest chat group (WeChat's limit).
CHAT_LIMIT = 500

#: Rounds in which stubs that met themselves or an existing tie are joined anew.
REJOININGS = 8


class GraphPurpose(IntEnum):
    """What a draw decides while the graph is made. Numbers 10-29 of all purposes; never reused."""

    KIN_SIZE = 10
    EMPLOYED = 11
    WORK_ORDER = 12
    WORK_SIZE = 13
    WORK_TIE = 14
    SOCIABILITY = 15
    CHAT_ORDER = 16
    CHAT_TIE = 17
    STUB = 18
    JOINING = 19
    FILLING = 20
    LIBRARY = 21


def key_of(seed: int, purpose: GraphPurpose) -> np.uint64:
    """Return the key of all draws of one purpose, made before the first tick."""
    return _U(stream(seed, -1, int(purpose)))


@allocating_loop
def _tie(book, one, other, kind, cap):
    """Tie two citizens unless they are the same, tied already, or at the cap; return whether a tie was made.

    book: (table, ties, degree, made): an open-addressing hash set of pairs, the packed ties, degrees, and the count of ties.
    """
    table, ties, degree, made = book
    if one == other or degree[one] >= cap or degree[other] >= cap:
        return False
    low, high = _U(min(one, other)), _U(max(one, other))
    pair = (low << _S32) | high
    mask = _U(table.size - 1)
    slot = mix(pair) & mask
    while table[slot] != _U(0):  # the pair (0, 0) cannot occur, so that 0 marks an empty slot
        if table[slot] == pair:
            return False
        slot = (slot + _U(1)) & mask
    table[slot] = pair
    ties[made[0]] = (low << _S34) | (high << _S2) | _U(kind)
    made[0] += 1
    degree[one] += 1
    degree[other] += 1
    return True


@allocating_loop
def _shuffle(items, key, index):
    """Put `items` in random order, in place (Fisher & Yates)."""
    for last in range(items.size - 1, 0, -1):
        chosen = int(draw(key, last, 0, index) * (last + 1))
        items[last], items[chosen] = items[chosen], items[last]


@allocating_loop
def _groups(members, mean, key):
    """Cut `members` places into consecutive groups; return the group of each place (int32).

    Sizes are uniform from 2 to 2 x mean - 2. A last single place joins the group before it.
    """
    group = np.empty(members, np.int32)
    start, number = 0, 0
    while start < members:
        end = start + 2 + int(draw(key, number) * (2 * mean - 3))
        if end >= members - 1:
            end = members
        group[start:end] = number
        start = end
        number += 1
    return group


@allocating_loop
def _tie_groups(book, order, group, kind, probability, key, budget, cap):
    """Tie the pairs within each group of consecutive places of `order` with a probability, up to `budget` ties in all."""
    start = 0
    while start < order.size:
        end = start
        while end < order.size and group[end] == group[start]:
            for place in range(start, end):
                one, other = min(order[place], order[end]), max(order[place], order[end])
                if (probability >= 1.0 or draw(key, one, other) < probability) and book[3][0] < budget:
                    _tie(book, one, other, kind, cap)
            end += 1
        start = end


@allocating_loop
def _sociability(degree, key, mean, spread, limit):
    """Return the number of ties each citizen wants beyond kin and work (float64), with the mean and near the spread asked for.

    degree: ties so far; mean, spread: mean and coefficient of variation wanted of all ties; limit: the largest degree possible.
    """
    citizens = degree.size
    total, square = 0, 0
    for citizen in range(citizens):
        total += degree[citizen]
        square += degree[citizen] * degree[citizen]
    made = total / citizens
    lacking = max(mean - made, 0.0)
    variance = max((spread * mean) * (spread * mean) - (square / citizens - made * made), 0.0)
    growth = 1.0 + (variance / (lacking * lacking) if lacking > 0.0 else 0.0)
    factors = FACTORS
    while factors > 1:
        growth = np.sqrt(growth)
        factors //= 2
    step = min(np.sqrt(3.0 * (growth - 1.0)), 1.0)  # a factor is uniform from 1 - step to 1 + step: variance step^2 / 3
    wanted = np.empty(citizens)
    summed = 0.0
    for citizen in range(citizens):
        size = 1.0
        for factor in range(FACTORS):
            size *= 1.0 + step * (2.0 * draw(key, citizen, 0, factor) - 1.0)
        wanted[citizen] = size
        summed += size
    for citizen in range(citizens):
        wanted[citizen] = min(wanted[citizen] * (lacking * citizens / summed), limit - degree[citizen])
    return wanted


@allocating_loop
def _tie_chat(book, order, wanted, density, key, index, budget, cap):
    """Cut `order` (most sociable first) into chat groups and tie their members.

    wanted: ties each citizen wants to make in this group. A group closes when its members' wishes fill `density` of its pairs.
    """
    start = 0
    while start < order.size:
        size, wish = 0, 0.0
        while start + size < order.size and size < CHAT_LIMIT and (size < 2 or density * size * (size - 1) < wish):
            wish += wanted[order[start + size]]
            size += 1
        end = start + size
        scale = wish * (1.0 - 1.0 / size)  # the chance of a pair, wanted x wanted / scale, leaves out the pair of one with itself
        for place in range(start, end):
            for before in range(start, place):
                one, other = min(order[place], order[before]), max(order[place], order[before])
                if draw(key, one, other, index) * scale < wanted[one] * wanted[other] and book[3][0] < budget:
                    _tie(book, one, other, ACQUAINTANCE, cap)
        start = end


@allocating_loop
def _stubs(book, wanted, base, key, budget):
    """Return the citizens once for each acquaintance they still lack (uint32), about 2 x (budget - ties made) in all."""
    degree, made = book[2], book[3][0]
    lacking = 0.0
    for citizen in range(degree.size):
        lacking += max(wanted[citizen] - (degree[citizen] - base[citizen]), 0.0)
    scale = 2.0 * (budget - made) / lacking if lacking > 0.0 else 0.0
    count = np.empty(degree.size, np.int64)
    for citizen in range(degree.size):
        share = scale * max(wanted[citizen] - (degree[citizen] - base[citizen]), 0.0)
        count[citizen] = int(share + draw(key, citizen))  # rounded up with the probability of its fraction
    stubs = np.empty(count.sum(), np.uint32)
    start = 0
    for citizen in range(degree.size):
        stubs[start : start + count[citizen]] = citizen
        start += count[citizen]
    return stubs


@allocating_loop
def _join(book, stubs, joining, filling, budget, cap):
    """Join stubs in random pairs until `budget` ties are made, and fill up with random pairs what cannot be joined."""
    for index in range(REJOININGS):
        _shuffle(stubs, joining, index)
        left = 0
        for place in range(0, stubs.size - 1, 2):
            if book[3][0] < budget and not _tie(book, np.int64(stubs[place]), np.int64(stubs[place + 1]), ACQUAINTANCE, cap):
                stubs[left], stubs[left + 1] = stubs[place], stubs[place + 1]
                left += 2
        stubs = stubs[:left]
    attempt, citizens = 0, book[2].size
    while book[3][0] < budget:
        other = int(draw(filling, attempt, 0) * citizens)
        # First those who lack ties choose; if that does not do, anyone.
        one = np.int64(stubs[attempt % stubs.size]) if attempt < 8 * stubs.size else int(draw(filling, attempt, 1) * citizens)
        _tie(book, one, other, ACQUAINTANCE, cap)
        attempt += 1


def communities(parameters: NetworkParameters, citizens: int, seed: int) -> Graph:
    """Return a graph of kin cliques, work units, chat groups and acquaintances (see the module's description)."""
    p, cap = parameters, parameters.cap
    everyone = np.arange(citizens)
    kin_group = _groups(citizens, p.kin_size, key_of(seed, GraphPurpose.KIN_SIZE))
    kin_ties = int(_pairs(kin_group))
    # Groups are whole: where a few citizens' kin cliques exceed the mean degree, they stand.
    budget = max(int(citizens * p.mean_degree / 2 + 0.5), kin_ties)
    slots = 1 << int(1.5 * budget + 1).bit_length()
    book = (np.zeros(slots, np.uint64), np.empty(budget, np.uint64), np.zeros(citizens, np.int64), np.zeros(1, np.int64))
    no_key = _U(0)
    _tie_groups(book, everyone, kin_group, KIN, 1.0, no_key, budget, cap)

    workers = everyone[_draws(key_of(seed, GraphPurpose.EMPLOYED), citizens, 0) < p.work_share]
    _shuffle(workers, key_of(seed, GraphPurpose.WORK_ORDER), 0)
    unit = _groups(workers.size, p.work_size, key_of(seed, GraphPurpose.WORK_SIZE))
    work_unit = np.full(citizens, -1, np.int32)
    work_unit[workers] = unit
    # Work takes at most half of the ties that kin leave.
    possible = max(int(_pairs(unit)), 1)
    density = min(p.group_density, (budget - kin_ties) / (2 * possible))
    _tie_groups(book, workers, unit, WORK, density, key_of(seed, GraphPurpose.WORK_TIE), budget, cap)

    base = book[2].copy()
    limit = min(cap, citizens - 1)
    wanted = _sociability(base, key_of(seed, GraphPurpose.SOCIABILITY), 2 * budget / citizens, p.degree_spread, limit)
    likeness = np.empty(citizens)  # by the root of the rank: the most sociable, who are few, are told apart more finely
    likeness[np.argsort(-wanted, kind="stable")] = np.sqrt(everyone / citizens)
    in_a_group = wanted * (p.chat_share / p.chat_groups)
    for index in range(p.chat_groups):
        luck = _draws(key_of(seed, GraphPurpose.CHAT_ORDER), citizens, index)
        order = np.argsort((1.0 - p.chat_mixing) * likeness + p.chat_mixing * luck, kind="stable")
        _tie_chat(book, order, in_a_group, p.group_density, key_of(seed, GraphPurpose.CHAT_TIE), index, budget, cap)
    stubs = _stubs(book, wanted, base, key_of(seed, GraphPurpose.STUB), budget)
    _join(book, stubs, key_of(seed, GraphPurpose.JOINING), key_of(seed, GraphPurpose.FILLING), budget, cap)

    ties = np.sort(book[1])
    return Graph(
        citizens=citizens,
        low=(ties >> _S34).astype(np.uint32),
        high=((ties >> _S2) & _ID).astype(np.uint32),
        kind=(ties & _KIND).astype(np.uint8),
        kin_group=kin_group,
        work_unit=work_unit,
    )


@allocating_loop
def _draws(key, citizens, index):
    """Return one uniform draw for each citizen (float64)."""
    drawn = np.empty(citizens)
    for citizen in range(citizens):
        drawn[citizen] = draw(key, citizen, 0, index)
    return drawn


def _pairs(group: np.ndarray) -> int:
    """Return the number of pairs within the same group."""
    size = np.bincount(group) if group.size else np.zeros(1, np.int64)
    return int((size * (size - 1) // 2).sum())
