"""Phase 3. Forget a little of everything; learn from this week's exchange; hear of betrayals. No exchange, no evidence."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, variable
from agents.events import Event
from model.lanes import citizens_of, is_in_lane, slots_of
from model.network.ties import ends_of, slot_of
from model.phases.dealing import learn_by_citizens
from model.population import ANY_GRADE

_RATED_UP, _RATED_DOWN = variable(Event.RATED_UP), variable(Event.RATED_DOWN)


@part
def fade(evidence, factor):
    """Multiply an array of evidence, of any shape, by a factor: computed in float64, rounded once on store."""
    flat = evidence.reshape(evidence.size)  # one long loop of independent steps: several at a time
    for k in range(np.uint64(flat.size)):
        flat[k] = np.float64(flat[k]) * factor


@loop
def forget(world, lane):
    """Apply a week's forgetting to all evidence, ties' and citizens' alike (eagerly, so that nothing depends on when it is read)."""
    citizens, standing, factor = world.citizens, world.standing, world.rules[0].learning.forgetting
    first, last = world.lanes[lane], world.lanes[lane + 1]
    slots = slots_of(world, lane)
    fade(world.slots.honoured[slots.start : slots.stop], factor)
    fade(world.slots.betrayed[slots.start : slots.stop], factor)
    for s in range(world.schemes.size):
        fade(world.band[s, first:last], factor)
    for i in citizens_of(world, lane):
        citizens.trust_honoured[i] = np.float64(citizens.trust_honoured[i]) * factor
        citizens.trust_betrayed[i] = np.float64(citizens.trust_betrayed[i]) * factor
        citizens.fair[i] = np.float64(citizens.fair[i]) * factor
        citizens.unfair[i] = np.float64(citizens.unfair[i]) * factor
        citizens.caught[i] = np.float64(citizens.caught[i]) * factor
        citizens.missed[i] = np.float64(citizens.missed[i]) * factor
        citizens.suspicion[i] = np.float64(citizens.suspicion[i]) * factor
    fade(citizens.blamed[first:last], factor)
    fade(citizens.thanked[first:last], factor)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane):
            standing.caught[s, i] = np.float64(standing.caught[s, i]) * factor
            standing.missed[s, i] = np.float64(standing.missed[s, i]) * factor


@part
def learn_from_exchange(world, i):
    """Count the outcome of i's exchange: for the tie, or for generalized trust with a stranger, and for the grades it saw."""
    citizens, slots, slot, honoured = world.citizens, world.slots, world.week.slot[i], world.week.honoured[i]
    weight = 1.0 if slot < 0 else world.rules[0].learning.spillover
    if slot >= 0 and honoured:
        slots.honoured[slot] = np.float64(slots.honoured[slot]) + 1.0
    elif slot >= 0:
        slots.betrayed[slot] = np.float64(slots.betrayed[slot]) + 1.0
    if honoured:
        citizens.trust_honoured[i] = np.float64(citizens.trust_honoured[i]) + weight
    else:
        citizens.trust_betrayed[i] = np.float64(citizens.trust_betrayed[i]) + weight
    for s in range(world.schemes.size):
        grade = world.standing.seen_grade[s, i]
        if grade >= 0:
            relation, outcome = np.int64(slot >= 0), np.int64(1 - honoured)
            world.band[s, i, grade, relation, outcome] = np.float64(world.band[s, i, grade, relation, outcome]) + 1.0
            world.band[s, i, ANY_GRADE, relation, outcome] = np.float64(world.band[s, i, ANY_GRADE, relation, outcome]) + 1.0


@part
def gossip(world, lane, key, i, j):
    """Let i tell some friends, among them those of a lane, that j betrayed it; who is tied to j takes it as evidence about j."""
    learning = world.rules[0].learning
    for slot in ends_of(world, i):
        friend = np.int64(world.slots.neighbour[slot])
        if not is_in_lane(world, lane, friend) or friend == j or draw(key, i, friend) >= learning.gossip_rate:
            continue
        about = slot_of(world, friend, j)
        if about >= 0:
            world.slots.betrayed[about] = np.float64(world.slots.betrayed[about]) + learning.gossip_weight


@loop
def learn(world, lane):
    """Let a lane's citizens learn from their own exchanges."""
    for i in citizens_of(world, lane):
        if world.week.placed[i]:
            learn_from_exchange(world, i)


@loop
def hear(world, now, lane):
    """Let a lane's citizens hear of anybody's betrayals. Several tellers add the same constant, so that their order cannot matter."""
    week, key = world.week, stream(world.seed, now, Purpose.GOSSIP)
    for i in range(world.rows.size):
        if week.placed[i] and not week.honoured[i]:
            gossip(world, lane, key, i, np.int64(week.partner[i]))


@loop
def be_rated(world, now, lane):
    """Post the ratings that a lane's citizens get from those who placed trust in them, in schemes that both are members of."""
    week, key, standing = world.week, stream(world.seed, now, Purpose.RATE), world.standing
    for s in range(world.schemes.size):
        rate = world.schemes[s].rating_rate
        if rate <= 0.0 or not world.status[s].running:
            continue
        for i in range(world.rows.size):
            j = np.int64(week.partner[i])
            both_members = j >= 0 and standing.enrolled[s, i] and standing.enrolled[s, j]
            if week.placed[i] and is_in_lane(world, lane, j) and both_members and draw(key, i, j, s) < rate:
                event = _RATED_UP if week.honoured[i] else _RATED_DOWN
                world.pending[s, j, event] += world.points[s, event]


def learning_by_citizens(society, now):
    """The same, citizen by citizen."""
    world, week = society.world, society.world.week
    factor = world.rules[0]["learning"]["forgetting"]
    own, of_schemes = (getattr(world.citizens, name) for name in FORGOTTEN), (world.standing.caught, world.standing.missed)
    for evidence in (world.slots.honoured, world.slots.betrayed, world.band, *own, *of_schemes):
        evidence[...] = evidence.astype(np.float64) * factor
    placed = [citizen for citizen in society.citizens if week.placed[citizen.index]]
    for citizen in placed:
        citizen.learns_from_exchange()
    for citizen in placed:
        if not week.honoured[citizen.index]:
            betrayer = int(week.partner[citizen.index])
            for friend in citizen.tells(betrayer, now):
                society.citizens[friend].hears_of_betrayal_by(betrayer)
    for s in np.flatnonzero((world.status.running == 1) & (world.schemes["rating_rate"] > 0)).tolist():
        for citizen in placed:
            partner, enrolled = int(week.partner[citizen.index]), world.standing.enrolled[s]
            if enrolled[citizen.index] and enrolled[partner]:
                rating = citizen.rates(partner, s, bool(week.honoured[citizen.index]), now)
                if rating:
                    event = _RATED_UP if rating > 0 else _RATED_DOWN
                    world.pending[s, partner, event] += world.points[s, event]
    learn_by_citizens(society, now)


FORGOTTEN = ("caught", "missed", "trust_honoured", "trust_betrayed", "fair", "unfair", "suspicion", "blamed", "thanked")
