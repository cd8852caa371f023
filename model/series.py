"""The record of a run: one row a tick, one column an outcome; and the same for Mesa's DataCollector."""

import numpy as np
from mesa.datacollection import DataCollector

from model.outcomes import EACH_YEAR, NAMES
from model.phases.record import WEEKS_PER_YEAR


class Series:
    """Outcomes by tick, in an array that grows. Yearly outcomes are NaN in the ticks between."""

    def __init__(self, expected: int):
        """Make room for that many ticks."""
        self.rows = np.full((max(expected, 1), len(NAMES)), np.nan)
        self.ticks = 0

    def next_row(self) -> np.ndarray:
        """Return the row (float64, shape (outcomes,)) of the tick that is being simulated."""
        return self.next_rows(1)[0]

    def next_rows(self, ticks: int) -> np.ndarray:
        """Return the rows (float64, shape (ticks, outcomes)) of the ticks that come next."""
        while self.ticks + ticks > len(self.rows):
            self.rows = np.concatenate([self.rows, np.full_like(self.rows, np.nan)])
        return self.rows[self.ticks : self.ticks + ticks]

    def columns(self) -> dict[str, np.ndarray]:
        """Return {"tick": 0, 1, ...; outcome: values}, one value for each tick done."""
        done = self.rows[: self.ticks]
        return {"tick": np.arange(self.ticks)} | {name: done[:, k].copy() for k, name in enumerate(NAMES)}

    def last(self) -> dict[str, float]:
        """Return the latest value of every outcome: of the last tick, or of the last year's end; NaN if never measured."""
        done = self.rows[: self.ticks]
        if not self.ticks:
            return dict.fromkeys(NAMES, float("nan"))
        values = {name: float(done[-1, k]) for k, name in enumerate(NAMES)}
        for k, outcome in enumerate(EACH_YEAR, start=len(NAMES) - len(EACH_YEAR)):
            measured = done[:, k][~np.isnan(done[:, k])]
            values[outcome.name] = float(measured[-1]) if measured.size else float("nan")
        return values

    def copy(self, expected: int) -> "Series":
        """Return an independent copy with room for that many ticks, or for those that this one has room for."""
        other = Series(max(expected, len(self.rows)))
        other.rows[: len(self.rows)], other.ticks = self.rows, self.ticks
        return other


def closes_a_year(now: int, ticks: int) -> bool:
    """Return whether yearly outcomes are measured at the end of tick `now` of a run of `ticks`."""
    return (now + 1) % WEEKS_PER_YEAR == 0 or now + 1 == ticks


class SeriesCollector(DataCollector):
    """Mesa's DataCollector, answered by the series: every outcome is a model variable and costs nothing to collect."""

    def __init__(self, society, agent_reporters=None):
        """Read the outcomes of `society`; agent reporters (slow) are collected as Mesa does."""
        super().__init__(agent_reporters=agent_reporters)
        self.society = society
        self.model_reporters = {name: name for name in NAMES}

    @property
    def model_vars(self) -> dict[str, list[float]]:
        """Lists of values by outcome."""
        columns = self.society.series()
        return {name: columns[name].tolist() for name in NAMES}

    @model_vars.setter
    def model_vars(self, value) -> None:
        """Mesa empties its lists at the start; the series needs none."""

    @property
    def _collection_steps(self) -> list[int]:
        return list(range(1, self.society.tick + 1))

    @_collection_steps.setter
    def _collection_steps(self, value) -> None:
        """As above."""

    def collect(self, model) -> None:
        """Collect agent reporters, if there are any; the outcomes are in the series already."""
        if self.agent_reporters:
            self._agent_records[model.time] = list(self._record_agents(model))
