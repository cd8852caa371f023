"""The verbs that ask a design's results: what they print, and the files they write into the folder."""

import sys
from types import ModuleType

import polars as pl
import pytest

from experiments.refusal import Refusal
from experiments.specs.designs import Design
from experiments.verbs.understanding import discover, emulate, sensitivity
from tests.made_up_responses import responses_of, unit_factors


def turning(positions):
    return positions[:, 0] - 0.6


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder whose stored results are those of a Latin hypercube with an effect that turns at x0 = 0.6."""
    responses = responses_of(Design("latin-hypercube", unit_factors(2), 80), turning, 4, noise=0.02)
    reading = ModuleType("experiments.understanding.responding")
    monkeypatch.setattr(reading, "responses_in", lambda path: ({}, responses), raising=False)
    monkeypatch.setitem(sys.modules, "experiments.understanding.responding", reading)
    return tmp_path


def test_sensitivity(folder, capsys):
    assert sensitivity(folder) == 0
    rows = pl.read_csv(folder / "sensitivity.csv", null_values="nan", infer_schema_length=None)
    assert rows.filter(pl.col("stands_out"))["factor"].unique().to_list() == ["x0"]
    assert {file.name for file in (folder / "figures").iterdir()} == {f"sensitivity-given-sample.{kind}" for kind in ("png", "svg")}
    printed = capsys.readouterr().out
    assert "a scheme against no scheme: generalized trust" in printed
    assert "Of the variance of a single run" in printed


@pytest.mark.slow
def test_discover(folder, capsys):
    assert discover(folder) == 0
    rows = pl.read_csv(folder / "discovery.csv", infer_schema_length=None).filter(pl.col("rule") == "box", pl.col("verdict") == "erodes")
    assert rows["factor"].to_list() == ["x0"]
    assert rows["high"].cast(float).to_list() == [pytest.approx(0.6, abs=0.05)]
    assert (folder / "discovery.json").read_text().startswith("[")
    assert (folder / "figures" / "discovery.png").read_bytes().startswith(b"\x89PNG")
    assert "erodes where x0 ≤ 0.5" in capsys.readouterr().out


def test_emulate(folder, capsys):
    assert emulate(folder) == 0
    (row,) = pl.read_csv(folder / "emulators.csv").to_dicts()
    assert 0.97 < row["r2"] <= 1
    assert "Emulators of the mean effect" in capsys.readouterr().out


@pytest.mark.parametrize("verb", [sensitivity, discover, emulate])
def test_an_outcome_that_is_not_known_is_refused_and_nothing_written(folder, verb):
    with pytest.raises(Refusal, match="outcome 'trust' is not known"):
        verb(folder, ["trust"])
    assert list(folder.iterdir()) == []
