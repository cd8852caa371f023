"""A stand-in for the simulation: the mean effect as a smooth function of the factors, with the error that it makes on points unseen.

Up to 2,000 points a Gaussian process (Rasmussen and Williams 2006; Matern 5/2, one length a factor, and noise of its own, by
scikit-learn), beyond that gradient boosting, which has one error everywhere.
"""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.responses import Responses
from experiments.specs.designs import Point
from experiments.specs.spec import Contrast
from experiments.understanding import noise
from experiments.understanding.cube import Cube, chosen_outcomes, cube_of, mean_over_runs

GAUSSIAN, BOOSTING = "Gaussian process", "gradient boosting"
MOST_GAUSSIAN = 2000
#: The lengths and the noise of a Gaussian process are found on at most so many points: more change them little and cost much.
TUNING_POINTS = 300
FOLDS = 5
FEWEST_POINTS = 10
NAN = math.nan


@dataclass(frozen=True)
class Score:
    """How well an emulator tells the means of points that it has not seen (5 folds).

    r2: share of the variance of the points' means that it tells; 0 or less: no better than their overall mean. rmse: root mean
    square error, in the outcome's unit. ceiling: the r2 of an emulator that knew the true means, since the points' own means are
    blurred by replication noise; noise: the rmse that it would have. NaN with one replication. within: share of held-out means
    that lie in their 95 % interval. points: with a value.
    """

    r2: float
    rmse: float
    ceiling: float
    noise: float
    within: float
    points: int


@dataclass(frozen=True)
class Emulator:
    """The mean effect of one comparison on one outcome, at any place of the unit cube.

    score is None, and nothing can be predicted, where `remark` says why. held_out: the points' means beside what was told of them
    unseen, shape (points with a value, 2).
    """

    contrast: Contrast
    label: str
    outcome: OutcomeFacts
    cube: Cube
    kind: str
    score: Score | None
    remark: str
    fitted: Any = field(repr=False, default=None)
    error: float = NAN
    held_out: np.ndarray = field(repr=False, default_factory=lambda: np.empty((0, 2)))

    def predict(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (mean, standard deviation) of the mean effect at positions of shape (n, factors), 0-1; both of shape (n,).

        The deviation is the emulator's own doubt, without replication noise. Raises ValueError where there is no emulator, or for
        another number of factors.
        """
        if self.fitted is None:
            raise ValueError(f"there is no emulator of {self.label}, {self.outcome.name}: {self.remark}")
        positions = np.asarray(positions, float)
        if positions.ndim != 2 or positions.shape[1] != len(self.cube.factors):
            raise ValueError(f"expected positions of shape (n, {len(self.cube.factors)}), found {positions.shape}")
        return _predicted(self.fitted, positions, self.error)

    def predict_points(self, points: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
        """Return the same at points given in the factors' own values."""
        return self.predict(self.cube.at(points))


def emulate(responses: Responses, outcomes: Sequence[str] = (), seed: int = 0) -> tuple[Emulator, ...]:
    """Return an emulator of each comparison's mean paired difference in each outcome (by default those of social trust).

    seed: of folds and fits. Raises a Refusal where the design leaves factors unset, or for an unknown outcome.
    """
    cube, chosen = cube_of(responses, "an emulator"), chosen_outcomes(responses, outcomes)
    return tuple(
        emulator_of(cube, contrast, responses.label(contrast), outcome, responses.differences(contrast, outcome.name), seed)
        for contrast in responses.contrasts
        for outcome in chosen
    )


def emulator_of(cube: Cube, contrast: Contrast, label: str, outcome: OutcomeFacts, differences: np.ndarray, seed: int = 0) -> Emulator:
    """Return the emulator of one difference. differences: shape (points, replications), NaN where there is none."""
    means = mean_over_runs(differences)
    known = np.isfinite(means)
    positions, values, groups = cube.positions[known], means[known], cube.block_of[known]
    kind = GAUSSIAN if len(values) <= MOST_GAUSSIAN else BOOSTING
    remark = ""
    if len(values) < FEWEST_POINTS:
        remark = f"{len(values)} points with a value are too few: expected at least {FEWEST_POINTS}"
    elif np.ptp(values) == 0:
        remark = "the effect is the same at all points"
    elif len(np.unique(groups)) < 2:
        remark = "all points belong together, so that none can be held out"
    if remark:
        return Emulator(contrast, label, outcome, cube, kind, None, remark)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # so few points take longest with threads
        tuned = _tuned(kind, positions, values, seed)
        told, doubt = _held_out(tuned, positions, values, groups)
        fitted = tuned(positions, values)
    score, error = _score(values, told, doubt, differences[known])
    return Emulator(contrast, label, outcome, cube, kind, score, "", fitted, error, np.column_stack([values, told]))


def _tuned(kind: str, positions: np.ndarray, values: np.ndarray, seed: int) -> Any:
    """Return a function that fits an emulator to positions and values, its lengths and noise settled here."""
    from sklearn.base import clone

    if kind == BOOSTING:
        from sklearn.ensemble import HistGradientBoostingRegressor

        return lambda places, means: HistGradientBoostingRegressor(random_state=seed).fit(places, means)
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    lengths = np.ones(positions.shape[1])
    kernel = ConstantKernel(1.0, (1e-2, 1e3)) * Matern(lengths, (0.05, 1e2), nu=2.5) + WhiteKernel(0.1, (1e-8, 2.0))
    some = np.random.default_rng(seed).permutation(len(values))[:TUNING_POINTS]
    search = GaussianProcessRegressor(kernel, normalize_y=True, random_state=seed)
    with warnings.catch_warnings():  # a length at its bound is a factor without influence, and noise there is none
        warnings.simplefilter("ignore")
        found = search.fit(positions[some], values[some]).kernel_
    return lambda places, means: GaussianProcessRegressor(clone(found), optimizer=None, normalize_y=True).fit(places, means)


def _held_out(tuned: Any, positions: np.ndarray, values: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (predictions, deviations of the predicted means with noise) of points unseen; points of a group stay together."""
    from sklearn.model_selection import GroupKFold

    told, doubt = np.empty(len(values)), np.empty(len(values))
    folds = GroupKFold(min(FOLDS, len(np.unique(groups))), shuffle=True, random_state=0)
    for seen, unseen in folds.split(positions, values, groups):
        fitted = tuned(positions[seen], values[seen])
        told[unseen], own = _predicted(fitted, positions[unseen], NAN)
        doubt[unseen] = np.sqrt(own**2 + _noise_variance(fitted))
    return told, doubt


def _predicted(fitted: Any, positions: np.ndarray, error: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (mean, deviation without noise); that of gradient boosting is `error` everywhere."""
    if not hasattr(fitted, "kernel_"):
        return fitted.predict(positions), np.full(len(positions), error)
    mean, sd = fitted.predict(positions, return_std=True)
    return mean, np.sqrt(np.maximum(sd**2 - _noise_variance(fitted), 0.0))


def _noise_variance(fitted: Any) -> float:
    """Return the variance of the noise that a Gaussian process found, in the outcome's unit squared; 0 of gradient boosting."""
    if not hasattr(fitted, "kernel_"):
        return 0.0
    return float(fitted.kernel_.k2.noise_level * fitted._y_train_std**2)


def _score(values: np.ndarray, told: np.ndarray, doubt: np.ndarray, differences: np.ndarray) -> tuple[Score, float]:
    """Return (the score, the error of the emulator itself: the held-out error less what is noise of the held-out means)."""
    from sklearn.metrics import r2_score

    complete = noise.complete(differences, np.arange(len(differences))[:, None]).values
    divided = noise.noise_of(complete.reshape(len(complete), -1))
    square = float(np.mean((values - told) ** 2))
    blur = divided.of_means * float(values.var(ddof=1))
    error = math.sqrt(max(square - (blur if math.isfinite(blur) else 0.0), 0.0))
    half = 1.96 * np.where(np.isfinite(doubt), doubt, math.sqrt(square))
    within = float(np.mean(np.abs(values - told) <= half))
    return Score(float(r2_score(values, told)), math.sqrt(square), 1 - divided.of_means, math.sqrt(blur), within, len(values)), error


def emulator_rows(emulators: Sequence[Emulator]) -> list[dict[str, Any]]:
    """Return one row an emulator, as in `emulators.csv`."""
    nothing = Score(NAN, NAN, NAN, NAN, NAN, 0)
    return [
        {"arm": found.contrast.arm, "reference": found.contrast.reference, "outcome": found.outcome.name, "emulator": found.kind}
        | vars(found.score or nothing)
        | {"remark": found.remark}
        for found in emulators
    ]
