"""Results are kept: damage is noticed, nothing stored is dropped, and a folder that cannot be trusted is refused in one sentence."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from experiments.__main__ import main
from experiments.refusal import Refusal
from experiments.results.manifest import KEYS
from experiments.results.sealing import BLANK, intact, sealed
from experiments.results.store import Results
from tests.command_line import ROOT, SMALL, made_once, refused
from tests.stand_in import stand_in_for_society

OUT = Path("results/small")
TABLES = ("runs.parquet", "series.parquet", "effects.csv", "report.html")


@pytest.fixture(autouse=True)
def society(tmp_path, monkeypatch):
    """The stand-in in the place of the society, and a folder of its own without figures."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.report.experiment_figures.experiment_figures", lambda *of: [])
    return stand_in_for_society(monkeypatch)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which an experiment of three replications has been run."""
    return made_once(tmp_path_factory.mktemp("made"), SMALL.replace("replications = 2", "replications = 3"), ["run", "small.toml"])


@pytest.fixture
def small(made, tmp_path):
    """The path of a small spec whose experiment of three replications has been run."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return "small.toml"


def part(number: int) -> Path:
    """Return the file of a replication: its two runs are one batch."""
    (found,) = (OUT / "parts").glob(f"replication-{number:05d}-*.parquet")
    return found


def lost(number: int) -> str:
    """Return how a part of a replication is named that cannot be read."""
    return f"{OUT}/parts/replication-{number:05d}-*.parquet"


def contents() -> dict[str, bytes]:
    """Return the published tables."""
    return {name: (OUT / name).read_bytes() for name in TABLES if name != "report.html"}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def flip(path: Path) -> None:
    """Turn one bit in the midst of the data."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 16
    path.write_bytes(content)


def flip_a_digest(path: Path) -> None:
    """Turn one bit of what the file says of itself."""
    content = bytearray(path.read_bytes())
    run = next(iter(json.loads(pq.read_schema(path).metadata[b"runs"])))
    content[content.rindex(f'{{"{run}": "'.encode()) + len(run) + 6] ^= 1
    path.write_bytes(content)


HARMS = [cut, flip, flip_a_digest, Path.unlink]


# --- damage ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", HARMS)
def test_a_report_with_fewer_runs_than_were_stored_is_refused(small, capsys, harm):
    before = contents()
    harm(part(1))
    said = refused(capsys, "report", str(OUT))
    assert said == f"{lost(1)} is missing, damaged or not whole: expected all runs that were stored, which `run` makes again"
    assert contents() == before


@pytest.mark.parametrize("harm", HARMS)
def test_run_mends_a_damaged_part(small, society, capsys, harm):
    """Only the damaged replication is simulated, and everything is as before."""
    path = part(1)
    before, whole = contents(), path.read_bytes()
    harm(path)
    made = society.made
    assert main(["run", small]) == 0
    assert society.made == made + 2  # the small one that warms up, and the shared burn-in of one seed
    said = capsys.readouterr().err
    assert "4 of 6 runs are in results/small already" in said
    assert (f"note: {path} is damaged: what it held is simulated again" in said) == (harm is not Path.unlink)
    assert (contents(), path.read_bytes()) == (before, whole)


@pytest.mark.parametrize("harm", HARMS)
def test_compare_of_parts_with_fewer_runs_than_were_stored_is_refused(small, capsys, harm):
    (OUT / "runs.parquet").unlink()
    harm(part(2))
    assert f"{lost(2)} is missing, damaged or not whole" in refused(capsys, "compare", str(OUT))


def test_every_bit_of_a_sealed_file_matters():
    content = sealed(b"PAR1 some data " + BLANK.encode() + b" more PAR1")
    assert intact(content)
    assert not intact(b"PAR1 some data")
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        assert not intact(bytes(changed)), place
    assert not intact(content[:-1])


def test_a_turned_bit_in_a_published_table_is_noticed(small, capsys):
    whole = (OUT / "runs.parquet").read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        changed = bytearray(whole)
        changed[place] ^= 16
        (OUT / "runs.parquet").write_bytes(changed)
        said = refused(capsys, "compare", str(OUT))
        assert said.endswith("runs.parquet: the file cannot be read: it is not as it was written: run the experiment again to make it anew")
    assert main(["run", small]) == 0
    assert (OUT / "runs.parquet").read_bytes() == whole


def test_a_turned_bit_in_the_series_is_noticed(small):
    """Where the table of all weeks can still be read with a bit turned in a page, it is the same table."""
    path = OUT / "series.parquet"
    content, whole = path.read_bytes(), Results(OUT).read("series.parquet")
    refusals = 0
    for place in range(len(content) // 50, len(content) // 2, len(content) // 100):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        try:
            assert Results(OUT).read("series.parquet").equals(whole)
        except Refusal:
            refusals += 1
    assert refusals > 20


# --- nothing that is stored is dropped ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", ["kept", "removed"])
def test_fewer_replications_than_the_folder_holds_are_not_published(small, capsys, parts):
    before = contents()
    if parts == "removed":  # as the handbook allows
        for number in range(3):
            part(number).unlink()
    assert main(["run", small, "--replications", "1"]) == 0
    assert "note: results/small holds 3 replications: the run goes on with these, not with 1" in capsys.readouterr().err
    assert contents() == before
    assert json.loads((OUT / "manifest.json").read_text())["replications"] == 3


def test_more_replications_add_to_what_is_there(small, society, capsys):
    made = society.made
    assert main(["run", small, "--replications", "4"]) == 0
    assert "note: " not in capsys.readouterr().err
    assert society.made == made + 2
    assert pq.read_table(OUT / "runs.parquet").num_rows == 8


def test_each_session_of_a_run_is_timed(small):
    assert main(["run", small, "--replications", "4"]) == 0
    manifest = json.loads((OUT / "manifest.json").read_text())
    assert len(manifest["session_seconds"]) == 2
    assert manifest["wall_time_seconds"] == pytest.approx(sum(manifest["session_seconds"]), abs=1e-3)


# --- who writes a folder --------------------------------------------------------------------------------------------------------

HOLD = "import sys; from experiments.results.store import Results; r = Results(sys.argv[1]); r.take_lock(); print(1, flush=True); input()"


def set_manifest(**values) -> None:
    """Change values of the manifest; None takes a key away."""
    document = json.loads((OUT / "manifest.json").read_text()) | values
    (OUT / "manifest.json").write_text(json.dumps({key: value for key, value in document.items() if value is not None}))


def test_a_report_waits_for_no_run_and_disturbs_none(small, capsys):
    set_manifest(status="running")
    command = [sys.executable, "-c", HOLD, str(OUT.resolve())]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "1\n"
        said = refused(capsys, "report", str(OUT))
        assert main(["compare", str(OUT)]) == 0
        running = capsys.readouterr().err
        other.communicate("\n")
    assert said == "results/small: another run is writing there: expected a folder that no run is writing"
    assert "note: the experiment is running; " in running


@pytest.mark.parametrize("verb", ["compare", "report"])
def test_a_killed_run_is_interrupted_not_running(small, capsys, verb):
    set_manifest(status="running")
    assert main([verb, str(OUT)]) == 0
    assert "note: the experiment is interrupted; 6 of 6 runs are stored" in capsys.readouterr().err
    assert ("it was interrupted" in (OUT / "report.html").read_text()) == (verb == "report")


def test_a_file_where_the_figures_go_is_told(small, capsys):
    for figure in (OUT / "figures").iterdir():
        figure.unlink()
    (OUT / "figures").rmdir()
    (OUT / "figures").write_text("")
    assert refused(capsys, "report", str(OUT)) == "results/small/figures: a file is in the way: expected a folder for the figures"


# --- manifests ------------------------------------------------------------------------------------------------------------------


def test_a_manifest_with_a_key_missing_or_of_another_kind_is_refused(small, capsys):
    whole = json.loads((OUT / "manifest.json").read_text())
    for key, (allowed, _) in KEYS.items():
        for value in (None, 1.5, "x", [3], {"x": 3}, -1, 10**12):
            if value is not None and allowed(value):
                continue
            set_manifest(**whole | {key: value})
            said = refused(capsys, "compare", str(OUT))
            assert said == refused(capsys, "report", str(OUT))
            assert said.startswith("results/small/manifest.json: the file is not a manifest of an experiment: ")
            assert (f"{key} is missing: expected " if value is None else f"{key} = ") in said
    set_manifest(**whole | {"session_seconds": None})
    assert "session_seconds is missing: expected a list of numbers from 0" in refused(capsys, "run", small)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"cells": [[[], "alnoe"]]}, "cells names the arm 'alnoe': expected those of its spec, alone, exempt"),
        ({"interactions": [["a", "b"]]}, "interactions holds ['a', 'b']: expected levers of its spec"),
        (
            {"differs_from_default": {"court.fine": {"default": 1, "arms": {"x": 2}}}},
            "differs_from_default names the arm 'x': expected those of its spec",
        ),
        ({"spec": "titel = 1"}, "manifest.json: spec: 'titel' is not a key here (did you mean 'title'?)"),
    ],
)
def test_a_manifest_that_does_not_fit_its_spec_is_refused(small, capsys, values, said):
    set_manifest(**values)
    for verb in ("compare", "report"):
        assert said in refused(capsys, verb, str(OUT))


def test_a_manifest_with_more_keys_is_read(small):
    outcomes = [facts | {"more": 1} for facts in Results(OUT).manifest()["outcomes"]]
    set_manifest(outcomes=outcomes, more=1)
    assert main(["compare", str(OUT)]) == 0


def test_tables_of_an_earlier_session_are_not_taken_for_those_of_now(small, monkeypatch, capsys):
    """Killed after the last run and before the tables: what is compared are all six seeds, not the three of the old tables."""

    def killed(*_):
        raise SystemError

    with monkeypatch.context() as patch:
        patch.setattr("experiments.report.publishing.publish", killed)
        with pytest.raises(SystemError):
            main(["run", small, "--replications", "6"])
    assert pq.read_table(OUT / "runs.parquet").num_rows == 2 * 3
    capsys.readouterr()
    assert main(["compare", str(OUT)]) == 0
    assert "(6 of 6 seeds agree)" in " ".join(capsys.readouterr().out.split())
