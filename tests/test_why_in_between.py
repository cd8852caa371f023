"""In the middle of a phase: what others did before counts for the citizen that decides next, in its words as in compiled code."""

import pytest

from agents.befriending import SINGLE
from dashboard.citizen.why import explain
from tests.what_happened import Happened
from tests.worlds import PLAIN_SCHEME, quiet

#: It is joined for its perk, and takes 1000 points, worth 10, for criticism.
FEARED = PLAIN_SCHEME | {"enrolment": "voluntary", "event": {"criticism": -1000}, "grade": [{"name": "A", "perk": 1.0}]}
#: All may join a scheme and protest in one week; a risk of 1 in 4 is believed.
RESTLESS = {
    "opinion.enrolment_rate": 1.0, "opinion.protest_rate": 1.0, "opinion.protest_bar": 1.0, "opinion.enrolment_reluctance": 0.5,
    "risk.prior_caught": 1.0, "risk.prior_missed": 3.0, "informing.suspicion_fear": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(("perk", "joined", "protested"), [(1.0, True, False), (0.0, False, True)])
def test_who_has_just_joined_a_scheme_fears_it_when_it_comes_to_protest(perk, joined, protested):
    """Grievance 0.8 against a threshold of 0.5: enough, unless there is a fear of 0.25 x 10 since a moment ago."""
    society = quiet(3, [(0, 1)], RESTLESS, schemes=FEARED | {"grade": [{"name": "A", "perk": perk}]})
    society.world.citizens.grievance[:] = 0.8
    enrolment, protest = (d for d in explain(society, 0) if d.kind in ("enrolment", "protest"))
    assert (enrolment.agreed, protest.agreed) == (joined, protested)
    assert protest.numbers["fear"] == pytest.approx(2.5 if joined else 0.0)
    happened = Happened(society)
    assert (happened.joined(0), bool(happened.protesting[0])) == ({"s0"} if joined else set(), protested)


#: Two strangers, who find each other as friends and on the dating site, or not.
MARKET = {
    "exchange.sharpness": 1.0, "befriending.offer_rate": 1.0, "befriending.closure": 0.0, "dating.rate": 0.5, "dating.pool": 20,
    "unfriending.salience": 1.0,
}  # fmt: skip


def test_who_became_a_friend_this_week_answers_a_letter_as_a_friend():
    """A tie that is there already costs nothing more in score; to a stranger of 900 points half of the 100 missing ones, 0.01 each."""
    met = {"acquaintance": 0, "stranger": 0}
    for seed in range(60):
        society = quiet(2, (), MARKET, schemes=PLAIN_SCHEME | {"contact_weight": 0.5}, seed=seed)
        society.world.citizens.spouse[:] = SINGLE
        society.world.standing.points[0, 0] = 900_000
        society.tick = 1
        happened = Happened(society)
        befriended = happened.week.befriended[0] == 1 or happened.week.befriended[1] == 0
        for letter in (decision for decision in explain(society, 1) if decision.kind == "letter"):
            assert letter.names["tie"] == ("acquaintance" if befriended else "stranger")
            assert letter.numbers["score_cost"] == pytest.approx(0.0 if befriended else 0.5)
            assert ("of_schemes" in letter.numbers) != befriended
            assert letter.agreed == (happened.week.matched[1] == 0)
            met[letter.names["tie"]] += 1
    assert min(met.values()) > 0, met
