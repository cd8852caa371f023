"""Which factors the effects depend on: indices of sensitivity of each comparison's paired difference, with their intervals.

Designs of Sobol' give first and total indices, those of Morris mu* and sigma; designs of Sobol', Latin hypercubes, tables and
factorials also PAWN and first indices from the sample as it is. `docs/sensitivity.md` says how to read them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.responses import Responses
from experiments.specs.designs import MORRIS_LEVELS, problem
from experiments.specs.spec import Contrast
from experiments.understanding import indices, noise
from experiments.understanding.cube import Cube, chosen_outcomes, cube_of
from experiments.understanding.indices import MORRIS, MU_STAR, PAWN, SIGMA, SOBOL, Method
from experiments.understanding.noise import Noise, Sample

#: The factor made of chance alone that stands among the others where a method takes chance for influence.
DUMMY = "dummy"
SHUFFLES = 200
FEWEST_BLOCKS = 8
NAN = float("nan")


@dataclass(frozen=True)
class Index:
    """One index of one factor.

    method, index: such as "Sobol'" and "total". factor: its name, or "dummy". value: freed of replication noise where that can be done
    (first, total, sigma). as_run: of the means over replications as they are, by SALib for Sobol' and Morris. design, replication,
    total: half-widths of the 95 % intervals. null: what a factor without influence gives (first, total: 0, or the 95 % point of 200
    shuffles; PAWN: that; mu*: its mean from noise alone). stands_out: whether it is beyond: value - total above null; where null
    is from shuffles, value above null. Values are shares of variance (first, total), 0-1 (PAWN), or in the outcome's unit over the
    factor's whole range (mu_star, sigma); NaN where they cannot be told.
    """

    method: str
    index: str
    factor: str
    label: str
    value: float
    as_run: float
    design: float
    replication: float
    total: float
    null: float
    stands_out: bool


@dataclass(frozen=True)
class Subject:
    """The sensitivity of one outcome's difference: its indices, method by method, how variance divides, and what to beware of."""

    contrast: Contrast
    label: str
    outcome: OutcomeFacts
    points: int
    replications: int
    noise: Noise
    indices: tuple[Index, ...]
    remarks: tuple[str, ...]

    def table(self) -> dict[tuple[str, str], list[Index]]:
        """Return {(method, index): one a factor}, in the order of the methods."""
        found: dict[tuple[str, str], list[Index]] = {}
        for index in self.indices:
            found.setdefault((index.method, index.index), []).append(index)
        return found


@dataclass(frozen=True)
class Sensitivity:
    """What the effects of a design depend on."""

    title: str
    kind: str
    cube: Cube
    subjects: tuple[Subject, ...]


def sensitivity(responses: Responses, outcomes: Sequence[str] = (), seed: int = 0, draws: int = noise.DRAWS) -> Sensitivity:
    """Return the sensitivity of each comparison's paired difference in each outcome (by default those of social trust).

    seed, draws: of the resampling behind the intervals. Raises a Refusal where the design cannot tell factors apart, or for an unknown
    outcome.
    """
    cube, chosen = cube_of(responses, "sensitivity"), chosen_outcomes(responses, outcomes)
    subjects = tuple(
        subject_of(cube, contrast, responses.label(contrast), outcome, responses.differences(contrast, outcome.name), seed, draws)
        for contrast in responses.contrasts
        for outcome in chosen
    )
    return Sensitivity(responses.title, responses.kind, cube, subjects)


def subject_of(
    cube: Cube, contrast: Contrast, label: str, outcome: OutcomeFacts, differences: np.ndarray, seed: int = 0, draws: int = noise.DRAWS
) -> Subject:
    """Return the sensitivity of one difference. differences: shape (points, replications), NaN where there is none."""
    sample = noise.complete(differences, cube.blocks)
    values = sample.values.reshape(-1, sample.replications)
    divided = noise.noise_of(values)
    remarks = [sample.remark] if sample.remark else []
    found: list[Index] = []
    if len(sample.values) < FEWEST_BLOCKS:
        remarks.append(f"{len(sample.values)} complete points or blocks of them are too few: at least {FEWEST_BLOCKS} give an index")
    elif np.ptp(sample.means) == 0:
        remarks.append("the effect is the same at all points: no factor has any influence")
    else:
        for method, own in methods_of(cube, sample, seed):
            found += _indices(cube, method, own, seed, draws)
        remarks += cautions(sample, divided)
    return Subject(contrast, label, outcome, len(values), sample.replications, divided, tuple(found), tuple(remarks))


def methods_of(cube: Cube, sample: Sample, seed: int = 0) -> list[tuple[Method, Sample]]:
    """Return the methods that a design allows, each with the part of the sample that it takes."""
    blocks = cube.blocks[sample.kept]
    if cube.kind == "morris":
        return [(indices.morris_method(cube.positions, blocks), sample)]
    if cube.kind == "sobol":  # of a base sample, A and B are points of their own; those between repeat their values
        ends = replace(sample, values=sample.values[:, [0, -1]])
        return [(indices.sobol_method(), sample), (_given(cube, blocks[:, [0, -1]], seed), ends)]
    return [(_given(cube, blocks, seed), sample)]


def _given(cube: Cube, blocks: np.ndarray, seed: int) -> Method:
    """Return the given-sample method over the points of these blocks, with the dummy as its last factor."""
    places = cube.positions[blocks.ravel()]
    dummy = np.random.default_rng(seed).permutation((np.arange(len(places)) + 0.5) / len(places))
    return indices.given_sample_method(np.column_stack([places, dummy]), np.arange(len(places)).reshape(blocks.shape))


def cautions(sample: Sample, divided: Noise) -> list[str]:
    """Return what to beware of, one clause each."""
    if sample.replications < 2:
        return ["with one replication noise cannot be told from the design: the intervals hold both, and indices are of single runs"]
    found = []
    if divided.between == 0:
        found.append("the points differ no more than chance between replications makes them: no index can be told")
    elif divided.of_means > 0.5:
        found.append(f"{divided.of_means:.0%} of the variance of the points' means is replication noise: more replications are needed")
    if sample.replications < 5:
        found.append(f"{sample.replications} replications give rough intervals of replication noise: 5 or more are better")
    return found


def _indices(cube: Cube, method: Method, sample: Sample, seed: int, draws: int) -> list[Index]:
    everyone = np.arange(len(sample.values))
    value = method.estimate(sample.means, sample.residuals, everyone, 1.0)
    as_run = _as_run(cube, method, sample)
    if method.halves:
        null = _shuffled(method, sample, seed)
    elif method.name == MORRIS:
        floor = indices.noise_in_mu_star(sample.residuals, cube.positions, cube.blocks[sample.kept])
        null = np.stack([floor, np.zeros(len(floor))])
    else:
        null = np.zeros(value.shape)
    spread = noise.spread_of(method, sample, seed, draws)
    bound = value if method.halves else value - spread.total
    out = bound > np.nan_to_num(null)
    names = [(factor.name, factor.label) for factor in cube.factors] + [(DUMMY, "a dummy (chance alone)")]
    numbers = {"value": value, "as_run": as_run, **vars(spread), "null": null}
    found = []
    for i, index in enumerate(method.indices):
        for j in range(value.shape[1]):
            of_one = {name: float(array[i, j]) for name, array in numbers.items()}
            factor, label = names[j]
            found.append(Index(method.name, index, factor, label, stands_out=bool(out[i, j]), **of_one))
    return found


def _as_run(cube: Cube, method: Method, sample: Sample) -> np.ndarray:
    """Return the indices of the means as they are, noise included, shape (indices, factors): SALib's own of Sobol' and Morris."""
    means = sample.means.ravel()
    if method.name == SOBOL:
        from SALib.analyze import sobol

        found = sobol.analyze(problem(cube.factors), means, calc_second_order=False, num_resamples=2, seed=1)
        return np.stack([found["S1"], found["ST"]])
    if method.name == MORRIS:
        from SALib.analyze import morris

        places = cube.positions[cube.blocks[sample.kept].ravel()]
        found = morris.analyze(problem(cube.factors), places, means, num_levels=MORRIS_LEVELS, num_resamples=2, seed=1)
        return np.array([found["mu_star"], found["sigma"]], float)
    return method.estimate(sample.means, sample.residuals[..., :0], np.arange(len(sample.values)), 1.0)


def _shuffled(method: Method, sample: Sample, seed: int) -> np.ndarray:
    """Return what 95 % of shuffles of the effects among the points stay below, shape (indices, factors)."""
    rng = np.random.default_rng(seed + 1)
    flat, everyone = sample.values.reshape(-1, sample.replications), np.arange(len(sample.values))
    found = []
    for _ in range(SHUFFLES):
        mixed = replace(sample, values=rng.permutation(flat).reshape(sample.values.shape))
        found.append(method.estimate(mixed.means, mixed.residuals, everyone, 1.0))
    return np.quantile(np.array(found), 0.95, axis=0)


def sensitivity_rows(found: Sensitivity) -> list[dict[str, Any]]:
    """Return one row an index, as in `sensitivity.csv`; a subject without any has one row that says why."""
    rows = []
    for subject in found.subjects:
        head = {
            "arm": subject.contrast.arm, "reference": subject.contrast.reference, "outcome": subject.outcome.name,
            "points": subject.points, "replications": subject.replications,
        }  # fmt: skip
        tail = {
            "noise_share": subject.noise.share, "variance_within": subject.noise.within, "variance_between": subject.noise.between,
            "remark": "; ".join(subject.remarks),
        }  # fmt: skip
        empty = Index("", "", "", "", NAN, NAN, NAN, NAN, NAN, NAN, False)
        rows += [head | asdict(index) | tail for index in subject.indices or (empty,)]
    return rows


def ranked(found: Sequence[Index]) -> list[Index]:
    """Return the indices of the factors from large to small, the dummy last."""
    return sorted(found, key=lambda index: (index.factor == DUMMY, -np.nan_to_num(index.value, nan=-np.inf)))


def unit_of(index: str, outcome: OutcomeFacts) -> str:
    """Return what an index is measured in."""
    return outcome.unit if index in (MU_STAR, SIGMA) else "distance, 0-1" if index == PAWN else "share of variance"
