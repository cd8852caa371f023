"""Edits made: ties and offices changed by hand at the start of a tick. What is so already stays as it is."""

from agents.tie_kinds import ACQUAINTANCE
from model.edits import CUT, TIE
from model.network.ties import add_tie, cut_tie, slot_of, with_room
from model.population import World, exempt_by_lot


def edited(world: World, name: str, i: int, j: int) -> World:
    """Make one checked edit and return the world: another one where a new tie needs room that there was not.

    Neither counts among the ties that citizens cut or make, since none of them decided it. A tie between spouses that is cut parts them.
    """
    if name == CUT:
        cut_tie(world, i, j)
    elif name == TIE:
        if slot_of(world, i, j) < 0:
            world = with_room(world, i, j)
            add_tie(world, i, j, ACQUAINTANCE)
    else:
        world.citizens.official[i] = j
        officials = int(world.citizens.official.sum())
        world.citizens.exempt_by_lot[:] = exempt_by_lot(world.seed, world.rows.size, officials)
    return world
