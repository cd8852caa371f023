"""Whom a citizen met, and whether it trusted, honoured and bought.

The functions are to be called in the order of the week, each once.
"""

from collections.abc import Iterator

import numpy as np

from agents import trusting
from agents.chance import Purpose
from dashboard.citizen.decision import Decision, decision_on
from dashboard.citizen.listening import Listening
from dashboard.citizen.week import Week
from model.organisations import LOW


def meeting(week: Week) -> Iterator[Decision]:
    """Whom it met, having looked for a stranger or for one of its ties."""
    week.after("encounter")
    asked = week.ask()
    if asked.is_removed(week.now):
        return
    banned, share = asked.is_travel_banned(week.now), float(asked.rules["exchange"]["stranger_share"])
    partner, slot = asked.meets(week.now)
    if partner < 0 or week.society.is_removed(partner, week.now):
        partner, outcome = -1, "nobody"
    else:
        outcome = "tie" if slot >= 0 else "stranger"
    numbers = {"stranger_share": share, "travel_ban": float(banned), "ties": float(asked.degree)}
    names = {"tie": week.tie_to(partner)} if partner >= 0 else {}
    yield Decision("meeting", outcome, partner, numbers, 0.0 if banned else share, asked.draws[Purpose.ENCOUNTER], names)


def trust(week: Week) -> Iterator[Decision]:
    """Whether it placed trust in its partner."""
    week.after("place_trust")
    asked, partner = week.ask(), int(week.world.week.partner[week.i])
    if partner < 0:
        return
    belief = float(np.float32(asked.belief_in(partner)))  # as it is stored
    outcome = "placed" if asked.places_trust(partner, belief, week.now) else "withheld"
    grounds = asked.heard["probability_of_trusting"][0]
    names = {"tie": week.tie_to(partner)} | _grades_seen(week)
    if outcome == "placed":
        names["answer"] = "honoured" if week.world.week.honoured[week.i] else "betrayed"
    yield decision_on(asked, "trust", outcome, grounds, Purpose.TRUST, partner, names, _belief_and_worth(asked))


def _grades_seen(week: Week) -> dict[str, str]:
    schemes = week.society.parameters.schemes
    return {f"grade.{schemes[s].name}": schemes[s].grade[grade].name for s, grade in week.asked.visible_grades()}


def honour(week: Week) -> Iterator[Decision]:
    """Whether it honoured the trust that others placed in it."""
    done = week.world.week
    for truster in np.flatnonzero((done.partner == week.i) & (done.placed == 1)).tolist():
        asked = week.ask()
        outcome = "honoured" if asked.honours(truster, week.now) else "betrayed"
        grounds, names = asked.heard["probability_of_honouring"][0], {"tie": week.tie_to(truster)}
        yield decision_on(asked, "honour", outcome, grounds, Purpose.HONOUR, truster, names)


def purchase(week: Week) -> Iterator[Decision]:
    """Whether it bought from the firm that it came upon."""
    week.after("deal")
    customers, asked = week.world.customers, week.ask()
    if customers.size == 0 or customers.firm[week.i] < 0:
        return
    firm, belief = int(customers.firm[week.i]), float(np.float32(asked.belief_in_firm()))
    outcome = "bought" if asked.buys(firm, belief, week.now) else "left"
    schemes, more = week.society.parameters.schemes, {"firm": float(firm)} | _belief_and_worth(asked)
    names = {f"grade.{schemes[s].name}": "low" if standing == LOW else "sound" for s, standing in asked.visible_standings()}
    yield decision_on(asked, "purchase", outcome, asked.heard["probability_of_trusting"][0], Purpose.PURCHASE, names=names, more=more)


def _belief_and_worth(asked: Listening) -> dict[str, float]:
    """Return what trust rests on: the belief without the grades that are seen, what they have meant, and what to trust is worth."""
    seen, given = asked.heard["belief_given_grade"][0].numbers, asked.heard["probability_of_trusting"][0].numbers
    numbers = {name: seen[name] for name in ("unaided", "grade_honoured", "grade_betrayed", "all_honoured", "all_betrayed")}
    return numbers | {"worth": float(trusting.net_gain(given["belief"], given["gain"], given["loss"]))}
