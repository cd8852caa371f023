"""What a citizen knows and learns: its own state, and what it can see of others. Read from, and written to, the society's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents import joining, trusting
from agents.befriending import score_cost_of_contact
from agents.chance import luck
from agents.choosing import beta_mean, deterrence, reward_per_point, value_of_points
from agents.conduct import fear_of_speaking
from agents.events import UNWELCOME, WRONGS, Event
from agents.informing import loyalty_to
from agents.tie_kinds import KIN, TIE_KINDS, WORK
from agents.units import MICRO, MILLI, to_micro, to_milli

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
        return self.model.world.rules[0]

    def luck(self, purpose: int, now: int, other: int = 0, index: int = 0) -> float:
        """Return this citizen's draw (uniform in [0, 1)) for a purpose at tick `now`."""
        return luck(self.model.world.seed, now, int(purpose), self.index, other, index)

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
        standing, schemes = self.model.world.standing, self.model.world.schemes
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

    # --- ties ---------------------------------------------------------------------------------------------------------------

    def friends(self) -> list[int]:
        """Return the citizens this one is tied to."""
        return self.model.neighbours(self.index)

    def is_tied_to(self, other: int) -> bool:
        """Return whether there is a tie to another citizen."""
        return other in self.friends()

    def _kind(self, slot: int) -> int:
        return int(self.model.world.slots.kind[slot])

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
        return trusting.belief_given_grade(unaided, honoured + betrayed + strength, *seen, learning["signal_strength"])

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
        return loyalty_to(self.belief_in_tie(slot), views["loyalty"], views["kin_loyalty"] if self._kind(slot) == KIN else 0.0)

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
        return trusting.belief_given_grade(self.trust_in_firms, learning["tie_prior_strength"], *evidence, learning["signal_strength"])

    # --- schemes ------------------------------------------------------------------------------------------------------------

    def my_schemes(self) -> list[int]:
        """Return the numbers of the running schemes in which this citizen is enrolled."""
        world = self.model.world
        return [s for s in range(world.status.size) if world.status.running[s] and world.standing.enrolled[s, self.index]]

    def is_removed(self, now: int) -> bool:
        """Return whether this citizen has been taken out of circulation."""
        return self.model.is_removed(self.index, now)

    def freedom_to_meet(self) -> float:
        """Return the probability that residence registration lets this citizen meet one of another region."""
        freedom = 1.0
        for s in self.my_schemes():
            freedom *= 1.0 - self.model.world.schemes[s]["residence"]
        return freedom

    def is_travel_banned(self, now: int) -> bool:
        """Return whether a running scheme keeps this citizen among its ties."""
        world, i = self.model.world, self.index
        return any(world.status.running[s] and now < world.standing.banned_until[s, i] for s in range(world.status.size))

    def value_of(self, s: int, points: float) -> float:
        """Return what points (not thousandths) of scheme s are worth to this citizen."""
        scheme, behind = self.model.world.schemes[s], float(self.model.world.standing.behind[s, self.index])
        return value_of_points(points, scheme["utility_per_point"], self.score_concern * (1.0 + scheme["comparison"] * behind))

    def points_at_stake(self, s: int, event: int) -> float:
        """Return how many points this citizen would lose in scheme s if found out."""
        world = self.model.world
        lost = -float(world.points[s, event]) if world.points[s, event] < 0 else 0.0
        if world.schemes[s]["abuse"] > 0 and event in UNWELCOME:
            lost = max(lost, -float(world.points[s, Event.MARKED]))
        grades = int(world.schemes[s]["grades"])
        if event == Event.CRIME and world.schemes[s]["crime_to_lowest"] and grades > 1:
            own = to_milli(world.schemes[s]["start"]) if world.schemes[s]["secret"] else int(world.standing.points[s, self.index])
            lost += max(0.0, float(own) - float(world.grades[s, grades - 2]["floor"]))
        return lost / MILLI

    def fear_of_scheme(self, s: int, event: int) -> float:
        """Return the expected cost of being found out by scheme s."""
        standing, risk, scheme = self.model.world.standing, self.rules["risk"], self.model.world.schemes[s]
        value = self.value_of(s, self.points_at_stake(s, event)) + (scheme["fine"] if self.model.counts(s, event) else 0.0)
        if self.model.is_exempt(s, self.index):
            value = value * (1.0 - scheme["exemption"])
        caught, missed = float(standing.caught[s, self.index]), float(standing.missed[s, self.index])
        fear = deterrence(beta_mean(caught, missed, risk["prior_caught"], risk["prior_missed"]), value)
        if event == Event.DISHONOUR and scheme["rating_rate"] > 0:
            fear += deterrence(scheme["rating_rate"], self.value_of(s, self.points_between_ratings(s)))
        return fear

    def points_between_ratings(self, s: int) -> float:
        """Return how many points of scheme s lie between a counterpart's good and its bad rating."""
        points = self.model.world.points[s]
        return float(points[Event.RATED_UP] - points[Event.RATED_DOWN]) / MILLI

    def fear_of_penalty(self, event: int) -> float:
        """Return the expected cost of an event at the hands of the court and of all schemes."""
        fear = 0.0
        if event in WRONGS:
            court, risk = self.rules["court"], self.rules["risk"]
            fine = court["fine"] * (1.0 - court["exemption"]) if self.official else court["fine"]
            fine = fine * court["collection"]
            perceived = beta_mean(self._own("caught"), self._own("missed"), risk["prior_caught"], risk["prior_missed"])
            fear = deterrence(perceived, fine)
        for s in self.my_schemes():
            fear += self.fear_of_scheme(s, event)
        return fear

    def fear_to_speak(self) -> float:
        """Return the fear of voicing criticism."""
        return fear_of_speaking(self.fear_of_penalty(Event.CRITICISM), self.suspicion, self.rules["informing"]["suspicion_fear"])

    def approval(self) -> float:
        """Return how far (utility) this citizen approves of the institutions: above 0 it approves."""
        world, perks = self.model.world, 0
        for s in self.my_schemes():
            if world.schemes[s]["grades"] > 0:
                perks += int(world.grades[s, world.standing.grade[s, self.index]]["perk"])
        return joining.approval(self.institutional_trust, perks / MICRO, self.grievance, self.rules["opinion"]["approval_bar"])

    def merit_value(self, event: int) -> float:
        """Return what the points for a prosocial act are worth."""
        world, value = self.model.world, 0.0
        for s in self.my_schemes():
            points, scheme = float(world.points[s, event]) / MILLI, world.schemes[s]
            if points > 0:
                value += self.value_of(s, points)
                value += points * reward_per_point(scheme["level_points"], scheme["level_reward"])
            if event == Event.SETTLEMENT and scheme["clears"]:
                value += self.value_of(s, float(max(to_milli(scheme["start"]) - int(world.standing.points[s, self.index]), 0)) / MILLI)
        return value

    def reward_value(self, accused: int, event: int, is_false: bool, with_lots: bool) -> float:
        """Return the expected worth of the rewards for a report, by schemes it concerns; `with_lots`: also those paid at random."""
        value = 0.0
        for s in self.my_schemes():
            scheme = self.model.world.schemes[s]
            if scheme["reporting_reward"] <= 0 or (scheme["rewards_at_random"] and not with_lots):
                continue
            if not self.model.world.standing.enrolled[s, accused] or not self.model.counts(s, event):
                continue
            chance = 1.0 - (scheme["verification"] if is_false else scheme["rejection"])
            value += (1.0 if scheme["reward_on"] == 1 else chance) * self.value_of(s, scheme["reporting_reward"])
        return value

    def score_cost(self, other: int, present: bool) -> float:
        """Return what a tie to another costs in score: exactly, as utility, over all schemes in which both are enrolled."""
        world, cost = self.model.world, 0.0
        for s in self.my_schemes():
            weight, points = world.schemes[s]["contact_weight"], world.standing.points[s]
            if weight <= 0 or not world.standing.enrolled[s, other]:
                continue
            contacts = [int(points[j]) for j in self.friends() if world.standing.enrolled[s, j]]
            lost = score_cost_of_contact(
                weight, float(points[self.index]), float(sum(contacts)), float(len(contacts)), float(points[other]), present
            )
            cost += self.value_of(s, lost / MILLI)
        return cost * self.rules["unfriending"]["salience"]

    def share_of_friends_enrolled(self, s: int) -> float:
        """Return the share of ties enrolled in scheme s (0 without ties)."""
        friends, enrolled = self.friends(), self.model.world.standing.enrolled[s]
        return sum(int(enrolled[j]) for j in friends) / len(friends) if friends else 0.0

    # --- wealth -------------------------------------------------------------------------------------------------------------

    def pay_fines(self, times: int) -> None:
        """Pay that many of the court's fines."""
        self.model.world.week.income[self.index] -= times * to_micro(float(self.rules["court"]["fine"]))

    # --- petitions ----------------------------------------------------------------------------------------------------------

    def is_heard(self, heard: bool) -> None:
        """Take it as fair if one's petition was heard, which relieves grievance, and as unfair otherwise."""
        citizens, i = self.model.world.citizens, self.index
        evidence = citizens.fair if heard else citizens.unfair
        evidence[i] = float(evidence[i]) + 1.0
        if heard:
            citizens.grievance[i] = float(citizens.grievance[i]) * (1.0 - self.rules["conduct"]["petition_relief"])

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
