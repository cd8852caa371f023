"""What a citizen perceives, read from the arrays by the compiled loops (citizens of the agents engine have methods for the same)."""

import numpy as np

from agents.choosing import beta_mean, deterrence, reward_per_point, value_of_points
from agents.compiling import part, shared_part, variable
from agents.events import UNWELCOME, WRONGS, Event, is_among, mask_of
from agents.tie_kinds import KIN, WORK
from agents.trusting import belief_in_partner, prior_of_tie
from agents.units import MILLI, to_milli
from model.institutions.ledger import level_of

_DISHONOUR, _CRIME, _RATED_UP, _RATED_DOWN = (variable(e) for e in (Event.DISHONOUR, Event.CRIME, Event.RATED_UP, Event.RATED_DOWN))
_WRONGS, _UNWELCOME = mask_of(WRONGS), mask_of(UNWELCOME)
_MARKED, _SETTLEMENT = variable(Event.MARKED), variable(Event.SETTLEMENT)


@shared_part
def is_removed(world, i, now):
    """Return whether i has been taken out of circulation: it meets nobody, does, sees and says nothing."""
    return now < world.citizens.removed_until[i]


@part
def generalized_trust(world, i):
    """Return i's belief (0-1) in a uniformly random stranger, unaided by scores."""
    learning = world.rules[0].learning
    citizens = world.citizens
    return beta_mean(
        np.float64(citizens.trust_honoured[i]),
        np.float64(citizens.trust_betrayed[i]),
        learning.prior_honoured,
        learning.prior_betrayed,
    )


@part
def institutional_trust(world, i):
    """Return i's belief (0-1) that institutions treat people fairly."""
    opinion = world.rules[0].opinion
    return beta_mean(np.float64(world.citizens.fair[i]), np.float64(world.citizens.unfair[i]), opinion.prior_fair, opinion.prior_unfair)


@part
def tie_belief(world, i, slot):
    """Return i's belief (0-1) in the neighbour of that slot, unaided by scores."""
    learning = world.rules[0].learning
    bonus = learning.kin_bonus if world.slots.kind[slot] == KIN else 0.0
    prior = prior_of_tie(generalized_trust(world, i), bonus)
    honoured, betrayed = np.float64(world.slots.honoured[slot]), np.float64(world.slots.betrayed[slot])
    return belief_in_partner(honoured, betrayed, prior, learning.tie_prior_strength)


@part
def attachment_to(world, slot):
    """Return what the tie of that slot is worth beyond exchange (utility), by its kind."""
    unfriending = world.rules[0].unfriending
    kind = world.slots.kind[slot]
    if kind == KIN:
        return unfriending.kin_attachment
    return unfriending.work_attachment if kind == WORK else unfriending.attachment


@shared_part
def is_exempt(world, s, i):
    """Return whether i is among those whose cases scheme s may drop (officials, or a random draw in the null model)."""
    if world.schemes[s].exemption_at_random:
        return world.citizens.exempt_by_lot[i] != 0
    return world.citizens.official[i] != 0


@shared_part
def counts_for(world, s, event):
    """Return whether scheme s takes points, or the grade, for that event."""
    return world.points[s, event] < 0 or (event == _CRIME and world.schemes[s].crime_to_lowest != 0)


@shared_part
def is_wrong(event):
    """Return whether an event is a wrong before the ordinary court."""
    return is_among(event, _WRONGS)


@part
def concern_with(world, s, i):
    """Return how much points of scheme s matter to i (0 and up): its concern, more if comparison shows it behind its friends."""
    behind = np.float64(world.standing.behind[s, i])
    return np.float64(world.citizens.score_concern[i]) * (1.0 + world.schemes[s].comparison * behind)


@part
def points_taken(world, s, event):
    """Return how many milli-points (float) scheme s takes for an event; for what is unwelcome to officials who abuse their office, at
    least their mark.
    """
    lost = -np.float64(world.points[s, event]) if world.points[s, event] < 0 else 0.0
    if world.schemes[s].abuse > 0.0 and is_among(event, _UNWELCOME):
        lost = max(lost, -np.float64(world.points[s, _MARKED]))
    return lost


@part
def shared_worth(world, s, i, points):
    """Return what points (float, below 0: a loss) of an event posted by scheme s are worth to i (utility) where they are shared."""
    value = 0.0
    for t in range(world.schemes.size):
        scheme = world.schemes[t]
        if t == s or scheme.data_sharing <= 0.0 or not world.status[t].running or not world.standing.enrolled[t, i]:
            continue
        if points < 0.0 or not scheme.shares_losses_only:
            value += value_of_points(points * scheme.data_sharing, scheme.utility_per_point, concern_with(world, t, i))
    return value


@part
def points_at_stake(world, s, i, event):
    """Return how many points (float) i would lose in scheme s if found out: the event's, and the fall to the lowest grade for a crime."""
    lost, scheme = points_taken(world, s, event), world.schemes[s]
    if event == _CRIME and scheme.crime_to_lowest and scheme.grades > 1:
        own = to_milli(scheme.start) if scheme.secret else np.int64(world.standing.points[s, i])  # a secret file is unknown to its subject
        fall = np.float64(own) - np.float64(world.grades[s, scheme.grades - 2].floor)
        if fall > 0.0:
            lost += fall
    return lost / MILLI


@part
def fear_of_scheme(world, s, i, event):
    """Return i's expected cost (utility) of being found out by scheme s: perceived risk times what is at stake."""
    if not world.status[s].running or not world.standing.enrolled[s, i]:
        return 0.0
    scheme, risk = world.schemes[s], world.rules[0].risk
    stake = points_at_stake(world, s, i, event)
    value = value_of_points(stake, scheme.utility_per_point, concern_with(world, s, i))
    value -= shared_worth(world, s, i, -points_taken(world, s, event) / MILLI)
    if counts_for(world, s, event):
        value += scheme.fine
    if is_exempt(world, s, i):
        value = value * (1.0 - scheme.exemption)
    perceived = beta_mean(
        np.float64(world.standing.caught[s, i]), np.float64(world.standing.missed[s, i]), risk.prior_caught, risk.prior_missed
    )
    fear = deterrence(perceived, value)
    if event == _DISHONOUR and scheme.rating_rate > 0.0:
        fear += rating_at_stake(world, s, i)
    return fear


@part
def rating_at_stake(world, s, i):
    """Return what the difference between a good and a bad rating by the counterpart is worth to i (utility), times its chance."""
    scheme = world.schemes[s]
    up, down = np.float64(world.points[s, _RATED_UP]) / MILLI, np.float64(world.points[s, _RATED_DOWN]) / MILLI
    value = value_of_points(up - down, scheme.utility_per_point, concern_with(world, s, i))
    shared = 0.0
    for sign in (1.0, -1.0):  # one call, which is compiled into every place of this one
        shared += sign * shared_worth(world, s, i, up if sign > 0.0 else down)
    return deterrence(scheme.rating_rate, value + shared)


@part
def fear_of_penalty(world, i, event):
    """Return i's expected cost (utility) of an event at the hands of the court and of all schemes."""
    fear = 0.0
    if is_wrong(event):
        court, risk = world.rules[0].court, world.rules[0].risk
        fine = court.fine * (1.0 - court.exemption) if world.citizens.official[i] else court.fine
        fine = fine * court.collection
        perceived = beta_mean(
            np.float64(world.citizens.caught[i]), np.float64(world.citizens.missed[i]), risk.prior_caught, risk.prior_missed
        )
        fear = deterrence(perceived, fine)
    for s in range(world.schemes.size):
        fear += fear_of_scheme(world, s, i, event)
    return fear


@part
def merit_value(world, i, event):
    """Return what the points for a prosocial event are worth to i (utility)."""
    value = 0.0
    for s in range(world.schemes.size):
        if world.status[s].running and world.standing.enrolled[s, i] and world.points[s, event] > 0:
            points = np.float64(world.points[s, event]) / MILLI
            value += value_of_points(points, world.schemes[s].utility_per_point, concern_with(world, s, i))
            value += shared_worth(world, s, i, points)
            if level_of(world, s, np.int64(world.standing.points[s, i])) >= world.standing.level[s, i]:
                value += points * reward_per_point(world.schemes[s].level_points, world.schemes[s].level_reward)
        if event == _SETTLEMENT and world.schemes[s].clears and world.status[s].running and world.standing.enrolled[s, i]:
            regained = np.float64(max(to_milli(world.schemes[s].start) - np.int64(world.standing.points[s, i]), 0)) / MILLI
            value += value_of_points(regained, world.schemes[s].utility_per_point, concern_with(world, s, i))
    return value


@part
def reward_value(world, i, accused, event, is_false, with_lots):
    """Return the expected worth (utility) to i of the rewards for reporting an event of the accused, by schemes it concerns.

    A reward paid on upheld reports is expected with the probability that such a report is upheld. Under the null model rewards do
    not depend on the report, and count for nothing unless `with_lots` asks what the lever would have done.
    """
    value = 0.0
    for s in range(world.schemes.size):
        scheme = world.schemes[s]
        if not world.status[s].running or not world.standing.enrolled[s, i] or scheme.reporting_reward <= 0.0:
            continue
        if not world.standing.enrolled[s, accused] or not counts_for(world, s, event):
            continue
        if scheme.rewards_at_random and not with_lots:
            continue
        chance = 1.0 if scheme.reward_on == 1 else 1.0 - scheme.verification if is_false else 1.0 - scheme.rejection
        value += chance * value_of_points(scheme.reporting_reward, scheme.utility_per_point, concern_with(world, s, i))
    return value
