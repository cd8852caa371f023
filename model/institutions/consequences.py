"""Phase 8. What a grade gives and takes: wealth, freedom to meet strangers, officers at the door. Wealth is settled here."""

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part
from model.lanes import NO_LANE, citizens_of
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


@loop
def consequences(world, now, lane):
    """Apply the grades of a lane's citizens, then add the week's income to wealth."""
    citizens, standing, week = world.citizens, world.standing, world.week
    key = stream(world.seed, now, Purpose.VISIT)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if world.status[s].running and world.schemes[s].grades > 0 else NO_LANE):
            if standing.enrolled[s, i]:
                apply_grade(world, key, s, i, now)
    for i in citizens_of(world, lane):
        citizens.wealth[i] += week.income[i]
