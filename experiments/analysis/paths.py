"""How outcomes unfold: the weekly values of every run, and the mean differences of arms with their simultaneous bands."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from experiments.analysis.effects import Analysis
from experiments.analysis.statistics import Band, simultaneous_band


@dataclass(frozen=True)
class Runs:
    """The weekly values of an outcome in the runs of one arm.

    numbers: replications, shape (runs,). ticks: shape (weeks,). values: shape (runs, weeks), NaN where nothing was measured.
    """

    numbers: np.ndarray
    ticks: np.ndarray
    values: np.ndarray


def runs_by_arm(series: pa.Table, outcome: str) -> dict[str, Runs]:
    """Return {arm: its runs} from a table with arm, replication, tick and the outcome; empty where it lacks the outcome."""
    if outcome not in series.column_names:
        return {}
    arms = series["arm"].to_numpy(zero_copy_only=False)
    numbers, ticks = series["replication"].to_numpy(), series["tick"].to_numpy()
    values = series[outcome].to_numpy()
    found = {}
    for arm in dict.fromkeys(arms):
        own = arms == arm
        runs = np.unique(numbers[own])
        shape = (len(runs), int(own.sum()) // len(runs))
        found[arm] = Runs(runs, ticks[own].reshape(shape)[0], values[own].reshape(shape))
    return found


def difference_bands(analysis: Analysis, series: pa.Table, outcome: str, burn_in: int) -> dict[str, tuple[np.ndarray, Band]]:
    """Return {arm: (ticks, band of arm minus first reference)} from the end of the burn-in; only arms of which a week has a band.

    series: as for `runs_by_arm`. burn_in: weeks before any scheme is at work. Replications that one of two arms lacks are left out.
    """
    runs = runs_by_arm(series, outcome)
    found = {}
    for row in analysis.spec.contrasts():
        if row.reference == analysis.references()[0] and {row.arm, row.reference} <= runs.keys():
            arm, reference = runs[row.arm], runs[row.reference]
            ticks = np.intersect1d(arm.ticks, reference.ticks)
            ticks = ticks[ticks >= burn_in]
            numbers = np.intersect1d(arm.numbers, reference.numbers)
            values = [each.values[np.isin(each.numbers, numbers)][:, np.isin(each.ticks, ticks)] for each in (arm, reference)]
            band = simultaneous_band(values[0] - values[1])
            if np.isfinite(band.critical):
                found[row.arm] = ticks, band
    return found
