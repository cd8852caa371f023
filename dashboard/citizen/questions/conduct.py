"""What a citizen did in public, and about the fallen.

The functions are to be called in the order of the week, each once.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from agents.chance import Purpose
from agents.events import GIVING, OF_LIFE, Event
from dashboard.citizen.decision import Decision, decision_on, fear_of_others
from dashboard.citizen.week import Week


def conduct(week: Week) -> Iterator[Decision]:
    """What it did about judgments and occasions; whether it blamed who helped it up. Asked before anybody acts."""
    week.after("be_rated")
    if week.asked.is_removed(week.now):
        week.after("act")
        return
    decided = [*_payment(week), *_acts(week)]
    blame = [*_blame(week)]
    week.after("act")
    for decision in decided:
        yield _as_it_came(week, decision)
    if week.world.week.rescued[week.i]:
        yield from blame


def _payment(week: Week) -> Iterator[Decision]:
    asked = week.ask()
    fines, pressure, again = asked.judgment_due(week.now)
    if fines:
        outcome = "paid" if asked.pays(fines, pressure, again, week.now) else "refused"
        grounds, names = asked.heard["probability_of_paying"][0], {"again": "again" if again else "first"}
        purpose = Purpose.SETTLE if again else Purpose.PAY
        yield decision_on(asked, "payment", outcome, grounds, purpose, names=names, more={"fines": float(fines)})


def _acts(week: Week) -> Iterator[Decision]:
    for event in week.asked.occasions(week.now):
        if event in OF_LIFE:
            continue
        asked = week.ask()
        outcome = "done" if asked.takes_occasion(event, week.now) else "not_done"
        (grounds,) = (heard for name, (heard, *_) in asked.heard.items() if name.startswith("probability_of_"))
        kind = {Event.CRITICISM: "criticism", Event.PETITION: "petition"}.get(Event(event), "giving" if event in GIVING else "offence")
        more = fear_of_others(asked) if kind == "criticism" else {}
        yield decision_on(asked, kind, outcome, grounds, Purpose.CONDUCT, names={"event": Event(event).name.lower()}, more=more)


def _as_it_came(week: Week, decision: Decision) -> Decision:
    """Return an act with what became of it: who has no friends helps none, who is banned from travel cannot petition."""
    if decision.kind not in ("giving", "petition") or decision.outcome != "done":
        return decision
    done = week.world.act[week.i, Event[decision.names["event"].upper()]]
    return decision if done else replace(decision, outcome="prevented")


def _blame(week: Week) -> Iterator[Decision]:
    if not week.asked.falls(week.now) or not week.asked.gets_to_blame(week.now):
        return
    asked, helper = week.ask(), week.asked.who_comes_by(week.now)
    if helper >= 0:
        outcome = "blamed" if asked.accuses_helper(helper, week.now) else "spared"
        grounds, names = asked.heard["probability_of_blaming"][0], {"tie": week.tie_to(helper)}
        yield decision_on(asked, "blame", outcome, grounds, Purpose.BLAME, helper, names)


def rescues(week: Week) -> Iterator[Decision]:
    """Whether it helped those who fell before its eyes."""
    for fallen in np.flatnonzero(week.world.week.bystander == week.i).tolist():
        asked = week.ask()
        outcome = "helped" if asked.helps_fallen(fallen, week.now) else "passed_by"
        grounds, names = asked.heard["probability_of_rescuing"][0], {"tie": week.tie_to(fallen)}
        yield decision_on(asked, "rescue", outcome, grounds, Purpose.RESCUE, fallen, names)
