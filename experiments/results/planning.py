"""Which runs an experiment consists of."""

from collections.abc import Iterable, Mapping
from typing import Any

from experiments.results.assembling import Plan, Row
from experiments.results.identity import document_at, run_id, setting_of
from experiments.specs.cells import NO_DESIGN


def plan_of(document: Mapping[str, Any], arms: Iterable[str], replications: int, factors: Iterable[str] = ()) -> Plan:
    """Return the plan of an experiment: `document` is that of its identity, `arms` their order, `factors` the names of its factors."""
    arms = list(arms)
    points = tuple(tuple(point) for point in document["design"]["points"]) if "design" in document else NO_DESIGN
    settings: dict[tuple[str, int], str] = {}
    known: dict[str, str] = {}
    for arm in arms:
        changes = document.get("design", {}).get("changes", {}).get(arm)
        for point in range(len(points)):
            if not changes or not changes[point]:  # as it is without the design: hashed once
                if arm not in known:
                    known[arm] = setting_of(document["arms"][arm])
                settings[arm, point] = known[arm]
            else:
                settings[arm, point] = setting_of(document_at(document, arm, point))
    version, first = document["model_version"], document["seed"]
    rows = [
        Row(arm, point, number, first + number, run_id(version, settings[arm, point], first + number))
        for number in range(replications)
        for point in range(len(points))
        for arm in arms
    ]
    return Plan(tuple(rows), tuple(factors), points if "design" in document else ())
