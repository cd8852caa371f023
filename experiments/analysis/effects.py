"""What an experiment found: differences with their verdicts, verdicts on social trust, interactions of the levers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil, isfinite, log10
from typing import Any

import numpy as np

from experiments.analysis import statistics
from experiments.analysis.statistics import Paired
from experiments.specs.arms import Arm, value_of
from experiments.specs.spec import Contrast, Lever, Spec
from model.assign import assign_one

#: Social trust in a verdict means both of these.
SOCIAL_TRUST = ("generalized_trust", "exchange_rate")
#: Shown beside them: trust can also rise by being fooled.
CALIBRATION = "calibration"

#: From so many arms beside one reference, a table has outcomes by row and arms by column.
SIDE_BY_SIDE = 5

Cells = Mapping[frozenset[str], str]  # names of the levers that are on -> arm
Values = Callable[[str, str], np.ndarray]  # (arm, outcome) -> effect-window means, one a replication


@dataclass(frozen=True)
class OutcomeFacts:
    """What a result needs to know of an outcome."""

    name: str
    unit: str
    meaning: str
    low: float
    high: float
    smallest_effect: float
    cadence: str
    headline: bool

    @property
    def label(self) -> str:
        """The name in words; a group behind a comma: 'generalized trust, officials'."""
        return self.name.replace(".", ", ").replace("_", " ")

    @property
    def decimals(self) -> int:
        """Decimals that show a tenth of the smallest effect of interest."""
        return max(0, ceil(-log10(self.smallest_effect)) + 1) if self.smallest_effect > 0 else 4

    def text(self, value: float, sign: bool = False, short: bool = False) -> str:
        """Return a value with as many decimals as matter: '+0.013'."""
        if not isfinite(value):
            return "\N{EN DASH}" if short else "not measured"
        value = round(value, self.decimals) + 0.0  # no negative zero
        return f"{value:{'+' if sign else ''}.{self.decimals}f}".replace("-", "\N{MINUS SIGN}")

    def span(self, low: float, high: float) -> str:
        """Return an interval: '[+0.010, +0.016]'."""
        return f"[{self.text(low, True)}, {self.text(high, True)}]" if isfinite(low) else "[no interval]"


def outcome_facts(outcomes: Mapping[str, Any]) -> dict[str, OutcomeFacts]:
    """Return the facts of the model's declared outcomes (`model.outcomes.OUTCOMES`)."""
    keys = ("unit", "meaning", "low", "high", "smallest_effect", "cadence", "headline")
    return {name: OutcomeFacts(name, **{key: getattr(outcome, key) for key in keys}) for name, outcome in outcomes.items()}


@dataclass(frozen=True)
class Effect:
    """The difference of one outcome between an arm and its reference.

    p_holm: its p-value corrected for all comparisons of social trust, NaN for other outcomes. q: its false discovery rate among
    all differences and interactions.
    """

    arm: str
    reference: str
    outcome: OutcomeFacts
    difference: Paired
    verdict: str
    p_holm: float = statistics.NAN
    q: float = statistics.NAN


Effects = dict[tuple[str, str, str], Effect]  # (arm, reference, outcome) -> effect


@dataclass(frozen=True)
class Finding:
    """The verdict on social trust of one arm against its reference. `lever` is set where the arm switches on just that lever."""

    arm: str
    reference: str
    verdict: str
    parts: tuple[Effect, ...]
    lever: Lever | None = None


@dataclass(frozen=True)
class Interaction:
    """What several levers do together beyond their smaller combinations; `arm` is the one with these levers on.

    q: its false discovery rate among all differences and interactions.
    """

    levers: tuple[Lever, ...]
    arm: str
    outcome: OutcomeFacts
    difference: Paired
    verdict: str
    q: float = statistics.NAN


@dataclass(frozen=True)
class Analysis:
    """All that is read from the runs of an experiment."""

    spec: Spec
    outcomes: dict[str, OutcomeFacts]
    effects: Effects
    findings: tuple[Finding, ...]
    interactions: tuple[Interaction, ...]

    def headlines(self) -> list[OutcomeFacts]:
        """Return the outcomes that belong in the table, in declared order."""
        return [outcome for outcome in self.outcomes.values() if outcome.headline]

    def label(self, arm: str) -> str:
        """Return the label of an arm."""
        return self.spec.arm(arm).label

    def references(self) -> list[str]:
        """Return the arms that others are compared with, the spec's references first."""
        return list(dict.fromkeys([*self.spec.references, *(row.reference for row in self.spec.contrasts())]))

    def is_side_by_side(self) -> bool:
        """Return whether many arms stand beside one reference, with no lever asked for: then outcomes by row say most."""
        return not self.spec.levers and len(self.references()) == 1 and len(self.spec.contrasts()) >= SIDE_BY_SIDE

    def on_trust(self) -> list[Effect]:
        """Return the effects on the outcomes of social trust, comparison by comparison: what Holm's correction is for."""
        return [part for finding in self.findings for part in finding.parts if part.outcome.name in SOCIAL_TRUST]

    def of_levers(self) -> list[Finding]:
        """Return the findings on single levers against the first reference."""
        return [finding for finding in self.findings if finding.lever and finding.reference == self.spec.references[0]]

    def highlights(self) -> list[Finding]:
        """Return the findings to put first: each lever's, then the first reference's own; all, where there are no levers."""
        levers = self.of_levers()
        return levers + [found for found in self.findings if found.arm == self.spec.references[0]] if levers else list(self.findings)


def analyse(spec: Spec, cells: Cells, outcomes: dict[str, OutcomeFacts], values: Values, joint: Iterable[frozenset[str]] = ()) -> Analysis:
    """Return every effect, finding and interaction.

    cells: as `factorial_cells` returns them. values: (arm, outcome) -> one mean a replication, NaN where there is none.
    joint: the sets of levers whose interaction is computed, as `joint_levers` returns them.
    """
    effects: Effects = {}
    for row in spec.contrasts():
        for outcome in outcomes.values():
            difference = statistics.paired(values(row.arm, outcome.name), values(row.reference, outcome.name))
            found = statistics.verdict(difference, outcome.smallest_effect)
            effects[row.arm, row.reference, outcome.name] = Effect(row.arm, row.reference, outcome, difference, found)
    effects, interactions = _corrected(effects, _interactions(spec, cells, outcomes, values, joint))
    findings = tuple(_finding(spec, row, cells, effects) for row in spec.contrasts())
    return Analysis(spec, outcomes, effects, findings, interactions)


def _corrected(effects: Effects, interactions: tuple[Interaction, ...]) -> tuple[Effects, tuple[Interaction, ...]]:
    """Return them with p-values corrected for their number: of social trust by Holm, of all by Benjamini and Hochberg."""
    trust = [key for key in effects if key[2] in SOCIAL_TRUST]
    p_holm = dict(zip(trust, statistics.holm(np.array([effects[key].difference.p for key in trust])).tolist(), strict=True))
    p = [found.difference.p for found in effects.values()] + [found.difference.p for found in interactions]
    q = iter(statistics.false_discovery(np.array(p)).tolist())
    corrected = {key: replace(effect, p_holm=p_holm.get(key, statistics.NAN), q=next(q)) for key, effect in effects.items()}
    return corrected, tuple(replace(found, q=next(q)) for found in interactions)


def _finding(spec: Spec, row: Contrast, cells: Cells, effects: Effects) -> Finding:
    names = [name for name in (*SOCIAL_TRUST, CALIBRATION) if (row.arm, row.reference, name) in effects]
    parts = tuple(effects[row.arm, row.reference, name] for name in names)
    trust = [part.verdict for part in parts if part.outcome.name in SOCIAL_TRUST]
    found = statistics.social_trust(trust) if trust else statistics.INCONCLUSIVE
    lever = next((lever for lever in spec.levers if cells.get(frozenset({lever.name})) == row.arm), None)
    return Finding(row.arm, row.reference, found, parts, lever)


def factorial_cells(spec: Spec, arms: tuple[Arm, ...]) -> dict[frozenset[str], str]:
    """Return {names of the levers that are on: arm} for the arms that differ from the first reference in nothing but levers.

    Where two arms have the same levers on (two doses of one), no arm stands for that set.
    """
    return {levers: found[0].name for levers, found in _arms_by_levers(spec, arms).items() if len(found) == 1}


def _arms_by_levers(spec: Spec, arms: tuple[Arm, ...]) -> dict[frozenset[str], list[Arm]]:
    if not spec.levers or not spec.references:
        return {}
    baseline = next(arm for arm in arms if arm.name == spec.references[0])
    found: dict[frozenset[str], list[Arm]] = {}
    for arm in arms:
        switched_on = frozenset(lv.name for lv in spec.levers if value_of(arm, lv.parameter) != value_of(baseline, lv.parameter))
        if arm.policy == baseline.policy and _only_levers_differ(spec, arm, baseline):
            found.setdefault(switched_on, []).append(arm)
    return found


def joint_levers(spec: Spec, arms: tuple[Arm, ...]) -> tuple[list[frozenset[str]], list[str]]:
    """Return the sets of levers whose interaction can be computed, and a sentence for each that mixed doses leave out.

    An interaction needs one arm for every combination of its levers, and of each lever one value wherever it is on.
    """
    arms_by_levers = _arms_by_levers(spec, arms)
    found, notes = [], []
    for chosen in statistics.subsets([lever.name for lever in spec.levers]):
        cells = [arms_by_levers.get(cell, []) for cell in statistics.subsets(sorted(chosen))]
        if len(chosen) < 2 or not all(cells):
            continue
        levers = [lever for lever in spec.levers if lever.name in chosen]
        mixed = next(filter(None, (_doses(lever, [arm for cell in cells for arm in cell], cells[0][0]) for lever in levers)), "")
        if mixed:
            names = " and ".join(lever.name for lever in levers)
            notes.append(f"the interaction of {names} is left out: {mixed}, and an interaction needs one value wherever a lever is on")
        elif all(len(cell) == 1 for cell in cells):
            found.append(chosen)
    return found, notes


def _doses(lever: Lever, arms: Iterable[Arm], baseline: Arm) -> str:
    """Return in words which values a lever has where it is on, or nothing where it is one."""
    off = value_of(baseline, lever.parameter)
    doses: dict[Any, str] = {}
    for arm in arms:
        doses.setdefault(value_of(arm, lever.parameter), arm.name)
    doses.pop(off, None)
    listed = " and ".join(f"{value} in {name}" for value, name in doses.items())
    return f"{lever.parameter} is {listed}" if len(doses) > 1 else ""


def _only_levers_differ(spec: Spec, arm: Arm, baseline: Arm) -> bool:
    aligned = arm.parameters
    for lever in spec.levers:
        values = value_of(arm, lever.parameter), value_of(baseline, lever.parameter)
        if None in values:
            return False
        aligned = assign_one(aligned, lever.parameter, values[1])
    return aligned == baseline.parameters


def _interactions(
    spec: Spec, cells: Cells, outcomes: Mapping[str, OutcomeFacts], values: Values, joint: Iterable[frozenset[str]]
) -> tuple[Interaction, ...]:
    found = []
    for chosen in joint:
        needed = statistics.subsets(sorted(chosen))
        levers = tuple(lever for lever in spec.levers if lever.name in chosen)
        for outcome in outcomes.values():
            arrays = {cell: values(cells[cell], outcome.name) for cell in needed}
            difference = statistics.interaction(arrays, chosen)
            judged = statistics.verdict(difference, outcome.smallest_effect)
            found.append(Interaction(levers, cells[chosen], outcome, difference, judged))
    return tuple(found)


def effect_rows(analysis: Analysis, values: Values) -> list[dict[str, Any]]:
    """Return one row an effect or interaction, as in `effects.csv`; those of social trust have a bootstrap interval, too."""
    rows, nan = [], statistics.NAN
    for effect in analysis.effects.values():
        differences = values(effect.arm, effect.outcome.name) - values(effect.reference, effect.outcome.name)
        bca = statistics.bca_interval(differences) if effect.outcome.name in SOCIAL_TRUST else (nan, nan)
        head = {"kind": "difference", "arm": effect.arm, "reference": effect.reference}
        rows.append({**head, **_columns(effect), "p_holm": effect.p_holm, "q": effect.q, "bca_low95": bca[0], "bca_high95": bca[1]})
    for joint in analysis.interactions:
        head = {"kind": "interaction", "arm": " x ".join(lever.name for lever in joint.levers), "reference": ""}
        rows.append({**head, **_columns(joint), "p_holm": nan, "q": joint.q, "bca_low95": nan, "bca_high95": nan})
    return rows


def _columns(found: Effect | Interaction) -> dict[str, Any]:
    facts = {"outcome": found.outcome.name, "unit": found.outcome.unit, "smallest_effect": found.outcome.smallest_effect}
    return {**facts, **vars(found.difference), "verdict": found.verdict}
