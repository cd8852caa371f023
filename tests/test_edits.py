"""Edits of the world as policy: ties cut and made, offices given and taken by hand, the same in either engine, in forks and in replays."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.citizen import Citizen, Official
from agents.tie_kinds import ACQUAINTANCE
from model.assign import assign, checked_policy
from model.network.ties import cut_this_week, edge_list
from model.parameters import ParameterError
from model.phases.unfriending import LOT
from model.population import Count
from model.schedule import PHASES
from model.society import ENGINES, Society
from tests.lively import LOTS, lively
from tests.same_run import assert_same_run
from tests.worlds import PLAIN_SCHEME, both_engines, bring, end_of_tie, play, points, quiet, ties_of

# ---- what an edit does, by hand ----


@both_engines
def test_a_tie_is_cut_and_counted_as_lost_but_not_as_cut_by_citizens(engine):
    society = quiet(4, [(0, 1), (1, 2)], kin=[(2, 3)], engine=engine)
    society.world.citizens.spouse[[2, 3]] = 3, 2
    society.edit("cut", 1, 0)
    society.edit("cut", 2, 3)
    society.step()
    people = society.world.citizens
    assert ties_of(society) == [(1, 2)]
    assert people.panel_lost.tolist() == [1, 1, 0, 0]
    assert people.panel_lost_kin.tolist() == [0, 0, 1, 1]
    assert people.spouse.tolist()[2:] == [-1, -1]
    assert society.world.counts[: Count.CUT_LOT + 1].sum() == 0
    assert society.last()["degree"] == 0.5


@both_engines
def test_a_tie_that_is_made_is_an_acquaintance_without_a_past(engine):
    society = quiet(3, [(0, 1)], engine=engine)
    society.edit("tie", 2, 0)
    society.step()
    assert ties_of(society) == [(0, 1), (0, 2)]
    assert end_of_tie(society, 2, 0).kind == end_of_tie(society, 0, 2).kind == ACQUAINTANCE
    assert end_of_tie(society, 0, 2).panel == end_of_tie(society, 1, 0).panel - 1 == 0
    assert society.world.counts[Count.FORMED] == 0


@both_engines
def test_office_is_given_and_taken_and_the_record_follows(engine):
    society = quiet(4, [(0, 1), (2, 3)], engine=engine)
    society.world.citizens.trust_betrayed[2] = 3.0  # 3 / (6 + 3) of the evidence is good
    society.edit("office", 2, 1)
    society.step()
    assert society.last()["generalized_trust.officials"] == pytest.approx(society.citizen(2).generalized_trust)
    assert society.last()["generalized_trust.ordinary"] == pytest.approx(society.citizen(0).generalized_trust)
    assert [type(person) for person in society.agents] == [Citizen, Citizen, Official, Citizen]
    assert [len(group) for group in society.agents_by_type.values()] == [3, 1]
    assert society.world.citizens.exempt_by_lot.sum() == 1
    society.edit("office", 2, 0)
    society.step()
    assert np.isnan(society.last()["generalized_trust.officials"])
    assert society.agent_types == [Citizen]
    assert society.world.citizens.exempt_by_lot.sum() == 0


def test_a_class_of_ones_own_stays_what_it_is():
    class Own(Citizen):
        """Decides as all do."""

    society = Society(lively(), rng=1, engine="agents", citizen_class=Own)
    society.edit("office", 0, 1)
    assert society.run(1).agent_types == [Own]


def test_those_who_stand_in_for_officials_are_as_many_and_the_same_as_far_as_may_be():
    society = Society(lively(), rng=1)
    before, officials = (society.world.citizens.exempt_by_lot.copy(), society.world.citizens.official.copy())
    ordinary = np.flatnonzero(officials == 0)[:3].tolist()
    for i in ordinary:
        society.edit("office", i, 1)
    after = society.run(1).world.citizens.exempt_by_lot
    assert after.sum() == officials.sum() + 3
    assert (after >= before).all()


@both_engines
def test_cases_of_new_officials_are_dropped_and_those_of_former_ones_are_not(engine):
    """1 is brought before court and scheme for betraying 0: as anybody, as an official, and as one who was."""
    society = quiet(3, [(0, 1)], {"court.exemption": 1.0}, schemes=PLAIN_SCHEME | {"exemption": 1.0}, engine=engine)
    lost = []
    for edit in ((0, 1), (1, 1), (1, 0)):
        society.edit("office", *edit)
        society.step()
        bring(society, 1, victim=0, reported=[0])
        play(society, "adjudication", "scoring")
        lost.append(1000 - points(society, 1) - sum(lost))
    assert lost == [30, 0, 30]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_edit_of_what_is_so_does_nothing(engine):
    plain, same = (Society(lively(), rng=4, engine=engine) for _ in range(2))
    low, high = (ends.tolist() for ends in edge_list(same.world))
    strangers = next((0, j) for j in range(1, 40) if (0, j) not in set(zip(low, high, strict=True)))
    same.edit("tie", low[0], high[0])
    same.edit("cut", *strangers)
    for i in range(40):
        same.edit("office", i, int(same.world.citizens.official[i]))
    assert_same_run(same.run(3), plain.run(3))


def test_edits_of_one_tick_are_made_in_their_order():
    cut_last, tied_last = (
        quiet(3, [(0, 1)]), quiet(3, [(0, 1)])
    )  # fmt: skip
    for society, kinds in ((cut_last, ("tie", "cut")), (tied_last, ("cut", "tie"))):
        for kind in kinds:
            society.edit(kind, 0, 1)
        society.step()
    assert (ties_of(cut_last), ties_of(tied_last)) == ([], [(0, 1)])
    assert end_of_tie(tied_last, 0, 1).panel == 0, "the tie is another one"


# ---- room for ties ----


@pytest.mark.parametrize("engine", ENGINES)
def test_one_may_be_tied_to_everybody_and_life_goes_on(engine):
    """Rows grow where there is no room; also for the spouse whom a citizen with a full row finds afterwards."""
    society = Society(lively(**{"dating.rate": 0.9, "unfriending.review_rate": 0.05} | LOTS), rng=1, engine=engine)
    for j in range(1, 40):
        society.edit("tie", 0, j)
    society.run(1)
    assert society.world.rows.degree[0] > 30 > society.world.citizens.sociability[0] + 2
    repeated = Society(society.parameters, rng=1, policy=society.policy).run(1)
    couples = 0
    for _ in range(8):
        society.step(), repeated.step()
        couples += int(society.world.counts[Count.COUPLES])
        rows = society.world.rows
        assert (rows.degree <= rows.room).all()
        assert rows.start[-1] + rows.room[-1] == society.world.slots.neighbour.size <= 2 * society.world.values.size
        spouse = society.world.citizens.spouse
        assert all(society.slot_of(i, int(j)) >= 0 for i, j in enumerate(spouse) if j >= 0)
    assert couples > 0
    assert_same_run(society.fork().run(3), repeated.run(3))


# ---- as policy ----


@st.composite
def edits(draw, citizens: int, ticks: int):
    """Return rows of a policy: edits at some ticks, a change of a parameter among them."""
    who, when = st.integers(0, citizens - 1), st.integers(0, ticks - 1)
    pair = st.tuples(who, who).filter(lambda ends: ends[0] != ends[1])
    rows = st.one_of(
        st.tuples(when, st.sampled_from(("edit.cut", "edit.tie")), pair),
        st.tuples(when, st.just("edit.office"), st.tuples(who, st.integers(0, 1))),
        st.tuples(when, st.just("scheme.exemption"), st.floats(0, 1)),
    )
    return draw(st.lists(rows, max_size=12))


@pytest.mark.slow
@settings(max_examples=8)
@given(edits(40, 4), st.booleans(), st.integers(0, 3))
def test_planned_live_forked_and_in_either_engine_it_is_the_same(policy, nulls, fork_at):
    values, ticks = LOTS if nulls else {}, 4
    planned = Society(lively(**values), rng=8, policy=policy)
    agents = Society(lively(**values), rng=8, policy=policy, engine="agents")
    live = Society(lively(**values), rng=8)
    trunk = Society(lively(**values), rng=8, policy=policy).run(fork_at)
    for tick in range(ticks):
        for _, name, value in [row for row in planned.policy if row[0] == tick]:
            live.change(name, value)
        for phase, _ in zip(live.run_phases(), agents.run_phases(), strict=True):
            assert phase not in (PHASES[0], PHASES[-1]) or live.digest() == agents.digest(), (tick, phase)
    assert live.policy == planned.policy
    assert_same_run(planned.run(ticks), live)
    assert_same_run(trunk.fork().run(ticks - fork_at), live)
    assert_same_run(Society(lively(**values), rng=8, threads=3, policy=live.policy).run(ticks), live)
    assert_same_run(agents.fork().run(1), live.run(1))


def test_a_fork_must_have_been_edited_alike():
    society = Society(lively(), rng=8, policy=[(1, "edit.office", (3, 1)), (4, "edit.cut", (1, 2))]).run(3)
    with pytest.raises(ParameterError, match=r"^fork: the edits before tick 3 differ"):
        society.fork(policy=[(4, "edit.cut", (1, 2))])
    other = society.fork(policy=[(1, "edit.office", (3, 1)), (3, "edit.office", (3, 0))])
    assert_same_run(other.run(2), Society(lively(), rng=8, policy=other.policy).run(5))


def test_worlds_are_equal_until_an_edit_and_others_after_it():
    plain, edited = Society(lively(), rng=8), Society(lively(), rng=8, policy=[(3, "edit.office", (0, 1))])
    assert not plain.world.citizens.official[0]
    assert_same_run(plain.run(3), edited.run(3))
    assert plain.run(1).digest() != edited.run(1).digest()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("edit.cut", (3, 3), "two different citizens"),
        ("edit.tie", [0, 40], "[0, 40] is not allowed: expected [i, j], two different citizens who become acquaintances"),
        ("edit.tie", [-1, 3], "citizens are whole numbers from 0 to 39"),
        ("edit.cut", [1.0, 2], "[1.0, 2]"),
        ("edit.cut", [True, 2], "[True, 2]"),
        ("edit.cut", [1], "expected [i, j]"),
        ("edit.cut", 7, "edit.cut = 7"),
        ("edit.cut", "12", "edit.cut = '12'"),
        ("edit.cut", None, "edit.cut = None"),
        ("edit.office", [1, 2], "1 to give it office or 0 to take it"),
        ("edit.office", [1, True], "1 to give it office"),
        ("edit.office", [40, 1], "from 0 to 39"),
        ("edit.cutt", [1, 2], "'edit.cutt' is not an edit (did you mean 'edit.cut'?): expected one of edit.cut, edit.tie, edit.office"),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused_in_one_sentence(name, value, said):
    society = Society(lively(), rng=8)
    for refused in (
        lambda: society.change(name, value),
        lambda: checked_policy(society.parameters, [[2, name, value]]),
        lambda: Society(lively(), rng=8, policy=[(2, name, value)]),
    ):
        with pytest.raises(ParameterError) as caught:
            refused()
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
    assert society.policy == ()


def test_numbers_of_numpy_are_numbers_and_those_of_a_graph_count():
    society = quiet(3, [(0, 1)])  # of a graph of its own: the parameters speak of a thousand citizens
    society.edit("cut", *np.array([1, 0]))
    assert society.policy == ((0, "edit.cut", (1, 0)),)
    assert {type(number) for number in society.policy[0][2]} == {int}
    with pytest.raises(ParameterError, match=r"from 0 to 2$"):
        society.edit("cut", 0, 3)
    with pytest.raises(ParameterError, match=r"from 0 to 33$"):
        checked_policy(assign(lively(), {"network.topology": "karate"}), [(0, "edit.cut", (0, 34))])
    assert checked_policy(assign(lively(), {"network.file": "unread.csv"}), [(0, "edit.cut", (0, 999))])


# ---- why a tie was cut ----


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("nulls", [{}, LOTS], ids=["levers", "null models"])
def test_after_unfriending_it_can_be_read_which_ties_were_cut_and_why(engine, nulls):
    """The ties are those that are gone, the causes as many as were counted, and all causes come up."""
    society, seen = Society(lively(**{"informing.exposure": 1.0} | nulls), rng=3, engine=engine), Counter()
    society.edit("cut", 0, society.neighbours(0)[0])  # by hand, before the phase: none of those
    for _ in range(6):
        before: set = set()
        for phase in society.run_phases():
            if phase == "consequences":
                before = set(ties_of(society))
            if phase != "unfriending":
                continue
            low, high, cause = cut_this_week(society.world)
            assert (low.dtype, high.dtype, cause.dtype) == (np.uint32, np.uint32, np.uint8)
            assert list(zip(low.tolist(), high.tolist(), strict=True)) == sorted(before - set(ties_of(society)))
            assert np.bincount(cause, minlength=LOT + 1).tolist() == society.world.counts[: LOT + 1].tolist()
            seen.update(cause.tolist())
            rows, shed = society.world.rows, society.world.week.shed
            behind = [rows.start[i] + rows.degree[i] + k for i in range(shed.size) for k in range(shed[i])]
            assert Counter((society.world.slots.fate[behind] - 1).tolist()) == Counter([*cause.tolist()] * 2), "kept at both ends"
    assert set(seen) == set(range(LOT + 1)) - {1 if nulls else LOT}


def test_both_engines_name_the_same_causes():
    compiled, agents = (Society(lively(), rng=5, engine=engine) for engine in ENGINES)
    cuts = 0
    for _ in range(4):
        for phase, _ in zip(compiled.run_phases(), agents.run_phases(), strict=True):
            if phase == "unfriending":
                mine, yours = cut_this_week(compiled.world), cut_this_week(agents.world)
                assert all((one == other).all() for one, other in zip(mine, yours, strict=True))
                cuts += mine[0].size
    assert cuts > 10
