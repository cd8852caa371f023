"""Phase 1. Each citizen, as truster, meets one partner: a stranger, or one of its ties. Being met is not limited."""

import numpy as np

from agents.chance import Purpose, actor_key, draw, pair_key, stream
from agents.compiling import loop, part
from agents.searching import STRANGER_ATTEMPTS
from model.lanes import citizens_of
from model.network.ties import are_tied, ends_of
from model.perception import is_removed

#: A draw never reaches it (with probability 1 - 2**-64).
HIGHEST = np.uint64(2**64 - 1)


@part
def luckiest_slot(world, key, i):
    """Return the slot of the tie with the smallest draw of i in that stream, or -1: a uniform choice, whatever the storage."""
    chosen, best, own_key = np.int64(-1), HIGHEST, actor_key(key, i)
    for slot in ends_of(world, i):
        luck = pair_key(own_key, world.slots.neighbour[slot], 0)
        if luck < best:
            chosen, best = np.int64(slot), luck
    return chosen


@part
def travel_banned(world, i, now):
    """Return whether any running scheme keeps i among its ties this tick."""
    for s in range(world.status.size):
        if world.status[s].running and now < world.standing.banned_until[s, i]:
            return True
    return False


@part
def freedom_to_meet(world, i):
    """Return the probability that residence registration lets i meet a citizen of another region."""
    freedom = 1.0
    for s in range(world.status.size):
        if world.schemes[s].residence > 0.0 and world.status[s].running and world.standing.enrolled[s, i]:
            freedom *= 1.0 - world.schemes[s].residence
    return freedom


@part
def find_somebody(world, now, seek, mix, i, strangers_only):
    """Return a uniformly drawn citizen in circulation (regions mix by `region.mixing`), or -1. Keys: of the two streams."""
    n, mixing = world.rows.size, world.rules[0].region.mixing * freedom_to_meet(world, i)
    for attempt in range(STRANGER_ATTEMPTS):
        j = int(draw(seek, i, 0, attempt) * n)
        if j == i or (world.citizens.region[j] != world.citizens.region[i] and draw(mix, i, j, attempt) >= mixing):
            continue
        if not is_removed(world, j, now) and not (strangers_only and are_tied(world, i, j)):
            return j
    return -1


@loop
def encounter(world, now, lane):
    """Fill week.partner and week.slot of a lane's citizens."""
    week, share = world.week, world.rules[0].exchange.stranger_share
    whether, whom = stream(world.seed, now, Purpose.ENCOUNTER), stream(world.seed, now, Purpose.PARTNER)
    seek, mix = stream(world.seed, now, Purpose.STRANGER), stream(world.seed, now, Purpose.MIXING)
    for i in citizens_of(world, lane):
        week.partner[i], week.slot[i] = -1, -1
        if is_removed(world, i, now):
            continue
        if draw(whether, i) < share and not travel_banned(world, i, now):
            week.partner[i] = find_somebody(world, now, seek, mix, i, True)
            continue
        slot = luckiest_slot(world, whom, i)
        if slot >= 0 and not is_removed(world, np.int64(world.slots.neighbour[slot]), now):
            week.partner[i], week.slot[i] = world.slots.neighbour[slot], slot


def encounter_by_citizens(society, now):
    """The same, each citizen choosing for itself."""
    week = society.world.week
    for citizen in society.citizens:
        partner, slot = citizen.meets(now) if not citizen.is_removed(now) else (-1, -1)
        if partner >= 0 and society.is_removed(partner, now):
            partner, slot = -1, -1
        week.partner[citizen.index], week.slot[citizen.index] = partner, slot
