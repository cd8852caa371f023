"""The points of a design: which values its factors take together.

A point has one value a factor, in the factors' order; None means that the factor is left as the arms have it. Space-filling designs
are drawn in the unit cube by scipy (Latin hypercube; McKay, Beckman and Conover 1979) and SALib (Saltelli 2002 on Sobol' sequences;
Morris 1991) and then stretched to the factors' ranges.
"""

import csv
import itertools
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.refusal import Refusal, not_allowed, reason_of

GRIDS = ("factorial", "one-at-a-time", "zip")
FILLING = ("latin-hypercube", "sobol", "morris")
TABLE = "table"
KINDS = (*GRIDS, TABLE, *FILLING)
#: The grid of Morris' method: four levels a factor, as SALib's default.
MORRIS_LEVELS = 4
MAX_POINTS = 1_000_000

Point = tuple[Any, ...]


@dataclass(frozen=True)
class Factor:
    """A parameter that a design varies: over `values`, or over the range from `low` to `high` on a linear or log `scale`.

    levels: into so many equal steps a grid divides the range (0: there is no grid).
    """

    name: str
    label: str
    parameter: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    scale: str = "linear"
    levels: int = 0

    def at(self, share: float, whole: bool = False) -> Any:
        """Return the value that lies at a share (0-1) of the range or of the list of values; a whole number where it must be one."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if share in (0.0, 1.0):  # the ends exactly
            value = self.high if share else self.low
        elif self.scale == "log":
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            value = self.low + share * (self.high - self.low)
        return round(value) if whole else float(value)

    def steps(self, whole: bool = False) -> tuple[Any, ...]:
        """Return the values of the factor's list, or of its levels, one each, in order."""
        return self.values or tuple(self.at(step / (self.levels - 1), whole) for step in range(self.levels))

    def grid(self, whole: bool = False) -> tuple[Any, ...]:
        """Return the values of the factor's grid, in order; two that round to the same whole number are one."""
        return self.values or tuple(dict.fromkeys(self.steps(whole)))

    def positions(self, values: Collection[Any]) -> np.ndarray:
        """Return where values lie in the range or the list, 0-1, shape (len(values),); NaN for None. The inverse of `at` for ranges."""
        if self.values:
            last = max(len(self.values) - 1, 1)
            return np.array([math.nan if value is None else self.values.index(value) / last for value in values])
        found = np.array([math.nan if value is None else float(value) for value in values])
        low, high = (math.log(self.low), math.log(self.high)) if self.scale == "log" else (self.low, self.high)
        return ((np.log(found) if self.scale == "log" else found) - low) / (high - low)


@dataclass(frozen=True)
class Design:
    """Factors and how their values are combined.

    size: points of a Latin hypercube, base samples of Sobol' (a power of two; the design has size * (factors + 2) points), or
    trajectories of Morris (size * (factors + 1) points); 0 for the others. seed: of space-filling designs. rows: the points of a
    table.
    """

    kind: str
    factors: tuple[Factor, ...]
    size: int = 0
    seed: int = 1
    rows: tuple[Point, ...] = ()

    def count(self, whole: Collection[str] = ()) -> int:
        """Return the number of points, without making them."""
        if self.kind == TABLE:
            return len(self.rows)
        if self.kind in FILLING:
            return self.size * {"latin-hypercube": 1, "sobol": len(self.factors) + 2, "morris": len(self.factors) + 1}[self.kind]
        if self.kind == "zip":
            return len(self.factors[0].steps())
        lengths = [len(factor.grid(factor.name in whole)) for factor in self.factors]
        return math.prod(lengths) if self.kind == "factorial" else 1 + sum(lengths)

    def points(self, whole: Collection[str] = ()) -> tuple[Point, ...]:
        """Return the points in order; `whole` names the factors whose parameters take whole numbers only."""
        if self.kind == TABLE:
            return self.rows
        if self.kind in FILLING:
            shares = _unit_sample(self.kind, len(self.factors), self.size, self.seed)
            return tuple(
                tuple(factor.at(share, factor.name in whole) for factor, share in zip(self.factors, row, strict=True))
                for row in shares.tolist()
            )
        if self.kind == "zip":  # step by step, also where two steps round to the same whole number
            return tuple(zip(*(factor.steps(factor.name in whole) for factor in self.factors), strict=True))
        grids = [factor.grid(factor.name in whole) for factor in self.factors]
        if self.kind == "factorial":
            return tuple(itertools.product(*grids))
        centre: Point = (None,) * len(grids)
        return (centre, *((*centre[:i], value, *centre[i + 1 :]) for i, grid in enumerate(grids) for value in grid))


def problem(factors: Collection[Factor]) -> dict[str, Any]:
    """Return what SALib calls the problem: the factors in the unit cube."""
    return {"num_vars": len(factors), "names": [factor.name for factor in factors], "bounds": [[0.0, 1.0]] * len(factors)}


def _unit_sample(kind: str, factors: int, size: int, seed: int) -> np.ndarray:
    """Return points of the unit cube, shape (points, factors)."""
    if kind == "latin-hypercube":
        from scipy.stats.qmc import LatinHypercube

        return LatinHypercube(factors, rng=np.random.default_rng(seed)).random(size)
    unit = {"num_vars": factors, "names": [f"x{i}" for i in range(factors)], "bounds": [[0.0, 1.0]] * factors}
    if kind == "sobol":
        from SALib.sample import sobol

        return sobol.sample(unit, size, calc_second_order=False, seed=seed)
    from SALib.sample import morris

    return morris.sample(unit, size, num_levels=MORRIS_LEVELS, seed=seed)


# --- checks ---------------------------------------------------------------------------------------------------------------------


def check_design(design: Design, where: str) -> None:
    """Raise a Refusal unless the design can be laid out."""
    for factor in design.factors:
        _check_factor(factor, design.kind, f"{where}: factor {factor.name!r}")
    if design.kind == "zip":
        lengths = {factor.name: len(factor.steps()) for factor in design.factors}
        if len(set(lengths.values())) > 1:
            found = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise Refusal(f"{where}: factors of a zip design have lists of unequal length ({found}): expected equal ones")
    if design.kind == "sobol" and (design.size < 2 or design.size & (design.size - 1)):
        below = 2 ** max(1, int(math.log2(max(design.size, 2))))
        raise not_allowed(where, "design.size", design.size, f"a power of two, such as {below} or {2 * below}")
    if design.count() > MAX_POINTS:
        raise Refusal(f"{where}: the design has {design.count():,} points: expected at most {MAX_POINTS:,}")


def _check_factor(factor: Factor, kind: str, where: str) -> None:
    if kind == TABLE:
        return
    if not factor.values and factor.low >= factor.high:
        raise not_allowed(where, "high", factor.high, f"a number above low = {factor.low:g}, or a list of values")
    if factor.scale == "log" and not factor.values and factor.low <= 0:
        raise not_allowed(where, "low", factor.low, "a number above 0 on a log scale")
    if kind in GRIDS and not factor.values and factor.levels < 2:
        raise Refusal(f"{where}: levels is missing: a {kind} design needs values = [...], or levels = 2 or more between low and high")
    if len({(isinstance(value, bool), value) for value in factor.values}) < len(factor.values) and kind != "zip":
        raise not_allowed(where, "values", list(factor.values), "values that differ")


# --- tables ---------------------------------------------------------------------------------------------------------------------


def read_table(path: Path, where: str) -> tuple[list[str], list[list[str]]]:
    """Return (names of the columns, rows of text) of a CSV file."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file, strict=True) if any(cell.strip() for cell in line)]
    except FileNotFoundError:
        raise Refusal(f"{where}: design.file = {str(path)!r}: there is no such file: expected a CSV file of points") from None
    except UnicodeDecodeError:
        raise Refusal(f"{where}: design.file = {str(path)!r}: the file is not text in UTF-8: expected a CSV file of points") from None
    except csv.Error as error:
        raise Refusal(f"{where}: design.file = {str(path)!r}: the file is not CSV: {error}") from None
    except OSError as error:
        raise Refusal(f"{where}: design.file = {str(path)!r}: the file cannot be read: {reason_of(error)}") from None
    if len(lines) < 2:
        raise Refusal(f"{where}: design.file = {str(path)!r}: the file has no points: expected a line of names and lines of values")
    names = [name.strip() for name in lines[0]]
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(names):
            raise Refusal(f"{where}: design.file = {str(path)!r}: row {number} has {len(line)} values: expected {len(names)}, one a name")
    return names, lines[1:]
