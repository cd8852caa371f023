"""What a design found, on the terminal and in a report."""

import io
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from experiments.analysis.surfaces import effects_by_point, joint_verdicts
from experiments.report.design_figures import design_figures
from experiments.report.design_report import MOST_LINES, MOST_POINTS, design_parts, point_table, print_design
from experiments.report.design_wording import counts, design_doubts, shape_sentences, where_sentence
from experiments.specs.designs import Factor
from experiments.specs.spec import Contrast
from tests.design_worlds import RATE, TRUST, factor, of_arrays, of_effect

NAN = math.nan


def printed(responses, width: int = 110) -> str:
    file = io.StringIO()
    print_design(responses, Console(file=file, width=width))
    return file.getvalue()


#: b raises both outcomes from x = 2 on, c is a itself.
STEP = of_effect(lambda x, arm: 0.1 * (x >= 2) if arm == 0 else 0.0, [factor("x", 0, 1, 2, 3)], arms=2, noise=0.002)


def test_the_terminal_says_how_many_points_raise_and_where():
    text = printed(STEP)
    assert "Verdicts on social trust by point" in text
    row = next(line for line in text.splitlines() if line.startswith("Arm b against Arm a"))
    assert row.split()[-5:] == ["2", "0", "2", "0", "0"]  # raises, erodes, equivalent, inconclusive, mixed
    assert "Arm b against Arm a: raises social trust at 2 of 4 points, wherever x is 2 or 3." in text
    assert "Arm c against Arm a: neither raises nor erodes social trust anywhere; equivalent at all 4 points." in text
    assert "trust in strangers, Arm b against Arm a: rises with x; above 0 at 2 and 3." in text
    assert "4 points (factorial design), 20 replications" in text


@pytest.mark.parametrize("width", [60, 110, 200])
@pytest.mark.parametrize("arms", [1, 12])
def test_the_terminal_shows_at_most_25_lines(width, arms):
    """Many arms, three factors whose names are long, seeds in two groups: much could be said."""
    factors = [factor(f"{name}_{'long_' * 6}name", 0, 1, 2) for name in "xyz"]
    responses = of_effect(lambda x, y, z, arm: 0.1 * (x - y) + 0.01 * arm, factors, arms=arms, replications=12)
    responses.values_of("b", TRUST)[:, ::2] += 0.4
    text = printed(responses, width)
    assert len(text.splitlines()) <= MOST_LINES
    assert max(map(len, text.splitlines())) <= width
    assert ("and 6 more comparisons" in text) == (arms == 12)


def test_all_verdicts_are_counted():
    """Trust and rate by point: both up, both down, apart, equal to the reference, not measured."""
    rng = np.random.default_rng(1)
    luck = 0.001 * rng.normal(size=12)
    trust, rate = [0.1, -0.1, 0.1, 0.0, NAN], [0.1, -0.1, -0.1, 0.0, 0.1]
    values = {("b", name): np.array([mean + luck for mean in means]) for name, means in ((TRUST, trust), (RATE, rate))}
    values |= {("a", name): np.zeros((5, 12)) for name in (TRUST, RATE)}
    responses = of_arrays(values, [factor("x", *range(5))], [(x,) for x in range(5)])
    found = counts(joint_verdicts(responses, responses.contrasts[0]))
    assert found == {"raises": 1, "erodes": 1, "equivalent": 1, "inconclusive": 0, "mixed": 2}
    sentence = where_sentence(responses, responses.contrasts[0])
    assert sentence == (
        "Arm b against Arm a: raises social trust at 1 of 5 points, wherever x is 0; erodes social trust at 1 of 5 points, wherever x is "
        "1; is mixed at 2 of 5 points, only where x is 2 to 4"
    )


def test_designs_that_fill_a_space_name_what_moves_the_effect_most():
    rng = np.random.default_rng(3)
    factors = [Factor(name, name, f"a.{name}", (), 0.0, 1.0) for name in ("idle", "dose")]
    points = [tuple(point) for point in rng.random((100, 2)).tolist()]
    responses = of_effect(lambda idle, dose, _: dose - 0.5, factors, points, "latin-hypercube", noise=0.001)
    found = list(shape_sentences(responses))
    assert len(found) == 2
    match = re.fullmatch(r"trust in strangers, Arm b against Arm a: moves most along dose, (\S+) \(near (\S+)\) to (\S+) \(near (\S+)\); "
                         r"then idle, .*", found[0])  # fmt: skip
    assert [float(text.replace("−", "-")) for text in match.groups()] == pytest.approx([-0.45, 0.05, 0.45, 0.95], abs=0.06)


def test_nothing_measured_is_said():
    responses = of_effect(lambda *_: NAN, [factor("x", 0.0, 1.0)], [(0.2,), (0.9,), (0.2,)], "table", replications=3)
    assert "not measured" in printed(responses)
    assert "inconclusive at all 3 points" in printed(responses)
    assert "nothing to compare" in printed(of_arrays({("a", TRUST): np.zeros((1, 2))}, points=((),), contrasts=()))


# --- doubts ---------------------------------------------------------------------------------------------------------------------


def test_what_many_comparisons_leave_is_counted():
    table = effects_by_point(STEP)
    doubt, *_ = design_doubts(STEP, table)
    moved = [row for row in table.to_pylist() if row["verdict"] in ("raises", "erodes")]
    kept = [row for row in moved if row["q"] < 0.05]
    assert doubt == (
        f"verdicts are given point by point: of all 16 differences {len(moved)} raise or erode, and {len(kept)} of these keep a false "
        "discovery rate (q) below 0.05"
    )


def test_points_with_two_groups_of_seeds_are_named():
    responses = of_effect(lambda *_: 0.0, [factor("x", 0, 1, 2)])
    assert list(design_doubts(responses)) == []
    responses.values_of("b", RATE)[1, ::2] += 0.4
    (doubt,) = design_doubts(responses)
    assert doubt.endswith("their mean may describe no run, at 1 of 3 points for exchange rate, Arm b against Arm a")


# --- the report -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page() -> str:
    trust = replace(STEP, outcomes={TRUST: STEP.outcomes[TRUST]})  # half the figures tell as much here
    return str(design_parts(STEP, design_figures(trust), effects_by_point(STEP)))


def test_figures_are_drawn_where_none_are_given():
    responses = of_arrays({(arm, TRUST): np.zeros((1, 3)) for arm in "ab"}, [factor("x", 1)], [(1,)])
    assert design_parts(responses).count("<svg") == 1


def test_the_parts_hold_counts_figures_and_points(page):
    assert "<h2>Verdicts on social trust by point</h2>" in page
    assert "<h2>Dose by dose</h2>" in page
    assert "<h2>How replications differ</h2>" in page
    assert "Where in the plane" not in page
    assert page.count("<figure>") == page.count("<svg") == 2
    assert "keep a false discovery rate (q) below 0.05." in page
    rows = re.findall(r"<tr><td>(\d)</td>.*?<td class=\"(\w+)\">(\w+)</td></tr>", page)
    assert rows[:4] == [(str(x), verdict, verdict) for x, verdict in enumerate(["equivalent"] * 2 + ["raises"] * 2)]


def test_the_parts_need_no_other_file(page):
    assert re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"", page) == []
    assert "<script" not in page


def test_labels_are_escaped():
    values = {(arm, TRUST): np.zeros((2, 3)) for arm in "ab"}
    responses = of_arrays(values, [Factor("x", "<b>x</b>", "a.x", ("<i>", "&"))], [("<i>",), ("&",)])
    page = design_parts(responses, figures=[])
    assert "<b>x</b>" not in page
    assert "<i>" not in page
    assert "&lt;i&gt;" in page


def test_of_many_points_those_that_move_most_are_listed():
    points = [(x,) for x in range(150)]
    responses = of_effect(lambda x, _: x - 75, [factor("x", *range(150))], points, noise=0.001)
    table = point_table(responses, responses.contrasts[0])
    listed = [int(row["values"][0]) for row in table["rows"]]
    assert listed == [*range(149, 149 - MOST_POINTS // 2, -1), *range(MOST_POINTS // 2 - 1, -1, -1)]
    assert table["note"] == "Of 150 points, the 60 where trust in strangers moves most, up and down; responses.csv has all."


def test_points_without_values_do_not_crowd_out_others():
    effects = {x: (0.1 * x if x < 5 else NAN) for x in range(100)}
    responses = of_effect(lambda x, _: effects[x], [factor("x", *range(100))], noise=0.001)
    table = point_table(responses, Contrast("b", "a"))
    assert [row["values"][0] for row in table["rows"]] == ["4", "3", "2", "1", "0"]
