"""The journal of a results folder: what it says, and that a run goes on with equal results whatever became of it."""

import json
import os
import shutil

import pytest

from experiments.__main__ import main
from experiments.refusal import Refusal
from experiments.results import journal
from experiments.results.store import JOURNAL, Results
from experiments.runs.experiment import missing_tasks
from tests import command_line
from tests.command_line import SMALL, refused
from tests.small_experiment import SPEC, content_of, experiment_of, performed
from tests.stand_in import StandIn

# fixtures of this file too
_quick_and_in_a_folder_of_its_own = command_line.quick_and_in_a_folder_of_its_own
small, society = command_line.small, command_line.society


class Fragile(StandIn):
    """Raises in the exempt arm with seed 4."""

    def step(self):
        """Raise, or make up a tick."""
        if self.seed == 4 and self.tick == 20 and self.parameters.schemes and self.parameters.schemes[0].exemption:
            raise ArithmeticError("too fragile")
        super().step()


def lines_of(folder):
    """Return the lines of a folder's journal, each of which must be whole."""
    return [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()]


# --- what it says ---------------------------------------------------------------------------------------------------------------


def test_the_journal_tells_how_every_run_ended(tmp_path):
    experiment, _ = performed(tmp_path / "r", society=Fragile)
    lines = lines_of(tmp_path / "r")
    first, *within, last = [line["event"] for line in lines]
    assert (first, last) == ("begun", "finished with failures")
    assert sorted(within) == ["failed", "ok", "ok", "ok"]  # two threads end their runs in either order
    assert lines[0]["experiment"] == experiment.identity.digest
    assert lines[0]["runs"] == 12
    ended = {run: digest for line in lines if line["event"] == "ok" for run, digest in line["runs"].items()}
    assert ended == Results(tmp_path / "r").digests()
    for line in lines:
        if line["event"] == "ok":
            assert (tmp_path / "r" / "parts" / line["part"]).exists()
            assert line["seed"] == 3 + line["replication"]
            assert line["seconds"] >= 0
    (failed,) = [line for line in lines if line["event"] == "failed"]
    (run,) = [run for run in experiment.runs if run.key == ("exempt", 0, 1)]
    assert (failed["run"], failed["arm"], failed["point"], failed["replication"], failed["seed"]) == (run.id, "exempt", 0, 1, 4)
    assert failed["traceback"].startswith("Traceback (most recent call last):\n")
    assert failed["traceback"].endswith("ArithmeticError: too fragile\n")
    assert ended.keys() | {run.id} == {run.id for run in experiment.runs}
    assert lines[-1]["failures"] == 1


def test_each_session_adds_to_the_journal(tmp_path):
    performed(tmp_path / "r", society=Fragile)
    before = (tmp_path / "r" / JOURNAL).read_bytes()
    performed(tmp_path / "r")
    after = (tmp_path / "r" / JOURNAL).read_bytes()
    assert after.startswith(before)
    assert [json.loads(line)["event"] for line in after[len(before) :].splitlines()] == ["begun", "ok", "finished"]


# --- a journal that was cut, lost or damaged ------------------------------------------------------------------------------------


def test_a_line_cut_at_any_byte_is_passed_over_and_the_next_begins_on_its_own(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal.append(path, "first", {"n": 1})
    first = path.read_bytes()
    journal.append(path, "second", {"text": '信用 {"}', "runs": {"a": "b"}})
    whole = path.read_bytes()
    for end in range(len(first), len(whole)):
        path.write_bytes(whole[:end])
        journal.append(path, "third", {"n": 3})
        events = [entry["event"] for entry in journal.entries(path)]
        assert events == (["first", "second", "third"] if end == len(whole) - 1 else ["first", "third"]), end


@pytest.fixture
def halfway(tmp_path):
    """A folder of one arm of which the first of two replications is stored, and the last line of the journal says so."""
    text = SPEC[: SPEC.index('[[arm]]\nname = "alone"')].replace('references = ["alone", "none"]', "")
    text = text.replace("time.ticks = 30", "time.ticks = 12").replace('[[lever]]\nname = "exemption"\nparameter = "scheme.exemption"\n', "")
    performed(tmp_path / "halfway", experiment_of(text, replications=1))
    performed(tmp_path / "whole", experiment_of(text, replications=2))
    path = tmp_path / "halfway" / JOURNAL
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))  # killed before it could say that it had finished
    return tmp_path / "halfway", experiment_of(text, replications=2), tmp_path / "whole"


@pytest.mark.slow
@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.6, 0.99, 1])
def test_a_run_goes_on_after_its_journal_was_cut(halfway, tmp_path, share):
    """The last line is cut: nothing is left of it, a byte, parts, all but its end."""
    folder, experiment, whole = halfway
    content = (folder / JOURNAL).read_bytes()
    start = content.rindex(b"\n", 0, -1) + 1
    (folder / JOURNAL).write_bytes(content[: start + int(share * (len(content) - 1 - start))])
    StandIn.made = 0
    performed(folder, experiment)
    assert StandIn.made == 1
    assert content_of(folder) == content_of(whole)
    for name in ("runs.parquet", "series.parquet"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()
    events = [entry["event"] for entry in journal.entries(folder / JOURNAL)]
    assert events == ["begun", *(["ok"] if share == 1 else []), "begun", "ok", "finished"]


@pytest.mark.slow
def test_a_run_goes_on_after_its_journal_was_cut_at_any_byte(halfway, tmp_path):
    folder, experiment, whole = halfway
    content = (folder / JOURNAL).read_bytes()
    for end in range(content.rindex(b"\n", 0, -1) + 1, len(content)):
        again = tmp_path / "again"
        shutil.copytree(folder, again)
        (again / JOURNAL).write_bytes(content[:end])
        performed(again, experiment)
        assert (again / "runs.parquet").read_bytes() == (whole / "runs.parquet").read_bytes(), end
        assert (again / "series.parquet").read_bytes() == (whole / "series.parquet").read_bytes(), end
        shutil.rmtree(again)


@pytest.mark.parametrize("left", [None, b"", b"\xff\xfe{}\n[1]\n3\n{\n"])
def test_a_part_that_no_line_names_is_used(tmp_path, left):
    """The parts are what counts: with the journal gone, empty or full of something else, nothing is made again."""
    experiment, _ = performed(tmp_path / "r")
    before = {name: (tmp_path / "r" / name).read_bytes() for name in ("runs.parquet", "series.parquet")}
    (tmp_path / "r" / JOURNAL).unlink()
    if left is not None:
        (tmp_path / "r" / JOURNAL).write_bytes(left)
    assert missing_tasks(experiment, Results(tmp_path / "r")) == []
    StandIn.made = 0
    performed(tmp_path / "r")
    assert StandIn.made == 0
    assert {name: (tmp_path / "r" / name).read_bytes() for name in before} == before
    assert [entry["event"] for entry in journal.entries(tmp_path / "r" / JOURNAL)] == ["begun", "finished"]


def test_a_part_written_just_before_a_kill_is_used(tmp_path, monkeypatch):
    """The process ends between a part and its line of the journal: that part is not made again."""

    def log(self, event, **facts):
        if event == "ok":
            raise SystemExit
        real(self, event, **facts)

    real = Results.log
    monkeypatch.setattr(Results, "log", log)
    with pytest.raises(SystemExit):
        performed(tmp_path / "r")
    monkeypatch.undo()
    stored = Results(tmp_path / "r").digests()
    assert len(stored) == 4
    assert not any(entry["event"] == "ok" for entry in journal.entries(tmp_path / "r" / JOURNAL))
    performed(tmp_path / "r")
    made_later = {run for line in lines_of(tmp_path / "r") if line["event"] == "ok" for run in line["runs"]}
    assert len(made_later) == 8
    assert made_later.isdisjoint(stored)
    performed(tmp_path / "whole")
    assert content_of(tmp_path / "r") == content_of(tmp_path / "whole")


def test_a_line_that_finds_no_room_leaves_the_journal_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    journal.append(path, "first", {})
    before = path.read_bytes()

    def fsync(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(Refusal, match=r"journal.jsonl: the file cannot be written: no space left on device$"):
        journal.append(path, "second", {})
    assert path.read_bytes() == before


def test_a_folder_in_the_place_of_the_journal_is_told(society, small, tmp_path, capsys):
    (tmp_path / "r" / JOURNAL).mkdir(parents=True)
    said = refused(capsys, "run", small, "--out", "r")
    assert said.startswith("r/journal.jsonl: the file cannot be written: is a directory; 0 of 4 runs are kept in r")
    with pytest.raises(Refusal, match=r"r/journal.jsonl: the file cannot be read: is a directory"):
        list(journal.entries(tmp_path / "r" / JOURNAL))
    assert list(journal.entries(tmp_path / "nowhere")) == []


# --- resume ---------------------------------------------------------------------------------------------------------------------


def test_resume_makes_what_failed_and_then_nothing(society, small, tmp_path, monkeypatch, capsys):
    """With the settings that it began with, whatever the spec's file says by now."""

    def step(self):
        if self.seed == 6 and self.parameters.schemes[:1] and self.parameters.schemes[0].exemption:
            raise ArithmeticError("too fragile")
        real(self)

    real = StandIn.step
    assert main(["run", small, "--out", "whole", "--set", "court.fine=2", "--replications", "3"]) == 0
    monkeypatch.setattr(StandIn, "step", step)
    assert main(["run", small, "--set", "court.fine=2", "--replications", "3"]) == 1
    monkeypatch.setattr(StandIn, "step", real)
    (tmp_path / small).unlink()
    capsys.readouterr()
    made = society.made
    assert main(["resume", "results/small"]) == 0
    assert "5 of 6 runs are in results/small already" in capsys.readouterr().err
    assert society.made == made + 2  # one that warms up, one that had failed
    for name in ("runs.parquet", "series.parquet", "effects.csv"):
        assert (tmp_path / "results/small" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    manifest = json.loads((tmp_path / "results/small/manifest.json").read_text())
    assert (manifest["status"], manifest["failures"], manifest["replications"]) == ("finished", [], 3)
    assert manifest["command"][3:] == ["resume", "results/small"]
    assert (tmp_path / "results/small/spec.toml").read_text() == SMALL
    assert main(["resume", "results/small"]) == 0
    assert society.made == made + 2


def test_resume_of_what_is_not_there_or_of_citizens_of_ones_own_is_refused(society, small, tmp_path, capsys):
    assert refused(capsys, "resume", "nowhere") == "nowhere: there is no such folder: expected the results of an experiment"
    assert main(["run", small]) == 0
    capsys.readouterr()
    path = tmp_path / "results/small/manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "model_version": "v1 Honest:abc"}))
    said = refused(capsys, "resume", "results/small")
    assert said.startswith("results/small: the runs have citizens of a class of their own: expected to go on from Python")
    path.write_text(json.dumps(manifest))
    (tmp_path / "results/small/resolved.json").unlink()
    said = refused(capsys, "resume", "results/small")
    assert said.startswith("results/small: resolved.json is missing: expected the results of this version of the program")
