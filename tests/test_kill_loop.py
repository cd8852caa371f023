"""Nothing that was completed is lost: a run killed twenty times at any moment, and one whose disk fills up; real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from experiments.results.journal import entries
from tests.command_line import ROOT
from tests.small_experiment import content_of

pytestmark = pytest.mark.slow

SPEC = """
title = "Long enough to be killed"
replications = 40
effect_window = 5
series = {series}
references = ["none"]
[base]
time.ticks = 120
time.burn_in = 30
population.citizens = 500
[[factor]]
parameter = "scheme.contact_weight"
values = [0, 0.5, 1]
[[arm]]
name = "none"
set = {{ scheme.preset = "none" }}
[[arm]]
name = "weighed"
"""
#: Where the moments of the kills come from; the machine's own pace makes them different each time all the same.
MOMENTS = np.random.default_rng(7)


def driver(folder, *arguments):
    """Start `python -m experiments` in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", *arguments], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def finished(folder, *arguments):
    """Run to the end and return what was said on stderr."""
    process = driver(folder, *arguments)
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 0, said
    return said


def stored(folder):
    """Return the runs that are in parts now, by the journal."""
    return {run for entry in entries(folder / "journal.jsonl") if entry["event"] == "ok" for run in entry["runs"]}


@pytest.mark.parametrize(("executor", "kills"), [("threads", 20), ("processes", 4)])
def test_a_run_killed_again_and_again_loses_nothing(tmp_path, executor, kills):
    (tmp_path / "long.toml").write_text(SPEC.format(series="true"))
    out, seen, killed = tmp_path / "r", set(), 0
    for _ in range(10 * kills):
        process = driver(tmp_path, "run", "long.toml", "--out", "r", "--executor", executor)
        deadline = time.monotonic() + MOMENTS.uniform(0.5, 5.0)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.communicate()
        if (out / "journal.jsonl").exists():
            now = stored(out)
            assert seen <= now
            seen = now
        if killed == kills:
            break
        if process.returncode == 0:  # it has come to its end: once more from a part of the way
            for part in sorted((out / "parts").iterdir())[::3]:
                part.unlink()
            (out / "runs.parquet").unlink()
            seen = set()
            (out / "journal.jsonl").write_text("")
    assert killed == kills
    finished(tmp_path, "resume", "r")
    finished(tmp_path, "run", "long.toml", "--out", "whole")
    assert content_of(out) == content_of(tmp_path / "whole")
    assert (out / "runs.parquet").read_bytes() == (tmp_path / "whole" / "runs.parquet").read_bytes()
    assert json.loads((out / "manifest.json").read_text())["status"] == "finished"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of two mebibytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if shutil.which("mount") is None or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False).returncode:
        pytest.skip("no right to mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_up_keeps_what_is_there(tmp_path, small_disk):
    (tmp_path / "long.toml").write_text(SPEC.format(series="true"))
    process = driver(tmp_path, "run", "long.toml", "--out", "disk/r")
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 2
    assert "the file cannot be written: no space left on device" in said.splitlines()[-1]
    assert "Traceback" not in said
    kept = stored(small_disk / "r")
    assert kept
    shutil.copytree(small_disk / "r", tmp_path / "roomy")
    said = finished(tmp_path, "resume", "roomy")
    assert f"{len(kept)} of 160 runs are in roomy already" in said
    finished(tmp_path, "run", "long.toml", "--out", "whole")
    assert content_of(tmp_path / "roomy") == content_of(tmp_path / "whole")
