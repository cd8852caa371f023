"""Phase 8. What a grade gives and takes: wealth, freedom to meet strangers, officers at the door. Wealth is settled here."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part
from agents.tie_kinds import KIN
from agents.units import to_micro
from model.institutions.ledger import level_of
from model.lanes import NO_LANE, citizens_of
from model.network.ties import ends_of
from model.population import Tally

VISITED = Tally.VISITED


@part
def apply_grade(world, key, s, i, now):
    """Apply one week of i's grade in scheme s."""
    grade = world.grades[s, world.standing.grade[s, i]]
    world.week.income[i] += grade.perk
    if grade.travel_ban_weeks > 0:
        until = now + 1 + grade.travel_ban_weeks
        world.standing.banned_until[s, i] = max(until, world.standing.banned_until[s, i])
    if grade.visit_rate > 0.0 and draw(key, i, 0, s) < grade.visit_rate:
        world.tally[i, VISITED] += 1


@part
def reward_levels(world, s, i):
    """Give i the small rewards of the levels that it has reached this week for the first time."""
    standing = world.standing
    level = level_of(world, s, np.int64(standing.points[s, i]))
    risen = level - standing.level[s, i]
    if risen > 0:
        world.week.income[i] += risen * to_micro(world.schemes[s].level_reward)
        standing.level[s, i] = level


@part
def suffer_with_kin(world, key, s, i, now):
    """Let i bear its share of what scheme s takes from its kin, whether or not it is enrolled itself."""
    standing, slots, share = world.standing, world.slots, world.schemes[s].family_share
    for slot in ends_of(world, i):
        j = np.int64(slots.neighbour[slot])
        if slots.kind[slot] != KIN or not standing.enrolled[s, j]:
            continue
        grade = world.grades[s, standing.grade[s, j]]
        if grade.perk < 0:
            world.week.income[i] += int(np.floor(grade.perk * share + 0.5))
        if grade.travel_ban_weeks > 0 and draw(key, i, j, s) < share:
            until = now + 1 + grade.travel_ban_weeks
            standing.banned_until[s, i] = max(until, standing.banned_until[s, i])


@loop
def consequences(world, now, lane):
    """Apply the grades of a lane's citizens, then add the week's income to wealth."""
    citizens, standing, week = world.citizens, world.standing, world.week
    key, family = stream(world.seed, now, Purpose.VISIT), stream(world.seed, now, Purpose.FAMILY)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if world.status[s].running and world.schemes[s].grades > 0 else NO_LANE):
            if standing.enrolled[s, i]:
                apply_grade(world, key, s, i, now)
            if world.schemes[s].family_share > 0.0:
                suffer_with_kin(world, family, s, i, now)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if world.status[s].running and world.schemes[s].level_points > 0.0 else NO_LANE):
            if standing.enrolled[s, i]:
                reward_levels(world, s, i)
    for i in citizens_of(world, lane):
        citizens.wealth[i] += week.income[i]
