"""Phase 12. Measure. Every aggregate is a sum of whole numbers (fixed point), so that no order of summation can matter.

Beliefs and shares that depend on a logit are counted over draws, never averaged over probabilities: see `agents.choosing`.
"""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part
from agents.conduct import probability_of_criticising
from agents.events import Event
from agents.joining import approval, probability_of_voicing_disapproval
from agents.trusting import belief_in_partner
from agents.units import MICRO, MILLI
from model.network.ties import ends_of
from model.outcomes import CELLS, EACH_TICK, GROUPED, GROUPS
from model.perception import generalized_trust, institutional_trust, tie_belief
from model.phases.conduct import fear_to_speak
from model.phases.encounter import travel_banned
from model.population import Count

WEEKS_PER_YEAR = 52
_CRITICISM = int(Event.CRITICISM)
#: Unit of the fixed-point sums: beliefs are added as whole multiples of 2**-32.
_FINE = 2.0**32
_TRUST, _INSTITUTIONS, _EXCHANGE, _HONOUR, _WELFARE, _GRIEVANCE, _SCORE, _DEGREE = range(len(GROUPED))
_BINS = 1 + len(GROUPS)
FIRST_EACH_TICK = len(GROUPED) * _BINS
TICK_COLUMNS = FIRST_EACH_TICK + len(EACH_TICK)
_TRUE_REPORTS, _FALSE_REPORTS, _UPHELD, _CUTS, _FORMED = (
    Count.TRUE_REPORTS, Count.FALSE_REPORTS, Count.UPHELD, Count.CUT_DISTRUST, Count.FORMED
)  # fmt: skip


@part
def fine(x):
    """Return x as a whole multiple of 2**-32, rounded half up."""
    return int(np.floor(x * _FINE + 0.5))


@part
def ratio(total, count, unit):
    """Return total / unit / count, or NaN for nothing."""
    return np.float64(total) / unit / count if count > 0 else np.nan


@part
def count_in(world, cell, measure, amount):
    """Add an amount to a measure in a cell."""
    world.sums[0, cell, measure] += amount
    world.sums[1, cell, measure] += 1


@part
def is_in(cell, group):
    """Return whether the members of a cell belong to a group: 0 everybody, else 1 + its place in GROUPS. See cells_of."""
    official, online, tercile = cell // 6, cell // 3 % 2, cell % 3
    if group == 0:
        return True
    if group <= 2:
        return official == 2 - group
    if group <= 4:
        return online == 4 - group
    return tercile == group - 5


@part
def unit_of(measure):
    """Return the fixed-point unit in which a grouped measure is summed."""
    if measure == _TRUST or measure == _INSTITUTIONS or measure == _GRIEVANCE:
        return _FINE
    if measure == _WELFARE:
        return np.float64(MICRO)
    return np.float64(MILLI) if measure == _SCORE else 1.0


@loop
def sum_cells(world, cells):
    """Sum every grouped measure by cell."""
    citizens, week, standing = world.citizens, world.week, world.standing
    for cell in range(CELLS):
        for measure in range(_DEGREE + 1):
            world.sums[0, cell, measure], world.sums[1, cell, measure] = 0, 0
    scored = world.status.size > 0 and world.status[0].running
    for i in range(cells.size):
        mine, j = cells[i], week[i].partner
        count_in(world, mine, _TRUST, fine(generalized_trust(world, i)))
        count_in(world, mine, _INSTITUTIONS, fine(institutional_trust(world, i)))
        count_in(world, mine, _WELFARE, week[i].income)
        count_in(world, mine, _GRIEVANCE, fine(np.float64(citizens[i].grievance)))
        count_in(world, mine, _DEGREE, np.int64(world.rows[i].degree))
        if scored and standing[0, i].enrolled:
            count_in(world, mine, _SCORE, np.int64(standing[0, i].score))
        if j >= 0:
            count_in(world, mine, _EXCHANGE, np.int64(week[i].placed))
            if week[i].placed:
                count_in(world, cells[j], _HONOUR, np.int64(week[i].honoured))


@loop
def measure_grouped(world, cells, row):
    """Write the grouped outcomes into row: everybody first, then each group."""
    sum_cells(world, cells)
    for group in range(_BINS):
        for measure in range(_DEGREE + 1):
            total, count = np.int64(0), np.int64(0)
            for cell in range(CELLS):
                if is_in(cell, group):
                    total += world.sums[0, cell, measure]
                    count += world.sums[1, cell, measure]
            row[group * (_DEGREE + 1) + measure] = ratio(total, count, unit_of(measure))


@loop
def measure_encounters(world, row):
    """Write exchange_rate_strangers, trustworthiness_strangers and calibration into row[3:6]."""
    week, met, strangers, placed, honest, belief, honoured = world.week, 0, 0, 0, 0, 0, 0
    for i in range(week.size):
        if week[i].partner < 0:
            continue
        met += 1
        belief += fine(np.float64(week[i].belief))
        honoured += np.int64(week[i].honoured)
        if week[i].slot < 0:
            strangers += 1
            placed += np.int64(week[i].placed)
            honest += np.int64(week[i].honoured)
    row[3] = ratio(placed, strangers, 1.0)
    row[4] = ratio(honest, strangers, 1.0)
    row[5] = ratio(belief, met, _FINE) - ratio(honoured, met, 1.0)


@part
def assisted_belief(world, i, j):
    """Return i's belief (0-1) in a stranger j all whose grades it sees."""
    learning, standing, honoured, betrayed = world.rules[0].learning, world.standing, 0.0, 0.0
    for s in range(world.schemes.size):
        if world.status[s].running and standing[s, j].enrolled and world.schemes[s].grades > 0:
            honoured += np.float64(world.band[s, i, standing[s, j].grade, 0])
            betrayed += np.float64(world.band[s, i, standing[s, j].grade, 1])
    prior = generalized_trust(world, i)
    return belief_in_partner(0.0, 0.0, prior, learning.tie_prior_strength, honoured, betrayed, learning.signal_strength)


@loop
def measure_bonds(world, now, row):
    """Write score_assisted_trust, bonding_trust and bonding_trust_panel into row[:3]; return the number of tie ends."""
    key, n = stream(world.seed, now, Purpose.MEASURE), world.citizens.size
    assisted, bonds, ends, panel, panel_ends = 0, 0, 0, 0, 0
    for i in range(n):
        trust, lost = generalized_trust(world, i), np.int64(world.citizens[i].panel_lost)
        assisted += fine(assisted_belief(world, i, int(draw(key, i) * n)))
        panel += lost * fine(trust)
        panel_ends += lost
        for slot in ends_of(world, i):
            belief = fine(tie_belief(world, i, slot))
            bonds += belief
            ends += 1
            if world.slots[slot].panel:
                panel += belief
                panel_ends += 1
    row[0] = ratio(assisted, n, _FINE)
    row[1] = ratio(bonds, ends, _FINE)
    row[2] = ratio(panel, panel_ends, _FINE)


@part
def perks_of(world, i):
    """Return the weekly perks (utility) of i's grades."""
    perks, standing = 0, world.standing
    for s in range(world.schemes.size):
        if world.status[s].running and standing[s, i].enrolled and world.schemes[s].grades > 0:
            perks += world.grades[s, standing[s, i].grade].perk
    return perks / MICRO


@loop
def measure_opinion(world, now, row):
    """Write self_censorship, approval and approval_voiced into row[6:9]."""
    rules, citizens, silent, approving, voiced = world.rules[0], world.citizens, 0, 0, 0
    speak, answer = stream(world.seed, now, Purpose.CONDUCT), stream(world.seed, now, Purpose.MEASURE)
    sharpness, cost, n = rules.exchange.sharpness, rules.conduct.criticism_cost, citizens.size
    for i in range(n):
        grievance, luck = np.float64(citizens[i].grievance), draw(speak, i, _CRITICISM)
        if luck < probability_of_criticising(grievance, 0.0, cost, sharpness):
            silent += luck >= probability_of_criticising(grievance, fear_to_speak(world, i), cost, sharpness)
        held = approval(institutional_trust(world, i), perks_of(world, i), grievance, rules.opinion.approval_bar)
        if held > 0.0:
            approving += 1
            voiced += 1
        else:
            voiced += draw(answer, i, 1) >= probability_of_voicing_disapproval(-held, fear_to_speak(world, i), sharpness)
    row[6], row[7], row[8] = ratio(silent, n, 1.0), ratio(approving, n, 1.0), ratio(voiced, n, 1.0)


@loop
def measure_standing(world, now, row):
    """Write enrolment, locked, travel_banned, protest, abandoned and isolates into row[9:15]."""
    standing, n = world.standing, world.citizens.size
    enrolled, locked, banned, isolated, protesting, abandoned = 0, 0, 0, 0, 0, 0
    for i in range(n):
        is_enrolled, is_locked = False, False
        for s in range(world.schemes.size):
            if world.status[s].running and standing[s, i].enrolled:
                is_enrolled = True
                is_locked = is_locked or now < standing[s, i].locked_until
        enrolled += is_enrolled
        locked += is_locked
        banned += travel_banned(world, i, now)
        isolated += world.rows[i].degree == 0
        protesting += world.citizens[i].protesting
    for s in range(world.schemes.size):
        abandoned += world.status[s].abandoned
    row[9], row[10], row[11] = ratio(enrolled, n, 1.0), ratio(locked, n, 1.0), ratio(banned, n, 1.0)
    row[12], row[13], row[14] = ratio(protesting, n, 1.0), np.float64(abandoned), ratio(isolated, n, 1.0)


@loop
def measure_counts(world, row):
    """Write the yearly rates of reports, cuts and new ties into row[15:23]."""
    counts, per_year = world.counts, np.float64(WEEKS_PER_YEAR) / world.citizens.size
    row[15] = (counts[_TRUE_REPORTS] + counts[_FALSE_REPORTS]) * per_year
    row[16] = counts[_FALSE_REPORTS] * per_year
    row[17] = counts[_UPHELD] * per_year
    for cause in range(4):
        row[18 + cause] = counts[_CUTS + cause] * per_year
    row[22] = counts[_FORMED] * per_year


@loop
def measure(world, now, cells, row):
    """Write every outcome of cadence "tick" into row (float64, shape (TICK_COLUMNS,))."""
    rest = row[FIRST_EACH_TICK:]
    measure_grouped(world, cells, row)
    measure_bonds(world, now, rest)
    measure_encounters(world, rest)
    measure_opinion(world, now, rest)
    measure_standing(world, now, rest)
    measure_counts(world, rest)


def cells_of(citizens) -> np.ndarray:
    """Return the cell of each citizen (uint8, shape (n,)): office x online x tercile of integrity. Groups are unions of cells."""
    rank = np.argsort(np.argsort(citizens.integrity, kind="stable"), kind="stable")
    return (citizens.official * 6 + citizens.online * 3 + rank * 3 // rank.size).astype(np.uint8)
