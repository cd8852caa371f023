"""Phase 7. One ledger, the only door to a score: every posting is kept by kind, and the points always equal start plus postings."""

import numpy as np

from agents.compiling import loop, part, shared_part
from agents.events import EVENTS, Event
from agents.units import MILLI
from model.institutions.entries import ENTRIES, Entry
from model.institutions.grading import natural_grade, next_grade
from model.lanes import NO_LANE, citizens_of
from model.network.ties import ends_of

_HELPING, _CHAMPIONSHIP = int(Event.HELPING), int(Event.CHAMPIONSHIP)
_ACCUSATION, _APPEAL, _SHARED = int(Entry.ACCUSATION), int(Entry.APPEAL), int(Entry.SHARED)
_RECOVERY, _LIMIT, _EXPIRY = int(Entry.RECOVERY), int(Entry.LIMIT), int(Entry.EXPIRY)


@shared_part
def to_milli(points):
    """Return points as whole milli-points, rounded half up."""
    return int(np.floor(points * MILLI + 0.5))


@shared_part
def enrol(world, s, i, now):
    """Enrol citizen i in scheme s: start points, no postings, the grade the start earns."""
    standing, scheme = world.standing, world.schemes[s]
    start = to_milli(scheme.start)
    standing.enrolled[s, i] = 1
    standing.points[s, i] = standing.score[s, i] = standing.score_last_year[s, i] = start
    for entry in range(ENTRIES):
        world.ledger[s, i, entry] = 0
    for lane in range(world.expiring.shape[2]):
        world.expiring[s, i, lane] = 0
    if scheme.grades > 0:
        standing.grade[s, i] = natural_grade(start, world.grades[s], scheme.grades)
    standing.locked_until[s, i] = standing.banned_until[s, i] = now


@part
def note_merits(world, s, i):
    """Make pending the points of i's prosocial acts and events of life."""
    for event in range(_HELPING, _CHAMPIONSHIP + 1):
        if world.act[i, event]:
            world.pending[s, i, event] += world.points[s, event]


@part
def note_shared(world, s, i):
    """Make pending the share of other schemes' event points that scheme s takes over."""
    total = 0
    for other in range(world.schemes.size):
        if other != s and world.status[other].running:
            for event in range(EVENTS):
                total += world.pending[other, i, event]
    world.pending[s, i, _SHARED] = int(np.floor(total * world.schemes[s].data_sharing + 0.5))


@part
def note_expiry(world, s, i, now):
    """Make pending the taking back of the points of events that have expired; return this tick's, which will expire in their turn."""
    pending = world.pending[s, i]
    posted = pending[_ACCUSATION] + pending[_APPEAL] + pending[_SHARED]
    for event in range(EVENTS):
        posted += pending[event]
    pending[_EXPIRY] = -np.int64(world.expiring[s, i, now % world.schemes[s].expiry_weeks])
    return posted


@part
def effective(posted, cut_off):
    """Return what remains (milli-points) of the points posted once an end of the scale has cut something off, never less than none."""
    if posted > 0:
        return max(posted + min(cut_off, 0), 0)
    return min(posted + max(cut_off, 0), 0)


@part
def post(world, s, i, now):
    """Post everything pending, what expires, the recovery towards the start, and what the ends of the scale cut off."""
    standing, scheme = world.standing, world.schemes[s]
    before = np.int64(standing.points[s, i])
    pending = world.pending[s, i]
    expiring = note_expiry(world, s, i, now) if scheme.expiry_weeks > 0 else 0
    if scheme.recovery > 0.0:
        pending[_RECOVERY] = int(np.floor((to_milli(scheme.start) - before) * scheme.recovery + 0.5))
    after = before
    for entry in range(ENTRIES):
        if pending[entry] != 0:
            after += pending[entry]
            world.ledger[s, i, entry] += pending[entry]
            pending[entry] = 0
    within = min(max(after, to_milli(scheme.floor)), to_milli(scheme.ceiling))
    if within != after:
        world.ledger[s, i, _LIMIT] += within - after
    standing.points[s, i] = within
    if scheme.expiry_weeks > 0:  # what the scale never let through cannot be taken back
        world.expiring[s, i, now % scheme.expiry_weeks] = effective(expiring, within - after)


@part
def contacts_of(world, s, i):
    """Return (sum of points in milli-points, number) of i's contacts enrolled in scheme s."""
    standing, total, count = world.standing, 0, 0
    for slot in ends_of(world, i):
        j = world.slots.neighbour[slot]
        if standing.enrolled[s, j]:
            total += standing.points[s, j]
            count += 1
    return total, count


@part
def score_of(world, s, i):
    """Return i's score in milli-points: own points, and by contact weight the mean points of enrolled contacts (none: own points)."""
    own, weight = np.float64(world.standing.points[s, i]), world.schemes[s].contact_weight
    if weight <= 0.0:
        return int(own)
    total, count = contacts_of(world, s, i)
    mean = np.float64(total) / count if count > 0 else own
    return int(np.floor((1.0 - weight) * own + weight * mean + 0.5))


@part
def regrade(world, s, i, now):
    """Move i to the grade its score and its lock allow."""
    standing, scheme = world.standing, world.schemes[s]
    if scheme.grades == 0:
        return
    natural = natural_grade(standing.score[s, i], world.grades[s], scheme.grades)
    grade, until = next_grade(
        np.int64(standing.grade[s, i]), natural, standing.criminal[s, i] != 0, np.int64(standing.locked_until[s, i]), now,
        world.grades[s], scheme.grades,
    )  # fmt: skip
    standing.grade[s, i], standing.locked_until[s, i] = grade, until
    standing.criminal[s, i] = 0


@loop
def post_all(world, now, lane):
    """Note merits, share data, post: each for all schemes before the next, so that their order cannot matter."""
    enrolled, status = world.standing.enrolled, world.status
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if status[s].running else NO_LANE):
            if enrolled[s, i]:
                note_merits(world, s, i)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if status[s].running and world.schemes[s].data_sharing > 0.0 else NO_LANE):
            if enrolled[s, i]:
                note_shared(world, s, i)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if status[s].running else NO_LANE):
            if enrolled[s, i]:
                post(world, s, i, now)


@loop
def score_all(world, now, lane):
    """Score and grade a lane's citizens, once everybody's points are posted."""
    standing = world.standing
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if world.status[s].running else NO_LANE):
            if standing.enrolled[s, i]:
                standing.score[s, i] = score_of(world, s, i)
                regrade(world, s, i, now)
