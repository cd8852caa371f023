"""What the charts show, without a browser: panels and quantities, scores by grade, tables to save, words."""

import csv
import io
import re
import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.panels import DIFFERENCE, DRAWN, LINES, PANELS, QUANTITIES, SCORES, csv_of, drawn, panels_for
from dashboard.charts.scores import Scale, scale_of, scores_of
from dashboard.charts.view import SCRIPTS, WORDS, Note, axis_events, words
from dashboard.network.colours import coloured, tables
from dashboard.parts import FRONT, joined
from experiments.refusal import Refusal
from model.outcomes import OUTCOMES
from model.society import Society

NAN = float("nan")
LINE_OF = {line.quantity: (panel, line) for panel in PANELS for line in panel.lines if panel.kind == LINES}


def column(rows: np.ndarray, name: str) -> list[float]:
    return rows[:, list(QUANTITIES).index(name)].tolist()


def series(**some: list[float]) -> dict[str, np.ndarray]:
    ticks = len(next(iter(some.values())))
    return {name: np.array(some.get(name, [0.5] * ticks)) for name in ("tick", *DRAWN)}


# --- panels ---------------------------------------------------------------------------------------------------------------------


def test_nine_panels_show_every_quantity_once():
    assert len(PANELS) == len({panel.name for panel in PANELS}) == 9
    assert set(LINE_OF) == set(QUANTITIES)
    assert sum(len(panel.lines) for panel in PANELS if panel.kind == LINES) == len(QUANTITIES)


def test_beliefs_and_shares_have_an_axis_from_0_to_1_but_for_outcasts_who_are_few():
    for name in set(QUANTITIES) & set(OUTCOMES):
        panel, _ = LINE_OF[name]
        outcome = OUTCOMES[name]
        if (outcome.low, outcome.high) == (0, 1) and panel.name != "conduct":
            assert (panel.low, panel.high, panel.least, panel.most) == (0, 0.05 if panel.name == "outcasts" else 1, 0, 1)
    # Calibration may be negative, and shares an axis with trustworthiness.
    assert (LINE_OF["calibration"][0].least, LINE_OF["calibration"][0].most) == (OUTCOMES["calibration"].low, 1)
    for name in ("degree", "true_reports"):
        assert LINE_OF[name][0].most is None


def test_the_difference_shows_what_is_too_small_to_matter():
    (panel,) = (panel for panel in PANELS if panel.kind == DIFFERENCE)
    assert {line.quantity for line in panel.lines} == {"generalized_trust", "exchange_rate"}
    assert [OUTCOMES[line.quantity].smallest_effect for line in panel.lines] == [panel.strip] * 2
    assert panel.low == -panel.high < -panel.strip < 0


def test_colour_says_whom_the_trust_is_in():
    colours = {name: (line.colour, line.style) for name, (_, line) in LINE_OF.items()}
    assert colours["bonding_trust"] == ("green", "solid")
    assert colours["bonding_trust_panel"] == ("green", "dotted")
    assert {colours[name][0] for name in ("generalized_trust", "institutional_trust", "exchange_rate")} == {"blue", "vermillion", "ink"}


@pytest.mark.parametrize(
    ("sides", "scored", "lacking"), [(2, True, set()), (1, True, {DIFFERENCE}), (2, False, {SCORES}), (1, False, {DIFFERENCE, SCORES})]
)
def test_a_panel_with_nothing_to_show_is_left_out(sides, scored, lacking):
    assert {panel.kind for panel in PANELS} - {panel.kind for panel in panels_for(sides, scored)} == lacking


def test_true_and_false_reports_by_hand():
    rows = drawn(series(reports=[2.0, 0.0, 4.0, 1.0], false_share=[0.25, NAN, 1.0, 0.0]))
    assert column(rows, "true_reports") == [1.5, 0, 0, 1]
    assert column(rows, "false_reports") == [0.5, 0, 4, 0]


def test_what_is_drawn_of_a_society():
    society = Society(rng=4, citizens=60, **{"time.ticks": 20, "time.burn_in": 2}).run()
    found, rows = society.series(), drawn(society.series(), 15)
    assert rows.dtype == np.float32
    assert rows.shape == (5, len(QUANTITIES))
    for name in set(QUANTITIES) & set(OUTCOMES):
        np.testing.assert_array_equal(column(rows, name), found[name][15:].astype(np.float32).tolist())
    np.testing.assert_allclose(np.add(column(rows, "true_reports"), column(rows, "false_reports")), found["reports"][15:], rtol=1e-6)


# --- scores ---------------------------------------------------------------------------------------------------------------------


def test_scores_are_counted_by_hand():
    scale = Scale(0, 100, ("good", "bad"), ("#000000", "#ffffff"), bins=4)
    counts = scale.counts(np.array([0, 24.9, 25, 99, 100, 120, -5]), np.array([1, 1, 1, 0, 0, 0, 1]))
    assert counts.tolist() == [[0, 3], [0, 1], [0, 0], [3, 0]]
    assert scale.counts(np.array([]), np.array([])).sum() == 0


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 2)), max_size=50))
def test_everybody_is_counted_once_in_the_own_grade(people):
    scores, grades = [score for score, _ in people], [grade for _, grade in people]
    counts = Scale(-50, 0, ("a", "b", "c"), ("#0072b2", "#009e73", "#d55e00")).counts(np.array(scores), np.array(grades, int))
    assert counts.sum(axis=0).tolist() == [grades.count(grade) for grade in range(3)]


@pytest.mark.parametrize("wrong", [{"high": 0}, {"bins": 0}, {"colours": ()}, {"grades": (), "colours": ()}])
def test_what_is_no_scale(wrong):
    with pytest.raises(ValueError, match="expected"):
        Scale(**({"low": 0, "high": 1, "grades": ("a",), "colours": ("#000000",)} | wrong))


def test_the_scores_of_a_society():
    society = Society(rng=4, citizens=60, **{"time.ticks": 20, "time.burn_in": 2, "scheme.preset": "rongcheng"})
    scale = scale_of(society)
    assert (scale.low, scale.high, scale.grades[0], scale.grades[-1]) == (0, 1300, "AAA", "D")
    assert scores_of(society.run(1), scale) is None
    counts = scores_of(society.run(6), scale)
    grades = society.world.standing.grade[0]
    assert counts.sum(axis=0).tolist() == np.bincount(grades, minlength=8).tolist()
    assert scale_of(Society(rng=4, citizens=60, **{"scheme.preset": "none"})) is None


def test_a_grade_has_one_colour_in_the_picture_and_in_the_chart():
    society = Society(rng=4, citizens=60, **{"time.burn_in": 1})
    society.run(5)
    scale, shown = scale_of(society), coloured(society, "grade", np.zeros(60, int))
    categorical = tables()["categorical"][0]
    assert scale.grades == shown.legend.labels
    assert list(scale.colours) == ["#" + bytes(categorical[hue]).hex() for hue in shown.legend.hues]
    assert len(set(scale.colours)) == 8


# --- tables ---------------------------------------------------------------------------------------------------------------------


def test_a_saved_table_reads_back_as_it_was():
    luck = np.random.default_rng(1)
    sides = {side: {"tick": np.arange(3)} | {name: luck.random(3) for name in DRAWN} for side in ("left", "right")}
    sides["left"]["false_share"][1] = NAN
    rows = list(csv.DictReader(io.StringIO(csv_of(sides))))
    assert [(row["side"], row["tick"]) for row in rows] == [(side, str(tick)) for side in sides for tick in range(3)]
    for row in rows:
        for name in DRAWN:
            value = sides[row["side"]][name][int(row["tick"])]
            assert row[name] == "" if np.isnan(value) else float(row[name]) == value
    assert rows[1]["false_share"] == ""


# --- words ----------------------------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things():
    english, chinese = words("en"), words("zh")
    assert english.keys() == chinese.keys()
    places = {key: re.findall(r"\{\w+\}", text) for key, text in english.items()}
    assert {key: sorted(found) for key, found in places.items()} == {key: sorted(re.findall(r"\{\w+\}", chinese[key])) for key in places}
    assert [
        key for key, text in chinese.items() if key not in ("charts.file", "charts.values") and not re.search(r"[\u3000-\uff5e]", text)
    ] == []
    for path in WORDS.glob("*.toml"):
        assert set(tomllib.loads(path.read_text(encoding="utf-8"))) == {"charts", "timeline"}
    with pytest.raises(Refusal, match=r"language = 'e' is not allowed: expected one of en, zh"):
        words("e")


def test_every_word_that_is_asked_for_is_there():
    text = joined(*SCRIPTS) + (FRONT / "timeline.js").read_text(encoding="utf-8")
    asked = set(re.findall(r"say\(\w*\.?words, \"([\w.]+)\"|say\(words, \"([\w.]+)\"", text))
    keys = {one or other for one, other in asked} | {f"timeline.{key}" for key in re.findall(r"this\.say\(\"(\w+)\"", text)}
    keys |= {f"charts.panels.{panel.name}" for panel in PANELS} | {line.words for panel in PANELS for line in panel.lines}
    assert len(keys) > 40
    assert keys - words("en").keys() == set()


def test_the_script_is_one_module():
    text = joined(*SCRIPTS)
    assert "./charts" not in text
    assert re.findall(r"^export .*", text, re.MULTILINE) == ["export default { render };"]
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names))
    assert {f"{name}.js" for name in SCRIPTS} == {path.name for path in FRONT.glob("charts*.js")} | {"lost.js", "save.js"}


def test_what_happens_on_both_sides_is_one_event():
    notes = [
        Note(9, "change", "right", "b"),
        Note(3, "introduced", "left", "a"),
        Note(3, "introduced", "right", "a"),
        Note(9, "change", "left", "c"),
    ]
    found = [(event["tick"], event["kind"], event["side"], event["text"]) for event in axis_events(notes)]
    assert found == [(3, "introduced", "both", "a"), (9, "change", "right", "b"), (9, "change", "left", "c")]
    assert axis_events([Note(1, "edit", "left", "x"), Note(1, "edit", "left", "x")])[0]["side"] == "left"
    assert axis_events([Note(1, "edit", "left", "x")], sides=1)[0]["side"] == "both"
