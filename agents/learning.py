"""What a citizen makes of what happened: evidence, payments, relief. Written to the society's arrays."""

from __future__ import annotations

from agents.perceiving import Perceiving
from agents.units import to_micro


class Learning(Perceiving):
    """The part of a citizen that learns. Evidence is computed in double precision and rounded once, when stored."""

    # --- learning -----------------------------------------------------------------------------------------------------------

    def learns_from_exchange(self) -> None:
        """Count the outcome of this week's exchange: for the tie or for strangers, and for the grades that were seen."""
        world, week, i = self.model.world, self.model.world.week, self.index
        outcome, slot = "honoured" if week.honoured[i] else "betrayed", int(week.slot[i])
        weight = 1.0 if slot < 0 else self.rules["learning"]["spillover"]
        if slot >= 0:
            evidence = getattr(world.slots, outcome)
            evidence[slot] = float(evidence[slot]) + 1.0
        trust = getattr(world.citizens, f"trust_{outcome}")
        trust[i] = float(trust[i]) + weight
        for s, grade in self.visible_grades():
            for row in (grade, -1):
                cell = (s, i, row, int(slot >= 0), 0 if week.honoured[i] else 1)
                world.band[cell] = float(world.band[cell]) + 1.0

    def learns_from_purchase(self) -> None:
        """Count the goods bought this week: for firms at large, for the standing that was seen, and a share for strangers."""
        world, i = self.model.world, self.index
        noticed = int(world.customers.noticed[i])
        evidence = world.customers.bad if noticed else world.customers.good
        evidence[i] = float(evidence[i]) + 1.0
        trust = world.citizens.trust_betrayed if noticed else world.citizens.trust_honoured
        trust[i] = float(trust[i]) + self.rules["firm"]["spillover"]
        for s, standing in self.visible_standings():
            for row in (standing, -1):
                world.signs[s, i, row, noticed] = float(world.signs[s, i, row, noticed]) + 1.0

    def hears_of_betrayal_by(self, betrayer: int) -> None:
        """Take a betrayal one was told of as evidence about the betrayer, if tied to it."""
        slot = self.model.slot_of(self.index, betrayer)
        if slot >= 0:
            betrayed = self.model.world.slots.betrayed
            betrayed[slot] = float(betrayed[slot]) + self.rules["learning"]["gossip_weight"]

    # --- the fallen ---------------------------------------------------------------------------------------------------------

    def learns_from_fall(self, bystander: int, helped: bool) -> None:
        """Having fallen, take what the bystander did as evidence: about the tie, or about strangers if there is none."""
        world, weight = self.model.world, self.rules["conduct"]["fallen_weight"]
        outcome, slot = "honoured" if helped else "betrayed", self.model.slot_of(self.index, bystander)
        if slot >= 0:
            evidence = getattr(world.slots, outcome)
            evidence[slot] = float(evidence[slot]) + weight
            weight = weight * self.rules["learning"]["spillover"]
        trust = getattr(world.citizens, f"trust_{outcome}")
        trust[self.index] = float(trust[self.index]) + weight

    # --- petitions ----------------------------------------------------------------------------------------------------------

    def is_heard(self, heard: bool) -> None:
        """Take it as fair if one's petition was heard, which relieves grievance, and as unfair otherwise."""
        citizens, i = self.model.world.citizens, self.index
        evidence = citizens.fair if heard else citizens.unfair
        evidence[i] = float(evidence[i]) + 1.0
        if heard:
            citizens.grievance[i] = float(citizens.grievance[i]) * (1.0 - self.rules["conduct"]["petition_relief"])

    # --- wealth -------------------------------------------------------------------------------------------------------------

    def pay_fines(self, times: int) -> None:
        """Pay that many of the court's fines."""
        self.model.world.week.income[self.index] -= times * to_micro(float(self.rules["court"]["fine"]))
