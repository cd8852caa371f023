"""What a viewer has chosen of a stored experiment, and the lists to choose from: plain data, no component."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from dashboard.stored.findings import Findings
from dashboard.stored.regime_map import axes_of, levels_at, point_at
from dashboard.stored.replaying import Wish
from dashboard.stored.shelf import Folder, plain
from dashboard.stored.wording import Words, comparison_text, level_text, outcome_text, point_text, said

#: A list with more entries is asked for as a number.
MOST_OPTIONS = 200


@dataclass(frozen=True)
class Chosen:
    """Which comparison, outcome and figure are shown (places in their lists), and which run is to be shown again.

    left, right: arms of the two worlds, `left` empty for one world alone.
    """

    comparison: int = 0
    outcome: int = 0
    figure: int = 0
    point: int = 0
    replication: int = 0
    left: str = ""
    right: str = ""

    def wish(self, folder: Folder) -> Wish:
        """Return the run that is to be shown again."""
        return Wish(folder.name, self.right, self.replication, self.point, self.left)


def at_first(folder: Folder, findings: Findings) -> Chosen:
    """Return what is chosen when an experiment is opened: its first comparison at its first point, and of these the first seed."""
    if not findings.contrasts:
        return Chosen(right=folder.arms[0][0])
    first = findings.contrasts[0]
    return Chosen(left=first.reference, right=first.arm)


def picked(chosen: Chosen, findings: Findings, folder: Folder, name: str, at: int) -> Chosen:
    """Return what is chosen after one entry was picked from a list of `of_findings` or `of_runs`; the same if there is no such entry."""
    arms = [arm for arm, _ in folder.arms]
    if not isinstance(at, int) or isinstance(at, bool) or at < 0:
        return chosen
    match name.split("."):
        case ["comparison"] if at < len(findings.contrasts):
            contrast = findings.contrasts[at]
            return replace(chosen, comparison=at, left=contrast.reference, right=contrast.arm)
        case ["outcome"] if at < len(findings.outcomes):
            return replace(chosen, outcome=at)
        case ["left"] if at <= len(arms):
            left = ["", *arms][at]
            return replace(chosen, left=left, right=chosen.left or arms[at - 2]) if left == chosen.right else replace(chosen, left=left)
        case ["right"] if at < len(arms):
            return replace(chosen, right=arms[at], left=chosen.right if arms[at] == chosen.left else chosen.left)
        case ["point"] if at < len(findings.points):
            return replace(chosen, point=at)
        case ["seed"] if at < folder.replications:
            return replace(chosen, replication=at)
        case ["level", number] if number.isdecimal():
            return _at_level(chosen, findings, int(number), at)
    return chosen


def _at_level(chosen: Chosen, findings: Findings, number: int, at: int) -> Chosen:
    axes = axes_of(findings)
    if number >= len(axes) or at >= len(axes[number].levels):
        return chosen
    levels = list(levels_at(findings, chosen.point))
    levels[number] = at
    return replace(chosen, point=point_at(findings, levels))


# --- lists ----------------------------------------------------------------------------------------------------------------------


def of_findings(words: Words, findings: Findings, chosen: Chosen) -> list[dict[str, Any]]:
    """Return the lists from which a comparison and, for a map, an outcome are picked."""
    compared = [comparison_text(words, findings, contrast) for contrast in findings.contrasts]
    found = [_list("comparison", said(words, "comparison.choose"), compared, chosen.comparison)]
    if findings.columns and len(findings.points) > 1:
        named = [outcome_text(words, outcome.name) for outcome in findings.outcomes]
        found.append(_list("outcome", said(words, "comparison.outcome"), named, chosen.outcome))
    return found


def of_runs(words: Words, findings: Findings, folder: Folder, chosen: Chosen) -> list[dict[str, Any]]:
    """Return the lists from which the run to be shown again is picked: worlds, point (level by level, where it can be), seed."""
    arms, labels = zip(*folder.arms, strict=True)
    found = []
    if len(arms) > 1:
        left = arms.index(chosen.left) + 1 if chosen.left else 0
        found.append(_list("left", said(words, "replay.left"), [said(words, "replay.one_world"), *labels], left))
    found.append(_list("right", said(words, "replay.right"), labels, arms.index(chosen.right)))
    found += _of_levels(words, findings, chosen) if findings.is_grid else _of_points(words, findings, chosen)
    seeds = [f"{folder.seed + number}" for number in range(min(folder.replications, MOST_OPTIONS + 1))]
    return [*found, _asked("seed", said(words, "replay.seed"), seeds, chosen.replication, folder.seed, folder.replications)]


def _of_levels(words: Words, findings: Findings, chosen: Chosen) -> list[dict[str, Any]]:
    levels = levels_at(findings, chosen.point)
    return [
        _list(f"level.{number}", plain(axis.factor.label, 60), [level_text(words, level) for level in axis.levels], levels[number])
        for number, axis in enumerate(axes_of(findings))
    ]


def _of_points(words: Words, findings: Findings, chosen: Chosen) -> list[dict[str, Any]]:
    points = len(findings.points)
    if points == 1:
        return []
    texts = [plain(point_text(words, findings, point), 90) for point in range(min(points, MOST_OPTIONS + 1))]
    return [_asked("point", said(words, "replay.point"), texts, chosen.point, 0, points)]


def _list(name: str, label: str, options: Iterable[str], at: int) -> dict[str, Any]:
    return {"name": name, "label": label, "options": list(options), "at": at}


def _asked(name: str, label: str, options: list[str], at: int, low: int, count: int) -> dict[str, Any]:
    """Return a list, or, where that would be too long, a number from `low` on, one of so many."""
    if len(options) > MOST_OPTIONS:
        return {"name": name, "label": label, "low": low, "count": count, "at": at}
    return _list(name, label, options, at)
