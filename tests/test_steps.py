"""A week taken step by step is the week."""

import pytest

from model.parameters import ParameterError
from model.schedule import PHASES, STEPS
from model.society import Society
from tests.lively import lively
from tests.same_run import assert_same_run

CROWDED = {
    "conduct.crime_rate": 1.0, "conduct.crime_gain": 2.0, "conduct.criticism_cost": -1.0, "conduct.criticism_rate": 1.0,
    "informing.public_witness_rate": 1.0, "scheme.event.criticism": -10.0, "time.burn_in": 1, "time.ticks": 30,
}  # fmt: skip


@pytest.mark.parametrize("more", [{}, {"threads": 3}], ids=["alone", "in lanes"])
def test_steps_make_the_week(more):
    policy = [(2, "scheme.exemption", 0.5), (3, "edit.cut", (0, 1))]
    one, other = Society(lively(), rng=3, policy=policy, **more), Society(lively(), rng=3, policy=policy).run(6)
    for _ in range(6):
        assert tuple(one.run_steps()) == STEPS
    assert_same_run(one, other)


def test_a_week_whose_cases_find_no_room_is_made_room_for():
    one, other = (Society(rng=3, citizens=200, **CROWDED) for _ in range(2))
    room = one.world.cases.size
    for _ in range(4):
        assert tuple(one.run_steps()) == STEPS
    assert one.world.cases.size > room, "the test saw a week without room"
    assert_same_run(one, other.run(4))


def test_between_steps_one_sees_the_middle_of_a_phase():
    """Who meets whom is known before trust is placed, and who offers a tie before anybody accepts one."""
    society, seen = Society(lively(), rng=1).run(2), {}
    for step in society.run_steps():
        week = society.world.week
        seen[step] = (int((week.partner >= 0).sum()), int(week.income.astype(bool).sum()), society.world.rows.degree.sum())
    assert seen["form_beliefs"][0] == seen["place_trust"][0] > 0
    assert seen["make_offers"][2] < seen["answer_offers"][2]


def test_no_two_steps_have_one_name_and_each_phase_has_some():
    assert len(set(STEPS)) == len(STEPS) > len(PHASES)


def test_citizens_who_decide_for_themselves_take_no_steps():
    with pytest.raises(ParameterError, match=r"^engine = 'agents' is not allowed: expected 'compiled'"):
        next(Society(lively(), rng=1, engine="agents").run_steps())
