"""Mesa's AgentSet over the arrays: citizens are made on demand, so that a million of them cost nothing until one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from mesa.agentset import AbstractAgentSet

from agents.citizen import Citizen, Official
from model.population import Citizens

if TYPE_CHECKING:
    from model.society import Society


def view(society: Society, index: int) -> Citizen:
    """Return a citizen that is no more than a window on row `index` (n.b.: what one stores on it is gone with it)."""
    cls = Official if society.world.citizens.official[index] else Citizen
    citizen = cls.__new__(cls)
    citizen.model, citizen.index, citizen.unique_id, citizen.pos = society, index, index + 1, None
    return citizen


class CitizenSet(AbstractAgentSet[Citizen]):
    """An ordered set of citizens of one society, as row numbers; `get` and `agg` of a column are answered by the array."""

    society: Any  # None only in an empty set
    rows: Any  # int64 array

    def __init__(self, agents: Iterable[Citizen] | np.ndarray, random: Any = None, society: Society | None = None):
        """Hold the given citizens, or the rows of an integer array of `society`."""
        self.random = random
        if isinstance(agents, np.ndarray) and society is not None:
            self.society, self.rows = society, agents
            return
        listed = list(agents)
        self.society = listed[0].model if listed else society
        self.rows = np.array([citizen.index for citizen in listed], np.int64)

    def __len__(self) -> int:
        return self.rows.size

    def __iter__(self) -> Iterator[Citizen]:
        if self.society is None:
            return iter(())
        return map(self.society.citizen, self.rows.tolist())

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, Citizen) or agent.model is not self.society:
            return False
        return bool((self.rows == agent.index).any())

    def __getitem__(self, item: int | slice) -> Citizen | list[Citizen]:
        chosen = self.rows[item]
        if isinstance(chosen, np.ndarray):
            return [self.society.citizen(row) for row in chosen.tolist()]
        return self.society.citizen(int(chosen))

    @property
    def _agents(self) -> Any:
        return dict.fromkeys(self)  # what the inherited, slower methods of Mesa iterate over

    def _same(self, rows: np.ndarray) -> CitizenSet:
        return CitizenSet(rows, self.random, self.society)

    def _update(self, agents: Iterable[Citizen]) -> CitizenSet:
        self.rows = np.array([citizen.index for citizen in agents], np.int64)
        return self

    def copy(self) -> CitizenSet:
        """Return another set of the same citizens."""
        return self._same(self.rows.copy())

    __copy__ = copy

    def get(self, attr_names, handle_missing="error", default_value=None) -> list[Any]:
        """Return an attribute (or a list of attributes) of every citizen, as Python values; columns are read at once."""
        if self.society is None:
            return []
        if isinstance(attr_names, str) and attr_names in Citizens._fields and attr_names not in _SCALED:
            return getattr(self.society.world.citizens, attr_names)[self.rows].tolist()
        return super().get(attr_names, handle_missing, default_value)

    def agg(self, attribute: str, func: Callable | Iterable[Callable]) -> Any:
        """Apply one or more functions to the list of an attribute's values."""
        values = self.get(attribute)
        return func(values) if callable(func) else [one(values) for one in func]

    def do(self, method: str | Callable, *args, **kwargs) -> CitizenSet:
        """Call a method, or a function, on every citizen in order."""
        self.map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable, *args, **kwargs) -> list[Any]:
        """Call a method, or a function, on every citizen in order and return the results."""
        if isinstance(method, str):
            return [getattr(citizen, method)(*args, **kwargs) for citizen in self]
        return [method(citizen, *args, **kwargs) for citizen in self]

    def shuffle(self, inplace: bool = False) -> CitizenSet:
        """Return the citizens in random order, by the model's own (seeded) generator."""
        rows = self.rows.tolist()
        (self.random or self.society.random).shuffle(rows)
        if not inplace:
            return self._same(np.array(rows, np.int64))
        self.rows = np.array(rows, np.int64)
        return self

    def shuffle_do(self, method: str | Callable, *args, **kwargs) -> CitizenSet:
        """Call a method on every citizen in random order."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    def sort(self, key: Callable[[Citizen], Any] | str, ascending: bool = False, inplace: bool = False) -> CitizenSet:
        """Return the citizens sorted by an attribute or a function."""
        values: Sequence = self.get(key) if isinstance(key, str) else [key(citizen) for citizen in self]
        order = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
        if not inplace:
            return self._same(self.rows[order])
        self.rows = self.rows[order]
        return self

    def add(self, agent: Citizen) -> None:
        """Add a citizen to this set (not to the society)."""
        if agent not in self:
            self.rows = np.append(self.rows, agent.index)

    def discard(self, agent: Citizen) -> None:
        """Take a citizen out of this set (not out of the society), if it is there."""
        if agent in self:
            self.rows = self.rows[self.rows != agent.index]

    def remove(self, agent: Citizen) -> None:
        """Take a citizen out of this set (not out of the society); KeyError if it is not there."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)


#: Columns that a citizen shows in other units than the arrays hold.
_SCALED = ("wealth", "official", "online")
