"""Findings in plain words, shared by the terminal and the report."""

from experiments.effects import CALIBRATION, SOCIAL_TRUST, Analysis, Effect, Finding
from experiments.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, MIXED, RAISES

MARKS = {RAISES: "▲", ERODES: "▼", EQUIVALENT: "=", INCONCLUSIVE: "?", MIXED: "±"}
SHORT = {"generalized_trust": "trust in strangers", "exchange_rate": "exchange rate", CALIBRATION: "calibration"}
LEGEND = (
    "▲ raises, ▼ erodes (the 95 % interval excludes 0), = equivalent (the 90 % interval lies within the smallest effect of "
    "interest), ? inconclusive. Social trust is generalized trust and exchange rate together: where they disagree, it is mixed."
)
JOINT = {RAISES: "more than the sum of its parts", ERODES: "less than the sum of its parts", EQUIVALENT: "additive",
         INCONCLUSIVE: "inconclusive"}  # fmt: skip


def subject(analysis: Analysis, finding: Finding) -> str:
    """Return what a finding is about: the lever, or else the arm."""
    return finding.lever.label if finding.lever else analysis.label(finding.arm)


def claim(verdict: str) -> str:
    """Return what a verdict says of social trust."""
    return {
        RAISES: "raises social trust",
        ERODES: "erodes social trust",
        EQUIVALENT: "makes no difference to social trust that would matter",
        INCONCLUSIVE: "is inconclusive: these runs cannot tell",
        MIXED: "is mixed: trust in strangers and exchange do not move alike",
    }[verdict]


def sentence(analysis: Analysis, finding: Finding) -> str:
    """Return the evidence of a finding as one sentence."""
    against = analysis.label(finding.reference)
    parts = [clause(part) for part in finding.parts if part.outcome.name in SOCIAL_TRUST]
    text = f"Against “{against}”, " + " and ".join(parts) + "."
    calibration = next((part for part in finding.parts if part.outcome.name == CALIBRATION), None)
    if calibration is not None and calibration.difference.n:
        text += f" {being_fooled(calibration)}"
    remarks = dict.fromkeys(part.difference.remark for part in finding.parts if part.difference.remark)
    return text + "".join(f" ({remark[:1].upper()}{remark[1:]}.)" for remark in remarks)


def clause(effect: Effect) -> str:
    """Return one effect in words: 'trust in strangers changes by +0.013 [+0.010, +0.016] (20 of 20 seeds agree)'."""
    difference, outcome = effect.difference, effect.outcome
    name = SHORT.get(outcome.name, outcome.label)
    if difference.n == 0:
        return f"{name} was not measured"
    agree = round(difference.agreement * difference.n)
    span = outcome.span(difference.low95, difference.high95)
    return f"{name} changes by {outcome.text(difference.mean, True)} {span} ({agree} of {difference.n} seeds agree)"


def being_fooled(calibration: Effect) -> str:
    """Return what calibration (belief less actual conduct) says: trust can also rise by being fooled."""
    change = calibration.outcome.text(calibration.difference.mean, True)
    moves = {
        RAISES: "belief moves up",
        ERODES: "belief moves down",
        EQUIVALENT: "belief does not move",
        INCONCLUSIVE: "it is open whether belief moves",
    }[calibration.verdict]
    return f"Measured against what partners really do, {moves} (calibration {change})."
