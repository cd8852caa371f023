"""Where an effect turns: which factors' values go with the verdicts that it raises or erodes.

Each point has a verdict of its own, over its replications. For each verdict that some points have and others have not, PRIM looks
for the box of the factors' values that holds it, and CART for a tree of at most three questions that tells all verdicts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.analysis import statistics
from experiments.analysis.effects import SOCIAL_TRUST, OutcomeFacts
from experiments.analysis.responses import Responses
from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, MIXED, RAISES
from experiments.specs.spec import Contrast
from experiments.understanding.boxes import FEWEST, Box, Tree, box_of, tree_of
from experiments.understanding.cube import Cube, chosen_outcomes, cube_of

#: What a box is sought for: where the effect is harmful, and where it is the contrary.
SOUGHT = (ERODES, RAISES)
TOGETHER = "social trust"
ORDER = (RAISES, EQUIVALENT, INCONCLUSIVE, MIXED, ERODES)


@dataclass(frozen=True)
class Discovery:
    """What was found of one comparison.

    outcome: its name, or "social trust" for generalized trust and exchange rate together. verdicts: one a point, shape (points,).
    counts: {verdict: points}. boxes: {verdict: its box, or None if there is none}. tree: None where all points have one verdict, or
    too few another. remarks: what to beware of, or why there is nothing to discover.
    """

    contrast: Contrast
    label: str
    outcome: str
    verdicts: np.ndarray
    counts: dict[str, int]
    boxes: dict[str, Box | None]
    tree: Tree | None
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Discoveries:
    """What was found of a design: one discovery a comparison and outcome."""

    title: str
    cube: Cube
    found: tuple[Discovery, ...]


def discover(responses: Responses, outcomes: Sequence[str] = (), seed: int = 0) -> Discoveries:
    """Return where each comparison's effect has which verdict; by default on social trust, or else on the outcomes of `chosen_outcomes`.

    seed: of the folds that rules are judged by. Raises a Refusal where the design cannot tell factors apart, or for an unknown outcome.
    """
    cube, chosen = cube_of(responses, "where effects turn"), chosen_outcomes(responses, outcomes)
    found = []
    for contrast in responses.contrasts:
        of_each = {facts.name: point_verdicts(responses.differences(contrast, facts.name), facts) for facts in chosen}
        if not outcomes and all(name in of_each for name in SOCIAL_TRUST):
            of_each = {TOGETHER: together([of_each[name] for name in SOCIAL_TRUST])} | of_each
        for name, verdicts in of_each.items():
            found.append(discovery_of(cube, contrast, responses.label(contrast), name, verdicts, responses.replications, seed))
    return Discoveries(responses.title, cube, tuple(found))


def point_verdicts(differences: np.ndarray, outcome: OutcomeFacts) -> np.ndarray:
    """Return the verdict of each point over its replications, shape (points,), empty where it has no value.

    With one replication, which gives no interval, it is the side of 0 that the one difference lies on, or equivalent if it is smaller
    than the smallest effect of interest.
    """
    found = []
    for row in np.asarray(differences, float):
        known = row[np.isfinite(row)]
        if known.size == 0:
            found.append("")
        elif differences.shape[1] == 1:
            small = abs(known[0]) < outcome.smallest_effect or known[0] == 0
            found.append(EQUIVALENT if small else RAISES if known[0] > 0 else ERODES)
        else:
            found.append(statistics.verdict(statistics.of_differences(known), outcome.smallest_effect))
    return np.array(found, dtype=object)


def together(verdicts: Sequence[np.ndarray]) -> np.ndarray:
    """Return the verdict on social trust of each point from those on its outcomes; empty where one of them is."""
    return np.array([statistics.social_trust(both) if all(both) else "" for both in zip(*verdicts, strict=True)], dtype=object)


def discovery_of(
    cube: Cube, contrast: Contrast, label: str, outcome: str, verdicts: np.ndarray, replications: int, seed: int = 0
) -> Discovery:
    """Return what tells the verdicts of one comparison apart."""
    known = verdicts != ""
    positions, groups, told = cube.positions[known], cube.block_of[known], verdicts[known].astype(str)
    tally = Counter(told.tolist())
    counts = {verdict: tally[verdict] for verdict in ORDER if verdict in tally}
    remarks = []
    if missing := int((~known).sum()):
        remarks.append(f"{missing} of {len(known)} points have no value and are left out")
    if replications == 1:
        remarks.append("with one replication a verdict is the side of 0 that one difference lies on, chance included")
    boxes: dict[str, Box | None] = {}
    tree = None
    if len(counts) < 2:
        remarks.append(f"there is nothing to discover: {_all_one(counts)}")
    elif max(counts.values()) > len(told) - FEWEST:
        remarks.append(f"there is hardly anything to discover: fewer than {FEWEST} points differ from the others")
    else:
        seekable = [verdict for verdict in SOUGHT if FEWEST <= counts.get(verdict, 0) <= len(told) - FEWEST]
        boxes = {verdict: box_of(positions, told == verdict, groups, seed) for verdict in seekable}
        tree = tree_of(positions, told, groups, seed)
    return Discovery(contrast, label, outcome, verdicts, counts, boxes, tree, tuple(remarks))


def _all_one(counts: dict[str, int]) -> str:
    if not counts:
        return "no point has a value"
    ((verdict, points),) = counts.items()
    return f"the verdict is {verdict} at all {points} points"


def discovery_rows(discoveries: Discoveries) -> list[dict[str, Any]]:
    """Return one row a limit of a box or leaf, as in `discovery.csv`; a discovery without any has one row that says why."""
    cube = discoveries.cube
    rows: list[dict[str, Any]] = []
    for found in discoveries.found:
        head = {"arm": found.contrast.arm, "reference": found.contrast.reference, "outcome": found.outcome}
        tail = {"remark": "; ".join(found.remarks)}
        before = len(rows)
        for verdict, box in found.boxes.items():
            worth = {"points": box.inside, "coverage": box.coverage, "density": box.density} if box else {}
            held = {"held_coverage": box.held_coverage, "held_density": box.held_density} if box else {}
            for factor, span in box.limits.items() if box else ():
                p = {"quasi_p": box.quasi_p[factor]} if box else {}
                rows.append(_row(head, "box", verdict, 1, _limit(cube, factor, span) | worth | held | p, tail))
        for number, leaf in enumerate(found.tree.leaves if found.tree else (), 1):
            worth = {"points": leaf.points, "density": leaf.share}
            for factor, span in leaf.limits.items():
                rows.append(_row(head, "leaf", leaf.verdict, number, _limit(cube, factor, span) | worth, tail))
        if len(rows) == before:
            rows.append(_row(head, "", "", 0, {}, tail))
    return rows


COLUMNS = ("factor", "low", "high", "points", "coverage", "density", "held_coverage", "held_density", "quasi_p")


def _row(head: dict, rule: str, verdict: str, number: int, values: dict[str, Any], tail: dict) -> dict[str, Any]:
    return head | {"rule": rule, "verdict": verdict, "number": number} | {name: values.get(name) for name in COLUMNS} | tail


def _limit(cube: Cube, factor: int, span: tuple[float, float]) -> dict[str, Any]:
    low, high = cube.limits(factor, *span)
    return {"factor": cube.factors[factor].name, "low": str(low), "high": str(high)}


def discovery_document(discoveries: Discoveries) -> list[dict[str, Any]]:
    """Return all that was found, as in `discovery.json`: counts, boxes and leaves with limits in the factors' own values."""
    cube, documents = discoveries.cube, []
    for found in discoveries.found:
        boxes = {
            verdict: box
            and vars(box) | {"limits": _named(cube, box.limits), "quasi_p": {cube.factors[j].name: p for j, p in box.quasi_p.items()}}
            for verdict, box in found.boxes.items()
        }
        tree = found.tree and {
            "accuracy": found.tree.accuracy, "majority": found.tree.majority,
            "leaves": [vars(leaf) | {"limits": _named(cube, leaf.limits)} for leaf in found.tree.leaves],
        }  # fmt: skip
        head = {"arm": found.contrast.arm, "reference": found.contrast.reference, "outcome": found.outcome}
        documents.append(head | {"counts": found.counts, "boxes": boxes, "tree": tree, "remarks": list(found.remarks)})
    return documents


def _named(cube: Cube, limits: dict[int, tuple[float, float]]) -> dict[str, list[Any]]:
    return {cube.factors[factor].name: list(cube.limits(factor, *span)) for factor, span in limits.items()}


def rule(cube: Cube, limits: dict[int, tuple[float, float]]) -> str:
    """Return limits in words: 'reward ≥ 4 and fine ≤ 0.3'; 'always' where there are none."""
    return " and ".join(cube.between(factor, *span) for factor, span in limits.items()) or "always"
