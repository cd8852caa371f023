"""Whom a citizen reported, truly or falsely.

The functions are to be called in the order of the week, each once.
"""

from collections.abc import Iterator

import numpy as np

from agents.chance import Purpose
from agents.events import Event
from dashboard.citizen.decision import Decision, decision_on
from dashboard.citizen.week import Week
from model.phases.detection import FIRST_VICTIM
from model.population import Count


def reports(week: Week) -> Iterator[Decision]:
    """Whether it reported what it saw or suffered."""
    week.after("detection")
    world = week.world
    cases, seen = world.cases[: int(world.counts[Count.CASES])], world.witnesses[: int(world.counts[Count.WITNESSES])]
    for position in np.flatnonzero(seen["who"] == week.i).tolist():
        case = cases[int(np.searchsorted(cases["first"], position, side="right")) - 1]
        accused, victim, event = int(case.accused), int(case.victim), int(case.event)
        is_victim = victim == week.i
        if case.false or (is_victim and not week.ask().gets_to_complain(accused, week.now)):
            continue
        asked, index = week.ask(), event if victim < 0 else victim + FIRST_VICTIM
        filed, _ = asked.reports(accused, event, index, is_victim, week.now)
        names = {"event": Event(event).name.lower(), "tie": week.tie_to(accused), "as": "victim" if is_victim else "witness"}
        grounds = asked.heard["probability_of_reporting"][0]
        yield decision_on(asked, "report", "filed" if filed else "kept", grounds, Purpose.REPORT, accused, names)


def accusation(week: Week) -> Iterator[Decision]:
    """Whether it accused one of its ties of a betrayal that never was."""
    asked = week.ask()
    accused = asked.gets_to_accuse(week.now)
    if accused >= 0:
        filed, _ = asked.accuses(accused, week.now)
        grounds, names = asked.heard["probability_of_accusing"][0], {"tie": week.tie_to(accused)}
        yield decision_on(asked, "accusation", "filed" if filed else "kept", grounds, Purpose.ACCUSE, accused, names)
