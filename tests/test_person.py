"""Who a citizen is: the card's data against societies made by hand."""

import math
from dataclasses import asdict, replace

import numpy as np
import pytest

from agents.befriending import COUPLED, SINGLE
from dashboard.citizen.person import MOST_TIES, NOBODY, Circle, person
from experiments.refusal import Refusal
from model.society import Society
from tests.lively import lively
from tests.worlds import PLAIN_SCHEME, quiet

GRADED = PLAIN_SCHEME | {
    "grade": [{"name": "A", "floor": 1000}, {"name": "B", "floor": 900}, {"name": "C", "published": True}],
}  # fmt: skip
#: One in four of strangers is believed to be honest; two exchanges weigh as much as that.
WARY = {
    "learning.prior_honoured": 1.0, "learning.prior_betrayed": 3.0, "learning.tie_prior_strength": 2.0, "learning.kin_bonus": 0.4,
}  # fmt: skip


def village(**more) -> Society:
    """Return citizen 0 with an acquaintance (1), a colleague (2), two kin (3, 4); 5 knows nobody."""
    society = quiet(6, [(0, 1)], WARY, work=[(0, 2)], kin=[(0, 3), (0, 4)], **more)
    society.world.citizens.spouse[:] = SINGLE
    return society


def evidence(society: Society, i: int, j: int, honoured: float, betrayed: float) -> None:
    slot = society.slot_of(i, j)
    society.world.slots.honoured[slot], society.world.slots.betrayed[slot] = honoured, betrayed


def test_ties_with_kin_first_and_trust_both_ways():
    """A prior of 0.25, for kin 0.25 + 0.4 x 0.75 = 0.55; evidence h, b makes it (h + 2 x prior) / (h + b + 2)."""
    society = village()
    evidence(society, 0, 1, 6.0, 0.0)
    evidence(society, 1, 0, 0.0, 2.0)
    evidence(society, 0, 4, 2.0, 0.0)
    ties = person(society, 0).ties
    assert [(tie.other, tie.kind) for tie in ties] == [(4, "kin"), (3, "kin"), (2, "work"), (1, "acquaintance")]
    assert [tie.trust for tie in ties] == pytest.approx([3.1 / 4.0, 0.55, 0.25, 6.5 / 8.0])
    assert [tie.trusted for tie in ties] == pytest.approx([0.55, 0.55, 0.25, 0.5 / 4.0])
    assert [(tie.honoured, tie.betrayed) for tie in ties] == [(2.0, 0.0), (0.0, 0.0), (0.0, 0.0), (6.0, 0.0)]
    assert person(society, 1).ties[0].trust == pytest.approx(ties[3].trusted)


def test_at_most_so_many_ties_are_shown_and_all_are_counted():
    star = quiet(MOST_TIES + 3, [(0, j) for j in range(1, MOST_TIES + 2)], kin=[(0, MOST_TIES + 2)])
    hub = person(star, 0)
    assert (len(hub.ties), hub.ties_in_all) == (MOST_TIES, MOST_TIES + 2)
    assert hub.ties[0].kind == "kin"
    assert [tie.other for tie in hub.ties[1:]] == list(range(1, MOST_TIES))


def test_who_knows_nobody():
    hermit = person(village(), 5)
    assert (hermit.ties, hermit.ties_in_all, hermit.superior, hermit.spouse, hermit.coupled) == ((), 0, NOBODY, NOBODY, False)


def test_state_traits_and_trust():
    society = village()
    state = society.world.citizens
    state.integrity[0], state.grievance[0], state.suspicion[0] = 0.75, 0.5, 0.25
    state.wealth[0], state.owed[0], state.online[0], state.official[0], state.region[0] = -2_500_000, 3, 0, 1, 1
    state.trust_honoured[0], state.protesting[0], state.removed_until[0] = 4.0, 1, 5
    society.tick = 2
    shown = person(society, 0)
    assert (shown.citizen, shown.tick, shown.official, shown.online, shown.region) == (0, 2, True, False, "rural")
    assert (shown.integrity, shown.grievance, shown.suspicion, shown.wealth, shown.owed) == (0.75, 0.5, 0.25, -2.5, 3)
    assert shown.generalized_trust == pytest.approx(5.0 / 8.0)
    assert (shown.protesting, shown.removed_weeks) == (True, 3)
    assert math.isnan(shown.trust_in_firms)
    society.tick = 5
    assert person(society, 0).removed_weeks == 0


def test_partners():
    society = village()
    spouse = society.world.citizens.spouse
    spouse[0], spouse[3], spouse[1] = 3, 0, COUPLED
    assert [(person(society, i).spouse, person(society, i).coupled) for i in (0, 3, 1, 2)] == [
        (3, True), (0, True), (NOBODY, True), (NOBODY, False),
    ]  # fmt: skip


def test_circles():
    society = village()
    state = society.world.citizens
    state.kin_group[:], state.work_unit[:], state.neighbourhood[:] = (4, -1, -1, 4, 4, -1), -1, (1, 1, 0, 0, 0, 0)
    assert person(society, 0).circles == (Circle("kin", 4, 3), Circle("neighbourhood", 1, 2))
    assert person(society, 5).circles == (Circle("neighbourhood", 0, 4),)


def test_a_rank_with_lock_ban_and_history():
    society = village(schemes=GRADED)
    standing, society.tick = society.world.standing, 10
    standing.points[0, 0], standing.score[0, 0], standing.grade[0, 0] = 880_000, 890_500, 2
    standing.locked_until[0, 0], standing.banned_until[0, 0] = 24, 11
    (rank,) = person(society, 0, {"s0": np.array([1000.0, 890.5])}).ranks
    assert (rank.scheme, rank.enrolled, rank.secret, rank.score, rank.points) == ("s0", True, False, 890.5, 880.0)
    assert (rank.floor, rank.start, rank.ceiling) == (0.0, 1000.0, 1300.0)
    assert (rank.grade, rank.place, rank.grades, rank.published) == ("C", 2, 3, True)
    assert (rank.locked_weeks, rank.banned_weeks, rank.history) == (14, 1, (1000.0, 890.5))
    (other,) = person(society, 1).ranks
    assert (other.grade, other.locked_weeks, other.banned_weeks, other.published, other.history) == ("A", 0, 0, False, ())
    assert person(society, 1).ties[0].grades == {"s0": "C"}


def test_who_is_not_enrolled_has_no_points_and_no_grade():
    society = village(schemes=GRADED)
    society.world.standing.enrolled[0, 0] = 0
    (rank,) = person(society, 0).ranks
    assert not rank.enrolled
    assert math.isnan(rank.score)
    assert math.isnan(rank.points)
    assert (rank.grade, rank.place, rank.published) == ("", -1, False)
    assert person(society, 3).ties[0].grades == {}


def test_a_scheme_without_grades_and_a_secret_one():
    bare, secret = person(village(schemes=[PLAIN_SCHEME, PLAIN_SCHEME | {"secret": True, "grade": [{"name": "A"}]}]), 0).ranks
    assert (bare.grade, bare.place, bare.grades, bare.score, bare.secret) == ("", -1, 0, 1000.0, False)
    assert (secret.grade, secret.secret) == ("A", True)


def test_a_scheme_that_does_not_run_is_not_shown():
    society = village(schemes=GRADED)
    society.world.status.running[0] = 0
    assert person(society, 0).ranks == ()
    assert person(society, 0).ties[0].grades == {}


@pytest.mark.parametrize("schemes", [True, False], ids=["three schemes", "none"])
def test_everybody_in_a_lively_society_has_a_card(schemes):
    """Nothing of it is numpy's, so that it goes to a browser as it is; nothing changes."""
    parameters = lively() if schemes else replace(lively(), schemes=())
    society = Society(parameters, rng=1).run(6)
    digest = society.digest()
    for i in range(society.graph.citizens):
        card = person(society, i)
        assert plain(asdict(card))
        assert sorted(tie.other for tie in card.ties) == sorted(society.neighbours(i))
        assert all(0.0 <= tie.trust <= 1.0 and 0.0 <= tie.trusted <= 1.0 for tie in card.ties)
    assert society.digest() == digest


def plain(value) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and plain(each) for key, each in value.items())
    if isinstance(value, (tuple, list)):
        return all(map(plain, value))
    return type(value) in (bool, int, float, str)


@pytest.mark.parametrize("i", [-1, 6, 0.0, False, "0"])
def test_a_citizen_that_there_is_not(i):
    with pytest.raises(Refusal, match=rf"^citizen = {i!r} is not allowed: expected a whole number from 0 to 5$"):
        person(village(), i)
