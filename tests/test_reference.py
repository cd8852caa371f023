"""The compiled institutions equal a plain reading of their rules, bit for bit, over weeks of random small societies."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.events import MERITS, Event
from model.institutions.entries import Entry
from model.population import Count, Tally
from tests.reference import COURT, Reference
from tests.worlds import Row, quiet

COLUMNS = {
    "fair": Tally.FAIR, "unfair": Tally.UNFAIR, "officials": Tally.OFFICIALS_UNPUNISHED, "wronged": Tally.WRONGED,
    "sanctioned": Tally.SANCTIONED, "reported": Tally.REPORTED, "visited": Tally.VISITED,
    "blamed": Tally.BLAMED, "thanked": Tally.THANKED, "heard blamed": Tally.HEARD_BLAMED,
}  # fmt: skip
RISKS = {
    "own caught": Tally.OWN_CAUGHT, "own missed": Tally.OWN_MISSED, "known caught": Tally.KNOWN_CAUGHT,
    "known missed": Tally.KNOWN_MISSED,
}  # fmt: skip
REPORTS = {"true": Count.TRUE_REPORTS, "false": Count.FALSE_REPORTS, "upheld": Count.UPHELD}


def assert_same(society, reference):
    """Compare everything the three phases write."""
    world, everybody = society.world, reference.everybody
    for i in everybody:
        person = {name: getattr(world.citizens, name)[i].item() for name in reference.people[i] if name != "income"}
        assert person | {"income": world.week.income[i].item()} == reference.people[i]
        assert {name: int(world.tally[i, column]) for name, column in COLUMNS.items()} == reference.known[i]
        assert {name: int(world.tally[i, column]) for name, column in RISKS.items()} == reference.risk[COURT][i]
        slots = {j: Row(world.slots, society.slot_of(i, j)) for j in society.neighbours(i)}
        assert {j: float(slot.betrayed) for j, slot in slots.items()} == reference.doubts[i]
        flags = {j: ((i, j) in reference.exposed) + 2 * ((j, i) in reference.exposed) for j in slots}
        assert {j: int(slot.exposed) for j, slot in slots.items()} == flags
    for s, scheme in reference.schemes:
        for i in everybody:
            member = {name: getattr(world.standing, name)[s, i].item() for name in reference.members[s][i]}
            if not scheme.grade:
                member["grade"] = reference.members[s][i]["grade"]
            assert member == reference.members[s][i]
            assert dict(zip(Entry, world.ledger[s, i].tolist(), strict=True)) == reference.ledger[s][i]
            assert dict(zip(Entry, world.pending[s, i].tolist(), strict=True)) == reference.pending[s][i]
            assert dict(zip(RISKS, world.grip[s, i].tolist(), strict=True)) == reference.risk[s][i]
    assert {name: int(world.counts[entry]) for name, entry in REPORTS.items()} == reference.counts


def compare(society, weeks):
    """Simulate weeks, with the reference beside the institutions' phases; return what kinds of things happened."""
    happened = set()
    for _ in range(weeks):
        reference = None
        grades = society.world.standing.grade.copy()
        for phase in society.run_phases():
            if phase == "detection":
                reference = Reference(society)
            elif phase == "adjudication":
                reference.adjudicate()
                assert_same(society, reference)
                happened |= {name for known in reference.known for name, times in known.items() if times}
                happened |= {"exposed"} if reference.exposed else set()
                happened |= {"lottery"} if any(reference.lottery) else set()
            elif phase == "scoring":
                reference.score()
                assert_same(society, reference)
            elif phase == "consequences":
                reference.follow()
                assert_same(society, reference)
                happened |= {"visited"} if any(known["visited"] for known in reference.known) else set()
        standing = society.world.standing
        happened |= {"risen"} if (standing.grade < grades).any() else set()
        happened |= {"fallen"} if (standing.grade > grades).any() else set()
        happened |= {"held"} if (standing.locked_until > society.tick).any() else set()
        happened |= {"banned"} if (standing.banned_until > society.tick).any() else set()
    return happened | {Entry(kind).name for kind in np.flatnonzero(np.abs(society.world.ledger).sum(axis=(0, 1)))}


#: A society in which everything happens within a few weeks.
RESTLESS = {
    "time.burn_in": 1, "exchange.sharpness": 2.0, "exchange.stranger_share": 0.4, "learning.forgetting": 0.9,
    "court.detection": 0.2, "court.enforcement": 0.5, "court.verification": 0.6, "court.exemption": 0.3,
    "conduct.tax_evasion_rate": 0.3, "conduct.tax_evasion_gain": 0.8, "conduct.illegal_class_rate": 0.2,
    "conduct.crime_rate": 0.2, "conduct.crime_gain": 0.5, "conduct.criticism_rate": 0.4, "conduct.criticism_cost": 0.1,
    "conduct.helping_rate": 0.4, "conduct.donation_rate": 0.2, "conduct.award_rate": 0.05, "conduct.many_children_rate": 0.1,
    "conduct.army_child_rate": 0.1, "conduct.championship_rate": 0.1, "region.urban_cameras": 0.4,
    "informing.witness_rate": 0.8, "informing.public_witness_rate": 0.5, "informing.complaint_rate": 0.7,
    "informing.civic_duty": 0.8, "informing.false_report_rate": 0.5, "informing.exposure": 0.4,
    "informing.betrayal_weight": 0.7, "unfriending.review_rate": 0.1, "befriending.offer_rate": 0.5,
    "region.neighbourhood_size": 4, "conduct.petition_rate": 0.6, "conduct.petition_cost": -0.3,
    "opinion.enrolment_rate": 0.3, "opinion.enrolment_reluctance": 0.1, "opinion.protest_rate": 0.3,
    "conduct.fallen_rate": 0.5, "conduct.fallen_damages": 0.7, "conduct.fallen_accusation_rate": 0.8, "learning.gossip_rate": 0.4,
    "court.collection": 0.4, "court.settling_rate": 0.3, "conduct.fare_fraud_rate": 0.3, "conduct.parking_rate": 0.3,
    "conduct.traffic_rate": 0.3, "conduct.internet_misuse_rate": 0.3, "conduct.loan_default_rate": 0.4,
}  # fmt: skip

FOR_BETTER_OR_WORSE = (*MERITS, Event.VERIFICATION, Event.RATED_UP, Event.RATED_DOWN)
share = st.sampled_from([0.0, 0.3, 1.0])
some_points = st.floats(-150, 150)
penalty = st.one_of(st.just(0.0), st.floats(-150, -0.001))
grade = st.fixed_dictionaries(
    {
        "lock_weeks": st.integers(0, 3),
        "perk": st.floats(-1, 1),
        "travel_ban_weeks": st.integers(0, 2),
        "visit_rate": share,
        "published": st.booleans(),
    }
)


@st.composite
def any_scheme(draw):
    floors = sorted(draw(st.lists(st.integers(800, 1150), max_size=5, unique=True)), reverse=True)
    grades = [draw(grade) | {"name": f"g{k}", "floor": floor} for k, floor in enumerate([*floors, 0] if floors else [])]
    event = {kind.name.lower(): draw(some_points if kind in FOR_BETTER_OR_WORSE else penalty) for kind in Event}
    secret = draw(st.booleans())
    hidden = {"secret": True, "contact_weight": 0.0, "appeal": 0.0, "disclosure": 0.0, "removal_weeks": 0} if secret else {}
    grades = [grade | ({"published": False} if secret else {}) for grade in grades]
    return {
        "start": 1000, "floor": draw(st.sampled_from([0, 900])), "ceiling": draw(st.sampled_from([1100, 1300])),
        "recovery": draw(st.sampled_from([0.0, 0.05])), "contact_weight": draw(st.sampled_from([0.0, 0.3, 0.8])),
        "verification": draw(share),
        "reporting_reward": draw(st.sampled_from([0.0, 25.5, 100.0])), "reward_on": draw(st.sampled_from(["upheld", "filed"])),
        "rewards_at_random": draw(st.booleans()), "exemption": draw(share), "exemption_at_random": draw(st.booleans()),
        "rejection": draw(share), "cameras": draw(share), "appeal": draw(share), "coverage": draw(st.sampled_from([0.7, 1.0])),
        "enrolment": draw(st.sampled_from(["mandatory", "voluntary"])), "data_sharing": draw(share),
        "crime_to_lowest": draw(st.booleans()), "shares_losses_only": draw(st.booleans()), "clears": not secret and draw(st.booleans()),
        "common_reach": draw(st.booleans()), "expiry_weeks": draw(st.sampled_from([0, 0, 3])),
        "disclosure": 0.5, "abandonment": draw(st.sampled_from([0.4, 1.0])),
        "records": draw(share), "detection": draw(share), "superiors": draw(share), "rating_rate": draw(share),
        "abuse": draw(share), "level_points": draw(st.sampled_from([0.0, 7.5])), "level_reward": 0.02,
        "comparison": 0.0 if secret else draw(st.sampled_from([0.0, 3.0])), "felt": draw(share), "transparency": draw(share),
        "family_share": draw(share), "removal_weeks": draw(st.integers(0, 2)),
        "neighbourhood_weight": draw(st.sampled_from([0.0, 0.2])), "fine": draw(st.sampled_from([0.0, 0.25])),
        "urban_coverage": draw(st.sampled_from([0.7, 1.0])), "event": event, "grade": grades,
    } | hidden  # fmt: skip


def restless(citizens, pairs, schemes, seed, given=None):
    pairs = [(i % citizens, j % citizens) for i, j in pairs]
    society = quiet(citizens, pairs[1:], RESTLESS | (given or {}), kin=pairs[:1], schemes=schemes, seed=seed)
    people, rng = society.world.citizens, np.random.default_rng(seed)
    people.integrity[:], people.score_concern[:], people.threshold[:] = rng.random((3, citizens))
    people.official[::3], people.exempt_by_lot[1::3] = 1, 1
    people.online[1] = 0
    people.superior[::2] = citizens - 1
    people.superior[-1] = -1
    return society


@settings(max_examples=40)
@given(
    st.integers(3, 9),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=4, max_size=24),
    st.lists(any_scheme(), max_size=3),
    st.sampled_from([0.0, 0.4, 1.0]),
    st.integers(0, 2**40),
)
def test_the_institutions_do_what_their_rules_say(citizens, pairs, schemes, inference, seed):
    given = {"learning.unfairness_inference": inference}
    society = restless(citizens, pairs, schemes, seed, given)
    compare(society, 8)
    assert society.tick == 8


def test_over_some_societies_everything_happens_that_can():
    """So that the comparison leaves nothing out."""
    grades = [
        {"name": "best", "floor": 1040, "perk": 0.5},
        {"name": "good", "floor": 980},
        {"name": "poor", "floor": 900, "lock_weeks": 2, "visit_rate": 0.5, "perk": -0.2},
        {"name": "worst", "lock_weeks": 3, "travel_ban_weeks": 2, "visit_rate": 0.5, "published": True},
    ]
    event = {
        "dishonour": -30, "tax_evasion": -55.5, "illegal_class": -40, "crime": -20, "criticism": -25, "helping": 10,
        "donation": 60, "award": 100, "many_children": -40, "army_child": 5, "championship": 20, "fare_fraud": -20, "parking": -5,
        "traffic": -10, "internet_misuse": -10, "gaming": -5, "loan_default": -30, "judgment_unpaid": -60, "repayment": 3,
        "parenting": 2, "settlement": 40, "verification": 15, "rated_up": 2, "rated_down": -8, "petition": -15, "marked": -25,
        "rescue": 7,
    }  # fmt: skip
    first = {
        "start": 1000, "floor": 880, "ceiling": 1100, "recovery": 0.05, "expiry_weeks": 3, "contact_weight": 0.4, "verification": 0.3,
        "reporting_reward": 40, "records": 0.7, "detection": 0.2, "superiors": 0.2, "rating_rate": 0.5, "exemption": 0.5, "fine": 0.2,
        "abuse": 0.5, "level_points": 20, "level_reward": 0.05, "comparison": 2.0,
        "felt": 0.8, "transparency": 0.8, "family_share": 0.5, "neighbourhood_weight": 0.2, "removal_weeks": 1,
        "rejection": 0.2, "appeal": 0.4, "crime_to_lowest": True, "event": event, "grade": grades,
    }  # fmt: skip
    second = first | {"rewards_at_random": True, "exemption_at_random": True, "data_sharing": 0.35, "reward_on": "filed"}
    second |= {"shares_losses_only": True, "clears": True}
    third = first | {"enrolment": "voluntary", "abandonment": 0.3, "coverage": 0.8}
    hidden = [grade | {"published": False} for grade in grades]
    file = first | {"secret": True, "contact_weight": 0, "appeal": 0, "disclosure": 0, "removal_weeks": 0, "comparison": 0, "grade": hidden}
    pairs = [(i, (i + d) % 9) for i in range(9) for d in (1, 2, 4)]
    happened = set()
    for seed in range(8):
        happened |= compare(restless(9, pairs, [first, second, third, file], seed), 12)
    everything = {*COLUMNS, *Entry.__members__, "exposed", "lottery", "risen", "fallen", "held", "banned"}
    assert everything - happened == set()
