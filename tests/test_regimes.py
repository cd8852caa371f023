"""Regime maps and main effects: which cell holds what, what is hatched, where points lie."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.analysis.regimes import MOST_PANELS, binned, colour_limit, main_effects, regime_of, where_text
from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, RAISES, t_interval
from experiments.analysis.surfaces import CODES, VERDICTS, judged
from experiments.report.map_figures import cells_path, map_caption
from experiments.specs.designs import Factor
from tests.design_worlds import TRUST, factor, of_arrays, of_effect

NAN = math.nan
#: Twelve differences with mean 0 and standard error 0.001.
LUCK = np.linspace(-1, 1, 12) / np.linspace(-1, 1, 12).std(ddof=1) * 0.001 * math.sqrt(12)


def plane(means: dict[tuple, float], factors, spread: float = 1.0, points=None):
    """Return results of one comparison whose mean difference at each point is exactly this (NaN: not measured)."""
    points = list(means) if points is None else points
    values = {("a", TRUST): np.zeros((len(points), 12)), ("b", TRUST): np.array([means[point] + spread * LUCK for point in points])}
    return of_arrays(values, factors, points, "factorial")


def regime(responses):
    return regime_of(responses, responses.contrasts[0], responses.outcomes[TRUST])


XY = (factor("x", 1, 2, 3), factor("y", "low", "high"))
#: Smallest effect of interest 0.01, standard error 0.001: raises, erodes, equivalent; 0.0095 is above 0 but not equivalent.
MEANS = {(1, "low"): 0.05, (1, "high"): -0.05, (2, "low"): 0.0, (2, "high"): 0.0095, (3, "low"): NAN, (3, "high"): 0.02}


def test_each_cell_has_its_point_whatever_the_order_of_the_points():
    for order in (list(MEANS), list(MEANS)[::-1], sorted(MEANS, key=lambda point: point[1])):
        found = regime(plane(MEANS, XY, points=order))
        assert found.x_values == (1, 2, 3)
        sheet = found.sheets[0]
        row = found.y_values.index("high")
        assert sheet.mean[row].tolist() == pytest.approx([-0.05, 0.0095, 0.02])
        assert [VERDICTS[code] for code in sheet.verdict[row]] == [ERODES, RAISES, RAISES]
        assert [VERDICTS[code] for code in sheet.verdict[1 - row]] == [RAISES, EQUIVALENT, INCONCLUSIVE]


def test_signs_tell_the_verdicts_without_colour():
    sheet = regime(plane(MEANS, XY)).sheets[0]
    assert sheet.marks().tolist() == [["+", "=", ""], ["−", "+", "+"]]
    assert sheet.hatched.tolist() == [[False, False, True], [False, False, False]]


@given(st.lists(st.sampled_from([-0.05, -0.002, 0.0, 0.002, 0.012, 0.05, NAN]), min_size=6, max_size=6), st.sampled_from([1.0, 4.0, 20.0]))
def test_hatched_are_exactly_the_inconclusive_cells(means, spread):
    points = list(itertools.product((1, 2, 3), ("low", "high")))
    responses = plane(dict(zip(points, means, strict=True)), XY, spread)
    expected = judged(responses, responses.contrasts[0], responses.outcomes[TRUST]).has(INCONCLUSIVE).reshape(3, 2).T
    sheet = regime(responses).sheets[0]
    assert sheet.hatched.tolist() == expected.tolist()
    assert (sheet.marks() == "").tolist() == expected.tolist()
    drawn = cells_path(sheet.hatched)
    inside = {(row, column) for row, column in np.ndindex(2, 3) if drawn.contains_point((column + 0.1, row - 0.2))}
    assert inside == {(row, column) for row, column in np.argwhere(expected).tolist()}


def test_one_replication_is_hatched_everywhere():
    responses = of_effect(lambda *_: 0.3, XY, replications=1)
    assert regime(responses).sheets[0].hatched.all()


def test_the_third_factor_makes_panels_and_further_ones_are_averaged_seed_by_seed():
    """The effect is x + y + z + w, w is -1 or 1: its mean over w is x + y + z, and its seeds' luck halves."""
    factors = [factor("x", 0, 1), factor("y", 0, 2), factor("z", 0, 4, 8), factor("w", -1, 1)]
    points = list(itertools.product(*(each.values for each in factors)))
    responses = plane({point: float(sum(point)) for point in points}, factors)
    found = regime(responses)
    assert [sheet.title for sheet in found.sheets] == ["z 0", "z 4", "z 8"]
    assert found.sheets[1].mean == pytest.approx(np.array([[4.0, 5], [6, 7]]))
    assert (found.held, found.left_out) == ("averaged over w", 0)
    assert "Averaged over w." in map_caption(responses, found)


def test_of_many_panels_some_are_shown_and_the_rest_is_said():
    factors = [factor("x", 0, 1), factor("y", 0, 1), factor("z", *range(20))]
    responses = of_effect(lambda *_: 0.0, factors, replications=3)
    found = regime(responses)
    assert len(found.sheets) == MOST_PANELS
    assert (found.sheets[0].title, found.sheets[-1].title, found.left_out) == ("z 0", "z 19", 11)
    assert "11 values of the third factor are not drawn" in map_caption(responses, found)


@pytest.mark.parametrize(
    ("factors", "points", "kind"),
    [
        pytest.param([factor("x", 1, 2)], None, "factorial", id="one factor"),
        pytest.param([factor("x", 1, 2), factor("y", 7)], None, "factorial", id="one that varies"),
        pytest.param([factor("x", 1, 2), factor("y", 1, 2)], [(1, 1), (2, 2)], "zip", id="zip"),
        pytest.param([factor("x", 1, 2), factor("y", 1, 2)], [(None, None), (1, None), (None, 2)], "one-at-a-time", id="one at a time"),
    ],
)
def test_what_fills_no_plane_has_no_map(factors, points, kind):
    assert regime(of_effect(lambda *_: 0.0, factors, points, kind)) is None


def test_the_scale_of_colours_is_shared_and_leaves_small_effects_pale():
    sheet = regime(plane(MEANS, XY)).sheets[0]
    small = regime(plane(dict.fromkeys(MEANS, 0.001), XY)).sheets[0]
    empty = regime(plane(dict.fromkeys(MEANS, NAN), XY)).sheets[0]
    assert colour_limit([sheet, small], 0.01) == pytest.approx(0.05)
    assert colour_limit([small], 0.01) == 0.03
    assert colour_limit([empty], 0.01) == 0.03
    assert colour_limit([empty], 0.0) == 1


# --- where points lie -----------------------------------------------------------------------------------------------------------

GRID = of_effect(lambda *_: 0.0, [factor("x", 0, 1, 2, 3, 4), factor("net", "ring", "star")], replications=2)


def where(holds) -> str:
    return where_text(GRID, np.array([bool(holds(*point)) for point in GRID.points]))


@pytest.mark.parametrize(
    ("holds", "text"),
    [
        pytest.param(lambda x, net: True, "everywhere", id="all"),
        pytest.param(lambda x, net: x >= 2, "wherever x is 2 to 4", id="a range"),
        pytest.param(lambda x, net: x >= 2 and net == "ring", "wherever x is 2 to 4 and net is ring", id="a corner"),
        pytest.param(lambda x, net: x in (1, 3), "only where x is 1 to 3", id="a range with a gap"),
        pytest.param(lambda x, net: x == 1, "wherever x is 1", id="a value"),
        pytest.param(lambda x, net: x in (0, 1), "wherever x is 0 or 1", id="two values"),
        pytest.param(lambda x, net: x in (0, 4), "here and there", id="both ends"),
        pytest.param(lambda x, net: (x + (net == "ring")) % 2, "here and there", id="a chessboard"),
        pytest.param(lambda x, net: net == "star" and x != 2, "only where net is star", id="all but one"),
    ],
)
def test_where_points_lie(holds, text):
    assert where(holds) == text


def test_where_points_lie_one_at_a_time():
    points = [(None, None), (1, None), (2, None), (3, None), (None, "q"), (None, "p")]
    responses = of_effect(lambda *_: 0.0, [factor("x", 1, 2, 3), factor("y", "q", "p")], points, "one-at-a-time")
    assert where_text(responses, np.array([0, 0, 1, 1, 0, 0], bool)) == "wherever x is 2 or 3"
    assert where_text(responses, np.array([1, 0, 0, 1, 0, 0], bool)) == "here and there"


@given(arrays(bool, 10))
def test_where_holds_for_all_points_that_are_meant(points):
    """What is said is a condition that every meant point fulfils, and with 'wherever' no other."""
    text = where_text(GRID, points)
    if text.startswith(("wherever", "only where")):
        meets = np.array([_meets(text, x, net) for x, net in GRID.points])
        assert not (points & ~meets).any()
        assert text.startswith("wherever") == np.array_equal(points, meets)


def _meets(text: str, x: int, net: str) -> bool:
    for part in text.removeprefix("wherever ").removeprefix("only where ").split(" and "):
        name, values = part.split(" is ")
        given = x if name == "x" else net
        if " to " in values:
            low, high = map(int, values.split(" to "))
            if not low <= given <= high:
                return False
        elif str(given) not in values.split(" or "):
            return False
    return True


# --- main effects ---------------------------------------------------------------------------------------------------------------


def test_bins_by_hand():
    """Two levels: 1, 3, 5 and one 7: means 3 and 7; one point has no interval."""
    found = binned(np.array([0.0, 0, 0, 1]), np.array([1.0, 3, 5, 7]))
    assert found.places.tolist() == [0, 1]
    assert found.mean.tolist() == [3, 7]
    assert (found.low[0], found.high[0]) == t_interval(3.0, 2.0, 3, 0.95)
    assert np.isnan([found.low[1], found.high[1]]).all()


@given(st.integers(11, 200))
def test_bins_share_the_points_evenly_in_order(points):
    rng = np.random.default_rng(points)
    places = rng.permutation(points) / points
    found = binned(places, places)
    assert np.all(np.diff(found.places) > 0)
    assert len(found.places) == min(max(points // 8, 1), 10)
    assert found.mean[0] < 0.5 or len(found.mean) == 1
    assert np.all(found.low <= found.mean)


def test_the_factor_that_matters_comes_first_and_text_has_places():
    rng = np.random.default_rng(4)
    factors = [Factor("idle", "idle", "a.b", (), 0.0, 1.0), factor("net", "ring", "star"), Factor("dose", "dose", "a.d", (), 0.0, 1.0)]
    points = [(float(x), ("ring", "star")[number % 2], float(z)) for number, (x, z) in enumerate(rng.random((80, 2)))]
    responses = of_effect(lambda x, net, z, _: 0.3 * z + 0.1 * (net == "star"), factors, points, "latin-hypercube", noise=0.001)
    found = main_effects(responses, responses.contrasts[0], responses.outcomes[TRUST])
    assert [effect.factor.name for effect in found] == ["dose", "net", "idle"]
    dose, net, _ = found
    assert dose.bins.mean[-1] - dose.bins.mean[0] > 0.2
    assert net.names == ("ring", "star")
    assert net.bins.mean[1] - net.bins.mean[0] == pytest.approx(0.1, abs=0.06)
    assert dose.verdict.tolist() == judged(responses, responses.contrasts[0], responses.outcomes[TRUST]).verdict.tolist()


def test_points_without_values_are_left_out_of_main_effects():
    points = [(0.1,), (0.2,), (None,), (0.4,)]
    values = {("a", TRUST): np.zeros((4, 2)), ("b", TRUST): np.array([[1.0, 1], [NAN, NAN], [3, 3], [4, 4]])}
    responses = of_arrays(values, [Factor("x", "x", "a.x", (), 0.0, 1.0)], points, "table")
    (found,) = main_effects(responses, responses.contrasts[0], responses.outcomes[TRUST])
    assert found.places.tolist() == [0.1, 0.4]
    assert found.mean.tolist() == [1, 4]
    assert found.verdict.tolist() == [CODES[RAISES]] * 2
