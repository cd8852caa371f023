"""What was done to a world and is in store for it, with the values before, for the axis of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from experiments.specs.arms import canonical
from experiments.specs.declared import parameter_rows
from model.assign import Policy
from model.edits import CUT, OFFICE, TIE, is_edit
from model.parameters import as_dict
from model.society import Society


@dataclass(frozen=True)
class Recorded:
    """One change of a parameter or edit of the world, acting from tick `tick` on.

    name, value: as in a policy. before: the value before, or whether i held office (1 or 0); None for a tie, where it does not tell.
    done: whether that tick is over; else it is in store.
    """

    tick: int
    name: str
    before: Any
    value: Any
    done: bool

    @property
    def words(self) -> str:
        """What was done, in English: 'share of officials' cases dropped: 0 → 1'."""
        if self.name == OFFICE:
            return f"citizen {self.value[0]} {'is given office' if self.value[1] else 'loses office'}"
        if self.name in (CUT, TIE):
            return f"citizens {self.value[0]} and {self.value[1]} {'are cut off' if self.name == CUT else 'become acquainted'}"
        return f"{_whose(self.name)}{_meaning(self.name)}: {_shown(self.before)} → {_shown(self.value)}"


def recorded(first: Society, policy: Policy, tick: int) -> tuple[Recorded, ...]:
    """Return what the rows of a policy do to a society, which is given as it is at tick 0, when `tick` ticks are over."""
    return tuple(
        Recorded(when, name, before, value, when < tick) for (when, name, value), before in zip(policy, _before(first, policy), strict=True)
    )


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


@cache
def _meanings() -> dict[str, str]:
    return {row["name"]: row["meaning"].removeprefix("lever: ") for row in parameter_rows()}


def _meaning(name: str) -> str:
    """Return what a parameter means, as declared; of the grades of any scheme, what it means for one of the default scheme's."""
    head, *rest = name.split(".")
    general = ["scheme", *rest[1:]] if head == "schemes" else [head, *rest]
    if general[1] == "grade":
        return next(meaning for known, meaning in _meanings().items() if known.startswith("scheme.grade.") and known.endswith(general[-1]))
    return _meanings()[".".join(general)]


def _whose(name: str) -> str:
    """Return which scheme a name speaks of, and which of its grades: 'sesame, grade A, '; nothing where it speaks of neither."""
    parts = name.split(".")
    scheme = f"{parts[1]}, " if parts[0] == "schemes" else ""
    return scheme + (f"grade {parts[-2]}, " if "grade" in parts[1:-2] else "")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"
