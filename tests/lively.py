"""A small society in which everything happens within a few ticks, for tests that would mean little if nothing did."""

from dataclasses import replace

import pytest

from model.assign import assign
from model.declarations import SocietyParameters
from model.institutions.scheme import Scheme, preset
from model.society import ENGINES, Society

#: A society in which everything happens within a few ticks.
LIVELY = {
    "time.ticks": 60, "time.burn_in": 1, "population.official_share": 0.2,
    "exchange.stranger_share": 0.4, "exchange.temptation": 1.0,
    "learning.spillover": 0.1, "learning.gossip_rate": 0.5, "learning.unfairness_inference": 0.3,
    "court.detection": 0.2, "court.exemption": 0.5,
    "conduct.tax_evasion_rate": 0.3, "conduct.illegal_class_rate": 0.3, "conduct.crime_rate": 0.3, "conduct.crime_gain": 0.3,
    "conduct.criticism_rate": 0.5, "conduct.criticism_cost": -0.2, "conduct.donation_rate": 0.2, "conduct.award_rate": 0.1,
    "conduct.many_children_rate": 0.1, "conduct.army_child_rate": 0.1, "conduct.championship_rate": 0.1,
    "informing.public_witness_rate": 0.5, "informing.complaint_rate": 0.8, "informing.false_report_rate": 0.6,
    "informing.loyalty": 0.2, "informing.kin_loyalty": 0.1, "informing.dislike": 0.0, "informing.exposure": 0.5,
    "unfriending.review_rate": 0.3, "unfriending.attachment": 0.0, "unfriending.work_attachment": 0.1,
    "unfriending.salience": 5.0, "befriending.offer_rate": 0.9, "befriending.closure": 0.5,
    "opinion.enrolment_rate": 0.6, "opinion.protest_rate": 0.6, "opinion.protest_bar": 1.0, "opinion.wrong_grievance": 0.4,
}  # fmt: skip
#: The three levers of a scheme, on.
LEVERS = {"contact_weight": 0.3, "reporting_reward": 10.0, "exemption": 1.0}
#: The null model of every lever of the lively society.
LOTS = {
    "unfriending.score_blind": True,
    "schemes.rongcheng.rewards_at_random": True,
    "schemes.sesame.rewards_at_random": True,
    "schemes.rongcheng.exemption_at_random": True,
}


def lively_schemes() -> tuple[Scheme, Scheme]:
    """Return two schemes at once: the preset with its levers, and a voluntary one that shares data and can be abandoned."""
    first = replace(preset("rongcheng"), **LEVERS, verification=0.5, appeal=0.5)
    first = replace(first, event=replace(first.event, crime=-10.0))
    second = replace(
        preset("rongcheng"), name="sesame", expiry_weeks=2, enrolment="voluntary", coverage=0.8, data_sharing=0.5, abandonment=0.35,
        contact_weight=0.5, recovery=0.1, reporting_reward=5.0, reward_on="filed", rejection=0.2, appeal=0.5, cameras=0.5,
    )  # fmt: skip
    return first, second


def lively(**values) -> SocietyParameters:
    """Return the parameters of the lively society under both schemes."""
    network = {"population.citizens": 40, "network.mean_degree": 8.0}
    parameters = assign(SocietyParameters(), network | LIVELY)
    return assign(replace(parameters, schemes=lively_schemes()), values)


@pytest.fixture(params=ENGINES)
def society_in_either_engine(request) -> Society:
    """Return a lively society after a few ticks, in either engine."""
    return Society(lively(), rng=1, engine=request.param).run(3)
