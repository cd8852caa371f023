"""The court hears those who fell and blame their helpers; helpers and their friends learn what comes of helping.

All of it is false: the helper did nothing but help. Who is made to pay is an innocent punished by the court.
"""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part
from agents.units import to_micro
from model.lanes import citizens_of
from model.network.ties import ends_of, slot_of
from model.population import Tally

UNFAIR, WRONGED, SANCTIONED = Tally.UNFAIR, Tally.WRONGED, Tally.SANCTIONED
BLAMED, THANKED, HEARD_BLAMED = Tally.BLAMED, Tally.THANKED, Tally.HEARD_BLAMED


@part
def face_accuser(world, j, i):
    """Let helper j, whom i blames, take it as an informer's betrayal if they are tied: an accuser stands up in court, known to all."""
    slot = slot_of(world, j, i)
    if slot >= 0:
        world.slots.betrayed[slot] = np.float64(world.slots.betrayed[slot]) + world.rules[0].informing.betrayal_weight
        world.slots.exposed[slot] |= 1
        world.slots.exposed[slot_of(world, i, j)] |= 2


@part
def pay_damages(world, j, i):
    """Let helper j pay damages to i: punished, and for nothing."""
    damages = to_micro(world.rules[0].conduct.fallen_damages)
    world.week.income[j] -= damages
    world.week.income[i] += damages
    for suffered in (BLAMED, SANCTIONED, UNFAIR, WRONGED):
        world.tally[j, suffered] += 1


@part
def tell_of_blame(world, key, j, i):
    """Let j tell its friends that it had to pay for having helped i: each hears of it by a draw of this case, i apart."""
    for slot in ends_of(world, j):
        friend = np.int64(world.slots.neighbour[slot])
        if friend != i and draw(key, j, friend, i) < world.rules[0].learning.gossip_rate:
            world.tally[friend, HEARD_BLAMED] += 1


@loop
def judge_helpers(world, now):
    """Hear every helper who is blamed, and note how each act of help ended."""
    if world.rules[0].conduct.fallen_rate <= 0.0:
        return
    week, verification = world.week, world.rules[0].court.verification
    believe, tell = stream(world.seed, now, Purpose.BLAME_BELIEVED), stream(world.seed, now, Purpose.BLAME_TOLD)
    for i in range(world.rows.size):
        j = np.int64(week.bystander[i])
        if not week.rescued[i]:
            continue
        if week.blames[i]:
            face_accuser(world, j, i)
        if week.blames[i] and draw(believe, i, j) >= verification:
            pay_damages(world, j, i)
            tell_of_blame(world, tell, j, i)
        else:
            world.tally[j, THANKED] += 1


@loop
def remember_blame(world, lane):
    """Turn the week's counts into a lane's citizens' evidence of what comes of helping."""
    if world.rules[0].conduct.fallen_rate <= 0.0:
        return
    citizens, tally, weight = world.citizens, world.tally, world.rules[0].learning.gossip_weight
    for i in citizens_of(world, lane):
        citizens.blamed[i] = np.float64(citizens.blamed[i]) + tally[i, BLAMED] + weight * tally[i, HEARD_BLAMED]
        citizens.thanked[i] = np.float64(citizens.thanked[i]) + tally[i, THANKED]
