"""What many comparisons and two groups of seeds leave of the verdicts: in the tables, in words and in the report."""

import io
import math

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from rich.console import Console

from experiments.__main__ import main
from experiments.analysis.effects import Analysis, OutcomeFacts, analyse, effect_rows
from experiments.analysis.paths import difference_bands, runs_by_arm
from experiments.analysis.statistics import false_discovery, holm
from experiments.report.figures import draw_all
from experiments.report.page import cell, finding_rows
from experiments.report.publishing import stored_findings
from experiments.report.tables import print_analysis
from experiments.report.wording import doubts, p_text, survival
from experiments.specs.spec import parse_spec
from tests.command_line import SMALL
from tests.stand_in import stand_in_for_society

SPEC = "references = ['a']\n" + "\n".join(f"[[arm]]\nname = '{name}'\nlabel = 'Arm {name}'" for name in "abcd")
NAMES = ("generalized_trust", "exchange_rate", "calibration")
#: Twelve differences with mean 0 and standard deviation 1: two groups, and evenly spread.
GROUPS = np.array([-1.0, 1] * 6) * math.sqrt(11 / 12)
EVEN = np.linspace(-1, 1, 12) / np.linspace(-1, 1, 12).std(ddof=1)


def analysis_of(shifts: dict[tuple[str, str], float], spread: np.ndarray = EVEN) -> Analysis:
    """Return the analysis of arms whose outcomes differ from the reference's by these standard errors (0 where not given)."""
    outcomes = {name: OutcomeFacts(name, "share", "", 0, 1, 0.01, "tick", True) for name in NAMES}
    return analyse(parse_spec(SPEC, "x"), {}, outcomes, lambda arm, outcome: made_up(shifts, spread, arm, outcome))


def made_up(shifts, spread, arm, outcome):
    return np.zeros(12) if arm == "a" else spread + shifts.get((arm, outcome), 0.0) / math.sqrt(12)


SHIFTS = {("b", "generalized_trust"): 9.0, ("b", "exchange_rate"): 8.0, ("c", "exchange_rate"): -2.5, ("d", "calibration"): 2.5}


def test_social_trust_is_corrected_by_holm_and_everything_by_false_discovery():
    """Six differences of social trust are one family, nine differences the other."""
    analysis = analysis_of(SHIFTS)
    effects = list(analysis.effects.values())
    trust = [effect for effect in effects if effect.outcome.name != "calibration"]
    assert [effect.p_holm for effect in trust] == pytest.approx(holm(np.array([effect.difference.p for effect in trust])))
    assert all(math.isnan(effect.p_holm) for effect in effects if effect not in trust)
    assert [effect.q for effect in effects] == pytest.approx(false_discovery(np.array([effect.difference.p for effect in effects])))
    weak = analysis.effects["c", "a", "exchange_rate"]
    assert weak.p_holm == pytest.approx(4 * weak.difference.p)  # two of six are smaller
    assert weak.q == pytest.approx(9 / 4 * weak.difference.p)  # it shares the third place of nine with one of calibration


def test_the_rows_of_effects_csv_have_the_corrected_values():
    analysis = analysis_of(SHIFTS)
    rows = effect_rows(analysis, lambda arm, outcome: made_up(SHIFTS, EVEN, arm, outcome))
    for row in rows:
        effect = analysis.effects[row["arm"], row["reference"], row["outcome"]]
        assert (row["p"], row["q"], row["hedges_g"]) == (effect.difference.p, effect.q, effect.difference.hedges_g)
        assert row["p_holm"] == effect.p_holm or math.isnan(row["p_holm"])


def test_what_does_not_survive_is_named():
    """The verdict on c stands, mixed; that its one difference may be chance among six is said."""
    analysis = analysis_of(SHIFTS)
    effect = analysis.effects["c", "a", "exchange_rate"]
    assert (effect.verdict, analysis.findings[1].verdict) == ("erodes", "mixed")
    (doubt,) = doubts(analysis)
    assert doubt.endswith(
        "with Holm’s correction for all 6 differences of social trust, chance is not ruled out at 5 % for exchange rate, “Arm c” against "
        f"“Arm a” (p {p_text(effect.difference.p)}, corrected {p_text(effect.p_holm)})"
    )
    assert "Of the 6 differences of its two outcomes, 3 raise or erode, and 2 of these survive" in survival(analysis)
    assert finding_rows(analysis)[0]["p"] == ["< 0.001", "< 0.001"]
    assert finding_rows(analysis)[1]["p"] == ["1.000", p_text(effect.p_holm)]
    assert f"p {p_text(effect.difference.p)}, standardized: {effect.difference.hedges_g:.2g}" in cell(effect)["title"]
    printed = io.StringIO()
    print_analysis(analysis, Console(file=printed, width=2000))
    assert f"Note: {doubt}." in printed.getvalue()


def test_where_nothing_moves_there_is_no_doubt():
    analysis = analysis_of({})
    assert doubts(analysis) == []
    assert "None of the 6 differences of its two outcomes raises or erodes." in survival(analysis)


def test_two_groups_of_seeds_are_named():
    """All six differences of social trust have the same two groups of seeds, -1 and 1."""
    found = doubts(analysis_of({("b", "generalized_trust"): 9.0, ("b", "exchange_rate"): 8.0}, GROUPS))
    assert len(found) == 1
    assert found[0].startswith(
        "the differences of the seeds look bimodal, so that their mean may describe no run, for trust in strangers, “Arm b”"
    )
    assert found[0].count("against") == 6


def test_p_values_are_written_to_be_read():
    assert [p_text(p) for p in (0.0004, 0.0324, 1.0, float("nan"))] == ["< 0.001", "0.032", "1.000", "not tested"]


# --- bands ----------------------------------------------------------------------------------------------------------------------


def series_of(runs: dict[str, dict[int, np.ndarray]], outcome: str = "generalized_trust") -> pa.Table:
    """Return a table of {arm: {replication: values by week}}."""
    rows = [(arm, number, week, float(v)) for arm, own in runs.items() for number, each in own.items() for week, v in enumerate(each)]
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(("arm", "replication", "tick", outcome))})


def test_bands_are_of_paired_runs_after_the_burn_in():
    """Arm b lacks replication 3, the reference 5: the eleven they share are paired, whatever luck they have in common."""
    rng = np.random.default_rng(1)
    luck, own = rng.normal(size=(13, 8)), rng.normal(0.5, 0.1, size=(13, 8))
    runs = {"a": {r: luck[r] for r in range(13) if r != 5}, "b": {r: luck[r] + own[r] for r in range(13) if r != 3}}
    series = series_of({**runs, "c": {0: luck[0]}})
    bands = difference_bands(analysis_of({}), series, "generalized_trust", burn_in=2)
    assert list(bands) == ["b"]  # c has one run, d none
    ticks, band = bands["b"]
    assert ticks.tolist() == [2, 3, 4, 5, 6, 7]
    assert band.n == 11
    assert band.mean == pytest.approx(own[[r for r in range(13) if r not in (3, 5)], 2:].mean(axis=0))
    assert runs_by_arm(series, "b") == {}
    assert difference_bands(analysis_of({}), series, "absent", burn_in=2) == {}


@pytest.mark.slow
def test_the_figure_of_differences_is_drawn_where_there_are_bands():
    """Twelve seeds of b, and of c only three: b has a panel, c none; with three seeds of b, too, there is no figure."""
    luck = np.random.default_rng(2).normal(size=(12, 8))
    runs = {"a": dict(enumerate(np.zeros((12, 8)))), "b": dict(enumerate(luck)), "c": dict(enumerate(luck[:3]))}
    once, again = ({figure.name: figure for figure in draw_all(analysis_of({}), series_of(runs), burn_in=2)} for _ in range(2))
    name = "generalized-trust-difference-over-time"
    assert once[name].svg == again[name].svg
    assert "Arm b" in once[name].svg
    assert "Arm c" not in once[name].svg
    assert "at once" in once[name].caption
    few = series_of({arm: dict(list(own.items())[:3]) for arm, own in runs.items()})
    assert name not in {figure.name for figure in draw_all(analysis_of({}), few, burn_in=2)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The results of a small experiment with twelve seeds."""
    place = tmp_path_factory.mktemp("bands")
    (place / "small.toml").write_text(SMALL.replace("replications = 2", "replications = 12"))
    with pytest.MonkeyPatch.context() as patch:
        stand_in_for_society(patch)
        assert main(["run", str(place / "small.toml"), "--out", str(place / "out")]) == 0
    return place / "out"


def test_the_report_has_corrected_p_values(folder):
    page = (folder / "report.html").read_text()
    assert "<th>Corrected p, trust in strangers</th>" in page
    assert survival(stored_findings(folder)[1]) in page


def test_effects_csv_is_read_as_the_docs_say(folder):
    """Some values are NaN, as of outcomes that are measured once a year; numbers are read as numbers all the same."""
    effects = pl.read_csv(folder / "effects.csv", null_values="nan", infer_schema_length=None)
    assert effects["p"].null_count() > 0
    for name in ("mean", "sd", "p", "p_holm", "q"):
        assert effects.schema[name].is_numeric()
    assert effects.schema["two_groups"] == pl.Boolean
    assert {"hedges_g", "bimodality"} <= set(effects.columns)
    assert set(effects.filter(pl.col("p_holm").is_not_null())["outcome"]) == {"generalized_trust", "exchange_rate"}
