"""A digest of the whole state: equal if and only if every array is equal, whatever slots the ties happen to lie in."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from model.network.ties import living_slots
from model.population import CASE, WITNESS, Count, World

#: Arrays of World that are state as they stand (record arrays field by field).
_PLAIN = (
    "citizens", "status", "standing", "band", "ledger", "pending", "expiring", "week", "act", "tally", "grip", "counts",
    "firms", "customers", "governments", "accounts", "books", "signs", "sighted", "rated",
)  # fmt: skip
#: Fields that are storage, not state.
_STORAGE = ("week.slot", "week.shed")


def canonical_ties(world: World) -> dict[str, np.ndarray]:
    """Return the ends of all ties sorted by (owner, neighbour): owner, neighbour and what the owner knows."""
    living, owner = living_slots(world)
    order = np.lexsort((world.slots.neighbour[living], owner))
    names = ("neighbour", "honoured", "betrayed", "kind", "panel", "exposed")
    return {"owner": owner[order]} | {name: getattr(world.slots, name)[living[order]] for name in names}


def canonical_cases(world: World) -> dict[str, np.ndarray]:
    """Return the tick's cases in their order, the witnesses of each sorted by id."""
    cases = world.cases[: int(world.counts[Count.CASES])]
    witnesses = world.witnesses[: int(world.counts[Count.WITNESSES])]
    case_of = np.repeat(np.arange(cases.size), cases["end"] - cases["first"])
    order = np.lexsort((witnesses["who"], case_of))
    columns = {name: cases[name] for name in CASE.names or ()}
    return columns | {name: witnesses[name][order] for name in WITNESS.names or ()}


def _columns(group: Any) -> list[tuple[str, np.ndarray]]:
    """Return (name, array) of each field of a named tuple or of a record array; nothing of a plain array."""
    return list(group._asdict().items()) if hasattr(group, "_asdict") else [(name, group[name]) for name in group.dtype.names or ()]


def state_arrays(world: World) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (name, array) of the whole state in a canonical form."""
    for group in _PLAIN:
        columns = {f"{group}.{name}": column for name, column in _columns(getattr(world, group))} or {group: getattr(world, group)}
        yield from ((name, column) for name, column in columns.items() if name not in _STORAGE)
    for name, array in canonical_ties(world).items():
        yield f"ties.{name}", array
    for name, array in canonical_cases(world).items():
        yield f"cases.{name}", array


def digest(world: World) -> str:
    """Return 32 hex digits that identify the whole state."""
    total = hashlib.blake2b(digest_size=16)
    for name, array in state_arrays(world):
        total.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()
