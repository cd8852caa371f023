"""What goes to a worker and what comes back: runs, batches of them that share a seed, and how each ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from experiments.specs.arms import Arm

OK, FAILED, KILLED, TIMED_OUT = "ok", "failed", "killed", "timed out"


@dataclass(frozen=True)
class Run:
    """One run to be made: an arm, at one point of a design if there is one, with one seed. `id` tells it from every other."""

    id: str
    arm: Arm
    replication: int
    seed: int

    @property
    def key(self) -> tuple[str, int, int]:
        """Return (arm, point, replication)."""
        return self.arm.name, self.arm.point, self.replication


@dataclass(frozen=True)
class Task:
    """Runs of one seed that a worker makes one after the other, sharing their burn-in where they can.

    networks: {path of a network file: SHA-256 of its content}.
    """

    runs: tuple[Run, ...]
    share_burn_in: bool = True
    networks: Mapping[str, str] = field(default_factory=dict)

    @property
    def replication(self) -> int:
        """The replication that all runs of the task belong to."""
        return self.runs[0].replication

    @property
    def seed(self) -> int:
        """The seed of all runs of the task."""
        return self.runs[0].seed

    def alone(self) -> list["Task"]:
        """Return a task for each run."""
        return [Task((run,), self.share_burn_in, self.networks) for run in self.runs]


@dataclass(frozen=True)
class Made:
    """A run that came to its end.

    digest: of its final state. means: {outcome: mean over the effect window}, NaN where it was never measured. series: {'tick' and
    outcomes: one value a tick}, or None where only the means are kept.
    """

    run: str
    digest: str
    means: Mapping[str, float]
    series: Mapping[str, np.ndarray] | None


@dataclass(frozen=True)
class Failure:
    """A run that did not come to its end, and why: it raised (`failed`), took its worker with it (`killed`) or was `timed out`."""

    run: str
    arm: str
    point: int
    replication: int
    seed: int
    status: str
    traceback: str


@dataclass(frozen=True)
class Batch:
    """What a task gave: the runs that came to their end, those that did not, and the seconds it took."""

    replication: int
    seed: int
    made: tuple[Made, ...]
    failures: tuple[Failure, ...] = ()
    seconds: float = 0.0


def failure_of(run: Run, status: str, reason: str) -> Failure:
    """Return the failure of a run."""
    return Failure(run.id, run.arm.name, run.arm.point, run.replication, run.seed, status, reason)


def mean_of_measured(values: np.ndarray) -> np.ndarray:
    """Return the mean of each column over its values that are not NaN; NaN where there are none. Shape (columns,)."""
    measured = np.isfinite(values)
    count = measured.sum(axis=0)
    total = np.where(measured, values, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)


def window_means(series: Mapping[str, np.ndarray], window: int) -> dict[str, float]:
    """Return the mean of each outcome over the last `window` ticks (all, if fewer), NaN where it was never measured."""
    names = [name for name in series if name != "tick"]
    if not names:
        return {}
    last = np.column_stack([np.asarray(series[name], np.float64)[-window:] for name in names])
    return dict(zip(names, mean_of_measured(last).tolist(), strict=True))
