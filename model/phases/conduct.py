"""Phase 4. Acts in public (each a choice that comes up by chance) and events of life (which happen by rate)."""

import numpy as np

from agents.chance import Purpose, actor_key, draw, pair_key, stream, unit
from agents.compiling import loop, part, variable
from agents.conduct import (
    fear_of_speaking,
    probability_of_criticising,
    probability_of_giving,
    probability_of_offending,
    probability_of_paying,
    probability_of_petitioning,
)
from agents.events import EVENTS, GIVING, OF_LIFE, Event, is_among, mask_of
from agents.units import to_micro
from model.lanes import citizens_of, is_in_lane
from model.perception import fear_of_penalty, institutional_trust, is_removed, merit_value
from model.phases.encounter import luckiest_slot, travel_banned
from model.phases.fallen import fallen_by_citizens

_CRITICISM, _HELPING, _DONATION = variable(Event.CRITICISM), variable(Event.HELPING), variable(Event.DONATION)
_LOAN_DEFAULT, _REPAYMENT = variable(Event.LOAN_DEFAULT), variable(Event.REPAYMENT)
_UNPAID, _SETTLEMENT, _PETITION = variable(Event.JUDGMENT_UNPAID), variable(Event.SETTLEMENT), variable(Event.PETITION)
_GIVING, _OF_LIFE = mask_of(GIVING), mask_of(OF_LIFE)


@part
def with_suspicion(world, i, penalty):
    """Return i's fear (utility) of voicing criticism, given its fear of penalties for it."""
    return fear_of_speaking(penalty, np.float64(world.citizens.suspicion[i]), world.rules[0].informing.suspicion_fear)


@part
def fear_to_speak(world, i):
    """Return i's fear (utility) of voicing criticism."""
    return with_suspicion(world, i, fear_of_penalty(world, i, _CRITICISM))


@part
def chance_of(world, i, event):
    """Return the probability that i takes the occasion for an act."""
    rules, citizens, occasion = world.rules[0], world.citizens, world.occasion[event]
    sharpness = rules.exchange.sharpness
    conscience, grievance = occasion.morals * np.float64(citizens.integrity[i]), np.float64(citizens.grievance[i])
    if is_among(event, _GIVING):
        return probability_of_giving(conscience, merit_value(world, i, event), occasion.worth, sharpness)
    fear = fear_of_penalty(world, i, event)
    if event == _CRITICISM:
        return probability_of_criticising(grievance, with_suspicion(world, i, fear), rules.conduct.criticism_cost, sharpness)
    if event == _PETITION:
        return probability_of_petitioning(grievance, institutional_trust(world, i), fear, occasion.worth, sharpness)
    return probability_of_offending(conscience, fear, occasion.worth, sharpness)


@part
def pay(world, i, times):
    """Let i pay that many fines."""
    world.week.income[i] -= times * to_micro(world.rules[0].court.fine)


@part
def answer_judgments(world, now, i):
    """Let i pay the fines that the court left to it to pay; or later, if it thinks again, all that it owes."""
    citizens, court = world.citizens, world.rules[0].court
    integrity, sharpness = np.float64(citizens.integrity[i]), world.rules[0].exchange.sharpness
    ordered, owed = np.int64(citizens.ordered[i]), np.int64(citizens.owed[i])
    if ordered > 0:
        chance = probability_of_paying(integrity, fear_of_penalty(world, i, _UNPAID), court.fine * ordered, sharpness)
        citizens.ordered[i] = 0
        if draw(stream(world.seed, now, Purpose.PAY), i) < chance:
            pay(world, i, ordered)
        else:
            citizens.owed[i] += ordered
            world.act[i, _UNPAID] = 1
    elif owed > 0 and draw(stream(world.seed, now, Purpose.SETTLE_CHANCE), i) < court.settling_rate:
        chance = probability_of_paying(integrity, merit_value(world, i, _SETTLEMENT), court.fine * owed, sharpness)
        if draw(stream(world.seed, now, Purpose.SETTLE), i) < chance:
            pay(world, i, owed)
            citizens.owed[i] = 0
            world.act[i, _SETTLEMENT] = 1


@part
def be_heard(world, now, i):
    """Let i's petition be heard, which is fair and relieves grievance, or not, which is unfair."""
    citizens, rules = world.citizens, world.rules[0].conduct
    if draw(stream(world.seed, now, Purpose.HEARING), i) < rules.petition_hearing:
        citizens.fair[i] = np.float64(citizens.fair[i]) + 1.0
        citizens.grievance[i] = np.float64(citizens.grievance[i]) * (1.0 - rules.petition_relief)
    else:
        citizens.unfair[i] = np.float64(citizens.unfair[i]) + 1.0


@loop
def act(world, now, lane):
    """Fill the acts of a lane's citizens: they answer judgments, and pay for what they give (without friends nobody is helped)."""
    occasion, choice = stream(world.seed, now, Purpose.CONDUCT_CHANCE), stream(world.seed, now, Purpose.CONDUCT)
    for i in citizens_of(world, lane):
        own = actor_key(occasion, i)
        for event in range(EVENTS):
            world.act[i, event] = 0
        if is_removed(world, i, now):
            continue
        answer_judgments(world, now, i)
        for event in world.open_events:
            if not world.matters[event] or unit(pair_key(own, event, 0)) >= world.occasion[event].rate:
                continue
            if not is_among(event, _OF_LIFE) and draw(choice, i, event) >= chance_of(world, i, event):
                world.act[i, _REPAYMENT] |= event == _LOAN_DEFAULT  # a debt fell due, and is paid
                continue
            if (event == _HELPING and world.rows[i].degree == 0) or (event == _PETITION and travel_banned(world, i, now)):
                continue
            if event == _PETITION:
                be_heard(world, now, i)
            if event == _HELPING or event == _DONATION:
                world.week.income[i] -= to_micro(world.occasion[event].worth)
            world.act[i, event] = 1


@loop
def be_helped(world, now, lane):
    """Give a lane's citizens what their friends' help is worth to them: each helper helps the friend of the smallest draw."""
    whom = stream(world.seed, now, Purpose.HELPED)
    benefit = to_micro(world.rules[0].conduct.helping_benefit)
    for i in range(world.rows.size):
        if world.act[i, _HELPING]:
            friend = np.int64(world.slots.neighbour[luckiest_slot(world, whom, i)])
            if is_in_lane(world, lane, friend):
                world.week.income[friend] += benefit


def conduct_by_citizens(society, now):
    """The same, by the citizens' decisions."""
    world, week = society.world, society.world.week
    benefit = to_micro(float(world.rules[0]["conduct"]["helping_benefit"]))
    world.act[:] = 0
    for citizen in society.citizens:
        i = citizen.index
        if citizen.is_removed(now):
            continue
        _answer_judgments(world, citizen, now)
        for event in citizen.occasions(now):
            if event not in OF_LIFE and not citizen.takes_occasion(event, now):
                world.act[i, _REPAYMENT] |= event == _LOAN_DEFAULT
                continue
            if event == _PETITION:
                if citizen.is_travel_banned(now):
                    continue
                citizen.is_heard(citizen.luck(Purpose.HEARING, now) < world.rules[0]["conduct"]["petition_hearing"])
            if event == _HELPING:
                friend, _ = society.luckiest_tie(Purpose.HELPED, i, now)
                if friend < 0:
                    continue
                week.income[friend] += benefit
            if event in (_HELPING, _DONATION):
                week.income[i] -= to_micro(float(world.occasion[event]["worth"]))
            world.act[i, event] = 1
    fallen_by_citizens(society, now)


def _answer_judgments(world, citizen, now):
    citizens, i = world.citizens, citizen.index
    fines, pressure, again = citizen.judgment_due(now)
    citizens.ordered[i] = 0
    if fines and citizen.pays(fines, pressure, again, now):
        citizen.pay_fines(fines)
        if again:
            citizens.owed[i] = 0
            world.act[i, _SETTLEMENT] = 1
    elif fines and not again:
        citizens.owed[i] += fines
        world.act[i, _UNPAID] = 1
