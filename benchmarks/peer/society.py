"""The society of the plain-Mesa peer: twelve phases a tick, each an AgentSet's `do`."""

from __future__ import annotations

from math import nan
from statistics import fmean

import mesa
import numpy as np

from agents.events import Event
from agents.tie_kinds import ACQUAINTANCE
from benchmarks.peer.citizen import Citizen
from benchmarks.peer.institutions import Case, SchemeAtWork, adjudicate, logistic
from benchmarks.peer.knowledge import Tie
from model.declarations import SocietyParameters
from model.network.graph import Graph
from model.society import build_graph

WEEKS_PER_YEAR = 52
#: The headline outcomes, and two more that show whether the peer does the same: named and defined as the society's.
MEASURES = (
    "generalized_trust", "institutional_trust", "exchange_rate", "trustworthiness", "welfare", "bonding_trust",
    "bonding_trust_panel", "calibration", "self_censorship", "isolates", "reports", "degree", "score",
)  # fmt: skip


class PeerSociety(mesa.Model):
    """The society in plain Mesa.

    parameters: as the society's. rng: the seed. graph: the starting graph, by default the society's own for that seed.
    """

    def __init__(self, parameters: SocietyParameters, *, rng: int = 0, graph: Graph | None = None):
        """Build schemes, citizens and ties. Raises ValueError for null models, which the peer has not."""
        super().__init__(rng=rng)
        lots = [one.rewards_at_random or one.exemption_at_random for one in parameters.schemes]
        if parameters.unfriending.score_blind or any(lots):
            raise ValueError("the peer has no null models")
        self.rules = parameters
        self.now = -1
        self.schemes = [SchemeAtWork(number, scheme) for number, scheme in enumerate(parameters.schemes)]
        self.at_work: list[SchemeAtWork] = []
        acts = [event for event in Event if Event.DISHONOUR < event <= Event.CHAMPIONSHIP]  # those the scheme at hand counts
        self.rates = [(event, getattr(parameters.conduct, f"{event.name.lower()}_rate")) for event in acts]
        region = parameters.region
        self.cameras = {"urban": region.urban_cameras, "rural": region.rural_cameras, "special": region.special_cameras}
        graph = graph or build_graph(parameters, rng)
        self._create_citizens(graph.citizens)
        self.people = list(self.agents)
        self._tie_citizens(graph)
        self.docket: list[Case] = []
        self.doomed: list[tuple[Citizen, Citizen]] = []
        self.turnout, self.reports = 0.0, 0
        self.outcomes: dict[str, float] = {}
        reporters = {name: lambda model, name=name: model.outcomes[name] for name in MEASURES}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def _create_citizens(self, n: int) -> None:
        shares = self.rules.region
        weights = [shares.urban_share, shares.special_share, 1.0 - shares.urban_share - shares.special_share]
        region = self.rng.choice(["urban", "special", "rural"], size=n, p=weights)
        online_share = {"urban": shares.urban_online, "special": shares.special_online, "rural": shares.rural_online}
        officials = int(self.rules.population.official_share * n + 0.5)
        Citizen.create_agents(
            self,
            n,
            integrity=self.rng.beta(3, 3, n).tolist(),
            score_concern=self.rng.beta(2, 2, n).tolist(),
            threshold=self.rng.beta(2, 2, n).tolist(),
            region=region.tolist(),
            online=(self.rng.random(n) < np.array([online_share[one] for one in region])).tolist(),
            official=self.rng.permutation(np.arange(n) < officials).tolist(),
        )

    def _tie_citizens(self, graph: Graph) -> None:
        for low, high, kind in zip(graph.low.tolist(), graph.high.tolist(), graph.kind.tolist(), strict=True):
            one, other = self.people[low], self.people[high]
            one.ties[other], other.ties[one] = Tie(kind, True), Tie(kind, True)
        for citizen in self.people:
            citizen.sociability = max(len(citizen.ties), 1)

    # --- one tick -----------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Simulate one tick."""
        self.now += 1
        self.introduce()
        self.agents.do("meet")
        self.agents.do("exchange")
        self.agents.do("forget")
        self.agents.select(lambda citizen: citizen.placed).do("learn")
        self.agents.select(lambda citizen: citizen.placed and not citizen.honoured).do("tell")
        self.agents.do("act")
        self.docket.clear()
        self.agents.do("bring_cases")
        self.reports = 0
        for case in self.docket:
            adjudicate(self, case)
        self.agents.do("take_in")
        self.agents.do("post")
        self.agents.do("regrade")
        self.agents.do("bear_consequences")
        self.doomed.clear()
        self.agents.do("review_ties")
        self.cut_ties()
        self.agents.do("offer")
        self.make_ties()
        self.form_opinions()
        self.outcomes = self.measure()
        self.datacollector.collect(self)

    def introduce(self) -> None:
        """Note which schemes run; at its first tick a mandatory scheme enrols all within its reach."""
        for scheme in self.schemes:
            declared = scheme.declared
            scheme.running = self.now >= self.rules.time.burn_in and declared.active and not scheme.abandoned
            if scheme.running and not scheme.introduced:
                scheme.introduced = True
                for citizen in self.people if declared.enrolment == "mandatory" else ():
                    if citizen.standings[scheme.number].within_reach:
                        citizen.standings[scheme.number].enrol(self.now)
        self.at_work = [scheme for scheme in self.schemes if scheme.running]

    def cut_ties(self) -> None:
        """Cut the ties that either side would cut."""
        for one, other in self.doomed:
            one.cut(other)
            other.cut(one)

    def make_ties(self) -> None:
        """Let everybody answer one of the offers made to them, then make the ties on which both agree."""
        courted = self.agents.select(lambda citizen: citizen.suitors)
        courted.do("answer")
        for citizen in courted:
            if citizen.accepted is not None and citizen.accepted not in citizen.ties:
                citizen.ties[citizen.accepted] = Tie(ACQUAINTANCE, False)
                citizen.accepted.ties[citizen] = Tie(ACQUAINTANCE, False)

    def form_opinions(self) -> None:
        """Join voluntary schemes, protest, abandon schemes, and take the week's grievances in."""
        for scheme in self.at_work:
            if scheme.declared.enrolment == "voluntary":
                standings = [(citizen, citizen.standings[scheme.number]) for citizen in self.people]
                for standing in [standing for citizen, standing in standings if citizen.would_enrol(standing)]:
                    standing.enrol(self.now + 1)
        self.agents.do("protest")
        self.turnout = fmean(self.agents.get("protesting"))
        for scheme in self.at_work:
            if scheme.declared.abandonment < 1.0 and self.turnout >= scheme.declared.abandonment:
                scheme.abandoned = True
                for citizen in self.people:
                    citizen.standings[scheme.number].locked_until = citizen.standings[scheme.number].banned_until = self.now
        self.agents.do("resent")

    # --- measures -----------------------------------------------------------------------------------------------------------

    def measure(self) -> dict[str, float]:
        """Return the outcomes of the tick, each as the society defines it."""
        people, n = self.people, len(self.people)
        met = [citizen for citizen in people if citizen.partner is not None]
        placed = [citizen for citizen in met if citizen.placed]
        bonds, bonds_panel = self.measure_bonds()
        scores = [citizen.standings[0].score for citizen in people if citizen.standings[0].enrolled] if self.at_work else []
        return {
            "generalized_trust": self.agents.agg("generalized_trust", fmean),
            "institutional_trust": self.agents.agg("institutional_trust", fmean),
            "exchange_rate": mean(citizen.placed for citizen in met),
            "trustworthiness": mean(citizen.honoured for citizen in placed),
            "welfare": self.agents.agg("income", fmean),
            "bonding_trust": bonds,
            "bonding_trust_panel": bonds_panel,
            "calibration": mean(citizen.belief for citizen in met) - mean(citizen.honoured for citizen in met),
            "self_censorship": mean(self.is_silenced(citizen) for citizen in people),
            "isolates": mean(not citizen.ties for citizen in people),
            "reports": self.reports * WEEKS_PER_YEAR / n,
            "degree": mean(len(citizen.ties) for citizen in people),
            "score": mean(scores),
        }

    def measure_bonds(self) -> tuple[float, float]:
        """Return the mean belief over ties, and over the initial ties, of which a cut one counts at its holder's prior."""
        bonds = panel = 0.0
        ends = panel_ends = 0
        for citizen in self.people:
            trust = citizen.generalized_trust
            panel += citizen.initial_lost * trust + citizen.initial_kin_lost * citizen.kin_prior(trust)
            panel_ends += citizen.initial_lost + citizen.initial_kin_lost
            ends += len(citizen.ties)
            for tie in citizen.ties.values():
                belief = citizen.belief_in_tie(tie, trust)
                bonds += belief
                if tie.initial:
                    panel += belief
                    panel_ends += 1
        return bonds / ends if ends else nan, panel / panel_ends if panel_ends else nan

    def is_silenced(self, citizen: Citizen) -> bool:
        """Return whether a citizen would criticise this week but for fear."""
        sharpness, luck = self.rules.exchange.sharpness, self.random.random()
        urge = citizen.grievance - self.rules.conduct.criticism_cost
        return luck < logistic(sharpness * urge) and luck >= logistic(sharpness * (urge - citizen.fear_to_speak()))


def mean(values) -> float:
    """Return the mean of some numbers, NaN of none."""
    listed = list(values)
    return fmean(listed) if listed else nan
