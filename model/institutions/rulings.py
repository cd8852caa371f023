"""How court and schemes rule on a case: what they find out, what they believe, what they drop."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import part
from agents.events import ON_FILE, REPORTABLE, is_among, mask_of
from model.institutions.ledger import learns_from_files
from model.perception import counts_for, is_exempt, is_removed
from model.phases.detection import case_index

_ON_FILE, _REPORTABLE = mask_of(ON_FILE), mask_of(REPORTABLE)
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
def has_superior(world, i, now):
    """Return whether i has a superior at work, who is in circulation."""
    superior = np.int64(world.citizens.superior[i])
    return superior >= 0 and not is_removed(world, superior, now)


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
    if scheme.superiors > 0.0 and is_among(event, _REPORTABLE) and has_superior(world, a, now):
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
def is_told(world, now, row, s):
    """Return whether the punished learn what scheme s punishes them for."""
    a, index = world.cases[row].accused, case_index(world.cases[row].victim, world.cases[row].event)
    transparency = world.schemes[s].transparency
    return transparency >= 1.0 or draw(stream(world.seed, now, Purpose.TOLD), a, index, s) < transparency


@part
def is_reversed(world, now, row, s):
    """Return whether an appeal takes back what scheme s has ruled: only of a false case, and by one who is told of it."""
    a, index = world.cases[row].accused, case_index(world.cases[row].victim, world.cases[row].event)
    if not world.cases[row].false or not is_told(world, now, row, s):
        return False
    return draw(stream(world.seed, now, Purpose.APPEAL), a, index, s) < world.schemes[s].appeal


@part
def knows_of_punishment(world, now, row, rulings):
    """Return whether the accused knows for what it is punished: by the court, or by a scheme that tells."""
    if rulings[0] == PUNISHED:
        return True
    for s in range(world.schemes.size):
        if rulings[s + 1] == PUNISHED and is_told(world, now, row, s):
            return True
    return False


@part
def any_punished(rulings):
    """Return whether any institution punished."""
    for institution in range(rulings.size):
        if rulings[institution] == PUNISHED:
            return True
    return False
