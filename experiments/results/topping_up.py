"""Whether a results folder can be continued: more arms and more points only add runs, anything else is another experiment."""

from collections.abc import Collection, Mapping
from typing import Any


def obstacles(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return what keeps stored runs from being part of the wanted experiment, one phrase each: 'seed is 1 there and 2 here'.

    Both are documents of identities. Empty if every stored arm and every stored point is wanted, too, as it is stored.
    """
    if gone := [name for name in stored["arms"] if name not in wanted["arms"]]:
        return [f"the arm {gone[0]!r} is there and not here"]
    found = differences(_comparable(stored, stored), _comparable(stored, wanted)) or _reordered(stored["arms"], wanted["arms"])
    before, after = stored.get("design"), wanted.get("design")
    if (before is None) != (after is None):
        return [
            *found,
            f"the design is {'absent' if before is None else 'present'} there and {'absent' if after is None else 'present'} here",
        ]
    if before is None or after is None:
        return found
    if before["factors"] != after["factors"]:
        return [*found, f"the design has the factors {', '.join(before['factors'])} there and {', '.join(after['factors'])} here"]
    here = {repr(point) for point in after["points"]}
    gone = [point for point in before["points"] if repr(point) not in here]
    if gone:
        values = ", ".join(f"{name} = {value!r}" for name, value in zip(before["factors"], gone[0], strict=True))
        more = f" and {len(gone) - 1} more of its {len(before['points'])} points" if len(gone) > 1 else ""
        return [*found, f"the point {values}{more} is there and not here"]
    return found + _changed_points(before, after, stored["arms"])


def _reordered(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return the arms whose parameters have equal values in another order, which is that of their schemes or grades."""
    apart = [name for name, arm in stored.items() if list(arm["parameters"]) != list(wanted[name]["parameters"])]
    return [f"the arm {name!r} has its schemes or grades in another order there than here" for name in apart]


def _changed_points(before: Mapping[str, Any], after: Mapping[str, Any], arms: Collection[str]) -> list[str]:
    """Return what stored points of these arms have otherwise now, as where a factor names a file with another content."""
    place = {repr(point): number for number, point in enumerate(after["points"])}
    found = []
    for arm in dict.fromkeys([*before["changes"], *(name for name in after["changes"] if name in arms)]):
        rows = before["changes"].get(arm) or [{}] * len(before["points"])
        now = after["changes"].get(arm) or [{}] * len(after["points"])
        for point, row in zip(before["points"], rows, strict=True):
            found += [f"at point {point!r} of arm {arm!r} {phrase}" for phrase in differences(row, now[place[repr(point)]])]
    return found


def _comparable(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the wanted document without its design and without the arms that are new."""
    arms = {name: arm for name, arm in wanted["arms"].items() if name in stored["arms"]}
    return {key: value for key, value in wanted.items() if key != "design"} | {"arms": arms}


def differences(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return what differs between two documents, one phrase each: 'seed is 1 there and 2 here'."""
    there, here = _flat(stored), _flat(wanted)
    names = [name for name in {**here, **there} if there.get(name) != here.get(name)]
    return [f"{name} is {_shown(there, name)} there and {_shown(here, name)} here" for name in names]


def _flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _shown(flat: Mapping[str, Any], name: str) -> str:
    return repr(flat[name]) if name in flat else "absent"
