"""Whom one meets, whether one trusts and honours, and what it pays: in both engines."""

import pytest

from agents.events import Event
from model.perception import fear_of_penalty, tie_belief
from tests.worlds import PLAIN_SCHEME, both_engines, end_of_tie, from_python, meet, play, quiet, week

STRANGER = -1
NOBODY = -1


# ---- whom one meets ----


@both_engines
def test_one_meets_a_tie_or_a_stranger_by_the_stranger_share(engine):
    ties = [(0, 1), (2, 3)]
    among_ties = play(quiet(4, ties, {"exchange.stranger_share": 0.0}, engine=engine), "encounter")
    assert [int(week(among_ties, i).partner) for i in range(4)] == [1, 0, 3, 2]
    assert [int(week(among_ties, i).slot) for i in range(4)] == [among_ties.slot_of(i, j) for i, j in enumerate([1, 0, 3, 2])]
    for seed in range(10):
        among_strangers = play(quiet(4, ties, {"exchange.stranger_share": 1.0}, engine=engine, seed=seed), "encounter")
        for i, strangers in enumerate([{2, 3}, {2, 3}, {0, 1}, {0, 1}]):
            assert int(week(among_strangers, i).partner) in strangers
            assert week(among_strangers, i).slot == STRANGER


@both_engines
def test_being_met_is_not_limited(engine):
    society = play(quiet(5, [(0, k) for k in range(1, 5)], engine=engine), "encounter")
    assert [int(week(society, k).partner) for k in range(1, 5)] == [0, 0, 0, 0]


@both_engines
def test_one_tied_to_everybody_finds_no_stranger_and_one_without_ties_no_friend(engine):
    everybody = play(quiet(3, [(0, 1), (0, 2), (1, 2)], {"exchange.stranger_share": 1.0}, engine=engine), "encounter")
    assert [int(week(everybody, i).partner) for i in range(3)] == [NOBODY] * 3
    alone = play(quiet(3, [(0, 1)], engine=engine), "encounter")
    assert week(alone, 2).partner == NOBODY


@both_engines
@pytest.mark.parametrize(("mixing", "met"), [(0.0, {1}), (1.0, {1, 2, 3})])
def test_regions_mix_as_far_as_they_are_said_to(engine, mixing, met):
    found = set()
    for seed in range(30):
        society = quiet(4, [], {"exchange.stranger_share": 1.0, "region.mixing": mixing}, engine=engine, seed=seed)
        society.world.citizens.region[:] = [0, 0, 1, 2]
        found.add(int(week(play(society, "encounter"), 0).partner))
    assert found == met


@both_engines
def test_a_travel_ban_keeps_one_among_ones_ties_until_it_ends(engine):
    society = quiet(4, [(0, 1)], {"exchange.stranger_share": 1.0}, schemes=PLAIN_SCHEME, engine=engine)
    society.world.standing.banned_until[0, 0] = 5
    society.tick = 4
    assert week(play(society, "encounter"), 0).partner == 1
    assert week(society, 0).slot == society.slot_of(0, 1)
    assert week(society, 1).slot == STRANGER  # nobody else is held
    society.tick = 5
    assert int(week(play(society, "encounter"), 0).partner) in {2, 3}


@both_engines
def test_a_banned_outcast_meets_nobody_and_a_ban_ends_with_its_scheme(engine):
    society = quiet(3, [(0, 1)], {"exchange.stranger_share": 1.0}, schemes=PLAIN_SCHEME, engine=engine)
    society.world.standing.banned_until[0, 2] = 5
    assert week(play(society, "encounter"), 2).partner == NOBODY
    society.world.schemes.active[0] = 0
    assert int(week(play(society, "encounter"), 2).partner) in {0, 1}


# ---- trust ----


@both_engines
@pytest.mark.parametrize("tied", [False, True], ids=["stranger", "tie"])
def test_trust_is_placed_where_the_belief_is_above_loss_over_gain_plus_loss(engine, tied):
    """Gain 5, loss 10: from 10/15 = 0.667 on. Belief (3 + h) / (6 + h): 0.677 with h = 3.3, 0.655 with h = 2.7."""
    for honoured, placed in ((3.3, 1), (2.7, 0)):
        given = {"exchange.gain": 5.0, "exchange.loss": 10.0}
        society = quiet(3, [(0, 1)], given, engine=engine)
        society.world.citizens.trust_honoured[0] = honoured
        meet(society, 0, 1 if tied else 2)
        play(society, "exchange")
        assert week(society, 0).belief == pytest.approx((3 + honoured) / (6 + honoured))
        assert week(society, 0).placed == placed


@both_engines
def test_a_ties_own_evidence_outweighs_what_one_thinks_of_people(engine):
    """Tie prior of weight 4 at 0.5; 6 honoured, 2 betrayed: (6 + 2) / 12. Kin: prior 0.5 + 0.3 x 0.5 = 0.65: (6 + 2.6) / 12."""
    for kind, belief in (({"ties": [(0, 1)]}, 8 / 12), ({"work": [(0, 1)]}, 8 / 12), ({"kin": [(0, 1)]}, 8.6 / 12)):
        society = quiet(3, engine=engine, **kind)
        end = end_of_tie(society, 0, 1)
        end.honoured, end.betrayed = 6, 2
        meet(society, 0, 1)
        play(society, "exchange")
        assert week(society, 0).belief == pytest.approx(belief)
        assert society.citizen(0).belief_in_tie(society.slot_of(0, 1)) == pytest.approx(belief)
        assert from_python(tie_belief)(society.world, 0, society.slot_of(0, 1)) == pytest.approx(belief)


@both_engines
@pytest.mark.parametrize(
    ("kind", "given", "stake"),
    [
        (None, {}, 0.0),
        ("ties", {"exchange.stake_acquaintance": 0.3}, 0.3),
        ("work", {"exchange.stake_work": 0.4}, 0.4),
        ("kin", {"exchange.stake_kin": 0.6}, 0.6),
    ],
)
def test_trust_is_honoured_where_integrity_and_the_tie_outweigh_temptation(engine, kind, given, stake):
    """Integrity 0.5 and the stake of the tie against a temptation of 0.2 more or less; the fine is 0."""
    for more, honoured in ((-0.2, 1), (+0.2, 0)):
        given = given | {"exchange.temptation": 0.5 + stake + more, "court.fine": 0.0}
        society = quiet(3, given=given, engine=engine, **({kind: [(0, 1)]} if kind else {}))
        meet(society, 0, 1)
        play(society, "exchange")
        assert week(society, 0).honoured == honoured


@both_engines
def test_fear_of_court_and_scheme_makes_one_honour(engine):
    """Perceived risk 1/5. Fine 1: fear 0.2. A scheme's -30 points at 0.1 each for one who cares fully: 3 x 1/5 = 0.6."""
    for fine, upp, temptation, honoured in (
        (1.0, 0.0, 0.6, 1),
        (0.0, 0.0, 0.6, 0),
        (0.0, 0.1, 1.0, 1),
        (0.0, 0.1, 1.2, 0),
        (1.0, 0.1, 1.2, 1),
    ):
        given = {"exchange.temptation": temptation, "court.fine": fine}
        society = quiet(3, [], given, schemes=PLAIN_SCHEME | {"utility_per_point": upp}, engine=engine)
        meet(society, 0, 1)
        play(society, "exchange")
        assert week(society, 0).honoured == honoured


def fears(society, who, event=Event.DISHONOUR):
    """Return the fear of a penalty as both engines see it."""
    compiled = from_python(fear_of_penalty)(society.world, who, int(event))
    assert society.citizen(who).fear_of_penalty(event) == compiled
    return compiled


def test_fear_is_perceived_risk_times_what_is_at_stake():
    """Court: fine 1 x 1/5. Scheme: 30 points x 0.01 x concern x 1/5."""
    society = quiet(3, schemes=PLAIN_SCHEME)
    assert fears(society, 0) == pytest.approx(0.2 + 0.06)
    assert fears(society, 0, Event.TAX_EVASION) == pytest.approx(0.2)  # the scheme does not count it
    assert fears(society, 0, Event.CRITICISM) == 0  # no wrong before the court
    society.world.citizens.score_concern[0] = 0.5
    assert fears(society, 0) == pytest.approx(0.2 + 0.03)
    # Own experience: 5 of 5 cases fined; 5 of 5 missed by the scheme. (1 + 5) / 10 and 1 / 10.
    society.world.citizens.caught[0], society.world.standing.missed[0, 0] = 5, 5
    assert fears(society, 0) == pytest.approx(0.6 + 0.015)
    society.world.standing.enrolled[0, 0] = 0
    assert fears(society, 0) == pytest.approx(0.6)
    assert fears(quiet(3, schemes=PLAIN_SCHEME | {"active": False}), 0) == pytest.approx(0.2)


def test_the_exempt_fear_what_is_left_of_the_penalty():
    """An official exempt from three quarters of the scheme's cases and half of the court's: 0.2 x 1/2 + 0.06 x 1/4."""
    scheme = PLAIN_SCHEME | {"exemption": 0.75}
    society = quiet(3, (), {"court.exemption": 0.5}, schemes=scheme)
    society.world.citizens.official[0], society.world.citizens.exempt_by_lot[1] = 1, 1
    assert fears(society, 0) == pytest.approx(0.1 + 0.015)
    assert fears(society, 1) == pytest.approx(0.2 + 0.06)
    by_lot = quiet(3, (), {"court.exemption": 0.5}, schemes=scheme | {"exemption_at_random": True})
    by_lot.world.citizens.official[0], by_lot.world.citizens.exempt_by_lot[1] = 1, 1
    assert fears(by_lot, 0) == pytest.approx(0.1 + 0.06)
    assert fears(by_lot, 1) == pytest.approx(0.2 + 0.015)


def test_where_crime_leads_to_the_lowest_grade_the_whole_fall_is_feared():
    """Rongcheng: from 1000 points to below C's floor of 600, at 0.01 each and a risk of 1/5: 0.8; the court's fine: 0.2."""
    society = quiet(3, schemes="rongcheng")
    assert fears(society, 0, Event.CRIME) == pytest.approx(1.0)
    society.world.standing.points[0, 0] = 500_000  # nothing left to lose
    assert fears(society, 0, Event.CRIME) == pytest.approx(0.2)
    assert fears(society, 1, Event.TAX_EVASION) == pytest.approx(0.2 + 0.2)  # 100 points


# ---- payoffs ----


def wealth_after(engine, honest, given=None):
    """Let 0 and 2 both trust 1; return the changes of wealth in whole millionths."""
    game = {"exchange.loss": 1.2, "exchange.temptation": 0.55, "court.fine": 0.0}
    society = quiet(4, [(0, 1), (1, 2)], game | (given or {}), engine=engine)
    society.world.citizens.integrity[:] = float(honest)
    society.world.citizens.trust_honoured[:] = 100  # everybody trusts
    before = society.world.citizens.wealth.copy()
    assert before.tolist() == [100_000_000] * 4
    meet(society, 0, 1)
    society.world.week.partner[2], society.world.week.slot[2] = 1, society.slot_of(2, 1)
    play(society, "exchange", "consequences")
    assert society.world.week.placed.tolist() == [1, 0, 1, 0]
    assert society.citizen(0).wealth == society.world.citizens.wealth[0] / 1e6
    return (society.world.citizens.wealth - before).tolist()


@both_engines
def test_an_honoured_exchange_pays_gain_and_share(engine):
    assert wealth_after(engine, honest=True) == [1_000_000, 2_000_000, 1_000_000, 0]


@both_engines
def test_a_betrayal_costs_the_loss_and_pays_share_and_temptation(engine):
    assert wealth_after(engine, honest=False, given={"exchange.stake_acquaintance": 0.0}) == [
        -1_200_000,
        3_100_000,
        -1_200_000,
        0,
    ]


@both_engines
def test_payoffs_are_rounded_to_whole_millionths(engine):
    given = {"exchange.gain": 0.123_456_7, "exchange.loss": 0.0, "exchange.share": 0.000_000_4}
    assert wealth_after(engine, honest=True, given=given) == [123_457, 0, 123_457, 0]


@both_engines
def test_where_no_trust_is_placed_nothing_is_paid_though_honour_is_known(engine):
    society = quiet(2, [(0, 1)], engine=engine)
    society.world.citizens.integrity[1] = 1
    society.world.citizens.trust_betrayed[0] = 100
    meet(society, 0, 1)
    play(society, "exchange", "consequences")
    assert (week(society, 0).placed, week(society, 0).honoured) == (0, 1)
    assert society.world.citizens.wealth.tolist() == [100_000_000] * 2
