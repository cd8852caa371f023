"""Firms and local governments as parties that schemes score: their state, and what citizens know of them.

n citizens, S schemes, F firms. A party is a firm or a government; firms come first wherever both have a place.
"""

from enum import IntEnum
from typing import Any

import numpy as np

from agents.chance import Purpose
from model.declarations import SocietyParameters
from model.population import order_statistic, records

#: How a citizen was treated by its local government this week, in week.dealt.
TREATED_FAIRLY, TREATED_UNFAIRLY = 1, 2

#: Where a firm stands with a scheme, as customers may see it: sound, or low, which is by more than half of what a failed audit costs below
#: the start. The last row of world.signs is for firms of whatever standing was seen.
SOUND, LOW, ANY_STANDING = range(3)

FIRM = np.dtype(
    [
        ("integrity", "f4"),  # 0-1: moral cost of selling bad goods
        ("caught", "f4"),  # evidence about the grip of audits above the prior
        ("missed", "f4"),
        ("bad", "u1"),  # sells bad goods this week
        ("found_out", "u1"),  # an audit has found that this week
        ("exposed", "u1"),  # it has become a scandal this week
    ],
    align=True,
)

#: What a citizen believes of firms, and its purchase of the week.
CUSTOMER = np.dtype(
    [
        ("good", "f4"),  # evidence about firms at large above the prior
        ("bad", "f4"),
        ("belief", "f4"),  # in the firm considered this week
        ("firm", "i4"),  # considered this week, -1: none
        ("bought", "u1"),  # from it
        ("noticed", "u1"),  # that the goods are bad
    ],
    align=True,
)

GOVERNMENT = np.dtype(
    [
        ("integrity", "f4"),  # 0-1: of its present head: moral cost of neglecting people
        ("heads", "i4"),  # replaced so far
        ("neglectful", "u1"),  # treats people unfairly this week
        ("replaced", "u1"),  # its head was replaced this week
    ],
    align=True,
)

#: What a scheme holds of a party.
ACCOUNT = np.dtype(
    [
        ("points", "i8"),  # milli-points
        ("due", "i8"),  # milli-points to be posted this week
        ("open", "u1"),  # the scheme scores the party, or did
    ],
    align=True,
)


class Posting(IntEnum):
    """Kinds of entries in the account of a party: the points of an account are their sum."""

    OPENING = 0  # the start
    AUDIT = 1  # bad goods found
    RATING = 2  # by members
    RECOVERY = 3  # return of a firm towards the start
    NEW_HEAD = 4  # back to the start
    LIMIT = 5  # what the ends of the scale cut off


POSTINGS = len(Posting)


def of_organisations(parameters: SocietyParameters, seed: int, n: int, governments: int) -> dict[str, Any]:
    """Return the arrays of World that firms and local governments need, before the first week."""
    count, schemes = parameters.firm.number, len(parameters.schemes)
    customers = n if count else 0
    firms, table, rulers = records(count, FIRM), records(customers, CUSTOMER), records(governments, GOVERNMENT)
    if count:
        firms.integrity = order_statistic(seed, Purpose.FIRM_INTEGRITY, count, 3, 5)
    rulers.integrity = order_statistic(seed, Purpose.HEAD_INTEGRITY, governments, 3, 5)
    table.firm = -1
    return {
        "firms": firms,
        "customers": table,
        "governments": rulers,
        "accounts": records((schemes, count + governments), ACCOUNT),
        "books": np.zeros((schemes, count + governments, POSTINGS), np.int64),
        "signs": np.zeros((schemes, customers, ANY_STANDING + 1, 2), np.float32),
        "sighted": np.full((schemes, customers), -1, np.int8),
        "rated": np.zeros((schemes, n), np.int8),
    }
