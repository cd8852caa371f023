"""Phase 4. Acts in public (each a choice that comes up by chance) and events of life (which happen by rate)."""

import numpy as np

from agents.chance import Purpose, actor_key, draw, pair_key, stream, unit
from agents.compiling import loop, part, shared_part
from agents.conduct import fear_of_speaking, probability_of_criticising, probability_of_giving, probability_of_offending
from agents.events import Event
from agents.units import MICRO
from model.lanes import citizens_of, is_in_lane
from model.perception import fear_of_penalty, merit_value
from model.phases.encounter import luckiest_slot

_TAX, _CLASS, _CRIME, _CRITICISM = int(Event.TAX_EVASION), int(Event.ILLEGAL_CLASS), int(Event.CRIME), int(Event.CRITICISM)
_HELPING, _DONATION = int(Event.HELPING), int(Event.DONATION)
_AWARD, _CHILDREN, _ARMY, _CHAMPION = (
    int(Event.AWARD), int(Event.MANY_CHILDREN), int(Event.ARMY_CHILD), int(Event.CHAMPIONSHIP)
)  # fmt: skip


@shared_part
def rate_of(rules, event):
    """Return the weekly probability that the occasion for an act, or the event of life, comes up."""
    conduct = rules.conduct
    if event == _TAX:
        return conduct.tax_evasion_rate
    if event == _CLASS:
        return conduct.illegal_class_rate
    if event == _CRIME:
        return conduct.crime_rate
    if event == _CRITICISM:
        return conduct.criticism_rate
    if event == _HELPING:
        return conduct.helping_rate
    if event == _DONATION:
        return conduct.donation_rate
    if event == _AWARD:
        return conduct.award_rate
    if event == _CHILDREN:
        return conduct.many_children_rate
    if event == _ARMY:
        return conduct.army_child_rate
    return conduct.championship_rate


@part
def gain_of(rules, event):
    """Return the gain (utility) of an offence."""
    if event == _TAX:
        return rules.conduct.tax_evasion_gain
    return rules.conduct.illegal_class_gain if event == _CLASS else rules.conduct.crime_gain


@shared_part
def cost_of(rules, event):
    """Return the cost (utility) of a prosocial act."""
    return rules.conduct.helping_cost if event == _HELPING else rules.conduct.donation_cost


@part
def fear_to_speak(world, i):
    """Return i's fear (utility) of voicing criticism."""
    penalty = fear_of_penalty(world, i, _CRITICISM)
    return fear_of_speaking(penalty, np.float64(world.citizens.suspicion[i]), world.rules[0].informing.suspicion_fear)


@part
def chance_of(world, i, event):
    """Return the probability that i takes the occasion for an act."""
    rules, citizens = world.rules[0], world.citizens
    sharpness, integrity = rules.exchange.sharpness, np.float64(citizens.integrity[i])
    if event == _CRITICISM:
        return probability_of_criticising(
            np.float64(citizens.grievance[i]), fear_to_speak(world, i), rules.conduct.criticism_cost, sharpness
        )
    if event == _HELPING or event == _DONATION:
        return probability_of_giving(integrity, merit_value(world, i, event), cost_of(rules, event), sharpness)
    return probability_of_offending(integrity, fear_of_penalty(world, i, event), gain_of(rules, event), sharpness)


@loop
def act(world, now, lane):
    """Fill the acts of a lane's citizens, who pay for what they give (without friends nobody is helped)."""
    rules = world.rules[0]
    occasion, choice = stream(world.seed, now, Purpose.CONDUCT_CHANCE), stream(world.seed, now, Purpose.CONDUCT)
    for i in citizens_of(world, lane):
        own = actor_key(occasion, i)
        for event in range(_TAX, _CHAMPION + 1):
            world.act[i, event] = 0
            if unit(pair_key(own, event, 0)) >= rate_of(rules, event):
                continue
            if event <= _DONATION and draw(choice, i, event) >= chance_of(world, i, event):
                continue
            if event == _HELPING and world.rows[i].degree == 0:
                continue
            if event == _HELPING or event == _DONATION:
                world.week.income[i] -= int(np.floor(cost_of(rules, event) * MICRO + 0.5))
            world.act[i, event] = 1


@loop
def be_helped(world, now, lane):
    """Give a lane's citizens what their friends' help is worth to them: each helper helps the friend of the smallest draw."""
    whom = stream(world.seed, now, Purpose.HELPED)
    benefit = int(np.floor(world.rules[0].conduct.helping_benefit * MICRO + 0.5))
    for i in range(world.rows.size):
        if world.act[i, _HELPING]:
            friend = np.int64(world.slots.neighbour[luckiest_slot(world, whom, i)])
            if is_in_lane(world, lane, friend):
                world.week.income[friend] += benefit


def conduct_by_citizens(society, now):
    """The same, by the citizens' decisions."""
    world, week = society.world, society.world.week
    rules = world.rules[0]
    benefit = int(np.floor(rules["conduct"]["helping_benefit"] * MICRO + 0.5))
    world.act[:] = 0
    for citizen in society.citizens:
        i = citizen.index
        for event in range(_TAX, _CHAMPION + 1):
            if citizen.luck(Purpose.CONDUCT_CHANCE, now, event) >= rate_of(rules, event):
                continue
            if event <= _DONATION and not citizen.takes_occasion(event, now):
                continue
            if event == _HELPING:
                friend, _ = society.luckiest_tie(Purpose.HELPED, i, now)
                if friend < 0:
                    continue
                week.income[friend] += benefit
            if event in (_HELPING, _DONATION):
                week.income[i] -= int(np.floor(cost_of(rules, event) * MICRO + 0.5))
            world.act[i, event] = 1
