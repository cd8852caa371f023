"""Edits of the world as rows of a policy: what may be done to ties and offices by hand, and whether such a row makes sense."""

from typing import Any

import numpy as np

from model.parameters import ParameterError, nearest

PREFIX = "edit."
CUT, TIE, OFFICE = "edit.cut", "edit.tie", "edit.office"
#: {name: what its two whole numbers are}.
EDITS = {
    CUT: "two different citizens whose tie is cut",
    TIE: "two different citizens who become acquaintances",
    OFFICE: "a citizen, and 1 to give it office or 0 to take it",
}


def is_edit(name: str) -> bool:
    """Return whether a row of a policy with that name edits the world, in place of a parameter."""
    return name.startswith(PREFIX)


def checked_edit(name: str, numbers: Any, citizens: int | None) -> tuple[int, int]:
    """Return the two numbers of an edit as plain ints, or raise ParameterError with one sentence.

    citizens: how many there are; None where that is not known yet, as of a network file that has not been read.
    """
    if name not in EDITS:
        raise ParameterError(f"policy: {name!r} is not an edit{nearest(name, EDITS)}: expected one of {', '.join(EDITS)}")
    listed = numbers if isinstance(numbers, (list, tuple)) else ()
    pair = [number.item() if isinstance(number, np.generic) else number for number in listed]
    if not _are_whole(pair) or not _allowed(name, pair[0], pair[1], citizens):
        found = list(numbers) if isinstance(numbers, tuple) else numbers
        last = "" if citizens is None else f" to {citizens - 1}"
        raise ParameterError(
            f"policy: {name} = {found!r} is not allowed: expected [i, j], {EDITS[name]}; citizens are whole numbers from 0{last}"
        )
    return pair[0], pair[1]


def _are_whole(pair: list[Any]) -> bool:
    return len(pair) == 2 and all(isinstance(number, int) and not isinstance(number, bool) for number in pair)


def _allowed(name: str, i: int, j: int, citizens: int | None) -> bool:
    limit = float("inf") if citizens is None else citizens
    return 0 <= i < limit and (j in (0, 1) if name == OFFICE else 0 <= j < limit and i != j)
