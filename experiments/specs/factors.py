"""Designs, their factors and the rule for growing replications, read from a spec and written to one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.refusal import Refusal, not_allowed, whole_number
from experiments.specs.designs import FILLING, GRIDS, KINDS, TABLE, Design, Factor, check_design, read_table
from experiments.specs.reading import NAME, name_of, refuse_unknown, rows_of, toml_value, typed
from model.parameters import nearest

SCALES = ("linear", "log")
#: Columns of the tables, which no factor may be called.
TAKEN = ("run", "arm", "point", "replication", "seed", "tick", "digest")


@dataclass(frozen=True)
class Precision:
    """The rule by which replications grow: until the 95 % interval of each comparison is narrow enough, or `maximum` is reached.

    outcome: whose paired differences are looked at. half_width: in its unit. step: replications added at a time.
    """

    outcome: str
    half_width: float
    maximum: int
    step: int = 10


def design_of(data: Mapping[str, Any], where: str) -> Design | None:
    """Return the design of a parsed spec, or None if it has none."""
    rows = rows_of(data, "factor", where)
    table = typed(data, "design", dict, "a table", where, {})
    if not rows and not table:
        return None
    refuse_unknown(table, ("kind", "size", "seed", "file", "rows"), f"{where}: design")
    kind = table.get("kind", "factorial")
    if kind not in KINDS:
        hint = nearest(str(kind), KINDS)
        raise not_allowed(where, "design.kind", kind, f"one of {', '.join(KINDS)}{hint}")
    seed = whole_number(where, "design.seed", table.get("seed", 1), 0, 2**32 - 1)
    size = _size(table, kind, where)
    factors = tuple(_factor(row, kind, f"{where}: factor {i}") for i, row in enumerate(rows, 1))
    points: tuple[tuple, ...] = ()
    if kind == TABLE:
        factors, points = _table(table, factors, where)
    _check_factors(factors, where)
    design = Design(kind, factors, size, seed, points)
    check_design(design, where)
    return design


def _size(table: Mapping[str, Any], kind: str, where: str) -> int:
    if kind in FILLING:
        if "size" not in table:
            raise Refusal(f"{where}: design.size is missing: expected a whole number, as a {kind} design has no size of its own")
        return whole_number(where, "design.size", table["size"], 2, 100_000)
    if "size" in table:
        raise not_allowed(where, "design.size", table["size"], f"no size, as that of a {kind} design follows from its factors")
    return 0


def _factor(row: Mapping[str, Any], kind: str, where: str) -> Factor:
    refuse_unknown(row, ("name", "label", "parameter", "values", "low", "high", "scale", "levels"), where)
    parameter = typed(row, "parameter", str, "a parameter's name", where)
    name = name_of(row, where) if "name" in row else parameter.split(".")[-1]
    where = f"{where} ({name})"
    label = typed(row, "label", str, "text", where, name.replace("_", " "))
    scale = row.get("scale", "linear")
    if scale not in SCALES:
        raise not_allowed(where, "scale", scale, f"one of {', '.join(SCALES)}{nearest(str(scale), SCALES)}")
    if kind == TABLE:
        if given := [key for key in ("values", "low", "high", "levels") if key in row]:
            raise Refusal(f"{where}: {given[0]} is not allowed: expected the values in the table of the design alone")
        return Factor(name, label, parameter, scale=scale)
    if "values" in row:
        if given := [key for key in ("low", "high", "levels") if key in row]:
            raise Refusal(f"{where}: {given[0]} is not allowed beside values: expected one of the two")
        values = tuple(typed(row, "values", list, "a list of values", where))
        if not values or any(isinstance(value, (list, dict)) for value in values):
            raise not_allowed(where, "values", list(values), "a list of at least one number, text or truth value")
        return Factor(name, label, parameter, values, scale=scale)
    low, high = (_number(row, key, where) for key in ("low", "high"))
    if "levels" in row and kind not in GRIDS:
        raise not_allowed(where, "levels", row["levels"], f"no levels, as a {kind} design fills the range")
    levels = whole_number(where, "levels", row.get("levels", 0), 0, 10_000)
    return Factor(name, label, parameter, (), low, high, scale, levels)


def _number(row: Mapping[str, Any], key: str, where: str) -> float:
    value = row.get(key)
    if value is None:
        raise Refusal(f"{where}: {key} is missing: expected values = [...], or low and high")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise not_allowed(where, key, value, "a number")
    return value


def _table(table: Mapping[str, Any], factors: tuple[Factor, ...], where: str) -> tuple[tuple[Factor, ...], tuple[tuple, ...]]:
    """Return the factors and points of a table: of a CSV file, whose columns are factors or parameters, or of rows in the spec."""
    if ("file" in table) == ("rows" in table):
        raise Refusal(f"{where}: a table design needs either design.file, a CSV file, or design.rows: expected one of the two")
    if "rows" in table:
        found = typed(table, "rows", list, "a list of points", where)
        if not found or not all(isinstance(row, list) and len(row) == len(factors) for row in found):
            raise not_allowed(where, "design.rows", found, f"a list of points with {len(factors)} values each, one a factor")
        return factors, tuple(tuple(row) for row in found)
    names, lines = read_table(Path(where).parent / typed(table, "file", str, "a path", where), where)
    known = {factor.name: factor for factor in factors}
    if unused := [name for name in known if name not in names]:
        raise Refusal(f"{where}: factor {unused[0]!r} has no column in design.file: expected one of {', '.join(names)}")
    chosen = tuple(known.get(name) or Factor(name.split(".")[-1], name.split(".")[-1].replace("_", " "), name) for name in names)
    return chosen, tuple(
        tuple(_cell(text.strip(), name, number, where) for name, text in zip(names, line, strict=True))
        for number, line in enumerate(lines, 2)
    )


def _cell(text: str, name: str, row: int, where: str) -> Any:
    from experiments.specs.arms import parse_value

    if not text:
        raise Refusal(f"{where}: design.file has an empty cell in row {row}, column {name!r}: expected a value in each")
    return parse_value(text)


def _check_factors(factors: tuple[Factor, ...], where: str) -> None:
    if not factors:
        raise Refusal(f"{where}: factor is missing: a design needs at least one [[factor]] table")
    for what in ("name", "parameter"):
        given = [getattr(factor, what) for factor in factors]
        if twice := next((one for one in given if given.count(one) > 1), None):
            raise Refusal(f"{where}: factor: {what} {twice!r} is given twice: expected {what}s that differ")
    for factor in factors:
        if not NAME.fullmatch(factor.name) or factor.name in TAKEN:
            raise not_allowed(where, "factor.name", factor.name, f"a name of letters, digits, '-' and '_', none of {', '.join(TAKEN)}")


def precision_of(data: Mapping[str, Any], replications: int, highest: int, where: str) -> Precision | None:
    """Return the rule for growing replications of a parsed spec, or None if it has none."""
    table = typed(data, "precision", dict, "a table", where, {})
    if not table:
        return None
    refuse_unknown(table, ("outcome", "half_width", "maximum", "step"), f"{where}: precision")
    outcome = typed(table, "outcome", str, "the name of an outcome", f"{where}: precision", "generalized_trust")
    half_width = _number_above_0(table, f"{where}: precision")
    if replications < 2:
        raise not_allowed(where, "replications", replications, "at least 2 with a precision, as one seed gives no interval")
    maximum = whole_number(f"{where}: precision", "maximum", table.get("maximum"), replications, highest)
    return Precision(outcome, half_width, maximum, whole_number(f"{where}: precision", "step", table.get("step", 10), 1, highest))


def _number_above_0(table: Mapping[str, Any], where: str) -> float:
    value = table.get("half_width")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise not_allowed(where, "half_width", value, "a number above 0, in the outcome's unit")
    return float(value)


# --- writing --------------------------------------------------------------------------------------------------------------------


def design_toml(design: Design | None, precision: Precision | None) -> list[str]:
    """Return the lines of a spec that describe a design and a precision."""
    lines = []
    if precision is not None:
        lines += ["", "[precision]", *_pairs(vars(precision))]
    if design is None:
        return lines
    head: dict[str, Any] = {"kind": design.kind} | ({"size": design.size, "seed": design.seed} if design.kind in FILLING else {})
    lines += ["", "[design]", *_pairs(head | ({"rows": design.rows} if design.rows else {}))]
    for factor in design.factors:
        row: dict[str, Any] = {"name": factor.name, "label": factor.label, "parameter": factor.parameter}
        if factor.values:
            row["values"] = factor.values
        elif design.kind != TABLE:
            row |= {"low": factor.low, "high": factor.high} | ({"levels": factor.levels} if factor.levels else {})
        lines += ["", "[[factor]]", *_pairs(row | ({"scale": factor.scale} if factor.scale != "linear" else {}))]
    return lines


def _pairs(table: Mapping[str, Any]) -> Iterable[str]:
    return [f"{key} = {toml_value(value)}" for key, value in table.items()]
