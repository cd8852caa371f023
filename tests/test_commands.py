"""The command line, its listings and `simulate`: what it prints, what it writes, its exit codes, and what it says of bad input."""

import json
import subprocess
import sys
import tomllib

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from experiments.__main__ import main
from tests import command_line
from tests.command_line import ROOT, SMALL, refused

# fixtures of this file too
_quick_and_in_a_folder_of_its_own = command_line.quick_and_in_a_folder_of_its_own
small, society = command_line.small, command_line.society


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
    from experiments.specs.arms import parameters_with

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
