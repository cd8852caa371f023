"""Societies that cost nothing and meet with a mishap in the worker that makes them; importable by workers of any kind."""

import os
import signal
import time

from tests.stand_in import StandIn


class Slow(StandIn):
    """Takes a while for each tick."""

    def step(self):
        """Take a while."""
        time.sleep(0.004)
        super().step()


class Poison(StandIn):
    """Kills the process it is in with seed 4, in the exempt arm."""

    def step(self):
        """Die at tick 20, as by a crash of compiled code."""
        if self.seed == 4 and self.tick == 20 and self.parameters.schemes and self.parameters.schemes[0].exemption:
            os.kill(os.getpid(), signal.SIGKILL)
        super().step()


class Endless(StandIn):
    """Never comes to the end of its tick 20 with seed 4, in the exempt arm."""

    def step(self):
        """Hang."""
        while self.seed == 4 and self.tick == 20 and self.parameters.schemes and self.parameters.schemes[0].exemption:
            time.sleep(0.05)
        super().step()
