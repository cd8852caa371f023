"""The sweeps of the catalogue, each in a small version from the command line: tables, figures and report are made, and told."""

import polars as pl
import pytest

from experiments.__main__ import main
from experiments.specs.spec import catalog, find_spec
from tests.stand_in import stand_in_for_society

DESIGNS = [name for name in catalog() if find_spec(name)[0].design is not None]
SMALL = ("--replications", "2", "--set", "time.ticks=12", "--set", "time.burn_in=4")


def test_the_catalogue_has_the_sweeps_that_the_documentation_names():
    assert DESIGNS == ["dose-response", "regime-maps", "robustness", "sensitivity"]


#: Of the two thousand points of sensitivity a small version would not be small.
@pytest.mark.parametrize("name", ["dose-response", *(pytest.param(name, marks=pytest.mark.slow) for name in ("regime-maps", "robustness"))])
def test_a_small_version_runs_from_start_to_report(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    stand_in_for_society(monkeypatch)
    assert main(["run", name, "--out", "r", *SMALL]) == 0
    said = capsys.readouterr().out
    assert "Verdicts on social trust by point" in said
    runs = pl.read_parquet("r/runs.parquet")
    spec = find_spec(name)[0]
    assert runs["arm"].n_unique() == len(spec.arms)
    assert {factor.name for factor in spec.design.factors} <= set(runs.columns)
    points = runs["point"].n_unique()
    responses = pl.read_csv("r/responses.csv", infer_schema_length=None)
    assert responses["point"].n_unique() == points == spec.design.count(_whole(runs, spec))
    assert spec.title in (tmp_path / "r" / "report.html").read_text()
    assert list((tmp_path / "r" / "figures").glob("*.png"))
    assert main(["verify", "r", "--sample", "4"]) == 0


def _whole(runs, spec):
    """Return the factors whose values are whole numbers."""
    return {factor.name for factor in spec.design.factors if runs[factor.name].dtype.is_integer()}


SCREENED = """
replications = 5
effect_window = 5
references = ["alone"]
[design]
kind = "morris"
size = 8
[base]
time.ticks = 12
time.burn_in = 4
population.citizens = 60
[[factor]]
parameter = "scheme.contact_weight"
low = 0
high = 1
[[factor]]
parameter = "exchange.loss"
low = 1
high = 1.4
[[arm]]
name = "alone"
set = { scheme.contact_weight = 0 }
[[arm]]
name = "weighed"
"""


@pytest.mark.slow
def test_the_verbs_that_look_at_a_design_find_what_its_effect_hangs_on(tmp_path, monkeypatch, capsys):
    """The stand-in's effect is -0.1 wherever contacts have a weight, and knows nothing of losses."""
    monkeypatch.chdir(tmp_path)
    stand_in_for_society(monkeypatch)
    (tmp_path / "screened.toml").write_text(SCREENED)
    assert main(["run", "screened.toml", "--out", "r"]) == 0
    assert main(["sensitivity", "r"]) == 0
    rows = pl.read_csv("r/sensitivity.csv", null_values="nan", infer_schema_length=None).filter(index="mu_star", outcome="exchange_rate")
    mu = dict(rows.select("factor", "value").iter_rows())
    assert mu["contact_weight"] > 0.05 > mu["loss"]
    assert main(["discover", "r"]) == 0
    assert "contact weight" in capsys.readouterr().out
    assert main(["run", "three-levers", "--out", "plain", *SMALL]) == 0
    assert main(["sensitivity", "plain"]) == 2
    assert "plain: the experiment has no design: expected results of one with [design]" in capsys.readouterr().err
