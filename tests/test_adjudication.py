"""How court and schemes decide cases, whom they let off, and who is punished and paid."""

import numpy as np
import pytest

from agents.chance import Purpose, luck
from agents.events import Event
from model.population import Count, Tally, new_citizens
from tests.circle import CIRCLE, STRICT, judged, opinions
from tests.worlds import PLAIN_SCHEME, acted, betrayed, both_engines, bring, count, grade, ledger, pending, play, points, quiet, tally

REWARDING = PLAIN_SCHEME | {"reporting_reward": 10}


def paid(society):
    """Return {citizen: points} of the rewards of the week."""
    rewards = {i: pending(society, i).get("reward", 0) for i in range(society.graph.citizens)}
    return {i: reward for i, reward in rewards.items() if reward}


# ---- penalties and rewards ----


def test_one_penalty_however_many_saw_it_and_each_upheld_reporter_paid():
    society = judged(REWARDING, reported=[0, 2, 3])
    assert pending(society, 1) == {"dishonour": -30}
    assert paid(society) == {0: 10, 2: 10, 3: 10}
    assert (count(society, Count.TRUE_REPORTS), count(society, Count.UPHELD)) == (3, 3)
    play(society, "scoring")
    assert [points(society, i) for i in range(6)] == [1010, 970, 1010, 1010, 1000, 1000]
    assert ledger(society, 1) == {"dishonour": -30}
    assert ledger(society, 0) == {"reward": 10}


def test_one_report_is_enough_and_none_is_not():
    assert pending(judged(reported=[3]), 1) == {"dishonour": -30}
    silent = judged(saw=[2, 3])
    assert pending(silent, 1) == {}
    assert count(silent, Count.TRUE_REPORTS) == count(silent, Count.UPHELD) == 0


def test_two_cases_of_the_week_are_two_penalties():
    society = quiet(6, CIRCLE, schemes=PLAIN_SCHEME)
    bring(society, 1, 0, reported=[0])
    bring(society, 1, 3, reported=[3])
    assert pending(play(society, "adjudication"), 1) == {"dishonour": -60}


@pytest.mark.parametrize("rejection", [0.0, 1.0])
@pytest.mark.parametrize("reward_on", ["upheld", "filed"])
def test_a_scheme_rewards_reports_upheld_or_filed(rejection, reward_on):
    society = judged(REWARDING | {"rejection": rejection, "reward_on": reward_on}, reported=[2])
    upheld = rejection == 0
    assert pending(society, 1) == ({"dishonour": -30} if upheld else {})
    assert paid(society) == ({2: 10} if upheld or reward_on == "filed" else {})


def test_each_report_is_turned_down_or_believed_on_its_own():
    """Rejection 0.5: over many weeks, who is paid is who was believed; the penalty falls if any was."""
    scheme = REWARDING | {"rejection": 0.5}
    seen = set()
    for seed in range(40):
        society = judged(scheme, reported=[2, 3], seed=seed)
        believed = frozenset(paid(society))
        assert pending(society, 1) == ({"dishonour": -30} if believed else {})
        seen.add(believed)
    assert seen == {frozenset(), frozenset({2}), frozenset({3}), frozenset({2, 3})}


def test_a_scheme_pays_and_punishes_its_members_only():
    society = quiet(6, CIRCLE, schemes=REWARDING)
    society.world.standing.enrolled[0, 2] = 0
    bring(society, 1, 0, reported=[2, 3])
    assert paid(play(society, "adjudication")) == {3: 10}
    society = quiet(6, CIRCLE, schemes=REWARDING)
    society.world.standing.enrolled[0, 1] = 0
    bring(society, 1, 0, reported=[2, 3])
    play(society, "adjudication")
    assert (pending(society, 1), paid(society)) == ({}, {})


def test_what_a_scheme_does_not_count_is_none_of_its_business():
    for scheme in (REWARDING | {"event": {"tax_evasion": -100}}, REWARDING | {"active": False}):
        society = judged(scheme, reported=[2])
        assert (pending(society, 1), paid(society)) == ({}, {})
        assert (society.world.standing.caught.sum(), society.world.standing.missed.sum()) == (0, 0)


def test_a_crime_marks_the_criminal_where_the_scheme_says_so():
    society = quiet(6, CIRCLE, schemes="rongcheng")
    bring(society, 1, event=Event.CRIME, reported=[2])
    bring(society, 3, event=Event.CRIME, saw=[2])
    play(society, "adjudication", "scoring")
    assert [grade(society, i) for i in (1, 3)] == ["D", "A"]
    assert ledger(society, 1) == {}  # the fall is the sanction


def test_a_camera_proves_what_the_scheme_reads():
    for cameras, found in ((1.0, {"tax_evasion": -100}), (0.0, {})):
        scheme = PLAIN_SCHEME | {"cameras": cameras, "event": {"tax_evasion": -100}}
        society = judged(scheme, victim=-1, event=Event.TAX_EVASION, camera=True, saw=[2])
        assert pending(society, 1) == found


def test_several_schemes_decide_for_themselves():
    schemes = [PLAIN_SCHEME, PLAIN_SCHEME | {"event": {"dishonour": -7}}, PLAIN_SCHEME | {"rejection": 1.0}]
    society = judged(schemes, reported=[2])
    assert [pending(society, 1, s) for s in range(3)] == [{"dishonour": -30}, {"dishonour": -7}, {}]


# ---- the ordinary court ----


@pytest.mark.parametrize(
    ("enforcement", "case", "fined"),
    [
        (1.0, {"reported": [2]}, True),
        (1.0, {"court": True}, True),
        (1.0, {"saw": [2]}, False),
        (0.0, {"reported": [2], "court": True}, False),
    ],
)
def test_the_court_fines_a_wrong_that_came_to_its_notice_if_it_enforces(enforcement, case, fined):
    society = judged((), {"court.enforcement": enforcement, "court.fine": 1.5}, **case)
    assert society.world.week.income.tolist() == [0, -1_500_000 if fined else 0, 0, 0, 0, 0]
    play(society, "consequences")
    assert society.world.citizens.wealth[1] == 100_000_000 - (1_500_000 if fined else 0)


def test_the_court_knows_no_case_of_speech():
    scheme = PLAIN_SCHEME | {"event": {"criticism": -50}}
    society = judged(scheme, STRICT, victim=-1, event=Event.CRITICISM, reported=[2])
    assert pending(society, 1) == {"criticism": -50}
    assert society.world.week.income[1] == 0


# ---- false reports ----


@pytest.mark.parametrize("verification", [0.0, 1.0])
@pytest.mark.parametrize("reward_on", ["upheld", "filed"])
def test_a_false_report_is_upheld_unless_seen_through(verification, reward_on):
    society = judged(REWARDING | {"verification": verification, "reward_on": reward_on}, reported=[0], false=True)
    upheld = verification == 0
    assert pending(society, 1) == ({"accusation": -30} if upheld else {})
    assert paid(society) == ({0: 10} if upheld or reward_on == "filed" else {})
    assert (count(society, Count.FALSE_REPORTS), count(society, Count.UPHELD)) == (1, int(upheld))
    # The accused is wronged; nobody else learns of a betrayal that never was, and the accused learns nothing of being caught.
    assert opinions(society) == ({1: (0, 1)} if upheld else {})
    assert tally(society, 1, Tally.WRONGED) == tally(society, 1, Tally.SANCTIONED) == int(upheld)
    assert society.world.standing.caught.sum() == society.world.standing.missed.sum() == 0


def test_true_reports_are_not_verified_and_false_ones_not_rejected():
    assert pending(judged(PLAIN_SCHEME | {"verification": 1.0, "rejection": 0.0}, reported=[2]), 1) == {"dishonour": -30}
    false = judged(PLAIN_SCHEME | {"verification": 0.0, "rejection": 1.0}, reported=[0], false=True)
    assert pending(false, 1) == {"accusation": -30}


@pytest.mark.parametrize(("verification", "fine"), [(0.0, -1_000_000), (1.0, 0)])
def test_the_court_sees_through_false_reports_by_its_own_verification(verification, fine):
    society = judged((), STRICT | {"court.verification": verification}, reported=[0], false=True)
    assert society.world.week.income[1] == fine
    assert opinions(society) == ({1: (0, 1)} if fine else {})


def test_an_appeal_reverses_a_false_entry_and_only_a_false_one():
    scheme = REWARDING | {"verification": 0.0, "appeal": 1.0}
    society = judged(scheme, reported=[0], false=True)
    assert pending(society, 1) == {"accusation": -30, "appeal": 30}
    assert opinions(society) == {1: (1, 0)}  # a court of appeal that works is fair
    assert (tally(society, 1, Tally.WRONGED), tally(society, 1, Tally.SANCTIONED)) == (0, 0)
    play(society, "scoring")
    assert points(society, 1) == 1000
    assert pending(judged(scheme, reported=[0]), 1) == {"dishonour": -30}


def test_an_appeal_to_one_scheme_leaves_what_the_others_did():
    schemes = [PLAIN_SCHEME | {"verification": 0.0, "appeal": 1.0}, PLAIN_SCHEME | {"verification": 0.0}]
    society = judged(schemes, reported=[0], false=True)
    assert [pending(society, 1, s) for s in (0, 1)] == [{"accusation": -30, "appeal": 30}, {"accusation": -30}]
    assert opinions(society) == {1: (0, 1)}
    assert opinions(judged(schemes[::-1], reported=[0], false=True)) == {1: (0, 1)}
    fined = judged(schemes[:1], STRICT | {"court.verification": 0.0}, reported=[0], false=True)
    assert opinions(fined) == {1: (0, 1)}


# ---- exemption ----


def exempted(**scheme):
    """Bring an official, one who drew the lot, and an ordinary citizen, each reported for the same."""
    society = quiet(6, CIRCLE, schemes=REWARDING | scheme)
    society.world.citizens.official[1], society.world.citizens.exempt_by_lot[2] = 1, 1
    for accused in (1, 2, 3):
        bring(society, accused, 0, reported=[0])
    play(society, "adjudication")
    return [i for i in (1, 2, 3) if not pending(society, i)], paid(society).get(0, 0) / 10


def test_full_exemption_drops_the_cases_of_officials_only():
    assert exempted() == ([], 3)
    assert exempted(exemption=1.0) == ([1], 2)


def test_the_null_model_drops_the_cases_of_those_who_drew_the_lot_only():
    assert exempted(exemption=1.0, exemption_at_random=True) == ([2], 2)
    assert exempted(exemption_at_random=True) == ([], 3)


def test_a_report_filed_is_paid_for_though_the_case_is_dropped():
    assert exempted(exemption=1.0, reward_on="filed") == ([1], 3)


def test_exemption_is_the_share_of_cases_dropped():
    """2000 cases of officials at 0.3: 600 dropped, standard deviation sqrt(2000 x 0.3 x 0.7) = 20.5; 82 is four of them."""
    society = quiet(4000, schemes=PLAIN_SCHEME | {"exemption": 0.3})
    society.world.citizens.official[:] = 1
    for k in range(2000):
        bring(society, k, 2000 + k, reported=[2000 + k])
    play(society, "adjudication")
    assert int((society.world.pending.sum(axis=2)[0, :2000] == 0).sum()) == pytest.approx(600, abs=82)


def test_the_court_has_an_exemption_of_its_own_for_officials():
    for exemption, official, fine in ((1.0, 1, 0), (1.0, 0, -1_000_000), (0.0, 1, -1_000_000)):
        scheme = PLAIN_SCHEME | {"exemption": 1.0, "exemption_at_random": True}
        society = quiet(6, CIRCLE, STRICT | {"court.exemption": exemption}, schemes=scheme)
        society.world.citizens.official[1], society.world.citizens.exempt_by_lot[1] = official, 1 - official
        bring(society, 1, 0, reported=[2])
        assert play(society, "adjudication").world.week.income[1] == fine


@pytest.mark.parametrize("citizens", [3, 50, 1000])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.07, 0.5])
def test_the_null_model_exempts_as_many_as_there_are_officials(citizens, share):
    society = quiet(citizens, given={"population.official_share": share})
    born = new_citizens(society.parameters, society.graph, seed=3)
    assert born.official.sum() == born.exempt_by_lot.sum() == np.floor(share * citizens + 0.5)
    if citizens == 1000 and share:
        assert (born.official != born.exempt_by_lot).any()


# ---- the null model of rewards ----


def lever_and_lottery(engine, seed, given=None, **scheme):
    """The same week of betrayals and accusations under the lever and under its null model, after adjudication."""
    busy = {
        "exchange.sharpness": 2.0, "informing.witness_rate": 0.7, "informing.complaint_rate": 0.7,
        "informing.false_report_rate": 0.5, "informing.public_witness_rate": 0.5,
    }  # fmt: skip
    tempting = {
        "reporting_reward": 60, "utility_per_point": 0.05, "rejection": 0.2, "verification": 0.5, "exemption": 0.5,
        "event": {"dishonour": -30, "tax_evasion": -100},
    }  # fmt: skip
    ties = [(i, (i + d) % 10) for i in range(10) for d in (1, 2, 3)]
    both = []
    for at_random in (False, True):
        listed = PLAIN_SCHEME | tempting | scheme | {"rewards_at_random": at_random}
        society = quiet(10, ties, busy | (given or {}), schemes=listed, engine=engine, seed=seed)
        society.world.citizens.official[3] = 1
        society.world.standing.enrolled[0, 7] = 0
        for victim, accused in ((0, 1), (2, 3), (4, 9), (5, 6)):
            betrayed(society, victim, accused)
        acted(society, 8, Event.TAX_EVASION)
        both.append(play(society, "detection", "adjudication"))
    return both


@both_engines
@pytest.mark.parametrize("reward_on", ["upheld", "filed"])
def test_rewards_at_random_amount_to_what_the_lever_would_pay_this_week(engine, reward_on):
    totals = []
    for seed in range(25):
        lever, lottery = lever_and_lottery(engine, seed, reward_on=reward_on)
        totals.append(sum(paid(lever).values()))
        assert sum(paid(lottery).values()) == totals[-1]
        assert 7 not in paid(lottery)  # not enrolled
        # The lottery neither makes nor keeps anyone from reporting: it files what no reward would make one file.
        assert count(lottery, Count.TRUE_REPORTS) <= count(lever, Count.TRUE_REPORTS)
    assert len(set(totals)) > 3


def test_the_lottery_pays_those_with_the_smallest_draws_round_by_round():
    """Seven are enrolled. Each case has 3 would-be reporters: 3, 6, 9 rewards."""
    for rounds in (1, 2, 3):
        scheme = REWARDING | {"rewards_at_random": True}
        society = quiet(8, schemes=scheme, seed=5)
        society.world.standing.enrolled[0, 7] = 0
        for victim in range(rounds):
            bring(society, 6, victim, would=[1 + victim, 2 + victim, victim])
        play(society, "adjudication")
        order = sorted(range(7), key=lambda i: luck(5, 0, int(Purpose.REWARD_LOT), i, 0, 0))
        expected = {i: 10 * (3 * rounds // 7 + (k < 3 * rounds % 7)) for k, i in enumerate(order)}
        assert paid(society) == {i: reward for i, reward in expected.items() if reward}
