"""What a citizen has to gain and to lose: points at stake, fears, merits, rewards, the score cost of a tie."""

from __future__ import annotations

from agents import joining, rescuing
from agents.befriending import score_cost_of_contact
from agents.chance import Purpose
from agents.choosing import beta_mean, deterrence, reward_per_point, value_of_points
from agents.conduct import fear_of_speaking
from agents.events import UNWELCOME, WRONGS, Event
from agents.perceiving import Perceiving
from agents.units import MICRO, MILLI, to_milli


class Weighing(Perceiving):
    """The part of a citizen that values. All values are utilities."""

    # --- points -------------------------------------------------------------------------------------------------------------

    def value_of(self, s: int, points: float) -> float:
        """Return what points (not thousandths) of scheme s are worth to this citizen."""
        scheme, behind = self.model.world.plain.schemes[s], float(self.model.world.standing.behind[s, self.index])
        return value_of_points(points, scheme["utility_per_point"], self.score_concern * (1.0 + scheme["comparison"] * behind))

    def points_taken(self, s: int, event: int) -> float:
        """Return how many thousandths of points scheme s takes for an event, a mark of officials among it."""
        world = self.model.world
        lost = -float(world.points[s, event]) if world.points[s, event] < 0 else 0.0
        if world.plain.schemes[s]["abuse"] > 0 and event in UNWELCOME:
            lost = max(lost, -float(world.points[s, Event.MARKED]))
        return lost

    def shared_worth(self, s: int, points: float) -> float:
        """Return what points of an event posted by scheme s are worth in the schemes that take their share of them over."""
        value = 0.0
        for t in self.my_schemes():
            scheme = self.model.world.plain.schemes[t]
            if t != s and scheme["data_sharing"] > 0 and (points < 0 or not scheme["shares_losses_only"]):
                value += self.value_of(t, points * scheme["data_sharing"])
        return value

    def points_at_stake(self, s: int, event: int) -> float:
        """Return how many points this citizen would lose in scheme s if found out."""
        world, lost = self.model.world, self.points_taken(s, event)
        scheme = world.plain.schemes[s]
        grades = int(scheme["grades"])
        if event == Event.CRIME and scheme["crime_to_lowest"] and grades > 1:
            own = to_milli(scheme["start"]) if scheme["secret"] else int(world.standing.points[s, self.index])
            lost += max(0.0, float(own) - float(world.grades[s, grades - 2]["floor"]))
        return lost / MILLI

    def fear_of_scheme(self, s: int, event: int) -> float:
        """Return the expected cost of being found out by scheme s."""
        standing, risk, scheme = self.model.world.standing, self.rules["risk"], self.model.world.plain.schemes[s]
        value = self.value_of(s, self.points_at_stake(s, event)) - self.shared_worth(s, -self.points_taken(s, event) / MILLI)
        value += scheme["fine"] if self.model.counts(s, event) else 0.0
        if self.model.is_exempt(s, self.index):
            value = value * (1.0 - scheme["exemption"])
        caught, missed = float(standing.caught[s, self.index]), float(standing.missed[s, self.index])
        fear = deterrence(beta_mean(caught, missed, risk["prior_caught"], risk["prior_missed"]), value)
        if event == Event.DISHONOUR and scheme["rating_rate"] > 0:
            fear += deterrence(scheme["rating_rate"], self.worth_of_rating(s))
        return fear

    def worth_of_rating(self, s: int) -> float:
        """Return what a counterpart's good rating in scheme s is worth more than its bad one."""
        points = self.model.world.points[s]
        up, down = float(points[Event.RATED_UP]) / MILLI, float(points[Event.RATED_DOWN]) / MILLI
        return self.value_of(s, up - down) + (self.shared_worth(s, up) - self.shared_worth(s, down))

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
        penalty, suspicion_fear = self.fear_of_penalty(Event.CRITICISM), self.rules["informing"]["suspicion_fear"]
        return self.weighs(fear_of_speaking, penalty, self.suspicion, suspicion_fear)

    def approval(self) -> float:
        """Return how far (utility) this citizen approves of the institutions: above 0 it approves."""
        world, perks = self.model.world, 0
        for s in self.my_schemes():
            if world.plain.schemes[s]["grades"] > 0:
                perks += int(world.grades[s, world.standing.grade[s, self.index]]["perk"])
        bar = self.rules["opinion"]["approval_bar"]
        return self.weighs(joining.approval, self.institutional_trust, perks / MICRO, self.grievance, bar)

    def merit_value(self, event: int) -> float:
        """Return what the points for a prosocial act are worth."""
        world, value = self.model.world, 0.0
        for s in self.my_schemes():
            points, scheme = float(world.points[s, event]) / MILLI, world.plain.schemes[s]
            if points > 0:
                value += self.value_of(s, points)
                value += self.shared_worth(s, points)
                if self.model.is_at_its_highest(s, self.index):
                    value += points * reward_per_point(scheme["level_points"], scheme["level_reward"])
            if event == Event.SETTLEMENT and scheme["clears"]:
                value += self.value_of(s, float(max(to_milli(scheme["start"]) - int(world.standing.points[s, self.index]), 0)) / MILLI)
        return value

    def judgment_due(self, now: int) -> tuple[int, float, bool]:
        """Return (fines, pressure, again): the court's fines to be paid or refused this week (0: none), what presses for it (utility).

        again: on second thoughts, since they were refused before.
        """
        ordered, owed = self._own("ordered"), self._own("owed")
        if ordered:
            return ordered, self.fear_of_penalty(Event.JUDGMENT_UNPAID), False
        if owed and self.luck(Purpose.SETTLE_CHANCE, now) < self.rules["court"]["settling_rate"]:
            return owed, self.merit_value(Event.SETTLEMENT), True
        return 0, 0.0, False

    def reward_value(self, accused: int, event: int, is_false: bool, with_lots: bool) -> float:
        """Return the expected worth of the rewards for a report, by schemes it concerns; `with_lots`: also those paid at random."""
        value = 0.0
        for s in self.my_schemes():
            scheme = self.model.world.plain.schemes[s]
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
            weight, points = world.plain.schemes[s]["contact_weight"], world.standing.points[s]
            if weight <= 0 or not world.standing.enrolled[s, other]:
                continue
            contacts = [int(points[j]) for j in self.friends() if world.standing.enrolled[s, j]]
            lost = score_cost_of_contact(
                weight, float(points[self.index]), float(sum(contacts)), float(len(contacts)), float(points[other]), present
            )
            cost += self.value_of(s, lost / MILLI)
        return cost * self.rules["unfriending"]["salience"]

    def fear_of_blame(self) -> float:
        """Return the fear (utility) of being made to pay for having helped one who fell."""
        rules, names = self.rules["conduct"], ("fallen_prior_blamed", "fallen_prior_thanked", "fallen_damages")
        return self.weighs(rescuing.fear_of_blame, self._own("blamed"), self._own("thanked"), *(rules[name] for name in names))
