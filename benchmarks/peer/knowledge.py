"""What a citizen of the plain-Mesa peer is and knows: traits and state as attributes, beliefs, fears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesa

from agents.events import WRONGS, Event
from agents.tie_kinds import KIN
from benchmarks.peer.institutions import ANY, Standing, beta_mean

if TYPE_CHECKING:
    from benchmarks.peer.citizen import Citizen
    from benchmarks.peer.society import PeerSociety


@dataclass(slots=True)
class Tie:
    """One end of a tie: what its owner knows of the other."""

    kind: int
    initial: bool
    honoured: float = 0.0
    betrayed: float = 0.0
    informed_on: bool = False  # this week the other was exposed as an informer on the owner
    has_informed: bool = False  # this week the owner was exposed as an informer on the other


class Knowing(mesa.Agent):
    """The part of a citizen that decides nothing."""

    model: PeerSociety

    def __init__(self, model, integrity, score_concern, threshold, region, online, official):
        """Be born without ties or evidence."""
        super().__init__(model)
        self.integrity, self.score_concern, self.threshold = integrity, score_concern, threshold
        self.region, self.online, self.official = region, online, official
        self.ties: dict[Citizen, Tie] = {}
        self.sociability = 1
        self.initial_lost = self.initial_kin_lost = 0
        self.trust_honoured = self.trust_betrayed = self.caught = self.missed = self.fair = self.unfair = 0.0
        self.suspicion = self.grievance = self.income = 0.0
        self.wealth = model.rules.population.endowment
        self.protesting = self.reported = False
        self.wronged = self.sanctioned = self.visited = 0
        self.partner: Citizen | None = None
        self.placed = self.honoured = False
        self.belief = 0.0
        self.seen: list[tuple[list[float], list[float]]] = []  # past partners of the grades of this week's, and of any grade
        self.acts: list[Event] = []
        self.cut_now: list[Citizen] = []
        self.suitors: list[Citizen] = []
        self.accepted: Citizen | None = None
        self.standings = [
            Standing(
                scheme,
                (scheme.declared.enrolment == "mandatory" or online) and self.random.random() < scheme.declared.coverage,
                [([0.0, 0.0], [0.0, 0.0]) for _ in (*scheme.declared.grade, ANY)],
            )
            for scheme in model.schemes
        ]

    # --- beliefs and fears --------------------------------------------------------------------------------------------------

    @property
    def generalized_trust(self) -> float:
        """Belief that a random stranger honours trust."""
        learning = self.model.rules.learning
        return beta_mean(self.trust_honoured, self.trust_betrayed, learning.prior_honoured, learning.prior_betrayed)

    @property
    def institutional_trust(self) -> float:
        """Belief that institutions treat people fairly."""
        opinion = self.model.rules.opinion
        return beta_mean(self.fair, self.unfair, opinion.prior_fair, opinion.prior_unfair)

    def kin_prior(self, trust: float) -> float:
        """Return the belief in kin of whom nothing else is known; `trust`: one's own generalized trust."""
        return trust + self.model.rules.learning.kin_bonus * (1.0 - trust)

    def belief_in_tie(self, tie: Tie, trust: float) -> float:
        """Return the belief in a tie, unaided by scores; `trust`: one's own generalized trust."""
        learning = self.model.rules.learning
        strength = learning.tie_prior_strength
        prior = self.kin_prior(trust) if tie.kind == KIN else trust
        return (tie.honoured + strength * prior) / (tie.honoured + tie.betrayed + strength)

    def belief_in_partner(self, tie: Tie | None) -> float:
        """Return the belief in this week's partner: the tie's evidence, the prior, and what its grades have meant so far."""
        learning = self.model.rules.learning
        if tie is not None:
            known, unaided = tie.honoured + tie.betrayed, self.belief_in_tie(tie, self.generalized_trust)
        else:
            known, unaided = 0.0, self.generalized_trust
        seen = sum(sum(grade) for grade, _ in self.seen)
        if seen == 0:
            return unaided
        share = sum(grade[0] for grade, _ in self.seen) / seen
        usual = sum(every[0] for _, every in self.seen) / sum(sum(every) for _, every in self.seen)
        told = min(max(unaided + share - usual, 0.0), 1.0)
        seen /= len(self.seen)  # an exchange is filed with every scheme that showed a grade
        weight = learning.signal_strength * seen / (seen + learning.signal_strength)
        return unaided + (told - unaided) * weight / (known + learning.tie_prior_strength + weight)

    def my_standings(self) -> list[Standing]:
        """Return the standings in the running schemes that have enrolled this citizen."""
        return [standing for scheme in self.model.at_work if (standing := self.standings[scheme.number]).enrolled]

    def worth(self, standing: Standing, points: float) -> float:
        """Return what points of a scheme are worth to this citizen."""
        return points * standing.scheme.declared.utility_per_point * self.score_concern

    def fear_of(self, event: Event) -> float:
        """Return the expected cost of an event at the hands of the court and of all schemes."""
        rules, fear = self.model.rules, 0.0
        risk = rules.risk
        if event in WRONGS:
            fine = rules.court.fine * (1.0 - rules.court.exemption) if self.official else rules.court.fine
            fear = beta_mean(self.caught, self.missed, risk.prior_caught, risk.prior_missed) * fine
        for standing in self.my_standings():
            declared = standing.scheme.declared
            lost = max(0.0, -standing.scheme.points[event])
            if event is Event.CRIME and declared.crime_to_lowest and len(declared.grade) > 1:
                lost += max(0.0, standing.points - declared.grade[-2].floor)
            value = self.worth(standing, lost)
            if self.official:
                value *= 1.0 - declared.exemption
            fear += beta_mean(standing.caught, standing.missed, risk.prior_caught, risk.prior_missed) * value
        return fear

    def fear_to_speak(self) -> float:
        """Return the fear of voicing criticism."""
        return self.fear_of(Event.CRITICISM) + self.suspicion * self.model.rules.informing.suspicion_fear

    def is_banned(self) -> bool:
        """Return whether a running scheme keeps this citizen among its ties."""
        return any(self.model.now < self.standings[scheme.number].banned_until for scheme in self.model.at_work)

    def reward_for(self, accused: Citizen, event: Event, false: bool) -> float:
        """Return the expected worth of the rewards for a report, by the schemes that it concerns."""
        value = 0.0
        for standing in self.my_standings():
            scheme, declared = standing.scheme, standing.scheme.declared
            if declared.reporting_reward > 0 and accused.standings[scheme.number].enrolled and scheme.counts(event):
                doubt = 0.0 if declared.reward_on == "filed" else declared.verification if false else declared.rejection
                value += (1.0 - doubt) * self.worth(standing, declared.reporting_reward)
        return value

    def loyalty_to(self, accused: Citizen) -> float:
        """Return the loyalty to an accused; none to a stranger."""
        tie = self.ties.get(accused)
        if tie is None:
            return 0.0
        views = self.model.rules.informing
        return views.loyalty * self.belief_in_tie(tie, self.generalized_trust) + (views.kin_loyalty if tie.kind == KIN else 0.0)

    def contacts_of(self, number: int) -> tuple[float, int]:
        """Return the sum of points and the number of contacts enrolled in a scheme."""
        points = [standing.points for friend in self.ties if (standing := friend.standings[number]).enrolled]
        return sum(points), len(points)

    def score_cost(self, other: Citizen, present: bool) -> float:
        """Return what a tie to another costs in score, as utility."""
        cost = 0.0
        for standing in self.my_standings():
            number, weight = standing.scheme.number, standing.scheme.declared.contact_weight
            if weight <= 0 or not other.standings[number].enrolled:
                continue
            total, count = self.contacts_of(number)
            contact, own = other.standings[number].points, standing.points
            if present:
                mean_with, mean_without = total / count, (total - contact) / (count - 1) if count > 1 else own
            else:
                mean_with, mean_without = (total + contact) / (count + 1), total / count if count else own
            cost += self.worth(standing, weight * (mean_without - mean_with))
        return cost * self.model.rules.unfriending.salience
