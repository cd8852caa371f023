"""Phase 6. Court and schemes decide the week's cases; everyone who knows of a case learns from how it ended.

Any known wrong left unpunished, for whatever reason, is the same evidence of unfairness; a punished one is evidence of fairness.
"""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part
from agents.events import LIBERTIES, ON_FILE, REPORTABLE, WRONGS, Event, is_among, mask_of
from agents.informing import raised_suspicion
from agents.units import to_micro, to_milli
from model.institutions.entries import Entry
from model.institutions.ledger import learns_from_files
from model.lanes import citizens_of
from model.lots import threshold_of
from model.network.ties import ends_of, slot_of
from model.perception import counts_for, is_exempt, is_wrong
from model.phases.detection import case_index, has_lots
from model.population import Count, Tally

_CRIME = int(Event.CRIME)
_WRONGS, _LIBERTIES, _ON_FILE, _REPORTABLE = mask_of(WRONGS), mask_of(LIBERTIES), mask_of(ON_FILE), mask_of(REPORTABLE)
_ACCUSATION, _APPEAL, _REWARD = int(Entry.ACCUSATION), int(Entry.APPEAL), int(Entry.REWARD)
CASES, UPHELD, TRUE_REPORTS, FALSE_REPORTS = Count.CASES, Count.UPHELD, Count.TRUE_REPORTS, Count.FALSE_REPORTS
FAIR, UNFAIR, WRONGED, SANCTIONED, REPORTED = Tally.FAIR, Tally.UNFAIR, Tally.WRONGED, Tally.SANCTIONED, Tally.REPORTED
OFFICIALS, OWN_CAUGHT, KNOWN_CAUGHT = Tally.OFFICIALS_UNPUNISHED, Tally.OWN_CAUGHT, Tally.KNOWN_CAUGHT
#: How an institution ends a case.
NO_CASE, UNPUNISHED, PUNISHED, DROPPED = -1, 0, 1, 2
#: Institutions per case that keys can tell apart: the court is 0, scheme s is s + 1.
INSTITUTIONS = 16


@part
def accepts_report(world, key, row, position, institution):
    """Return whether an institution believes one report: true ones unless rejected, false ones unless seen through."""
    cases = world.cases
    index = case_index(cases[row].victim, cases[row].event) * INSTITUTIONS + institution
    luck = draw(key, world.witnesses[position].who, cases[row].accused, index)
    if institution == 0:
        return luck >= world.rules[0].court.verification if cases[row].false else True
    scheme = world.schemes[institution - 1]
    return luck >= scheme.verification if cases[row].false else luck >= scheme.rejection


@part
def established_by_report(world, key, row, institution):
    """Return whether any filed report of the case convinces the institution."""
    for position in range(world.cases[row].first, world.cases[row].end):
        if world.witnesses[position].filed and accepts_report(world, key, row, position, institution):
            return True
    return False


@part
def scheme_takes(world, s, row):
    """Return whether the case concerns scheme s: at work, the accused enrolled, the event counted."""
    if not world.status[s].running or not world.standing.enrolled[s, world.cases[row].accused]:
        return False
    return counts_for(world, s, world.cases[row].event)


@part
def is_dropped(world, now, row, institution):
    """Return whether the case of an exempt accused is dropped by the institution."""
    a, index = world.cases[row].accused, case_index(world.cases[row].victim, world.cases[row].event)
    if institution == 0:
        share = world.rules[0].court.exemption if world.citizens.official[a] else 0.0
    else:
        share = world.schemes[institution - 1].exemption if is_exempt(world, institution - 1, a) else 0.0
    return share > 0.0 and draw(stream(world.seed, now, Purpose.EXEMPTION), a, index, institution) < share


@part
def ruling_of_court(world, now, uphold, row):
    """Return how the ordinary court ends a case: PUNISHED (with a fine), UNPUNISHED or DROPPED."""
    cases, index = world.cases, case_index(world.cases[row].victim, world.cases[row].event)
    if not cases[row].court and not established_by_report(world, uphold, row, 0):
        return UNPUNISHED
    if draw(stream(world.seed, now, Purpose.ENFORCEMENT), cases[row].accused, index) >= world.rules[0].court.enforcement:
        return UNPUNISHED
    return DROPPED if is_dropped(world, now, row, 0) else PUNISHED


@part
def collect(world, now, row):
    """Collect the fine of the convicted, or leave it to them to pay."""
    a, index, court = world.cases[row].accused, case_index(world.cases[row].victim, world.cases[row].event), world.rules[0].court
    if court.collection < 1.0 and draw(stream(world.seed, now, Purpose.COLLECTION), a, index) >= court.collection:
        world.citizens.ordered[a] += 1
    else:
        world.week.income[a] -= to_micro(court.fine)


@part
def finds_out(world, now, row, s):
    """Return whether scheme s learns of a case without a report: by a camera it reads, from files, by itself, from a superior at work."""
    cases, scheme = world.cases, world.schemes[s]
    a, event = cases[row].accused, cases[row].event
    if cases[row].false:
        return False
    if cases[row].camera and draw(stream(world.seed, now, Purpose.RECORDED), a, event, s) < scheme.cameras:
        return True
    if is_among(event, _ON_FILE):
        return learns_from_files(world, stream(world.seed, now, Purpose.ON_FILE), s, a, event)
    if scheme.detection > 0.0:
        index = case_index(cases[row].victim, event) * INSTITUTIONS + s
        if draw(stream(world.seed, now, Purpose.OWN_DETECTION), a, index) < scheme.detection:
            return True
    if scheme.superiors > 0.0 and is_among(event, _REPORTABLE) and world.citizens.superior[a] >= 0:
        return draw(stream(world.seed, now, Purpose.NOTED), a, event, s) < scheme.superiors
    return False


@part
def ruling_of_scheme(world, now, uphold, row, s):
    """Return how scheme s, which the case concerns, ends it: PUNISHED if it finds out by itself or a report establishes it."""
    known = finds_out(world, now, row, s)
    if not known and not established_by_report(world, uphold, row, s + 1):
        return UNPUNISHED
    return DROPPED if is_dropped(world, now, row, s + 1) else PUNISHED


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
        return True
    pending[s, a, _ACCUSATION] += world.points[s, event]
    index = case_index(cases[row].victim, event)
    if draw(stream(world.seed, now, Purpose.APPEAL), a, index, s) < world.schemes[s].appeal:
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


@part
def any_punished(rulings):
    """Return whether any institution punished."""
    for institution in range(rulings.size):
        if rulings[institution] == PUNISHED:
            return True
    return False


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
def teach_accused(world, row, rulings, stands):
    """Let the accused learn its own risk, and take offence at punishment for speech or for nothing.

    A case dropped by privilege teaches it nothing: what it has at stake is discounted for the exemption already.
    """
    cases, tally, a = world.cases, world.tally, world.cases[row].accused
    if not cases[row].false:
        if rulings[0] == PUNISHED or rulings[0] == UNPUNISHED:
            tally[a, OWN_CAUGHT + (rulings[0] != PUNISHED)] += 1
        for s in range(world.schemes.size):
            if rulings[s + 1] == PUNISHED or rulings[s + 1] == UNPUNISHED:
                world.grip[s, a, np.int64(rulings[s + 1] != PUNISHED)] += 1
    if not any_punished(rulings):
        return
    if not stands:
        tally[a, FAIR] += 1
        return
    tally[a, SANCTIONED] += 1
    if cases[row].false or is_among(cases[row].event, _LIBERTIES):
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


@part
def count_reports(world, row, punished):
    """Count the filed reports of a case, true, false and upheld."""
    cases = world.cases
    for position in range(cases[row].first, cases[row].end):
        if world.witnesses[position].filed:
            world.counts[FALSE_REPORTS if cases[row].false else TRUE_REPORTS] += 1
            world.counts[UPHELD] += punished


@part
def decide(world, now, uphold, row, rulings, lots):
    """Let court and schemes end a case: fill rulings (court first); fine, post and pay.

    Return whether a punishment outlasts appeal that the accused learns of.
    """
    cases, stands = world.cases, False
    for institution in range(rulings.size):
        rulings[institution] = NO_CASE
    if is_wrong(cases[row].event):
        rulings[0] = ruling_of_court(world, now, uphold, row)
        if rulings[0] == PUNISHED:
            collect(world, now, row)
            stands = True
    for s in range(world.schemes.size):
        if not scheme_takes(world, s, row):
            continue
        rulings[s + 1] = ruling_of_scheme(world, now, uphold, row, s)
        if rulings[s + 1] == PUNISHED:
            outlasts = post_penalty(world, now, row, s) and not world.schemes[s].secret
            stands = stands or outlasts
        pay_reporters(world, uphold, row, s, lots, is_dropped(world, now, row, s + 1))
    return stands


@part
def keep_secrets(world, rulings):
    """Strike out what nobody outside learns of: the rulings of secret schemes."""
    for s in range(world.schemes.size):
        if world.schemes[s].secret:
            rulings[s + 1] = NO_CASE


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


@loop
def adjudicate(world, now):
    """Decide every case in its order, and draw the lots of the null model."""
    cases = world.cases
    uphold, expose = stream(world.seed, now, Purpose.UPHOLD), stream(world.seed, now, Purpose.EXPOSURE)
    mark, rulings, lots = world.mark, world.rulings, world.lots
    for s in range(world.schemes.size):
        lots[s] = 0
    for count in range(CASES):
        world.counts[count] = 0
    for row in range(world.counts[CASES]):
        stands = decide(world, now, uphold, row, rulings, lots)
        count_reports(world, row, any_punished(rulings))
        keep_secrets(world, rulings)
        if not cases[row].false:
            teach_knowers(world, row, rulings)
        teach_accused(world, row, rulings, stands)
        if any_punished(rulings):
            face_reporters(world, expose, row, mark)
    if has_lots(world):
        draw_lots(world, now, lots)
