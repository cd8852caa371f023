"""A week in the making, and the citizen that is asked in the course of it."""

from agents.tie_kinds import TIE_KINDS
from dashboard.citizen.listening import Listening, listening
from model.population import World
from model.society import Society


class Week:
    """A copy of a society that takes the coming week step by step, and one of its citizens."""

    def __init__(self, society: Society, i: int):
        """Copy the society, which stands at the beginning of the week; i: the citizen's row number."""
        self.society, self.i = society.fork(), i
        self.asked: Listening = listening(self.society, i)
        self.now = self.society.tick
        self._steps = self.society.run_steps()

    @property
    def world(self) -> World:
        """The world as it stands (another one once cases have needed more room)."""
        return self.society.world

    def after(self, step: str) -> None:
        """Let the week go on until that step (see model.schedule.STEPS) is done."""
        while next(self._steps) != step:
            pass

    def ask(self) -> Listening:
        """Return the citizen, ready for the next question."""
        self.asked.attend()
        return self.asked

    def tie_to(self, other: int) -> str:
        """Return the kind of tie to another, or "stranger"."""
        slot = self.society.slot_of(self.i, other)
        return TIE_KINDS[self.world.slots.kind[slot]] if slot >= 0 else "stranger"
