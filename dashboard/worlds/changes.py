"""Which ties a tick made and cut, and why: seen while it is simulated, at the two moments at which it can be seen."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from agents.befriending import CUT_CAUSES
from model.edits import CUT, TIE
from model.network.ties import cut_this_week, living_slots, slot_of
from model.phases.unfriending import LOT
from model.population import Count, World
from model.society import Society

#: Why a tie is cut, by its number: the model's causes, the null model's lot, and by hand.
CAUSES = (*CUT_CAUSES, "lot", "hand")
BY_HAND = LOT + 1
_BITS, _KIND = np.uint64(32), np.uint64(8)


@dataclass(frozen=True)
class Changes:
    """What became of ties in one tick: by hand first, then by themselves, each sorted by (low, high).

    made: uint32 (m, 2). kind: uint8 (m,), their kinds at the end of their tick. cut: uint32 (k, 2). cause: uint8 (k,), places in CAUSES.
    coupled: uint32 (c, 2), who became a couple: their ties, new or old, are of kind KIN from then on. In each pair the lower number
    comes first. The ties after the tick are those before it, less `cut`, and `made`: a tie that was cut by hand and then made
    again is among both, one that was made by hand and then cut among neither.
    """

    tick: int
    made: np.ndarray
    kind: np.ndarray
    cut: np.ndarray
    cause: np.ndarray
    coupled: np.ndarray


def ties_of(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Return (ties, kinds): uint32 (E, 2), the lower number first, sorted; uint8 (E,), KIN, WORK or ACQUAINTANCE."""
    slots, owner = living_slots(world)
    return _listed(world, slots, owner)


def _listed(world: World, slots: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ties of which these slots are ends, each once: seen from the lower number."""
    other = world.slots.neighbour[slots]
    lower = owner < other
    low, high, kind = owner[lower].astype(np.uint64), other[lower].astype(np.uint64), world.slots.kind[slots][lower]
    keys = (low << _BITS | high) << _KIND | kind  # one sort of whole numbers; there are fewer than 2**24 citizens
    keys.sort()
    pairs = np.stack([keys >> (_BITS + _KIND), keys >> _KIND & np.uint64(2**32 - 1)], axis=1)
    return pairs.astype(np.uint32), keys.astype(np.uint8)


def watched_step(society: Society) -> Changes:
    """Simulate one tick as `society.step()` does, and return which ties it made and cut."""
    by_hand = _pairs_by_hand(society)
    before = _tied(society.world, by_hand)
    after = before - {pair for pair, last in by_hand.items() if last == CUT} | {pair for pair, last in by_hand.items() if last == TIE}
    cut, cause, degree = _no_pairs(), np.zeros(0, np.uint8), society.world.rows.degree
    for _ in society.run_phases(("unfriending",)):
        low, high, cause = cut_this_week(society.world)
        cut, degree = np.stack([low, high], axis=1), society.world.rows.degree.copy()
    made, kind = _made_since(society.world, degree)
    tied, freed, now = after - before, sorted(before - after), _tied(society.world, by_hand)
    stays = np.array([tuple(pair) not in tied for pair in cut.tolist()], bool)
    return Changes(
        society.tick - 1,
        np.concatenate([_as_pairs(sorted(tied & now)), made]), np.concatenate([_kinds_of(society.world, sorted(tied & now)), kind]),
        np.concatenate([_as_pairs(freed), cut[stays]]), np.concatenate([np.full(len(freed), BY_HAND, np.uint8), cause[stays]]),
        _coupled(society.world),
    )  # fmt: skip


def _tied(world: World, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of the pairs that are tied."""
    return {pair for pair in pairs if slot_of(world, *pair) >= 0}


def _pairs_by_hand(society: Society) -> dict[tuple[int, int], str]:
    """Return {pair: last edit} of the ties that the policy edits in the coming tick."""
    return {(min(value), max(value)): name for tick, name, value in society.policy if tick == society.tick and name in (CUT, TIE)}


def _made_since(world: World, degree: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ties, with their kinds, of slots in use now that were not when the rows had these degrees and only grew since."""
    grown = (world.rows.degree - degree).astype(np.int64)
    owner = np.repeat(np.arange(grown.size), grown)
    within = np.arange(owner.size) - np.repeat(np.cumsum(grown) - grown, grown)
    return _listed(world, world.rows.start[owner] + degree[owner] + within, owner)


def _kinds_of(world: World, pairs: list[tuple[int, int]]) -> np.ndarray:
    """Return the kinds of these ties (uint8)."""
    return np.array([world.slots.kind[slot_of(world, *pair)] for pair in pairs], np.uint8)


def _coupled(world: World) -> np.ndarray:
    if world.counts[Count.COUPLES] == 0:  # week.matched is kept up only while there is a dating market
        return _no_pairs()
    matched, who = world.week.matched, np.arange(world.week.matched.size)
    lower = np.flatnonzero(who < matched)
    return np.stack([lower, matched[lower]], axis=1).astype(np.uint32)


def _as_pairs(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(pairs, np.uint32).reshape(-1, 2)


def _no_pairs() -> np.ndarray:
    return _as_pairs([])
