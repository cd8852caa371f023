"""Phase 9. Ties under review are kept, or cut: for distrust, for the score, or after an informer was exposed. One side suffices."""

import numpy as np

from agents.befriending import CUT_CAUSES, DISTRUST, SCORE, cause_of_cut, score_cost_of_contact, value_of_tie
from agents.chance import Purpose, bar, draw, stream, tie_draw, tie_key
from agents.choosing import value_of_points
from agents.compiling import loop, part, shared_part
from agents.units import MILLI
from model.institutions.ledger import contacts_of
from model.lanes import REVIEW_BLOCK, citizens_of, noted, slots_of
from model.lots import threshold_of
from model.network.ties import cut_tie, ends_of, slot_of
from model.perception import attachment_to, concern_with, tie_belief
from model.population import Count

CUT_DISTRUST, CUT_LOT = Count.CUT_DISTRUST, Count.CUT_LOT
LOT = len(CUT_CAUSES)  # a tie cut by the null model


@part
def score_cost(world, i, j, present):
    """Return what the tie to j costs i in score, exactly, as utility: summed over running schemes in which both are enrolled."""
    cost, standing = 0.0, world.standing
    for s in range(world.schemes.size):
        scheme = world.schemes[s]
        if scheme.contact_weight <= 0.0 or not world.status[s].running:
            continue
        if not standing.enrolled[s, i] or not standing.enrolled[s, j]:
            continue
        if present:  # ties are as they were when scores were made up
            total, count = standing.contacts_points[s, i], np.int64(standing.contacts[s, i])
        else:
            total, count = contacts_of(world, s, i)
        own, contact = np.float64(standing.points[s, i]), np.float64(standing.points[s, j])
        points = score_cost_of_contact(scheme.contact_weight, own, np.float64(total), np.float64(count), contact, present) / MILLI
        cost += value_of_points(points, scheme.utility_per_point, concern_with(world, s, i))
    return cost * world.rules[0].unfriending.salience


@part
def verdict_on_tie(world, key, i, slot, informer_exposed):
    """Return the cause for which i would cut the tie of that slot, or -1."""
    rules, j = world.rules[0], np.int64(world.slots.neighbour[slot])
    value = value_of_tie(tie_belief(world, i, slot), rules.exchange.gain, rules.exchange.loss, attachment_to(world, slot))
    anger = rules.unfriending.informer_anger if informer_exposed else 0.0
    return cause_of_cut(draw(key, i, j), value, score_cost(world, i, j, True), anger, rules.exchange.sharpness)


@shared_part
def joint_cause(one, other, score_blind):
    """Return the cause recorded when both sides decide: informer before score before distrust; -1 if neither cuts.

    The null model must spare only what the score alone would cut, so there distrust comes before score.
    """
    if score_blind and max(one, other) == SCORE and min(one, other) == DISTRUST:
        return DISTRUST
    return max(one, other)


@part
def find_due(owner, neighbour, exposed, occasion, limit, due):
    """Fill due for a stretch of slots: whether the tie is under review, by chance or since an informer was exposed.

    Only at its lower end. Without a branch, hence several ties at a time; most are not due.
    """
    for k in range(np.uint64(owner.size)):
        low, high = np.uint64(owner[k]), np.uint64(neighbour[k])
        by_chance = (tie_key(occasion, low, high) >> np.uint64(11)) < limit
        due[k] = (by_chance | (exposed[k] != 0)) & (high > low)


@part
def list_due(world, lane, first, count, listed):
    """Append the ties that are due among the slots from `first` on to a lane's list of them; return its new length."""
    due, reviewed, rows = world.due[lane], world.reviewed[lane], world.rows
    for k in range(np.uint64(count)):
        if due[k]:
            slot = np.int64(first + k)
            i = np.int64(world.slots.owner[slot])
            if slot < rows[i].start + rows[i].degree:  # else it is the slot of a tie cut before
                reviewed[listed, 0], reviewed[listed, 1] = i, slot
                listed += 1
    return listed


@loop
def judge_ties(world, now, lane, count):
    """Let both sides judge the listed ties: mark at the lower end (and in `mark` its row) which are to be cut, and why.

    Returns how many for the score. Loop after loop, so that the processor can fetch what it needs for several ties at once.
    """
    key, slots, listed, for_score = stream(world.seed, now, Purpose.CUT), world.slots, world.reviewed[lane], 0
    for k in range(count):
        listed[k, 2] = slot_of(world, np.int64(slots.neighbour[listed[k, 1]]), listed[k, 0])
    for k in range(count):
        listed[k, 3] = verdict_on_tie(world, key, listed[k, 0], listed[k, 1], slots.exposed[listed[k, 1]] & 1)
    for k in range(count):
        i, slot, back = listed[k, 0], listed[k, 1], listed[k, 2]
        other = verdict_on_tie(world, key, np.int64(slots.neighbour[slot]), back, slots.exposed[slot] & 2)
        slots.exposed[slot], slots.exposed[back] = 0, 0
        cause = joint_cause(listed[k, 3], other, world.rules[0].unfriending.score_blind)
        if cause >= 0:
            slots.fate[slot] = cause + 1
            world.mark[i] = 1
            for_score += cause == SCORE
    return for_score


@loop
def review(world, now, lane):
    """Mark every tie that is to be cut, among those whose lower end is in the lane; note how many for the score."""
    occasion, limit = stream(world.seed, now, Purpose.REVIEW), bar(world.rules[0].unfriending.review_rate)
    listed, for_score, ends, slots = 0, 0, world.slots, slots_of(world, lane)
    for i in citizens_of(world, lane):
        world.mark[i] = 0
    for first in range(slots.start, slots.stop, REVIEW_BLOCK):
        count, end = min(REVIEW_BLOCK, slots.stop - first), min(first + REVIEW_BLOCK, slots.stop)
        find_due(ends.owner[first:end], ends.neighbour[first:end], ends.exposed[first:end], occasion, limit, world.due[lane])
        listed = list_due(world, lane, first, count, listed)
        if listed > REVIEW_BLOCK:  # there might be no room for those of another block
            for_score += judge_ties(world, now, lane, listed)
            listed = 0
    world.noted[lane, 0] = for_score + judge_ties(world, now, lane, listed)


@loop
def cut_by_lot(world, now, for_score):
    """Null model: spare the `for_score` ties the score would cut, and cut as many of those not otherwise cut, by smallest draw."""
    key, values, slots, living = stream(world.seed, now, Purpose.CUT_LOT), world.values, world.slots, 0
    for i in range(world.rows.size):
        for slot in ends_of(world, i):
            if slots.fate[slot] == SCORE + 1:
                slots.fate[slot] = 0
            if slots.neighbour[slot] > i and slots.fate[slot] == 0:
                values[living] = tie_draw(key, i, slots.neighbour[slot])
                living += 1
    last = threshold_of(values, living, for_score)
    for i in range(world.rows.size):
        for slot in ends_of(world, i):
            if slots.neighbour[slot] > i and slots.fate[slot] == 0 and tie_draw(key, i, slots.neighbour[slot]) <= last:
                slots.fate[slot] = LOT + 1
                world.mark[i] = 1


@loop
def apply_cuts(world):
    """Cut every marked tie, once, and count it by cause, which its dead slots keep."""
    for i in range(world.rows.size):
        world.week.shed[i] = 0
    for i in range(world.rows.size):
        if not world.mark[i]:
            continue
        for slot in range(world.rows[i].start + world.rows[i].degree - 1, world.rows[i].start - 1, -1):
            if world.slots.fate[slot] > 0:
                world.counts[CUT_DISTRUST + world.slots.fate[slot] - 1] += 1
                cut_tie(world, i, np.int64(world.slots.neighbour[slot]))


@loop
def cut_ties(world, now):
    """Cut what was to be cut, or under the null model as many ties by lot."""
    for_score = noted(world, 0)
    if world.rules[0].unfriending.score_blind and for_score > 0:
        cut_by_lot(world, now, for_score)
    apply_cuts(world)


def unfriending_by_citizens(society, now):
    """The same, each end of a tie under review deciding for itself."""
    world, slots = society.world, society.world.slots
    blind = world.rules[0]["unfriending"]["score_blind"]
    living, owners = society.living_slots(), society.owners_of_slots()
    exposed = dict(zip(living.tolist(), slots.exposed[living].tolist(), strict=True))
    slots.exposed[living], slots.fate[living] = 0, 0
    doomed, kept = [], []
    for slot, i in zip(living.tolist(), owners.tolist(), strict=True):
        j = int(slots.neighbour[slot])
        if j < i:
            continue
        cause = -1
        if society.citizens[i].gets_to_review(j, exposed[slot], now):
            one = society.citizens[i].cause_to_cut(j, bool(exposed[slot] & 1), now)
            other = society.citizens[j].cause_to_cut(i, bool(exposed[slot] & 2), now)
            cause = joint_cause(one, other, blind)
        (doomed if cause >= 0 else kept).append((i, j, cause))
    if blind:
        doomed = _by_lot(society, doomed, kept, now)
    world.week.shed[:] = 0
    for i, j, cause in doomed:
        world.counts[CUT_DISTRUST + cause] += 1
        slots.fate[society.slot_of(i, j)] = cause + 1
        cut_tie(world, i, j)


def _by_lot(society, doomed, kept, now):
    """Replace the ties that the score would cut by as many with the smallest draws."""
    spared = [tie for tie in doomed if tie[2] == SCORE]
    pool = sorted(kept + spared, key=lambda tie: society.tie_luck(Purpose.CUT_LOT, now, tie[0], tie[1]))
    return [tie for tie in doomed if tie[2] != SCORE] + [(i, j, LOT) for i, j, _ in pool[: len(spared)]]
