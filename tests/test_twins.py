"""Twin worlds: equal until something differs, put back and forth in time to the bit, changed and edited, and what is told of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.tie_kinds import ACQUAINTANCE, KIN
from dashboard.story.story import chapters
from dashboard.worlds import history
from dashboard.worlds import twins as twins_module
from dashboard.worlds.changes import BY_HAND, CAUSES
from dashboard.worlds.choice import Choice, choice_from
from dashboard.worlds.history import History, bytes_of
from dashboard.worlds.twins import BOTH, LEFT, RIGHT, Twins, parted_at
from experiments.refusal import Refusal
from model.network.ties import neighbours
from model.society import Society
from tests.same_run import assert_same_series

#: A small society in which much happens, on both sides.
SMALL = (
    ("population.citizens", 40), ("network.mean_degree", 8.0), ("time.burn_in", 4), ("time.ticks", 60), ("exchange.temptation", 1.0),
    ("unfriending.review_rate", 0.3), ("unfriending.attachment", 0.0), ("befriending.offer_rate", 0.9), ("scheme.contact_weight", 0.3),
    ("scheme.utility_per_point", 0.1), ("dating.rate", 0.2), ("population.coupled_share", 0.2),
)  # fmt: skip
EXEMPT = "scheme.exemption"


@pytest.fixture(autouse=True)
def copies_are_close(monkeypatch):
    """Let a run of sixty weeks have some ten copies."""
    monkeypatch.setattr(history, "EVERY", 6)


def twins(left=(), right=(), memory=2**28, **fields) -> Twins:
    return Twins(Choice(7, SMALL, twin=True, left=left, right=right, **fields), memory)


def alone(policy, ticks: int) -> Society:
    """Return an uninterrupted run of one world with that policy."""
    return Society(Choice(7, SMALL).parameters, rng=7, policy=policy).run(ticks)


def digests(worlds: Twins) -> list[str]:
    return [worlds.society(side).digest() for side in worlds.facts.sides]


# ---- equal but for policy ----


def test_twins_start_equal_and_differ_from_the_first_different_week_on():
    worlds = twins(left=[(2, "court.fine", 2.0)], right=[(2, "court.fine", 2.0), (9, EXEMPT, 1.0), (9, "edit.office", (0, 1))])
    assert worlds.parted == 9
    for _ in range(9):
        assert len(set(digests(worlds))) == 1
        worlds.step()
    assert len(set(digests(worlds))) == 1
    worlds.step()
    assert len(set(digests(worlds))) == 2
    for side, policy in ((LEFT, worlds.choice.left), (RIGHT, worlds.choice.right)):
        assert worlds.society(side).digest() == alone(policy, 10).digest()


def test_the_sides_are_built_from_one_graph():
    worlds = twins()
    assert worlds.society(LEFT).graph is worlds.society(RIGHT).graph
    assert worlds.facts.sides == (LEFT, RIGHT)
    assert (worlds.facts.citizens, worlds.facts.ticks, worlds.facts.burn_in, worlds.facts.preset) == (40, 60, 4, "rongcheng")


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.id)
def test_a_chapter_keeps_what_makes_its_worlds_differ_under_another_seed(chapter):
    """The page tells the preset as it shows it, also where a system has several schemes (national-2020)."""
    start = chapter.choice.at_the_start()
    anew = start.anew(str(start.seed + 1), Twins(start).facts.preset, str(start.citizens))
    assert (anew.left, anew.right) == (start.left, start.right)
    assert anew.parameters == start.parameters


def test_a_single_world_is_the_left_one():
    world = Twins(Choice(7, SMALL))
    world.change(BOTH, EXEMPT, 1.0)
    world.step()
    assert (world.facts.sides, world.choice.left, world.choice.right) == ((LEFT,), ((0, EXEMPT, 1.0),), ())
    assert world.parted is None
    with pytest.raises(Refusal, match="side = 'right' is not allowed: expected left"):
        world.ties(RIGHT)


@pytest.mark.parametrize(
    ("left", "right", "tick"),
    [
        ([], [], None),
        ([(3, "a", 1)], [(3, "a", 1)], None),
        ([(3, "a", 1)], [(3, "a", 2)], 3),
        ([(3, "a", 1), (5, "b", 1)], [(3, "a", 1)], 5),
        ([(3, "a", 1), (5, "b", 1)], [(5, "b", 1)], 3),
        ([(3, "a", 1), (3, "b", 1)], [(3, "b", 1), (3, "a", 1)], 3),
    ],
)
def test_policies_part_where_their_rows_first_differ(left, right, tick):
    assert parted_at(tuple(left), tuple(right)) == parted_at(tuple(right), tuple(left)) == tick


# ---- back and forth ----


def test_put_back_a_world_is_what_it_was_and_goes_on_as_it_did():
    worlds = twins(right=[(9, EXEMPT, 1.0), (20, "edit.cut", (1, 2)), (40, "edit.tie", (1, 2))])
    seen = {0: digests(worlds)}
    while not worlds.ended:
        worlds.step()
        seen[worlds.tick] = digests(worlds)
    worlds.step()
    assert worlds.tick == worlds.reached == 60
    for tick in (37, 36, 59, 0, 1, 60, 9, 10, 58, 41, 5):
        worlds.to(tick)
        assert (worlds.tick, worlds.reached) == (tick, 60)
        assert digests(worlds) == seen[tick], tick
        assert len(worlds.series(RIGHT)["tick"]) == tick
        assert len(worlds.series(RIGHT, whole=True)["tick"]) == 60
    for _ in range(20):
        worlds.step()
        assert digests(worlds) == seen[worlds.tick]
    worlds.to(60)
    assert_same_series(worlds.society(RIGHT), alone(worlds.choice.right, 60))


@settings(max_examples=10)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("to"), st.integers(0, 60)),
            st.tuples(st.just("step"), st.integers(1, 9)),
            st.tuples(st.just("exempt"), st.sampled_from((LEFT, RIGHT, BOTH)), st.sampled_from((0.0, 0.5, 1.0))),
            st.tuples(st.just("office"), st.sampled_from((LEFT, RIGHT, BOTH)), st.integers(0, 39)),
        ),
        max_size=12,
    ),
    st.integers(0, 900_000),
)
def test_whatever_is_done_each_side_is_an_uninterrupted_run_of_its_policy(orders, memory):
    worlds = twins(memory=memory)
    for what, *how in orders:
        if what == "to":
            worlds.to(*how)
        elif what == "step":
            for _ in range(how[0]):
                worlds.step()
        elif not worlds.ended and what == "exempt":
            worlds.change(how[0], EXEMPT, how[1])
        elif not worlds.ended:
            worlds.edit(how[0], "office", how[1], 1)
    for side, policy in ((LEFT, worlds.choice.left), (RIGHT, worlds.choice.right)):
        expected = alone(policy, worlds.tick)
        assert worlds.society(side).digest() == expected.digest()
        assert worlds.series(side)["tick"].size == worlds.tick
        if worlds.tick:
            assert_same_series(worlds.society(side), expected)
        assert worlds.reached <= len(worlds.series(side, whole=True)["tick"])
    again = Twins(worlds.choice)
    again.to(worlds.tick)
    assert digests(again) == digests(worlds)


@pytest.mark.parametrize("tick", [-1, 61, 3.0, True, "3", None])
def test_there_is_no_other_tick_to_go_to(tick):
    worlds = twins()
    with pytest.raises(Refusal, match=r"tick = .* is not allowed: expected a whole number from 0 to 60"):
        worlds.to(tick)


def test_copies_are_thinned_from_the_oldest_on_and_stay_within_the_memory():
    society = alone((), 0)
    world = History(society, 5 * bytes_of(society) + 1000)
    told = []
    for tick in range(6, 61, 6):
        world.to(tick)
        told.append(world.ticks_kept())
        assert world.bytes_kept() <= world.memory
    assert told[3] == [0, 6, 12, 18, 24]
    assert told[4] == [0, 12, 18, 24, 30]
    assert told[5] == [0, 12, 24, 30, 36]
    assert told[6] == [0, 12, 24, 36, 42]
    assert told[9] == [0, 24, 36, 48, 60]
    world.to(47)
    assert world.society.digest() == alone((), 47).digest()


def test_without_any_memory_the_first_and_the_latest_copy_remain():
    world = History(alone((), 0), 0)
    world.to(20)
    assert world.ticks_kept() == [0, 18]
    world.to(3)
    assert (world.ticks_kept(), world.reached) == ([0, 20], 20)
    assert world.society.digest() == alone((), 3).digest()


# ---- what is done ----


def test_a_change_acts_from_the_next_week_and_is_recorded_with_the_value_before():
    worlds = twins()
    worlds.to(5)
    assert worlds.change(RIGHT, EXEMPT, 0.5) == {RIGHT: ()}
    worlds.edit(RIGHT, "office", 3, 1)
    worlds.change(RIGHT, "court.fine", 2)
    worlds.step()
    worlds.change(RIGHT, EXEMPT, 1)
    first, office, fine, second = worlds.recorded(RIGHT)
    assert (first.tick, first.name, first.before, first.value) == (5, EXEMPT, 0.0, 0.5)
    assert (second.tick, second.before, second.value) == (6, 0.5, 1)
    assert (office.before, office.value) == (0, (3, 1))
    assert (fine.name, fine.before, fine.value) == ("court.fine", 1.0, 2)
    assert worlds.recorded(LEFT) == ()
    assert worlds.society(RIGHT).digest() == alone(worlds.choice.right, 6).digest()


def test_a_change_after_going_back_drops_what_came_later_on_its_side_only():
    rows = ((9, EXEMPT, 1.0), (20, "edit.cut", (1, 2)), (30, EXEMPT, 0.0))
    worlds = twins(left=rows, right=rows)
    worlds.to(60)
    worlds.to(20)
    assert worlds.change(RIGHT, "court.fine", 3.0) == {RIGHT: ((30, EXEMPT, 0.0),)}
    assert worlds.choice.right == (*rows[:2], (20, "court.fine", 3.0))
    assert worlds.choice.left == rows
    assert (worlds.reached, len(worlds.series(LEFT, whole=True)["tick"])) == (20, 60)
    worlds.to(45)
    assert digests(worlds) == [alone(policy, 45).digest() for policy in (worlds.choice.left, worlds.choice.right)]
    worlds.to(10)
    dropped = worlds.edit(BOTH, "tie", 0, 1)
    assert dropped == {LEFT: rows[1:], RIGHT: ((20, "edit.cut", (1, 2)), (20, "court.fine", 3.0))}


def test_the_last_of_several_changes_in_a_week_counts_and_none_that_changes_nothing():
    worlds = twins(right=[(30, EXEMPT, 1.0)])
    worlds.to(8)
    assert worlds.change(RIGHT, EXEMPT, 0.0) == {RIGHT: ()}, "it is 0 already"
    assert worlds.choice.right == ((30, EXEMPT, 1.0),)
    assert worlds.change(RIGHT, EXEMPT, 0.2) == {RIGHT: ((30, EXEMPT, 1.0),)}
    worlds.change(RIGHT, "schemes.rongcheng.exemption", 0.7)
    assert worlds.choice.right == ((8, "schemes.rongcheng.exemption", 0.7),)
    worlds.change(RIGHT, EXEMPT, 0.0)
    assert worlds.choice.right == ()


def test_changes_of_one_week_may_need_each_other():
    """A start of 1,500 lies within the scale only if its end is moved, too; and the end cannot be moved back without the start."""
    worlds = twins()
    worlds.change(RIGHT, "scheme.ceiling", 2000.0)
    worlds.change(RIGHT, "scheme.start", 1500.0)
    with pytest.raises(Refusal, match="must contain the start 1500"):
        worlds.change(RIGHT, "scheme.ceiling", 1300.0)
    worlds.to(9)
    assert worlds.society(RIGHT).digest() == alone(((0, "scheme.ceiling", 2000.0), (0, "scheme.start", 1500.0)), 9).digest()


@pytest.mark.parametrize(
    ("side", "name", "value", "said"),
    [
        ("middle", EXEMPT, 1.0, "side = 'middle' is not allowed: expected left or right"),
        ([LEFT], EXEMPT, 1.0, "side = ['left'] is not allowed: expected left or right"),
        (LEFT, 3, 1.0, "name = 3 is not allowed"),
        (LEFT, EXEMPT, [1.0], "expected a number from 0 to 1"),
        (LEFT, "edit.cut", "12", "edit.cut = '12'"),
        (BOTH, EXEMPT, 2.0, "expected a number from 0 to 1"),
        (BOTH, "scheme.exemptoin", 1.0, "did you mean 'scheme.exemption'?"),
        (BOTH, "time.ticks", 9, "cannot change during a run"),
        (BOTH, "edit.cut", (1, 1), "two different citizens"),
        (BOTH, "edit.tie", (1, 40), "from 0 to 39"),
        (BOTH, "scheme.ceiling", 1100.0, "must contain the start 1200"),  # on the right side only
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_has_changed(side, name, value, said):
    worlds = twins(left=[(30, EXEMPT, 1.0)], right=[(3, "scheme.start", 1200.0), (30, EXEMPT, 1.0)])
    worlds.to(5)
    before = worlds.choice
    with pytest.raises(Refusal) as caught:
        worlds.change(side, name, value)
    assert said in str(caught.value)
    assert worlds.choice == before


def test_no_more_is_recorded_than_an_address_can_hold(monkeypatch):
    monkeypatch.setattr(twins_module, "MAX_ROWS", 3)
    worlds = twins(left=[(2, "court.fine", 2.0), (50, "court.fine", 1.0)])
    worlds.to(5)
    for fine in (3.0, 4.0, 5.0):  # in one week: the last counts
        worlds.change(LEFT, "court.fine", fine)
    worlds.change(LEFT, EXEMPT, 1.0)
    with pytest.raises(Refusal, match="3 changes are recorded there"):
        worlds.edit(BOTH, "office", 3, 1)
    assert (len(worlds.choice.left), worlds.choice.right) == (3, ())


def test_after_the_end_nothing_can_be_done():
    worlds = twins()
    worlds.to(60)
    with pytest.raises(Refusal, match="the run is over after week 59"):
        worlds.change(LEFT, EXEMPT, 1.0)


def test_what_is_seen_can_be_kept_and_opened_again():
    worlds = twins()
    worlds.to(12)
    worlds.edit(LEFT, "cut", 0, int(neighbours(worlds.society().world, 0)[0]))
    worlds.change(RIGHT, EXEMPT, 1.0)
    worlds.to(33)
    again = Twins(choice_from(worlds.choice.address()))
    again.to(again.facts.choice.tick)
    assert (again.tick, again.choice, digests(again)) == (33, worlds.choice, digests(worlds))


# ---- ties ----


def as_sets(worlds: Twins) -> dict[tuple[int, int], int]:
    ties, kinds = worlds.ties(LEFT)
    assert (ties.dtype, kinds.dtype) == (np.uint32, np.uint8)
    assert (ties[:, 0] < ties[:, 1]).all()
    return dict(zip(map(tuple, ties.tolist()), kinds.tolist(), strict=True))


def test_the_changes_of_a_week_lead_from_the_ties_before_to_the_ties_after():
    worlds, causes, coupled = Twins(Choice(7, SMALL)), set(), 0
    for tick in range(20):
        before = as_sets(worlds)
        if tick in (5, 6):
            worlds.edit(LEFT, "cut", *next(iter(before)))
            worlds.edit(LEFT, "tie", *next((0, j) for j in range(1, 40) if (0, j) not in before))
            worlds.edit(LEFT, "cut", 7, 7 - tick)  # perhaps tied, perhaps not
        worlds.step()
        after, changes = as_sets(worlds), worlds.changes(LEFT)
        made, cut = set(map(tuple, changes.made.tolist())), set(map(tuple, changes.cut.tolist()))
        assert changes.tick == tick
        assert (changes.made.dtype, changes.kind.dtype, changes.cut.dtype, changes.cause.dtype) == (np.uint32, np.uint8) * 2
        assert (len(made), len(cut)) == (len(changes.kind), len(changes.cause)), "each tie once"
        assert (before.keys() - cut) | made == after.keys()
        assert cut <= before.keys()
        assert all(after[tie] == kind for tie, kind in zip(map(tuple, changes.made.tolist()), changes.kind.tolist(), strict=True))
        kin = set(map(tuple, changes.coupled.tolist()))
        assert {tie for tie in after if after[tie] != before.get(tie, after[tie])} <= kin <= after.keys()
        assert all(after[tie] == KIN for tie in kin)
        assert (BY_HAND in changes.cause) == (tick in (5, 6))
        causes |= set(changes.cause.tolist())
        coupled += len(kin)
    assert {CAUSES[cause] for cause in causes} >= {"distrust", "score", "hand"}
    assert coupled > 0
    assert [one.tick for one in worlds.changes_since(3)] == list(range(3, 20))
    assert worlds.changes_since(19) == (worlds.changes(),)


def test_a_tie_made_and_cut_by_hand_in_one_week_is_no_change():
    calm = {"unfriending.review_rate": 0.0, "befriending.offer_rate": 0.0, "dating.rate": 0.0}
    worlds = Twins(Choice(7, tuple((dict(SMALL) | calm).items())))
    stranger = next(j for j in range(1, 40) if (0, j) not in as_sets(worlds))
    for kind in ("tie", "cut"):
        worlds.edit(LEFT, kind, stranger, 0)
    worlds.step()
    assert len(worlds.changes().made) == len(worlds.changes().cut) == 0
    worlds.edit(LEFT, "tie", stranger, 0)
    worlds.step()
    assert (worlds.changes().made.tolist(), worlds.changes().kind.tolist()) == ([[0, stranger]], [ACQUAINTANCE])


def test_weeks_that_were_not_stepped_through_are_not_told_of(monkeypatch):
    monkeypatch.setattr(history, "WATCHED", 3)
    worlds = Twins(Choice(7, SMALL))
    assert worlds.changes() is None
    for _ in range(5):
        worlds.step()
    assert [worlds.changes_since(tick) is None for tick in (1, 2, 4, 5, 6)] == [True, False, False, False, True]
    assert worlds.changes_since(5) == ()
    worlds.to(5)
    assert worlds.changes() is not None, "it has been here"
    worlds.to(4)
    assert worlds.changes() is None
    worlds.step()
    assert worlds.changes().tick == 4
