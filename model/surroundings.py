"""What citizens of the agents engine ask of the society around them. Everything here reads; nothing changes state."""

import numpy as np

from agents.chance import Purpose, luck, ticket, tie_luck
from model.institutions.accounts import is_barred
from model.institutions.introduction import within_reach
from model.institutions.ledger import level_of
from model.network.ties import living_slots, neighbours, slot_of, were_cut_now
from model.perception import counts_for, is_exempt, is_removed
from model.phases.dating import is_on_the_market
from model.phases.opinion import benefit_of
from model.population import World


class Surroundings:
    """Questions about others, ties and schemes, answered one at a time."""

    world: World

    def luck(self, purpose: int, now: int, actor: int, other: int = 0, index: int = 0) -> float:
        """Return the draw (uniform in [0, 1)) of an actor for a purpose at tick `now`."""
        return luck(self.world.seed, now, int(purpose), actor, other, index)

    def tie_luck(self, purpose: int, now: int, i: int, j: int) -> float:
        """Return the draw (uniform in [0, 1)) that belongs to the tie of i and j for a purpose at tick `now`."""
        return tie_luck(self.world.seed, now, int(purpose), i, j)

    def neighbours(self, i: int) -> list[int]:
        """Return the citizens tied to i."""
        return neighbours(self.world, i).tolist()

    def slot_of(self, i: int, j: int) -> int:
        """Return the slot in which i keeps its tie to j, or -1."""
        return slot_of(self.world, i, j)

    def living_slots(self) -> np.ndarray:
        """Return every slot in use, row by row (int64)."""
        return living_slots(self.world)[0]

    def owners_of_slots(self) -> np.ndarray:
        """Return the owner of each slot in use (int64)."""
        return living_slots(self.world)[1]

    def luckiest_tie(self, purpose: int, i: int, now: int) -> tuple[int, int]:
        """Return (neighbour, slot) of the tie of i with the smallest draw, or (-1, -1)."""
        seed, start = self.world.seed, int(self.world.rows.start[i])
        row = [(ticket(seed, now, int(purpose), i, j, 0), j, start + k) for k, j in enumerate(self.neighbours(i))]
        return min(row)[1:] if row else (-1, -1)

    def friend_of_friend(self, i: int, now: int) -> int:
        """Return a random friend of a random friend of i, or -1."""
        friend, _ = self.luckiest_tie(Purpose.VIA, i, now)
        row = [j for j in self.neighbours(friend) if j != i] if friend >= 0 else []
        return min(row, key=lambda j: ticket(self.world.seed, now, int(Purpose.CANDIDATE), i, j, 0), default=-1)

    def was_cut_now(self, i: int, j: int) -> bool:
        """Return whether the tie of i and j was cut this very tick."""
        return were_cut_now(self.world, i, j)

    def has_lots(self) -> bool:
        """Return whether a running scheme pays its rewards at random (null model)."""
        return bool((self.world.schemes["rewards_at_random"].astype(bool) & (self.world.status.running == 1)).any())

    def is_removed(self, i: int, now: int) -> bool:
        """Return whether i has been taken out of circulation."""
        return bool(is_removed(self.world, i, now))

    def is_at_its_highest(self, s: int, i: int) -> bool:
        """Return whether i stands on the highest level of the game that it has reached."""
        standing = self.world.standing
        return bool(level_of(self.world, s, int(standing.points[s, i])) >= standing.level[s, i])

    def is_on_the_market(self, i: int, now: int) -> bool:
        """Return whether i is single, online and in circulation."""
        return bool(is_on_the_market(self.world, i, now))

    def is_exempt(self, s: int, i: int) -> bool:
        """Return whether scheme s may drop the cases of i."""
        return is_exempt(self.world, s, i)

    def counts(self, s: int, event: int) -> bool:
        """Return whether scheme s takes points, or the grade, for an event."""
        return bool(counts_for(self.world, s, event))

    def is_barred(self, firm: int) -> bool:
        """Return whether a scheme keeps a firm from the market."""
        return bool(is_barred(self.world, firm))

    def may_enrol(self, s: int, i: int) -> bool:
        """Return whether i is not enrolled in scheme s, but within its reach."""
        return not self.world.standing.enrolled[s, i] and within_reach(self.world, s, i)

    def benefit_of(self, s: int) -> float:
        """Return the weekly perk (utility) of a new member of scheme s."""
        return benefit_of(self.world, s)
