"""Acts in public, and how wrongs come to notice: cameras, victims, witnesses, false accusers. In both engines."""

import pytest

from agents.events import EVENTS, Event
from model.perception import merit_value, reward_value
from model.population import Count
from tests.worlds import PLAIN_SCHEME, acted, betrayed, both_engines, cases, count, end_of_tie, from_python, play, quiet

DISHONOUR = int(Event.DISHONOUR)

BETRAYAL = Event.DISHONOUR.name.lower()


def acts(society, who):
    """Return what a citizen did this week."""
    return {Event(k).name.lower() for k in range(EVENTS) if society.world.act[who, k]}


def wealth_changes(society):
    """Settle the week's income; return what each gained, in whole millionths."""
    before = society.world.citizens.wealth.copy()
    play(society, "consequences")
    return (society.world.citizens.wealth - before).tolist()


# ---- acts in public ----


@both_engines
@pytest.mark.parametrize("event", [Event.TAX_EVASION, Event.ILLEGAL_CLASS, Event.CRIME])
def test_one_offends_where_the_gain_outweighs_integrity_and_fear(engine, event):
    """Fine 1 at a perceived risk of 1/5: fear 0.2; integrity 0.3. A gain of 0.7 is enough, one of 0.3 is not."""
    name = event.name.lower()
    for gain, deed in ((0.7, {name}), (0.3, set())):
        society = quiet(2, [], {f"conduct.{name}_rate": 1.0, f"conduct.{name}_gain": gain}, engine=engine)
        society.world.citizens.integrity[:] = 0.3
        assert acts(play(society, "conduct"), 0) == deed
        society.world.citizens.integrity[:] = 0.3 + (0.4 if deed else -0.3)  # who has more, or no, integrity decides otherwise
        assert acts(play(society, "conduct"), 0) == {name} - deed


@both_engines
def test_nobody_acts_without_an_occasion(engine):
    society = quiet(2, [(0, 1)], {"conduct.tax_evasion_gain": 10.0, "conduct.criticism_cost": -10.0}, engine=engine)
    acted(society, 0, Event.HELPING)  # last week's act
    assert acts(play(society, "conduct"), 0) == set()


@both_engines
def test_points_at_stake_deter_the_enrolled(engine):
    """100 points at 0.02 and a risk of 1/5: fear 0.4, and 0.2 of the court. Gain 0.9, integrity 0.5."""
    scheme = PLAIN_SCHEME | {"utility_per_point": 0.02, "event": {"tax_evasion": -100}}
    society = quiet(2, [], {"conduct.tax_evasion_rate": 1.0, "conduct.tax_evasion_gain": 0.9}, schemes=scheme, engine=engine)
    society.world.standing.enrolled[0, 1] = 0
    play(society, "conduct")
    assert acts(society, 0) == set()
    assert acts(society, 1) == {"tax_evasion"}


@both_engines
def test_helping_costs_the_helper_and_benefits_a_friend(engine):
    given = {"conduct.helping_rate": 1.0, "conduct.helping_cost": 0.25, "conduct.helping_benefit": 1.5}
    society = quiet(3, [(0, 1)], given, engine=engine)
    society.world.citizens.integrity[:] = [0.5, 0.0, 0.5]
    play(society, "conduct")
    assert [acts(society, i) for i in range(3)] == [{"helping"}, set(), set()]  # 2 is willing, but has no friend
    assert wealth_changes(society) == [-250_000, 1_500_000, 0]


@both_engines
def test_one_gives_where_integrity_and_points_outweigh_the_cost(engine):
    """Integrity 0.5; 100 points at 0.01 are worth 1 to one who cares fully; a great donation costs 1.2."""
    scheme = PLAIN_SCHEME | {"event": {"donation": 100}}
    given = {"conduct.donation_rate": 1.0, "conduct.donation_cost": 1.2}
    society = quiet(3, [(0, 1)], given, schemes=scheme, engine=engine)
    society.world.citizens.score_concern[1] = 0.5
    society.world.standing.enrolled[0, 2] = 0
    play(society, "conduct")
    assert [acts(society, i) for i in range(3)] == [{"donation"}, set(), set()]
    assert wealth_changes(society) == [-1_200_000, 0, 0]
    for who, worth in ((0, 1.0), (1, 0.5), (2, 0.0)):
        assert society.citizen(who).merit_value(Event.DONATION) == worth
        assert from_python(merit_value)(society.world, who, int(Event.DONATION)) == worth


@both_engines
@pytest.mark.parametrize("event", [Event.AWARD, Event.MANY_CHILDREN, Event.ARMY_CHILD, Event.CHAMPIONSHIP])
def test_events_of_life_happen_by_rate_and_cost_nothing(engine, event):
    name = event.name.lower()
    society = play(quiet(2, [], {f"conduct.{name}_rate": 1.0}, engine=engine), "conduct")
    assert acts(society, 0) == acts(society, 1) == {name}
    assert wealth_changes(society) == [0, 0]


def test_occasions_come_up_at_their_rate():
    """1000 citizens over 20 weeks at 0.03: 600 awards expected, standard deviation sqrt(20000 x 0.03 x 0.97) = 24; 4 of them."""
    society = quiet(1000, [], {"conduct.award_rate": 0.03})
    happened = 0
    for society.tick in range(20):
        happened += int(play(society, "conduct").world.act.sum())
    assert happened == pytest.approx(600, abs=96)


# ---- criticism ----


@both_engines
def test_criticism_is_voiced_where_grievance_outweighs_fear_and_effort(engine):
    """Grievance 0.75 against an effort of 0.4; suspicion 1 breeds a fear of 0.5, and so do 50 points at 0.05 x 1/5."""
    given = {"conduct.criticism_rate": 1.0, "conduct.criticism_cost": 0.4, "informing.suspicion_fear": 0.5}
    penal = PLAIN_SCHEME | {"utility_per_point": 0.05, "event": {"criticism": -50}}
    for schemes, grievance, suspicion, voiced in (
        ((), 0.75, 0, True),
        ((), 0.2, 0, False),
        ((), 0.75, 1, False),
        (penal, 0.75, 0, False),
        (PLAIN_SCHEME, 0.75, 0, True),
        (penal, 1.0, 0, True),
    ):
        society = quiet(2, [], given, schemes=schemes, engine=engine)
        society.world.citizens.grievance[:], society.world.citizens.suspicion[:] = grievance, suspicion
        assert acts(play(society, "conduct"), 0) == ({"criticism"} if voiced else set())
        assert society.citizen(0).fear_to_speak() == pytest.approx(0.5 * suspicion + (0.5 if schemes == penal else 0))


@both_engines
def test_criticism_is_penal_only_where_a_running_scheme_counts_it(engine):
    penal = PLAIN_SCHEME | {"event": {"criticism": -50}}
    for schemes, found in (((), {}), (PLAIN_SCHEME, {}), (penal, {(0, -1, "criticism"): {}}), (penal | {"active": False}, {})):
        society = quiet(2, [], schemes=schemes, engine=engine)
        acted(society, 0, Event.CRITICISM)
        assert cases(play(society, "detection")) == found


# ---- betrayals become known ----

#: 1 betrays 0. 2 and 3 are friends of both, 4 of the victim, 5 of the betrayer.
CIRCLE = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (0, 4), (1, 5)]
SEEN = {"informing.witness_rate": 1.0, "informing.complaint_rate": 1.0}
#: Duty, worth its weight times integrity 0.5, against a dislike of informing; loyalty is off unless a test is about it.
DUTIFUL = SEEN | {"informing.civic_duty": 1.0, "informing.dislike": 0.3, "informing.loyalty": 0.0, "informing.grudge": 0.0}


def betrayal(given, engine, *, schemes=(), **kind):
    society = quiet(6, given=given, schemes=schemes, engine=engine, **(kind or {"ties": CIRCLE}))
    betrayed(society, 0, 1)
    return society


@both_engines
def test_a_betrayal_is_known_to_its_victim_and_to_friends_of_both(engine):
    assert cases(play(betrayal(DUTIFUL, engine), "detection")) == {(1, 0, BETRAYAL): {0: True, 2: True, 3: True}}
    unseen = DUTIFUL | {"informing.witness_rate": 0.0}
    assert cases(play(betrayal(unseen, engine), "detection")) == {(1, 0, BETRAYAL): {0: True}}


@both_engines
def test_a_victim_knows_even_if_it_gets_no_chance_to_complain(engine):
    society = betrayal(DUTIFUL | {"informing.complaint_rate": 0.0}, engine)
    assert cases(play(society, "detection")) == {(1, 0, BETRAYAL): {0: False, 2: True, 3: True}}


@both_engines
def test_an_honoured_exchange_and_an_unplaced_trust_are_no_cases(engine):
    society = betrayal(DUTIFUL, engine)
    society.world.week.honoured[0] = 1
    assert cases(play(society, "detection")) == {}
    society.world.week.honoured[0] = society.world.week.placed[0] = 0
    assert cases(play(society, "detection")) == {}


@both_engines
def test_there_is_one_case_for_each_accused_and_victim(engine):
    society = betrayal(DUTIFUL, engine)
    betrayed(society, 2, 1)
    betrayed(society, 1, 0)
    assert cases(play(society, "detection")) == {
        (1, 0, BETRAYAL): {0: True, 2: True, 3: True},
        (0, 1, BETRAYAL): {1: True, 2: True, 3: True},
        (1, 2, BETRAYAL): {2: True, 0: True},  # 0 is a friend of both 1 and 2
    }
    assert count(society, Count.CASES) == 3


@both_engines
def test_duty_outweighs_dislike_or_not(engine):
    """Integrity 0.5 x duty 1 = 0.5 against a dislike of 0.3 or 0.7."""
    for dislike, files in ((0.3, True), (0.7, False)):
        society = play(betrayal(DUTIFUL | {"informing.dislike": dislike}, engine), "detection")
        assert cases(society) == {(1, 0, BETRAYAL): {0: files, 2: files, 3: files}}


@both_engines
def test_a_grudge_makes_victims_report_and_nobody_else(engine):
    """0.5 + 0.4 - 0.7 = 0.2 for the victim, -0.2 for the others."""
    society = play(betrayal(DUTIFUL | {"informing.dislike": 0.7, "informing.grudge": 0.4}, engine), "detection")
    assert cases(society) == {(1, 0, BETRAYAL): {0: True, 2: False, 3: False}}


@both_engines
def test_loyalty_to_a_friend_one_trusts_silences_a_witness(engine):
    """Loyalty 0.5 x trust: 0.375 to one trusted with 0.75, 0.05 to one trusted with 0.1; duty less dislike leaves 0.2."""
    society = betrayal(DUTIFUL | {"informing.loyalty": 0.5}, engine)
    trusted, distrusted = end_of_tie(society, 2, 1), end_of_tie(society, 3, 1)
    trusted.honoured = 4  # (4 + 2) / 8 = 0.75: loyalty 0.375
    distrusted.betrayed = 16  # 2 / 20 = 0.1: loyalty 0.05
    found = cases(play(society, "detection"))[1, 0, BETRAYAL]
    assert (found[2], found[3]) == (False, True)


@both_engines
def test_kin_are_loyal_beyond_trust(engine):
    """Duty less dislike 0.2; loyalty to kin 0.4 beyond trust (trust itself counts nothing here)."""
    kin = [(1, 2)]
    ties = [tie for tie in CIRCLE if tie not in kin]
    given = DUTIFUL | {"informing.kin_loyalty": 0.4}
    found = cases(play(betrayal(given, engine, ties=ties, kin=kin), "detection"))[1, 0, BETRAYAL]
    assert (found[2], found[3]) == (False, True)


@both_engines
def test_a_victim_owes_a_stranger_no_loyalty(engine):
    given = DUTIFUL | {"informing.loyalty": 10.0}
    society = quiet(3, [(0, 2), (1, 2)], given, engine=engine)
    betrayed(society, 0, 1)
    assert cases(play(society, "detection")) == {(1, 0, BETRAYAL): {0: True, 2: False}}
    society = quiet(3, [(0, 1)], given, engine=engine)
    betrayed(society, 0, 1)
    assert cases(play(society, "detection")) == {(1, 0, BETRAYAL): {0: False}}


@both_engines
def test_a_reward_tips_those_who_can_have_it(engine):
    """0.5 duty against a dislike of 0.9. 60 points at 0.01 are worth 0.6 to one who cares fully and is surely upheld."""
    scheme = PLAIN_SCHEME | {"reporting_reward": 60}
    given = DUTIFUL | {"informing.dislike": 0.9}
    society = betrayal(given, engine, schemes=scheme)
    society.world.citizens.score_concern[3] = 0.3
    assert cases(play(society, "detection")) == {(1, 0, BETRAYAL): {0: True, 2: True, 3: False}}
    society.world.standing.enrolled[0, 2] = 0
    assert cases(play(society, "detection")) == {(1, 0, BETRAYAL): {0: True, 2: False, 3: False}}
    doubtful = betrayal(given, engine, schemes=scheme | {"rejection": 2 / 3})  # expected: a third of 0.6
    assert cases(play(doubtful, "detection")) == {(1, 0, BETRAYAL): {0: False, 2: False, 3: False}}
    on_filing = betrayal(given, engine, schemes=scheme | {"rejection": 2 / 3, "reward_on": "filed"})
    assert cases(play(on_filing, "detection")) == {(1, 0, BETRAYAL): {0: True, 2: True, 3: True}}
    at_random = betrayal(given, engine, schemes=scheme | {"rewards_at_random": True})
    assert cases(play(at_random, "detection")) == {(1, 0, BETRAYAL): {0: False, 2: False, 3: False}}
    rows = at_random.world.witnesses[:3]
    assert rows.would.tolist() == [1, 1, 1]  # the lever's decisions, which the null model only counts


def test_the_worth_of_a_reward_is_that_of_an_upheld_report():
    """60 points at 0.01. True reports are turned down with 0.25, false ones seen through with 0.9."""
    rewards = {"reporting_reward": 60, "rejection": 0.25, "verification": 0.9}
    for more, true, false in (({}, 0.45, 0.06), ({"reward_on": "filed"}, 0.6, 0.6), ({"rewards_at_random": True}, 0, 0)):
        society = quiet(2, [], schemes=PLAIN_SCHEME | rewards | more)
        for is_false, worth in ((False, true), (True, false)):
            found = from_python(reward_value)(society.world, 0, 1, DISHONOUR, is_false, False)
            assert found == pytest.approx(worth)
            assert society.citizen(0).reward_value(1, DISHONOUR, is_false, False) == found
    assert from_python(reward_value)(society.world, 0, 1, DISHONOUR, False, True) == pytest.approx(0.45)
    assert society.citizen(0).reward_value(1, DISHONOUR, False, True) == pytest.approx(0.45)


def test_no_reward_is_expected_where_none_can_be_paid():
    """Of a scheme that has not enrolled the accused, or that takes nothing for the event."""
    society = quiet(2, [], schemes=PLAIN_SCHEME | {"reporting_reward": 60})
    assert from_python(reward_value)(society.world, 0, 1, DISHONOUR, False, False) > 0
    assert from_python(reward_value)(society.world, 0, 1, int(Event.AWARD), False, False) == 0
    society.world.standing.enrolled[0, 1] = 0
    assert from_python(reward_value)(society.world, 0, 1, DISHONOUR, False, False) == 0
    assert society.citizen(0).reward_value(1, DISHONOUR, False, False) == 0


def test_reports_expected_are_the_rate_times_the_eligible_witnesses():
    """400 friends of both hear of it with 0.3: 120 reports a week, standard deviation sqrt(400 x 0.3 x 0.7) = 9.2.

    The mean of 50 weeks has a standard error of 1.3; 4 is three of them. The victim's own complaint comes on top at its rate.
    """
    ties = [(0, 1)] + [(k, friend) for friend in range(2, 402) for k in (0, 1)]
    society = quiet(402, ties, DUTIFUL | {"informing.witness_rate": 0.3, "informing.complaint_rate": 0.0})
    betrayed(society, 0, 1)
    filed = 0
    for society.tick in range(50):
        play(society, "detection", "adjudication")
        filed += count(society, Count.TRUE_REPORTS)
    assert filed / 50 == pytest.approx(120, abs=4)


def test_complaints_expected_are_the_rate_times_the_victims():
    """300 victims of strangers, complaint rate 0.3: 90 a week, standard deviation 7.9; of 40 weeks 1.26; 4 is three of them."""
    society = quiet(600, [], DUTIFUL | {"informing.complaint_rate": 0.3})
    for k in range(300):
        betrayed(society, k, 300 + k)
    filed = 0
    for society.tick in range(40):
        play(society, "detection", "adjudication")
        filed += count(society, Count.TRUE_REPORTS)
    assert filed / 40 == pytest.approx(90, abs=4)


# ---- acts in public become known ----


@both_engines
def test_ties_of_the_actor_may_see_an_act_in_public(engine):
    for rate, seen in ((1.0, {0: True, 2: True, 3: True, 5: True}), (0.0, {})):
        society = quiet(6, CIRCLE, DUTIFUL | {"informing.public_witness_rate": rate}, engine=engine)
        acted(society, 1, Event.TAX_EVASION)
        assert cases(play(society, "detection")) == {(1, -1, "tax_evasion"): seen}


@both_engines
def test_each_act_in_public_is_a_case_of_its_own(engine):
    society = quiet(2, [], schemes="rongcheng", engine=engine)
    for event in (Event.TAX_EVASION, Event.CRIME, Event.CRITICISM, Event.HELPING, Event.MANY_CHILDREN):
        acted(society, 0, event)
    assert set(cases(play(society, "detection"))) == {(0, -1, "tax_evasion"), (0, -1, "crime"), (0, -1, "criticism")}


@both_engines
@pytest.mark.parametrize(("region", "name"), [(0, "urban"), (1, "rural"), (2, "special")])
def test_cameras_see_acts_in_public_in_their_region_and_the_court_wrongs_only(engine, region, name):
    given = {f"region.{name}_cameras": 1.0, "court.detection": 1.0}
    society = quiet(6, CIRCLE, given, schemes="rongcheng", engine=engine)
    betrayed(society, 0, 1)
    for who in (2, 3):
        acted(society, who, Event.CRIME)
    acted(society, 2, Event.CRITICISM)
    society.world.citizens.region[:] = [(region + 1) % 3] * 6
    society.world.citizens.region[2] = region
    play(society, "detection")
    found = {(int(c.accused), Event(c.event).name.lower()): (int(c.camera), int(c.court)) for c in society.world.cases[:4]}
    assert found == {(1, BETRAYAL): (0, 1), (2, "crime"): (1, 1), (2, "criticism"): (1, 0), (3, "crime"): (0, 1)}


# ---- false accusations ----

#: A reward of 100 points at 0.1 is worth 10, if false reports passed for true.
TEMPTING = PLAIN_SCHEME | {"reporting_reward": 100, "utility_per_point": 0.1, "verification": 0.9}


def accusers(given, engine, integrity, scheme=None, **kind):
    """Let 0, tied to 1 only, come upon an occasion to accuse; return the week's cases."""
    given = {"informing.false_report_rate": 1.0, "informing.loyalty": 0.5, "informing.dislike": 0.1} | given
    society = quiet(3, given=given, schemes=scheme or TEMPTING, engine=engine, **(kind or {"ties": [(0, 1)]}))
    society.world.citizens.integrity[:], society.world.citizens.score_concern[:] = [integrity, 1.0, 1.0], [1.0, 0.0, 0.0]
    return play(society, "detection")


@both_engines
def test_a_false_report_is_made_where_its_reward_outweighs_integrity_and_loyalty(engine):
    """10 x (1 - 0.9) = 1 against integrity, loyalty 0.5 x 0.5 and a dislike of 0.1: up to an integrity of 0.65."""
    assert cases(accusers({}, engine, 0.45)) == {(1, 0, "false"): {0: True}}
    assert cases(accusers({}, engine, 0.85)) == {}
    assert cases(accusers({"informing.false_report_rate": 0.0}, engine, 0.45)) == {}
    assert cases(accusers({}, engine, 0.45, TEMPTING | {"verification": 1.0})) == {}
    assert cases(accusers({"informing.dislike": 0.5}, engine, 0.45)) == {}
    assert cases(accusers({"informing.kin_loyalty": 0.5}, engine, 0.45, kin=[(0, 1)])) == {}
    assert cases(accusers({}, engine, 0.85, TEMPTING | {"reward_on": "filed"})) == {(1, 0, "false"): {0: True}}


@both_engines
def test_without_friends_nobody_is_accused(engine):
    society = accusers({}, engine, 1.0)
    society.world.citizens.integrity[2] = 0
    assert cases(play(society, "detection")) == {}


@both_engines
def test_who_was_betrayed_this_week_has_no_need_to_lie(engine):
    society = accusers({}, engine, 0.0)
    betrayed(society, 0, 1)
    assert cases(play(society, "detection")) == {(1, 0, BETRAYAL): {0: False}}
    society.world.week.honoured[0] = 1
    assert cases(play(society, "detection")) == {(1, 0, "false"): {0: True}}


@both_engines
def test_the_null_model_keeps_would_be_accusers_from_filing(engine):
    society = accusers({}, engine, 0.0, TEMPTING | {"rewards_at_random": True})
    assert cases(society) == {(1, 0, "false"): {0: False}}
    assert society.world.witnesses[0].would == 1
