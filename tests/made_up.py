"""A society that costs nothing and whose outcomes have a closed form, and a calibration of it."""

import copy

import numpy as np

#: Its welfare is -(court.fine - 2)**2, in the arm `light` 1 more; its grievance is the share of enforcement; seeds add their luck.
PROBLEM = """
title = "Made up"
seed = 4
seeds = 2
held_out_seeds = 3
trials = 8
effect_window = 5
[base]
time.ticks = 20
time.burn_in = 8
population.citizens = 50
[[arm]]
name = "none"
set = { scheme.preset = "none" }
[[arm]]
name = "light"
set = { scheme.contact_weight = 0.5 }
[[parameter]]
name = "court.fine"
low = 0.5
high = 8
scale = "log"
[[parameter]]
name = "court.enforcement"
low = 0.0
high = 1.0
[[pattern]]
name = "fine"
claim = "nobody is better off than at a fine of 2"
source = "made up"
quantity = "welfare"
arm = "none"
value = 0.0
tolerance = 0.02
[[pattern]]
name = "lift"
claim = "a scheme lifts welfare by 1"
source = "made up"
quantity = "welfare"
arm = "light"
against = "none"
low = 0.9
high = 1.1
[[pattern]]
name = "enforcement"
claim = "grievance is a quarter"
source = "made up"
quantity = "grievance"
arm = "none"
value = 0.25
tolerance = 0.05
"""


class MadeUp:
    """A society whose welfare is best at a fine of 2."""

    made = 0  # societies, forks not counted

    def __init__(self, parameters, *, rng=0, policy=(), graph=None):
        """Take what a Society takes."""
        MadeUp.made += 1
        self.parameters, self.seed, self.tick = parameters, rng, 0

    def run(self, ticks):
        """Let that many ticks go by."""
        self.tick += ticks

    def fork(self, parameters, policy):
        """Return a copy that goes on with other schemes."""
        twin = copy.copy(self)
        twin.parameters = parameters
        return twin

    def series(self):
        """Return the made-up outcomes, exact but for a thousandth of the seed's luck."""
        court, luck = self.parameters.court, 0.001 * np.random.default_rng(self.seed).normal()
        welfare = -((court.fine - 2.0) ** 2) + len(self.parameters.schemes) + luck
        return {"welfare": np.full(self.tick, welfare), "grievance": np.full(self.tick, court.enforcement + luck)}

    def digest(self):
        """Return that there is nothing to hash."""
        return ""
