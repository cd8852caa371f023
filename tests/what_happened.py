"""What citizens did in a week, read from the arrays of compiled code after each phase: the other side of every explanation."""

from collections import Counter

import numpy as np

from agents.befriending import CUT_CAUSES
from agents.events import GIVING, OFFENDING, ON_FILE, Event
from model.network.ties import cut_this_week
from model.phases.unfriending import LOT
from model.population import Count
from model.society import Society

CAUSES = (*CUT_CAUSES, "lot")
_CHOSEN = (*OFFENDING, *GIVING, Event.CRITICISM, Event.PETITION)


class Happened:
    """One week of a copy of the society, phase by phase in compiled code; nobody is asked anything."""

    def __init__(self, society: Society):
        """Let the copy live through the week, and note what can be seen of it."""
        self.society = society.fork()
        before = self.society.world
        self.ordered, self.owed = before.citizens.ordered.copy(), before.citizens.owed.copy()
        self.enrolled = before.standing.enrolled.copy()
        for phase in self.society.run_phases():
            look = getattr(self, f"_after_{phase}", None)
            if look:
                look(self.society.world)
        self.week, self.act = self.society.world.week, self.society.world.act
        self.customers, self.protesting = self.society.world.customers, self.society.world.citizens.protesting

    def _after_encounter(self, world):
        self.slot = world.week.slot.copy()
        self.volunteers = np.flatnonzero((world.status.running == 1) & (world.schemes["enrolment"] == 1)).tolist()

    def _after_detection(self, world):
        cases, witnesses = world.cases[: int(world.counts[Count.CASES])], world.witnesses[: int(world.counts[Count.WITNESSES])]
        self.filed, self.seen, self.accused = Counter(), Counter(), Counter()
        for case in cases:
            for witness in witnesses[case.first : case.end]:
                who, event = int(witness.who), Event(case.event).name.lower()
                if case.false:
                    self.accused[who, int(case.accused)] += int(witness.filed)
                else:
                    self.seen[who, int(case.accused), event] += 1
                    self.filed[who, int(case.accused), event] += int(witness.filed)

    def _after_unfriending(self, world):
        low, high, cause = cut_this_week(world)
        assert CAUSES.index("lot") == LOT
        self.cut = {(int(i), int(j)): CAUSES[c] for i, j, c in zip(low, high, cause, strict=True)}

    def _after_befriending(self, world):
        self.enrolled = world.standing.enrolled.copy()  # mandatory schemes enrol before, voluntary ones after

    def cause_of(self, i: int, j: int) -> str | None:
        """Return why the tie of i and j was cut, None if it was not."""
        return self.cut.get((min(i, j), max(i, j)))

    def acts_of(self, i: int) -> dict[str, bool]:
        """Return {act that is a choice: whether i did it}; a debt that was paid counts as not left unpaid."""
        return {event.name.lower(): bool(self.act[i, event]) for event in _CHOSEN}

    def paid_a_debt(self, i: int) -> bool:
        """Return whether a debt of i fell due and was paid."""
        return bool(self.act[i, Event.REPAYMENT])

    def joined(self, i: int) -> set[str]:
        """Return the names of the voluntary schemes that i joined."""
        after, schemes = self.society.world.standing.enrolled, self.society.parameters.schemes
        return {schemes[s].name for s in self.volunteers if after[s, i] and not self.enrolled[s, i]}


assert Event.LOAN_DEFAULT in ON_FILE
