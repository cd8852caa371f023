"""The report and its figures: complete, self-contained, and equal for equal results."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest

from experiments.__main__ import main
from experiments.analysis.effects import OutcomeFacts, analyse
from experiments.analysis.statistics import INCONCLUSIVE, false_discovery
from experiments.report.figures import curves_of, draw_all, inline, mean_and_band
from experiments.report.page import render
from experiments.report.publishing import stored_findings
from experiments.report.wording import sentence
from experiments.specs.spec import parse_spec
from tests.stand_in import stand_in_for_society

SPEC = """
title = "Levers & <doses>"
question = "Do they “matter”?"
seed = 1
replications = 3
effect_window = 10
references = ["alone", "none"]
[base]
time.ticks = 60
time.burn_in = 20
court.fine = 2.0
[[lever]]
name = "unfriending"
label = "Unfriending lever"
parameter = "scheme.contact_weight"
[[lever]]
name = "exemption"
label = "Exemption lever"
parameter = "scheme.exemption"
[[arm]]
name = "none"
label = "No scheme"
set = { scheme.preset = "none" }
[[arm]]
name = "alone"
label = "Alone"
[[arm]]
name = "u"
label = "U"
set = { scheme.contact_weight = 0.3 }
[[arm]]
name = "e"
label = "E"
set = { scheme.exemption = 1.0 }
[[arm]]
name = "ue"
label = "U & E"
set = { scheme.contact_weight = 0.3, scheme.exemption = 1.0 }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The results of a small factorial with made-up outcomes."""
    place = tmp_path_factory.mktemp("report")
    (place / "levers.toml").write_text(SPEC)
    with pytest.MonkeyPatch.context() as patch:
        stand_in_for_society(patch)
        assert main(["run", str(place / "levers.toml"), "--out", str(place / "out")]) == 0
    return place / "out"


@pytest.fixture(scope="module")
def page(folder):
    """The report."""
    return (folder / "report.html").read_text()


class Page(HTMLParser):
    """Collects what a page would load, its ids and links within it, and whether its elements close."""

    void = frozenset({"meta", "link", "img", "br", "hr", "input"})

    def __init__(self):
        super().__init__()
        self.loads, self.ids, self.targets, self.open, self.words = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("src", "srcset", "data", "action", "poster") or (name.endswith("href") and not value.startswith("#")):
                self.loads.append((tag, name, value))
            elif name.endswith("href"):
                self.targets.append(value[1:])
            elif name == "id":
                self.ids.append(value)
            self.targets += re.findall(r"url\(#([^)]*)\)", value or "")
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.void:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def parsed(page):
    """The report, parsed."""
    parser = Page()
    parser.feed(page)
    parser.close()
    return parser


def test_the_report_loads_nothing(page, parsed):
    assert parsed.loads == []
    assert "http:" not in page
    assert "https:" not in page
    assert "@import" not in page
    assert "<script" not in page
    assert not re.search(r"url\((?!#)", page)


def test_the_report_is_well_formed(parsed):
    assert parsed.open == []
    assert len(set(parsed.ids)) == len(parsed.ids)
    assert set(parsed.targets) <= set(parsed.ids)


def test_the_report_tells_what_was_found(folder, page, parsed):
    text = re.sub(r"\s+", " ", " ".join(parsed.words).replace("\N{NO-BREAK SPACE}", " "))
    manifest, analysis = stored_findings(folder)
    for effect in analysis.effects.values():
        if effect.outcome.headline:
            assert effect.outcome.text(effect.difference.mean, True) in text
            assert effect.outcome.span(effect.difference.low95, effect.difference.high95) in text
    assert "Unfriending lever Erodes social trust. Against “Alone”, trust in strangers changes by −0.100" in text
    assert "Exemption lever Raises social trust." in text
    assert "What the model does not claim" in text
    assert "python -m experiments run " in text
    assert manifest["id"] in text
    assert manifest["model_version"] in text
    assert "court.fine 1 2" in text  # default and value here
    assert "0.3 in U, U & E" in text
    assert "Kucharczuk" in text
    assert page.count("<svg") == 6


def test_what_a_spec_says_is_escaped(page):
    assert "<h1>Levers &amp; &lt;doses&gt;</h1>" in page
    assert "<doses>" not in page


def test_figures_are_there_in_both_formats(folder):
    names = {path.name for path in (folder / "figures").iterdir()}
    over_time = ("generalized-trust-over-time", "exchange-rate-over-time")
    stems = ("effects", *over_time, "interactions", "distribution-generalized-trust", "distribution-exchange-rate")
    assert names == {f"{stem}{suffix}" for stem in stems for suffix in (".png", ".svg")}
    for path in (folder / "figures").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")
    time_figure = (folder / "figures" / "generalized-trust-over-time.svg").read_text()
    for said in ("scheme begins", "No scheme", "Alone", "U &amp; E", "generalized trust"):
        assert said in time_figure


@pytest.mark.slow
def test_equal_results_give_equal_files(folder):
    manifest, analysis = stored_findings(folder)
    import pyarrow.parquet as pq

    series = pq.read_table(folder / "series.parquet")
    once, again = (draw_all(analysis, series, 20) for _ in range(2))
    assert [figure.svg for figure in once] == [figure.svg for figure in again]
    assert [figure.png for figure in once] == [figure.png for figure in again]
    assert render(analysis, manifest, once) == render(analysis, manifest, again)
    for figure in once:
        assert (folder / "figures" / f"{figure.name}.svg").read_text() == figure.svg


@pytest.mark.slow
def test_the_report_can_be_made_anew(folder, capsys):
    names = ("report.html", "effects.csv", "figures/effects.svg", "figures/effects.png", "runs.parquet", "series.parquet")
    before = {name: (folder / name).read_bytes() for name in names}
    for name in names:
        (folder / name).unlink()
    assert main(["report", str(folder)]) == 0
    assert capsys.readouterr().out.strip() == str(folder / "report.html")
    assert {name: (folder / name).read_bytes() for name in names} == before


def test_inlined_figures_do_not_share_ids():
    svg = '<?xml version="1.0"?>\n<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="10pt" height="5pt" '
    svg += 'viewBox="0 0 1 1" version="1.1">'
    svg += '<metadata>http://x</metadata><g id="a" clip-path="url(#b)"/><use xlink:href="#a"/></svg>'
    expected = '<svg viewBox="0 0 1 1"><g id="fig-a" clip-path="url(#fig-b)"/><use xlink:href="#fig-a"/></svg>'
    assert inline(svg, "fig") == expected


def test_the_band_is_the_t_interval_over_runs():
    """Two runs, 0 and 2: mean 1, standard error 1, t quantile 12.706 with one degree of freedom."""
    ticks, mean, half = mean_and_band(np.arange(3), np.array([[0.0, 0, 0], [2, 2, 2]]))
    assert ticks.tolist() == [0, 1, 2]
    assert mean.tolist() == [1, 1, 1]
    assert half == pytest.approx(12.706, abs=1e-3)
    _, mean, half = mean_and_band(np.arange(80), np.arange(80.0)[None])
    assert mean.tolist() == [1.5 + 4 * block for block in range(20)]  # four-week means
    assert np.isnan(half).all()  # one run has no band


def test_curves_bear_missing_runs():
    rows = [("a", 0, t, 1.0) for t in range(3)] + [("b", run, t, float(run)) for run in (0, 2) for t in range(3)]
    names = ("arm", "replication", "tick", "x")
    series = pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})
    curves = curves_of(series, "x")
    assert curves["b"][1].tolist() == [1, 1, 1]
    assert curves_of(series, "absent") == {}


@pytest.mark.slow
def test_one_seed_is_reported_without_intervals(tmp_path, monkeypatch, capsys):
    stand_in_for_society(monkeypatch)
    (tmp_path / "levers.toml").write_text(SPEC)
    assert main(["run", str(tmp_path / "levers.toml"), "--out", str(tmp_path / "out"), "--replications", "1"]) == 0
    _, analysis = stored_findings(tmp_path / "out")
    assert {finding.verdict for finding in analysis.findings} == {INCONCLUSIVE}
    assert "One seed gives no interval." in sentence(analysis, analysis.findings[0])
    assert "[no interval]" in capsys.readouterr().out
    assert "Is inconclusive: these runs cannot tell." in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.slow
def test_an_experiment_without_comparisons_has_a_report(tmp_path, monkeypatch):
    stand_in_for_society(monkeypatch)
    (tmp_path / "one.toml").write_text("replications = 2\n[base]\ntime.ticks = 60\n[[arm]]\nname = 'only'\n")
    assert main(["run", str(tmp_path / "one.toml"), "--out", str(tmp_path / "out")]) == 0
    assert "generalized trust" in (tmp_path / "out" / "figures" / "generalized-trust-over-time.svg").read_text()


@pytest.mark.slow
def test_doses_that_do_not_match_give_no_interaction_and_a_note(tmp_path, monkeypatch, capsys):
    """Unfriending is 0.1 alone and 0.3 with the exemption: neither table nor report has an interaction; both say why."""
    stand_in_for_society(monkeypatch)
    (tmp_path / "levers.toml").write_text(SPEC.replace("contact_weight = 0.3 }", "contact_weight = 0.1 }"))
    assert main(["run", str(tmp_path / "levers.toml"), "--out", str(tmp_path / "out"), "--replications", "2"]) == 0
    said = capsys.readouterr()
    assert "note: the interaction of unfriending and exemption is left out: scheme.contact_weight is 0.1 in u and 0.3 in ue" in said.err
    assert "beyond the sum" not in said.out
    assert "interaction," not in (tmp_path / "out" / "effects.csv").read_text().replace('"', "")
    assert "Note: the interaction of unfriending and exemption is left out" in (tmp_path / "out" / "report.html").read_text()


def test_outcomes_show_the_decimals_that_matter():
    def facts(smallest):
        return OutcomeFacts("a_b.officials", "share", "", 0, 1, smallest, "tick", True)

    assert facts(0.01).text(0.12345, True) == "+0.123"
    assert facts(0.01).text(-0.0001, True) == "+0.000"
    assert facts(0.01).text(-0.5) == "\N{MINUS SIGN}0.500"
    assert facts(5.0).text(914.66) == "914.7"
    assert facts(0.01).text(float("nan")) == "not measured"
    assert facts(0.01).label == "a b, officials"


def test_an_outcome_that_was_never_measured_is_inconclusive():
    spec = parse_spec("[[arm]]\nname = 'a'\n[[arm]]\nname = 'b'\n", "x")
    facts = OutcomeFacts("generalized_trust", "share", "", 0, 1, 0.01, "year", True)
    analysis = analyse(spec, {}, {facts.name: facts}, lambda arm, outcome: np.full(3, np.nan))
    assert analysis.findings[0].verdict == INCONCLUSIVE
    assert "trust in strangers was not measured" in sentence(analysis, analysis.findings[0])


def test_effects_csv_has_every_difference(folder):
    from pyarrow import csv

    table = csv.read_csv(folder / "effects.csv")
    manifest = json.loads((folder / "manifest.json").read_text())
    outcomes = len(manifest["outcomes"])
    assert table.num_rows == outcomes * (3 + 4) + outcomes  # contrasts with alone and none, one interaction
    row = next(row for row in table.to_pylist() if (row["arm"], row["reference"], row["outcome"]) == ("u", "alone", "generalized_trust"))
    assert row["mean"] == pytest.approx(-0.1)
    assert (row["n"], row["verdict"]) == (3, "erodes")
    joint = next(row for row in table.to_pylist() if row["kind"] == "interaction" and row["outcome"] == "generalized_trust")
    assert (joint["arm"], joint["verdict"]) == ("unfriending x exemption", "equivalent")
    tested = [row for row in table.to_pylist() if row["p"] is not None and np.isfinite(row["p"])]
    assert {row["kind"] for row in tested} == {"difference", "interaction"}
    assert [row["q"] for row in tested] == pytest.approx(false_discovery(np.array([row["p"] for row in tested])))
