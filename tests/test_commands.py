"""The command line: what it prints, what it writes, its exit codes, and what it says of bad input."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from experiments.__main__ import main
from tests.stand_in import StandIn, stand_in_for_society

ROOT = Path(__file__).parent.parent
SMALL = """
title = "Small"
question = "Does it run?"
seed = 5
replications = 2
effect_window = 5
[base]
time.ticks = 20
time.burn_in = 8
population.citizens = 50
[[arm]]
name = "alone"
label = "Alone"
[[arm]]
name = "exempt"
label = "Exempt"
set = { scheme.exemption = 1 }
"""


@pytest.fixture(autouse=True)
def _quick_and_in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.figures.draw_all", lambda analysis, series, burn_in: [])  # test_report.py draws


@pytest.fixture
def society(monkeypatch):
    """The stand-in in the place of the society."""
    return stand_in_for_society(monkeypatch)


@pytest.fixture
def small(tmp_path):
    """The path of a small spec."""
    (tmp_path / "small.toml").write_text(SMALL)
    return "small.toml"


def refused(capsys, *arguments: str) -> str:
    """Return the sentence with which a command line is refused."""
    assert main(list(arguments)) == 2
    said = capsys.readouterr()
    sentences = [line for line in said.err.splitlines() if not line.startswith("note: ")]
    assert len(sentences) == 1, said.err
    assert sentences[0].startswith("error: ")
    assert "Traceback" not in said.err
    return sentences[0].removeprefix("error: ")


# --- help and listings ----------------------------------------------------------------------------------------------------------


def test_help_is_quick_and_imports_nothing_heavy():
    """Half a second of processor time, whatever else the machine does."""
    code = "import sys\nfrom experiments.__main__ import main\nmain(['--help'])\n"
    code += "heavy = {'numpy', 'numba', 'mesa', 'pyarrow', 'matplotlib', 'scipy', 'rich', 'jinja2'} & set(sys.modules)\n"
    code += "assert not heavy, heavy\nassert sum(__import__('os').times()[:2]) < 0.5\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for verb in ("list", "show", "parameters", "simulate", "run", "compare", "report"):
        assert f"  {verb} " in done.stdout


def test_the_module_is_the_command():
    done = subprocess.run([sys.executable, "-m", "experiments", "list"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "three-levers: Three levers of a social credit system (9 arms, 20 replications)" in done.stdout
    done = subprocess.run([sys.executable, "-m", "experiments", "nonsense"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


def test_show_prints_a_spec_with_every_parameter(capsys):
    assert main(["show", "three-levers"]) == 0
    document = tomllib.loads(capsys.readouterr().out)
    assert document["base"]["time"]["burn_in"] == 104
    assert document["base"]["schemes"]["rongcheng"]["grade"]["A+"]["floor"] == 1010
    assert [arm["name"] for arm in document["arm"]][:2] == ["no-scheme", "scheme-alone"]


def test_parameters_as_json_and_as_text(capsys):
    assert main(["parameters", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["scheme.contact_weight"]["low"], rows["scheme.contact_weight"]["high"]) == (0, 1)
    assert "none" in rows["scheme.preset"]["choices"]
    assert main(["parameters"]) == 0
    text = capsys.readouterr().out
    assert "scheme.contact_weight = 0.0   0 to 1; share" in text
    assert all(f"{name} = " in text for name in rows)


# --- simulate -------------------------------------------------------------------------------------------------------------------

FEW = ["--ticks", "20", "--set", "time.burn_in=8", "--set", "population.citizens=50"]


def test_simulate_prints_last_values_and_digest(society, capsys):
    assert main(["simulate", "--seed", "4", *FEW]) == 0
    out = capsys.readouterr().out
    assert "generalized trust" in out
    assert "seed 4, 20 weeks, 50 citizens, engine compiled" in out
    expected = society(rng=4)
    assert f"digest {expected.fork(_parameters(20, 8)).run(20).digest()}" in out


def _parameters(ticks, burn_in):
    from experiments.arms import parameters_with

    return parameters_with((("time.ticks", ticks), ("time.burn_in", burn_in), ("population.citizens", 50)))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_simulate_writes_every_week(society, tmp_path, suffix):
    target = tmp_path / f"one{suffix}"
    assert main(["simulate", "--seed", "4", *FEW, "--out", str(target)]) == 0
    table = pyarrow.csv.read_csv(target) if suffix == ".csv" else pq.read_table(target)
    assert table.column_names[:4] == ["arm", "replication", "seed", "tick"]
    assert table.num_rows == 20
    assert set(table["seed"].to_pylist()) == {4}
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_the_last_of_a_repeated_setting_wins(society, capsys):
    assert main(["simulate", "--set", "time.ticks=30", "--set", "time.ticks=9", "--set", "time.burn_in=3"]) == 0
    assert ", 9 weeks," in capsys.readouterr().out


def test_simulate_without_time_for_a_scheme_says_so(society, capsys):
    assert main(["simulate", "--ticks", "5"]) == 0
    assert "note: no scheme begins in this run: time.ticks = 5 does not exceed time.burn_in = 104" in capsys.readouterr().err


def test_the_same_length_may_be_given_twice(society, capsys):
    assert main(["simulate", "--ticks", "9", "--set", "time.ticks=9"]) == 0
    assert ", 9 weeks," in capsys.readouterr().out


def test_a_topology_beside_a_network_file_is_told(society, small, tmp_path, capsys):
    (tmp_path / "net.csv").write_text("a,b\nb,c\nc,a\n")
    settings = ["--set", "network.topology=karate", "--set", "network.file=net.csv"]
    note = "note: network.topology has no effect beside network.file = 'net.csv'"
    assert main(["simulate", "--ticks", "3", *settings]) == 0
    assert note in capsys.readouterr().err.splitlines()
    (tmp_path / small).write_text(SMALL.replace("population.citizens = 50\n", "network.mean_degree = 4\n"))
    assert main(["run", small, *settings]) == 0
    more = note.replace("topology has", "topology and 1 more parameters have")
    assert more in capsys.readouterr().err.splitlines()


def test_simulate_with_a_network_file(society, tmp_path, capsys):
    (tmp_path / "net.csv").write_text("a,b\nb,c\nc,a\na,a\n")
    assert main(["simulate", "--ticks", "3", "--set", "network.file=net.csv"]) == 0
    said = capsys.readouterr()
    assert ", 3 citizens," in said.out
    assert "note: " in said.err
    assert "population.citizens = 50 is not allowed with network.file = 'net.csv': expected 3" in refused(
        capsys, "simulate", "--set", "network.file=net.csv", "--set", "population.citizens=50"
    )


def test_the_real_society_simulates_alike_in_both_engines(capsys):
    digests = []
    for engine in ("compiled", "agents"):
        assert main(["simulate", *FEW, "--engine", engine, "--threads", "2"]) == 0
        digests.append([line for line in capsys.readouterr().out.splitlines() if line.startswith("digest ")])
    assert digests[0] == digests[1] != []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seed", "-1"], "--seed = -1 is not allowed: expected a whole number from 0 to "),
        (["--seed", "1.5"], "--seed = '1.5' is not allowed: expected a whole number from 0 to "),
        (["--threads", "0"], "--threads = 0 is not allowed: expected a whole number from 1 to 64"),
        (["--ticks", "0"], "--ticks = 0 is not allowed: expected a whole number from 1 to 100000"),
        (["--ticks", "x"], "--ticks = 'x' is not allowed: expected a whole number from 1 to 100000"),
        (["--engine", "fast"], "--engine = 'fast' is not allowed: expected one of compiled, agents"),
        (["--engine", "agent"], "--engine = 'agent' is not allowed: expected one of compiled, agents (did you mean 'agents'?)"),
        (["--ticks", "5", "--set", "time.ticks=60"], "--ticks = 5 is not allowed: expected the length that --set time.ticks=60 gives"),
        (["--set", "network.file="], "--set 'network.file=' is not allowed: expected the path of a network file, or "),
        (["--set", "scheme.exemption= "], "scheme.exemption = '' is not allowed: expected a number from 0 to 1"),
        (["--set", "scheme.contact_weight=0.3 # x"], "scheme.contact_weight = '0.3 # x' is not allowed: expected a number from 0 to 1"),
        (["--set", "scheme.grade=3"], "'scheme.grade' is a group of "),
        (["--set", "schemes.rongcheng.grade.D=3"], "expected one of them, such as 'schemes.rongcheng.grade.D."),
        (["--set", "time=3"], "'time' is a group of 2 parameters: expected one of them, such as 'time.ticks'"),
        (["--set", "scheme.exemption"], "--set 'scheme.exemption' is not allowed: expected NAME=VALUE"),
        (["--set", "scheme.exemtion=1"], "'scheme.exemtion' is not a parameter (did you mean 'scheme.exemption'?)"),
        (["--set", "scheme.exemption=2"], "scheme.exemption = 2 is not allowed: expected a number from 0 to 1"),
        (["--set", "scheme.exemption=a"], "scheme.exemption = 'a' is not allowed: expected a number from 0 to 1"),
        (["--set", "scheme.exemption=nan"], "scheme.exemption = nan is not allowed: expected a number from 0 to 1"),
        (["--set", "population.citizens=1e1"], None),
        (["--set", "population.citizens=2"], "population.citizens = 2 is not allowed: expected a whole number from 3 to 2000000"),
        (["--set", "scheme.preset=sesam"], "scheme.preset = 'sesam' is not allowed: expected one of none, "),
        (
            ["--set", "scheme.exemption=1", "--set", "scheme.preset=none"],
            "scheme.exemption = 1 is not allowed: scheme.preset is 'none'",
        ),
        (["--set", "network.file=missing.txt"], "missing.txt"),
        (["--out", "run.xlsx"], "--out = 'run.xlsx' is not allowed: expected a file that ends in .parquet or .csv"),
        (["--out", "run"], "--out = 'run' is not allowed: expected a file that ends in .parquet or .csv"),
        (["--out", "no/such/run.csv"], "--out no/such/run.csv: the file cannot be written: no such file or directory"),
        (["--out", "/proc/run.csv"], "--out /proc/run.csv: the file cannot be written: "),
        (["--sed", "1"], "No such option: --sed"),
    ],
)
def test_bad_input_of_simulate(society, capsys, arguments, said):
    if said is None:
        assert main(["simulate", "--ticks", "2", *arguments]) == 0
        return
    assert said in refused(capsys, "simulate", *arguments)
    assert society.made == 0  # found out before anything is computed


def test_a_folder_is_no_file(society, tmp_path, capsys):
    (tmp_path / "x.csv").mkdir()
    assert "--out x.csv: this is a folder" in refused(capsys, "simulate", "--out", "x.csv")


def test_an_interrupted_simulation_keeps_its_weeks(society, tmp_path, monkeypatch, capsys):
    def interrupted(self, ticks=None):
        for _ in range(7):
            self.step()
        raise KeyboardInterrupt

    monkeypatch.setattr(society, "run", interrupted)
    assert main(["simulate", *FEW, "--out", "one.csv"]) == 130
    assert "interrupted after 7 of 20 weeks; the weeks done are in one.csv" in capsys.readouterr().err
    assert pyarrow.csv.read_csv(tmp_path / "one.csv").num_rows == 7
    assert main(["simulate", *FEW]) == 130
    assert "nothing is written" in capsys.readouterr().err


# --- run, compare, report -------------------------------------------------------------------------------------------------------

FILES = {"runs.parquet", "series.parquet", "manifest.json", "spec.toml", "effects.csv", "report.html", "figures", "parts"}


def test_run_prints_differences_verdicts_and_files(society, small, tmp_path, capsys):
    assert main(["run", small]) == 0
    said = capsys.readouterr()
    folder = tmp_path / "results" / "small"
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == FILES
    assert "+0.020 [+0.020, +0.020] ▲" in said.out
    assert "Exempt: raises social trust" in said.out
    assert "results/small/report.html" in said.out
    assert "4 of 4 arm-runs, about 0 s left" in said.err
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
    assert len(manifest["id"]) == 64
    assert manifest["wall_time_seconds"] > 0


def test_a_second_run_takes_what_is_there(society, small, tmp_path, capsys):
    assert main(["run", small]) == 0
    first = (tmp_path / "results/small/runs.parquet").read_bytes()
    made = society.made
    capsys.readouterr()
    assert main(["run", small]) == 0
    assert society.made == made
    assert "4 of 4 runs are in results/small already" in capsys.readouterr().err
    assert (tmp_path / "results/small/runs.parquet").read_bytes() == first
    assert main(["run", small, "--replications", "3"]) == 0
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
    assert "error: 1 of 4 runs failed, the first in arm exempt, replication 1 (ArithmeticError: too fragile)" in said.err
    assert "Traceback" not in said.err
    assert "ArithmeticError" in json.loads((tmp_path / "results/small/manifest.json").read_text())["failures"][0]["traceback"]
    assert "1 of 2 seeds have no value" in said.out or "One seed gives no interval" in said.out
    assert main(["compare", "results/small"]) == 0
    assert "note: the experiment is finished with failures" in capsys.readouterr().err


def test_a_setting_that_every_arm_overrides_is_told(society, small, tmp_path, capsys):
    (tmp_path / small).write_text(SMALL.replace('label = "Alone"', 'label = "Alone"\nset = { scheme.exemption = 0 }'))
    assert main(["run", small, "--set", "scheme.exemption=0.5"]) == 0
    assert "note: --set scheme.exemption has no effect: every arm sets it itself or has no such scheme" in capsys.readouterr().err


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


def test_another_experiment_in_the_folder_is_refused(society, small, capsys):
    assert main(["run", small]) == 0
    made = society.made
    capsys.readouterr()
    said = refused(capsys, "run", small, "--set", "court.fine=2")
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


def test_damaged_tables_are_told(society, small, tmp_path, capsys):
    assert main(["run", small]) == 0
    capsys.readouterr()
    (tmp_path / "results/small/runs.parquet").write_bytes(b"PAR1 nonsense")
    assert "runs.parquet: the file cannot be read: " in refused(capsys, "compare", "results/small")
    for part in (tmp_path / "results/small/parts").iterdir():
        part.unlink()
    (tmp_path / "results/small/runs.parquet").unlink()
    assert "runs.parquet: there is no such file: " in refused(capsys, "report", "results/small")
    assert "replication-00000.parquet (and 1 more) is missing, damaged or not whole" in refused(capsys, "compare", "results/small")


def test_a_full_disk_is_told_and_loses_nothing(society, small, tmp_path, monkeypatch, capsys):
    """There is room for the manifest and one part."""
    import experiments.writing as writing

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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_killed_run_goes_on_where_it_was(society, small, tmp_path, capsys, number, code):
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
    assert main([*arguments, "--out", "whole"]) == 0
    for name in ("runs.parquet", "series.parquet"):
        assert (tmp_path / "results/small" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
