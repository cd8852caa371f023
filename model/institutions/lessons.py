"""What people learn from how a case ended: those who know of it, the accused, and whom the accused suspects of having reported it.

Any known wrong left unpunished, for whatever reason, is the same evidence of unfairness; a punished one is evidence of fairness.
"""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part
from agents.events import LIBERTIES, is_among, mask_of
from agents.informing import raised_suspicion
from model.institutions.rulings import NO_CASE, PUNISHED, UNPUNISHED, any_punished, is_reversed, is_told
from model.lanes import citizens_of
from model.network.ties import ends_of, slot_of
from model.perception import is_wrong
from model.phases.detection import case_index
from model.population import Tally

_LIBERTIES = mask_of(LIBERTIES)
FAIR, UNFAIR, WRONGED, SANCTIONED, REPORTED = Tally.FAIR, Tally.UNFAIR, Tally.WRONGED, Tally.SANCTIONED, Tally.REPORTED
OFFICIALS, OWN_CAUGHT, KNOWN_CAUGHT = Tally.OFFICIALS_UNPUNISHED, Tally.OWN_CAUGHT, Tally.KNOWN_CAUGHT


@loop
def clear(world, lane):
    """Empty what is known of the week's cases, and the scratch arrays of this phase, for a lane's citizens."""
    for i in citizens_of(world, lane):
        world.mark[i] = 0
        for column in range(world.tally.shape[1]):
            world.tally[i, column] = 0
        for s in range(world.schemes.size):
            for column in range(4):
                world.grip[s, i, column] = 0


@part
def teach_knowers(world, row, rulings):
    """Let victim and witnesses of what really happened learn: fair or unfair, and how firmly each institution grips.

    A wrong should be punished; punishment for a liberty is unfair, and its absence no merit. Of a lesser offence only the punishment
    counts, and is fair.
    """
    cases, tally, a = world.cases, world.tally, world.cases[row].accused
    punished, wrong, liberty = any_punished(rulings), is_wrong(cases[row].event), is_among(cases[row].event, _LIBERTIES)
    for position in range(cases[row].first, cases[row].end):
        k = world.witnesses[position].who
        if wrong or punished:
            tally[k, FAIR if punished and not liberty else UNFAIR] += 1
        if wrong and not punished and world.citizens.official[a]:
            tally[k, OFFICIALS] += 1
        if rulings[0] != NO_CASE:
            tally[k, KNOWN_CAUGHT + (rulings[0] != PUNISHED)] += 1
        for s in range(world.schemes.size):
            if rulings[s + 1] != NO_CASE:
                world.grip[s, k, 2 + (rulings[s + 1] != PUNISHED)] += 1
    if cases[row].victim >= 0 and not punished:
        tally[cases[row].victim, WRONGED] += 1


@part
def feels(world, now, row, s):
    """Return whether the punished feel the penalty of scheme s as a sanction."""
    a, index, felt = world.cases[row].accused, case_index(world.cases[row].victim, world.cases[row].event), world.schemes[s].felt
    return felt >= 1.0 or draw(stream(world.seed, now, Purpose.FELT), a, index, s) < felt


@part
def teach_accused(world, now, row, rulings, stands):
    """Let the accused learn its own risk, and take offence at punishment for a liberty, for nothing, or for it is not told what.

    A case dropped by privilege teaches it nothing: what it has at stake is discounted for the exemption already.
    """
    cases, tally, a = world.cases, world.tally, world.cases[row].accused
    felt, unexplained, true = rulings[0] == PUNISHED, False, not cases[row].false
    if true and (rulings[0] == PUNISHED or rulings[0] == UNPUNISHED):
        tally[a, OWN_CAUGHT + (rulings[0] != PUNISHED)] += 1
    for s in range(world.schemes.size):
        punished = rulings[s + 1] == PUNISHED
        told = is_told(world, now, row, s)
        if true and told and (punished or rulings[s + 1] == UNPUNISHED):
            world.grip[s, a, np.int64(not punished)] += 1
        if punished and not is_reversed(world, now, row, s) and feels(world, now, row, s):
            felt, unexplained = True, unexplained or not told
    if not any_punished(rulings):
        return
    if not stands:
        tally[a, FAIR] += 1
    elif felt:
        tally[a, SANCTIONED] += 1
        if cases[row].false or unexplained or is_among(cases[row].event, _LIBERTIES):
            tally[a, UNFAIR] += 1
            tally[a, WRONGED] += 1


@part
def suspects_of(world, row, mark):
    """Mark with row + 1 those who could have reported the case, and return their number.

    The victim and friends of both parties for a betrayal; all ties of the accused for an act in public or a false report.
    """
    cases, a = world.cases, world.cases[row].accused
    victim, count = cases[row].victim, 0
    if victim < 0 or cases[row].false:
        for slot in ends_of(world, a):
            mark[world.slots.neighbour[slot]] = row + 1
        return world.rows[a].degree
    for slot in ends_of(world, victim):
        mark[world.slots.neighbour[slot]] = row + 1
    mark[victim] = row + 1
    for slot in ends_of(world, a):
        if mark[world.slots.neighbour[slot]] == row + 1:
            count += 1
    return count if slot_of(world, a, victim) >= 0 else count + 1


@part
def suspect(world, row, anonymous, mark):
    """Spread the evidence of `anonymous` reports evenly over the accused's ties to those who could have made them."""
    a = world.cases[row].accused
    count = suspects_of(world, row, mark)
    if count == 0:
        return
    share = anonymous * world.rules[0].informing.betrayal_weight / count
    for slot in ends_of(world, a):
        if mark[world.slots.neighbour[slot]] == row + 1:
            world.slots.betrayed[slot] = np.float64(world.slots.betrayed[slot]) + share


@part
def face_reporters(world, key, row, mark):
    """Let the punished learn who reported, or suspect those who could have."""
    cases, a, anonymous = world.cases, world.cases[row].accused, 0
    informing, index = world.rules[0].informing, case_index(world.cases[row].victim, world.cases[row].event)
    for position in range(cases[row].first, cases[row].end):
        if not world.witnesses[position].filed:
            continue
        world.tally[a, REPORTED] += 1
        reporter = np.int64(world.witnesses[position].who)
        if draw(key, a, reporter, index) >= informing.exposure:
            anonymous += 1
            continue
        slot = slot_of(world, a, reporter)
        if slot >= 0:
            world.slots.betrayed[slot] = np.float64(world.slots.betrayed[slot]) + informing.betrayal_weight
            world.slots.exposed[slot] |= 1
            world.slots.exposed[slot_of(world, reporter, a)] |= 2
    if anonymous > 0:
        suspect(world, row, anonymous, mark)


@loop
def take_in(world, lane):
    """Turn the week's counts into evidence: institutional trust, perceived risk, suspicion; by default nothing about people."""
    citizens, standing, tally, grip = world.citizens, world.standing, world.tally, world.grip
    rules = world.rules[0]
    weight, inference = rules.risk.known_weight, rules.learning.unfairness_inference
    for i in citizens_of(world, lane):
        citizens.fair[i] = np.float64(citizens.fair[i]) + tally[i, FAIR]
        citizens.unfair[i] = np.float64(citizens.unfair[i]) + tally[i, UNFAIR]
        citizens.trust_betrayed[i] = np.float64(citizens.trust_betrayed[i]) + inference * tally[i, OFFICIALS]
        citizens.caught[i] = np.float64(citizens.caught[i]) + tally[i, OWN_CAUGHT] + weight * tally[i, KNOWN_CAUGHT]
        citizens.missed[i] = np.float64(citizens.missed[i]) + tally[i, OWN_CAUGHT + 1] + weight * tally[i, KNOWN_CAUGHT + 1]
        if tally[i, REPORTED] > 0:
            citizens.suspicion[i] = raised_suspicion(np.float64(citizens.suspicion[i]), rules.informing.suspicion_jump)
        for s in range(world.schemes.size):
            standing.caught[s, i] = np.float64(standing.caught[s, i]) + grip[s, i, 0] + weight * grip[s, i, 2]
            standing.missed[s, i] = np.float64(standing.missed[s, i]) + grip[s, i, 1] + weight * grip[s, i, 3]
