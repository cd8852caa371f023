"""A society that costs nothing, for tests of what is built around one: same interface, made-up outcomes, luck shared by seed.

Its outcomes follow from parameters, seed and tick alone: a level and noise that belong to (seed, tick), and for the two outcomes
of social trust a step once a scheme works and a step for each lever that is on (EFFECTS).
"""

import copy
import hashlib
import sys
import types

import numpy as np

from model.assign import default_parameters
from model.outcomes import OUTCOMES

EFFECTS = {"contact_weight": -0.1, "reporting_reward": -0.005, "exemption": 0.02}


class StandIn:
    """A society whose outcomes are made up."""

    made = 0  # societies made, forks not counted
    ticks_run = 0  # over all societies

    def __init__(self, parameters=None, *, rng=0, engine="compiled", policy=(), graph=None, threads=1):
        """Take what a Society takes."""
        type(self).made += 1
        self.parameters, self.seed, self.policy = parameters or default_parameters(), int(rng), tuple(policy)
        self.engine, self.graph, self.tick = engine, graph, 0
        self.rows: list[np.ndarray] = []

    def step(self):
        """Make up one tick."""
        StandIn.ticks_run += 1
        noise = np.random.default_rng([self.seed, self.tick]).normal(0, 0.01, len(OUTCOMES))
        row = 0.5 + 0.01 * self.seed + noise
        if self.tick >= self.parameters.time.burn_in and self.parameters.schemes:
            scheme = self.parameters.schemes[0]
            lift = 0.05 + sum(effect * (getattr(scheme, lever) != 0) for lever, effect in EFFECTS.items())
            names = list(OUTCOMES)
            row[names.index("generalized_trust")] += lift
            row[names.index("exchange_rate")] += lift
        yearly = np.array([outcome.cadence == "year" for outcome in OUTCOMES.values()])
        if (self.tick + 1) % 52:
            row[yearly] = np.nan
        self.rows.append(row)
        self.tick += 1

    def mean_score_by_dimension(self):
        """Return that nobody has a score."""
        return {}

    def run(self, ticks=None):
        """Make up that many ticks."""
        for _ in range(self.parameters.time.ticks - self.tick if ticks is None else ticks):
            self.step()
        return self

    def fork(self, parameters, policy=()):
        """Return a copy that goes on with other schemes."""
        twin = copy.copy(self)
        twin.parameters, twin.policy, twin.rows = parameters, tuple(policy), list(self.rows)
        return twin

    def series(self):
        """Return what was made up."""
        rows = np.array(self.rows)
        return {"tick": np.arange(self.tick)} | {name: rows[:, k] for k, name in enumerate(OUTCOMES)}

    def last(self):
        """Return the latest row."""
        return dict(zip(OUTCOMES, self.rows[-1].tolist(), strict=True))

    def digest(self):
        """Return a hash of what was made up."""
        return hashlib.sha256(np.array(self.rows).tobytes()).hexdigest()[:32]


def stand_in_for_society(monkeypatch, society=StandIn):
    """Let `from model.society import Society` give the stand-in."""
    module = types.ModuleType("model.society")
    module.Society = society
    monkeypatch.setitem(sys.modules, "model.society", module)
    StandIn.made = StandIn.ticks_run = 0
    return society
