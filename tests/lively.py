"""A small society in which everything happens within a few ticks, for tests that would mean little if nothing did."""

from dataclasses import replace
from functools import cache

import pytest

from model.assign import assign
from model.declarations import SocietyParameters
from model.institutions.reading import preset
from model.institutions.scheme import Scheme
from model.society import ENGINES, Society

#: A society in which everything happens within a few ticks.
LIVELY = {
    "time.ticks": 60, "time.burn_in": 1, "population.official_share": 0.2,
    "exchange.stranger_share": 0.4, "exchange.temptation": 1.0,
    "learning.spillover": 0.1, "learning.gossip_rate": 0.5, "learning.unfairness_inference": 0.3,
    "court.detection": 0.2, "court.verification": 0.6, "court.exemption": 0.5, "court.collection": 0.3, "court.settling_rate": 0.4,
    "conduct.tax_evasion_rate": 0.3, "conduct.illegal_class_rate": 0.3, "conduct.crime_rate": 0.3, "conduct.crime_gain": 0.3,
    "conduct.criticism_rate": 0.5, "conduct.criticism_cost": -0.2, "conduct.donation_rate": 0.2, "conduct.award_rate": 0.1,
    "conduct.many_children_rate": 0.1, "conduct.army_child_rate": 0.1, "conduct.championship_rate": 0.1,
    "conduct.fare_fraud_rate": 0.2, "conduct.parking_rate": 0.2, "conduct.traffic_rate": 0.2, "conduct.internet_misuse_rate": 0.2,
    "conduct.gaming_rate": 0.2, "conduct.loan_default_rate": 0.3, "conduct.parenting_rate": 0.2,
    "conduct.petition_rate": 0.4, "conduct.petition_cost": -0.2,
    "conduct.fallen_rate": 0.3, "conduct.fallen_damages": 1.2, "conduct.fallen_accusation_rate": 0.8,
    "informing.public_witness_rate": 0.5, "informing.complaint_rate": 0.8, "informing.false_report_rate": 0.6,
    "informing.loyalty": 0.2, "informing.kin_loyalty": 0.1, "informing.dislike": 0.0, "informing.exposure": 0.5,
    "unfriending.review_rate": 0.3, "unfriending.attachment": 0.0, "unfriending.work_attachment": 0.1,
    "unfriending.salience": 5.0, "befriending.offer_rate": 0.9, "befriending.closure": 0.5,
    "opinion.enrolment_rate": 0.6, "opinion.commentators": 0.3, "region.neighbourhood_size": 6,
    "opinion.protest_rate": 0.6, "opinion.protest_bar": 1.0, "opinion.wrong_grievance": 0.4,
    "opinion.grade_grievance": 0.1, "population.coupled_share": 0.2, "dating.rate": 0.2, "dating.pool": 30,
    "firm.number": 7, "firm.purchase_rate": 0.7, "firm.discovery": 0.6, "firm.audit": 0.2, "firm.scandal_rate": 0.3, "firm.spillover": 0.2,
    "government.dealing_rate": 0.25, "government.concern": 0.3,
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


#: Points for what the first scheme does not count.
FURTHER_POINTS = {
    "fare_fraud": -20.0, "parking": -5.0, "traffic": -10.0, "internet_misuse": -10.0, "gaming": -5.0, "loan_default": -30.0,
    "judgment_unpaid": -60.0, "repayment": 3.0, "parenting": 2.0, "settlement": 40.0, "verification": 15.0, "rated_up": 2.0,
    "rated_down": -8.0, "petition": -4.0, "marked": -12.0, "rescue": 6.0,
}  # fmt: skip


def lively_schemes() -> tuple[Scheme, Scheme, Scheme]:
    """Return three schemes at once.

    The preset with its levers; a voluntary one that counts everything, shares data, is local and can be abandoned; a secret file.
    """
    first = replace(preset("rongcheng"), **LEVERS, verification=0.5, appeal=0.5)
    first = replace(
        first,
        rating_rate=0.4,
        dating=0.6,
        firm_audit=0.3,
        firm_points=20.0,
        firm_floor=985.0,
        firm_disclosure=0.6,
        government_rating=0.6,
        government_points=2.0,
        government_floor=998.0,
        event=replace(first.event, crime=-10.0, rated_up=2.0, rated_down=-8.0, judgment_unpaid=-15.0, settlement=30.0),
    )
    second = replace(
        preset("rongcheng"), name="sesame", expiry_weeks=2, enrolment="voluntary", coverage=0.8, data_sharing=0.5, abandonment=0.29,
        contact_weight=0.5, recovery=0.1, reporting_reward=5.0, reward_on="filed", rejection=0.2, appeal=0.5, cameras=0.5,
        records=0.6, detection=0.2, rating_rate=0.6, residence=0.4, rural_coverage=0.5, dating=0.7,
    )  # fmt: skip
    second = replace(
        second, abuse=0.5, level_points=10.0, level_reward=0.05, comparison=2.0, felt=0.7, transparency=0.7, family_share=0.5,
        shares_losses_only=True, clears=True, common_reach=True, neighbourhood_weight=0.2, removal_weeks=2, fine=0.3, contact_weight=0.4,
        firm_audit=0.2, firm_points=15.0, firm_floor=980.0, firm_disclosure=0.5, government_rating=0.4, government_points=3.0,
        government_floor=995.0,
    )  # fmt: skip
    second = replace(second, event=replace(second.event, **FURTHER_POINTS))
    file = replace(
        first, name="file", secret=True, contact_weight=0.0, appeal=0.0, disclosure=0.0, superiors=0.4, residence=0.3,
        reporting_reward=0.0, felt=0.9, dating=0.0, firm_audit=0.0, firm_disclosure=0.0, government_rating=0.0,
        event=replace(first.event, **FURTHER_POINTS), grade=tuple(replace(grade, published=False) for grade in first.grade),
    )  # fmt: skip
    return first, second, file


@cache
def _under_its_schemes() -> SocietyParameters:
    network = {"population.citizens": 40, "network.mean_degree": 8.0}
    return replace(assign(SocietyParameters(), network | LIVELY), schemes=lively_schemes())


def lively(**values) -> SocietyParameters:
    """Return the parameters of the lively society under its three schemes."""
    return assign(_under_its_schemes(), values)


@cache
def _after_a_few_ticks(engine: str) -> Society:
    return Society(lively(), rng=1, engine=engine).run(3)


@pytest.fixture(params=ENGINES)
def society_in_either_engine(request) -> Society:
    """Return a lively society after a few ticks, in either engine: a copy of its own for each test."""
    return _after_a_few_ticks(request.param).fork()
