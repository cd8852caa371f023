"""Which ties a citizen cut, kept, offered and accepted; letters on the dating market among them.

The functions are to be called in the order of the week, each once.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from agents.befriending import CUT_CAUSES, probability_of_cutting
from agents.chance import Purpose
from dashboard.citizen.decision import Decision, decision_on
from dashboard.citizen.listening import Grounds
from dashboard.citizen.week import Week
from model.network.ties import cut_this_week
from model.phases.unfriending import LOT


def reviews(week: Week) -> list[Decision]:
    """Which of its ties came up for review, and what became of them."""
    week.after("consequences")
    decided = [decision for friend in sorted(week.asked.friends()) for decision in _review(week, friend)]
    week.after("cut_ties")
    low, high, causes = cut_this_week(week.world)
    gone = {int(j if i == week.i else i): int(cause) for i, j, cause in zip(low, high, causes, strict=True) if week.i in (i, j)}
    return [_as_it_ended(decision, gone.get(decision.other)) for decision in decided]


def _review(week: Week, friend: int) -> Iterator[Decision]:
    asked, slot = week.ask(), week.society.slot_of(week.i, friend)
    exposed = int(week.world.slots.exposed[slot])
    if not asked.gets_to_review(friend, exposed, week.now):
        return
    cause = asked.cause_to_cut(friend, bool(exposed & 1), week.now)
    tie, heard = asked.heard["value_of_tie"][0], asked.heard["cause_of_cut"][0].numbers
    numbers = {name: heard[name] for name in ("value", "score_cost", "anger", "sharpness")}
    grounds = Grounds(probability_of_cutting, numbers, float(probability_of_cutting(*numbers.values())))
    names = {"tie": week.tie_to(friend)} | ({"cause": CUT_CAUSES[cause]} if cause >= 0 else {})
    details = {name: tie.numbers[name] for name in ("belief", "attachment")}
    yield decision_on(asked, "review", "cut" if cause >= 0 else "kept", grounds, Purpose.CUT, friend, names, details)


def _as_it_ended(decision: Decision, cause: int | None) -> Decision:
    """Return a reviewed tie with what became of it, if it was cut for that cause (None: it was not)."""
    if cause == LOT:
        return replace(decision, outcome="cut_by_lot")
    if decision.outcome == "cut":
        return decision if cause is not None else replace(decision, outcome="spared_by_lot")
    return decision if cause is None else replace(decision, outcome="cut_by_other")


def ties_and_letters(week: Week) -> list[Decision]:
    """What ties it offered, what letters it wrote, and what it answered."""
    offers, letters = [*_offer(week)], [*_courtship(week)]
    week.after("make_offers")
    answers = [*_answer(week)]
    week.after("answer_offers")
    answered = [*_letter(week)]
    week.after("make_couples")
    done = week.world.week
    offers = [_accepted(offer, "accepted", "not_accepted", done.befriended[offer.other] == week.i) for offer in offers]
    letters = [_accepted(letter, "coupled", "not_answered", done.matched[week.i] == letter.other) for letter in letters]
    return [*offers, *answers, *letters, *answered]


def _offer(week: Week) -> Iterator[Decision]:
    if not week.asked.wants_ties() or not week.asked.gets_to_offer(week.now):
        return
    asked, candidate = week.ask(), week.asked.seeks(week.now)
    if candidate >= 0:
        outcome = "accepted" if asked.offers_tie(candidate, week.now) else "not_made"
        yield _befriending(week, "offer", outcome, Purpose.OFFER, candidate)


def _answer(week: Week) -> Iterator[Decision]:
    suitors = np.flatnonzero(week.world.week.offered == week.i).tolist()
    if suitors and not week.asked.is_removed(week.now) and week.asked.wants_ties():
        suitor = week.asked.offer_considered(suitors, week.now)
        outcome = "accepted" if week.ask().accepts_tie(suitor, week.now) else "declined"
        yield _befriending(week, "answer", outcome, Purpose.ACCEPT, suitor, offers=float(len(suitors)))


def _courtship(week: Week) -> Iterator[Decision]:
    if not week.asked.gets_to_date(week.now):
        return
    profile = week.asked.finds_profile(week.now)
    if profile >= 0:
        outcome = "coupled" if week.ask().courts(profile, week.now) else "not_written"
        yield _befriending(week, "courtship", outcome, Purpose.COURT_SINGLE, profile, standing=_standing(week, profile))


def _letter(week: Week) -> Iterator[Decision]:
    courted = week.world.week.courted
    suitors = np.flatnonzero(courted == week.i).tolist()
    if suitors and courted[week.i] < 0:
        suitor = week.asked.letter_considered(suitors, week.now)
        outcome = "accepted" if week.ask().answers(suitor, week.now) else "declined"
        standing = _standing(week, suitor)
        yield _befriending(week, "letter", outcome, Purpose.ANSWER, suitor, offers=float(len(suitors)), standing=standing)


def _standing(week: Week, other: int) -> float:
    return float(week.asked.standing_seen(other, week.now))


def _befriending(week: Week, kind: str, outcome: str, purpose: int, other: int, **more: float) -> Decision:
    asked, names = week.asked, {"tie": week.tie_to(other)}
    grounds, tie = asked.heard["probability_of_befriending"][0], asked.heard["value_of_tie"][0]
    return decision_on(asked, kind, outcome, grounds, purpose, other, names, {"belief": tie.numbers["belief"], **more})


def _accepted(decision: Decision, yes: str, no: str, is_so: bool) -> Decision:
    """Return an offer with what the other made of it, if it was made."""
    return replace(decision, outcome=yes if is_so else no) if decision.agreed else decision
