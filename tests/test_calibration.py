"""The search: it finds what is known to be there, and an interrupted one that went on is the same, bit for bit."""

import csv
import json
import re
import sqlite3
import tomllib

import pytest

from experiments.__main__ import main
from experiments.calibration.problem import problem_of
from experiments.calibration.search import Laboratory, opened
from experiments.refusal import Refusal
from experiments.specs.arms import resolve
from experiments.specs.spec import spec_from
from tests.command_line import quick_and_in_a_folder_of_its_own, refused  # noqa: F401 - a fixture that is always used
from tests.made_up import PROBLEM, MadeUp
from tests.stand_in import stand_in_for_society


@pytest.fixture(autouse=True)
def made_up(monkeypatch, tmp_path):
    """Put the made-up society in the place of the society, and its problem into a file."""
    stand_in_for_society(monkeypatch, MadeUp)
    MadeUp.made = 0
    (tmp_path / "made.toml").write_text(PROBLEM)


def rows(folder):
    """Return the rows of trials.csv."""
    with open(folder / "trials.csv", newline="") as file:
        return list(csv.DictReader(file))


def searched(folder, trials, text=PROBLEM, workers=1, society=MadeUp):
    """Search until there are that many trials; return them."""
    folder.mkdir(exist_ok=True)
    problem = problem_of(text.replace("trials = 8", f"trials = {trials}"), "made.toml")
    with opened(problem, folder, "v1") as search:
        search.run(Laboratory(problem, society, workers))
        return search.trials()


class Impatient(MadeUp):
    """A society during whose eleventh run somebody presses Ctrl-C."""

    def run(self, ticks):
        """Let that many ticks go by, unless it is the eleventh society."""
        if MadeUp.made == 11:
            raise KeyboardInterrupt
        super().run(ticks)


@pytest.mark.slow
def test_known_parameters_are_recovered(tmp_path, capsys):
    assert main(["calibrate", "made.toml", "--trials", "60", "--out", "found"]) == 0
    found = json.loads((tmp_path / "found" / "calibration.json").read_text())
    best = {one["name"]: one["smallest miss"] for one in found["parameters"]}
    assert best["court.fine"] == pytest.approx(2.0, abs=0.3)
    assert best["court.enforcement"] == pytest.approx(0.25, abs=0.1)
    assert found["candidates"]["smallest miss"]["miss"] < 15
    defaults = {one["name"]: one["defaults"] for one in found["patterns"]}
    assert defaults["fine"]["mean"] == pytest.approx(-1.0, abs=0.01)  # the default fine is 1
    assert defaults["fine"]["miss"] == pytest.approx(49, abs=0.5)  # 0.98 beyond the tolerance of 0.02
    assert [defaults[name]["verdict"] for name in ("fine", "lift")] == ["not met", "met"]
    said = capsys.readouterr().out
    assert "accepted are the 3 of 60 trials with the smallest misses" in said
    assert re.search(r"fine +−0.02 to 0.02 +\d+% +−1.00\d ±0.00\d not met ", said)
    assert re.search(r"lift +0.9 to 1.1 +100% +1.000 ±0.000 met ", said)
    assert "pinned down" not in said.replace("pin parameters down", "")


def test_the_smallest_miss_and_the_most_patterns_met_are_what_the_table_of_trials_says(tmp_path):
    (tmp_path / "made.toml").write_text(PROBLEM.replace("value = 0.0", "value = 1.0"))  # nobody can be so well off
    assert main(["calibrate", "made.toml", "--method", "random", "--trials", "30", "--out", "found"]) == 0
    found = json.loads((tmp_path / "found" / "calibration.json").read_text())
    ends = {"fine": (0.98, 1.02), "lift": (0.9, 1.1), "enforcement": (0.2, 0.3)}
    table = rows(tmp_path / "found")
    met = [sum(low <= float(row[name]) <= high for name, (low, high) in ends.items()) for row in table]
    misses = [float(row["miss"]) for row in table]
    by_miss = min(range(30), key=lambda trial: misses[trial])
    by_count = min(range(30), key=lambda trial: (-met[trial], misses[trial]))
    assert by_count != by_miss  # so that it is known which is which
    assert {name: one["trial"] for name, one in found["candidates"].items()} == {"smallest miss": by_miss, "most met": by_count}
    assert {one["name"]: one["trials"] for one in found["patterns"]} == {
        name: sum(low <= float(row[name]) <= high for row in table) for name, (low, high) in ends.items()
    }
    fines = sorted(zip(misses, [float(row["court.fine"]) for row in table], strict=True))[:2]  # 5 % of 30
    accepted = found["parameters"][0]["accepted"]
    assert [accepted["low"], accepted["high"]] == sorted(fine for _, fine in fines)


def test_trials_are_judged_with_seeds_that_none_of_them_saw(tmp_path):
    assert main(["calibrate", "made.toml", "--out", "found"]) == 0
    found = json.loads((tmp_path / "found" / "calibration.json").read_text())
    assert (found["training_seeds"], found["held_out_seeds"]) == ([4, 5], [6, 7, 8])
    assert len(rows(tmp_path / "found")) == found["trials"] == 8


def test_the_best_is_the_base_of_a_spec(tmp_path):
    assert main(["calibrate", "made.toml", "--out", "found"]) == 0
    document = tomllib.loads((tmp_path / "found" / "best.toml").read_text())
    (arm,) = resolve(spec_from(document | {"arm": [{"name": "one"}]}, "best.toml"))
    smallest = min(rows(tmp_path / "found"), key=lambda row: float(row["miss"]))
    assert arm.parameters.court.fine == float(smallest["court.fine"])
    assert (arm.parameters.time.ticks, arm.parameters.population.citizens) == (20, 50)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["tpe", "random"])
def test_an_interrupted_search_that_went_on_equals_one_that_was_not(tmp_path, monkeypatch, method):
    monkeypatch.setattr("experiments.calibration.search.INDEPENDENT", 4)  # so that the rest follow from what was found
    text = PROBLEM.replace("effect_window", f'method = "{method}"\neffect_window')
    whole = searched(tmp_path / "whole", 16, text)
    MadeUp.made = 0
    with pytest.raises(KeyboardInterrupt):
        searched(tmp_path / "parts", 16, text, society=Impatient)
    assert len(searched(tmp_path / "parts", 1, text)) == 5
    searched(tmp_path / "parts", 11, text)
    assert searched(tmp_path / "parts", 16, text) == whole


def test_workers_do_not_matter(tmp_path):
    assert searched(tmp_path / "one", 6) == searched(tmp_path / "three", 6, workers=3)


def test_another_seed_tries_other_parameters(tmp_path):
    other = searched(tmp_path / "other", 3, PROBLEM.replace("seed = 4", "seed = 5"))
    assert [trial.values for trial in searched(tmp_path / "one", 3)] != [trial.values for trial in other]


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    stand_in_for_society(monkeypatch, Impatient)
    assert main(["calibrate", "made.toml", "--out", "found", "--workers", "1"]) == 130
    said = capsys.readouterr().err
    kept = len(rows(tmp_path / "found"))
    assert 0 < kept < 8
    assert f"{kept} of 8 trials are kept in found, and the same command goes on from there" in said
    stand_in_for_society(monkeypatch, MadeUp)
    assert main(["calibrate", "made.toml", "--out", "found"]) == 0
    assert f"{kept} of 8 trials are in found already" in capsys.readouterr().err
    assert len(rows(tmp_path / "found")) == 8


@pytest.mark.slow
def test_values_that_do_not_go_together_are_a_trial_without_a_finite_miss(tmp_path, capsys):
    text = PROBLEM.replace('name = "court.enforcement"\nlow = 0.0\nhigh = 1.0', 'name = "region.special_share"\nlow = 0.0\nhigh = 0.45')
    (tmp_path / "made.toml").write_text(text.replace("[base]", "[base]\nregion.urban_share = 0.55"))
    assert main(["calibrate", "made.toml", "--out", "fits"]) == 0
    assert {row["reason"] for row in rows(tmp_path / "fits")} == {""}
    second = '[[parameter]]\nname = "region.urban_share"\nlow = 0.1\nhigh = 0.95\n[[pattern]]'
    (tmp_path / "made.toml").write_text(text.replace("[[pattern]]", second, 1))
    assert main(["calibrate", "made.toml", "--out", "found"]) == 0
    refused_trials = [row for row in rows(tmp_path / "found") if float(row["region.special_share"]) + float(row["region.urban_share"]) > 1]
    assert refused_trials
    assert {row["miss"] for row in refused_trials} == {"inf"}
    assert all("a sum of at most 1" in row["reason"] for row in refused_trials)
    assert json.loads((tmp_path / "found" / "calibration.json").read_text())["trials"] == 8


def test_a_folder_with_another_calibration_is_left_alone(tmp_path, capsys):
    assert main(["calibrate", "made.toml", "--out", "found"]) == 0
    before = (tmp_path / "found" / "trials.csv").read_bytes()
    (tmp_path / "made.toml").write_text(PROBLEM.replace("high = 1.1", "high = 1.2"))
    capsys.readouterr()
    sentence = refused(capsys, "calibrate", "made.toml", "--out", "found")
    assert "found holds another calibration: pattern.lift.high is '1.1' there and '1.2' here" in sentence
    assert (tmp_path / "found" / "trials.csv").read_bytes() == before


def test_more_trials_and_held_out_seeds_are_the_same_calibration(tmp_path):
    assert main(["calibrate", "made.toml", "--trials", "5", "--out", "found"]) == 0
    first = rows(tmp_path / "found")
    (tmp_path / "made.toml").write_text(PROBLEM.replace("held_out_seeds = 3", "held_out_seeds = 4"))
    assert main(["calibrate", "made.toml", "--trials", "7", "--out", "found"]) == 0
    assert rows(tmp_path / "found")[:5] == first
    assert len(rows(tmp_path / "found")) == 7


def test_a_folder_in_use_or_damaged_is_refused(tmp_path, capsys):
    (tmp_path / "used").mkdir()
    with opened(problem_of(PROBLEM, "made.toml"), tmp_path / "used", "v1"):
        assert "another calibration is writing there" in refused(capsys, "calibrate", "made.toml", "--out", "used")
    (tmp_path / "spoilt").mkdir()
    (tmp_path / "spoilt" / "study.db").write_bytes(b"no database at all" * 100)
    assert "spoilt/study.db: the trials cannot be read or kept" in refused(capsys, "calibrate", "made.toml", "--out", "spoilt")


@pytest.mark.slow
def test_a_store_that_is_spoilt_meanwhile_ends_the_search_in_a_sentence(tmp_path):
    (tmp_path / "found").mkdir()
    problem = problem_of(PROBLEM, "made.toml")

    def spoil(share):
        with sqlite3.connect(tmp_path / "found" / "study.db") as connection:
            connection.execute("DROP TABLE trial_values")

    with (
        pytest.raises(Refusal, match=r"found/study.db: the trials cannot be read or kept: .*no such table: trial_values"),
        opened(problem, tmp_path / "found", "v1") as search,
    ):
        search.run(Laboratory(problem, MadeUp), spoil)
