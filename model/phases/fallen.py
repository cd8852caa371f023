"""The fallen, a part of phase 4: a bystander helps or passes by, and who was helped may blame the helper (heard in phase 6)."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, variable
from agents.events import Event
from agents.rescuing import fear_of_blame, probability_of_blaming, probability_of_rescuing
from agents.units import to_micro
from model.lanes import citizens_of, is_in_lane
from model.network.ties import slot_of
from model.perception import is_removed, merit_value
from model.phases.detection import loyalty_of
from model.phases.encounter import find_somebody

_RESCUE = variable(Event.RESCUE)


@part
def chance_to_help_fallen(world, j):
    """Return the probability that bystander j helps: whoever lies there, it may blame its helper."""
    citizens, rules = world.citizens, world.rules[0].conduct
    fear = fear_of_blame(
        np.float64(citizens.blamed[j]), np.float64(citizens.thanked[j]), rules.fallen_prior_blamed, rules.fallen_prior_thanked,
        rules.fallen_damages,
    )  # fmt: skip
    integrity, merit = np.float64(citizens.integrity[j]), merit_value(world, j, _RESCUE)
    return probability_of_rescuing(integrity, merit, rules.fallen_cost, fear, world.rules[0].exchange.sharpness)


@part
def chance_to_accuse_helper(world, i, j):
    """Return the probability that i, who fell and was helped by j, blames j for the fall."""
    rules, believed = world.rules[0].conduct, 1.0 - world.rules[0].court.verification
    integrity, loyalty = np.float64(world.citizens.integrity[i]), loyalty_of(world, i, j)
    return probability_of_blaming(
        rules.fallen_damages, believed, rules.fallen_need, integrity, loyalty, world.rules[0].exchange.sharpness
    )  # fmt: skip


@part
def blames(world, now, i, j):
    """Return whether i gets to consider blaming its helper j, and does."""
    if draw(stream(world.seed, now, Purpose.BLAME_CHANCE), i) >= world.rules[0].conduct.fallen_accusation_rate:
        return False
    return draw(stream(world.seed, now, Purpose.BLAME), i, j) < chance_to_accuse_helper(world, i, j)


@part
def learn_from_fall(world, i, j, helped):
    """Let i, who fell, take what j did as evidence: about the tie to j, or about strangers if there is none."""
    citizens, slots, weight = world.citizens, world.slots, world.rules[0].conduct.fallen_weight
    slot = slot_of(world, i, j)
    if slot >= 0 and helped:
        slots.honoured[slot] = np.float64(slots.honoured[slot]) + weight
    elif slot >= 0:
        slots.betrayed[slot] = np.float64(slots.betrayed[slot]) + weight
    if slot >= 0:
        weight = weight * world.rules[0].learning.spillover
    if helped:
        citizens.trust_honoured[i] = np.float64(citizens.trust_honoured[i]) + weight
    else:
        citizens.trust_betrayed[i] = np.float64(citizens.trust_betrayed[i]) + weight


@part
def nobody_fell(world, lane):
    """Empty week.bystander, rescued and blames of a lane's citizens, in loops so plain that several are done at a time."""
    for i in citizens_of(world, lane):
        world.week.bystander[i] = -1
    for i in citizens_of(world, lane):
        world.week.rescued[i] = 0
    for i in citizens_of(world, lane):
        world.week.blames[i] = 0


@loop
def fall(world, now, lane):
    """Fill week.bystander, rescued and blames of a lane's citizens, who gain from help and learn what people do.

    The bystander's choice is made here, on what nobody writes in this step: the lane of the fallen knows it first.
    """
    nobody_fell(world, lane)
    week, rules = world.week, world.rules[0].conduct
    if rules.fallen_rate <= 0.0:
        return
    falls, choice = stream(world.seed, now, Purpose.FALL), stream(world.seed, now, Purpose.RESCUE)
    seek, mix = stream(world.seed, now, Purpose.BYSTANDER), stream(world.seed, now, Purpose.COMING_BY)
    for unsigned in citizens_of(world, lane):
        i = np.int64(unsigned)
        if draw(falls, i) >= rules.fallen_rate or is_removed(world, i, now):
            continue
        j = find_somebody(world, now, seek, mix, i, False)
        if j < 0:
            continue
        helped = draw(choice, j, i) < chance_to_help_fallen(world, j)
        week.bystander[i], week.rescued[i] = j, helped
        if helped:
            week.income[i] += to_micro(rules.fallen_benefit)
            week.blames[i] = blames(world, now, i, j)
        learn_from_fall(world, i, j, helped)


@loop
def come_to_help(world, lane):
    """Let a lane's bystanders pay for the help that they give, each time; a scheme counts it once a week."""
    if world.rules[0].conduct.fallen_rate <= 0.0:
        return
    week, cost = world.week, to_micro(world.rules[0].conduct.fallen_cost)
    for i in range(world.rows.size):
        j = np.int64(week.bystander[i])
        if week.rescued[i] and is_in_lane(world, lane, j):
            week.income[j] -= cost
            world.act[j, _RESCUE] = 1


def fallen_by_citizens(society, now):
    """The same, by the citizens' decisions."""
    world, week, citizens = society.world, society.world.week, society.citizens
    rules = world.rules[0]["conduct"]
    week.bystander[:], week.rescued[:], week.blames[:] = -1, 0, 0
    for fallen in citizens if rules["fallen_rate"] > 0.0 else ():
        i = fallen.index
        if not fallen.falls(now):
            continue
        j = fallen.who_comes_by(now)
        if j < 0:
            continue
        week.bystander[i], week.rescued[i] = j, citizens[j].helps_fallen(i, now)
        if week.rescued[i]:
            week.income[i] += to_micro(float(rules["fallen_benefit"]))
            week.income[j] -= to_micro(float(rules["fallen_cost"]))
            world.act[j, _RESCUE] = 1
            week.blames[i] = fallen.gets_to_blame(now) and fallen.accuses_helper(j, now)
        fallen.learns_from_fall(j, bool(week.rescued[i]))
