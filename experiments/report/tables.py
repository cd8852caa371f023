"""Results as tables on the terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.analysis.effects import SOCIAL_TRUST, Analysis, Effect, OutcomeFacts
from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, MIXED, RAISES
from experiments.report.wording import JOINT, LEGEND, MARKS, claim, doubts, sentence, subject

STYLES = {RAISES: "bold blue", ERODES: "bold red", EQUIVALENT: "dim", INCONCLUSIVE: "", MIXED: "bold magenta"}


def print_analysis(analysis: Analysis, console: Console, notes: Iterable[str] = ()) -> None:
    """Print the table of differences, the interactions, and verdicts and notes last, where they are seen."""
    for table in side_by_side(analysis, console.width) if analysis.is_side_by_side() else [differences(analysis)]:
        console.print(table)
        console.print()
    interval = "" if analysis.is_side_by_side() else " [95 % interval]"
    console.print(Text(f"Mean difference over seeds{interval}. {LEGEND}", style="dim"))
    if analysis.interactions:
        console.print()
        console.print(interactions(analysis))
    console.print()
    console.print(verdicts(analysis))
    for finding in analysis.highlights():
        console.print()
        console.print(Text(f"{subject(analysis, finding)}: {claim(finding.verdict)}", style=STYLES[finding.verdict]))
        console.print(Text(sentence(analysis, finding)))
    for note in [*doubts(analysis), *notes]:
        console.print()
        console.print(Text(f"Note: {note}.", style="bold"))


def differences(analysis: Analysis) -> Table:
    """Return the paired differences of every headline outcome, by arm, with one column a reference."""
    references = analysis.references()
    table = Table(title="Paired differences, arm minus reference", title_justify="left", box=None, pad_edge=False, padding=(0, 1))
    table.add_column("outcome")
    for reference in references:
        table.add_column(f"minus {analysis.label(reference)}", justify="right")
    for arm in [arm.name for arm in analysis.spec.arms]:
        against = [reference for reference in references if (arm, reference) in _pairs(analysis)]
        if not against:
            continue
        table.add_row()
        table.add_row(Text(analysis.label(arm), style="bold"))
        for outcome in analysis.headlines():
            cells = [analysis.effects.get((arm, reference, outcome.name)) for reference in references]
            table.add_row(f"  {outcome.label}", *[cell(effect) for effect in cells])
    return table


def side_by_side(analysis: Analysis, width: int) -> list[Table]:
    """Return the paired differences with outcomes by row and arms by column, in as many tables as the width takes."""
    (reference,) = analysis.references()
    arms = [row.arm for row in analysis.spec.contrasts()]
    first = max(len(outcome.label) for outcome in analysis.headlines()) + 2
    fit = max(1, (width - first) // 14)
    tables = []
    for start in range(0, len(arms), fit):
        table = Table(title=f"Paired differences, minus {analysis.label(reference)}", title_justify="left", box=None, padding=(0, 1))
        table.add_column("outcome", no_wrap=True)
        for arm in arms[start : start + fit]:
            table.add_column(Text(analysis.label(arm), justify="right"), justify="right", width=12)
        for outcome in analysis.headlines():
            cells = [analysis.effects[arm, reference, outcome.name] for arm in arms[start : start + fit]]
            table.add_row(outcome.label, *[_part(effect) for effect in cells])
        tables.append(table)
    return tables


def _pairs(analysis: Analysis) -> set[tuple[str, str]]:
    return {(row.arm, row.reference) for row in analysis.spec.contrasts()}


def cell(effect: Effect | None) -> Text:
    """Return one difference: '+0.013 [+0.010, +0.016] ▲'."""
    if effect is None:
        return Text("")
    outcome, difference = effect.outcome, effect.difference
    if not difference.n:
        return Text(f"not measured {MARKS[effect.verdict]}")
    text = f"{outcome.text(difference.mean, True)} {outcome.span(difference.low95, difference.high95)} {MARKS[effect.verdict]}"
    return Text(text, style=STYLES[effect.verdict])


def interactions(analysis: Analysis) -> Table:
    """Return what levers do together beyond their parts, for the outcomes of social trust."""
    table = Table(title="Together: beyond the sum of the parts", title_justify="left", box=None, pad_edge=False, padding=(0, 1))
    for heading in ("levers", "outcome", "[95 % interval]", ""):
        table.add_column(Text(heading), justify="right" if heading.startswith("[") else "left", no_wrap=True)
    for joint in analysis.interactions:
        if joint.outcome.name in SOCIAL_TRUST:
            span = joint.outcome.span(joint.difference.low95, joint.difference.high95)
            value = Text(f"{joint.outcome.text(joint.difference.mean, True)} {span}", style=STYLES[joint.verdict])
            table.add_row(analysis.label(joint.arm), joint.outcome.label, value, JOINT[joint.verdict])
    return table


def verdicts(analysis: Analysis) -> Table:
    """Return the verdict on social trust of each comparison, single levers first."""
    table = Table(title="Social trust", title_justify="left", box=None, pad_edge=False, padding=(0, 1))
    for heading in ("", "against", "verdict", "trust in strangers", "exchange rate"):
        table.add_column(heading)
    single = analysis.of_levers()
    for finding in [*single, *(finding for finding in analysis.findings if finding not in single)]:
        trust = {part.outcome.name: part for part in finding.parts}
        name = finding.lever.label if finding in single and finding.lever else analysis.label(finding.arm)
        marks = [_part(trust.get(key)) for key in SOCIAL_TRUST]
        style = STYLES[finding.verdict]
        table.add_row(Text(name, style="bold" if finding in single else ""), analysis.label(finding.reference),
                      Text(finding.verdict, style=style), *marks)  # fmt: skip
    return table


def _part(effect: Effect | None) -> Text:
    if effect is None or not effect.difference.n:
        return Text("not measured")
    return Text(f"{effect.outcome.text(effect.difference.mean, True)} {MARKS[effect.verdict]}", style=STYLES[effect.verdict])


def last_values(values: Mapping[str, float], outcomes: Mapping[str, OutcomeFacts]) -> list[Table]:
    """Return the outcomes of one run's last tick: a table for everybody, and one by group."""
    overall = Table(box=None, pad_edge=False, padding=(0, 1))
    for heading in ("outcome", "value", "unit", "meaning"):
        overall.add_column(heading, justify="right" if heading == "value" else "left", no_wrap=heading == "outcome")
    for name, outcome in outcomes.items():
        if name in values and "." not in name:
            overall.add_row(outcome.label, outcome.text(values[name]), outcome.unit, Text(outcome.meaning, style="dim"))
    grouped = [name.split(".") for name in outcomes if "." in name and name in values]
    by_group = Table(box=None, pad_edge=False, padding=(0, 1))
    by_group.add_column("by group", no_wrap=True)
    groups = list(dict.fromkeys(group for _, group in grouped))
    for group in groups:
        by_group.add_column(group.replace("_", "\n"), justify="right", vertical="bottom")
    for name in dict.fromkeys(name for name, _ in grouped):
        outcome = outcomes[name]
        by_group.add_row(outcome.label, *[outcome.text(values.get(f"{name}.{group}", float("nan")), short=True) for group in groups])
    return [overall, by_group] if groups else [overall]


def parameter_lines(rows: Sequence[Mapping[str, Any]]) -> list[Text]:
    """Return all parameters, two lines each: name, default and what is allowed; meaning and source."""
    lines = []
    for row in rows:
        line = Text(row["name"], style="bold")
        line.append(f" = {row['default']}", style="not bold").append(f"   {allowed(row)}; {row['unit']}", style="not bold dim")
        line.append(f"\n    {row['meaning']} ", style="not bold").append(f"({row['source']})", style="not bold dim")
        lines.append(line)
    return lines


def allowed(row: Mapping[str, Any]) -> str:
    """Return the allowed values of a parameter in words."""
    if row["choices"]:
        return ", ".join(row["choices"])
    if row["low"] is None:
        return "true, false" if isinstance(row["default"], bool) else "text"
    return f"{row['low']:g} to {row['high']:g}"


def dimension_lines(means: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield a line for each scheme: what its mean score is made of by the five dimensions."""
    for scheme, parts in means.items():
        made = ", ".join(f"{name} {points:+.1f}" for name, points in parts.items() if name != "start")
        yield f"mean score of {scheme}: {sum(parts.values()):.1f} = start {parts['start']:.1f}, {made}"
