"""Every parameter of a society as rows of the drawer, from the declarations; and which of them act at once."""

from collections.abc import Iterable
from typing import Any

from model.assign import can_change
from model.declarations import SocietyParameters
from model.parameters import Declaration, walk

Row = dict[str, Any]


def rows_of(parameters: SocietyParameters) -> list[Row]:
    """Return a row for each parameter of a society, in their declared order; those of the first scheme go by `scheme.`.

    They are as declared, in English: `dashboard.parameter_words.words.rows_in` tells them in another language.

    heading: what the group is called. choices: (value, what it is called). live: whether a policy can change it while a run
    goes on. kind: truth, choice, number or text. text: what a search looks through.
    """
    first = f"schemes.{parameters.schemes[0].name}." if parameters.schemes else None
    rows = []
    for declaration, value in walk(parameters):
        name = declaration.name
        if first is not None and name.startswith(first):
            name = f"scheme.{name.removeprefix(first)}"
        rows.append(_row(declaration, name, value))
    return rows


def _row(declaration: Declaration, name: str, value: Any) -> Row:
    group, _, short = name.rpartition(".")
    return {
        "name": name,
        "group": group,
        "heading": group,
        "short": short.replace("_", " "),
        "value": written(value),
        "kind": _kind(declaration),
        "choices": [(choice, choice) for choice in declaration.choices or ()],
        "meaning": declaration.meaning,
        "allowed": f"{declaration.allowed()}; {declaration.unit}" if declaration.unit else declaration.allowed(),
        "source": declaration.source,
        "live": can_change(name),
        "text": f"{name} {name.replace('_', ' ')} {declaration.meaning}".lower(),
    }


def compared(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """Return the rows of one world, each with "other": what the other world has instead, or None where that is the same or nothing."""
    there = {row["name"]: row["value"] for row in others}
    return [row | {"other": str(other) if (other := there.get(row["name"], row["value"])) != row["value"] else None} for row in rows]


def written(value: Any) -> Any:
    """Return a value as a box of the drawer has it."""
    return value if isinstance(value, (bool, str)) else f"{value:g}"


def _kind(declaration: Declaration) -> str:
    if declaration.choices:
        return "choice"
    if isinstance(declaration.default, bool):
        return "truth"
    return "text" if isinstance(declaration.default, str) else "number"
