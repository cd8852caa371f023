"""The figures of a design: which there are, what stands in them, and that equal results give equal files."""

import itertools
import math
import re
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.analysis.levels import dose_sets
from experiments.analysis.statistics import MANY_SEEDS
from experiments.report.design_figures import design_figures
from experiments.report.drawing import columns_for, file_name, spread_out
from experiments.report.figures import inline, styled
from experiments.report.map_figures import DIVERGING, draw_maps
from experiments.report.spread_figures import draw_distributions, told_points
from experiments.specs.designs import Factor
from tests.design_worlds import RATE, TRUST, factor, of_arrays, of_effect

pytestmark = pytest.mark.slow  # a report of a design draws the same in test_design_report


NAN = math.nan


def names(responses) -> list[str]:
    return [figure.name for figure in design_figures(responses)]


def texts(svg: str) -> list[str]:
    """Return the texts of a figure, in their order."""
    return ["".join(element.itertext()).strip() for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def only_trust(responses, *outcomes: str):
    kept = outcomes or (TRUST,)
    return type(responses)(**{**vars(responses), "outcomes": {name: responses.outcomes[name] for name in kept}})


def maps(responses):
    with styled():
        return draw_maps(responses, responses.outcomes[TRUST])


ONE = only_trust(of_effect(lambda x, arm: (0.02, -0.02)[arm] * x, [factor("size_of_reward", 0, 1, 2)], arms=2, noise=0.005))
TWO = only_trust(of_effect(lambda x, net, _: 0.05 * (x - 1), [factor("x", 0, 1, 2), factor("net", "ring", "star")], noise=0.01))


@pytest.fixture(scope="module")
def drawn_one():
    return {figure.name: figure for figure in design_figures(ONE)}


@pytest.fixture(scope="module")
def drawn_two():
    return {figure.name: figure for figure in design_figures(TWO)}


@pytest.mark.slow
def test_equal_results_give_equal_files(drawn_two):
    (again,) = maps(TWO)
    with styled():
        spread = draw_distributions(TWO, TWO.outcomes[TRUST], dose_sets(TWO))
    assert (again, spread) == (drawn_two[again.name], drawn_two[spread.name])


def test_one_factor_has_its_curve_and_distributions(drawn_one):
    assert list(drawn_one) == ["dose-size-of-reward-generalized-trust", "distribution-generalized-trust"]
    shown = texts(drawn_one["dose-size-of-reward-generalized-trust"].svg)
    assert {"Arm b against Arm a", "Arm c against Arm a", "Level of each arm", "Arm a", "Arm b", "Arm c", "95 % band"} <= set(shown)
    joined = " ".join(shown)
    assert "rises with size of reward; above 0 at 1 and 2" in joined
    assert "falls with size of reward; below 0 at 1 and 2" in joined


def test_a_plane_has_its_map_with_numbers_in_small_ones(drawn_two):
    assert list(drawn_two) == ["regime-generalized-trust", "dose-x-generalized-trust", "dose-net-generalized-trust",
                               "distribution-generalized-trust"]  # fmt: skip
    shown = texts(drawn_two["regime-generalized-trust"].svg)
    numbers = [text for text in shown if re.fullmatch(r"[+−]0\.0\d\d", text) and text not in ("−0.010", "+0.010")]
    assert len(numbers) >= 6
    assert {"0", "1", "2", "ring", "star", "inconclusive"} <= set(shown)
    assert "averaged over net" in drawn_two["dose-x-generalized-trust"].caption


def test_a_large_map_has_signs_for_numbers():
    responses = only_trust(of_effect(lambda x, y, _: 0.02 * (x - 3.4), [factor("x", *range(8)), factor("y", *range(3))], noise=0.001))
    (figure,) = maps(responses)
    shown = texts(figure.svg)
    assert (shown.count("+"), shown.count("−"), shown.count("=")) == (12, 9, 3)  # at x = 3 the effect is 0.02 * 0.4
    assert not [text for text in shown if text.startswith("+0")]


def test_three_factors_have_a_map_a_comparison_with_a_panel_a_level():
    factors = [factor("x", 0, 1), factor("y", 0, 1), factor("z", "p", "q")]
    figures = maps(of_effect(lambda *_: 0.0, factors, arms=2, replications=3))
    assert [figure.name for figure in figures] == ["regime-b-a-generalized-trust", "regime-c-a-generalized-trust"]
    assert {"z p", "z q"} <= set(texts(figures[0].svg))


def test_designs_that_fill_a_space_show_each_factor():
    factors = [Factor(name, f"the {name}", f"a.{name}", (), 0.0, 1.0) for name in "pqr"]
    points = np.random.default_rng(1).random((30, 3)).tolist()
    figures = design_figures(only_trust(of_effect(lambda p, q, r, _: 0.1 * q, factors, [tuple(each) for each in points], "sobol")))
    assert [figure.name for figure in figures] == ["main-effects-b-a-generalized-trust", "distribution-generalized-trust"]
    labels = [text for text in texts(figures[0].svg) if text.startswith("the ")]
    assert (labels[0], sorted(labels)) == ("the q", ["the p", "the q", "the r"])
    assert "lowest, in the middle and highest: A: the p" in figures[1].caption


@pytest.mark.slow
def test_log_scales_and_text_keep_their_levels_as_ticks():
    fines = factor("fines", 0.1, 1.0, 10.0, 100.0, scale="log")
    figures = {each.name: each for each in design_figures(only_trust(of_effect(lambda *_: 0.0, [fines, factor("on", True, False)])))}
    assert {"0.1", "1", "10", "100"} <= set(texts(figures["dose-fines-generalized-trust"].svg))
    assert {"true", "false"} <= set(texts(figures["regime-generalized-trust"].svg))


@pytest.mark.parametrize(("kept", "marked"), [(False, 0), (True, 1)])
def test_two_groups_of_replications_are_marked(kept, marked):
    values = 0.5 + 0.01 * np.random.default_rng(1).normal(size=(2, 24))
    if kept:
        values[1, ::2] += 0.3
    responses = of_arrays({("a", TRUST): values[:1].repeat(2, 0), ("b", TRUST): values}, [factor("x", 1, 2)], [(1,), (2,)])
    with styled():
        figure = draw_distributions(responses, responses.outcomes[TRUST], dose_sets(responses))
    assert texts(figure.svg).count("two groups") == marked


def test_the_points_told_are_the_lowest_the_middle_and_the_highest():
    effects = {1: 0.3, 2: NAN, 3: -0.2, 4: 0.1}
    responses = of_effect(lambda x, _: effects[x], [factor("x", 1, 2, 3, 4)], noise=0.001)
    assert told_points(responses, responses.contrasts[0], responses.outcomes[TRUST]) == [2, 3, 0]
    nowhere = of_effect(lambda *_: NAN, [factor("x", 1, 2)])
    assert told_points(nowhere, nowhere.contrasts[0], nowhere.outcomes[TRUST]) == [0]


@pytest.mark.slow
def test_many_dots_and_cells_are_images_so_that_files_stay_small():
    factors = [factor("x", *range(40)), factor("y", *range(40))]
    figures = design_figures(only_trust(of_effect(lambda x, y, _: 0.001 * (x - y), factors, replications=12)))
    assert max(len(figure.svg) for figure in figures) < 400_000
    (svg,) = [figure.svg for figure in figures if figure.name.startswith("regime")]
    assert "<image" in svg


def test_figures_stand_in_one_page_without_sharing_ids(drawn_two):
    page = "".join(inline(figure.svg, figure.name) for figure in drawn_two.values())
    found = re.findall(r'\bid="([^"]+)"', page)
    assert len(found) == len(set(found))
    used = set(re.findall(r"url\(#([^)]+)\)", page)) | set(re.findall(r'href="#([^"]+)"', page))
    assert used <= set(found)


def test_nothing_to_compare_draws_nothing():
    assert names(of_arrays({("a", TRUST): np.zeros((1, 3))}, [factor("x", 1)], [(1,)], contrasts=())) == []
    assert names(of_arrays({(arm, TRUST): np.zeros((0, 3)) for arm in "ab"}, [factor("x", 1)], [])) == []


KINDS = ("factorial", "one-at-a-time", "zip", "table", "latin-hypercube")
LEVELS = {"x": (0, 1, 2.5), "y": ("p", "q"), "z": (True, False)}


@st.composite
def worlds(draw):
    """Any small design with any values, missing ones and equal arms among them."""
    kind = draw(st.sampled_from(KINDS))
    chosen = draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=3, unique=True))
    factors = [factor(name, *LEVELS[name]) for name in chosen]
    every = list(itertools.product(*(each.values for each in factors)))
    points = every if kind == "factorial" else draw(st.lists(st.sampled_from(every), min_size=1, max_size=4))
    if kind == "one-at-a-time":
        points = [
            tuple(value if place == i else None for place, value in enumerate(point)) for i, point in enumerate(points[: len(chosen)])
        ]
    replications = draw(st.sampled_from([1, 2, MANY_SEEDS]))
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    arrays = {}
    for arm, name in itertools.product("abc", (TRUST, RATE)):
        values = rng.choice([0.2, 0.5, NAN] if draw(st.booleans()) else [0.5, 0.51, 0.7], size=(len(points), replications))
        arrays[arm, name] = arrays["a", name] if arm != "a" and draw(st.booleans()) else values
    return of_arrays(arrays, factors, points, kind, [("b", "a"), ("c", "a")])


@pytest.mark.slow
def test_one_replication_no_value_and_equal_arms_are_drawn_without_complaint():
    """Arm b has one replication with a value at one point only, arm c is arm a."""
    half = np.full((4, 1), 0.5)
    values = {("a", TRUST): half, ("b", TRUST): np.array([[0.7], [NAN], [NAN], [NAN]]), ("c", TRUST): half}
    points = list(itertools.product((1, 2), ("p", "q")))
    responses = of_arrays(values, [factor("x", 1, 2), factor("y", "p", "q")], points, contrasts=[("b", "a"), ("c", "a")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(names(responses)) == 4


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(worlds())
def test_any_small_design_is_drawn_without_complaint(responses):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names(responses)


# --- places and colours ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=9), st.floats(0.01, 0.5))
def test_labels_keep_their_order_and_a_gap(heights, gap):
    found = spread_out(heights, gap)
    order = np.argsort(heights, kind="stable")
    assert np.all(np.diff(np.array(found)[order]) >= gap * (1 - 1e-6))
    assert np.mean(found) == pytest.approx(np.mean(heights), abs=1e-9)


def test_labels_that_do_not_clash_stay():
    assert spread_out([0.5, 0.1, 0.9], 0.2) == pytest.approx([0.5, 0.1, 0.9])
    assert spread_out([0.5, 0.5], 0.2) == pytest.approx([0.4, 0.6])


def test_file_names_and_columns():
    assert file_name("regime", "Arm B", "no_scheme", "generalized_trust") == "regime-arm-b-no-scheme-generalized-trust"
    assert [columns_for(panels) for panels in (1, 2, 3, 4, 5, 9)] == [1, 2, 3, 2, 3, 3]


def test_either_side_of_0_grows_darker_evenly():
    """Equal effects up and down are about equally dark, so that neither side looks larger in print."""
    shades = DIVERGING(np.linspace(0, 1, 11))[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(shades[:6]) > 0)
    assert np.all(np.diff(shades[5:]) < 0)
    assert shades[5] > 0.95
    assert np.abs(shades - shades[::-1]).max() < 0.15
