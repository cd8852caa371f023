"""Colours and marks of citizens: by hand, and against the outcomes that the model records."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.units import MILLI
from dashboard.network import colours
from dashboard.network.colours import (
    COLOURINGS,
    EQUAL,
    LOCKED,
    MISSING,
    OFFICIAL,
    REMOVED,
    SELECTED,
    TRUST,
    about_equal,
    coloured,
    difference,
    hues_of_grades,
    marks,
    on_scale,
    tables,
    trust_of,
)  # fmt: skip
from dashboard.network.layout import lay_out
from experiments.refusal import Refusal
from model.society import Society
from tests.lively import LEVERS, LIVELY


def circles(society: Society) -> np.ndarray:
    return lay_out(society.graph, society.world.citizens.region).circle


@pytest.fixture(scope="module")
def rongcheng() -> Society:
    """Give a society under a scheme with grades that lock, and that takes critics out of circulation."""
    values = LIVELY | {f"scheme.{name}": value for name, value in LEVERS.items()} | {"network.mean_degree": 10.0}
    return Society(rng=5, citizens=150, preset="rongcheng", **values, **{"scheme.removal_weeks": 3, "scheme.coverage": 0.8}).run(25)


# --- bytes ----------------------------------------------------------------------------------------------------------------------


def test_a_scale_takes_255_steps_by_hand():
    found = on_scale(np.array([-3, 0, 0.001, 0.5, 1, 9, np.nan]), 0, 1)
    assert found.dtype == np.uint8
    assert found.tolist() == [1, 1, 1, 128, 255, 255, MISSING]
    assert on_scale(np.array([0, 1000, 1300]), 0, 1300).tolist() == [1, 1 + round(254 / 1.3), 255]


def test_differences_are_symmetric_about_equality_by_hand():
    found = about_equal(np.array([-1, -0.2, -0.1, -1e-9, 0, 1e-9, 0.1, 0.2, 1, np.nan]), 0.2)
    assert found.tolist() == [1, 1, 64, 128, 128, 128, 192, 255, 255, MISSING]
    assert EQUAL == 128


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=20), st.floats(0.01, 1))
def test_what_is_turned_round_has_the_opposite_colour(values, spread):
    there, back = (about_equal(sign * np.array(values), spread).astype(int) for sign in (1, -1))
    assert (there - EQUAL == EQUAL - back).all()
    assert (there >= 1).all()


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_more_is_never_further_down_the_table(values):
    found = on_scale(np.array(sorted(values)), *TRUST).astype(int)
    assert (np.diff(found) >= 0).all()


# --- what is shown --------------------------------------------------------------------------------------------------------------


def test_trust_is_what_the_model_measures(rongcheng):
    assert trust_of(rongcheng).mean() == pytest.approx(rongcheng.last()["generalized_trust"], abs=1e-6)
    assert trust_of(Society(rng=1, citizens=60)) == pytest.approx(0.5)


def test_score_and_grade_are_of_members_only(rongcheng):
    standing, member = rongcheng.world.standing, rongcheng.world.standing.enrolled[0] == 1
    assert 0 < member.sum() < 150
    scheme = rongcheng.parameters.schemes[0]
    assert (standing.score[0][member] / MILLI).mean() == pytest.approx(rongcheng.last()["score"], abs=1e-6)
    shown = coloured(rongcheng, "score", circles(rongcheng))
    assert (shown.legend.low, shown.legend.high, shown.legend.unit) == (scheme.floor, scheme.ceiling, "points") == (0, 1300, "points")
    assert (shown.bytes[member] == on_scale(standing.score[0][member] / MILLI, 0, 1300)).all()
    assert ((shown.bytes == MISSING) == ~member).all()
    grades = coloured(rongcheng, "grade", circles(rongcheng))
    assert grades.legend.labels == tuple(grade.name for grade in scheme.grade)
    assert (grades.bytes[member] == np.array(grades.legend.hues)[standing.grade[0][member]]).all()
    assert len(set(grades.bytes[member].tolist())) > 1
    assert ((grades.bytes == MISSING) == ~member).all()


@pytest.mark.parametrize("name", ["score", "grade"])
def test_without_a_scheme_at_work_all_are_grey(name):
    for society in (Society(rng=1, citizens=60, preset="none"), Society(rng=1, citizens=60, preset="suining")):
        society.run(2)  # before the scheme begins
        assert (coloured(society, name, circles(society)).bytes == MISSING).all()


def test_a_grade_keeps_its_colour_however_many_there_are():
    assert hues_of_grades(1) == (1,)
    assert hues_of_grades(2) == (1, 6)  # blue and vermillion
    assert hues_of_grades(4) == (1, 3, 4, 6)
    assert hues_of_grades(8) == (1, 2, 3, 4, 5, 6, 7, 8)
    assert all(len(set(hues_of_grades(count))) == count for count in range(1, 11))


def test_circles_next_to_each_other_in_number_differ(rongcheng):
    circle = circles(rongcheng)
    shown = coloured(rongcheng, "community", circle)
    order = np.argsort(circle, kind="stable")
    change = np.diff(circle[order]) > 0
    assert (np.diff(shown.bytes[order].astype(int))[change] != 0).all()
    assert (np.diff(shown.bytes[order].astype(int))[~change] == 0).all()


def test_grievance_is_on_its_scale(rongcheng):
    shown = coloured(rongcheng, "grievance", circles(rongcheng))
    assert (shown.bytes == on_scale(rongcheng.world.citizens.grievance, 0, 0.75)).all()
    assert rongcheng.world.citizens.grievance.max() > 0.05


def test_the_difference_is_right_less_left():
    left = Society(rng=4, citizens=100)
    right = left.fork()
    assert (difference(left, right).bytes == EQUAL).all()
    right.world.citizens.trust_honoured[7] += 5
    right.world.citizens.trust_betrayed[9] += 5
    shown = difference(left, right)
    assert shown.bytes[7] > EQUAL > shown.bytes[9]
    assert (np.delete(shown.bytes, [7, 9]) == EQUAL).all()
    assert (shown.legend.low, shown.legend.high) == (-0.2, 0.2)


def test_another_name_is_refused_in_one_sentence(rongcheng):
    with pytest.raises(Refusal, match=r"^colour = .trus. is not allowed: expected one of trust, score, .*did you mean .trust.\?"):
        coloured(rongcheng, "trus", circles(rongcheng))
    for name in COLOURINGS:
        assert coloured(rongcheng, name, circles(rongcheng)).bytes.shape == (150,)


# --- marks ----------------------------------------------------------------------------------------------------------------------


def test_marks_are_what_the_model_measures(rongcheng):
    society = rongcheng.fork()
    seen = {REMOVED: 0.0, LOCKED: 0.0}
    for _ in range(20):
        society.step()
        found = marks(society)
        for mark, outcome in ((REMOVED, "removed"), (LOCKED, "locked")):
            assert ((found & mark) > 0).mean() == pytest.approx(society.last()[outcome])
            seen[mark] += society.last()[outcome]
        assert (((found & OFFICIAL) > 0) == (society.world.citizens.official == 1)).all()
        assert not (found & SELECTED).any()
    assert min(seen.values()) > 0  # else the test would mean little


def test_one_citizen_can_be_selected(rongcheng):
    found = marks(rongcheng, selected=3)
    assert np.flatnonzero(found & SELECTED).tolist() == [3]
    assert (np.delete(found, 3) == np.delete(marks(rongcheng), 3)).all()
    assert (marks(rongcheng, selected=150) == marks(rongcheng)).all()


# --- tables ---------------------------------------------------------------------------------------------------------------------


def test_the_tables_are_as_described():
    assert {name: table.shape for name, table in tables().items()} == dict.fromkeys(("sequential", "diverging", "categorical"), (2, 256, 3))
    sequential, diverging, categorical = (tables()[name][0].astype(int) for name in ("sequential", "diverging", "categorical"))
    assert sequential[1].tolist() == [0, 34, 78]  # cividis begins in blue ...
    assert sequential[255].tolist() == [254, 232, 56]  # ... and ends in yellow
    assert diverging[255].tolist() == categorical[1].tolist() == [0x00, 0x72, 0xB2]
    assert diverging[1].tolist() == categorical[6].tolist() == [0xD5, 0x5E, 0x00]
    assert np.ptp(diverging[EQUAL]) < 20  # a grey
    light = sequential @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(light[1:]) > -0.6).all()  # ever lighter, but for rounding
    for table in tables().values():
        assert (table[0, MISSING] == colours._rgb(colours.GREYS["light"])).all()
        assert not table.flags.writeable


def test_the_darkest_grade_can_be_seen_on_a_dark_page():
    day, night = tables()["categorical"][:, 8].astype(int).sum(axis=1)
    assert day < 150
    assert night > 600
