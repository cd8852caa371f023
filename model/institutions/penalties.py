"""What follows from a ruling: fines, points, removal, rewards for those who reported."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, variable
from agents.events import UNWELCOME, Event
from agents.units import to_micro, to_milli
from model.institutions.entries import Entry
from model.institutions.rulings import accepts_report, is_reversed
from model.lots import threshold_of
from model.perception import is_exempt
from model.phases.detection import case_index
from model.population import Tally

_CRIME, _CRITICISM = variable(Event.CRIME), variable(Event.CRITICISM)
#: In the keys of appeals, marks stand beside the cases of the same events.
MARKS = 32
UNWELCOME_EVENTS = tuple(int(event) for event in UNWELCOME)
_MARKED = variable(Event.MARKED)
FAIR, UNFAIR, WRONGED, SANCTIONED = Tally.FAIR, Tally.UNFAIR, Tally.WRONGED, Tally.SANCTIONED
_ACCUSATION, _APPEAL, _REWARD = variable(Entry.ACCUSATION), variable(Entry.APPEAL), variable(Entry.REWARD)


@part
def collect(world, now, row):
    """Collect the fine of the convicted, or leave it to them to pay."""
    a, index, court = world.cases[row].accused, case_index(world.cases[row].victim, world.cases[row].event), world.rules[0].court
    if court.collection < 1.0 and draw(stream(world.seed, now, Purpose.COLLECTION), a, index) >= court.collection:
        world.citizens.ordered[a] += 1
    else:
        world.week.income[a] -= to_micro(court.fine)


@part
def remove_critic(world, now, a, s):
    """Take a punished critic out of circulation."""
    weeks = world.schemes[s].removal_weeks
    if weeks > 0:
        world.citizens.removed_until[a] = max(now + 1 + weeks, world.citizens.removed_until[a])


@part
def post_penalty(world, now, row, s):
    """Post the points of an established case and take the fine; a false one may be reversed on appeal. Return whether it stands."""
    cases, pending, a = world.cases, world.pending, world.cases[row].accused
    event = cases[row].event
    world.week.income[a] -= to_micro(world.schemes[s].fine)
    if not cases[row].false:
        pending[s, a, event] += world.points[s, event]
        if event == _CRIME and world.schemes[s].crime_to_lowest:
            world.standing.criminal[s, a] = 1
        if event == _CRITICISM:
            remove_critic(world, now, a, s)
        return True
    pending[s, a, _ACCUSATION] += world.points[s, event]
    if is_reversed(world, now, row, s):
        pending[s, a, _APPEAL] -= world.points[s, event]
        world.week.income[a] += to_micro(world.schemes[s].fine)
        return False
    return True


@part
def pay_reporters(world, uphold, row, s, lots, dropped):
    """Pay those who reported the case to scheme s; under the null model count in lots[s] what the lever would have paid."""
    cases, scheme, standing = world.cases, world.schemes[s], world.standing
    if scheme.reporting_reward <= 0.0:
        return
    reward = to_milli(scheme.reporting_reward)
    for position in range(cases[row].first, cases[row].end):
        reporter = world.witnesses[position].who
        filed = world.witnesses[position].would if scheme.rewards_at_random else world.witnesses[position].filed
        if not filed or not standing.enrolled[s, reporter]:
            continue
        if scheme.reward_on == 0 and (dropped or not accepts_report(world, uphold, row, position, s + 1)):
            continue
        if scheme.rewards_at_random:
            lots[s] += 1
        else:
            world.pending[s, reporter, _REWARD] += reward


@loop
def draw_lots(world, now, lots):
    """Null model of rewards: give each scheme's lots[s] rewards to the enrolled citizens with the smallest draws, round by round."""
    n, standing, values = world.rows.size, world.standing, world.values
    key = stream(world.seed, now, Purpose.REWARD_LOT)
    for s in range(world.schemes.size):
        enrolled, reward = 0, to_milli(world.schemes[s].reporting_reward)
        for i in range(n if lots[s] > 0 else 0):
            if standing.enrolled[s, i]:
                values[enrolled] = draw(key, i, 0, s)
                enrolled += 1
        if enrolled == 0:
            continue
        rounds, rest = lots[s] // enrolled, lots[s] % enrolled
        last = threshold_of(values, enrolled, rest) if rest > 0 else -1.0
        for i in range(n):
            if standing.enrolled[s, i]:
                world.pending[s, i, _REWARD] += reward * (rounds + (draw(key, i, 0, s) <= last))


@part
def is_spared(world, now, i, event, s):
    """Return whether officials spare i, who is exempt."""
    share = world.schemes[s].exemption if is_exempt(world, s, i) else 0.0
    return share > 0.0 and draw(stream(world.seed, now, Purpose.EXEMPTION), i, event + MARKS, s + 1) < share


@part
def suffer_mark(world, now, i, event, s):
    """Let i learn of its mark, appeal against it and resent it, as far as the scheme tells and the mark is felt."""
    tally, scheme = world.tally, world.schemes[s]
    told = draw(stream(world.seed, now, Purpose.TOLD), i, event + MARKS, s) < scheme.transparency
    if told:
        world.grip[s, i, 0] += 1
    if told and draw(stream(world.seed, now, Purpose.APPEAL), i, event + MARKS, s) < scheme.appeal:
        world.pending[s, i, _APPEAL] -= world.points[s, _MARKED]
        tally[i, FAIR] += 1
    elif draw(stream(world.seed, now, Purpose.FELT), i, event + MARKS, s) < scheme.felt:
        tally[i, SANCTIONED] += 1
        tally[i, UNFAIR] += 1
        tally[i, WRONGED] += 1


@loop
def mark_the_unwelcome(world, now):
    """Let officials mark critics and petitioners as untrustworthy, where there are officials and a scheme lets them.

    The marked feel punished for nothing; those who did something unwelcome and were not marked learn that, too.
    """
    key, officials = stream(world.seed, now, Purpose.ABUSE), 0
    for i in range(world.rows.size):
        officials += world.citizens.official[i]
    for s in range(world.schemes.size if officials > 0 else 0):
        scheme, points = world.schemes[s], world.points[s, _MARKED]
        if scheme.abuse <= 0.0 or points == 0 or not world.status[s].running:
            continue
        for i in range(world.rows.size):
            for event in UNWELCOME_EVENTS:
                if not world.act[i, event] or not world.standing.enrolled[s, i] or is_spared(world, now, i, event, s):
                    continue
                marked = draw(key, i, event, s) < scheme.abuse
                world.pending[s, i, _MARKED] += points * np.int64(marked)
                if marked and not scheme.secret:
                    suffer_mark(world, now, i, event, s)
                elif not scheme.secret and draw(stream(world.seed, now, Purpose.TOLD), i, event + MARKS, s) < scheme.transparency:
                    world.grip[s, i, 1] += 1
