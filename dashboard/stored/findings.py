"""What a folder found, read from the table it publishes: `effects.csv`, or, of a design, `responses.csv`. Nothing is computed anew."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.stored.shelf import plain, refuse_links, spec_within, within
from experiments.analysis.effects import SOCIAL_TRUST, OutcomeFacts
from experiments.analysis.levels import is_grid, varied
from experiments.analysis.responses import Responses
from experiments.analysis.statistics import social_trust
from experiments.analysis.surfaces import CODES, VERDICTS
from experiments.refusal import Refusal, not_allowed
from experiments.results.store import EFFECTS, MANIFEST, RESOLVED, RESPONSES, Results, readable
from experiments.specs.designs import Factor, Point
from experiments.specs.spec import Contrast

if TYPE_CHECKING:
    import pyarrow as pa

#: Of a table with more bytes, and of points in a file with more, this page shows nothing: they are read with other tools.
MOST_TABLE_BYTES, MOST_POINT_BYTES = 64_000_000, 64_000_000
_NUMBERS = ("n", "mean", "low95", "high95")
_WORDS = ("arm", "reference", "outcome", "verdict")


@dataclass(frozen=True, eq=False)  # arrays are neither equal nor unequal
class Column:
    """One comparison and outcome at each point: arrays of shape (points,). verdict: places in VERDICTS; -1 where the table has no row.

    mean, low95, high95: of the paired differences over seeds and its 95 % interval, in the outcome's unit, NaN where there is none.
    """

    n: np.ndarray
    mean: np.ndarray
    low95: np.ndarray
    high95: np.ndarray
    verdict: np.ndarray


@dataclass(frozen=True)
class Effect:
    """One comparison and outcome at one point: the numbers of `Column` there, and the verdict by its name, empty where there is none."""

    outcome: OutcomeFacts
    n: int
    mean: float
    low95: float
    high95: float
    verdict: str


@dataclass(frozen=True, eq=False)
class Findings:
    """What an experiment compared, at which points, and what came of it.

    contrasts: in the spec's order. labels: {arm: label}. outcomes: headlines, in declared order. factors, points: of a design; without
    one there is one point without values. fault: one sentence, without its full stop, on why there are no numbers, or nothing.
    """

    contrasts: tuple[Contrast, ...]
    labels: Mapping[str, str]
    outcomes: tuple[OutcomeFacts, ...]
    factors: tuple[Factor, ...] = ()
    points: tuple[Point, ...] = ((),)
    design: str = ""
    columns: Mapping[tuple[str, str, str], Column] = field(default_factory=dict)
    fault: str = ""

    def column(self, contrast: Contrast, outcome: str) -> Column | None:
        """Return the numbers of a comparison and outcome, None where the table has none."""
        return self.columns.get((contrast.arm, contrast.reference, outcome))

    def effect(self, contrast: Contrast, outcome: OutcomeFacts, point: int = 0) -> Effect | None:
        """Return the effect of a comparison on an outcome at a point, None where the table has none."""
        own = self.column(contrast, outcome.name)
        if own is None or own.verdict[point] < 0:
            return None
        mean, low, high = (float(values[point]) for values in (own.mean, own.low95, own.high95))
        return Effect(outcome, int(own.n[point]), mean, low, high, VERDICTS[own.verdict[point]])

    def effects(self, contrast: Contrast, point: int = 0) -> list[Effect]:
        """Return the effects of a comparison at a point on all outcomes that the table has."""
        found = (self.effect(contrast, outcome, point) for outcome in self.outcomes)
        return [effect for effect in found if effect is not None]

    def on_trust(self, contrast: Contrast, point: int = 0) -> str:
        """Return the verdict on social trust of a comparison at a point, as the report has it; empty without both of its outcomes."""
        verdicts = [effect.verdict for effect in self.effects(contrast, point) if effect.outcome.name in SOCIAL_TRUST]
        return social_trust(verdicts) if len(verdicts) == len(SOCIAL_TRUST) else ""

    def label(self, contrast: Contrast) -> tuple[str, str]:
        """Return the labels of a comparison's arm and of its reference."""
        return self.labels[contrast.arm], self.labels[contrast.reference]

    @cached_property
    def layout(self) -> Responses:
        """The points as the analysis of designs takes them, to ask how they lie; without any values."""
        return Responses("", self.design, self.factors, self.points, 0, self.contrasts, {}, self.labels, _no_values)

    @cached_property
    def is_grid(self) -> bool:
        """Whether the points are all combinations of the levels of two factors or more, each once."""
        return len(varied(self.layout)) > 1 and is_grid(self.layout)

    @property
    def has_map(self) -> bool:
        """Whether there are numbers of such a grid."""
        return bool(self.columns) and self.is_grid


def _no_values(arm: str, outcome: str) -> np.ndarray:
    raise LookupError(f"only the layout of the points is held, not the values of {outcome} in {arm}")


# --- reading --------------------------------------------------------------------------------------------------------------------


def findings_of(path: Path) -> Findings:
    """Return what a results folder found; with a `fault` where its table is missing, damaged or too large. Raises a Refusal if the
    folder is no results folder or the points of its design cannot be read."""
    refuse_links(path)
    results = Results(path)
    manifest = results.manifest()
    spec = spec_within(manifest)
    names = [item.name for item in fields(OutcomeFacts)]
    outcomes = tuple(_outcome({name: facts[name] for name in names}) for facts in manifest["outcomes"] if facts["headline"])
    labels = {arm.name: plain(arm.label, 80) for arm in spec.arms}
    asked = Findings(tuple(spec.contrasts()), labels, outcomes)
    if spec.design is not None:
        points = _points_of(results, len(spec.design.factors))
        asked = Findings(asked.contrasts, labels, outcomes, spec.design.factors, points, spec.design.kind)
    own = {item.name: getattr(asked, item.name) for item in fields(Findings)}
    try:
        return Findings(**own | {"columns": _columns_of(path / (RESPONSES if spec.design else EFFECTS), asked)})
    except Refusal as error:
        return Findings(**own | {"fault": plain(within(str(error), path))})


def _outcome(facts: dict[str, Any]) -> OutcomeFacts:
    """Return the facts of an outcome, fit to be shown: its smallest effect says how many decimals its numbers have."""
    smallest = facts["smallest_effect"]
    if smallest and not 1e-9 <= smallest <= 1e9:
        raise not_allowed(f"{MANIFEST}: outcome {plain(facts['name'], 80)}", "smallest_effect", smallest, "0, or a number from 1e-9 to 1e9")
    return OutcomeFacts(**facts | {key: plain(facts[key]) for key in ("unit", "meaning")})


def _points_of(results: Results, factors: int) -> tuple[Point, ...]:
    path = results.path(RESOLVED)
    if path.exists() and path.stat().st_size > MOST_POINT_BYTES:
        raise Refusal(f"{RESOLVED} has {path.stat().st_size:,} bytes: expected at most {MOST_POINT_BYTES:,} to be shown here")
    points = results.resolved().get("design", {}).get("points", [])
    if not points or any(len(point) != factors or not all(map(_is_value, point)) for point in points):
        raise Refusal(f"{RESOLVED}: design.points do not fit {MANIFEST}: expected points with {factors} values, one a factor")
    return tuple(map(tuple, points))


def _is_value(value: Any) -> bool:
    return value is None or isinstance(value, (int, str)) or (isinstance(value, float) and isfinite(value))


def _columns_of(path: Path, asked: Findings) -> dict[tuple[str, str, str], Column]:
    """Return {(arm, reference, outcome): numbers} of a published table. Raises a Refusal."""
    if not asked.outcomes:
        raise Refusal(f"{MANIFEST} has no headline among its outcomes: expected at least one to be shown here")
    if not path.exists():
        raise Refusal(f"there is no {path.name} yet: `report` makes it of the runs that are stored")
    if path.stat().st_size > MOST_TABLE_BYTES:
        size, most = (number // 1_000_000 for number in (path.stat().st_size, MOST_TABLE_BYTES))
        raise Refusal(f"{path.name} has {size:,} MB: expected at most {most} to be shown here; the figures and the report tell of it")
    table = _table(path)
    keep = _rows_to_keep(table, asked)
    words = {name: table[name].to_numpy(zero_copy_only=False)[keep] for name in _WORDS}
    numbers = {name: table[name].to_numpy(zero_copy_only=False)[keep] for name in _NUMBERS}
    points = table["point"].to_numpy(zero_copy_only=False)[keep] if path.name == RESPONSES else np.zeros(len(keep), int)
    return _by_comparison(words, numbers, points, len(asked.points), path.name)


def _table(path: Path) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv

    place = "point" if path.name == RESPONSES else "kind"
    kinds = {name: pa.string() for name in _WORDS} | dict.fromkeys(_NUMBERS, pa.float64())
    kinds |= {"point": pa.int64()} if place == "point" else {"kind": pa.string()}
    options = csv.ConvertOptions(include_columns=list(kinds), column_types=kinds, null_values=["", "nan"], strings_can_be_null=False)
    with readable(path):
        return csv.read_csv(path, convert_options=options)


def _rows_to_keep(table: "pa.Table", asked: Findings) -> np.ndarray:
    """Return the places of the rows that this page shows: differences of comparisons and headlines that the manifest has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    outcomes = pa.array([outcome.name for outcome in asked.outcomes], pa.string())
    kept = pc.is_in(table["outcome"], value_set=outcomes)
    if "kind" in table.column_names:
        kept = pc.and_(kept, pc.equal(table["kind"], "difference"))
    places = np.flatnonzero(kept.to_numpy(zero_copy_only=False))
    pairs = {(contrast.arm, contrast.reference) for contrast in asked.contrasts}
    arms, references = (table[name].take(places).to_pylist() for name in ("arm", "reference"))
    return places[[pair in pairs for pair in zip(arms, references, strict=True)]] if len(places) else places


def _by_comparison(
    words: Mapping[str, np.ndarray], numbers: Mapping[str, np.ndarray], points: np.ndarray, count: int, name: str
) -> dict[tuple[str, str, str], Column]:
    groups: dict[tuple[str, str, str], list[int]] = {}
    for row, key in enumerate(zip(words["arm"], words["reference"], words["outcome"], strict=True)):
        groups.setdefault(key, []).append(row)
    found = {}
    for key, rows in groups.items():
        places = points[rows]
        if not np.all((places >= 0) & (places < count)) or len(set(places.tolist())) < len(rows):
            raise Refusal(f"{name}: points are not allowed: expected each from 0 to {count - 1} once a comparison and outcome")
        verdicts = words["verdict"][rows]
        if unknown := [verdict for verdict in verdicts if verdict not in CODES]:
            raise Refusal(f"{name}: verdict = {json.dumps(plain(unknown[0], 40))} is not allowed: expected {', '.join(VERDICTS)}")
        arrays = {each: np.full(count, np.nan) for each in _NUMBERS}
        for each, array in arrays.items():
            array[places] = np.where(np.isfinite(numbers[each][rows]), numbers[each][rows], np.nan)
        codes = np.full(count, -1)
        codes[places] = [CODES[verdict] for verdict in verdicts]
        seeds = np.clip(np.nan_to_num(arrays["n"]), 0, 2**31).astype(int)
        found[key] = Column(seeds, arrays["mean"], arrays["low95"], arrays["high95"], codes)
    return found
