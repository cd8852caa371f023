"""Findings in plain words, shared by the terminal and the report."""

from experiments.analysis.effects import CALIBRATION, SOCIAL_TRUST, Analysis, Effect, Finding
from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, MIXED, RAISES

MARKS = {RAISES: "▲", ERODES: "▼", EQUIVALENT: "=", INCONCLUSIVE: "?", MIXED: "±"}
SHORT = {"generalized_trust": "trust in strangers", "exchange_rate": "exchange rate", CALIBRATION: "calibration"}
LEGEND = (
    "▲ raises, ▼ erodes (the 95 % interval excludes 0), = equivalent (the 90 % interval lies within the smallest effect of "
    "interest), ? inconclusive. Social trust is generalized trust and exchange rate together: where they disagree, it is mixed."
)
SIGNIFICANT = 0.05  # a p-value below it: its 95 % interval excludes 0
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


def doubts(analysis: Analysis) -> list[str]:
    """Return a sentence, without its full stop, on each thing that speaks against reading the verdicts on social trust alone."""
    lost, family = [effect for effect in directed(analysis) if effect.p_holm >= SIGNIFICANT], len(analysis.on_trust())
    found = []
    if lost:
        named = [f"{place(analysis, effect)} (p {p_text(effect.difference.p)}, corrected {p_text(effect.p_holm)})" for effect in lost]
        found.append(f"verdicts are given comparison by comparison; with Holm’s correction for all {family} differences of social trust, "
                     f"chance is not ruled out at 5 % for {'; '.join(named)}")  # fmt: skip
    grouped = [place(analysis, effect) for effect in analysis.on_trust() if effect.difference.two_groups]
    if grouped:
        found.append(f"the differences of the seeds look bimodal, so that their mean may describe no run, for {'; '.join(grouped)}")
    return found


def survival(analysis: Analysis) -> str:
    """Return in words how many of the differences that raise or erode outcomes of social trust survive Holm's correction."""
    moved, family = directed(analysis), len(analysis.on_trust())
    text = "Verdicts are given comparison by comparison."
    if not moved:
        return f"{text} None of the {family} differences of its two outcomes raises or erodes."
    kept = sum(effect.p_holm < SIGNIFICANT for effect in moved)
    return (
        f"{text} Of the {family} differences of its two outcomes, {len(moved)} raise or erode, and {kept} of these survive Holm’s "
        f"correction for all {family} (corrected p below {SIGNIFICANT})."
    )


def directed(analysis: Analysis) -> list[Effect]:
    """Return the effects that raise or erode an outcome of social trust."""
    return [effect for effect in analysis.on_trust() if effect.verdict in (RAISES, ERODES)]


def place(analysis: Analysis, effect: Effect) -> str:
    """Return which difference is meant: 'trust in strangers, “Exemption” against “Scheme alone”'."""
    name = SHORT.get(effect.outcome.name, effect.outcome.label)
    return f"{name}, “{analysis.label(effect.arm)}” against “{analysis.label(effect.reference)}”"


def p_text(p: float) -> str:
    """Return a p-value to be read: '0.032', '< 0.001'."""
    if p != p:
        return "not tested"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


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
