"""What was done to a world and is in store for it, with the values before, for the axis of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from experiments.specs.arms import canonical
from model.assign import Policy
from model.edits import OFFICE, is_edit
from model.parameters import as_dict
from model.society import Society


@dataclass(frozen=True)
class Recorded:
    """One change of a parameter or edit of the world, acting from tick `tick` on.

    name, value: as in a policy. before: the value before, or whether i held office (1 or 0); None for a tie, where it does not tell.
    """

    tick: int
    name: str
    before: Any
    value: Any


def recorded(first: Society, policy: Policy) -> tuple[Recorded, ...]:
    """Return what the rows of a policy do to a society, which is given as it is at tick 0."""
    return tuple(Recorded(when, name, before, value) for (when, name, value), before in zip(policy, _before(first, policy), strict=True))


def _before(first: Society, policy: Policy) -> Iterator[Any]:
    """Yield the value before each row of a policy."""
    values, offices = as_dict(first.parameters), first.world.citizens.official.tolist()
    for _, name, value in policy:
        if name == OFFICE:
            yield offices[value[0]]
            offices[value[0]] = value[1]
        elif is_edit(name):
            yield None
        else:
            full = canonical(name, first.parameters)
            yield values[full]
            values[full] = value
