"""The figures as a table, as Markdown, as a document."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from benchmarks.measure import Figure

HEAD = ("what", "processor", "wall", "unit", "goal", "")
ABOUT = "Scheme rongcheng from the first tick, three levers on, 20 ties a citizen; one core. Goals are for processor time."


def progress() -> Callable[[str], None]:
    """Return what says on a terminal what is being measured."""
    return lambda what: print(f"measuring: {what} ...", file=sys.stderr, flush=True) if sys.stderr.isatty() else None


def number(value: float | None) -> str:
    """Return a number with three significant digits, without an exponent."""
    if value is None:
        return ""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def cells(figure: Figure) -> tuple[str, ...]:
    """Return the cells of a figure's row."""
    goal = "" if figure.goal is None else f"{'at least' if figure.more_is_better else 'at most'} {figure.goal:g}"
    verdict = {None: figure.note, True: "met", False: "missed"}[figure.met]
    return figure.what, number(figure.value), number(figure.wall), figure.unit, goal, verdict


def sections(figures: Sequence[Figure]) -> dict[str, list[Figure]]:
    """Return the figures by section, in their order."""
    found: dict[str, list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.section, []).append(figure)
    return found


def show(machine: Mapping[str, str], figures: Sequence[Figure]) -> None:
    """Print the figures as a table for the terminal."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    for name, value in machine.items():
        console.print(f"[dim]{name}:[/] {value}", soft_wrap=True)
    console.print(ABOUT, soft_wrap=True)
    table = Table()
    for column in HEAD:
        table.add_column(column, justify="right" if column in ("processor", "wall") else "left")
    for section, members in sections(figures).items():
        table.add_section()
        table.add_row(f"[bold]{section}[/]")
        for figure in members:
            table.add_row(*cells(figure), style="yellow" if figure.met is False else None)
    console.print(table)


def markdown(machine: Mapping[str, str], figures: Sequence[Figure]) -> str:
    """Return machine and figures as Markdown."""
    lines = [f"- {name}: {value}" for name, value in machine.items()]
    lines += ["", ABOUT, "", f"| {' | '.join(HEAD)} |", "|---|--:|--:|---|---|---|"]
    for section, members in sections(figures).items():
        lines.append(f"| **{section}** | | | | | |")
        lines += [f"| {' | '.join(cells(figure))} |" for figure in members]
    return "\n".join(lines)


def document(machine: Mapping[str, str], figures: Sequence[Figure]) -> dict:
    """Return machine and figures as JSON can hold them."""
    return {"machine": dict(machine), "figures": [asdict(figure) | {"met": figure.met} for figure in figures]}
