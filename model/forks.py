"""Which copies of a society may go on otherwise than it: those that differ in nothing that has had an effect."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from model.edits import is_edit
from model.parameters import ParameterError

if TYPE_CHECKING:
    from agents.citizen import Citizen
    from model.assign import Policy
    from model.declarations import SocietyParameters
    from model.society import Society


def check_fork(society: Society, parameters: SocietyParameters, policy: Policy) -> None:
    """Raise ParameterError unless a copy of the society can go on with these parameters and this policy."""
    for name in society.parameters.__dataclass_fields__:
        if name not in ("schemes", "time") and getattr(parameters, name) != getattr(society.parameters, name):
            raise ParameterError(f"fork: {name} differs, but only schemes may differ between a society and its copy")
    if parameters.time.burn_in != society.parameters.time.burn_in:
        raise ParameterError("fork: time.burn_in differs, but only schemes may differ between a society and its copy")
    if society.tick > society.parameters.time.burn_in and len(parameters.schemes) != len(society.parameters.schemes):
        raise ParameterError("fork: the number of schemes may differ only up to the end of the burn-in")
    expiry = [[scheme.expiry_weeks for scheme in each.schemes] for each in (society.parameters, parameters)]
    if society.tick > society.parameters.time.burn_in and expiry[0] != expiry[1]:
        raise ParameterError("fork: expiry_weeks may differ only up to the end of the burn-in")
    made, wanted = ([row for row in each if row[0] < society.tick and is_edit(row[1])] for each in (society.policy, policy))
    if made != wanted:
        raise ParameterError(f"fork: the edits before tick {society.tick} differ, but what was done to the world cannot be undone")


def with_other_levels(before: SocietyParameters, after: SocietyParameters) -> list[int]:
    """Return the schemes whose levels of the game are others than they were."""
    pairs = zip(before.schemes, after.schemes, strict=False)
    return [s for s, (old, new) in enumerate(pairs) if (old.level_points, old.floor) != (new.level_points, new.floor)]


def copy_memories(society: Society, persons: Sequence[Citizen], twin: Society, others: Sequence[Citizen]) -> None:
    """Give each of the twin's citizens what was stored on its original; who knows a citizen, or the society, knows the twin."""
    same: dict[int, Any] = {id(society): twin} | {id(mine): its for mine, its in zip(persons, others, strict=True)}
    for mine, its in zip(persons, others, strict=True):
        kept = {name: value for name, value in mine.__dict__.items() if name not in ("model", "pos", "index", "unique_id")}
        its.__dict__ |= {name: deepcopy(value, same) for name, value in kept.items()}
