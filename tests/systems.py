"""Quiet societies under the presets: nothing happens but what a test is about, and every number is the one in the preset's file."""

import numpy as np

from agents.chance import luck
from agents.events import EVENTS, Event
from model.institutions.introduction import introduce
from model.institutions.ledger import enrol
from tests.worlds import next_week, play, quiet

#: What only comes up where a scheme counts it, and what follows from it, is as quiet as the rest.
STILL = {
    f"conduct.{name}_rate": 0.0
    for name in ("fare_fraud", "parking", "traffic", "internet_misuse", "gaming", "loan_default", "parenting", "verification")
} | {"court.settling_rate": 0.0}
#: Every tie sees an act in public and reports it: duty, 1 times an integrity of 0.5, against a dislike of 0.3.
WATCHFUL = {
    "informing.public_witness_rate": 1.0, "informing.civic_duty": 1.0, "informing.dislike": 0.3, "informing.loyalty": 0.0,
    "informing.kin_loyalty": 0.0,
}  # fmt: skip
#: From an act, or a wrong, to its consequences.
JUSTICE = ("detection", "adjudication", "scoring", "consequences")


def under(presets, citizens, ties=(), given=None, *, regions=(), **more):
    """Return a quiet society under one preset or several, or under the `scheme.file` given; all live in the city unless `regions` says.

    Everybody is enrolled where that is mandatory, and nobody where it is voluntary: see `let_join`.
    """
    chosen = {} if "scheme.file" in (given or {}) else {"scheme.preset": presets}
    society = quiet(citizens, ties, STILL | chosen | (given or {}), **more)
    world = society.world
    if len(regions):
        world.citizens.region[:] = regions
        world.standing.enrolled[:], world.pending[:], world.status.introduced[:] = 0, 0, 0
        introduce(world, society.tick, society.parameters.time.burn_in)
    return society


def let_join(society, *citizens, scheme=0):
    """Enrol these citizens, or else everybody."""
    for who in citizens or range(society.graph.citizens):
        enrol(society.world, scheme, who, society.tick)
    return society


def members(society, scheme=0):
    """Return who is enrolled."""
    return set(np.flatnonzero(society.world.standing.enrolled[scheme]).tolist())


def have(society, amount, who=0, scheme=0):
    """Give a citizen that many own points, without a posting."""
    society.world.standing.points[scheme, who] = round(amount * 1000)
    return society


def earns(society, amount, who=0):
    """Let a citizen have that many points; return what the grade it so earns gives or takes in a new week, in utility."""
    have(next_week(society), amount, who)
    before = society.world.citizens.wealth[who].item()
    play(society, "scoring", "consequences")
    return (society.world.citizens.wealth[who].item() - before) / 1e6


def deeds(society, who):
    """Return what a citizen did, or refused, this week."""
    return {Event(k).name.lower() for k in range(EVENTS) if society.world.act[who, k]}


def drawn(society, purpose, actor, other=0, index=0):
    """Return this week's draw for such a choice (docs/odd.md, 7.1)."""
    return luck(society.seed, society.tick, int(purpose), actor, other, index)
