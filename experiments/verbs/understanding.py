"""What the verbs that ask a design's results do: which factors matter, where effects turn, how far a stand-in goes. Each returns 0."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.report.tables import STYLES

if TYPE_CHECKING:
    from experiments.report.figures import Drawn
    from experiments.understanding.discovery import Discoveries, Discovery
    from experiments.understanding.emulator import Emulator
    from experiments.understanding.sensitivity import Index, Sensitivity, Subject

SENSITIVITY_LEGEND = (
    "Value ± half-width of the 95 % interval (of it: choice of the points | chance between replications). Bold stands out from a factor "
    "without influence; beyond: what such a factor gives. docs/sensitivity.md says how to read them."
)
DISCOVERY_LEGEND = (
    "Coverage: share of the wanted points that a box holds. Density: share of the points in the box that are wanted. Held out: of boxes "
    "found in the same way without the points they are judged by."
)
EMULATOR_LEGEND = (
    "R² and error (RMSE) of the points' means, of points unseen. At best: what an emulator that knew the true means would reach, as the "
    "points' own means are blurred by replication noise. In interval: share of unseen means within their 95 % interval."
)
#: Factors that are shown of a table.
SHOWN = 15


def sensitivity(folder: Path, outcomes: Sequence[str] = ()) -> int:
    """Print which factors the effects of a folder's design depend on; write sensitivity.csv and figures. Raises a Refusal."""
    from experiments.understanding.figures import sensitivity_figures
    from experiments.understanding.responding import responses_in
    from experiments.understanding.sensitivity import sensitivity as analysed
    from experiments.understanding.sensitivity import sensitivity_rows

    _, responses = responses_in(folder)
    found = analysed(responses, outcomes)
    _write(folder, "sensitivity.csv", sensitivity_rows(found), sensitivity_figures(found))
    print_sensitivity(found, _console())
    return 0


def discover(folder: Path, outcomes: Sequence[str] = ()) -> int:
    """Print where the effects of a folder's design turn; write discovery.csv, discovery.json and figures. Raises a Refusal."""
    import json

    from experiments.results.writing import write_text
    from experiments.understanding.discovery import discover as sought
    from experiments.understanding.discovery import discovery_document, discovery_rows
    from experiments.understanding.figures import discovery_figures
    from experiments.understanding.responding import responses_in

    _, responses = responses_in(folder)
    found = sought(responses, outcomes)
    write_text(folder / "discovery.json", json.dumps(discovery_document(found), indent=1, ensure_ascii=False) + "\n")
    _write(folder, "discovery.csv", discovery_rows(found), discovery_figures(found))
    print_discoveries(found, _console())
    return 0


def emulate(folder: Path, outcomes: Sequence[str] = ()) -> int:
    """Print how well emulators tell the effects of a folder's design; write emulators.csv and a figure. Raises a Refusal."""
    from experiments.understanding.emulator import emulate as fitted
    from experiments.understanding.emulator import emulator_rows
    from experiments.understanding.figures import emulator_figures
    from experiments.understanding.responding import responses_in

    _, responses = responses_in(folder)
    found = fitted(responses, outcomes)
    _write(folder, "emulators.csv", emulator_rows(found), emulator_figures(found))
    print_emulators(found, _console())
    return 0


def _console() -> Console:
    from experiments.verbs.commands import console

    return console()


def _write(folder: Path, name: str, rows: list[dict[str, Any]], figures: Sequence["Drawn"]) -> None:
    import pyarrow as pa

    from experiments.results.writing import make_folder, write_bytes, write_table, write_text

    write_table(folder / name, pa.Table.from_pylist(rows))
    make_folder(folder / "figures", "figures")
    for figure in figures:
        write_bytes(folder / "figures" / f"{figure.name}.png", figure.png)
        write_text(folder / "figures" / f"{figure.name}.svg", figure.svg)


# --- sensitivity ----------------------------------------------------------------------------------------------------------------


def print_sensitivity(found: "Sensitivity", console: Console) -> None:
    """Print the indices of each comparison and outcome, how its variance divides, and what to beware of."""
    for subject in found.subjects:
        console.print(Text(f"{subject.label}: {subject.outcome.label}", style="bold"))
        for method in dict.fromkeys(index.method for index in subject.indices):
            console.print(index_table(subject, method))
        console.print(Text(noise_sentence(subject)))
        for remark in subject.remarks:
            console.print(Text(f"Note: {remark}.", style="bold"))
        console.print()
    console.print(Text(SENSITIVITY_LEGEND, style="dim"))


def index_table(subject: "Subject", method: str) -> Table:
    """Return a method's indices of one subject: a row a factor, by the last index's size, and two columns an index."""
    from experiments.understanding.indices import SOBOL
    from experiments.understanding.sensitivity import ranked

    columns = {index: found for (name, index), found in subject.table().items() if name == method}
    table = Table(title=method, title_justify="left", box=None, pad_edge=False, padding=(0, 1))
    table.add_column("factor")
    for index in columns:
        table.add_column(index.replace("_star", "*"), justify="right", no_wrap=True)
        table.add_column("beyond", justify="right", style="dim")
    leading = next(iter(columns.values())) if method != SOBOL else list(columns.values())[-1]
    shown = ranked(leading)[:SHOWN]
    for factor in shown:
        cells: list[Text | str] = []
        for found in columns.values():
            one = next(each for each in found if each.factor == factor.factor)
            cells += [Text(_index_text(subject, one), style="bold" if one.stands_out else ""), _number(subject, one, one.null)]
        table.add_row(factor.label, *cells)
    if len(leading) > len(shown):
        table.add_row(f"and {len(leading) - len(shown)} more in sensitivity.csv")
    return table


def _index_text(subject: "Subject", index: "Index") -> str:
    if not isfinite(index.value):
        return "cannot be told"
    value, total, design = (_number(subject, index, each) for each in (index.value, index.total, index.design))
    runs = _number(subject, index, index.replication) if isfinite(index.replication) else "not told apart"
    return f"{value} ±{total} ({design} | {runs})"


def _number(subject: "Subject", index: "Index", value: float) -> str:
    from experiments.understanding.indices import MU_STAR, SIGMA

    if not isfinite(value):
        return "\N{EN DASH}"
    if index.index in (MU_STAR, SIGMA):
        return subject.outcome.text(value)
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")


def noise_sentence(subject: "Subject") -> str:
    """Return how the variance of a single run divides between factors and chance, in words."""
    noise = subject.noise
    if not isfinite(noise.share):
        return f"{subject.points} points with {subject.replications} replication(s): the share of replication noise cannot be told."
    return (
        f"Of the variance of a single run {noise.share:.0%} is replication noise and {1 - noise.share:.0%} lies between the "
        f"{subject.points} points; of the means over {subject.replications} replications {noise.of_means:.0%} is noise."
    )


# --- discovery ------------------------------------------------------------------------------------------------------------------


def print_discoveries(found: "Discoveries", console: Console) -> None:
    """Print for each comparison how many points have which verdict, and the boxes and the tree that tell them apart."""
    for discovery in found.found:
        console.print(Text(f"{discovery.label}: {discovery.outcome.replace('_', ' ')}", style="bold"))
        if discovery.counts:
            console.print(Text(", ".join(f"{verdict} at {count}" for verdict, count in discovery.counts.items()) + " points."))
        for line in discovery_lines(found, discovery):
            console.print(line)
        for remark in discovery.remarks:
            console.print(Text(f"Note: {remark}.", style="bold"))
        console.print()
    console.print(Text(DISCOVERY_LEGEND, style="dim"))


def discovery_lines(discoveries: "Discoveries", found: "Discovery") -> list[Text]:
    """Return the boxes and the tree of one discovery in words."""
    from experiments.understanding.discovery import rule

    cube, lines = discoveries.cube, []
    for verdict, box in found.boxes.items():
        if box is None:
            lines.append(Text(f"{verdict}: no box; PRIM finds no limits that chance would not explain as well."))
            continue
        lines.append(Text(f"{verdict} where {rule(cube, box.limits)}", style=STYLES[verdict]))
        lines.append(Text(
            f"  {box.inside} points; coverage {box.coverage:.0%} (held out {box.held_coverage:.0%}), density {box.density:.0%} (held out "
            f"{box.held_density:.0%}; everywhere {found.counts[verdict] / sum(found.counts.values()):.0%})"
        ))  # fmt: skip
    if found.tree is None:
        return lines
    told = f"{found.tree.accuracy:.0%} of unseen points told rightly, {found.tree.majority:.0%} by the commonest verdict alone"
    lines.append(Text(f"Tree: {told}{'' if found.tree.helps else ': it tells nothing'}"))
    for leaf in found.tree.leaves:
        lines.append(Text(f"  {rule(cube, leaf.limits)}: {leaf.verdict} ({leaf.share:.0%} of {leaf.points})", style=STYLES[leaf.verdict]))
    return lines


# --- emulators ------------------------------------------------------------------------------------------------------------------


def print_emulators(emulators: Sequence["Emulator"], console: Console) -> None:
    """Print how well each emulator tells points that it has not seen."""
    table = Table(title="Emulators of the mean effect", title_justify="left", box=None, pad_edge=False, padding=(0, 1))
    for heading in ("comparison", "outcome", "points", "R²", "at best", "error", "at best", "in interval"):
        table.add_column(heading, justify="left" if heading in ("comparison", "outcome") else "right")
    for found in emulators:
        score = found.score
        if score is None:
            table.add_row(found.label, found.outcome.label, found.remark)
            continue
        numbers = [_plain(score.r2), _plain(score.ceiling), found.outcome.text(score.rmse), found.outcome.text(score.noise, short=True)]
        table.add_row(found.label, found.outcome.label, str(score.points), *numbers, f"{score.within:.0%}")
    console.print(table)
    console.print(Text(EMULATOR_LEGEND, style="dim"))


def _plain(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}") if isfinite(value) else "\N{EN DASH}"
