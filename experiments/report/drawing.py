"""What the figures of designs share: markers, names, the arms they show, places for labels."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.analysis.responses import Responses
from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, RAISES
from experiments.report.figures import INK

#: So many comparisons are drawn; all are in responses.csv.
MOST_COMPARISONS = 8
#: The lines of arms: told apart with any kind of colour vision (Okabe & Ito 2008), dashes besides.
ARM_COLOURS = (INK, "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a6a00", "#56b4e9", "#e69f00", "#767676")
MARKERS = {RAISES: "^", ERODES: "v", EQUIVALENT: "s", INCONCLUSIVE: "o"}
SLANTED: dict[str, Any] = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}


def file_name(*parts: str) -> str:
    """Return the name of a figure's files: lower case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def capitalized(text: str) -> str:
    """Return text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def columns_for(panels: int) -> int:
    """Return how many panels stand side by side, so that the last row has few gaps: one to three."""
    return 2 if panels in (2, 4) else min(3, panels)


def shown_arms(responses: Responses, most: int = len(ARM_COLOURS)) -> list[str]:
    """Return the arms that are compared, references first, at most so many."""
    contrasts = responses.contrasts
    arms = [contrast.reference for contrast in contrasts] + [contrast.arm for contrast in contrasts]
    return list(dict.fromkeys(arms))[:most]


def spread_out(heights: Sequence[float], gap: float) -> list[float]:
    """Return heights for labels, in the same order, moved as little as keeps them a gap apart: neighbours that clash share a centre."""
    order = np.argsort(heights, kind="stable")
    blocks = [[float(heights[place]), 1] for place in order]  # centre and number of labels of each heap
    merged: list[list[float]] = []
    for block in blocks:
        merged.append(block)
        while len(merged) > 1 and merged[-1][0] - merged[-2][0] < gap * (merged[-1][1] + merged[-2][1]) / 2 * (1 - 1e-9):
            (upper, many), (lower, few) = merged.pop(), merged.pop()
            merged.append([(upper * many + lower * few) / (many + few), many + few])
    placed = [centre + gap * (step - (size - 1) / 2) for centre, size in merged for step in range(int(size))]
    found = np.empty(len(placed))
    found[order] = placed
    return found.tolist()
