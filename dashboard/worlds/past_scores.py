"""The scores that citizens had: of each world as many as a line on the page can show, whoever may be looked at later."""

import math

import numpy as np

from agents.units import MILLI
from model.society import Society

#: Points of a line, at most, and bytes for those of all citizens; with more citizens there are fewer points.
POINTS, MEMORY = 130, 16 * 2**20


class PastScores:
    """Scores by scheme and citizen, every `every` weeks as long as a world is moved on in such steps, float32; NaN where not enrolled."""

    def __init__(self, society: Society):
        """Begin with the society at tick 0."""
        shape, ticks = society.world.standing.score.shape, society.parameters.time.ticks
        points = min(POINTS, MEMORY // max(1, 4 * math.prod(shape)))
        self.every = max(1, math.ceil(ticks / max(1, points)))
        self._kept: dict[int, np.ndarray] = {}

    def keep(self, society: Society) -> None:
        """Keep the scores of this week, if they are due."""
        if society.tick % self.every == 0 and society.world.standing.score.size:
            standing = society.world.standing
            self._kept[society.tick] = np.where(standing.enrolled, standing.score / np.float32(MILLI), np.nan).astype(np.float32)

    def next_due(self, tick: int) -> int:
        """Return the first week after a week at which scores are due."""
        return (tick // self.every + 1) * self.every

    def forget_after(self, tick: int) -> None:
        """Forget what followed from something else than what is recorded now."""
        self._kept = {when: scores for when, scores in self._kept.items() if when <= tick}

    def of(self, society: Society, citizen: int) -> dict[str, tuple[float, ...]]:
        """Return {scheme: scores of a citizen, oldest first, up to now and while it was enrolled}."""
        kept = [self._kept[tick][:, citizen] for tick in sorted(self._kept) if tick < society.tick]
        found = np.array(kept).reshape(len(kept), len(society.parameters.schemes))
        return {
            scheme.name: tuple(float(score) for score in found[:, place] if not math.isnan(score))
            for place, scheme in enumerate(society.parameters.schemes)
        }  # fmt: skip
