"""Phase 3. Forget a little of everything; learn from this week's exchange; hear of betrayals. No exchange, no evidence."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part
from model.network.ties import ends_of, slot_of


@loop
def forget(world):
    """Apply a week's forgetting to all evidence, ties' and citizens' alike (eagerly, so that nothing depends on when it is read).

    Computed in float64, rounded once on store.
    """
    citizens, slots, standing, factor = world.citizens, world.slots, world.standing, world.rules[0].learning.forgetting
    for i in range(world.rows.size):
        for slot in ends_of(world, i):
            slots[slot].honoured = np.float64(slots[slot].honoured) * factor
            slots[slot].betrayed = np.float64(slots[slot].betrayed) * factor
        citizens[i].trust_honoured = np.float64(citizens[i].trust_honoured) * factor
        citizens[i].trust_betrayed = np.float64(citizens[i].trust_betrayed) * factor
        citizens[i].fair = np.float64(citizens[i].fair) * factor
        citizens[i].unfair = np.float64(citizens[i].unfair) * factor
        citizens[i].caught = np.float64(citizens[i].caught) * factor
        citizens[i].missed = np.float64(citizens[i].missed) * factor
        citizens[i].suspicion = np.float64(citizens[i].suspicion) * factor
    for s in range(standing.shape[0]):
        for i in range(standing.shape[1]):
            standing[s, i].caught = np.float64(standing[s, i].caught) * factor
            standing[s, i].missed = np.float64(standing[s, i].missed) * factor
            for grade in range(world.schemes[s].grades):
                for relation in range(2):
                    for outcome in range(2):
                        cell = s, i, grade, relation, outcome
                        world.band[cell] = np.float64(world.band[cell]) * factor


@part
def learn_from_exchange(world, i):
    """Count the outcome of i's exchange: for the tie, or for generalized trust with a stranger, and for the grades it saw."""
    citizens, slots, slot, honoured = world.citizens, world.slots, world.week[i].slot, world.week[i].honoured
    weight = 1.0 if slot < 0 else world.rules[0].learning.spillover
    if slot >= 0 and honoured:
        slots[slot].honoured = np.float64(slots[slot].honoured) + 1.0
    elif slot >= 0:
        slots[slot].betrayed = np.float64(slots[slot].betrayed) + 1.0
    if honoured:
        citizens[i].trust_honoured = np.float64(citizens[i].trust_honoured) + weight
    else:
        citizens[i].trust_betrayed = np.float64(citizens[i].trust_betrayed) + weight
    for s in range(world.schemes.size):
        grade = world.standing[s, i].seen_grade
        if grade >= 0:
            cell = s, i, grade, np.int64(slot >= 0), np.int64(1 - honoured)
            world.band[cell] = np.float64(world.band[cell]) + 1.0


@part
def gossip(world, key, i, j):
    """Let i tell some friends that j betrayed it; those tied to j take it as evidence about j."""
    learning = world.rules[0].learning
    for slot in ends_of(world, i):
        friend = np.int64(world.slots[slot].neighbour)
        if friend == j or draw(key, i, friend) >= learning.gossip_rate:
            continue
        about = slot_of(world, friend, j)
        if about >= 0:
            world.slots[about].betrayed = np.float64(world.slots[about].betrayed) + learning.gossip_weight


@loop
def learning(world, now):
    """Forget, then learn, then gossip. Several tellers add the same constant, so that their order cannot matter."""
    week = world.week
    key = stream(world.seed, now, Purpose.GOSSIP)
    forget(world)
    for i in range(week.size):
        if week[i].placed:
            learn_from_exchange(world, i)
    for i in range(week.size):
        if week[i].placed and not week[i].honoured:
            gossip(world, key, i, np.int64(week[i].partner))


def learning_by_citizens(society, now):
    """The same, citizen by citizen."""
    world, week = society.world, society.world.week
    factor = world.rules[0]["learning"]["forgetting"]
    living = society.living_slots()
    for table, names in ((world.slots, ("honoured", "betrayed")), (world.citizens, FORGOTTEN), (world.standing, FORGOTTEN[:2])):
        for name in names:
            rows = living if table is world.slots else ...
            table[name][rows] = table[name][rows].astype(np.float64) * factor
    world.band[...] = world.band.astype(np.float64) * factor
    placed = [citizen for citizen in society.citizens if week.placed[citizen.index]]
    for citizen in placed:
        citizen.learns_from_exchange()
    for citizen in placed:
        if not week.honoured[citizen.index]:
            betrayer = int(week.partner[citizen.index])
            for friend in citizen.tells(betrayer, now):
                society.citizens[friend].hears_of_betrayal_by(betrayer)


FORGOTTEN = ("caught", "missed", "trust_honoured", "trust_betrayed", "fair", "unfair", "suspicion")
