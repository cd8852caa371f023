"""A calibration as data: the society and its arms, the parameters to search with their bounds, the patterns to meet.

The arms are those of an experiment (`experiments/specs/spec.py`); docs/calibration.md describes the file. Everything is checked here, so
that a search never begins with bounds or patterns that make no sense.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.calibration.quantities import known_quantities, smallest_effect
from experiments.calibration.targets import DIFFERENCE, LEVEL, RELATIVE, Pattern, Target
from experiments.refusal import Refusal, not_allowed, whole_number
from experiments.specs.arms import CITIZENS, Arm, canonical, resolve, value_of, with_networks, with_settings, without_effect
from experiments.specs.reading import name_of, refuse_unknown, rows_of, typed
from experiments.specs.spec import MAX_SEED, Settings, Spec, read_text, spec_from
from model.assign import CHOOSES_SCHEMES, assign_one
from model.parameters import ParameterError, nearest

if TYPE_CHECKING:
    from model.network.graph import Graph

PATTERNS = Path(__file__).parent / "patterns"
METHODS = ("tpe", "random")
SCALES = ("linear", "log")
MAX_TRIALS = 1_000_000
_SPEC_KEYS = ("title", "question", "seed", "effect_window", "base", "arm")
_KEYS = (*_SPEC_KEYS, "seeds", "held_out_seeds", "trials", "method", "parameter", "pattern")
_TARGET_KEYS = ("value", "tolerance", "low", "high", "sign", "margin", "scale")
_PATTERN_KEYS = ("name", "claim", "source", "quantity", "arm", "against", "compare", "weight", *_TARGET_KEYS)


@dataclass(frozen=True)
class Free:
    """A parameter that is searched: bounds, both included, whether its scale is logarithmic, and its value without calibration."""

    name: str
    low: float
    high: float
    log: bool
    whole: bool
    default: float


@dataclass(frozen=True)
class Problem:
    """What is to be calibrated.

    spec: society and arms; its seed is the first. seeds: how many each trial runs, the same ones in all. held_out: how many further
    seeds judge the best in the end. method: `tpe`, or `random` for independent draws. graphs: {file: graph}, read once.
    """

    spec: Spec
    free: tuple[Free, ...]
    patterns: tuple[Pattern, ...]
    seeds: int
    held_out: int
    trials: int
    method: str
    graphs: Mapping[str, "Graph"]

    def arms(self, values: Mapping[str, float]) -> tuple[Arm, ...]:
        """Return the arms of society with these values of the free parameters; a Refusal if they do not go together."""
        return resolve(with_settings(self.spec, tuple(values.items())))

    def quantities(self) -> dict[str, list[str]]:
        """Return {arm: what the patterns measure there}, in the order of the arms."""
        wanted: dict[str, list[str]] = {arm.name: [] for arm in self.spec.arms}
        for pattern in self.patterns:
            for arm in filter(None, (pattern.arm, pattern.against)):
                if pattern.quantity not in wanted[arm]:
                    wanted[arm].append(pattern.quantity)
        return wanted

    @property
    def defaults(self) -> dict[str, float]:
        """The values of the free parameters without calibration."""
        return {free.name: free.default for free in self.free}

    @property
    def training_seeds(self) -> tuple[int, ...]:
        """The seeds of every trial."""
        return tuple(range(self.spec.seed, self.spec.seed + self.seeds))

    @property
    def held_out_seeds(self) -> tuple[int, ...]:
        """Seeds that no trial saw."""
        first = self.spec.seed + self.seeds
        return tuple(range(first, first + self.held_out))


def known_problems() -> dict[str, Path]:
    """Return {name: path} of the calibrations that come with the program."""
    return {path.stem: path for path in sorted(PATTERNS.glob("*.toml"))}


def find_problem(name: str, settings: Settings = ()) -> tuple[Problem, str]:
    """Return (problem, short name) of a name or of the path of a TOML file; `settings` take the place of the base's."""
    known = known_problems()
    path = known.get(name, Path(name))
    if name not in known and path.suffix != ".toml":
        allowed = f"one of {', '.join(known)} or the path of a .toml file"
        raise Refusal(f"calibration {name!r} is not known{nearest(name, known)}: expected {allowed}")
    return problem_of(read_text(path), path.name if name in known else str(path), settings), path.stem


def problem_of(text: str, where: str, settings: Settings = ()) -> Problem:
    """Return the problem of a TOML document; a Refusal names the file, the key, what was found and what is allowed."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{where}: the file is not valid TOML: {error}") from None
    refuse_unknown(data, _KEYS, where)
    spec = with_settings(spec_from({key: data[key] for key in _SPEC_KEYS if key in data}, where), settings)
    spec, arms, graphs = _with_its_network(spec)
    patterns = tuple(_pattern(row, f"{where}: pattern {i}", spec) for i, row in enumerate(_tables(data, "pattern", where), 1))
    free = tuple(_free(row, f"{where}: parameter {i}", arms) for i, row in enumerate(_tables(data, "parameter", where), 1))
    _refuse_twice([pattern.name for pattern in patterns], f"{where}: pattern")
    _refuse_twice([canonical(one.name, arms[0].parameters) for one in free], f"{where}: parameter")
    method = data.get("method", METHODS[0])
    if method not in METHODS:
        raise not_allowed(where, "method", method, f"one of {', '.join(METHODS)}")
    problem = Problem(
        spec=spec, free=free, patterns=patterns, method=method, graphs=graphs,
        seeds=whole_number(where, "seeds", data.get("seeds", 3), 1, 1000),
        held_out=whole_number(where, "held_out_seeds", data.get("held_out_seeds", 10), 2, 1000),
        trials=whole_number(where, "trials", data.get("trials", 200), 1, MAX_TRIALS),
    )  # fmt: skip
    shortest = min(arm.parameters.time.ticks for arm in arms)
    whole_number(where, "effect_window", spec.effect_window, 1, shortest)
    whole_number(where, "seed", spec.seed, 0, MAX_SEED - problem.seeds - problem.held_out)
    _check_use(problem)
    _check_bounds(problem, arms)
    return problem


def _with_its_network(spec: Spec) -> tuple[Spec, tuple[Arm, ...], Mapping[str, "Graph"]]:
    """Return the spec with the number of citizens that its network sets, its arms, and {file: graph}."""
    bare = resolve(spec)
    arms, graphs = with_networks(bare)
    if any(sized.parameters.population != arm.parameters.population for sized, arm in zip(arms, bare, strict=True)):
        sizes = sorted({arm.parameters.population.citizens for arm in arms})
        if len(sizes) > 1:
            raise Refusal(f"{spec.where}: the networks of the arms have {sizes} citizens: expected one size for all")
        spec = with_settings(spec, ((CITIZENS, sizes[0]),))
    return spec, arms, graphs


def _tables(data: Mapping[str, Any], key: str, where: str) -> list[dict]:
    rows = rows_of(data, key, where)
    if not rows:
        raise Refusal(f"{where}: {key} is missing: expected at least one [[{key}]] table")
    return rows


def _refuse_twice(names: list[str], what: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Refusal(f"{what} {twice!r} is given twice: expected names that differ")


def _text(row: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    text = typed(row, key, str, "text", where, default)
    if not text and key in row:
        raise not_allowed(where, key, text, "text")
    return text


def _number(row: Mapping[str, Any], key: str, where: str, default: float | None = None, above: float | None = None) -> float:
    value = row.get(key, default)
    wrong = isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < float("inf")
    if wrong or (above is not None and value <= above):
        allowed = "a number" if above is None else f"a number above {above:g}"
        found = f"{key} = {value!r} is not allowed" if key in row else f"{key} is missing"
        raise Refusal(f"{where}: {found}: expected {allowed}")
    return float(value)


# --- parameters -----------------------------------------------------------------------------------------------------------------


def _free(row: Mapping[str, Any], where: str, arms: tuple[Arm, ...]) -> Free:
    refuse_unknown(row, ("name", "low", "high", "scale"), where)
    name = _text(row, "name", where)
    where = f"{where} ({name})"
    if name in CHOOSES_SCHEMES:
        raise Refusal(f"{where}: what chooses the schemes cannot be searched: expected the name of a number")
    defaults = [value for value in (value_of(arm, name) for arm in arms) if value is not None]
    if defaults and (isinstance(defaults[0], bool) or not isinstance(defaults[0], (int, float))):
        raise Refusal(f"{where}: {defaults[0]!r} is no number and cannot be searched: expected the name of a number")
    low, high = _number(row, "low", where), _number(row, "high", where)
    if not low < high:
        raise not_allowed(where, "high", high, f"a number above low = {low:g}")
    scale = row.get("scale", SCALES[0])
    if scale not in SCALES:
        raise not_allowed(where, "scale", scale, f"one of {', '.join(SCALES)}")
    if scale == "log" and low <= 0:
        raise not_allowed(where, "low", low, "a number above 0, as the scale is log")
    whole = bool(defaults) and isinstance(defaults[0], int)
    if whole and (low != int(low) or high != int(high)):
        raise Refusal(f"{where}: low = {low:g} and high = {high:g} are not allowed: expected whole numbers, as the parameter is one")
    return Free(name, low, high, scale == "log", whole, float(defaults[0]) if defaults else float("nan"))


def _check_bounds(problem: Problem, arms: tuple[Arm, ...]) -> None:
    """Refuse a parameter that does not exist, that no arm takes, or whose bounds are not allowed."""
    where = problem.spec.where
    for free in problem.free:
        holder = next((arm for arm in arms if value_of(arm, free.name) is not None), arms[0])
        for value in (free.low, free.high):
            try:
                assign_one(holder.parameters, free.name, value)
            except ParameterError as error:
                raise Refusal(f"{where}: parameter: {error}") from None
    for name in without_effect(problem.spec, tuple((free.name, free.low) for free in problem.free)):
        raise Refusal(f"{where}: parameter {name} has no effect in any arm: expected one that an arm takes")


# --- patterns -------------------------------------------------------------------------------------------------------------------


def _pattern(row: Mapping[str, Any], where: str, spec: Spec) -> Pattern:
    refuse_unknown(row, _PATTERN_KEYS, where)
    name = name_of(row, where)
    where = f"{where} ({name})"
    quantity = _text(row, "quantity", where)
    if quantity not in known_quantities():
        allowed = f"an outcome or a quantity of docs/calibration.md{nearest(quantity, known_quantities())}"
        raise not_allowed(where, "quantity", quantity, allowed)
    arm, against = _text(row, "arm", where), _text(row, "against", where, "")
    compare = _text(row, "compare", where, DIFFERENCE if against else LEVEL)
    kinds = (DIFFERENCE, RELATIVE) if against else (LEVEL,)
    if compare not in kinds:
        raise not_allowed(where, "compare", compare, f"one of {', '.join(kinds)} {'with' if against else 'without'} against")
    arms = [one.name for one in spec.arms]
    for key, named in (("arm", arm), ("against", against)):
        if named and named not in arms:
            raise not_allowed(where, key, named, f"the name of an arm, one of {', '.join(arms)}{nearest(named, arms)}")
    if arm == against:
        raise not_allowed(where, "against", against, f"another arm than {arm}")
    return Pattern(
        name=name, claim=_text(row, "claim", where), source=_text(row, "source", where), quantity=quantity, arm=arm,
        target=target_of(row, where, smallest_effect(quantity)), compare=compare, against=against,
        weight=_number(row, "weight", where, 1.0, above=0.0),
    )  # fmt: skip


def target_of(row: Mapping[str, Any], where: str, smallest: float) -> Target:
    """Return the target of a table, given as value and tolerance, as low and high (one is enough), or as a sign.

    smallest: the smallest difference of the quantity that counts as one. It is the margin of a sign unless the table gives one, and
    the least scale of a miss; else that is half the width of the target, or what the table says.
    """
    given = [key for key in ("value", "low", "high", "sign") if key in row]
    ways = "value and tolerance, low or high or both, or sign"
    if given not in (["value"], ["low"], ["high"], ["low", "high"], ["sign"]):
        raise Refusal(f"{where}: a target of {', '.join(given) or 'nothing'} is not allowed: expected {ways}")
    for key, needs in (("tolerance", "value"), ("margin", "sign")):
        if key in row and needs not in row:
            raise Refusal(f"{where}: {key} = {row[key]!r} is not allowed without {needs}: expected {ways}")
    low, high = _ends(row, where, smallest)
    width = (high - low) / 2
    return Target(low, high, _number(row, "scale", where, max(width if width < float("inf") else 0.0, smallest), above=0.0))


def _ends(row: Mapping[str, Any], where: str, smallest: float) -> tuple[float, float]:
    endless = float("inf")
    if "value" in row:
        value, tolerance = _number(row, "value", where), _number(row, "tolerance", where, above=0.0)
        return value - tolerance, value + tolerance
    if "sign" in row:
        margin = _number(row, "margin", where, smallest)
        if margin < 0:
            raise not_allowed(where, "margin", margin, "a number of at least 0")
        if row["sign"] not in ("+", "-"):
            raise not_allowed(where, "sign", row["sign"], "'+' or '-'")
        return (margin, endless) if row["sign"] == "+" else (-endless, -margin)
    low = _number(row, "low", where) if "low" in row else -endless
    high = _number(row, "high", where) if "high" in row else endless
    if not low < high:
        raise not_allowed(where, "high", high, f"a number above low = {low:g}")
    return low, high


def _check_use(problem: Problem) -> None:
    """Refuse an arm that no pattern looks at, which would cost time for nothing."""
    for arm, wanted in problem.quantities().items():
        if not wanted:
            raise Refusal(f"{problem.spec.where}: arm {arm!r} is used by no pattern: expected patterns for it, or no such arm")


def with_options(problem: Problem, trials: int | None, method: str | None) -> Problem:
    """Return the problem with another number of trials in all and another method, where given."""
    if method is not None and method not in METHODS:
        raise not_allowed("", "--method", method, f"one of {', '.join(METHODS)}{nearest(method, METHODS)}")
    return replace(problem, trials=trials or problem.trials, method=method or problem.method)
