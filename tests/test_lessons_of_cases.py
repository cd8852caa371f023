"""What everybody learns from how a case ended: whether institutions are fair, how firmly they grip, and who informed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.events import Event
from model.population import Count, Tally
from tests.circle import CIRCLE, STRICT, judged, opinions
from tests.worlds import PLAIN_SCHEME, bring, count, doubts, end_of_tie, next_week, play, quiet, tally, ties_of

# ---- fair and unfair ----


#: Every way in which a known betrayal can stay unpunished.
UNPUNISHED = {
    "nobody reports": ({}, {}, {"saw": [2]}),
    "the scheme rejects the report": ({"rejection": 1.0}, {}, {"reported": [2]}),
    "the case of an official is dropped": ({"exemption": 1.0}, {}, {"reported": [2]}),
    "no scheme at work, and the court enforces nothing": ({"active": False}, {"court.enforcement": 0.0}, {"reported": [2]}),
    "the court lets officials off": ({"active": False}, STRICT | {"court.exemption": 1.0}, {"reported": [2]}),
}


@pytest.mark.parametrize(("scheme", "given", "case"), UNPUNISHED.values(), ids=UNPUNISHED)
def test_a_known_betrayal_left_unpunished_is_unfair_to_all_who_know_whatever_the_reason(scheme, given, case):
    society = quiet(6, CIRCLE, given, schemes=PLAIN_SCHEME | scheme)
    society.world.citizens.official[1] = 1
    bring(society, 1, 0, **case)
    play(society, "adjudication")
    assert opinions(society) == {0: (0, 1), 2: (0, 1)}
    assert [tally(society, i, Tally.WRONGED) for i in range(6)] == [1, 0, 0, 0, 0, 0]
    assert [tally(society, i, Tally.SANCTIONED) for i in range(6)] == [0] * 6


@pytest.mark.parametrize(("scheme", "given"), [({}, {}), ({"rejection": 1.0}, STRICT), ({}, STRICT)])
def test_a_betrayal_punished_by_anyone_is_fair_to_all_who_know(scheme, given):
    society = judged(PLAIN_SCHEME | scheme, given, reported=[2], saw=[3])
    assert opinions(society) == {0: (1, 0), 2: (1, 0), 3: (1, 0)}
    assert [tally(society, i, Tally.WRONGED) for i in range(6)] == [0] * 6
    assert [tally(society, i, Tally.SANCTIONED) for i in range(6)] == [0, 1, 0, 0, 0, 0]


def test_speech_punished_is_unfair_to_the_speaker_and_all_who_saw_and_unpunished_to_nobody():
    scheme = PLAIN_SCHEME | {"event": {"criticism": -50}}
    punished = judged(scheme, victim=-1, event=Event.CRITICISM, reported=[2])
    assert opinions(punished) == {1: (0, 1), 2: (0, 1)}
    assert tally(punished, 1, Tally.WRONGED) == tally(punished, 1, Tally.SANCTIONED) == 1
    assert opinions(judged(scheme, victim=-1, event=Event.CRITICISM, saw=[2])) == {}


def test_who_saw_a_critic_punished_or_spared_learns_how_firm_the_grip_on_speech_is():
    scheme = PLAIN_SCHEME | {"event": {"criticism": -50}}
    for seen, own, known in (({"reported": [2]}, [1, 0], [1, 0]), ({"saw": [2]}, [0, 1], [0, 1])):
        society = judged(scheme, victim=-1, event=Event.CRITICISM, **seen)
        assert society.world.grip[0, 1].tolist() == [*own, 0, 0]
        assert society.world.grip[0, 2].tolist() == [0, 0, *known]
        assert society.world.grip[0, 3].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("inference", [0.0, 0.5])
@pytest.mark.parametrize("official", [0, 1])
def test_unpunished_officials_say_something_about_people_only_to_those_who_infer_it(inference, official):
    society = quiet(6, CIRCLE, {"learning.unfairness_inference": inference}, schemes=PLAIN_SCHEME)
    society.world.citizens.official[1] = official
    bring(society, 1, 0, saw=[2])
    bring(society, 1, 3, reported=[3])  # a punished one says nothing
    play(society, "adjudication")
    expected = inference * official
    assert society.world.citizens.trust_betrayed.tolist() == [expected, 0, expected, 0, 0, 0]


def test_by_default_nothing_is_inferred_from_officials():
    assert quiet(2).parameters.learning.unfairness_inference == 0


# ---- how firmly institutions grip ----


def test_own_cases_count_in_full_and_known_ones_by_their_weight_each_for_its_institution():
    """1 betrayed 0: fined by the court, let off by the scheme. 0 and 2 know. Then a case of 2 that the scheme punishes."""
    society = judged(PLAIN_SCHEME | {"rejection": 1.0}, STRICT | {"risk.known_weight": 0.25}, reported=[2])
    people, standing = society.world.citizens, society.world.standing
    assert people.caught.tolist() == [0.25, 1, 0.25, 0, 0, 0]
    assert people.missed.tolist() == [0] * 6
    assert standing.caught[0].tolist() == [0] * 6
    assert standing.missed[0].tolist() == [0.25, 1, 0.25, 0, 0, 0]
    next_week(society)
    society.world.rules.court.enforcement, society.world.schemes.rejection[0] = 0.0, 0.0
    bring(society, 2, 0, reported=[0])
    play(society, "adjudication")
    assert people.missed.tolist() == [0.25, 0, 1, 0, 0, 0]
    assert standing.caught[0].tolist() == [0.25, 0, 1, 0, 0, 0]


def test_a_scheme_that_does_not_take_the_case_is_not_thought_lax():
    society = quiet(6, CIRCLE, schemes=PLAIN_SCHEME)
    society.world.standing.enrolled[0, 1] = 0
    bring(society, 1, 0, reported=[2])
    play(society, "adjudication")
    assert society.world.standing.missed.sum() == 0
    assert society.world.citizens.missed.tolist() == [0.5, 1, 0.5, 0, 0, 0]  # the court let it pass


# ---- who informed ----


def test_an_exposed_informer_is_distrusted_and_the_tie_remembers():
    society = judged(PLAIN_SCHEME, {"informing.exposure": 1.0, "informing.betrayal_weight": 1.5}, reported=[2])
    assert doubts(society, 1) == {0: 0, 2: 1.5, 3: 0, 5: 0}
    assert doubts(society, 2) == {0: 0, 1: 0}
    assert end_of_tie(society, 1, 2).exposed == 1
    assert end_of_tie(society, 2, 1).exposed == 2
    assert end_of_tie(society, 1, 3).exposed == end_of_tie(society, 3, 1).exposed == 0


def test_who_informed_on_each_other_is_exposed_to_each_other():
    society = quiet(3, [(0, 1), (0, 2), (1, 2)], {"informing.exposure": 1.0}, schemes=PLAIN_SCHEME)
    bring(society, 1, 0, reported=[2])
    bring(society, 2, 0, reported=[1])
    play(society, "adjudication")
    assert end_of_tie(society, 1, 2).exposed == end_of_tie(society, 2, 1).exposed == 3


@pytest.mark.parametrize(("reporters", "each"), [([0], 1 / 3), ([2], 1 / 3), ([0, 3], 2 / 3), ([0, 2, 3], 1.0)])
def test_the_evidence_of_a_hidden_report_is_shared_among_those_who_could_have_made_it(reporters, each):
    """The victim 0 and the friends of both, 2 and 3, could have; 5, a friend of the accused alone, could not."""
    society = judged(PLAIN_SCHEME, reported=reporters)
    assert doubts(society, 1) == {0: pytest.approx(each), 2: pytest.approx(each), 3: pytest.approx(each), 5: 0}
    assert sum(doubts(society, 1).values()) == pytest.approx(len(reporters))  # one betrayal's evidence each
    assert [end_of_tie(society, i, j).exposed for i, j in ties_of(society)] == [0] * 7


def test_the_share_of_a_victim_who_is_a_stranger_goes_nowhere():
    society = quiet(4, [(0, 2), (1, 2), (0, 3), (1, 3)], schemes=PLAIN_SCHEME)
    bring(society, 1, 0, reported=[0])
    play(society, "adjudication")
    assert doubts(society, 1) == {2: pytest.approx(1 / 3), 3: pytest.approx(1 / 3)}
    alone = quiet(3, [(1, 2)], schemes=PLAIN_SCHEME)
    bring(alone, 1, 0, reported=[0])
    play(alone, "adjudication")
    assert doubts(alone, 1) == {2: 0}  # only the victim knew


def test_an_act_in_public_could_have_been_reported_by_any_tie():
    scheme = PLAIN_SCHEME | {"event": {"tax_evasion": -100}}
    society = judged(scheme, victim=-1, event=Event.TAX_EVASION, reported=[5])
    assert doubts(society, 1) == {0: 0.25, 2: 0.25, 3: 0.25, 5: 0.25}


def test_a_false_accusation_could_have_come_from_any_tie():
    society = judged(PLAIN_SCHEME | {"verification": 0.0}, reported=[0], false=True)
    assert doubts(society, 1) == {0: 0.25, 2: 0.25, 3: 0.25, 5: 0.25}


def test_the_unpunished_learn_nothing_of_reports():
    society = judged(PLAIN_SCHEME | {"rejection": 1.0}, {"informing.exposure": 1.0}, reported=[0, 2])
    assert doubts(society, 1) == {0: 0, 2: 0, 3: 0, 5: 0}
    assert society.world.citizens.suspicion.tolist() == [0] * 6
    assert count(society, Count.UPHELD) == 0


def test_suspicion_rises_once_a_week_however_many_reported():
    society = judged(PLAIN_SCHEME, {"informing.suspicion_jump": 0.3}, reported=[0, 2, 3])
    assert society.world.citizens.suspicion.tolist() == pytest.approx([0, 0.3, 0, 0, 0, 0])
    next_week(society)
    bring(society, 1, 0, reported=[0])
    play(society, "adjudication")
    assert society.world.citizens.suspicion[1] == pytest.approx(0.51)
    caught_otherwise = judged((), STRICT, court=True)
    assert caught_otherwise.world.citizens.suspicion.sum() == 0


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20),
    st.integers(0, 7),
    st.integers(0, 7),
    st.sets(st.integers(0, 7), max_size=8),
    st.floats(0, 1),
    st.floats(0, 3),
)
def test_reports_yield_at_most_one_betrayals_evidence_each(ties, accused, victim, reporters, exposure, weight):
    """In any circle of eight: the accused takes in the weight of one betrayal for each report, less what falls on strangers."""
    if accused == victim:
        victim = (victim + 1) % 8
    society = quiet(8, ties, {"informing.exposure": exposure, "informing.betrayal_weight": weight}, schemes=PLAIN_SCHEME)
    friends_of_both = set(society.neighbours(accused)) & set(society.neighbours(victim))
    reported = [i for i in sorted(reporters) if i in friends_of_both or i == victim]
    bring(society, accused, victim, reported=reported)
    play(society, "adjudication")
    taken = sum(doubts(society, accused).values())
    if society.slot_of(accused, victim) >= 0:
        assert taken == pytest.approx(weight * len(reported), rel=1e-5)
    else:
        assert taken <= weight * len(reported) * (1 + 1e-5)
    others = [i for i in range(8) if i != accused]
    assert sum(sum(doubts(society, i).values()) for i in others) == 0
