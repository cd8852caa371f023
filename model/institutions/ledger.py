"""Phase 7. One ledger, the only door to a score: every posting is kept by kind, and the points always equal start plus postings."""

import numpy as np

from agents.chance import Purpose, draw, stream
from agents.compiling import loop, part, shared_loop, shared_part, variable
from agents.events import EVENTS, ON_FILE, Event, is_among, mask_of
from agents.units import to_milli
from model.institutions.entries import ENTRIES, Entry
from model.institutions.grading import natural_grade, next_grade
from model.lanes import NO_LANE, citizens_of
from model.network.ties import ends_of

_ON_FILE, _VERIFICATION, _SETTLEMENT = mask_of(ON_FILE), variable(Event.VERIFICATION), variable(Event.SETTLEMENT)
_ACCUSATION, _APPEAL, _SHARED = variable(Entry.ACCUSATION), variable(Entry.APPEAL), variable(Entry.SHARED)
_RECOVERY, _LIMIT, _EXPIRY = variable(Entry.RECOVERY), variable(Entry.LIMIT), variable(Entry.EXPIRY)


@shared_part
def level_of(world, s, points):
    """Return the level of the game that points (milli-points) are on, counted from the floor of the scale; 0 where there are none."""
    scheme = world.schemes[s]
    if scheme.level_points <= 0.0:
        return 0
    return (points - to_milli(scheme.floor)) // to_milli(scheme.level_points)


@shared_loop
def count_levels(world, s):
    """Note the level of scheme s's game on which every member stands, without any reward."""
    for i in range(world.rows.size):
        if world.standing.enrolled[s, i]:
            world.standing.level[s, i] = level_of(world, s, np.int64(world.standing.points[s, i]))


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
    standing.behind[s, i], standing.level[s, i] = 0.0, level_of(world, s, start)
    key = np.uint64(stream(world.seed, -1, Purpose.VERIFY))
    if draw(key, i, 0, s) < world.rules[0].conduct.verification_rate:
        world.pending[s, i, _VERIFICATION] += world.points[s, _VERIFICATION]


@shared_part
def learns_from_files(world, key, s, i, event):
    """Return whether scheme s learns of an event of i, if that is one only others' files hold. key: of the stream ON_FILE."""
    return not is_among(event, _ON_FILE) or draw(key, i, event, s) < world.schemes[s].records


@part
def note_merits(world, key, s, i):
    """Make pending the points of i's prosocial acts and events of life, as far as the scheme learns of them."""
    for event in world.merits:
        if world.act[i, event] and learns_from_files(world, key, s, i, event):
            world.pending[s, i, event] += world.points[s, event]


@part
def note_shared(world, s, i):
    """Make pending the share of other schemes' event points that scheme s takes over."""
    total = 0
    for other in range(world.schemes.size):
        if other != s and world.status[other].running:
            for event in range(EVENTS):
                points = world.pending[other, i, event]
                total += min(points, 0) if world.schemes[s].shares_losses_only else points
    world.pending[s, i, _SHARED] = int(np.floor(total * world.schemes[s].data_sharing + 0.5))


@part
def note_expiry(world, s, i):
    """Make pending the taking back of the points of events that have expired, and note this week's, which will expire in their turn."""
    pending, lane = world.pending[s, i], world.status[s].weeks % world.schemes[s].expiry_weeks
    posted = pending[_ACCUSATION] + pending[_APPEAL] + pending[_SHARED]
    for event in range(EVENTS):
        posted += pending[event]
    pending[_EXPIRY] = -np.int64(world.expiring[s, i, lane])
    world.expiring[s, i, lane] = posted


@part
def clear_record(world, s, i, before):
    """Make pending what brings i up to the start, and leave nothing to expire."""
    pending, after = world.pending[s, i], before
    for entry in range(ENTRIES):
        after += pending[entry]
    pending[_SETTLEMENT] += max(to_milli(world.schemes[s].start) - after, 0)
    for lane in range(world.schemes[s].expiry_weeks):
        world.expiring[s, i, lane] = 0


@part
def post(world, key, s, i):
    """Post everything pending, what expires, the recovery towards the start, and what the ends of the scale cut off.

    Where points expire, an end of the scale only hides what is beyond it, which may come back once other points have expired; where
    they stay, what it cuts off is lost. key: of the stream ON_FILE.
    """
    standing, scheme, ledger = world.standing, world.schemes[s], world.ledger[s, i]
    pending, points = world.pending[s, i], np.int64(standing.points[s, i])
    if scheme.expiry_weeks > 0:
        note_expiry(world, s, i)
    if scheme.recovery > 0.0:
        pending[_RECOVERY] = int(np.floor((to_milli(scheme.start) - points) * scheme.recovery + 0.5))
    after = points
    if scheme.expiry_weeks > 0:
        after -= ledger[_LIMIT]
        ledger[_LIMIT] = 0
    if scheme.clears and world.act[i, _SETTLEMENT] and learns_from_files(world, key, s, i, _SETTLEMENT):
        clear_record(world, s, i, after)
    for entry in range(ENTRIES):
        if pending[entry] != 0:
            after += pending[entry]
            ledger[entry] += pending[entry]
            pending[entry] = 0
    within = min(max(after, to_milli(scheme.floor)), to_milli(scheme.ceiling))
    if within != after:
        ledger[_LIMIT] += within - after
    standing.points[s, i] = within


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
    """Return i's score in milli-points: own points, mean points of enrolled contacts (none: own points) and of the neighbourhood."""
    own, weight, local = np.float64(world.standing.points[s, i]), world.schemes[s].contact_weight, world.schemes[s].neighbourhood_weight
    if weight <= 0.0 and local <= 0.0:
        return int(own)
    mean, around = own, 0.0
    if weight > 0.0 and world.standing.contacts[s, i] > 0:
        mean = np.float64(world.standing.contacts_points[s, i]) / world.standing.contacts[s, i]
    if local > 0.0:
        where = world.citizens.neighbourhood[i]
        around = np.float64(world.quarters[s, where, 0]) / world.quarters[s, where, 1]
    return int(np.floor((1.0 - weight - local) * own + weight * mean + local * around + 0.5))


@part
def behind_friends(world, s, i):
    """Return how far i's points lie below the mean of its enrolled friends', as a share of the scale (0-1)."""
    total, count = contacts_of(world, s, i)
    if count == 0:
        return 0.0
    span = to_milli(world.schemes[s].ceiling) - to_milli(world.schemes[s].floor)
    return max(np.float64(total) / count - np.float64(world.standing.points[s, i]), 0.0) / span


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
    enrolled, status, key = world.standing.enrolled, world.status, stream(world.seed, now, Purpose.ON_FILE)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if status[s].running else NO_LANE):
            if enrolled[s, i]:
                note_merits(world, key, s, i)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if status[s].running and world.schemes[s].data_sharing > 0.0 else NO_LANE):
            if enrolled[s, i]:
                note_shared(world, s, i)
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if status[s].running else NO_LANE):
            if enrolled[s, i]:
                post(world, key, s, i)


@loop
def sum_neighbourhoods(world):
    """Fill quarters for the schemes in which the neighbourhood's standing counts."""
    standing, quarters = world.standing, world.quarters
    for s in range(world.schemes.size):
        if world.schemes[s].neighbourhood_weight <= 0.0 or not world.status[s].running:
            continue
        for where in range(quarters.shape[1]):
            quarters[s, where, 0], quarters[s, where, 1] = 0, 0
        for i in range(world.rows.size):
            if standing.enrolled[s, i]:
                quarters[s, world.citizens.neighbourhood[i], 0] += standing.points[s, i]
                quarters[s, world.citizens.neighbourhood[i], 1] += 1


@loop
def score_all(world, now, lane):
    """Score and grade a lane's citizens, once everybody's points are posted."""
    standing = world.standing
    for s in range(world.schemes.size):
        for i in citizens_of(world, lane if world.status[s].running else NO_LANE):
            if standing.enrolled[s, i]:
                if world.schemes[s].contact_weight > 0.0:
                    standing.contacts_points[s, i], standing.contacts[s, i] = contacts_of(world, s, i)
                standing.score[s, i] = score_of(world, s, i)
                if world.schemes[s].comparison > 0.0:
                    standing.behind[s, i] = behind_friends(world, s, i)
                regrade(world, s, i, now)
