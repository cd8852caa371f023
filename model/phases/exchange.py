"""Phase 2. The one-shot trust game: place trust or not, honour or betray. Purchases and dealings: see model.phases.dealing."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, shared_part, variable
from agents.events import Event
from agents.tie_kinds import KIN, WORK
from agents.trusting import belief_given_grade, belief_in_partner, prior_of_tie, probability_of_honouring, probability_of_trusting
from agents.units import to_micro
from model.lanes import citizens_of, is_in_lane
from model.perception import fear_of_penalty, generalized_trust
from model.phases.dealing import choose_conduct, deal_by_citizens
from model.population import ANY_GRADE

_DISHONOUR = variable(Event.DISHONOUR)


@shared_part
def see_grades(world, now, i, j):
    """Fill standing.seen_grade[:, i] with the grades of j that are disclosed to i this tick (-1: none)."""
    standing, schemes, key = world.standing, world.schemes, np.uint64(stream(world.seed, now, Purpose.DISCLOSURE))
    for s in range(schemes.size):
        world.standing.seen_grade[s, i] = -1
        if not world.status[s].running or not standing.enrolled[s, j] or schemes[s].grades == 0:
            continue
        grade = standing.grade[s, j]
        if world.grades[s, grade].published or draw(key, i, j, s) < schemes[s].disclosure:
            world.standing.seen_grade[s, i] = grade


@part
def experience_with_grades(world, i, is_tie):
    """Return i's past exchanges (honoured, betrayed) with partners of the grades it sees in its present one, and of any grade.

    Strangers and ties are counted apart: ties honour for the tie's sake, and would make every grade of strangers look honest. Where
    several schemes show a grade, each exchange counts once, whichever scheme's grade it was filed under.
    """
    honoured, betrayed, all_honoured, all_betrayed, visible = 0.0, 0.0, 0.0, 0.0, 0
    for s in range(world.schemes.size):
        grade = world.standing.seen_grade[s, i]
        if grade >= 0:
            visible += 1
            honoured += np.float64(world.band[s, i, grade, is_tie, 0])
            betrayed += np.float64(world.band[s, i, grade, is_tie, 1])
            all_honoured += np.float64(world.band[s, i, ANY_GRADE, is_tie, 0])
            all_betrayed += np.float64(world.band[s, i, ANY_GRADE, is_tie, 1])
    share = 1.0 / max(visible, 1)
    return honoured * share, betrayed * share, all_honoured * share, all_betrayed * share


@part
def belief_of_truster(world, i, slot):
    """Return i's belief (0-1) in its partner: the tie's evidence (slot -1: a stranger), the prior, and what the grade has meant."""
    learning = world.rules[0].learning
    honoured, betrayed, bonus = 0.0, 0.0, 0.0
    if slot >= 0:
        honoured, betrayed = np.float64(world.slots.honoured[slot]), np.float64(world.slots.betrayed[slot])
        bonus = learning.kin_bonus if world.slots.kind[slot] == KIN else 0.0
    prior, strength = prior_of_tie(generalized_trust(world, i), bonus), learning.tie_prior_strength
    good, bad, all_good, all_bad = experience_with_grades(world, i, np.int64(slot >= 0))
    unaided = belief_in_partner(honoured, betrayed, prior, strength)
    return belief_given_grade(unaided, honoured + betrayed + strength, good, bad, all_good, all_bad, learning.signal_strength)


@part
def stake_of(world, slot):
    """Return what the trustee has at stake in the tie (utility); nothing with a stranger (slot -1)."""
    if slot < 0:
        return 0.0
    exchange, kind = world.rules[0].exchange, world.slots.kind[slot]
    if kind == KIN:
        return exchange.stake_kin
    return exchange.stake_work if kind == WORK else exchange.stake_acquaintance


@shared_part
def payoffs(world, honoured):
    """Return (to the truster, to the trustee) of an exchange, in micro-units of wealth."""
    exchange = world.rules[0].exchange
    if honoured:
        return to_micro(exchange.gain), to_micro(exchange.share)
    return -to_micro(exchange.loss), to_micro(exchange.share + exchange.temptation)


@loop
def form_beliefs(world, now, lane):
    """Fill seen_grade and belief: what each truster sees of its partner, and expects of it."""
    week = world.week
    for i in citizens_of(world, lane):
        j = np.int64(week.partner[i])
        if j >= 0:
            see_grades(world, now, i, j)
            week.belief[i] = belief_of_truster(world, i, week.slot[i])
        else:
            week.belief[i] = 0.0
            for s in range(world.schemes.size):
                world.standing.seen_grade[s, i] = -1


@loop
def answer_trust(world, now, lane):
    """Fill honoured: whether the partner honours trust, or would have where none was placed."""
    week, game, key = world.week, world.rules[0].exchange, stream(world.seed, now, Purpose.HONOUR)
    for i in citizens_of(world, lane):
        j, honoured = np.int64(week.partner[i]), False
        if j >= 0:
            integrity, fear = np.float64(world.citizens.integrity[j]), fear_of_penalty(world, j, _DISHONOUR)
            chance = probability_of_honouring(integrity, stake_of(world, week.slot[i]), fear, game.temptation, game.sharpness)
            honoured = draw(key, j, i) < chance
        week.honoured[i] = honoured


@loop
def place_trust(world, now, lane):
    """Fill placed, and pay the trusters."""
    week, game, key = world.week, world.rules[0].exchange, stream(world.seed, now, Purpose.TRUST)
    for i in citizens_of(world, lane):
        j, placed, own = np.int64(week.partner[i]), np.int64(0), 0
        if j >= 0:
            chance = probability_of_trusting(np.float64(week.belief[i]), game.gain, game.loss, game.sharpness)
            placed = np.int64(draw(key, i, j) < chance)
            own, _ = payoffs(world, week.honoured[i])
        week.income[i] = placed * own  # a factor, not a branch: what is a coin's toss cannot be predicted
        week.placed[i] = placed


@loop
def pay_trustees(world, lane):
    """Pay a lane's citizens for the trust that anybody placed in them."""
    week = world.week
    _, of_betrayal = payoffs(world, False)
    _, of_honour = payoffs(world, True)
    for i in range(world.rows.size):
        j = np.int64(week.partner[i])
        if week.placed[i] and is_in_lane(world, lane, j):
            week.income[j] += of_honour if week.honoured[i] else of_betrayal


def exchange_by_citizens(society, now):
    """The same, by the decisions of truster and trustee."""
    world, week, citizens = society.world, society.world.week, society.citizens
    week.income[:] = week.placed[:] = week.honoured[:] = week.belief[:] = 0
    world.standing.seen_grade[:] = -1
    choose_conduct(world, now)
    for truster in citizens:
        i, j = truster.index, int(week.partner[truster.index])
        if j < 0:
            continue
        see_grades(world, now, i, j)
        week.belief[i] = truster.belief_in(j)
        week.honoured[i] = citizens[j].honours(i, now)
        if truster.places_trust(j, float(week.belief[i]), now):
            week.placed[i] = 1
            own, others = payoffs(world, week.honoured[i])
            week.income[i] += own
            week.income[j] += others
    deal_by_citizens(society, now)
