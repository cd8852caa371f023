"""An experiment as data: the base society, the arms set apart from it, and which arms are compared.

A spec is a TOML document (`docs/experiments.md` describes it). This module reads and writes specs and checks their form; whether
the parameters they set exist and have allowed values is checked when the arms are resolved (`experiments/specs/arms.py`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.refusal import Refusal, not_allowed, whole_number
from experiments.specs.designs import Design
from experiments.specs.factors import Precision, design_of, design_toml, precision_of
from experiments.specs.reading import name_of, refuse_unknown, rows_of, toml_key, toml_value, typed
from model.parameters import nearest

CATALOG = Path(__file__).parent.parent / "catalog"
KEYS = (
    "title", "question", "seed", "replications", "effect_window", "series", "references", "precision", "base", "lever", "arm",
    "contrast", "design", "factor",
)  # fmt: skip
MAX_REPLICATIONS = 100_000
MAX_SEED = 2**62

Settings = tuple[tuple[str, Any], ...]
PolicyRows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class ArmSpec:
    """One arm: what it sets on top of the base."""

    name: str
    label: str
    settings: Settings = ()
    policy: PolicyRows = ()


@dataclass(frozen=True)
class Lever:
    """A parameter whose effect is asked for; an arm has the lever on where its value differs from the first reference's."""

    name: str
    label: str
    parameter: str


@dataclass(frozen=True)
class Contrast:
    """A comparison: outcomes of `arm` minus outcomes of `reference`, paired by seed."""

    arm: str
    reference: str


@dataclass(frozen=True)
class Spec:
    """An experiment. `settings` are (dotted name, value) in their order; `where` names the source in messages.

    keeps_series: whether the weekly values of each run are stored, or only their means over the effect window.
    """

    title: str
    question: str
    seed: int
    replications: int
    effect_window: int
    base: Settings
    policy: PolicyRows
    arms: tuple[ArmSpec, ...]
    levers: tuple[Lever, ...] = ()
    references: tuple[str, ...] = ()
    extra_contrasts: tuple[Contrast, ...] = ()
    design: Design | None = None
    precision: Precision | None = None
    keeps_series: bool = True
    where: str = field(default="spec", compare=False)

    def arm(self, name: str) -> ArmSpec:
        """Return the arm of that name."""
        return next(arm for arm in self.arms if arm.name == name)

    def contrasts(self) -> list[Contrast]:
        """Return all comparisons: each arm with each reference, references only with those listed after; then the extra ones."""
        found = []
        for position, reference in enumerate(self.references):
            skipped = self.references[position:]
            found += [Contrast(arm.name, reference) for arm in self.arms if arm.name not in skipped]
        return found + [extra for extra in self.extra_contrasts if extra not in found]


# --- reading --------------------------------------------------------------------------------------------------------------------


def catalog() -> dict[str, Path]:
    """Return {name: path} of the experiments that come with the program."""
    return {path.stem: path for path in sorted(CATALOG.glob("*.toml"))}


def find_spec(name: str) -> tuple[Spec, str, str]:
    """Return (spec, short name, text as given) of a catalogue name or of the path of a TOML file."""
    known = catalog()
    path = known.get(name)
    if path is None:
        path = Path(name)
        if path.suffix != ".toml" and not path.exists():
            hint = nearest(name, known)
            raise Refusal(f"experiment {name!r} is not known{hint}: expected {', '.join(known)} or the path of a .toml file")
        if path.suffix != ".toml" and path.is_file():
            raise Refusal(f"{name}: the suffix {path.suffix!r} is not allowed: expected a .toml file")
    text = read_text(path)
    return parse_spec(text, path.name if name in known else str(path)), path.stem, text


def read_text(path: Path) -> str:
    """Return the text of a file or raise a refusal that says why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Refusal(f"{path}: there is no such file: expected a spec in TOML") from None
    except UnicodeDecodeError:
        raise Refusal(f"{path}: the file is not text in UTF-8: expected a spec in TOML") from None
    except IsADirectoryError:
        raise Refusal(f"{path}: this is a folder: expected a spec in TOML") from None
    except OSError as error:
        raise Refusal(f"{path}: the file cannot be read: {error.strerror}") from None


def parse_spec(text: str, where: str) -> Spec:
    """Return the spec of a TOML document; a Refusal names the source, the key, what was found and what is allowed."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{where}: the file is not valid TOML: {error}") from None
    return spec_from(data, where)


def spec_from(data: Mapping[str, Any], where: str) -> Spec:
    """Return the spec of a parsed document."""
    refuse_unknown(data, KEYS, where)
    base = dict(typed(data, "base", dict, "a table", where, {}))
    policy = _policy(base.pop("policy", []), f"{where}: base")
    arms = tuple(_arm(row, f"{where}: arm {i}") for i, row in enumerate(rows_of(data, "arm", where), 1))
    levers = tuple(_lever(row, f"{where}: lever {i}") for i, row in enumerate(rows_of(data, "lever", where), 1))
    contrasts = tuple(_contrast(row, f"{where}: contrast {i}") for i, row in enumerate(rows_of(data, "contrast", where), 1))
    if not arms:
        raise Refusal(f"{where}: arm is missing: expected at least one [[arm]] table")
    design = design_of(data, where)
    replications = whole_number(where, "replications", data.get("replications", 20), 1, MAX_REPLICATIONS)
    default_references = [] if contrasts else [arms[0].name]
    spec = Spec(
        title=typed(data, "title", str, "text", where, Path(where).stem),
        question=typed(data, "question", str, "text", where, ""),
        seed=whole_number(where, "seed", data.get("seed", 1), 0, MAX_SEED),
        replications=replications,
        effect_window=whole_number(where, "effect_window", data.get("effect_window", 52), 1, 100_000),
        base=flat_settings(base, f"{where}: base"),
        policy=policy,
        arms=arms,
        levers=levers,
        references=tuple(typed(data, "references", list, "a list of names of arms", where, default_references)),
        extra_contrasts=contrasts,
        design=design,
        precision=precision_of(data, replications, MAX_REPLICATIONS, where),
        keeps_series=bool(typed(data, "series", bool, "true or false", where, design is None)),
        where=where,
    )
    _check_names(spec)
    check_seeds(spec)
    return spec


def check_seeds(spec: Spec) -> None:
    """Raise a refusal unless the seed of every replication is one that is allowed."""
    most = MAX_SEED - spec.seed + 1
    asked = spec.precision.maximum if spec.precision else spec.replications
    if asked > most:
        expected = f"at most {most} with seed = {spec.seed}, so that no seed exceeds {MAX_SEED}"
        raise not_allowed(spec.where, "precision.maximum" if spec.precision else "replications", asked, expected)


def flat_settings(tables: Mapping[str, Any], where: str) -> Settings:
    """Return nested tables as (dotted name, value) in their order; a name given twice is refused."""
    flat: dict[str, Any] = {}

    def walk(table: Mapping[str, Any], prefix: str) -> None:
        for key, value in table.items():
            name = prefix + key
            if isinstance(value, Mapping):
                walk(value, name + ".")
                continue
            if name in flat:
                raise Refusal(f"{where}: {name} is given twice, as {flat[name]!r} and as {value!r}: expected one value")
            flat[name] = value

    walk(tables, "")
    return tuple(flat.items())


def _arm(row: Mapping[str, Any], where: str) -> ArmSpec:
    refuse_unknown(row, ("name", "label", "set", "policy"), where)
    name = name_of(row, where)
    where = f"{where} ({name})"
    label = typed(row, "label", str, "text", where, name)
    settings = flat_settings(typed(row, "set", dict, "a table", where, {}), f"{where}: set")
    return ArmSpec(name, label, settings, _policy(row.get("policy", []), where))


def _lever(row: Mapping[str, Any], where: str) -> Lever:
    refuse_unknown(row, ("name", "label", "parameter"), where)
    name = name_of(row, where)
    return Lever(name, typed(row, "label", str, "text", where, name), typed(row, "parameter", str, "a parameter's name", where))


def _contrast(row: Mapping[str, Any], where: str) -> Contrast:
    refuse_unknown(row, ("arm", "reference"), where)
    return Contrast(*(typed(row, key, str, "the name of an arm", where) for key in ("arm", "reference")))


def _policy(rows: Any, where: str) -> PolicyRows:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise not_allowed(where, "policy", rows, 'a list of [tick, "parameter", value]')
    return tuple(tuple(row) for row in rows)


def _check_names(spec: Spec) -> None:
    """Raise a refusal unless names are unique and every arm that is named exists."""
    for kind, names in (("arm", [arm.name for arm in spec.arms]), ("lever", [lever.name for lever in spec.levers])):
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise Refusal(f"{spec.where}: {kind} {twice!r} is given twice: expected names that differ")
    arms = [arm.name for arm in spec.arms]
    named = [("references", name) for name in spec.references]
    named += [(f"contrast.{key}", getattr(row, key)) for row in spec.extra_contrasts for key in ("arm", "reference")]
    for key, name in named:
        if name not in arms:
            hint = nearest(str(name), arms)
            raise not_allowed(spec.where, key, name, f"the name of an arm, one of {', '.join(arms)}{hint}")
    if len(set(spec.references)) != len(spec.references):
        raise not_allowed(spec.where, "references", list(spec.references), "each arm at most once")
    for row in spec.extra_contrasts:
        if row.arm == row.reference:
            raise not_allowed(spec.where, "contrast.reference", row.reference, f"another arm than {row.arm}")


# --- writing --------------------------------------------------------------------------------------------------------------------


def to_toml(spec: Spec, comments: Mapping[str, str] | None = None) -> str:
    """Return the spec as a TOML document; `comments` are put behind the base's parameters of these names."""
    lines = [f"{key} = {toml_value(getattr(spec, key))}" for key in ("title", "question", "seed", "replications", "effect_window")]
    lines += [f"series = {toml_value(spec.keeps_series)}", f"references = {toml_value(spec.references)}"]
    lines += [*design_toml(spec.design, spec.precision), "", "[base]"]
    for name, value in spec.base:
        comment = (comments or {}).get(name)
        lines.append(f"{toml_key(name)} = {toml_value(value)}" + (f"  # {comment}" if comment else ""))
    if spec.policy:
        lines.append(f"policy = {toml_value(spec.policy)}")
    for lever in spec.levers:
        lines += ["", "[[lever]]"] + [f"{key} = {toml_value(getattr(lever, key))}" for key in ("name", "label", "parameter")]
    for arm in spec.arms:
        settings = ", ".join(f"{toml_key(name)} = {toml_value(value)}" for name, value in arm.settings)
        lines += ["", "[[arm]]", f"name = {toml_value(arm.name)}", f"label = {toml_value(arm.label)}", f"set = {{ {settings} }}"]
        if arm.policy:
            lines.append(f"policy = {toml_value(arm.policy)}")
    for row in spec.extra_contrasts:
        lines += ["", "[[contrast]]", f"arm = {toml_value(row.arm)}", f"reference = {toml_value(row.reference)}"]
    return "\n".join(lines) + "\n"
