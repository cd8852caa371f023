"""When a scheme is at work, and whom it enrols at its introduction."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import part, shared_loop, shared_part, variable
from agents.events import EVENTS, LAST_OF_ALL_SOCIETIES, Event
from model.institutions.ledger import enrol

_IN_ANY_SOCIETY = int(LAST_OF_ALL_SOCIETIES)
_LOAN_DEFAULT, _REPAYMENT, _PETITION = variable(Event.LOAN_DEFAULT), variable(Event.REPAYMENT), variable(Event.PETITION)


@shared_part
def within_reach(world, s, i):
    """Return whether scheme s can have i at all: by its coverage, and for a voluntary one only if i is online."""
    if world.schemes[s].enrolment == 1 and not world.citizens.online[i]:
        return False
    scheme, region = world.schemes[s], world.citizens.region[i]
    regional = scheme.urban_coverage if region == 0 else scheme.rural_coverage if region == 1 else scheme.special_coverage
    in_common = 1 if scheme.common_reach else 0
    return draw(np.uint64(stream(world.seed, -1, Purpose.COVERAGE)), i, in_common, 0 if in_common else s) < scheme.coverage * regional


@part
def note_what_matters(world):
    """Fill world.matters: events that mean something in any society, and those that a running scheme counts."""
    for event in range(EVENTS):
        world.matters[event] = event <= _IN_ANY_SOCIETY
    for s in range(world.schemes.size):
        for event in range(EVENTS if world.status[s].running else 0):
            if world.points[s, event] != 0:
                world.matters[event] = 1
    world.matters[_PETITION] = 1  # it matters to the petitioner
    world.matters[_LOAN_DEFAULT] |= world.matters[_REPAYMENT]  # a debt falls due for both


@shared_loop
def introduce(world, now, burn_in):
    """Before the first phase: note which schemes run this tick; at its first tick a mandatory scheme enrols all within its reach."""
    status = world.status
    for s in range(world.schemes.size):
        status[s].running = now >= burn_in and world.schemes[s].active != 0 and not status[s].abandoned
        status[s].weeks += status[s].running
    note_what_matters(world)
    for s in range(world.schemes.size):
        if not status[s].running or status[s].introduced:
            continue
        status[s].introduced = 1
        for i in range(world.rows.size):
            if world.schemes[s].enrolment == 0 and not world.standing.enrolled[s, i] and within_reach(world, s, i):
                enrol(world, s, i, now)
