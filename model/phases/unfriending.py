"""Phase 9. Ties under review are kept, or cut: for distrust, for the score, or after an informer was exposed. One side suffices."""

import numpy as np

from agents.befriending import CUT_CAUSES, DISTRUST, SCORE, cause_of_cut, score_cost_of_contact, value_of_tie
from agents.chance import Purpose, draw, stream, tie_draw
from agents.choosing import value_of_points
from agents.compiling import loop, part
from agents.units import MILLI
from model.institutions.ledger import contacts_of
from model.lots import threshold_of
from model.network.ties import cut_tie, ends_of, slot_of
from model.perception import attachment_to, tie_belief
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
        if not standing[s, i].enrolled or not standing[s, j].enrolled:
            continue
        total, count = contacts_of(world, s, i)
        own, contact = np.float64(standing[s, i].points), np.float64(standing[s, j].points)
        points = score_cost_of_contact(scheme.contact_weight, own, np.float64(total), np.float64(count), contact, present) / MILLI
        cost += value_of_points(points, scheme.utility_per_point, np.float64(world.citizens[i].score_concern))
    return cost * world.rules[0].unfriending.salience


@part
def verdict_on_tie(world, key, i, slot, informer_exposed):
    """Return the cause for which i would cut the tie of that slot, or -1."""
    rules, j = world.rules[0], np.int64(world.slots[slot].neighbour)
    value = value_of_tie(tie_belief(world, i, slot), rules.exchange.gain, rules.exchange.loss, attachment_to(world, slot))
    anger = rules.unfriending.informer_anger if informer_exposed else 0.0
    return cause_of_cut(draw(key, i, j), value, score_cost(world, i, j, True), anger, rules.exchange.sharpness)


@part
def joint_cause(one, other, score_blind):
    """Return the cause recorded when both sides decide: informer before score before distrust; -1 if neither cuts.

    The null model must spare only what the score alone would cut, so there distrust comes before score.
    """
    if score_blind and max(one, other) == SCORE and min(one, other) == DISTRUST:
        return DISTRUST
    return max(one, other)


@loop
def review(world, now):
    """Mark at its lower end every tie that is to be cut and why (and in `mark` its row); return how many for the score."""
    rate, for_score, slots = world.rules[0].unfriending.review_rate, 0, world.slots
    occasion, key = stream(world.seed, now, Purpose.REVIEW), stream(world.seed, now, Purpose.CUT)
    for i in range(world.rows.size):
        world.mark[i] = 0
        for slot in ends_of(world, i):
            j, exposed = np.int64(slots[slot].neighbour), slots[slot].exposed
            if exposed:
                slots[slot].exposed = 0
            if (exposed == 0 and tie_draw(occasion, i, j) >= rate) or j < i:  # in this order: the rare test is well predicted
                continue
            one = verdict_on_tie(world, key, i, np.int64(slot), exposed & 1)
            other = verdict_on_tie(world, key, j, slot_of(world, j, i), exposed & 2)
            cause = joint_cause(one, other, world.rules[0].unfriending.score_blind)
            if cause >= 0:
                slots[slot].fate = cause + 1
                world.mark[i] = 1
                for_score += cause == SCORE
    return for_score


@loop
def cut_by_lot(world, now, for_score):
    """Null model: spare the `for_score` ties the score would cut, and cut as many of those not otherwise cut, by smallest draw."""
    key, values, slots, living = stream(world.seed, now, Purpose.CUT_LOT), world.values, world.slots, 0
    for i in range(world.rows.size):
        for slot in ends_of(world, i):
            if slots[slot].fate == SCORE + 1:
                slots[slot].fate = 0
            if slots[slot].neighbour > i and slots[slot].fate == 0:
                values[living] = tie_draw(key, i, slots[slot].neighbour)
                living += 1
    last = threshold_of(values, living, for_score)
    for i in range(world.rows.size):
        for slot in ends_of(world, i):
            if slots[slot].neighbour > i and slots[slot].fate == 0 and tie_draw(key, i, slots[slot].neighbour) <= last:
                slots[slot].fate = LOT + 1
                world.mark[i] = 1


@loop
def apply_cuts(world):
    """Cut every marked tie, once, and count it by cause."""
    for i in range(world.week.size):
        world.week[i].shed = 0
    for i in range(world.rows.size):
        if not world.mark[i]:
            continue
        for slot in range(world.rows[i].start + world.rows[i].degree - 1, world.rows[i].start - 1, -1):
            if world.slots[slot].fate > 0:
                world.counts[CUT_DISTRUST + world.slots[slot].fate - 1] += 1
                world.slots[slot].fate = 0
                cut_tie(world, i, np.int64(world.slots[slot].neighbour))


@loop
def unfriending(world, now):
    """Review all ties against the state at the phase's start, then cut."""
    for_score = review(world, now)
    if world.rules[0].unfriending.score_blind and for_score > 0:
        cut_by_lot(world, now, for_score)
    apply_cuts(world)


def unfriending_by_citizens(society, now):
    """The same, each end of a tie under review deciding for itself."""
    world, slots = society.world, society.world.slots
    rate, blind = world.rules[0]["unfriending"]["review_rate"], world.rules[0]["unfriending"]["score_blind"]
    living, owners = society.living_slots(), society.owners_of_slots()
    exposed = dict(zip(living.tolist(), slots.exposed[living].tolist(), strict=True))
    slots.exposed[living], slots.fate[living] = 0, 0
    doomed, kept = [], []
    for slot, i in zip(living.tolist(), owners.tolist(), strict=True):
        j = int(slots.neighbour[slot])
        if j < i:
            continue
        cause = -1
        if exposed[slot] or society.tie_luck(Purpose.REVIEW, now, i, j) < rate:
            one = society.citizens[i].cause_to_cut(j, bool(exposed[slot] & 1), now)
            other = society.citizens[j].cause_to_cut(i, bool(exposed[slot] & 2), now)
            cause = joint_cause(one, other, blind)
        (doomed if cause >= 0 else kept).append((i, j, cause))
    if blind:
        doomed = _by_lot(society, doomed, kept, now)
    world.week.shed = 0
    for i, j, cause in doomed:
        world.counts[CUT_DISTRUST + cause] += 1
        cut_tie(world, i, j)


def _by_lot(society, doomed, kept, now):
    """Replace the ties that the score would cut by as many with the smallest draws."""
    spared = [tie for tie in doomed if tie[2] == SCORE]
    pool = sorted(kept + spared, key=lambda tie: society.tie_luck(Purpose.CUT_LOT, now, tie[0], tie[1]))
    return [tie for tie in doomed if tie[2] != SCORE] + [(i, j, LOT) for i, j, _ in pool[: len(spared)]]
