"""Phase 10. Citizens short of ties offer one, mostly to friends of friends; both must agree. One offer and one acceptance a week."""

import numpy as np

from agents.befriending import probability_of_befriending, value_of_tie
from agents.chance import Purpose, actor_key, draw, pair_key, stream
from agents.compiling import loop, part
from agents.searching import CANDIDATE_ATTEMPTS
from agents.tie_kinds import ACQUAINTANCE
from model.lanes import citizens_of
from model.network.ties import add_tie, are_tied, ends_of, were_cut_now
from model.perception import generalized_trust, is_removed
from model.phases.dating import coupling_by_citizens, courting_by_citizens
from model.phases.encounter import HIGHEST, freedom_to_meet, luckiest_slot
from model.phases.unfriending import score_cost
from model.population import Count

FORMED = Count.FORMED


@part
def wants_ties(world, i):
    """Return whether i has fewer ties than its target."""
    return world.rows[i].degree < world.citizens.sociability[i]


@part
def chance_to_befriend(world, i, j):
    """Return the probability that i wants a tie to j, of whom it knows nothing but, perhaps, the score."""
    rules = world.rules[0]
    value = value_of_tie(generalized_trust(world, i), rules.exchange.gain, rules.exchange.loss, rules.befriending.appeal)
    cost = 0.0 if rules.unfriending.score_blind else score_cost(world, i, j, False)
    return probability_of_befriending(value, cost, rules.exchange.sharpness)


@part
def friend_of_friend(world, via, key, i):
    """Return a random friend of a random friend of i, other than i, or -1."""
    chosen, best = np.int64(-1), HIGHEST
    through = luckiest_slot(world, via, i)
    if through < 0:
        return -1
    friend, own_key = np.int64(world.slots.neighbour[through]), actor_key(key, i)
    for slot in ends_of(world, friend):
        j = np.int64(world.slots.neighbour[slot])
        luck = pair_key(own_key, j, 0)
        if j != i and luck < best:
            chosen, best = j, luck
    return chosen


@part
def chance_candidate(world, key, mix, i):
    """Return a random citizen other than i, who is passed over with probability `homophily` if of another region, or -1.

    Residence registration stands between regions, too.
    """
    citizens, homophily = world.citizens, world.rules[0].befriending.homophily
    homophily += (1.0 - homophily) * (1.0 - freedom_to_meet(world, i))
    for attempt in range(1, CANDIDATE_ATTEMPTS + 1):
        j = int(draw(key, i, 0, attempt) * world.rows.size)
        if j != i and (citizens.region[j] == citizens.region[i] or draw(mix, i, j, attempt) >= homophily):
            return j
    return -1


@part
def candidate_for(world, now, i):
    """Return whom i would like to befriend this week, or -1: nobody tied to it, nor cut off this very week."""
    key = stream(world.seed, now, Purpose.CANDIDATE)
    if draw(stream(world.seed, now, Purpose.CLOSURE), i) < world.rules[0].befriending.closure:
        j = friend_of_friend(world, stream(world.seed, now, Purpose.VIA), key, i)
    else:
        j = chance_candidate(world, key, stream(world.seed, now, Purpose.HOMOPHILY), i)
    if j < 0 or are_tied(world, i, j) or were_cut_now(world, i, j):
        return -1
    return j


@loop
def make_offers(world, now, lane):
    """Fill week.offered of a lane's citizens."""
    week, rate = world.week, world.rules[0].befriending.offer_rate
    occasion, choice = stream(world.seed, now, Purpose.OFFER_CHANCE), stream(world.seed, now, Purpose.OFFER)
    for i in citizens_of(world, lane):
        week.offered[i] = -1
        if is_removed(world, i, now) or not wants_ties(world, i) or draw(occasion, i) >= rate:
            continue
        j = candidate_for(world, now, i)
        if j >= 0 and draw(choice, i, j) < chance_to_befriend(world, i, j):
            week.offered[i] = j


@loop
def pick_offers(world, now):
    """Fill week.befriended with the offer each citizen considers: the one with the smallest draw."""
    week, order = world.week, stream(world.seed, now, Purpose.OFFER_ORDER)
    for i in range(world.rows.size):
        week.befriended[i] = -1
    for i in range(world.rows.size):
        j = week.offered[i]
        if j >= 0 and (week.befriended[j] < 0 or draw(order, j, i) < draw(order, j, week.befriended[j])):
            week.befriended[j] = i


@loop
def answer_offers(world, now):
    """The choice among offers, acceptances against the same state; then the ties are made, reciprocal offers one tie."""
    week, choice = world.week, stream(world.seed, now, Purpose.ACCEPT)
    pick_offers(world, now)
    for j in range(world.rows.size):
        i = np.int64(week.befriended[j])
        if i >= 0 and (is_removed(world, j, now) or not wants_ties(world, j) or draw(choice, j, i) >= chance_to_befriend(world, j, i)):
            week.befriended[j] = -1
    for j in range(world.rows.size):
        if week.befriended[j] >= 0 and add_tie(world, np.int64(week.befriended[j]), j, ACQUAINTANCE):
            world.counts[FORMED] += 1


def befriending_by_citizens(society, now):
    """The same, by the citizens' decisions."""
    world, week, citizens = society.world, society.world.week, society.citizens
    week.offered[:] = week.befriended[:] = -1
    for citizen in citizens:
        if citizen.wants_ties() and citizen.gets_to_offer(now):
            candidate = citizen.seeks(now)
            if candidate >= 0 and citizen.offers_tie(candidate, now):
                week.offered[citizen.index] = candidate
    courting_by_citizens(society, now)
    suitors: dict[int, list[int]] = {}
    for i, j in enumerate(week.offered.tolist()):
        if j >= 0:
            suitors.setdefault(j, []).append(i)
    for j, offers in suitors.items():
        suitor = citizens[j].offer_considered(offers, now)
        if not citizens[j].is_removed(now) and citizens[j].wants_ties() and citizens[j].accepts_tie(suitor, now):
            week.befriended[j] = suitor
    for j in np.flatnonzero(week.befriended >= 0).tolist():
        if add_tie(world, int(week.befriended[j]), j, ACQUAINTANCE):
            world.counts[FORMED] += 1
    coupling_by_citizens(society, now)
