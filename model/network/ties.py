"""The only door through which a tie changes. Ties are undirected: every function keeps both ends in step."""

from typing import Any

import numpy as np

from agents.befriending import SINGLE
from agents.compiling import shared_loop, shared_part
from agents.tie_kinds import KIN
from model.network.graph import Graph
from model.population import ROW, Slots, World, records, zeros

#: A citizen short of ties may make one, accept one and find a partner in the same week: this much room above its target is enough.
SLACK = 2


def of_ties(graph: Graph, sociability: np.ndarray) -> dict[str, Any]:
    """Lay a graph out as rows with slack, without evidence, every tie a member of the panel of initial ties."""
    rows, slots = _empty(np.maximum(graph.degrees(), sociability) + SLACK)
    _lay(rows, slots, graph.low, graph.high, graph.kind)
    return {"rows": rows, "slots": slots}


def _empty(room: np.ndarray) -> tuple[np.recarray, Slots]:
    rows = records(room.size, ROW)
    rows.room = room
    rows.start[1:] = np.cumsum(room[:-1])
    return rows, zeros(Slots, int(room.sum()))._replace(owner=np.repeat(np.arange(room.size, dtype=np.uint32), room))


@shared_loop
def _lay(rows, slots, low, high, kind):
    for t in range(low.size):
        _append(rows, slots, np.int64(low[t]), np.int64(high[t]), kind[t], 1)
        _append(rows, slots, np.int64(high[t]), np.int64(low[t]), kind[t], 1)


@shared_part
def _append(rows, slots, i, j, kind, panel):
    slot = rows[i].start + rows[i].degree
    slots.neighbour[slot] = j
    slots.honoured[slot], slots.betrayed[slot] = 0.0, 0.0
    slots.kind[slot], slots.panel[slot] = kind, panel
    slots.exposed[slot], slots.fate[slot] = 0, 0
    rows[i].degree += 1


@shared_part
def ends_of(world, i):
    """Return the range of the slots of i's ties. It is unsigned: the check for negative indices would double the time of a sweep."""
    first = np.uint64(world.rows[i].start)
    return range(first, first + np.uint64(world.rows[i].degree))


@shared_part
def slot_of(world, i, j):
    """Return the slot in which citizen i keeps its tie to j, or -1 if they are not tied."""
    for slot in ends_of(world, i):
        if world.slots.neighbour[slot] == j:
            return np.int64(slot)
    return -1


@shared_part
def are_tied(world, i, j):
    """Return whether i and j are tied (looks through the shorter row)."""
    if world.rows[i].degree <= world.rows[j].degree:
        return slot_of(world, i, j) >= 0
    return slot_of(world, j, i) >= 0


@shared_part
def were_cut_now(world, i, j):
    """Return whether the tie of i and j was cut in this tick: its dead slot lies right behind the living ones until a tie is added."""
    behind = world.rows[i].start + world.rows[i].degree
    for slot in range(behind, behind + world.week.shed[i]):
        if world.slots.neighbour[slot] == j:
            return True
    return False


@shared_part
def add_tie(world, i, j, kind):
    """Make a tie without evidence; True if it was made, False if it exists, is a self-tie, or a row has no room left."""
    rows = world.rows
    if i == j or are_tied(world, i, j) or rows[i].degree >= rows[i].room or rows[j].degree >= rows[j].room:
        return False
    _append(rows, world.slots, i, j, kind, 0)
    _append(rows, world.slots, j, i, kind, 0)
    return True


@shared_part
def cut_tie(world, i, j):
    """Cut the tie of i and j at both ends; True if there was one. Counts the cut in week.shed, and lost initial ties.

    The fate that i's end has is kept at both: see `cut_this_week`.
    """
    here = slot_of(world, i, j)
    if here < 0:
        return False
    if world.slots.panel[here] and world.slots.kind[here] == KIN:
        world.citizens.panel_lost_kin[i] += 1
        world.citizens.panel_lost_kin[j] += 1
    elif world.slots.panel[here]:
        world.citizens.panel_lost[i] += 1
        world.citizens.panel_lost[j] += 1
    if world.citizens.spouse[i] == j:
        world.citizens.spouse[i], world.citizens.spouse[j] = SINGLE, SINGLE
    there = slot_of(world, j, i)
    world.slots.fate[there] = world.slots.fate[here]
    _bury(world, i, here)
    _bury(world, j, there)
    return True


@shared_part
def make_couple(world, i, j):
    """Make i and j a couple, and their tie, new or old, one of kin; True if the tie is new."""
    is_new, citizens, kind = add_tie(world, i, j, KIN), world.citizens, world.slots.kind
    kind[slot_of(world, i, j)], kind[slot_of(world, j, i)] = KIN, KIN
    citizens.spouse[i], citizens.spouse[j] = j, i
    return is_new


@shared_part
def _bury(world, i, slot):
    """Move a slot behind the living ones of the row (its place is taken by the last of them) and shorten the row by one."""
    slots, last = world.slots, world.rows[i].start + world.rows[i].degree - 1
    dead, fate = slots.neighbour[slot], slots.fate[slot]
    slots.neighbour[slot] = slots.neighbour[last]
    slots.honoured[slot], slots.betrayed[slot] = slots.honoured[last], slots.betrayed[last]
    slots.kind[slot], slots.panel[slot] = slots.kind[last], slots.panel[last]
    slots.exposed[slot], slots.fate[slot] = slots.exposed[last], slots.fate[last]
    slots.neighbour[last], slots.fate[last] = dead, fate
    world.rows[i].degree -= 1
    world.week.shed[i] += 1


def with_room(world: World, i: int, j: int) -> World:
    """Return the world with room for a tie of i and j, and behind it as much as at birth, so that no later tie lacks it.

    The same world if there is room enough; else one with other rows and slots, in which all ties are as they were. A parameter that
    is sized by the number of slots (see model.rules) has to be read anew.
    """
    rows, room = world.rows, world.rows.room.copy()
    for end in (i, j):
        room[end] = max(room[end], max(rows.degree[end] + 1, world.citizens.sociability[end]) + SLACK)
    if (room == rows.room).all():
        return world
    (old, owner), (wider, slots) = living_slots(world), _empty(room)
    wider.degree = rows.degree
    new = wider.start[owner] + old - rows.start[owner]
    for name in Slots._fields:
        getattr(slots, name)[new] = getattr(world.slots, name)[old]
    return world._replace(rows=wider, slots=slots)


def neighbours(world: World, i: int) -> np.ndarray:
    """Return the citizens tied to i (uint32, in no meaningful order)."""
    start = int(world.rows.start[i])
    return world.slots.neighbour[start : start + int(world.rows.degree[i])]


def living_slots(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Return (slots, owner): every living slot, row by row, and the citizen that owns it (int64)."""
    degree = world.rows.degree.astype(np.int64)
    owner = np.repeat(np.arange(degree.size), degree)
    ends = np.cumsum(degree)
    within = np.arange(int(ends[-1])) - np.repeat(ends - degree, degree)
    return world.rows.start[owner] + within, owner


def cut_this_week(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (low, high, cause) of the ties that phase `unfriending` cut in this tick, sorted by (low, high).

    low, high: uint32. cause: uint8, one of agents.befriending's DISTRUST, SCORE, INFORMER, or LOT of model.phases.unfriending. They
    lie right behind the living slots only until a tie is added: to be read after that phase and before `befriending`.
    """
    shed = world.week.shed.astype(np.int64)
    owner = np.repeat(np.arange(shed.size), shed)
    behind = np.arange(owner.size) - np.repeat(np.cumsum(shed) - shed, shed)
    slots = world.rows.start[owner] + world.rows.degree[owner] + behind
    other = world.slots.neighbour[slots]
    lower = owner < other
    order = np.lexsort((other[lower], owner[lower]))
    low, high, fate = owner[lower][order], other[lower][order], world.slots.fate[slots][lower][order]
    return low.astype(np.uint32), high, (fate - 1).astype(np.uint8)


def edge_list(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Return (low, high), uint32 arrays of all ties sorted by (low, high)."""
    slots, owner = living_slots(world)
    other = world.slots.neighbour[slots]
    lower = owner < other
    keys = owner[lower].astype(np.uint64) << np.uint64(32) | other[lower]
    keys.sort()  # ten times as fast as sorting by two columns
    return (keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32)
