"""The report of an experiment: one HTML file that needs nothing else."""

import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from experiments.analysis.effects import SOCIAL_TRUST, Analysis, Effect
from experiments.analysis.responses import Responses
from experiments.report.design_report import design_parts
from experiments.report.figures import Drawn, inline
from experiments.report.sources import SOURCES
from experiments.report.templates import template
from experiments.report.wording import JOINT, LEGEND, MARKS, SHORT, claim, doubts, p_text, sentence, subject, survival
from experiments.specs.spec import Spec

if TYPE_CHECKING:
    import pyarrow as pa

#: What the mechanisms and the reported figures are taken from.
METHODS = (
    "A. Jøsang and R. Ismail, “The beta reputation system”, Bled eConference 2002 (trust as a Beta belief with forgetting)",
    "A. M. Law, Simulation Modeling and Analysis, 5th ed. 2015 (paired t intervals, common random numbers)",
    "D. J. Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15, 1987 (equivalence by the 90 % interval)",
    "B. Efron, J. American Statistical Association 82, 1987 (BCa bootstrap, in effects.csv)",
    "S. Holm, Scandinavian Journal of Statistics 6, 1979; Y. Benjamini and Y. Hochberg, J. Royal Statistical Society B 57, 1995 (many "
    "comparisons)",
    "L. V. Hedges, J. Educational Statistics 6, 1981 (standardized effects, in effects.csv)",
    "R. Pfister et al., Frontiers in Psychology 4:700, 2013; B. W. Silverman, Density Estimation, 1986 (two groups of seeds)",
    "J. P. Romano and M. Wolf, J. American Statistical Association 100, 2005; J. L. Montiel Olea and M. Plagborg-Møller, J. Applied "
    "Econometrics 34, 2019 (simultaneous bands)",
)
NOT_CLAIMED = (
    "It does not describe or forecast today’s China or any other country. The essays it draws on are journalism of 2016 to 2021; "
    "later scholarship found the real systems patchier and less automated than they feared.",
    "Most numbers are assumptions, marked as such where they are declared, and not calibrated. A verdict holds for these "
    "values; another value can turn its sign.",
    "The intervals show how far chance between simulated societies goes. They do not cover doubt about the parameters or "
    "about the rules. They are not widened for the number of comparisons in the table; what that leaves of the verdicts is said below "
    "them, and effects.csv has every corrected p-value.",
    "“Equivalent” means smaller than the smallest effect of interest, which is itself a choice; “inconclusive” means that "
    "more replications are needed, not that there is no effect.",
    "Trust per surviving tie rises when doubtful ties are cut, without anyone behaving better. Hence trust in a random "
    "stranger, and in the ties of the beginning, stand beside it.",
)


def render(analysis: Analysis, manifest: dict[str, Any], figures: Iterable[Drawn]) -> str:
    """Return the report as HTML."""
    drawn = {figure.name: {"svg": Markup(inline(figure.svg, figure.name)), "caption": figure.caption} for figure in figures}
    return _page(
        "report.html.j2", analysis.spec, manifest,
        cards=cards(analysis), figures=drawn, references=[analysis.label(reference) for reference in analysis.references()],
        groups=groups(analysis), doubts=doubts(analysis), findings=finding_rows(analysis), survival=survival(analysis),
        tested=[SHORT[name] for name in SOCIAL_TRUST], joints=joint_rows(analysis), legend=LEGEND,
    )  # fmt: skip


def render_design(responses: Responses, spec: Spec, manifest: dict[str, Any], figures: Iterable[Drawn], effects: "pa.Table") -> str:
    """Return the report of a design as HTML; effects: as `surfaces.effects_by_point` returns them."""
    return _page("design_page.html.j2", spec, manifest, parts=design_parts(responses, figures, effects))


def _page(name: str, spec: Spec, manifest: dict[str, Any], **findings: Any) -> str:
    """Return a page with what every report has: what was asked, what is not claimed, how to reproduce it, parameters and sources."""
    page = template(name).render(
        spec=spec,
        manifest=manifest,
        parameters=parameter_rows(spec, manifest),
        not_claimed=NOT_CLAIMED,
        sources=SOURCES,
        methods=METHODS,
        command=shlex.join(manifest["command"]),
        **findings,
    )
    return page.replace(" %", "\N{NO-BREAK SPACE}%")


def cards(analysis: Analysis) -> list[dict[str, str]]:
    """Return the most important verdicts in plain words."""
    found = analysis.highlights()
    return [
        {
            "subject": subject(analysis, each),
            "verdict": each.verdict,
            "claim": claim(each.verdict),
            "text": sentence(analysis, each),
        }
        for each in found
    ]


def cell(effect: Effect | None) -> dict[str, str]:
    """Return what a cell of the table shows."""
    if effect is None:
        return {"value": "", "span": "", "mark": "", "verdict": "", "title": ""}
    outcome, difference = effect.outcome, effect.difference
    facts = f"n = {difference.n}, sd = {difference.sd:.2g}, seeds that agree: {difference.agreement:.0%}"
    if difference.p == difference.p:
        facts += f", p {p_text(difference.p)}"
    if difference.hedges_g == difference.hedges_g:
        facts += f", standardized: {difference.hedges_g:.2g}"
    if difference.variance_reduction == difference.variance_reduction:
        facts += f", variance taken away by common random numbers: {difference.variance_reduction:.0%}"
    return {
        "value": outcome.text(difference.mean, True),
        "span": outcome.span(difference.low95, difference.high95),
        "mark": MARKS[effect.verdict],
        "verdict": effect.verdict,
        "title": f"{effect.verdict}; {facts}" + (f"; {difference.remark}" if difference.remark else ""),
    }


def groups(analysis: Analysis) -> list[dict[str, Any]]:
    """Return the table of differences: a group of rows an arm, a row a headline outcome, a cell a reference."""
    references = analysis.references()
    found = []
    for arm in analysis.spec.arms:
        rows = []
        for outcome in analysis.headlines():
            effects = [analysis.effects.get((arm.name, reference, outcome.name)) for reference in references]
            if any(effects):
                row = {"label": outcome.label, "unit": outcome.unit, "meaning": outcome.meaning}
                rows.append({**row, "cells": [cell(effect) for effect in effects]})
        if rows:
            found.append({"label": arm.label, "rows": rows})
    return found


def finding_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """Return the verdicts on social trust of all comparisons, with the corrected p-value of each outcome."""
    rows = []
    for each in analysis.findings:
        p = {part.outcome.name: p_text(part.p_holm) for part in each.parts}
        row = {"arm": analysis.label(each.arm), "reference": analysis.label(each.reference), "verdict": each.verdict}
        rows.append({**row, "p": [p.get(name, "") for name in SOCIAL_TRUST]})
    return rows


def joint_rows(analysis: Analysis) -> list[dict[str, str]]:
    """Return the interactions of the levers for the headline outcomes."""
    return [
        {
            "levers": analysis.label(joint.arm),
            "outcome": joint.outcome.label,
            "value": joint.outcome.text(joint.difference.mean, True),
            "span": joint.outcome.span(joint.difference.low95, joint.difference.high95),
            "words": JOINT[joint.verdict],
        }
        for joint in analysis.interactions
        if joint.outcome.headline
    ]


def parameter_rows(spec: Spec, manifest: dict[str, Any]) -> list[dict[str, str]]:
    """Return the parameters that differ from the default society's, with the arms in which they do."""
    rows = []
    for name, found in manifest["differs_from_default"].items():
        arms: dict[str, list[str]] = {}
        for arm, value in found["arms"].items():
            arms.setdefault(shown(value), []).append(spec.arm(arm).label)
        everywhere = len(found["arms"]) == len(spec.arms)
        values = "; ".join(value if everywhere and len(arms) == 1 else f"{value} in {', '.join(where)}" for value, where in arms.items())
        rows.append({"name": name, "default": shown(found["default"]), "here": values})
    return rows


def shown(value: Any) -> str:
    """Return a parameter's value as text."""
    if value is None:
        return "absent"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"
