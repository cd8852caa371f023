"""What a stored experiment found, as the dashboard reads and lays it out: tables, maps, figures, lists to choose from."""

import base64
import json
import math
import os
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.stored import figures, findings
from dashboard.stored.choosing import Chosen, at_first, of_findings, of_runs, picked
from dashboard.stored.figures import figures_of
from dashboard.stored.findings import Effect, findings_of
from dashboard.stored.regime_map import axes_of, cells_of, levels_at, map_data, point_at
from dashboard.stored.replaying import Wish
from dashboard.stored.shelf import folder_named
from dashboard.stored.tables import NARROWEST, STUB, WIDEST, scale_of, whisker_of
from dashboard.stored.wording import words_in
from experiments.refusal import Refusal
from experiments.report.publishing import stored_findings
from experiments.specs.spec import Contrast
from tests.design_worlds import facts
from tests.stored_results import GRID, ON_GRID, change_manifest, stored

WORDS = words_in("en")
SCHEME = Contrast("scheme", "none")
CUBE = GRID.replace(
    "[[arm]]", '[[factor]]\nname = "reward"\nparameter = "scheme.reporting_reward"\nvalues = [0, 5, 10]\n[[arm]]', 1
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An experiment with arms alone, one over two factors, one over three."""
    home = tmp_path_factory.mktemp("made")
    stored(home / "plain")
    stored(home / "grid", GRID)
    stored(home / "cube", CUBE)
    return home


@pytest.fixture
def grid(made, tmp_path):
    """The experiment over two factors, to be damaged."""
    return shutil.copytree(made / "grid", tmp_path / "grid")


def edit(path, old, new, count=1):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


# --- tables -----------------------------------------------------------------------------------------------------------------------


def test_effects_are_those_of_the_analysis(made):
    found, (_, analysis) = findings_of(made / "plain"), stored_findings(made / "plain")
    assert found.contrasts == tuple(analysis.spec.contrasts())
    assert [outcome.name for outcome in found.outcomes] == [outcome.name for outcome in analysis.headlines()]
    for contrast in found.contrasts:
        for effect in found.effects(contrast):
            known = analysis.effects[contrast.arm, contrast.reference, effect.outcome.name]
            assert (effect.n, effect.verdict) == (known.difference.n, known.verdict)
            assert effect.mean == known.difference.mean
            assert (effect.low95, effect.high95) == (known.difference.low95, known.difference.high95)
        verdict = next(one.verdict for one in analysis.findings if (one.arm, one.reference) == (contrast.arm, contrast.reference))
        assert found.on_trust(contrast) == verdict
    assert found.points == ((),)
    assert not found.has_map


def test_responses_are_those_that_the_stand_in_makes(made):
    found = findings_of(made / "grid")
    assert found.points == ((0.0, 0.0), (0.0, 1.0), (0.3, 0.0), (0.3, 1.0))
    assert found.column(SCHEME, "exchange_rate").mean == pytest.approx(ON_GRID)
    assert [found.on_trust(SCHEME, point) for point in range(4)] == ["raises", "raises", "erodes", "erodes"]
    assert found.has_map


def rows_without(name):
    """Return a change of a table of text: without one of its columns."""

    def change(path):
        lines = [line.split(",") for line in path.read_text().splitlines()]
        place = lines[0].index(f'"{name}"')
        path.write_text("\n".join(",".join(line[:place] + line[place + 1 :]) for line in lines))

    return change


DAMAGE = {
    "missing": (lambda path: path.unlink(), "there is no responses.csv yet"),
    "empty": (lambda path: path.write_text(""), "responses.csv: the file cannot be read"),
    "binary": (lambda path: path.write_bytes(b"\x00\xff" * 50), "responses.csv: the file cannot be read"),
    "no verdicts": (rows_without("verdict"), "responses.csv: the file cannot be read"),
    "a number that is none": (lambda path: edit(path, "0.05000", "<b>"), "responses.csv: the file cannot be read"),
    "an unknown verdict": (lambda path: edit(path, '"raises"', '"<b>sways"'), 'verdict = "<b>sways" is not allowed'),
    "a point too many": (lambda path: edit(path, "\n3,0.3,1", "\n4,0.3,1"), "expected each from 0 to 3 once"),
    "a point below 0": (lambda path: edit(path, "\n3,0.3,1", "\n-1,0.3,1"), "expected each from 0 to 3 once"),
    "a point twice": (lambda path: edit(path, "\n3,0.3,1", "\n0,0.3,1"), "expected each from 0 to 3 once"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_table_gives_one_sentence_and_leaves_the_points(grid, damage):
    spoil, said = DAMAGE[damage]
    spoil(grid / "responses.csv")
    found = findings_of(grid)
    assert said in found.fault
    assert "\n" not in found.fault
    assert str(grid) not in found.fault
    assert (len(found.points), found.columns, found.has_map, found.is_grid) == (4, {}, False, True)


def test_a_table_too_large_is_not_read(grid, monkeypatch):
    monkeypatch.setattr(findings, "MOST_TABLE_BYTES", (grid / "responses.csv").stat().st_size - 1)
    assert "expected at most" in findings_of(grid).fault


def test_numbers_that_are_none_are_not_measured(grid):
    text = (grid / "responses.csv").read_text().splitlines()
    cells = text[1].split(",")
    cells[9:] = ["nan", "nan", "inf", "-inf", "nan", "nan", "nan", "nan", "nan", "nan", '"inconclusive"']
    (grid / "responses.csv").write_text("\n".join([text[0], ",".join(cells), *text[2:]]))
    found = findings_of(grid)
    effect = found.effect(SCHEME, found.outcomes[0])
    assert [math.isnan(value) for value in (effect.mean, effect.low95, effect.high95)] == [True] * 3
    data = map_data(WORDS, found, SCHEME, found.outcomes[0], 0)
    json.dumps(data, allow_nan=False)  # the browser knows no NaN
    cell = data["rows"][-1][0]
    assert (cell["share"], cell["sign"], cell["text"]) == (0, "", "–")
    assert cell["say"] == "weight of contacts 0, exemption 0: not measured no interval, inconclusive"


def test_points_that_do_not_fit_the_manifest_are_refused(grid):
    document = json.loads((grid / "resolved.json").read_text())
    for points in ([[0.0, 1.0, 2.0]], [[0.0, [1.0]]], [], [[0.0, float("nan")]]):
        document["design"] |= {"points": points, "changes": {}}
        (grid / "resolved.json").write_text(json.dumps(document))
        with pytest.raises(Refusal, match=r"resolved\.json"):
            findings_of(grid)


def test_a_smallest_effect_by_which_nothing_can_be_shown_is_refused(grid):
    change_manifest(grid, outcomes=lambda outcomes: [outcome | {"smallest_effect": float("inf")} for outcome in outcomes])
    with pytest.raises(Refusal, match="smallest_effect = inf is not allowed"):
        findings_of(grid)


def test_without_headlines_there_are_no_numbers(grid):
    change_manifest(grid, outcomes=lambda outcomes: [outcome | {"headline": False} for outcome in outcomes])
    assert "no headline" in findings_of(grid).fault


# --- maps -----------------------------------------------------------------------------------------------------------------------


def test_a_map_has_the_second_factor_upwards_and_the_first_across(made):
    found = findings_of(made / "grid")
    assert cells_of(found, 0).tolist() == [[0, 2], [1, 3]]  # up: exemption; across: weight
    data = map_data(WORDS, found, SCHEME, found.outcomes[2], 0)
    assert (data["x"]["label"], data["x"]["levels"]) == ("weight of contacts", ["0", "0.3"])
    assert (data["y"]["label"], data["y"]["levels"]) == ("exemption", ["1", "0"])  # drawn from the top
    assert [[cell["point"] for cell in row] for row in data["rows"]] == [[1, 3], [0, 2]]
    assert [[cell["sign"] for cell in row] for row in data["rows"]] == [["+", "−"], ["+", "−"]]
    shares = np.array([[cell["share"] for cell in row] for row in data["rows"]])
    assert shares == pytest.approx(np.array([[0.07, -0.03], [0.05, -0.05]]) / 0.07)
    assert data["scale"] == {"low": "−0.070", "high": "+0.070", "matters": pytest.approx(0.01 / 0.07)}
    assert data["rows"][0][0]["say"] == "weight of contacts 0, exemption 1: +0.070 [+0.070, +0.070], raises"
    assert data["name"] == "Map of trust placed: Scheme against No scheme"


def test_what_is_inconclusive_has_no_sign_and_is_hatched_so(made, tmp_path):
    found = findings_of(stored(tmp_path / "one", GRID, replications=1))  # one seed gives no interval
    cells = [cell for row in map_data(WORDS, found, SCHEME, found.outcomes[0], 0)["rows"] for cell in row]
    assert [cell["sign"] for cell in cells] == [""] * 4
    assert all("no interval, inconclusive" in cell["say"] for cell in cells)


def test_a_map_of_three_factors_shows_the_level_of_the_point_that_is_chosen(made):
    found = findings_of(made / "cube")
    assert [axis.factor.name for axis in axes_of(found)] == ["weight", "exemption", "reward"]
    for point, values in enumerate(found.points):
        on_map = cells_of(found, point)
        assert on_map.shape == (2, 2)
        assert point in on_map
        assert {found.points[cell][2] for cell in on_map.ravel()} == {values[2]}
        assert point_at(found, levels_at(found, point)) == point
    with pytest.raises(LookupError):
        point_at(found, (0, 0, 3))


def test_all_comparisons_of_an_outcome_share_a_scale(tmp_path):
    text = GRID + '[[arm]]\nname = "weak"\nset = { scheme.contact_weight = 0.0, scheme.exemption = 0.0, scheme.reporting_reward = 1 }\n'
    found = findings_of(stored(tmp_path / "x", text))
    scales = [map_data(WORDS, found, contrast, found.outcomes[0], 0)["scale"] for contrast in found.contrasts]
    assert len(found.contrasts) == 2
    assert scales[0] == scales[1]


# --- scales of tables -----------------------------------------------------------------------------------------------------------


def effect(mean, low, high, smallest=0.01):
    return Effect(facts(smallest=smallest), 5, mean, low, high, "raises")


def test_whiskers_by_hand():
    one = effect(0.01, -0.01, 0.03)  # once what matters; the interval is from -1 to 3 times that
    assert scale_of([one]) == pytest.approx(3.15)
    line = whisker_of(one, 4.0)
    assert (line.low, line.mean, line.high, line.goes_left, line.goes_right) == (37.5, 62.5, 87.5, False, False)
    far = whisker_of(effect(0.08, 0.07, 0.09), 6.0)
    assert (far.low, far.mean, far.high, far.goes_left, far.goes_right) == (100 - STUB, None, 100, False, True)
    assert whisker_of(effect(0.08, 0.07, 0.09, smallest=0), 6.0) is None
    assert whisker_of(effect(math.nan, math.nan, math.nan), 6.0) is None
    alone = whisker_of(effect(0.01, math.nan, math.nan), 2.0)
    assert (alone.low, alone.mean, alone.high) == (75, 75, 75)
    assert scale_of([]) == NARROWEST
    assert scale_of([effect(1, 0.9, 1.1)]) == WIDEST


@given(mean=st.floats(-1, 1), below=st.floats(0, 1), above=st.floats(0, 1))
def test_a_whisker_stays_on_its_scale_and_says_where_it_goes_on(mean, below, above):
    one = effect(mean, mean - below, mean + above)
    reach = scale_of([one])
    line = whisker_of(one, reach)
    assert 0 <= line.low <= line.high <= 100
    assert line.mean is None or line.low - 1e-9 <= line.mean <= line.high + 1e-9
    assert (line.goes_left, line.goes_right) == (mean - below < -0.01 * reach, mean + above > 0.01 * reach)


# --- figures --------------------------------------------------------------------------------------------------------------------

SVG = "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script></svg>"
PNG = b"\x89PNG\r\n\x1a\n and so on"


def test_figures_are_data_addresses_the_svg_before_the_png(made, tmp_path):
    folder = shutil.copytree(made / "plain", tmp_path / "x")
    for name, content in (("exchange-rate-over-time.svg", SVG.encode()), ("exchange-rate-over-time.png", PNG), ("effects.png", PNG)):
        (folder / "figures" / name).write_bytes(content)
    effects, curves = figures_of(folder)
    assert (effects.kind, effects.about, curves.kind, curves.about) == ("effects", "", "over-time", "exchange rate")
    head, _, content = curves.source().partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(content).decode() == SVG  # in an <img> nothing of it runs
    assert effects.source().startswith("data:image/png;base64,")


@pytest.mark.parametrize("content", [b"", b"<html><script>", b"GIF89a", PNG])
def test_what_is_no_svg_is_not_shown(made, tmp_path, content):
    folder = shutil.copytree(made / "plain", tmp_path / "x")
    (folder / "figures" / "effects.svg").write_bytes(content)
    assert figures_of(folder)[0].source() == ""


def test_figures_too_large_gone_or_elsewhere_are_not_shown(made, tmp_path, monkeypatch):
    folder = shutil.copytree(made / "plain", tmp_path / "x")
    path = folder / "figures" / "effects.svg"
    path.write_text(SVG)
    (shown,) = figures_of(folder)
    monkeypatch.setattr(figures, "MOST_FIGURE_BYTES", len(SVG) - 1)
    assert shown.source() == ""
    monkeypatch.undo()
    path.rename(tmp_path / "away.svg")
    assert shown.source() == ""
    os.symlink(tmp_path / "away.svg", path)
    assert shown.source() == ""
    assert figures_of(folder) == ()


@pytest.mark.slow
def test_captions_are_those_of_the_report_as_text(tmp_path):
    folder = stored(tmp_path / "x", GRID, figures=True)
    found = {figure.name: figure for figure in figures_of(folder)}
    assert found["regime-exchange-rate"].caption.startswith("Exchange rate by weight of contacts and exemption: mean of the paired")
    assert all(figure.caption and figure.source() for figure in found.values())
    edit(folder / "report.html", "<figcaption>Exchange rate by weight of contacts and", "<figcaption>&lt;b&gt; <script>x</script>")
    captions = {figure.name: figure.caption for figure in figures_of(folder)}
    assert captions["regime-exchange-rate"].startswith("<b> x exemption: mean")
    (folder / "report.html").unlink()
    assert {figure.caption for figure in figures_of(folder)} == {""}


# --- choosing -------------------------------------------------------------------------------------------------------------------


def test_a_comparison_brings_its_two_arms(made):
    folder, found = folder_named(made, "plain"), findings_of(made / "plain")
    chosen = at_first(folder, found)
    assert (chosen.left, chosen.right) == ("alone", "exempt")
    last = len(found.contrasts) - 1
    chosen = picked(chosen, found, folder, "comparison", last)
    assert (chosen.left, chosen.right) == ("none", "lenient")
    assert chosen.wish(folder) == Wish("plain", "lenient", 0, 0, "none")


def test_two_worlds_are_never_of_one_arm(made):
    folder, found = folder_named(made, "plain"), findings_of(made / "plain")
    chosen = Chosen(left="alone", right="exempt")  # of none, alone, exempt, lenient
    assert picked(chosen, found, folder, "left", 0) == Chosen(left="", right="exempt")
    assert picked(chosen, found, folder, "left", 1) == Chosen(left="none", right="exempt")
    assert picked(chosen, found, folder, "left", 3) == Chosen(left="exempt", right="alone")
    assert picked(chosen, found, folder, "right", 1) == Chosen(left="exempt", right="alone")
    for right in range(4):
        alone = picked(Chosen(right="none"), found, folder, "right", right)
        for left in range(5):
            both = picked(alone, found, folder, "left", left)
            assert both.left != both.right


@pytest.mark.parametrize(
    ("name", "at"),
    [("comparison", 99), ("outcome", -1), ("seed", 2), ("point", 4), ("level.2", 0), ("level.0", 2), ("level.x", 0), ("level.²", 0),
     ("left", 3), ("right", 2), ("nothing", 0), ("point", True), ("point", 1.0), ("point", "1"), ("point", None), ("level", 0)],
)  # fmt: skip
def test_what_is_not_on_a_list_changes_nothing(made, name, at):
    folder, found = folder_named(made, "grid"), findings_of(made / "grid")
    chosen = at_first(folder, found)
    assert picked(chosen, found, folder, name, at) == chosen


def test_levels_lead_to_points_and_back(made):
    folder, found = folder_named(made, "grid"), findings_of(made / "grid")
    chosen = picked(at_first(folder, found), found, folder, "level.0", 1)
    assert chosen.point == 2
    assert picked(chosen, found, folder, "level.1", 1).point == 3
    lists = {each["name"]: each for each in of_runs(WORDS, found, folder, chosen)}
    assert (lists["level.0"]["options"], lists["level.0"]["at"]) == (["0", "0.3"], 1)
    assert (lists["seed"]["options"], lists["left"]["options"]) == (["3", "4"], ["none: one world", "No scheme", "Scheme"])
    assert [each["name"] for each in of_findings(WORDS, found, chosen)] == ["comparison", "outcome"]


def test_a_list_too_long_is_asked_for_as_a_number(made):
    change = dict(vars(folder_named(made, "plain"))) | {"replications": 201}
    folder = type(folder_named(made, "plain"))(**change)
    seed = of_runs(WORDS, findings_of(made / "plain"), folder, Chosen(right="alone", replication=7))[-1]
    assert seed == {"name": "seed", "label": "Seed", "low": 3, "count": 201, "at": 7}
