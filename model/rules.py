"""Parameters as the compiled loops read them: one nested record of numbers, made from the declarations.

A loop reads `rules.exchange.gain`, exactly the dotted name under which the parameter is declared, set and documented.
"""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from agents.events import (
    EVENTS,
    GIVING,
    LAST_OF_ALL_SOCIETIES,
    LIBERTIES,
    MERITS,
    MINOR,
    OFFENDING,
    ON_FILE,
    REPORTABLE,
    WRONGS,
    Event,
)
from agents.units import to_micro, to_milli
from model.declarations import SocietyParameters
from model.institutions.entries import ENTRIES
from model.institutions.scheme import MAX_GRADES, Scheme, scalar_fields

_GROUPS = tuple(f.name for f in fields(SocietyParameters) if f.name not in ("time", "population", "network", "schemes"))


def _kind(value) -> str:
    return "u1" if isinstance(value, bool) else "i8" if isinstance(value, (int, str)) else "f8"


def _group_dtype(group) -> np.dtype:
    return np.dtype([(f.name, _kind(getattr(group, f.name))) for f in fields(group)], align=True)


#: What comes up in another way than as an occasion for an act: in an exchange, where somebody has fallen.
_OTHERWISE = (Event.DISHONOUR, Event.RESCUE)
_DEFAULT = SocietyParameters()
RULES = np.dtype([(name, _group_dtype(getattr(_DEFAULT, name))) for name in _GROUPS], align=True)
_SCHEME = Scheme(name="")
SCHEME = np.dtype([(name, _kind(getattr(_SCHEME, name))) for name in scalar_fields()] + [("grades", "i8")], align=True)
GRADE = np.dtype(
    [
        ("floor", "i8"),
        ("lock_weeks", "i8"),
        ("perk", "i8"),
        ("travel_ban_weeks", "i8"),
        ("published", "u1"),
        ("visit_rate", "f8"),
    ],
    align=True,
)


#: How an event comes up, and what choosing it is worth; world.occasion has shape (EVENTS,).
OCCASION = np.dtype(
    [
        ("rate", "f8"),  # probability per week
        ("worth", "f8"),  # gain of an offence, cost of a prosocial act (utility)
        ("morals", "f8"),  # weight of integrity in the choice
    ],
    align=True,
)


def rules_of(parameters: SocietyParameters) -> np.ndarray:
    """Return the record array (length 1) of the society's numeric parameters."""
    rules = np.zeros(1, RULES)  # made a record array in the end: to fill one is slow
    for name in _GROUPS:
        group = getattr(parameters, name)
        for f in fields(group):
            rules[name][f.name] = getattr(group, f.name)
    return rules.view(np.recarray)


def schemes_of(parameters: SocietyParameters) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (schemes, event_points, grades): record array (S,), int64 milli-points (S, EVENTS), record array (S, MAX_GRADES)."""
    count = len(parameters.schemes)
    schemes = np.zeros(count, SCHEME)
    points = np.zeros((count, EVENTS), np.int64)
    grades = np.zeros((count, MAX_GRADES), GRADE)
    for s, scheme in enumerate(parameters.schemes):
        _fill_scheme(schemes[s : s + 1], scheme)
        points[s] = [to_milli(getattr(scheme.event, event.name.lower())) for event in Event]
        for g, grade in enumerate(scheme.grade):
            last = g == len(scheme.grade) - 1
            floor = to_milli(scheme.floor) if last else to_milli(grade.floor)
            row = (floor, grade.lock_weeks, to_micro(grade.perk), grade.travel_ban_weeks, grade.published, grade.visit_rate)
            grades[s, g] = row
    return schemes.view(np.recarray), points, grades.view(np.recarray)


def occasions_of(parameters: SocietyParameters) -> np.ndarray:
    """Return how each event comes up and what it is worth: record array (EVENTS,)."""
    conduct, table = parameters.conduct, np.zeros(EVENTS, OCCASION)
    rate, worth, morals = (table[name] for name in ("rate", "worth", "morals"))
    for event in Event:
        name = event.name.lower()
        rate[event] = getattr(conduct, f"{name}_rate", 0.0)
        if event in (*GIVING, *OFFENDING, Event.PETITION):
            worth[event] = getattr(conduct, f"{name}_gain" if event in OFFENDING else f"{name}_cost")
        morals[event] = conduct.minor_morals if event in MINOR else float(event not in (*LIBERTIES, Event.PARENTING))
    rate[Event.VERIFICATION] = 0.0  # comes up at enrolment
    return table.view(np.recarray)


def events_of(points: np.ndarray, parameters: SocietyParameters) -> dict[str, np.ndarray]:
    """Return the events that loops have to look at (int64), in their order, so that what no scheme counts costs nothing.

    points: as from schemes_of. open_events: what can come up and matters; tried: acts that some institution may punish;
    merits: what some scheme posts without a case.
    """
    counted = {event for event in Event if (points[:, event] != 0).any()}
    grave = {Event.CRIME} if any(scheme.crime_to_lowest for scheme in parameters.schemes) else set()
    punished = {event for event in Event if (points[:, event] < 0).any()} | grave | set(WRONGS)
    always = {event for event in Event if event <= LAST_OF_ALL_SOCIETIES}
    besides = {Event.LOAN_DEFAULT} if Event.REPAYMENT in counted else set()
    besides |= {Event.PETITION} if parameters.conduct.petition_rate > 0 else set()
    lists: dict[str, list[Event]] = {
        "open_events": [event for event in Event if event in always | counted | besides and event not in _OTHERWISE],
        "tried": [event for event in (*REPORTABLE, *ON_FILE) if event in punished and event not in MERITS],
        "merits": [event for event in MERITS if event in counted],
    }
    return {name: np.array(sorted(events), np.int64) for name, events in lists.items()}


def numbers_of(parameters: SocietyParameters, citizens: int, ties: int) -> dict[str, Any]:
    """Return the arrays of World that hold parameters, and scratch room for the draws of a null model where there is one.

    citizens: population size; ties: the largest number of ties there can be.
    """
    schemes, points, grades = schemes_of(parameters)
    lots = parameters.unfriending.score_blind or any(scheme.rewards_at_random for scheme in parameters.schemes)
    values = np.zeros(max(citizens, ties) if lots else 0)
    return {
        "rules": rules_of(parameters),
        "schemes": schemes,
        "points": points,
        "grades": grades,
        "values": values,
        "occasion": occasions_of(parameters),
        "matters": np.zeros(EVENTS, np.uint8),
        **events_of(points, parameters),
    }


def _fill_scheme(record: np.ndarray, scheme: Scheme) -> None:
    for f in fields(scheme):
        value = getattr(scheme, f.name)
        if f.name == "name" or is_dataclass(value) or isinstance(value, tuple):
            continue
        choices = f.metadata.get("choices")
        record[f.name] = choices.index(value) if choices else value
    record["grades"] = len(scheme.grade)


assert ENTRIES > EVENTS
