"""What a citizen joined, and what it kept to itself.

The functions are to be called in the order of the week, each once.
"""

from collections.abc import Iterator

import numpy as np

from agents.chance import Purpose
from agents.events import Event
from dashboard.citizen.decision import Decision, decision_on, fear_of_others
from dashboard.citizen.week import Week


def enrolment(week: Week) -> Iterator[Decision]:
    """Which voluntary schemes it joined or stayed out of."""
    asked, world = week.asked, week.world
    if asked.is_removed(week.now):
        return
    for s in np.flatnonzero((world.status.running == 1) & (world.schemes["enrolment"] == 1)).tolist():
        joins = week.ask().enrols(s, week.now)
        if Purpose.ENROL in asked.draws:
            grounds, names = asked.heard["probability_of_enrolling"][0], {"scheme": week.society.parameters.schemes[s].name}
            yield decision_on(asked, "enrolment", "joined" if joins else "stayed_out", grounds, Purpose.ENROL, names=names)


def protest(week: Week) -> Iterator[Decision]:
    """Whether it took part in collective action."""
    week.after("join")
    asked, turnout = week.ask(), int(week.world.citizens.protesting.sum()) / week.society.graph.citizens
    if asked.is_removed(week.now):
        return
    joins = asked.protests(turnout, week.now)
    if Purpose.PROTEST in asked.draws:
        grounds = asked.heard["probability_of_protesting"][0]
        outcome = "joined" if joins else "stayed_away"
        yield decision_on(asked, "protest", outcome, grounds, Purpose.PROTEST, more=fear_of_others(asked))


def silence(week: Week) -> Iterator[Decision]:
    """Whether fear would have kept it from criticising, where that did not come up: what the model counts as self-censorship."""
    week.after("resent")
    asked = week.ask()
    if asked.is_removed(week.now) or Event.CRITICISM in asked.occasions(week.now) or not asked.falls_silent(week.now):
        return
    grounds = asked.heard["probability_of_criticising"][1]
    yield decision_on(asked, "silence", "silent", grounds, Purpose.CONDUCT, names={"event": "criticism"}, more=fear_of_others(asked))


def approval(week: Week) -> Iterator[Decision]:
    """Whether it said so when asked, if it disapproves of the institutions."""
    asked = week.ask()
    feigns = asked.voices_approval(week.now)
    if "probability_of_voicing_disapproval" in asked.heard:
        grounds, numbers = asked.heard["probability_of_voicing_disapproval"][0], asked.heard["approval"][0].numbers
        more = {name: numbers[name] for name in ("institutional_trust", "perks", "grievance", "bar")} | fear_of_others(asked)
        yield decision_on(asked, "approval", "feigned" if feigns else "said", grounds, Purpose.MEASURE, more=more)
