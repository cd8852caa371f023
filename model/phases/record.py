"""Phase 12. Measure. Every aggregate is a sum of whole numbers (fixed point), so that no order of summation can matter.

Shares that depend on a logit are counted over draws, never averaged over probabilities: see `agents.choosing`.
"""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, variable
from agents.trusting import belief_given_grade, belief_in_partner, prior_of_tie
from agents.units import MICRO, MILLI
from model.institutions.accounts import is_barred
from model.lanes import citizens_of, noted
from model.network.ties import ends_of
from model.organisations import TREATED_FAIRLY
from model.outcomes import CELLS, EACH_TICK, GROUPED, GROUPS
from model.perception import generalized_trust, institutional_trust, is_removed, tie_belief
from model.phases.dealing import trust_in_firms
from model.phases.encounter import travel_banned
from model.phases.opinion import approval_of
from model.population import ANY_GRADE, Count

WEEKS_PER_YEAR = 52
#: Unit of the fixed-point sums: beliefs are added as whole multiples of 2**-32.
_FINE = 2.0**32
_MEASURES = len(GROUPED)
(
    _TRUST, _INSTITUTIONS, _EXCHANGE, _HONOUR, _BONDS, _PANEL, _CALIBRATION, _ASSISTED, _WELFARE, _GRIEVANCE, _SILENCE, _APPROVAL,
    _VOICED, _PROTEST, _SCORE, _ENROLMENT, _LOCKED, _BANNED, _PUBLISHED, _REMOVED, _DEGREE, _ISOLATES,
) = (variable(measure) for measure in range(_MEASURES))  # fmt: skip
_BINS = 1 + len(GROUPS)
FIRST_EACH_TICK = _MEASURES * _BINS
TICK_COLUMNS = FIRST_EACH_TICK + len(EACH_TICK)
_FIRST_OF_FIRMS, _FIRST_OF_GOVERNMENTS = (
    FIRST_EACH_TICK + [outcome.name for outcome in EACH_TICK].index(name) for name in ("trust_in_firms", "government_fairness")
)
_TRUE_REPORTS, _FALSE_REPORTS, _UPHELD, _CUTS, _FORMED, _COUPLES = (
    Count.TRUE_REPORTS, Count.FALSE_REPORTS, Count.UPHELD, Count.CUT_DISTRUST, Count.FORMED, Count.COUPLES
)  # fmt: skip


@part
def fine(x):
    """Return x as a whole multiple of 2**-32, rounded half up."""
    return int(np.floor(x * _FINE + 0.5))


@part
def ratio(total, count, unit):
    """Return total / unit / count, or NaN for nothing."""
    return np.float64(total) / unit / np.float64(count) if count > 0 else np.nan


@part
def count_in(world, lane, cell, measure, amount, times):
    """Add an amount, which stands for `times` cases, to a measure in a cell of a lane's sums."""
    world.sums[lane, 0, cell, measure] += np.int64(amount)
    world.sums[lane, 1, cell, measure] += np.int64(times)


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
    if measure == _WELFARE:
        return np.float64(MICRO)
    if measure == _SCORE:
        return np.float64(MILLI)
    if measure <= _INSTITUTIONS or measure == _GRIEVANCE or (_BONDS <= measure <= _ASSISTED):
        return _FINE
    return 1.0


@part
def assisted_belief(world, i, j):
    """Return i's belief (0-1) in j, taken for a stranger all whose grades i sees."""
    learning, standing, visible = world.rules[0].learning, world.standing, 0
    honoured, betrayed, all_honoured, all_betrayed = 0.0, 0.0, 0.0, 0.0
    for s in range(world.schemes.size):
        if world.status[s].running and standing.enrolled[s, j] and world.schemes[s].grades > 0:
            visible += 1
            honoured += np.float64(world.band[s, i, standing.grade[s, j], 0, 0])
            betrayed += np.float64(world.band[s, i, standing.grade[s, j], 0, 1])
            all_honoured += np.float64(world.band[s, i, ANY_GRADE, 0, 0])
            all_betrayed += np.float64(world.band[s, i, ANY_GRADE, 0, 1])
    share, strength, signal = 1.0 / max(visible, 1), learning.tie_prior_strength, learning.signal_strength
    unaided = belief_in_partner(0.0, 0.0, generalized_trust(world, i), strength)
    return belief_given_grade(
        unaided, strength, honoured * share, betrayed * share, all_honoured * share, all_betrayed * share, signal
    )  # fmt: skip


@loop
def count_beliefs(world, now, lane, cells):
    """Count what everyone believes of strangers, of institutions, and of a random citizen taken for a stranger whose grade is seen."""
    key = stream(world.seed, now, Purpose.MEASURE)
    for i in citizens_of(world, lane):
        stranger = int(draw(key, i) * cells.size)
        count_in(world, lane, cells[i], _TRUST, fine(generalized_trust(world, i)), 1)
        count_in(world, lane, cells[i], _INSTITUTIONS, fine(institutional_trust(world, i)), 1)
        count_in(world, lane, cells[i], _ASSISTED, fine(assisted_belief(world, i, stranger)), 1)


@loop
def count_bonds(world, lane, cells):
    """Count what everyone believes of its ties, and of its initial panel of ties."""
    citizens, slots, bonus = world.citizens, world.slots, world.rules[0].learning.kin_bonus
    for i in citizens_of(world, lane):
        trust, bonds, panel, kept = generalized_trust(world, i), np.int64(0), np.int64(0), np.int64(0)
        for slot in ends_of(world, i):
            belief = fine(tie_belief(world, i, slot))
            bonds += belief
            panel += belief * slots.panel[slot]
            kept += slots.panel[slot]
        lost, lost_kin = np.int64(citizens.panel_lost[i]), np.int64(citizens.panel_lost_kin[i])
        panel += lost * fine(trust) + lost_kin * fine(prior_of_tie(trust, bonus))
        count_in(world, lane, cells[i], _BONDS, bonds, world.rows[i].degree)
        count_in(world, lane, cells[i], _PANEL, panel, kept + lost + lost_kin)


@loop
def count_exchanges(world, lane, cells):
    """Count the week's encounters; note those with strangers, where trust was placed, and where it was or would have been honoured."""
    week, strangers, placed, honest = world.week, 0, 0, 0
    for i in citizens_of(world, lane):
        j, honoured = week.partner[i], np.int64(week.honoured[i])
        count_in(world, lane, cells[i], _WELFARE, week.income[i], 1)
        if j < 0:
            continue
        count_in(world, lane, cells[i], _EXCHANGE, week.placed[i], 1)
        count_in(world, lane, cells[i], _CALIBRATION, fine(np.float64(week.belief[i])) - fine(1.0) * honoured, 1)
        if week.placed[i]:
            count_in(world, lane, cells[j], _HONOUR, honoured, 1)
        if week.slot[i] < 0:
            strangers += 1
            placed += np.int64(week.placed[i])
            honest += honoured
    world.noted[lane, 0], world.noted[lane, 1], world.noted[lane, 2] = strangers, placed, honest


@loop
def count_opinions(world, lane, cells):
    """Count grievance, silence, approval held and voiced, and protest."""
    citizens, week = world.citizens, world.week
    for i in citizens_of(world, lane):
        count_in(world, lane, cells[i], _GRIEVANCE, fine(np.float64(citizens.grievance[i])), 1)
        count_in(world, lane, cells[i], _SILENCE, week.silent[i], 1)
        count_in(world, lane, cells[i], _APPROVAL, approval_of(world, i) > 0.0, 1)
        count_in(world, lane, cells[i], _VOICED, week.voices_approval[i], 1)
        count_in(world, lane, cells[i], _PROTEST, citizens.protesting[i], 1)


@loop
def count_standing(world, now, lane, cells):
    """Count scores, enrolment, locks, travel bans, published names, ties and isolates."""
    standing, status = world.standing, world.status
    for i in citizens_of(world, lane):
        enrolled, locked, published = False, False, False
        for s in range(world.schemes.size):
            if status[s].running and standing.enrolled[s, i]:
                enrolled = True
                locked = locked or now < standing.locked_until[s, i]
                graded = world.schemes[s].grades > 0
                published = published or (graded and world.grades[s, standing.grade[s, i]].published != 0)
        if status.size > 0 and status[0].running and standing.enrolled[0, i]:
            count_in(world, lane, cells[i], _SCORE, standing.score[0, i], 1)
        count_in(world, lane, cells[i], _ENROLMENT, enrolled, 1)
        count_in(world, lane, cells[i], _LOCKED, locked, 1)
        count_in(world, lane, cells[i], _BANNED, travel_banned(world, i, now), 1)
        count_in(world, lane, cells[i], _PUBLISHED, published, 1)
        count_in(world, lane, cells[i], _REMOVED, is_removed(world, i, now), 1)
        count_in(world, lane, cells[i], _DEGREE, world.rows[i].degree, 1)
        count_in(world, lane, cells[i], _ISOLATES, world.rows[i].degree == 0, 1)


@loop
def write_groups(world, row):
    """Write every grouped outcome into row: everybody first, then each group, from the sums by cell."""
    for group in range(_BINS):
        for measure in range(_MEASURES):
            total, count = np.int64(0), np.int64(0)
            for cell in range(CELLS):
                if is_in(cell, group):
                    for lane in range(world.sums.shape[0]):
                        total += world.sums[lane, 0, cell, measure]
                        count += world.sums[lane, 1, cell, measure]
            row[group * _MEASURES + measure] = ratio(total, count, unit_of(measure))


@part
def share_of_fallen_helped(world):
    """Return how many of those who fell, and upon whom a bystander came, were helped (NaN: nobody fell)."""
    found, helped = 0, 0
    for i in range(world.rows.size if world.rules[0].conduct.fallen_rate > 0.0 else 0):
        found += world.week.bystander[i] >= 0
        helped += np.int64(world.week.rescued[i])
    return ratio(helped, found, 1.0)


@loop
def write_counts(world, row):
    """Write exchanges with strangers, abandonment, reports, cuts, new ties and couples, and the fallen helped into row[:13]."""
    strangers, counts = noted(world, 0), world.counts
    row[0], row[1] = ratio(noted(world, 1), strangers, 1.0), ratio(noted(world, 2), strangers, 1.0)
    per_year, abandoned = float(WEEKS_PER_YEAR) / world.rows.size, 0
    for s in range(world.schemes.size):
        abandoned += world.status[s].abandoned
    reports = counts[_TRUE_REPORTS] + counts[_FALSE_REPORTS]
    row[2], row[3] = float(abandoned), reports * per_year
    row[4], row[5] = ratio(counts[_FALSE_REPORTS], reports, 1.0), ratio(counts[_UPHELD], reports, 1.0)
    for cause in range(4):
        row[6 + cause] = counts[_CUTS + cause] * per_year
    row[10], row[11] = counts[_FORMED] * per_year, counts[_COUPLES] * per_year
    row[12] = share_of_fallen_helped(world)


@loop
def write_firms(world, row):
    """Write trust in firms, purchases, quality, scandals and barred firms into row[:5]; without firms there is nothing to measure."""
    firms, customers, trust, considered, bought, good = world.firms, world.customers, 0, 0, 0, 0
    for i in range(customers.size):
        trust += fine(trust_in_firms(world, i))
        considered += customers[i].firm >= 0
        bought += customers[i].bought
        good += customers[i].bought and not firms[customers[i].firm].bad
    scandals, barred = 0, 0
    for f in range(firms.size):
        scandals += firms[f].exposed
        barred += is_barred(world, f)
    row[0], row[1] = ratio(trust, customers.size, _FINE), ratio(bought, considered, 1.0)
    row[2], row[3] = ratio(good, bought, 1.0), ratio(scandals * WEEKS_PER_YEAR, firms.size, 1.0)
    row[4] = ratio(barred, firms.size, 1.0)


@loop
def write_governments(world, row):
    """Write the fairness of dealings and the heads replaced into row[:2]; where nobody deals there is nothing to measure."""
    row[0], row[1] = np.nan, np.nan
    if world.rules[0].government.dealing_rate <= 0.0:
        return
    fair, dealings, replaced = 0, 0, 0
    for i in range(world.rows.size):
        dealings += world.week.dealt[i] != 0
        fair += world.week.dealt[i] == TREATED_FAIRLY
    for g in range(world.governments.size):
        replaced += world.governments[g].replaced
    row[0], row[1] = ratio(fair, dealings, 1.0), ratio(replaced * WEEKS_PER_YEAR, world.governments.size, 1.0)


@loop
def count_all(world, now, lane, cells):
    """Count everything about a lane's citizens."""
    for cell in range(CELLS):
        for outcome in range(_MEASURES):
            world.sums[lane, 0, cell, outcome], world.sums[lane, 1, cell, outcome] = 0, 0
    count_beliefs(world, now, lane, cells)
    count_bonds(world, lane, cells)
    count_exchanges(world, lane, cells)
    count_opinions(world, lane, cells)
    count_standing(world, now, lane, cells)


@loop
def write(world, row):
    """Write every outcome of cadence "tick" into row (float64, shape (TICK_COLUMNS,))."""
    write_groups(world, row)
    write_counts(world, row[FIRST_EACH_TICK:])
    write_firms(world, row[_FIRST_OF_FIRMS:])
    write_governments(world, row[_FIRST_OF_GOVERNMENTS:])


def cells_of(citizens) -> np.ndarray:
    """Return the cell of each citizen (uint8, shape (n,)): office x online x tercile of integrity. Groups are unions of cells."""
    rank = np.argsort(np.argsort(citizens.integrity, kind="stable"), kind="stable")
    return (citizens.official * 6 + citizens.online * 3 + rank * 3 // rank.size).astype(np.uint8)
