"""The tables of odd.md and systems.md, made from the declarations: `python -m docs.tables` rewrites them, `--check` compares.

A table stands between `<!-- table: NAME -->` and `<!-- end of table -->`; what a hand writes in between is lost.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from experiments.report.systems import STATUSES, entries, explained, preset_path
from model.declarations import SocietyParameters
from model.institutions.reading import PRESETS, system
from model.institutions.scheme import EventPoints, Grade, Scheme
from model.outcomes import EACH_TICK, EACH_YEAR, GROUPED, GROUPS, Outcome
from model.parameters import Declaration, walk

DOCS = Path(__file__).parent
FILES = (DOCS / "odd.md", DOCS / "systems.md")
_TABLE = re.compile(r"(?P<begin><!-- table: (?P<name>[\w -]+) -->\n).*?(?P<end><!-- end of table -->)", re.DOTALL)


def shown(value: Any) -> str:
    """Return a value as a spec would hold it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return {float("inf"): "∞", float("-inf"): "−∞"}.get(value, f"{value:,.12g}").replace("-", "−")
    return f"`{value}`" if value else "empty"


def allowed(declaration: Declaration) -> str:
    """Return the bounds or choices of a parameter."""
    if declaration.choices:
        return ", ".join(f"`{choice}`" for choice in declaration.choices)
    if isinstance(declaration.default, bool):
        return "true, false"
    if isinstance(declaration.default, str):
        return "text"
    return f"{shown(declaration.low)} to {shown(declaration.high)}"


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    columns = list(columns)
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines) + "\n"


def declared(group: Any, prefix: str) -> str:
    """Return the table of the parameters of one dataclass."""
    rows = [
        (f"`{d.name}`", shown(d.default), allowed(d), d.unit, d.meaning, d.source)
        for d, _ in walk(group, prefix)
        if d.name.count(".") == prefix.count(".")
    ]
    return table(("name", "default", "allowed", "unit", "meaning", "source"), rows)


def summary(item: Any) -> str:
    """Return the first line of a docstring."""
    return item.__doc__.splitlines()[0]


def parameters() -> str:
    """Return one table for each group of parameters of the society."""
    society = SocietyParameters()
    groups = [(field.name, getattr(society, field.name)) for field in fields(society) if field.name != "schemes"]
    return "\n".join(f"**{name}.** {summary(type(group))}\n\n{declared(group, name + '.')}" for name, group in groups)


def outcomes() -> str:
    """Return the table of outcomes, those by group named once."""
    groups = ", ".join(f"`{group}`" for group in GROUPS)
    note = f"By group: {groups}; the name is then `OUTCOME.GROUP`. Headline outcomes in bold.\n"
    columns = ("name", "unit", "range", "meaning", "smallest effect of interest", "cadence", "groups")
    return f"{note}\n" + table(columns, [_outcome(one) for one in (*GROUPED, *EACH_TICK, *EACH_YEAR)])


def _outcome(one: Outcome) -> tuple[str, ...]:
    name = f"**`{one.name}`**" if one.headline else f"`{one.name}`"
    span = f"{shown(one.low)} to {shown(one.high)}"
    by = "all seven" if one in GROUPED else "–"
    return name, one.unit, span, one.meaning, shown(one.smallest_effect), one.cadence, by


def preset(name: str) -> str:
    """Return a preset in plain words, and the table of what it sets and where each value is from."""
    rows = [
        (f"`{entry.table}{'.' if entry.table else ''}{entry.key}`", shown(entry.value), entry.status, entry.source)
        for entry in entries(preset_path(name))
    ]
    return "\n\n".join(explained(system(name))) + "\n\n" + table(("name", "value", "status", "source"), rows)


def statuses() -> str:
    """Return how many values of the presets are reported, from secondary literature, or assumed."""
    names = [path.stem for path in sorted(PRESETS.glob("*.toml"))]
    counts = {name: Counter(entry.status for entry in entries(preset_path(name))) for name in names}
    rows = [(f"[{name}](#{name})", *(str(counts[name][status]) for status in STATUSES)) for name in names]
    rows.append(("all", *(str(sum(count[status] for count in counts.values())) for status in STATUSES)))
    legend = "\n".join(f"- *{status}*: {meaning}" for status, meaning in STATUSES.items())
    return f"{legend}\n\n" + table(("system", *STATUSES), rows)


def systems() -> str:
    """Return every preset with a heading of its own."""
    return "\n".join(f"## {path.stem}\n\n{preset(path.stem)}" for path in sorted(PRESETS.glob("*.toml")))


TABLES: dict[str, Callable[[], str]] = {
    "parameters": parameters,
    "scheme": lambda: declared(Scheme(name=""), "scheme."),
    "events": lambda: declared(EventPoints(), "scheme.event."),
    "grades": lambda: declared(Grade(name=""), "scheme.grade.NAME."),
    "outcomes": outcomes,
    "statuses": statuses,
    "systems": systems,
    **{f"preset {path.stem}": lambda name=path.stem: preset(name) for path in sorted(PRESETS.glob("*.toml"))},
}


def renewed(text: str) -> str:
    """Return a document with its tables made anew; ValueError names a table that nothing makes, or one that never ends."""

    def made(match: re.Match[str]) -> str:
        if match["name"] not in TABLES:
            raise ValueError(f"no table is called {match['name']!r}: expected one of {', '.join(TABLES)}")
        return f"{match['begin']}\n{TABLES[match['name']]()}\n{match['end']}"

    if text.count("<!-- table: ") != len(_TABLE.findall(text)):
        raise ValueError("a table has no `<!-- end of table -->`")
    return _TABLE.sub(made, text)


def main(arguments: list[str] | None = None) -> int:
    """Renew the tables of all documents; with --check change nothing and return 1 if one is out of date."""
    parser = argparse.ArgumentParser(prog="python -m docs.tables", description="Renew the tables of the documentation.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a table is out of date")
    check = parser.parse_args(arguments).check
    stale = [path for path in FILES if renewed(text := path.read_text(encoding="utf-8")) != text]
    for path in stale:
        if check:
            print(f"{path.relative_to(DOCS.parent)}: a table is out of date; run `python -m docs.tables`", file=sys.stderr)
        else:
            path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
