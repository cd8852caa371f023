"""Phase 10, too: singles who are online look for a partner on a dating site that may show scores. Who writes this week answers nobody.

Letters are written before any tie of the week is made, when it can still be told whose ties were cut; they are answered afterwards.
"""

import numpy as np

from agents.befriending import SINGLE, probability_of_befriending, standing_in_scale, value_of_tie
from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, shared_part
from agents.tie_kinds import KIN
from agents.units import MILLI
from model.lanes import citizens_of
from model.network.ties import make_couple, slot_of, were_cut_now
from model.perception import generalized_trust, is_removed, tie_belief
from model.phases.encounter import freedom_to_meet
from model.phases.unfriending import score_cost
from model.population import Count

COUPLES, FORMED = Count.COUPLES, Count.FORMED


@shared_part
def is_on_the_market(world, i, now):
    """Return whether i is single, online and in circulation."""
    return world.citizens.spouse[i] == SINGLE and world.citizens.online[i] and not is_removed(world, i, now)


@part
def standing_seen(world, key, i, j):
    """Return how far j's scores that the site shows i lie above their start, as a share of the scale (their mean; 0 if none is shown)."""
    total, shown, standing = 0.0, 0, world.standing
    for s in range(world.schemes.size):
        scheme = world.schemes[s]
        if scheme.dating > 0.0 and world.status[s].running and standing.enrolled[s, j] and draw(key, i, j, s) < scheme.dating:
            total += standing_in_scale(np.float64(standing.score[s, j]) / MILLI, scheme.start, scheme.floor, scheme.ceiling)
            shown += 1
    return total / max(shown, 1)


@part
def is_relative(world, i, j):
    """Return whether i and j are kin."""
    slot = slot_of(world, i, j)
    return slot >= 0 and world.slots.kind[slot] == KIN


@part
def chance_to_couple(world, i, j, standing):
    """Return the probability that i wants j, whose scores are seen to stand that high, as its partner."""
    rules, slot = world.rules[0], slot_of(world, i, j)
    belief = tie_belief(world, i, slot) if slot >= 0 else generalized_trust(world, i)
    value = value_of_tie(belief, rules.exchange.gain, rules.exchange.loss, rules.befriending.appeal)
    cost = 0.0 if slot >= 0 or rules.unfriending.score_blind else score_cost(world, i, j, False)
    return probability_of_befriending(value + rules.dating.attraction * standing, cost, rules.exchange.sharpness)


@part
def profile_for(world, now, i):
    """Return (citizen, standing seen) of the single that the site shows i most prominently, the one of the best score; or (-1, 0)."""
    key, mix = stream(world.seed, now, Purpose.PROFILE), stream(world.seed, now, Purpose.PROFILE_MIXING)
    look, region = stream(world.seed, now, Purpose.PROFILE_SCORE), world.citizens.region
    homophily = world.rules[0].befriending.homophily
    homophily += (1.0 - homophily) * (1.0 - freedom_to_meet(world, i))
    chosen, best = np.int64(-1), 0.0
    for attempt in range(world.rules[0].dating.pool):
        j = int(draw(key, i, 0, attempt) * world.rows.size)
        if j == i or not is_on_the_market(world, j, now) or is_relative(world, i, j) or were_cut_now(world, i, j):
            continue
        if region[j] != region[i] and draw(mix, i, j, attempt) < homophily:
            continue
        standing = standing_seen(world, look, i, j)
        if chosen < 0 or standing > best:
            chosen, best = j, standing
    return chosen, best


@loop
def court(world, now, lane):
    """Fill week.courted of a lane's citizens: to whom they write. Without a dating market, nothing."""
    week, rate = world.week, world.rules[0].dating.rate
    occasion, choice = stream(world.seed, now, Purpose.DATING_CHANCE), stream(world.seed, now, Purpose.COURT_SINGLE)
    if rate <= 0.0:
        return
    for i in citizens_of(world, lane):
        week.courted[i] = week.matched[i] = -1
        if not is_on_the_market(world, i, now) or draw(occasion, i) >= rate:
            continue
        j, standing = profile_for(world, now, i)
        if j >= 0 and draw(choice, i, j) < chance_to_couple(world, i, j, standing):
            week.courted[i] = j


@part
def prefers(world, now, j, i, other):
    """Return whether j would rather consider i's letter than other's: for the score it sees, else by lot."""
    look, order = stream(world.seed, now, Purpose.PROFILE_SCORE), stream(world.seed, now, Purpose.SUITOR_ORDER)
    mine, others = standing_seen(world, look, j, i), standing_seen(world, look, j, other)
    return mine > others or (mine == others and draw(order, j, i) < draw(order, j, other))


@loop
def pick_suitors(world, now):
    """Fill week.matched of those who wrote nobody with the one among their letters that they consider; of the others, who wrote back."""
    week = world.week
    for i in range(world.rows.size):
        j = np.int64(week.courted[i])
        if j < 0:
            continue
        if week.courted[j] >= 0:
            week.matched[i] = j if week.courted[j] == i else -1
        elif week.matched[j] < 0 or prefers(world, now, j, i, np.int64(week.matched[j])):
            week.matched[j] = i


@loop
def make_couples(world, now):
    """The choice among letters, the answers against the same state; then couples are made. Without a dating market, nothing."""
    week = world.week
    choice, look = stream(world.seed, now, Purpose.ANSWER), stream(world.seed, now, Purpose.PROFILE_SCORE)
    if world.rules[0].dating.rate <= 0.0:
        return
    pick_suitors(world, now)
    for j in range(world.rows.size):
        i = np.int64(week.matched[j])
        if i >= 0 and week.courted[j] < 0:
            standing = standing_seen(world, look, j, i)
            if draw(choice, j, i) >= chance_to_couple(world, j, i, standing):
                week.matched[j] = -1
    for j in range(world.rows.size):
        i = np.int64(week.matched[j])
        if i >= 0 and world.citizens.spouse[j] == SINGLE:
            week.matched[i] = j
            world.counts[COUPLES] += 1
            world.counts[FORMED] += np.int64(make_couple(world, i, j))


def courting_by_citizens(society, now):
    """Fill week.courted by the citizens' decisions."""
    week = society.world.week
    if society.world.rules[0]["dating"]["rate"] <= 0:
        return
    week.courted[:] = week.matched[:] = -1
    for citizen in society.citizens:
        if citizen.gets_to_date(now):
            profile = citizen.finds_profile(now)
            if profile >= 0 and citizen.courts(profile, now):
                week.courted[citizen.index] = profile


def coupling_by_citizens(society, now):
    """Answer the letters by the citizens' decisions, and make the couples."""
    world, week, citizens = society.world, society.world.week, society.citizens
    if world.rules[0]["dating"]["rate"] <= 0:
        return
    letters: dict[int, list[int]] = {}
    couples = []
    for i, j in enumerate(week.courted.tolist()):
        if j >= 0 and week.courted[j] < 0:
            letters.setdefault(j, []).append(i)
        elif j >= 0 and week.courted[j] == i and i < j:
            couples.append((i, j))
    for j, suitors in letters.items():
        suitor = citizens[j].letter_considered(suitors, now)
        if citizens[j].answers(suitor, now):
            couples.append((suitor, j))
    for i, j in couples:
        week.matched[i], week.matched[j] = j, i
        world.counts[COUPLES] += 1
        world.counts[FORMED] += make_couple(world, i, j)
