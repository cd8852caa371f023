"""Shares of an experiment made apart and merged: the whole, to the byte; and what cannot be merged is refused in one sentence."""

import json
import shutil
from pathlib import Path

import pytest

from experiments.__main__ import main
from experiments.results.store import Results
from experiments.runs.tasks import RUNS_A_TASK, runs_of_shard, tasks_of
from tests import command_line
from tests.command_line import SMALL, made_once, refused
from tests.small_experiment import SPEC, content_of, experiment_of

# fixtures of this file too
_quick_and_in_a_folder_of_its_own = command_line.quick_and_in_a_folder_of_its_own
small, society = command_line.small, command_line.society

SHARDS = [f"results/small-{number}-of-3" for number in (1, 2, 3)]
TABLES = ("runs.parquet", "series.parquet", "effects.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which three shards of four replications have been made."""
    command_lines = (["run", "small.toml", "--replications", "4", "--shard", f"{number}/3"] for number in (1, 2, 3))
    return made_once(tmp_path_factory.mktemp("made"), SMALL, *command_lines)


@pytest.fixture
def shards(made, society, tmp_path):
    """The path of a small spec, of whose four replications three shards have been made."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return "small.toml"


def flip(path):
    """Turn one bit in the midst of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 16
    path.write_bytes(content)


def manifest_of(folder):
    return json.loads((Path(folder) / "manifest.json").read_text())


def part_of(folder):
    """Return the first part of a folder."""
    return min((Path(folder) / "parts").iterdir())


# --- who makes what -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shards", [1, 2, 3, 7])
def test_shards_share_the_runs_out_in_whole_tasks(shards):
    """Every run belongs to one shard, with all of its task; tasks are shared out evenly."""
    experiment = experiment_of(replications=11)
    tasks = tasks_of(experiment.runs, True, {})
    assert len(tasks) == 11
    shares = [runs_of_shard(tasks, shard, shards) for shard in range(shards)]
    assert sum(map(len, shares)) == len(set().union(*shares)) == len(experiment.runs) == 44
    sizes = [sum({run.id for run in task.runs} <= share for task in tasks) for share in shares]
    assert sum(sizes) == 11
    assert max(sizes) - min(sizes) <= 1


def test_a_task_has_runs_of_one_seed_and_at_most_so_many():
    many = SPEC + "".join(f'[[arm]]\nname = "a{i}"\nset = {{ scheme.exemption = {i / 100} }}\n' for i in range(1, 31))
    tasks = tasks_of(experiment_of(many, replications=2).runs, True, {})
    assert [len(task.runs) for task in tasks] == [RUNS_A_TASK, RUNS_A_TASK, 2] * 2
    assert [{run.seed for run in task.runs} for task in tasks] == [{3}] * 3 + [{4}] * 3
    big = many.replace("citizens = 60", "citizens = 1_000_000")
    sizes = [len(task.runs) for task in tasks_of(experiment_of(big, replications=1).runs, True, {})]
    assert sizes == [3] * 11 + [1]  # 30 million citizen-ticks a run


# --- merged ---------------------------------------------------------------------------------------------------------------------


def test_merged_shards_are_the_whole(shards, society, capsys):
    """Tables and content of what three made are those of what one made, and the merged folder is one that goes on."""
    assert [len(Results(Path(folder)).digests()) for folder in SHARDS] == [4, 2, 2]
    assert [manifest_of(folder)["shard"] for folder in SHARDS] == [[0, 3], [1, 3], [2, 3]]
    made = society.made
    assert main(["merge", "merged", *SHARDS]) == 0
    said = capsys.readouterr()
    assert society.made == made
    assert main(["run", shards, "--replications", "4", "--out", "whole"]) == 0
    for name in TABLES:
        assert (Path("merged") / name).read_bytes() == (Path("whole") / name).read_bytes()
    merged, whole = manifest_of("merged"), manifest_of("whole")
    assert merged["content"] == whole["content"] == content_of(Path("merged"))
    assert f"content {whole['content']}" in said.out
    for key in ("id", "status", "runs", "runs_stored", "seeds", "replications", "shard", "arms", "failures"):
        assert merged[key] == whole[key]
    assert merged["wall_time_seconds"] == pytest.approx(sum(manifest_of(folder)["wall_time_seconds"] for folder in SHARDS), abs=1e-3)
    made = society.made
    assert main(["resume", "merged"]) == 0
    assert society.made == made


def test_shards_merged_one_by_one_in_any_order_are_the_whole(shards, capsys):
    """What is not there yet is said, and merging again changes nothing."""
    assert main(["merge", "merged", SHARDS[2]]) == 0
    assert "note: the experiment is interrupted; 2 of 8 runs are stored" in capsys.readouterr().err
    assert main(["merge", "merged", SHARDS[1], SHARDS[0], SHARDS[2]]) == 0
    assert "note: " not in capsys.readouterr().err
    before = {name: (Path("merged") / name).read_bytes() for name in TABLES}
    assert main(["merge", "merged", *SHARDS]) == 0
    assert {name: (Path("merged") / name).read_bytes() for name in TABLES} == before
    assert main(["run", shards, "--replications", "4", "--out", "whole"]) == 0
    assert {name: (Path("whole") / name).read_bytes() for name in TABLES} == before


def test_what_no_shard_has_is_made_by_resume(shards, society, capsys):
    assert main(["merge", "merged", SHARDS[0], SHARDS[1]]) == 0
    assert "note: the experiment is interrupted; 6 of 8 runs are stored" in capsys.readouterr().err
    assert manifest_of("merged")["status"] == "interrupted"
    made = society.made
    assert main(["resume", "merged"]) == 0
    assert society.made == made + 2  # one that warms up, and the burn-in of one seed
    assert main(["merge", "other", *SHARDS]) == 0
    for name in TABLES:
        assert (Path("merged") / name).read_bytes() == (Path("other") / name).read_bytes()


def test_shards_merged_into_a_folder_that_holds_more_take_nothing_from_it(shards, capsys):
    """Six seeds stay six, though the shards have four."""
    assert main(["run", shards, "--replications", "6", "--out", "more"]) == 0
    before = {name: (Path("more") / name).read_bytes() for name in TABLES}
    assert main(["merge", "more", *SHARDS]) == 0
    assert {name: (Path("more") / name).read_bytes() for name in TABLES} == before
    assert (manifest_of("more")["replications"], manifest_of("more")["runs_stored"]) == (6, 12)


def test_shards_of_unlike_numbers_of_seeds_are_all_compared(shards, capsys):
    """The third was made of six: it adds the sixth seed, of which nobody lacks a thing, and the analysis has it."""
    assert main(["run", shards, "--replications", "6", "--shard", "3/3", "--out", SHARDS[2]]) == 0
    capsys.readouterr()
    assert main(["merge", "merged", *SHARDS]) == 0
    assert "(5 of 5 seeds agree)" in " ".join(capsys.readouterr().out.split())
    assert (manifest_of("merged")["replications"], manifest_of("merged")["status"]) == (6, "interrupted")


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"\xff\xfe")])
def test_a_spec_that_cannot_be_read_is_taken_from_the_manifest(shards, harm):
    harm(Path(SHARDS[0]) / "spec.toml")
    assert main(["merge", "merged", *SHARDS]) == 0
    assert (Path("merged") / "spec.toml").read_text() == manifest_of(SHARDS[0])["spec"]
    harm(Path(SHARDS[1]) / "spec.toml")
    assert main(["resume", SHARDS[1]]) == 0


def test_resume_of_a_shard_makes_its_own_share(shards, capsys):
    own = Results(Path(SHARDS[1])).digests()
    part_of(SHARDS[1]).unlink()
    assert main(["resume", SHARDS[1]]) == 0
    assert Results(Path(SHARDS[1])).digests() == own
    assert manifest_of(SHARDS[1])["shard"] == [1, 3]


def test_compare_says_that_a_shard_is_not_the_whole(shards, capsys):
    capsys.readouterr()
    assert main(["compare", SHARDS[1]]) == 0
    assert capsys.readouterr().err == "note: shard 2/3 of the experiment is finished; 2 of 8 runs are stored\n"


# --- refused --------------------------------------------------------------------------------------------------------------------


def test_shards_of_another_experiment_are_refused(shards, small, tmp_path, capsys):
    (tmp_path / "more.toml").write_text(SMALL + '[[arm]]\nname = "harsh"\nset = { court.fine = 3 }\n')
    assert main(["run", small, "--out", "dear", "--set", "court.fine=2"]) == 0
    assert main(["run", "more.toml", "--out", "more"]) == 0
    capsys.readouterr()
    said = refused(capsys, "merge", "merged", SHARDS[0], "dear")
    assert said == f"dear is another experiment than {SHARDS[0]}: arms.alone.parameters.court.fine is 1.0 there and 2.0 here"
    for one, other in ((SHARDS[0], "more"), ("more", SHARDS[0])):
        assert refused(capsys, "merge", "merged", one, other) == f"{other} is another experiment than {one}: " + (
            "the arm 'harsh' is there and not here"
        )
    assert not Path("merged").exists()
    assert refused(capsys, "merge", "dear", *SHARDS).startswith("dear holds another experiment: arms.alone.parameters.court.fine is 2.0")


def test_a_damaged_part_is_refused_and_can_be_made_again(shards, capsys):
    whole = part_of(SHARDS[1]).read_bytes()
    flip(part_of(SHARDS[1]))
    said = refused(capsys, "merge", "merged", *SHARDS)
    assert said == f"{part_of(SHARDS[1])} is damaged: expected runs as they were stored, which `resume {SHARDS[1]}` makes again"
    assert not Path("merged").exists()
    assert main(["resume", SHARDS[1]]) == 0
    assert part_of(SHARDS[1]).read_bytes() == whole
    assert main(["merge", "merged", *SHARDS]) == 0


@pytest.mark.parametrize("of", ["source", "target"])
def test_a_folder_that_is_being_written_is_refused(shards, capsys, of):
    assert main(["merge", "merged", SHARDS[0]]) == 0
    capsys.readouterr()
    other = Results(Path(SHARDS[2] if of == "source" else "merged"))
    other.take_lock()
    said = refused(capsys, "merge", "merged", *SHARDS)
    other.close()
    if of == "source":
        assert said == f"{SHARDS[2]}: a run is writing there: expected shards that have come to their end"
    else:
        assert said == "merged: another run is writing there: expected a folder of its own"
    assert main(["merge", "merged", *SHARDS]) == 0


def test_what_holds_no_results_is_refused(shards, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert refused(capsys, "merge", "merged", "nowhere") == "nowhere: there is no such folder: expected the results of an experiment"
    said = refused(capsys, "merge", "merged", SHARDS[0], "mine")
    assert said == "mine/resolved.json: there is no such file: expected what the runs of the experiment follow from"
    said = refused(capsys, "merge", "mine", *SHARDS)
    assert said == "mine: the folder holds other files (such as notes.txt): expected a new or empty one"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("given", ["0/3", "4/3", "3", "a/3", "1/0", "-1/3", "1/10001", "1/3/5", ""])
def test_shards_that_make_no_sense_are_refused(society, small, capsys, given):
    said = refused(capsys, "run", small, "--shard", given)
    assert said.startswith(f"--shard = {given!r} is not allowed: expected I/N, the number of a shard and how many there are, such as 3/10")
    assert society.made == 0
    assert not Path("results").exists()


def test_a_shard_without_runs_is_refused(society, small, capsys):
    """Two seeds are two tasks: of three shares one would be empty, and none is begun."""
    for shard in ("1/3", "3/3"):
        said = refused(capsys, "run", small, "--shard", shard)
        assert said == f"--shard = {shard!r} is not allowed: expected at most 2 shards, as many as the runs make tasks"
    assert not Path("results").exists()


def test_shards_of_replications_that_grow_are_refused(society, small, tmp_path, capsys):
    rule = '[precision]\noutcome = "generalized_trust"\nhalf_width = 0.01\nmaximum = 10\n[base]'
    (tmp_path / small).write_text(SMALL.replace("[base]", rule))
    said = refused(capsys, "run", small, "--shard", "1/2")
    assert said == "--shard = '1/2' is not allowed: expected no shards where replications grow until a precision is reached"
