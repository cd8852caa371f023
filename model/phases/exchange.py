"""Phase 2. The one-shot trust game: place trust or not, honour or betray."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part
from agents.events import Event
from agents.tie_kinds import KIN, WORK
from agents.trusting import belief_in_partner, prior_of_tie, probability_of_honouring, probability_of_trusting
from agents.units import MICRO
from model.perception import fear_of_penalty, generalized_trust

_DISHONOUR = int(Event.DISHONOUR)


@part
def see_grades(world, now, i, j):
    """Fill standing[:, i].seen_grade with the grades of j that are disclosed to i this tick (-1: none)."""
    standing, schemes, key = world.standing, world.schemes, stream(world.seed, now, Purpose.DISCLOSURE)
    for s in range(schemes.size):
        world.standing[s, i].seen_grade = -1
        if not world.status[s].running or not standing[s, j].enrolled or schemes[s].grades == 0:
            continue
        grade = standing[s, j].grade
        if world.grades[s, grade].published or draw(key, i, j, s) < schemes[s].disclosure:
            world.standing[s, i].seen_grade = grade


@part
def experience_with_band(world, i, is_tie):
    """Return (honoured, betrayed): i's past with partners of the grades it sees in its present one.

    Strangers and ties are counted apart: ties honour for the tie's sake, and would make every grade of strangers look honest.
    """
    honoured, betrayed = 0.0, 0.0
    for s in range(world.schemes.size):
        grade = world.standing[s, i].seen_grade
        if grade >= 0:
            honoured += np.float64(world.band[s, i, grade, is_tie, 0])
            betrayed += np.float64(world.band[s, i, grade, is_tie, 1])
    return honoured, betrayed


@part
def belief_of_truster(world, i, slot):
    """Return i's belief (0-1) in its partner: the tie's evidence (slot -1: a stranger), the prior, and what the grade has meant."""
    learning = world.rules[0].learning
    honoured, betrayed, bonus = 0.0, 0.0, 0.0
    if slot >= 0:
        honoured, betrayed = np.float64(world.slots[slot].honoured), np.float64(world.slots[slot].betrayed)
        bonus = learning.kin_bonus if world.slots[slot].kind == KIN else 0.0
    prior = prior_of_tie(generalized_trust(world, i), bonus)
    band_honoured, band_betrayed = experience_with_band(world, i, np.int64(slot >= 0))
    return belief_in_partner(honoured, betrayed, prior, learning.tie_prior_strength, band_honoured, band_betrayed, learning.signal_strength)


@part
def stake_of(world, slot):
    """Return what the trustee has at stake in the tie (utility); nothing with a stranger (slot -1)."""
    if slot < 0:
        return 0.0
    exchange, kind = world.rules[0].exchange, world.slots[slot].kind
    if kind == KIN:
        return exchange.stake_kin
    return exchange.stake_work if kind == WORK else exchange.stake_acquaintance


@part
def payoffs(world, honoured):
    """Return (to the truster, to the trustee) of an exchange, in micro-units of wealth."""
    exchange = world.rules[0].exchange
    if honoured:
        return int(np.floor(exchange.gain * MICRO + 0.5)), int(np.floor(exchange.share * MICRO + 0.5))
    return -int(np.floor(exchange.loss * MICRO + 0.5)), int(np.floor((exchange.share + exchange.temptation) * MICRO + 0.5))


@loop
def exchange(world, now):
    """Fill seen_grade, belief, placed and honoured; pay both sides. `honoured` is also known where no trust was placed."""
    week, rules, citizens = world.week, world.rules[0], world.citizens
    trust, honour = stream(world.seed, now, Purpose.TRUST), stream(world.seed, now, Purpose.HONOUR)
    game = rules.exchange
    for i in range(week.size):
        week[i].income = 0
    for i in range(week.size):
        j, slot = np.int64(week[i].partner), week[i].slot
        week[i].placed, week[i].honoured, week[i].belief = 0, 0, 0.0
        if j < 0:
            for s in range(world.schemes.size):
                world.standing[s, i].seen_grade = -1
            continue
        see_grades(world, now, i, j)
        belief = belief_of_truster(world, i, slot)
        fear = fear_of_penalty(world, j, _DISHONOUR)
        week[i].belief = belief
        chance = probability_of_honouring(np.float64(citizens[j].integrity), stake_of(world, slot), fear, game.temptation, game.sharpness)
        week[i].honoured = draw(honour, j, i) < chance
        if draw(trust, i, j) < probability_of_trusting(belief, game.gain, game.loss, game.sharpness):
            week[i].placed = 1
            own, others = payoffs(world, week[i].honoured)
            week[i].income += own
            week[j].income += others


def exchange_by_citizens(society, now):
    """The same, by the decisions of truster and trustee."""
    world, week, citizens = society.world, society.world.week, society.citizens
    week.income = 0
    week.placed, week.honoured, week.belief, world.standing.seen_grade = 0, 0, 0, -1
    for truster in citizens:
        i, j = truster.index, int(week.partner[truster.index])
        if j < 0:
            continue
        see_grades(world, now, i, j)
        belief = truster.belief_in(j)
        week.belief[i] = belief
        week.honoured[i] = citizens[j].honours(i, now)
        if truster.places_trust(j, belief, now):
            week.placed[i] = 1
            own, others = payoffs(world, week.honoured[i])
            week.income[i] += own
            week.income[j] += others
