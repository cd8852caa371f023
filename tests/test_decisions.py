"""Every decision of a citizen by hand, on both sides of its threshold; its limits; and which way each motive pulls."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.befriending import (
    CUT_CAUSES,
    DISTRUST,
    INFORMER,
    SCORE,
    cause_of_cut,
    probability_of_befriending,
    probability_of_cutting,
    score_cost_of_contact,
    value_of_tie,
)
from agents.choosing import beta_mean, deterrence, logistic, value_of_points
from agents.conduct import fear_of_speaking, probability_of_criticising, probability_of_giving, probability_of_offending
from agents.informing import loyalty_to, probability_of_accusing, probability_of_reporting, raised_suspicion
from agents.joining import approval, probability_of_enrolling, probability_of_protesting, probability_of_voicing_disapproval
from agents.trusting import (
    belief_given_grade,
    belief_in_partner,
    net_gain,
    prior_of_tie,
    probability_of_honouring,
    probability_of_trusting,
    signal_weight,
)

KEPT = -1
LN3 = math.log(3)  # odds of 3 to 1: a probability of 0.75
share = st.floats(0, 1)
utility = st.floats(-10, 10)
evidence = st.floats(0, 1000)
slope = st.floats(0, 100)


# ---- the logit rule ----


@pytest.mark.parametrize(("x", "probability"), [(0.0, 1 / 2), (LN3, 3 / 4), (-LN3, 1 / 4), (math.log(9), 9 / 10)])
def test_the_logit_rule_turns_log_odds_into_a_probability(x, probability):
    assert logistic(x) == pytest.approx(probability, rel=1e-14)


def test_the_logit_rule_is_a_probability_however_large_the_utility():
    assert logistic(1e6) == 1
    assert logistic(-1e6) == 0
    assert logistic(math.inf) == 1
    assert logistic(-math.inf) == 0


@given(st.floats(-700, 700), st.floats(-700, 700))
def test_the_logit_rule_rises_and_treats_both_answers_alike(x, y):
    assert logistic(x) + logistic(-x) == pytest.approx(1, abs=1e-15)
    assert (logistic(x) <= logistic(y)) or x > y


# Every choice with its arguments at indifference, and which way each of them pulls (0: the slope, which pulls neither way there).
CHOICES = {
    # belief 6/11 = loss / (gain + loss): 6/11 x 1 - 5/11 x 1.2 = 0
    "trust": (probability_of_trusting, (6 / 11, 1.0, 1.2, 6.0), (+1, +1, -1, 0)),
    # 0.2 integrity + 0.3 stake + 0.05 fear = 0.55 temptation
    "honour": (probability_of_honouring, (0.2, 0.3, 0.05, 0.55, 6.0), (+1, +1, +1, -1, 0)),
    # 0.2 integrity + 0.1 fear = 0.3 gain
    "offend": (probability_of_offending, (0.2, 0.1, 0.3, 6.0), (-1, -1, +1, 0)),
    # 0.4 integrity + 0.1 points = 0.5 cost
    "give": (probability_of_giving, (0.4, 0.1, 0.5, 6.0), (+1, +1, -1, 0)),
    # 0.7 grievance = 0.3 fear + 0.4 effort
    "criticise": (probability_of_criticising, (0.7, 0.3, 0.4, 6.0), (+1, -1, -1, 0)),
    # 0.5 reward + 0.2 duty + 0.6 grudge = 1.0 loyalty + 0.3 dislike
    "report": (probability_of_reporting, (0.5, 0.2, 0.6, 1.0, 0.3, 6.0), (+1, +1, +1, -1, -1, 0)),
    # 1.5 reward = 0.4 integrity + 0.8 loyalty + 0.3 dislike
    "accuse": (probability_of_accusing, (1.5, 0.4, 0.8, 0.3, 6.0), (+1, -1, -1, -1, 0)),
    # 0.6 score cost + 0.2 anger = 0.8 value
    "cut": (probability_of_cutting, (0.8, 0.6, 0.2, 6.0), (-1, +1, +1, 0)),
    # 0.3 value = 0.3 score cost
    "befriend": (probability_of_befriending, (0.3, 0.3, 6.0), (+1, -1, 0)),
    # 0.4 of friends + 0.1 perks = 0.5 reluctance
    "enrol": (probability_of_enrolling, (0.4, 0.1, 0.5, 6.0), (+1, +1, -1, 0)),
    # 0.2 disapproval = 0.2 fear
    "disapprove aloud": (probability_of_voicing_disapproval, (0.2, 0.2, 6.0), (+1, -1, 0)),
    # 0.4 turnout, half of it hidden, + 0.5 grievance = 0.6 threshold + 0.1 fear
    "protest": (probability_of_protesting, (0.4, 0.5, 0.5, 0.6, 0.1, 6.0), (+1, -1, +1, -1, -1, 0)),
}
choices = pytest.mark.parametrize(("choice", "arguments", "pulls"), CHOICES.values(), ids=CHOICES)


def moved(arguments, k, by):
    return (*arguments[:k], arguments[k] + by, *arguments[k + 1 :])


@choices
def test_at_indifference_a_choice_is_a_coin_flip(choice, arguments, pulls):
    assert len(arguments) == len(pulls)
    assert choice(*arguments) == pytest.approx(1 / 2, abs=1e-12)


@choices
def test_each_motive_tips_the_choice_its_own_way_on_both_sides_of_the_threshold(choice, arguments, pulls):
    for k, pull in enumerate(pulls):
        above, below = choice(*moved(arguments, k, 1e-6)), choice(*moved(arguments, k, -1e-6))
        if pull > 0:
            assert above > 1 / 2 > below
        elif pull < 0:
            assert above < 1 / 2 < below
        else:
            assert above == pytest.approx(1 / 2, abs=1e-12)


@choices
def test_without_slope_every_choice_is_a_coin_flip_and_a_steep_slope_decides_it(choice, arguments, pulls):
    for k, pull in enumerate(pulls[:-1]):
        better = moved(arguments, k, 0.5 * pull)
        worse = moved(arguments, k, -0.5 * pull)
        assert choice(*better[:-1], 0.0) == choice(*worse[:-1], 0.0) == 1 / 2
        assert choice(*better[:-1], 100.0) > 1 - 1e-4
        assert choice(*worse[:-1], 100.0) < 1e-4


# Worked by hand; the slope is ln 3 over the net utility, so that the answer is 3/4.
BY_HAND = {
    "trust: 0.8 x 1 - 0.2 x 1.2 = 0.56": probability_of_trusting(0.8, 1.0, 1.2, LN3 / 0.56),
    "honour: 0.5 + 0.35 + 0.2 - 0.55 = 0.5": probability_of_honouring(0.5, 0.35, 0.2, 0.55, LN3 / 0.5),
    "offend: 0.9 - 0.3 - 0.2 = 0.4": probability_of_offending(0.3, 0.2, 0.9, LN3 / 0.4),
    "give: 0.5 + 0.1 - 0.2 = 0.4": probability_of_giving(0.5, 0.1, 0.2, LN3 / 0.4),
    "criticise: 0.9 - 0.1 - 0.4 = 0.4": probability_of_criticising(0.9, 0.1, 0.4, LN3 / 0.4),
    "report: 0.5 + 0.2 + 0.6 - 0.7 - 0.3 = 0.3": probability_of_reporting(0.5, 0.2, 0.6, 0.7, 0.3, LN3 / 0.3),
    "accuse: 1.5 - 0.2 - 0.6 - 0.3 = 0.4": probability_of_accusing(1.5, 0.2, 0.6, 0.3, LN3 / 0.4),
    "cut: 0.7 + 0.3 - 0.6 = 0.4": probability_of_cutting(0.6, 0.7, 0.3, LN3 / 0.4),
    "befriend: 0.7 - 0.3 = 0.4": probability_of_befriending(0.7, 0.3, LN3 / 0.4),
    "enrol: 0.75 + 0.15 - 0.5 = 0.4": probability_of_enrolling(0.75, 0.15, 0.5, LN3 / 0.4),
    "disapprove aloud: 0.6 - 0.2 = 0.4": probability_of_voicing_disapproval(0.6, 0.2, LN3 / 0.4),
    "protest: 0.4 x 0.5 + 0.7 - 0.4 - 0.1 = 0.4": probability_of_protesting(0.4, 0.5, 0.7, 0.4, 0.1, LN3 / 0.4),
}


@pytest.mark.parametrize("probability", BY_HAND.values(), ids=BY_HAND)
def test_a_choice_worked_by_hand(probability):
    assert probability == pytest.approx(3 / 4, rel=1e-12)


def test_one_whose_friends_all_protest_in_secret_sees_an_empty_square():
    seen = probability_of_protesting(1.0, 0.0, 0.0, 0.5, 0.0, LN3 / 0.5)
    hidden = probability_of_protesting(1.0, 1.0, 0.0, 0.5, 0.0, LN3 / 0.5)
    assert (seen, hidden) == (pytest.approx(3 / 4), pytest.approx(1 / 4))


# ---- beliefs ----


def test_a_beta_belief_is_the_share_of_good_among_evidence_and_prior():
    assert beta_mean(0.0, 0.0, 3.0, 3.0) == 1 / 2
    assert beta_mean(5.0, 1.0, 3.0, 3.0) == pytest.approx(8 / 12)
    assert beta_mean(0.0, 6.0, 3.0, 3.0) == pytest.approx(3 / 12)
    assert beta_mean(0.0, 0.0, 1.0, 4.0) == pytest.approx(1 / 5)


@given(evidence, evidence, st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0.01, 10))
def test_a_beta_belief_is_a_probability_that_follows_the_evidence(good, bad, prior_good, prior_bad, more):
    belief = beta_mean(good, bad, prior_good, prior_bad)
    assert 0 < belief < 1
    assert beta_mean(good, bad + more, prior_good, prior_bad) < belief < beta_mean(good + more, bad, prior_good, prior_bad)


def test_kinship_moves_the_prior_part_of_the_way_to_certainty():
    assert prior_of_tie(0.5, 0.0) == 0.5
    assert prior_of_tie(0.5, 0.3) == pytest.approx(0.65)  # 0.5 + 0.3 x 0.5
    assert prior_of_tie(0.8, 0.5) == pytest.approx(0.9)
    assert prior_of_tie(0.2, 1.0) == 1


@given(share, share)
def test_kinship_never_lowers_the_prior(trust, bonus):
    assert trust <= prior_of_tie(trust, bonus) <= 1 + 1e-15


def test_what_a_grade_means_weighs_nothing_without_evidence_and_at_most_its_strength():
    assert signal_weight(0.0, 4.0) == 0
    assert signal_weight(0.0, 0.0) == 0
    assert signal_weight(4.0, 4.0) == 2  # 4 x 4 / (4 + 4)
    assert signal_weight(12.0, 4.0) == 3  # 4 x 12 / (12 + 4)
    assert signal_weight(1e12, 4.0) == pytest.approx(4)
    assert signal_weight(5.0, 0.0) == 0


@given(evidence, st.floats(0.01, 10), st.floats(0.01, 100))
def test_the_more_a_grade_was_seen_the_more_it_weighs(seen, more, strength):
    assert signal_weight(seen, strength) < signal_weight(seen + more, strength) <= strength


def test_belief_in_a_partner_is_the_share_of_honoured_among_evidence_prior_and_signal():
    # A stranger, no grade seen: the prior alone.
    assert belief_in_partner(0.0, 0.0, 0.4, 4.0) == pytest.approx(0.4)
    # A tie: (6 + 4 x 0.5) / (6 + 2 + 4) = 8/12.
    assert belief_in_partner(6.0, 2.0, 0.5, 4.0) == pytest.approx(8 / 12)


def test_belief_given_a_grade():
    """Of eight partners with a grade four honoured; of the four with this grade three. Its weight is 4 x 4/(4 + 4) = 2."""
    # A stranger: 0.25 more than others, by 2 of 4 + 2: 0.5 + 0.25 / 3.
    assert belief_given_grade(0.5, 4.0, 3.0, 1.0, 4.0, 4.0, 4.0) == pytest.approx(0.5 + 0.25 / 3)
    # The other grade, one of four: as much less. A good name may mean nothing good.
    assert belief_given_grade(0.5, 4.0, 1.0, 3.0, 4.0, 4.0, 4.0) == pytest.approx(0.5 - 0.25 / 3)
    # One known from eight exchanges: by 2 of 8 + 4 + 2.
    assert belief_given_grade(8 / 12, 12.0, 3.0, 1.0, 4.0, 4.0, 4.0) == pytest.approx(8 / 12 + 0.25 * 2 / 14)
    # Nobody is told to be better than certain: 0.9 + (1 - 0.9) x 2/6.
    assert belief_given_grade(0.9, 4.0, 3.0, 1.0, 4.0, 4.0, 4.0) == pytest.approx(0.9 + 0.1 / 3)
    assert belief_given_grade(0.1, 4.0, 1.0, 3.0, 4.0, 4.0, 4.0) == pytest.approx(0.1 - 0.1 / 3)


@given(evidence, evidence, share, st.floats(0.01, 100))
def test_belief_in_a_partner_is_a_probability_that_follows_the_evidence(honoured, wronged, prior, strength):
    belief = belief_in_partner(honoured, wronged, prior, strength)
    better = belief_in_partner(honoured + 1.0, wronged, prior, strength)
    worse = belief_in_partner(honoured, wronged + 1.0, prior, strength)
    assert -1e-12 <= worse <= belief + 1e-12 <= better + 2e-12 <= 1 + 3e-12


@given(share, st.floats(0.01, 100), evidence, evidence, evidence, evidence, st.floats(0, 100))
def test_belief_given_a_grade_is_a_probability_that_follows_the_grade(unaided, known, good, bad, others_good, others_bad, strength):
    def told(more_good=0.0, more_bad=0.0):
        seen = good + more_good, bad + more_bad
        return belief_given_grade(unaided, known, *seen, seen[0] + others_good, seen[1] + others_bad, strength)

    assert -1e-12 <= told() <= 1 + 1e-12
    if good + bad > 0:  # the same number of exchanges, one of them the other way
        assert told(more_bad=1.0) <= told(more_good=1.0) + 1e-12


@given(share, st.floats(0.01, 100), evidence, evidence, st.floats(0, 100))
def test_a_label_that_all_carry_alike_says_nothing(unaided, known, good, bad, strength):
    assert belief_given_grade(unaided, known, good, bad, good, bad, strength) == unaided
    assert belief_given_grade(unaided, known, 0.0, 0.0, good, bad, strength) == unaided
    assert belief_given_grade(unaided, known, good, bad, good + 7.0, bad, 0.0) == unaided  # a signal of no strength


@pytest.mark.parametrize(("gain", "loss"), [(1.0, 1.0), (1.0, 1.2), (1.0, 1.4), (2.0, 1.0), (10.0, 0.5)])
def test_trust_pays_from_loss_over_gain_plus_loss_on(gain, loss):
    threshold = loss / (gain + loss)
    assert net_gain(threshold, gain, loss) == pytest.approx(0, abs=1e-15)
    assert net_gain(threshold + 1e-9, gain, loss) > 0 > net_gain(threshold - 1e-9, gain, loss)
    assert net_gain(1.0, gain, loss) == gain
    assert net_gain(0.0, gain, loss) == -loss


# ---- what is at stake ----


def test_what_points_are_worth_and_what_fear_they_breed():
    assert value_of_points(30.0, 0.01, 0.5) == pytest.approx(0.15)
    assert value_of_points(-30.0, 0.01, 0.5) == pytest.approx(-0.15)
    assert value_of_points(30.0, 0.01, 0.0) == 0
    assert deterrence(0.2, 0.15) == pytest.approx(0.03)
    assert deterrence(0.0, 5.0) == 0
    assert fear_of_speaking(0.1, 0.5, 0.3) == pytest.approx(0.25)
    assert fear_of_speaking(0.1, 0.0, 0.3) == 0.1


def test_loyalty_grows_with_trust_and_kinship():
    assert loyalty_to(0.0, 1.0, 0.0) == 0
    assert loyalty_to(0.6, 2.0, 0.0) == pytest.approx(1.2)
    assert loyalty_to(0.6, 2.0, 0.5) == pytest.approx(1.7)


def test_suspicion_moves_part_of_the_way_to_certainty_with_each_report():
    assert raised_suspicion(0.0, 0.3) == pytest.approx(0.3)
    assert raised_suspicion(0.3, 0.3) == pytest.approx(0.51)  # 0.3 + 0.3 x 0.7
    assert raised_suspicion(0.5, 0.0) == 0.5
    assert raised_suspicion(0.5, 1.0) == 1


@given(share, share)
def test_suspicion_rises_and_stays_a_share(suspicion, jump):
    assert suspicion <= raised_suspicion(suspicion, jump) <= 1 + 1e-15


def test_approval_is_trust_and_perks_less_grievance_and_the_bar():
    assert approval(0.6, 0.1, 0.2, 0.5) == pytest.approx(0)
    assert approval(0.61, 0.1, 0.2, 0.5) > 0 > approval(0.59, 0.1, 0.2, 0.5)
    assert approval(0.6, 0.11, 0.2, 0.5) > 0 > approval(0.6, 0.09, 0.2, 0.5)
    assert approval(0.6, 0.1, 0.19, 0.5) > 0 > approval(0.6, 0.1, 0.21, 0.5)
    assert approval(0.6, 0.1, 0.2, 0.49) > 0 > approval(0.6, 0.1, 0.2, 0.51)


# ---- ties ----


def test_a_tie_is_worth_the_expected_exchange_and_attachment():
    assert value_of_tie(0.8, 1.0, 1.2, 0.3) == pytest.approx(0.86)  # 0.8 - 0.24 + 0.3
    assert value_of_tie(0.0, 1.0, 1.2, 2.0) == pytest.approx(0.8)  # one's kin, though one trusts them with nothing


def test_the_score_cost_of_a_contact_by_hand():
    # Points 1000, contacts with 1000 and 700, weight 0.2. With both: 0.8 x 1000 + 0.2 x 850 = 970; without the second: 1000.
    assert score_cost_of_contact(0.2, 1000.0, 1700.0, 2.0, 700.0, True) == pytest.approx(30)
    # Without the first: 0.8 x 1000 + 0.2 x 700 = 940. It lifts the score by 30.
    assert score_cost_of_contact(0.2, 1000.0, 1700.0, 2.0, 1000.0, True) == pytest.approx(-30)
    # The only contact, 700: with it 0.8 x 1000 + 0.2 x 700 = 940, alone 1000.
    assert score_cost_of_contact(0.2, 1000.0, 700.0, 1.0, 700.0, True) == pytest.approx(60)
    # To befriend a 700 beside a 1000: from 1000 to 970.
    assert score_cost_of_contact(0.2, 1000.0, 1000.0, 1.0, 700.0, False) == pytest.approx(30)
    # The first contact, 1300: from 1000 to 0.8 x 1000 + 0.2 x 1300 = 1060.
    assert score_cost_of_contact(0.2, 1000.0, 0.0, 0.0, 1300.0, False) == pytest.approx(-60)
    # In a circle of a hundred, one at 700 costs 0.2 x 300 / 100 = 0.6 against 99 at 1000.
    assert score_cost_of_contact(0.2, 1000.0, 99_700.0, 100.0, 700.0, True) == pytest.approx(0.6)
    assert score_cost_of_contact(0.0, 1000.0, 700.0, 1.0, 700.0, True) == 0


whole_points = st.integers(0, 1300)


@given(share, whole_points, st.lists(whole_points, min_size=1, max_size=8), st.data())
def test_the_score_cost_is_the_score_without_the_contact_less_the_score_with_it(weight, own, contacts, data):
    def exact_score(others):
        mean = Fraction(sum(others), len(others)) if others else Fraction(own)
        return (1 - Fraction(weight)) * own + Fraction(weight) * mean

    one = data.draw(st.sampled_from(contacts))
    rest = contacts.copy()
    rest.remove(one)
    cost = float(exact_score(rest) - exact_score(contacts))
    total, number = float(sum(contacts)), float(len(contacts))
    assert score_cost_of_contact(weight, float(own), total, number, float(one), True) == pytest.approx(cost, abs=1e-9)
    assert score_cost_of_contact(weight, float(own), total - one, number - 1, float(one), False) == pytest.approx(cost, abs=1e-9)


# With a slope of ln 3, a value of 0, a score cost of 1 and an anger of 1, a tie is cut with probability 1/2 for distrust alone,
# with 3/4 when the score counts, with 9/10 when anger does, too. One draw decides for all three.
@pytest.mark.parametrize(
    ("luck", "cause"),
    [
        (0.0, DISTRUST),
        (0.499, DISTRUST),
        (0.501, SCORE),
        (0.749, SCORE),
        (0.751, INFORMER),
        (0.899, INFORMER),
        (0.901, KEPT),
        (0.999, KEPT),
    ],
)
def test_a_tie_is_cut_for_the_first_cause_that_suffices(luck, cause):
    assert cause_of_cut(luck, 0.0, 1.0, 1.0, LN3) == cause


def test_a_score_that_the_tie_lifts_saves_it_from_distrust():
    # Value 0, score cost -1: cut with probability 1/4 rather than 1/2; what is cut is cut for distrust.
    assert cause_of_cut(0.3, 0.0, 0.0, 0.0, LN3) == DISTRUST
    assert cause_of_cut(0.3, 0.0, -1.0, 0.0, LN3) == KEPT
    assert cause_of_cut(0.2, 0.0, -1.0, 0.0, LN3) == DISTRUST


def test_causes_are_numbered_by_precedence():
    assert (CUT_CAUSES[DISTRUST], CUT_CAUSES[SCORE], CUT_CAUSES[INFORMER]) == ("distrust", "score", "informer")
    assert DISTRUST < SCORE < INFORMER


@given(st.floats(0, 1, exclude_max=True), utility, utility, st.floats(0, 10), slope)
def test_a_tie_is_cut_exactly_when_the_draw_is_below_the_probability(luck, value, cost, anger, sharpness):
    cause = cause_of_cut(luck, value, cost, anger, sharpness)
    assert (cause != KEPT) == (luck < probability_of_cutting(value, cost, anger, sharpness))
    if cause == SCORE:
        assert cost > 0
    if cause == INFORMER:
        assert anger > 0


@given(st.floats(0, 1, exclude_max=True), utility, utility, slope)
def test_who_is_angry_at_nobody_and_counts_no_score_cuts_for_distrust_only(luck, value, cost, sharpness):
    assert cause_of_cut(luck, value, 0.0, 0.0, sharpness) in (KEPT, DISTRUST)
    assert cause_of_cut(luck, value, cost, 0.0, sharpness) != INFORMER
