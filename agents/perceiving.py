"""What a citizen knows and learns: its own state, and what it can see of others. Read from, and written to, the society's arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from agents import trusting
from agents.befriending import standing_in_scale
from agents.chance import Purpose, luck
from agents.choosing import beta_mean
from agents.informing import loyalty_to
from agents.searching import STRANGER_ATTEMPTS
from agents.tie_kinds import KIN, TIE_KINDS, WORK
from agents.units import MICRO, MILLI

if TYPE_CHECKING:
    from model.society import Society


class Perceiving:
    """The part of a citizen that decides nothing. All beliefs are probabilities (0-1), all values utilities."""

    model: Society
    index: int
    unique_id: int

    def __init__(self, model: Society, *arguments: Any, **keywords: Any):
        """Register with Mesa; a citizen takes the row of its number."""
        super().__init__(model, *arguments, **keywords)  # type: ignore[call-arg]
        self.index = self.unique_id - 1

    @property
    def rules(self) -> Any:
        """The society's parameters, by group and name."""
        return self.model.world.plain.rules

    def luck(self, purpose: int, now: int, other: int = 0, index: int = 0) -> float:
        """Return this citizen's draw (uniform in [0, 1)) for a purpose at tick `now`."""
        return luck(self.model.world.seed, now, int(purpose), self.index, other, index)

    def weighs(self, rule: Callable, *numbers: Any) -> Any:
        """Return what a rule makes of these numbers. Every decision comes through here: who listens can tell why it was made."""
        return rule(*numbers)

    # --- state --------------------------------------------------------------------------------------------------------------

    def _own(self, name: str) -> Any:
        return getattr(self.model.world.citizens, name)[self.index].item()

    @property
    def integrity(self) -> float:
        """Moral cost of cheating (0-1)."""
        return self._own("integrity")

    @property
    def score_concern(self) -> float:
        """How much points matter (0-1)."""
        return self._own("score_concern")

    @property
    def grievance(self) -> float:
        """Grievance (0-1)."""
        return self._own("grievance")

    @property
    def suspicion(self) -> float:
        """Suspicion (0-1) of being reported by those around."""
        return self._own("suspicion")

    @property
    def official(self) -> bool:
        """Whether the citizen holds office."""
        return bool(self._own("official"))

    @property
    def online(self) -> bool:
        """Whether the citizen is online."""
        return bool(self._own("online"))

    @property
    def wealth(self) -> float:
        """Wealth in units of utility."""
        return self._own("wealth") / MICRO

    @property
    def degree(self) -> int:
        """Number of ties."""
        return self.model.world.rows.degree[self.index].item()

    @property
    def score(self) -> float:
        """Score in the first scheme; NaN if there is none, it is kept secret, or the citizen is not enrolled."""
        standing, schemes = self.model.world.standing, self.model.world.plain.schemes
        if schemes.size == 0 or not standing.enrolled[0, self.index] or schemes[0]["secret"]:
            return float("nan")
        return standing.score[0, self.index].item() / MILLI

    @property
    def generalized_trust(self) -> float:
        """Belief that a random stranger honours trust."""
        learning = self.rules["learning"]
        return beta_mean(self._own("trust_honoured"), self._own("trust_betrayed"), learning["prior_honoured"], learning["prior_betrayed"])

    @property
    def institutional_trust(self) -> float:
        """Belief that institutions treat people fairly."""
        opinion = self.rules["opinion"]
        return beta_mean(self._own("fair"), self._own("unfair"), opinion["prior_fair"], opinion["prior_unfair"])

    @property
    def sharpness(self) -> float:
        """How sharply choices follow what is at stake."""
        return self.rules["exchange"]["sharpness"]

    # --- ties ---------------------------------------------------------------------------------------------------------------

    def friends(self) -> list[int]:
        """Return the citizens this one is tied to."""
        return self.model.neighbours(self.index)

    def is_tied_to(self, other: int) -> bool:
        """Return whether there is a tie to another citizen."""
        return other in self.friends()

    def _kind(self, slot: int) -> int:
        return int(self.model.world.slots.kind[slot])

    def is_relative(self, other: int) -> bool:
        """Return whether another citizen is kin."""
        slot = self.model.slot_of(self.index, other)
        return slot >= 0 and self._kind(slot) == KIN

    def standing_seen(self, other: int, now: int) -> float:
        """Return how far another's scores that the dating site shows lie above their start, as a share of the scale (mean; none: 0)."""
        total, shown, world = 0.0, 0, self.model.world
        for s in np.flatnonzero(world.status.running & world.standing.enrolled[:, other]).tolist():
            scheme = world.plain.schemes[s]
            if scheme["dating"] > 0 and self.luck(Purpose.PROFILE_SCORE, now, other, s) < scheme["dating"]:
                score = float(world.standing.score[s, other]) / MILLI
                # not the builtin sum, which makes up for rounding and would differ from the compiled loop
                total += standing_in_scale(score, scheme["start"], scheme["floor"], scheme["ceiling"])
                shown += 1
        return total / max(shown, 1)

    def stake_with(self, other: int) -> float:
        """Return what this citizen has at stake in the tie to another; nothing with a stranger."""
        slot = self.model.slot_of(self.index, other)
        return 0.0 if slot < 0 else float(self.rules["exchange"][f"stake_{TIE_KINDS[self._kind(slot)]}"])

    def attachment_to(self, slot: int) -> float:
        """Return what the tie of that slot is worth beyond exchange."""
        names = {KIN: "kin_attachment", WORK: "work_attachment"}
        return float(self.rules["unfriending"][names.get(self._kind(slot), "attachment")])

    def _prior(self, slot: int) -> float:
        kin = slot >= 0 and self._kind(slot) == KIN
        return trusting.prior_of_tie(self.generalized_trust, float(self.rules["learning"]["kin_bonus"]) if kin else 0.0)

    def belief_in_tie(self, slot: int) -> float:
        """Return the belief in the neighbour of that slot, unaided by scores."""
        ends, strength = self.model.world.slots, self.rules["learning"]["tie_prior_strength"]
        honoured, betrayed = float(ends.honoured[slot]), float(ends.betrayed[slot])
        return trusting.belief_in_partner(honoured, betrayed, self._prior(slot), strength)

    def belief_in(self, partner: int) -> float:
        """Return the belief in this week's partner: evidence, prior, and what its grades have meant so far (strangers and ties apart)."""
        ends, learning = self.model.world.slots, self.rules["learning"]
        slot, strength = self.model.slot_of(self.index, partner), learning["tie_prior_strength"]
        honoured, betrayed = (float(ends.honoured[slot]), float(ends.betrayed[slot])) if slot >= 0 else (0.0, 0.0)
        unaided = trusting.belief_in_partner(honoured, betrayed, self._prior(slot), strength)
        seen = self.experience_with_grades(int(slot >= 0))
        evidence = honoured + betrayed + strength
        return self.weighs(trusting.belief_given_grade, unaided, evidence, *seen, learning["signal_strength"])

    def experience_with_grades(self, is_tie: int) -> tuple[float, ...]:
        """Return past exchanges (honoured, betrayed) with partners of the grades seen in this week's, and (both) of any grade.

        Strangers (`is_tie` 0) and ties (1) are counted apart; each exchange counts once, however many schemes show a grade.
        """
        visible, band = self.visible_grades(), self.model.world.band
        seen = [0.0, 0.0, 0.0, 0.0]
        for s, grade in visible:
            past = (*band[s, self.index, grade, is_tie].tolist(), *band[s, self.index, -1, is_tie].tolist())
            seen = [so_far + more for so_far, more in zip(seen, past, strict=True)]
        share = 1.0 / max(len(visible), 1)
        return tuple(count * share for count in seen)

    def visible_grades(self) -> list[tuple[int, int]]:
        """Return (scheme, grade) of every grade of this week's partner that is disclosed."""
        grades = self.model.world.standing.seen_grade[:, self.index].tolist()
        return [(s, grade) for s, grade in enumerate(grades) if grade >= 0]

    def loyalty_to(self, accused: int) -> float:
        """Return the loyalty to an accused; none to a stranger."""
        slot = self.model.slot_of(self.index, accused)
        if slot < 0:
            return 0.0
        views = self.rules["informing"]
        kin = views["kin_loyalty"] if self._kind(slot) == KIN else 0.0
        return self.weighs(loyalty_to, self.belief_in_tie(slot), views["loyalty"], kin)

    # --- what comes up by chance --------------------------------------------------------------------------------------------

    def _comes_up(self, purpose: int, rate: float, now: int) -> bool:
        return not self.is_removed(now) and bool(self.luck(purpose, now) < rate)

    def occasions(self, now: int) -> list[int]:
        """Return the acts in public and events of life that come up this week, in their order."""
        world, rate = self.model.world, self.model.world.occasion["rate"]
        due = [] if self.is_removed(now) else [event for event in world.open_events.tolist() if world.matters[event]]
        return [event for event in due if self.luck(Purpose.CONDUCT_CHANCE, now, event) < rate[event]]

    def falls(self, now: int) -> bool:
        """Return whether this citizen falls in public this week."""
        return self._comes_up(Purpose.FALL, self.rules["conduct"]["fallen_rate"], now)

    def gets_to_blame(self, now: int) -> bool:
        """Return whether this citizen, having fallen and been helped, considers blaming the helper."""
        return self._comes_up(Purpose.BLAME_CHANCE, self.rules["conduct"]["fallen_accusation_rate"], now)

    def gets_to_complain(self, betrayer: int, now: int) -> bool:
        """Return whether this citizen, betrayed, considers reporting it."""
        return bool(self.luck(Purpose.COMPLAINT, now, betrayer) < self.rules["informing"]["complaint_rate"])

    def gets_to_accuse(self, now: int) -> int:
        """Return the tie that this citizen considers accusing of a betrayal that never was, or -1."""
        if not self._comes_up(Purpose.ACCUSE_CHANCE, self.rules["informing"]["false_report_rate"], now):
            return -1
        accused, _ = self.model.luckiest_tie(Purpose.ACCUSE_WHOM, self.index, now)
        week, i = self.model.world.week, self.index
        betrayed = week.partner[i] == accused and week.placed[i] and not week.honoured[i]
        return -1 if accused < 0 or betrayed or self.model.is_removed(accused, now) else accused

    def gets_to_review(self, friend: int, exposed: int, now: int) -> bool:
        """Return whether the tie to a friend is under review; `exposed`: not 0 if either end was exposed as an informer on the other."""
        rate = self.rules["unfriending"]["review_rate"]
        return bool(exposed or self.model.tie_luck(Purpose.REVIEW, now, self.index, friend) < rate)

    def gets_to_offer(self, now: int) -> bool:
        """Return whether this citizen, if short of ties, looks for one."""
        return self._comes_up(Purpose.OFFER_CHANCE, self.rules["befriending"]["offer_rate"], now)

    def gets_to_date(self, now: int) -> bool:
        """Return whether this citizen is single and looks at a dating site."""
        return self.model.is_on_the_market(self.index, now) and self._comes_up(Purpose.DATING_CHANCE, self.rules["dating"]["rate"], now)

    def offer_considered(self, suitors: Iterable[int], now: int) -> int:
        """Return whose offer of a tie this citizen considers: one of them, by lot."""
        return min(suitors, key=lambda i: self.luck(Purpose.OFFER_ORDER, now, i))

    def letter_considered(self, suitors: Iterable[int], now: int) -> int:
        """Return whose letter from the dating site this citizen considers: that of the best score it sees, else one by lot."""
        return min(suitors, key=lambda i: (-self.standing_seen(i, now), self.luck(Purpose.SUITOR_ORDER, now, i)))

    # --- firms --------------------------------------------------------------------------------------------------------------

    @property
    def trust_in_firms(self) -> float:
        """Belief that a random firm sells good goods; NaN where there are no firms."""
        customers, market = self.model.world.customers, self.rules["firm"]
        if customers.size == 0:
            return float("nan")
        good, bad = float(customers.good[self.index]), float(customers.bad[self.index])
        return beta_mean(good, bad, market["prior_good"], market["prior_bad"])

    def visible_standings(self) -> list[tuple[int, int]]:
        """Return (scheme, standing) of every standing that is shown of the firm considered this week."""
        standings = self.model.world.sighted[:, self.index].tolist()
        return [(s, standing) for s, standing in enumerate(standings) if standing >= 0]

    def belief_in_firm(self) -> float:
        """Return the belief in the firm considered this week: firms at large, and what the standing that is seen has meant so far."""
        visible, signs, learning = self.visible_standings(), self.model.world.signs, self.rules["learning"]
        seen = [0.0, 0.0, 0.0, 0.0]
        for s, standing in visible:
            past = (*signs[s, self.index, standing].tolist(), *signs[s, self.index, -1].tolist())
            seen = [so_far + more for so_far, more in zip(seen, past, strict=True)]
        share = 1.0 / max(len(visible), 1)
        evidence = [count * share for count in seen]
        unaided, strength = self.trust_in_firms, learning["tie_prior_strength"]
        return self.weighs(trusting.belief_given_grade, unaided, strength, *evidence, learning["signal_strength"])

    # --- schemes ------------------------------------------------------------------------------------------------------------

    def my_schemes(self) -> list[int]:
        """Return the numbers of the running schemes in which this citizen is enrolled."""
        world = self.model.world
        running, enrolled = world.status.running, world.standing.enrolled[:, self.index]
        return [s for s in range(running.size) if running[s] and enrolled[s]]

    def is_removed(self, now: int) -> bool:
        """Return whether this citizen has been taken out of circulation."""
        return self.model.is_removed(self.index, now)

    def freedom_to_meet(self) -> float:
        """Return the probability that residence registration lets this citizen meet one of another region."""
        freedom = 1.0
        for s in self.my_schemes():
            freedom *= 1.0 - self.model.world.plain.schemes[s]["residence"]
        return freedom

    def is_travel_banned(self, now: int) -> bool:
        """Return whether a running scheme keeps this citizen among its ties."""
        world, i = self.model.world, self.index
        return any(world.status.running[s] and now < world.standing.banned_until[s, i] for s in range(world.status.size))

    def share_of_friends_enrolled(self, s: int) -> float:
        """Return the share of ties enrolled in scheme s (0 without ties)."""
        friends, enrolled = self.friends(), self.model.world.standing.enrolled[s]
        return sum(int(enrolled[j]) for j in friends) / len(friends) if friends else 0.0

    def who_comes_by(self, now: int) -> int:
        """Return who comes by when this citizen has fallen in public: a random citizen in circulation, a tie or not, or -1."""
        region, mixing = self.model.world.citizens.region, self.rules["region"]["mixing"] * self.freedom_to_meet()
        for attempt in range(STRANGER_ATTEMPTS):
            j = int(self.luck(Purpose.BYSTANDER, now, 0, attempt) * region.size)
            if j == self.index or (region[j] != region[self.index] and self.luck(Purpose.COMING_BY, now, j, attempt) >= mixing):
                continue
            if not self.model.is_removed(j, now):
                return j
        return -1
