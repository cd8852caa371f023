"""What `resolved.json` must hold for runs to be told by it: it may have been edited, cut short or made by something else."""

from collections.abc import Mapping
from typing import Any

from experiments.specs.spec import MAX_SEED

KEYS = ("model_version", "seed", "arms", "design", "effect_window")


def fault_of(document: Any) -> str:
    """Return in words what keeps a document from being read as that of an identity, or nothing."""
    if not isinstance(document, dict) or not set(KEYS[:3]) <= document.keys() <= set(KEYS):
        return "expected a table with model_version, seed and arms, and perhaps design and effect_window"
    if not isinstance(document["model_version"], str):
        return f"model_version = {document['model_version']!r} is not allowed: expected text"
    if not _whole(document["seed"], 0):
        return f"seed = {document['seed']!r} is not allowed: expected a whole number from 0 to {MAX_SEED}"
    if not _whole(document.get("effect_window", 1), 1):
        return f"effect_window = {document['effect_window']!r} is not allowed: expected a whole number from 1"
    if not isinstance(document["arms"], dict) or not document["arms"] or not all(map(_is_arm, document["arms"].values())):
        return "arms are not allowed: expected tables with parameters and policy, at least one"
    return _fault_of_design(document["design"], document["arms"]) if "design" in document else ""


def _whole(value: Any, low: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= MAX_SEED


def _is_arm(arm: Any) -> bool:
    return isinstance(arm, dict) and isinstance(arm.get("parameters"), dict) and isinstance(arm.get("policy"), list)


def _fault_of_design(design: Any, arms: Mapping[str, Any]) -> str:
    if not isinstance(design, dict) or design.keys() != {"factors", "points", "changes"}:
        return "design is not allowed: expected a table with factors, points and changes"
    factors, points, changes = design["factors"], design["points"], design["changes"]
    if not isinstance(factors, list) or not factors or not all(isinstance(name, str) for name in factors):
        return "design.factors are not allowed: expected a list of names, at least one"
    if not isinstance(points, list) or not points or not all(isinstance(point, list) and len(point) == len(factors) for point in points):
        return f"design.points are not allowed: expected a list of points with {len(factors)} values each, at least one"
    if not isinstance(changes, dict) or not all(
        arm in arms and isinstance(rows, list) and len(rows) == len(points) and all(isinstance(row, dict) for row in rows)
        for arm, rows in changes.items()
    ):
        return f"design.changes are not allowed: expected for arms of the experiment a list of {len(points)} tables each, one a point"
    return ""
