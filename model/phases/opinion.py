"""Phase 11. Enrolment in voluntary schemes, collective action, abandonment, grievance; what is held back, and what is feigned."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, shared_loop, shared_part, variable
from agents.conduct import probability_of_criticising
from agents.events import Event
from agents.joining import approval, probability_of_enrolling, probability_of_protesting, probability_of_voicing_disapproval
from agents.units import MICRO, to_milli
from model.institutions.grading import natural_grade
from model.institutions.introduction import within_reach
from model.institutions.ledger import enrol
from model.lanes import NO_LANE, citizens_of, noted
from model.network.ties import ends_of
from model.perception import institutional_trust, is_removed
from model.phases.conduct import fear_to_speak
from model.population import Tally

WRONGED, SANCTIONED, VISITED = Tally.WRONGED, Tally.SANCTIONED, Tally.VISITED
_CRITICISM = variable(Event.CRITICISM)
_JOINING = 2  # enrolled only after everyone has decided


@shared_part
def new_grievance(opinion, grievance, wronged, sanctioned, visited, graded):
    """Return grievance (0-1) after a week: decayed, then moved towards 1 by what was suffered (counts)."""
    left = grievance * opinion.grievance_decay
    pull = wronged * opinion.wrong_grievance + sanctioned * opinion.sanction_grievance + visited * opinion.visit_grievance
    pull += graded * opinion.grade_grievance
    return left + (1.0 - left) * min(pull, 1.0)


@shared_part
def benefit_of(world, s):
    """Return the weekly perk (utility) of the grade in which a new member of scheme s starts."""
    scheme = world.schemes[s]
    if scheme.grades == 0:
        return 0.0
    return np.float64(world.grades[s, natural_grade(to_milli(scheme.start), world.grades[s], scheme.grades)].perk) / MICRO


@part
def share_enrolled(world, s, i):
    """Return the share of i's ties enrolled in scheme s at the phase's start (0 without ties)."""
    count = 0
    for slot in ends_of(world, i):
        count += world.standing.enrolled[s, world.slots.neighbour[slot]] == 1
    return count / world.rows[i].degree if world.rows[i].degree > 0 else 0.0


@part
def takes_volunteers(world, s):
    """Return whether citizens may join scheme s this week."""
    return world.status[s].running and world.schemes[s].enrolment == 1


@part
def perks_of(world, i):
    """Return the weekly perks (utility) of i's grades."""
    perks, standing = 0, world.standing
    for s in range(world.schemes.size):
        if world.status[s].running and standing.enrolled[s, i] and world.schemes[s].grades > 0:
            perks += world.grades[s, standing.grade[s, i]].perk
    return perks / MICRO


@part
def approval_of(world, i):
    """Return how far (utility) i approves of the institutions: above 0 it approves."""
    trust, grievance = institutional_trust(world, i), np.float64(world.citizens.grievance[i])
    return approval(trust, perks_of(world, i), grievance, world.rules[0].opinion.approval_bar)


@part
def falls_silent(world, key, i):
    """Return whether i would have criticised this week, had it come up, but for fear."""
    rules, luck, grievance = world.rules[0], draw(key, i, _CRITICISM), np.float64(world.citizens.grievance[i])
    cost, sharpness = rules.conduct.criticism_cost, rules.exchange.sharpness
    if luck >= probability_of_criticising(grievance, 0.0, cost, sharpness):
        return False
    return luck >= probability_of_criticising(grievance, fear_to_speak(world, i), cost, sharpness)


@part
def says_it_approves(world, key, i):
    """Return whether i approves, or feigns it when asked."""
    held = approval_of(world, i)
    if held > 0.0:
        return True
    return draw(key, i, 1) >= probability_of_voicing_disapproval(-held, fear_to_speak(world, i), world.rules[0].exchange.sharpness)


@loop
def speak(world, now, lane):
    """Fill week.silent and week.voices_approval of a lane's citizens, on the week's grievance."""
    voice, answer = stream(world.seed, now, Purpose.CONDUCT), stream(world.seed, now, Purpose.MEASURE)
    for i in citizens_of(world, lane):
        world.week.silent[i] = not is_removed(world, i, now) and falls_silent(world, voice, i)
        world.week.voices_approval[i] = says_it_approves(world, answer, i)


@loop
def choose_to_enrol(world, now, lane):
    """Let a lane's citizens choose to join voluntary schemes: word of mouth against reluctance."""
    standing, rules = world.standing, world.rules[0]
    occasion, choice = stream(world.seed, now, Purpose.ENROL_CHANCE), stream(world.seed, now, Purpose.ENROL)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if takes_volunteers(world, s) else NO_LANE):
            if (
                standing.enrolled[s, i]
                or is_removed(world, i, now)
                or not within_reach(world, s, i)
                or draw(occasion, i, 0, s) >= rules.opinion.enrolment_rate
            ):
                continue
            chance = probability_of_enrolling(
                share_enrolled(world, s, i), benefit_of(world, s), rules.opinion.enrolment_reluctance, rules.exchange.sharpness
            )
            if draw(choice, i, 0, s) < chance:
                standing.enrolled[s, i] = _JOINING


@loop
def join(world, now, lane):
    """Enrol those of a lane's citizens who chose to, and note last week's turnout of collective action."""
    standing, turnout = world.standing, 0
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if takes_volunteers(world, s) else NO_LANE):
            if standing.enrolled[s, i] == _JOINING:
                enrol(world, s, i, now + 1)
    for i in citizens_of(world, lane):
        turnout += world.citizens.protesting[i]
    world.noted[lane, 0] = turnout


@loop
def protest(world, now, lane):
    """Let a lane's citizens join collective action in view of last week's turnout, against threshold and fear; note this week's."""
    citizens, rules, turnout = world.citizens, world.rules[0], 0
    occasion, choice = stream(world.seed, now, Purpose.PROTEST_CHANCE), stream(world.seed, now, Purpose.PROTEST)
    share = np.float64(noted(world, 0)) / world.rows.size
    for i in citizens_of(world, lane):
        joins = False
        if not is_removed(world, i, now) and draw(occasion, i) < rules.opinion.protest_rate:
            threshold = np.float64(citizens.threshold[i]) * rules.opinion.protest_bar
            chance = probability_of_protesting(
                share, rules.opinion.censorship, np.float64(citizens.grievance[i]), threshold, fear_to_speak(world, i),
                rules.exchange.sharpness,
            )  # fmt: skip
            joins = draw(choice, i) < chance
        citizens.protesting[i] = joins
        turnout += joins
    world.noted[lane, 1] = turnout


@shared_loop
def abandon(world, turnout, now):
    """End each running scheme whose abandonment threshold the turnout (citizens) reaches, and with it its locks and bans."""
    standing, n = world.standing, world.rows.size
    for s in range(world.schemes.size):
        threshold = world.schemes[s].abandonment
        if world.status[s].running and threshold < 1.0 and turnout / n >= threshold:
            world.status[s].abandoned = 1
            for i in range(n):
                standing.locked_until[s, i], standing.banned_until[s, i] = now, now


@loop
def give_way(world, now):
    """Abandon what this week's turnout ends."""
    abandon(world, noted(world, 1), now)


@shared_part
def low_grades(world, i):
    """Return in how many schemes i knows itself in a grade that takes wealth, bans from travel or publishes the name."""
    count, standing = 0, world.standing
    for s in range(world.schemes.size):
        if not world.status[s].running or not standing.enrolled[s, i] or world.schemes[s].grades == 0 or world.schemes[s].secret:
            continue
        grade = world.grades[s, standing.grade[s, i]]
        count += grade.perk < 0 or grade.travel_ban_weeks > 0 or grade.published != 0
    return count


@loop
def resent(world, lane):
    """Let a lane's citizens take the week's grievances in, and what commentators say."""
    citizens, tally, rules = world.citizens, world.tally, world.rules[0].opinion
    for i in citizens_of(world, lane):
        if rules.commentators > 0.0 and citizens.online[i]:
            citizens.fair[i] = np.float64(citizens.fair[i]) + rules.commentators
        graded = low_grades(world, i) if rules.grade_grievance > 0.0 else 0
        citizens.grievance[i] = new_grievance(
            rules, np.float64(citizens.grievance[i]), tally[i, WRONGED], tally[i, SANCTIONED], tally[i, VISITED], graded
        )


def opinion_by_citizens(society, now):
    """The same, by the citizens' decisions."""
    world, citizens, tally = society.world, society.citizens, society.world.tally
    rules = world.rules[0]["opinion"]
    for s in np.flatnonzero((world.status.running == 1) & (world.schemes["enrolment"] == 1)).tolist():
        joining = [citizen.index for citizen in citizens if not citizen.is_removed(now) and citizen.enrols(s, now)]
        for i in joining:
            enrol(world, s, i, now + 1)
    turnout = int(world.citizens.protesting.sum()) / world.rows.size
    world.citizens.protesting[:] = [not citizen.is_removed(now) and citizen.protests(turnout, now) for citizen in citizens]
    abandon(world, int(world.citizens.protesting.sum()), now)
    if rules["commentators"] > 0:
        read = world.citizens.online == 1
        world.citizens.fair[read] = world.citizens.fair[read].astype(np.float64) + rules["commentators"]
    for i, grievance in enumerate(world.citizens.grievance.tolist()):
        suffered = (int(tally[i, column]) for column in (WRONGED, SANCTIONED, VISITED))
        graded = int(low_grades(world, i)) if rules["grade_grievance"] > 0 else 0
        world.citizens.grievance[i] = new_grievance(rules, grievance, *suffered, graded)
    world.week.silent[:] = [not citizen.is_removed(now) and citizen.falls_silent(now) for citizen in citizens]
    world.week.voices_approval[:] = [citizen.voices_approval(now) for citizen in citizens]
