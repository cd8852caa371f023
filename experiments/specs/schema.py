"""The JSON Schema of a spec: for editors that complete and check TOML, and for programs that write specs.

It knows every parameter with its bounds, unit and meaning. What a schema cannot say (names that must exist, settings that must fit
together) is checked when a spec is prepared.
"""

from collections.abc import Mapping
from typing import Any

from experiments.specs.declared import parameter_rows
from experiments.specs.designs import KINDS
from experiments.specs.factors import SCALES, TAKEN
from experiments.specs.reading import NAME
from experiments.specs.spec import KEYS, MAX_REPLICATIONS, MAX_SEED
from model.edits import EDITS
from model.outcomes import OUTCOMES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
ANY_NAME = {"type": "string", "pattern": f"^(?:{NAME.pattern})$"}
TEXT = {"type": "string"}


def spec_schema() -> dict[str, Any]:
    """Return the schema of a spec as a document of JSON Schema, draft 2020-12."""
    settings = _settings()
    properties = {
        "title": TEXT | {"description": "what the experiment is called"},
        "question": TEXT | {"description": "what it asks"},
        "seed": _whole(0, MAX_SEED, "the seed of the first replication; the others follow"),
        "replications": _whole(1, MAX_REPLICATIONS, "seeds in every arm; with a precision, the least number"),
        "effect_window": _whole(1, 100_000, "ticks at the end over which outcomes are averaged"),
        "series": {"type": "boolean", "description": "whether the weekly values of each run are stored; by default without a design"},
        "references": _list(ANY_NAME, "arms with which all others are compared"),
        "precision": _table(
            {
                "outcome": {"enum": list(OUTCOMES)},
                "half_width": {"type": "number", "exclusiveMinimum": 0},
                "maximum": _whole(2, MAX_REPLICATIONS, "of replications"),
                "step": _whole(1, MAX_REPLICATIONS, "replications added at a time"),
            },
            ("half_width", "maximum"),
            "replications grow until the 95 % interval of every comparison is narrow enough",
        ),
        "base": _table({**settings, "policy": _policy()}, (), "parameters of every arm that sets no other"),
        "lever": _list(
            _table({"name": ANY_NAME, "label": TEXT, "parameter": TEXT}, ("name", "parameter")), "parameters whose effect is asked"
        ),
        "arm": _list(
            _table({"name": ANY_NAME, "label": TEXT, "set": _table(settings), "policy": _policy()}, ("name",)), "what is compared"
        ),
        "contrast": _list(_table({"arm": ANY_NAME, "reference": ANY_NAME}, ("arm", "reference")), "further comparisons"),
        "design": _table(
            {
                "kind": {"enum": list(KINDS)},
                "size": _whole(2, 100_000, "points of a Latin hypercube, base samples of Sobol', trajectories of Morris"),
                "seed": _whole(0, 2**32 - 1, "of a space-filling design"),
                "file": TEXT | {"description": "a CSV file of points, beside the spec"},
                "rows": _list({"type": "array"}, "points, a value a factor"),
            },
            (),
            "how the values of the factors are combined; by default a factorial",
        ),
        "factor": _list(_factor(), "parameters that the design varies"),
    }
    assert set(properties) == set(KEYS)
    return {"$schema": DRAFT, "title": "An experiment of social-credit-lab", **_table(properties, ("arm",))}


def _settings() -> dict[str, Any]:
    """Return the schemas of all parameters as nested tables: `scheme.X` stands for the first scheme, `schemes.NAME.X` for a given one."""
    nested: dict[str, Any] = {}
    for row in parameter_rows():
        place = nested
        *groups, last = row["name"].split(".")
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = _parameter(row)
    tables = _as_tables(nested)
    tables["scheme"]["properties"]["grade"] = {"type": "object", "description": "of one grade by its name: scheme.grade.NAME.X"}
    tables["schemes"] = {"type": "object", "description": "of one scheme by its name: schemes.NAME.X"}
    return tables


def _as_tables(nested: Mapping[str, Any]) -> dict[str, Any]:
    return {name: inner if isinstance(inner, _Leaf) else _table(_as_tables(inner)) for name, inner in nested.items()}


class _Leaf(dict):
    """The schema of one parameter, as opposed to a group of them."""


def _parameter(row: Mapping[str, Any]) -> dict[str, Any]:
    found = _Leaf(description=f"{row['unit']}: {row['meaning']}" if row["unit"] else row["meaning"], default=row["default"])
    if row["choices"] and row["name"] != "scheme.preset":  # several presets may be given, separated by commas
        found["enum"] = row["choices"]
    elif isinstance(row["default"], bool):
        found["type"] = "boolean"
    elif isinstance(row["default"], str):
        found["type"] = "string"
    else:
        found |= {"type": "integer" if isinstance(row["default"], int) else "number", "minimum": row["low"], "maximum": row["high"]}
    return found


def _factor() -> dict[str, Any]:
    return _table(
        {
            "name": ANY_NAME | {"not": {"enum": list(TAKEN)}},
            "label": TEXT,
            "parameter": TEXT,
            "values": {"type": "array", "minItems": 1, "items": {"type": ["number", "string", "boolean"]}},
            "low": {"type": "number"},
            "high": {"type": "number"},
            "scale": {"enum": list(SCALES)},
            "levels": _whole(0, 10_000, "of a grid between low and high"),
        },
        ("parameter",),
    )


def _policy() -> dict[str, Any]:
    whole = {"type": "integer", "minimum": 0}
    value = {"type": ["number", "string", "boolean"]}
    pair = {"type": "array", "items": whole, "minItems": 2, "maxItems": 2}
    rows = [[whole, TEXT | {"not": {"pattern": "^edit\\."}}, value], [whole, {"enum": list(EDITS)}, pair]]
    row = {"type": "array", "minItems": 3, "maxItems": 3, "oneOf": [{"prefixItems": items} for items in rows]}
    return _list(row, "changes during the run, [tick, parameter, value], and edits of the world, such as [tick, 'edit.cut', [i, j]]")


def _whole(low: int, high: int, meaning: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high, "description": meaning}


def _list(items: Mapping[str, Any], meaning: str) -> dict[str, Any]:
    return {"type": "array", "items": dict(items), "description": meaning}


def _table(properties: Mapping[str, Any], required: tuple[str, ...] = (), meaning: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        found["required"] = list(required)
    return found | ({"description": meaning} if meaning else {})
