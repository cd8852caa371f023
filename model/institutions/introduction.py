"""When a scheme is at work, and whom it enrols at its introduction."""

from agents.chance import Purpose, draw, stream
from agents.compiling import shared_loop, shared_part
from model.institutions.ledger import enrol


@shared_part
def within_reach(world, s, i):
    """Return whether scheme s can have i at all: by its coverage, and for a voluntary one only if i is online."""
    if world.schemes[s].enrolment == 1 and not world.citizens.online[i]:
        return False
    return draw(stream(world.seed, -1, Purpose.COVERAGE), i, 0, s) < world.schemes[s].coverage


@shared_loop
def introduce(world, now, burn_in):
    """Before the first phase: note which schemes run this tick; at its first tick a mandatory scheme enrols all within its reach."""
    status = world.status
    for s in range(world.schemes.size):
        status[s].running = now >= burn_in and world.schemes[s].active != 0 and not status[s].abandoned
        if not status[s].running or status[s].introduced:
            continue
        status[s].introduced = 1
        for i in range(world.rows.size):
            if world.schemes[s].enrolment == 0 and within_reach(world, s, i):
                enrol(world, s, i, now)
