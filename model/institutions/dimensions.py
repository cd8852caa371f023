"""The five dimensions of a score: identity, history, behaviour, compliance, connections [KJ]. The ledger's entries, grouped."""

from typing import TYPE_CHECKING

import numpy as np

from agents.units import MILLI
from model.institutions.entries import Entry

if TYPE_CHECKING:
    from model.population import World

#: Which entries make up which dimension. Connections are no entries: they are what others' points make of one's own.
DIMENSIONS: dict[str, tuple[Entry, ...]] = {
    "identity": (Entry.VERIFICATION,),
    "history": (Entry.LOAN_DEFAULT, Entry.REPAYMENT),
    "behaviour": (
        Entry.DISHONOUR, Entry.HELPING, Entry.RESCUE, Entry.DONATION, Entry.AWARD, Entry.ARMY_CHILD, Entry.CHAMPIONSHIP,
        Entry.INTERNET_MISUSE, Entry.GAMING, Entry.PARENTING, Entry.RATED_UP, Entry.RATED_DOWN,
    ),
    "compliance": (
        Entry.TAX_EVASION, Entry.ILLEGAL_CLASS, Entry.CRIME, Entry.CRITICISM, Entry.MANY_CHILDREN, Entry.FARE_FRAUD, Entry.PARKING,
        Entry.TRAFFIC, Entry.JUDGMENT_UNPAID, Entry.SETTLEMENT, Entry.PETITION, Entry.MARKED, Entry.ACCUSATION, Entry.APPEAL,
        Entry.REWARD,
    ),
    "connections": (),
    "upkeep": (Entry.SHARED, Entry.RECOVERY, Entry.LIMIT, Entry.EXPIRY),
}  # fmt: skip


def score_by_dimension(world: "World", s: int) -> dict[str, np.ndarray]:
    """Return what makes up the scores of scheme s: {dimension: points}, each float64 of shape (n,), NaN for those not enrolled.

    `start`, the points at enrolment, and the dimensions add up to the score exactly. `connections` is the score less the own points:
    contacts and neighbourhood. `upkeep` is what the scheme itself moves: taken over from others, recovery, the ends of the scale, expiry.
    """
    standing, ledger = world.standing, world.ledger[s]
    parts = {name: ledger[:, list(entries)].sum(axis=1) for name, entries in DIMENSIONS.items()}
    parts["connections"] = standing.score[s].astype(np.int64) - standing.points[s]
    parts = {"start": standing.points[s] - ledger.sum(axis=1)} | parts
    return {name: np.where(standing.enrolled[s] == 1, points / MILLI, np.nan) for name, points in parts.items()}
