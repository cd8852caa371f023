"""Replications that grow until what is asked is known well enough: the rule looks at the width of intervals, never at their place.

Stopping when an interval is narrow keeps its coverage close to what it claims (Chow and Robbins 1965); stopping when an effect is
significant would not.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis import statistics
from experiments.refusal import Refusal, not_allowed
from experiments.results.assembling import MeansByPart, collect_runs, values_of
from model.outcomes import OUTCOMES
from model.parameters import nearest

if TYPE_CHECKING:
    from experiments.results.store import Results
    from experiments.runs.experiment import Experiment
    from experiments.specs.spec import Spec


def check_precision(spec: "Spec") -> None:
    """Raise a Refusal unless the rule's outcome exists and there is a comparison to look at."""
    if spec.precision is None:
        return
    name = spec.precision.outcome
    if name not in OUTCOMES:
        raise not_allowed(f"{spec.where}: precision", "outcome", name, f"the name of an outcome{nearest(name, OUTCOMES)}")
    if not spec.contrasts():
        raise Refusal(f"{spec.where}: precision is not allowed without a comparison: expected two arms of which one is a reference")


def grown(experiment: "Experiment", results: "Results", known: MeansByPart | None = None) -> "Experiment":
    """Return the experiment with the replications it still needs; the same one if the rule is met, at its end, or not given.

    known: as `collect_runs` takes it, so that each part is read once however often replications grow.
    """
    rule, now = experiment.spec.precision, experiment.spec.replications
    if rule is None or now >= rule.maximum or experiment.shard is not None:
        return experiment
    if widest(experiment, results, known) <= rule.half_width:
        return experiment
    return replace(experiment, spec=replace(experiment.spec, replications=min(now + rule.step, rule.maximum)))


def widest(experiment: "Experiment", results: "Results", known: MeansByPart | None = None) -> float:
    """Return the largest half-width of the 95 % intervals of all comparisons at all points; infinite where there is no interval."""
    spec = experiment.spec
    assert spec.precision is not None
    points = len(experiment.layout.points)
    try:
        runs = collect_runs(results, experiment.plan, spec.effect_window, known)
    except Refusal:  # no run has come to its end
        return np.inf
    values = values_of(runs, spec.replications, points)
    widths = []
    for row in spec.contrasts():
        for treated, reference in zip(*(values(arm, spec.precision.outcome) for arm in (row.arm, row.reference)), strict=True):
            found = statistics.paired(treated, reference)
            widths.append(np.inf if np.isnan(found.high95) else (found.high95 - found.low95) / 2)
    return max(widths)
