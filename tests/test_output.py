"""What is printed and written at the end: a full disk or a reader who leaves takes nothing of what was computed."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.csv
import pytest

from experiments.__main__ import READER_GONE, main
from tests.command_line import ROOT, SMALL
from tests.stand_in import stand_in_for_society

#: The command line with made-up societies and no figures, in a process of its own, perhaps with room for so many bytes a file.
PROGRAM = """
import resource, sys, types
from tests import stand_in
module = types.ModuleType("model.society")
module.Society = stand_in.StandIn
sys.modules["model.society"] = module
figures = types.ModuleType("experiments.report.experiment_figures")
figures.experiment_figures = lambda *of: []
sys.modules["experiments.report.experiment_figures"] = figures
from experiments.__main__ import main
room = int(sys.argv[1])
if room:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
sys.exit(main(sys.argv[2:]))
"""
FEW = ["--ticks", "20", "--set", "time.burn_in=8", "--set", "population.citizens=50"]

needs_full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def called(*arguments: str, stdout=subprocess.PIPE, stderr=subprocess.PIPE, room: int = 0) -> subprocess.CompletedProcess:
    """Call the command line in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, str(room), *arguments]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=stdout, stderr=stderr, text=True, check=False)


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder of results."""
    monkeypatch.setattr("experiments.report.experiment_figures.experiment_figures", lambda *of: [])
    (tmp_path / "small.toml").write_text(SMALL)
    with monkeypatch.context() as patch:
        stand_in_for_society(patch)
        assert main(["run", "small.toml", "--out", "stored"]) == 0
    return "stored"


@pytest.mark.slow
@needs_full_device
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["list"], ["show", "three-levers"], ["parameters"], ["parameters", "--json"], ["simulate", *FEW], ["compare", "stored"]],
)
def test_a_full_output_is_told_in_one_sentence(results, arguments):
    with open("/dev/full", "w") as full:
        done = called(*arguments, stdout=full)
    assert (done.returncode, done.stderr) == (2, "error: the output cannot be written: no space left on device\n")


@needs_full_device
def test_a_full_output_loses_no_results(results):
    """The run is published, the simulation written; only what would be printed is lost, even if remarks are lost too."""
    with open("/dev/full", "w") as full:
        assert called("run", "small.toml", "--out", "new", stdout=full, stderr=full).returncode == 2
        assert called("simulate", *FEW, "--out", "one.csv", stdout=full).returncode == 2
    for name in ("runs.parquet", "series.parquet", "effects.csv"):
        assert Path("new", name).read_bytes() == Path("stored", name).read_bytes()
    assert pyarrow.csv.read_csv("one.csv").num_rows == 20


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["list"], ["show", "three-levers"], ["parameters"], ["compare", "stored"]])
def test_a_reader_who_leaves_is_no_error(results, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = called(*arguments, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (READER_GONE, "")


def test_a_simulation_that_cannot_be_written_is_printed_first():
    done = called("simulate", *FEW, "--out", "one.csv", room=1000)
    assert done.returncode == 2
    assert done.stderr == "error: one.csv: the file cannot be written: file too large\n"
    assert "generalized trust" in done.stdout
    assert "\ndigest " in done.stdout
    assert "series one.csv" not in done.stdout
    assert not list(Path().iterdir())


def test_a_network_file_that_is_none_is_no_fault_of_the_program(tmp_path, capsys):
    (tmp_path / "net.csv").write_text("")
    assert main(["simulate", "--ticks", "3", "--set", "network.file=net.csv"]) == 2
    assert capsys.readouterr().err == "error: net.csv: the file is empty\n"
