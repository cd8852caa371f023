"""`run`, `compare` and `report` on the command line: what they print, write and refuse, and that a killed run goes on where it was."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from experiments.__main__ import main
from experiments.results import identity
from tests import command_line
from tests.command_line import ROOT, SMALL, made_once, refused
from tests.small_experiment import content_of
from tests.stand_in import StandIn

# fixtures of this file too
_quick_and_in_a_folder_of_its_own = command_line.quick_and_in_a_folder_of_its_own
small, society = command_line.small, command_line.society


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which the small experiment has been run, for tests to copy; and, as `whole`, one of twelve replications."""
    whole = ["run", "small.toml", "--replications", "12", "--out", "whole"]
    return made_once(tmp_path_factory.mktemp("made"), SMALL, ["run", "small.toml"], whole)


@pytest.fixture
def finished(made, society, tmp_path):
    """The path of a small spec that has been run."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return "small.toml"


# --- run, compare, report -------------------------------------------------------------------------------------------------------


FILES = {
    "runs.parquet", "series.parquet", "manifest.json", "resolved.json", "journal.jsonl", "spec.toml", "effects.csv", "report.html",
    "figures", "parts",
}  # fmt: skip


def test_run_prints_differences_verdicts_and_files(society, small, tmp_path, capsys):
    assert main(["run", small]) == 0
    said = capsys.readouterr()
    folder = tmp_path / "results" / "small"
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == FILES
    assert "+0.020 [+0.020, +0.020] ▲" in said.out
    assert "Exempt: raises social trust" in said.out
    assert "results/small/report.html" in said.out
    assert re.search(r"^4 of 4 runs(, [0-9.e+]+ a second)?, about 0 s left$", said.err, re.MULTILINE)
    assert (folder / "spec.toml").read_text() == SMALL
    assert main(["compare", "results/small"]) == 0
    assert capsys.readouterr().out == said.out


def test_the_manifest_records_how_the_numbers_came_about(society, small, tmp_path):
    assert main(["run", small, "--out", "x", "--set", "court.fine=2", "--workers", "1"]) == 0
    manifest = json.loads((tmp_path / "x" / "manifest.json").read_text())
    assert manifest["status"] == "finished"
    assert manifest["seeds"] == [5, 6]
    assert manifest["command"][2:] == ["experiments", "run", small, "--out", "x", "--workers", "1", "--set", "court.fine=2"]
    assert manifest["arms"]["exempt"]["parameters"]["schemes.rongcheng.exemption"] == 1.0
    assert manifest["arms"]["alone"]["parameters"]["court.fine"] == 2.0
    assert manifest["differs_from_default"]["court.fine"] == {"default": 1.0, "arms": {"alone": 2.0, "exempt": 2.0}}
    assert {"python", "numpy", "numba", "mesa"} <= set(manifest["versions"])
    assert {"commit", "dirty"} == set(manifest["git"])
    assert manifest["platform"]["cores"] >= 1
    assert manifest["id"] == hashlib.sha256((tmp_path / "x" / "resolved.json").read_bytes()).hexdigest()
    assert (manifest["runs"], manifest["runs_stored"], manifest["shard"], manifest["networks"]) == (4, 4, [], {})
    assert manifest["content"] == content_of(tmp_path / "x")
    assert manifest["wall_time_seconds"] > 0


def test_the_commit_and_whether_files_differ_from_it_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(identity, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    def git(*arguments):
        named = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        return subprocess.run(["git", *named, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()

    assert identity.git_state() == {"commit": None, "dirty": None}
    git("init")
    assert identity.git_state() == {"commit": None, "dirty": False}
    (tmp_path / "# file").write_text("one")
    assert identity.git_state() == {"commit": None, "dirty": True}
    git("add", ".")
    git("commit", "-m", "first")
    assert identity.git_state() == {"commit": git("rev-parse", "HEAD"), "dirty": False}
    (tmp_path / "# file").write_text("two")
    assert identity.git_state() == {"commit": git("rev-parse", "HEAD"), "dirty": True}


def test_a_second_run_takes_what_is_there(society, finished, tmp_path, capsys):
    first = (tmp_path / "results/small/runs.parquet").read_bytes()
    made = society.made
    assert main(["run", finished]) == 0
    assert society.made == made
    assert "4 of 4 runs are in results/small already" in capsys.readouterr().err
    assert (tmp_path / "results/small/runs.parquet").read_bytes() == first
    assert main(["run", finished, "--replications", "3"]) == 0
    assert pq.read_table(tmp_path / "results/small/runs.parquet").num_rows == 6


def test_a_failing_run_is_told_and_the_rest_is_published(society, small, tmp_path, monkeypatch, capsys):
    def step(self):
        if self.seed == 6 and self.parameters.schemes and self.parameters.schemes[0].exemption:
            raise ArithmeticError("too fragile")
        real(self)

    real = StandIn.step
    monkeypatch.setattr(StandIn, "step", step)
    assert main(["run", small]) == 1
    said = capsys.readouterr()
    assert (
        "error: 1 of 4 runs failed, the first in arm exempt, replication 1 (failed: ArithmeticError: too fragile); "
        "the tracebacks are in results/small/journal.jsonl"
    ) in said.err
    assert "Traceback" not in said.err
    assert "ArithmeticError" in json.loads((tmp_path / "results/small/manifest.json").read_text())["failures"][0]["traceback"]
    assert "1 of 2 seeds have no value" in said.out or "One seed gives no interval" in said.out
    assert main(["compare", "results/small"]) == 0
    assert "note: the experiment is finished with failures" in capsys.readouterr().err


def test_a_setting_that_every_arm_overrides_is_told(society, small, tmp_path, capsys):
    (tmp_path / small).write_text(SMALL.replace('label = "Alone"', 'label = "Alone"\nset = { scheme.exemption = 0 }'))
    assert main(["run", small, "--set", "scheme.exemption=0.5"]) == 0
    assert "note: --set scheme.exemption has no effect: every arm sets it itself or has no such scheme" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "told"), [("factorial", True), ("one-at-a-time", False)])
def test_a_setting_that_the_design_overrides_is_told(society, small, tmp_path, capsys, kind, told):
    """One factor at a time has a point that leaves it as the base has it."""
    factor = f'[design]\nkind = "{kind}"\n[[factor]]\nparameter = "scheme.contact_weight"\nvalues = [0.0, 0.5]\n'
    (tmp_path / small).write_text(SMALL + factor)
    assert main(["run", small, "--set", "scheme.contact_weight=0.3", "--set", "court.fine=2"]) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note: --set")]
    assert said == ["note: --set scheme.contact_weight has no effect: the design sets it at every point"] * told


def test_an_experiment_that_no_memory_would_hold_is_refused(society, small, tmp_path, capsys):
    factor = '[design]\nkind = "latin-hypercube"\nsize = 100_000\n[[factor]]\nparameter = "scheme.contact_weight"\nlow = 0\nhigh = 1\n'
    (tmp_path / small).write_text(SMALL + factor)
    said = refused(capsys, "plan", small, "--replications", "51")
    assert said == f"{small}: 2 arms x 100,000 points x 51 replications are 10,200,000 rows of runs: expected at most 10,000,000"


def test_a_society_that_always_raises_is_told_in_one_sentence(society, small, monkeypatch, capsys):
    def raises(*_):
        raise ValueError("never")

    monkeypatch.setattr(society, "run", raises)
    assert main(["run", small]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(
        "error: no run came to its end: 4 of 4 runs failed, the first in arm alone, replication 0 (failed: ValueError: never)"
    )


def test_an_effect_window_before_the_scheme_is_told(society, small, capsys):
    assert main(["run", small, "--set", "time.burn_in=17"]) == 0
    assert "effects are diluted: the last 5 of 20 weeks begin before the scheme does" in capsys.readouterr().err
    assert main(["run", small, "--out", "other", "--set", "time.burn_in=20"]) == 0
    assert "no scheme ever begins: time.ticks = 20 does not exceed time.burn_in = 20" in capsys.readouterr().err


def test_verdicts_of_a_run_without_a_scheme_carry_the_note(society, small, tmp_path, capsys):
    """Whoever reads the table, now or later, or the report, learns that no scheme ever acted."""
    note = "no scheme ever begins: time.ticks = 20 does not exceed time.burn_in = 104."
    assert main(["run", small, "--set", "time.burn_in=104"]) == 0
    run = capsys.readouterr()
    assert main(["compare", "results/small"]) == 0
    assert f"\nNote: {note}\n" in run.out
    assert capsys.readouterr().out == run.out
    assert f"Note: {note}" in (tmp_path / "results/small/report.html").read_text()


def test_a_policy_after_the_end_of_the_run_is_told(society, small, tmp_path, capsys):
    """Weeks count from 0: of 20 weeks the last is week 19."""
    policy = '[[19, "court.fine", 3.0], [20, "court.fine", 2.0]]'
    (tmp_path / small).write_text(
        SMALL.replace("[base]", f"[base]\npolicy = {policy}").replace(
            'label = "Exempt"', 'label = "Exempt"\npolicy = [[600, "scheme.active", false]]'
        )
    )
    assert main(["run", small]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if "policy" in line]
    assert notes == [
        "note: the policy row [20, 'court.fine', 2.0] has no effect: the last week of the run is 19 (arm alone, exempt)",
        "note: the policy row [600, 'scheme.active', False] has no effect: the last week of the run is 19 (arm exempt)",
    ]


def test_no_seed_of_a_replication_exceeds_the_largest(society, small, tmp_path, capsys):
    (tmp_path / small).write_text(SMALL.replace("seed = 5", f"seed = {2**62 - 1}"))
    assert main(["run", small, "--replications", "2"]) == 0
    capsys.readouterr()
    said = refused(capsys, "run", small, "--replications", "3")
    assert said.startswith(f"small.toml: replications = 3 is not allowed: expected at most 2 with seed = {2**62 - 1}, ")
    (tmp_path / small).write_text(SMALL.replace("seed = 5", f"seed = {2**62}"))
    assert "replications = 2 is not allowed: expected at most 1 with seed" in refused(capsys, "show", small)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["three-leavers"], "experiment 'three-leavers' is not known (did you mean 'three-levers'?)"),
        (["missing.toml"], "missing.toml: there is no such file: expected a spec in TOML"),
        (["broken.toml"], "broken.toml: the file is not valid TOML: "),
        (["typo.toml"], "typo.toml: arm 'exempt': 'scheme.exemtion' is not a parameter (did you mean 'scheme.exemption'?)"),
        (["small.toml", "--replications", "0"], "--replications = 0 is not allowed: expected a whole number from 1 to 100000"),
        (["small.toml", "--replications", "many"], "--replications = 'many' is not allowed: expected a whole number"),
        (["small.toml", "--workers", "0"], "--workers = 0 is not allowed: expected a whole number from 1 to 1024"),
        (["small.toml", "--set", "scheme.exemtion=1"], "small.toml: base: 'scheme.exemtion' is not a parameter (did you mean"),
        (
            ["small.toml", "--set", "scheme.preset=none"],
            "small.toml: arm 'exempt': scheme.exemption = 1 is not allowed: scheme.preset",
        ),
        (["small.toml", "--set", "network.file=nowhere.txt"], "nowhere.txt"),
        (["small.toml", "--out", "small.toml"], "small.toml: a file is in the way: expected a folder for the results"),
        (["small.toml", "--out", "small.toml/x"], "small.toml/x: a file is in the way: expected a folder for the results"),
        (["small.toml", "--out", "/proc/x"], "/proc/x: the folder cannot be made: "),
        (["small.toml", "--out", "."], ".: the folder holds other files (such as "),
        ([], "Missing argument 'NAME|SPEC.toml'"),
    ],
)
def test_bad_input_of_run(society, small, tmp_path, capsys, arguments, said):
    (tmp_path / "broken.toml").write_text("[base\n")
    (tmp_path / "typo.toml").write_text(SMALL.replace("exemption", "exemtion"))
    assert said in refused(capsys, "run", *arguments)
    assert society.made == 0


def test_another_experiment_in_the_folder_is_refused(society, finished, capsys):
    made = society.made
    said = refused(capsys, "run", finished, "--set", "court.fine=2")
    assert said.startswith("results/small holds another experiment: arms.alone.parameters.court.fine is 1.0 there and 2.0 here")
    assert "--out" in said
    assert society.made == made


@pytest.mark.parametrize("verb", ["compare", "report"])
def test_bad_folders(verb, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "manifest.json").write_text("{}")
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "manifest.json").write_text('{"id": ')
    assert "nowhere: there is no such folder: expected the results of an experiment" in refused(capsys, verb, "nowhere")
    assert "empty: there is no manifest.json: expected the results of an experiment" in refused(capsys, verb, "empty")
    assert "manifest.json: the file is not a manifest of an experiment: id is missing: expected text" in refused(capsys, verb, "odd")
    assert "manifest.json: the file is not a manifest of an experiment: " in refused(capsys, verb, "cut")


def test_damaged_tables_are_told(finished, tmp_path, capsys):
    (tmp_path / "results/small/runs.parquet").write_bytes(b"PAR1 nonsense")
    assert "runs.parquet: the file cannot be read: " in refused(capsys, "compare", "results/small")
    for part in (tmp_path / "results/small/parts").iterdir():
        part.unlink()
    (tmp_path / "results/small/runs.parquet").unlink()
    assert "runs.parquet: there is no such file: " in refused(capsys, "report", "results/small")
    assert "replication-00000-*.parquet is missing, damaged or not whole" in refused(capsys, "compare", "results/small")


def test_a_full_disk_is_told_and_loses_nothing(society, small, tmp_path, monkeypatch, capsys):
    """There is room for the manifest and one part."""
    import experiments.results.writing as writing

    real = writing.os.replace

    def replace(source, target):
        if len(list((tmp_path / "results/small/parts").glob("*"))) > 1 and "parts" in str(target):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(writing.os, "replace", replace)
    assert main(["run", small]) == 2
    said = capsys.readouterr().err
    assert "the file cannot be written: no space left on device; 2 of 4 runs are kept in results/small" in said
    assert "Traceback" not in said
    monkeypatch.setattr(writing.os, "replace", real)
    assert main(["run", small]) == 0
    assert "2 of 4 runs are in results/small already" in capsys.readouterr().err


# --- signals --------------------------------------------------------------------------------------------------------------------


SLOW = """
import sys, time
from experiments.__main__ import main
from tests import stand_in
class Slow(stand_in.StandIn):
    def step(self):
        time.sleep(0.004)
        super().step()
import types
module = types.ModuleType("model.society")
module.Society = Slow
sys.modules["model.society"] = module
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow), (signal.SIGKILL, -9)]
)
def test_a_killed_run_goes_on_where_it_was(made, society, small, tmp_path, capsys, number, code):
    """The process is stopped once a part is stored; the same command then gives what an undisturbed run gives."""
    arguments = ["run", small, "--replications", "12", "--workers", "2"]
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    child = subprocess.Popen([sys.executable, "-c", SLOW, *arguments], env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes)
    parts = tmp_path / "results/small/parts"
    deadline = time.monotonic() + 60
    while not list(parts.glob("replication-*")) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert child.returncode == code, err
    if code > 0:
        assert "Traceback" not in err
        assert err.splitlines()[-1].startswith("error: ")
        assert "24 runs are kept in results/small, and the same command goes on from there" in err.splitlines()[-1]
        assert main(["compare", "results/small"]) == 0
        assert "note: the experiment is interrupted; " in capsys.readouterr().err
    assert 0 < len(list(parts.glob("replication-*"))) < 12
    assert main(arguments) == 0
    for name in ("runs.parquet", "series.parquet"):
        assert (tmp_path / "results/small" / name).read_bytes() == (made / "whole" / name).read_bytes()
