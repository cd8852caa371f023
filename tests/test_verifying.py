"""Published results checked: runs made again from their manifest are compared with every stored copy, and nothing is written."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from agents.compiling import MODEL_VERSION
from experiments.__main__ import main
from experiments.results.assembling import Row
from experiments.results.sealing import BLANK
from experiments.results.writing import write_sealed
from experiments.review.archive import sample_of
from experiments.review.comparing import Change, means_change, series_change
from experiments.review.verifying import prepared, rerun, society_of
from model.outcomes import OUTCOMES
from tests import command_line
from tests.command_line import refused
from tests.small_experiment import SPEC, experiment_of, performed
from tests.stand_in import StandIn
from tests.stored_results import listing

# fixtures of this file too
_quick_and_in_a_folder_of_its_own = command_line.quick_and_in_a_folder_of_its_own
society = command_line.society
COPIES = ["runs.parquet", "series.parquet", "parts/replication-00001-*.parquet"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The results of four arms and three replications, made by this version of the model: for each test to copy."""
    folder = tmp_path_factory.mktemp("made") / "r"
    performed(folder, experiment_of(version=MODEL_VERSION))
    return folder


@pytest.fixture
def folder(made, society, tmp_path):
    """A copy of them, and the stand-in that makes them again."""
    return shutil.copytree(made, tmp_path / "r")


def place_of(folder, copy):
    """Return the one file of a folder that is such a copy."""
    (found,) = folder.glob(copy)
    return found


def changed(path, arm, column, value, tick=None, number=1):
    """Change a value of one run in a stored table, and seal the table again."""
    table = pq.read_table(path)
    if path.parent.name == "parts":  # these name the run, not the arm
        rows = np.array(table["run"].to_pylist()) == run_of(path.parent.parent, arm, number)
    else:
        rows = (np.array(table["arm"].to_pylist()) == arm) & (table["replication"].to_numpy() == number)
    if tick is not None:
        rows &= table["tick"].to_numpy() == tick
    values = table[column].to_pylist()
    (place,) = np.flatnonzero(rows)
    values[place] = value
    place = table.column_names.index(column)
    write(path, table.set_column(place, column, pa.array(values, table.schema.field(column).type)))


def run_of(folder, arm, number):
    """Return the id of a run, as the table of runs has it."""
    table = pq.read_table(folder / "runs.parquet").to_pylist()
    return next(row["run"] for row in table if (row["arm"], row["replication"]) == (arm, number))


def write(path, table):
    metadata = table.schema.metadata or {}
    if path.name == "series.parquet":
        pq.write_table(table, path)
    else:
        write_sealed(path, table.replace_schema_metadata({**metadata, b"seal": BLANK.encode()}))


def verified(capsys, *arguments):
    """Return (exit code, lines on stdout) of `verify`."""
    code = main(["verify", *map(str, arguments)])
    return code, capsys.readouterr().out.splitlines()


# --- equal ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.slow), "3"])
def test_equal_runs_are_said_to_be_equal_and_nothing_is_written(folder, capsys, workers):
    before = listing(folder)
    assert verified(capsys, folder, "--workers", workers) == (
        0,
        [
            f"{folder}: 12 of 12 runs are stored; all are made again, and final digests and weekly values compared",
            "12 of 12 runs are equal to the last bit",
        ],
    )
    assert listing(folder) == before


@pytest.mark.parametrize("gone", [COPIES[:2], ["parts"]])
def test_tables_alone_or_parts_alone_will_do(folder, capsys, gone):
    for name in gone:
        for path in [folder / name] if (folder / name).is_file() else (folder / name).iterdir():
            path.unlink()
    code, said = verified(capsys, folder)
    assert (code, said[-1]) == (0, "12 of 12 runs are equal to the last bit")


def test_runs_without_their_weeks_are_compared_by_digest_and_means(folder, capsys):
    for path in (*(folder / "parts").iterdir(), folder / "series.parquet"):
        path.unlink()
    code, said = verified(capsys, folder)
    assert code == 0
    assert "final digests and means, as series.parquet is gone, compared" in said[0]
    changed(folder / "runs.parquet", "alone", "calibration", 0.25)
    code, said = verified(capsys, folder)
    assert code == 1
    assert said[1].startswith("arm alone, replication 1: mean of outcome calibration over the effect window: stored 0.25, now 0.5")


def test_the_real_society_is_verified_and_replayed(tmp_path, capsys):
    """Two arms, one with a policy, share their burn-in; the society rebuilt from the manifest runs alone."""
    from model.society import Society

    text = SPEC[: SPEC.index('[[arm]]\nname = "lenient"')].replace("replications = 3", "replications = 1")
    text = text.replace('name = "exempt"', "name = \"exempt\"\npolicy = [[20, 'court.fine', 2]]")
    performed(tmp_path / "r", experiment_of(text, version=MODEL_VERSION), society=Society)
    assert verified(capsys, tmp_path / "r")[1][-1] == "3 of 3 runs are equal to the last bit"
    assert main(["replay", str(tmp_path / "r"), "exempt", "0"]) == 0
    digest = pq.read_table(tmp_path / "r/runs.parquet")["digest"][2].as_py()
    said = capsys.readouterr().out.splitlines()
    assert said[-3:] == [
        "seed 3, 30 weeks, 60 citizens, engine compiled",
        f"digest {digest}",
        "the digest and every weekly value are equal to what is stored",
    ]
    assert society_of(tmp_path / "r", "exempt", 0).run().digest() == digest


# --- different ------------------------------------------------------------------------------------------------------------------


def test_a_changed_digest_is_found(folder, capsys):
    changed(folder / "runs.parquet", "exempt", "digest", "0" * 32)
    code, said = verified(capsys, folder)
    assert code == 1
    assert said[1].startswith(f"arm exempt, replication 1: final digest: stored {'0' * 32}, now ")
    assert said[1].endswith(", with every weekly value as stored (runs.parquet)")
    assert said[2:] == ["11 of 12 runs are equal to the last bit; 1 differs in the final digest or by rounding alone"]


@pytest.mark.parametrize("name", COPIES[1:])
def test_a_changed_week_is_found_where_it_is_first(folder, capsys, name):
    for tick, outcome in ((22, "generalized_trust"), (17, "self_censorship"), (17, "exchange_rate")):
        changed(place_of(folder, name), "alone", outcome, 0.31, tick)
    code, said = verified(capsys, folder)
    first = min(("self_censorship", "exchange_rate"), key=list(OUTCOMES).index)
    assert code == 1
    assert said[1].startswith(f"arm alone, replication 1: differs first in week 17, outcome {first}: stored 0.31, now 0.5")
    assert said[1].endswith(f"({place_of(folder, name).name})")
    assert said[2] == "11 of 12 runs are equal to the last bit; 1 differs"


def test_what_both_copies_show_is_said_once(folder, capsys):
    for name in COPIES[1:]:
        changed(place_of(folder, name), "alone", "exchange_rate", None, 17)
    _, said = verified(capsys, folder)
    assert said[1].startswith("arm alone, replication 1: differs first in week 17, outcome exchange_rate: stored not measured, now 0.5")
    assert said[1].endswith(f"(series.parquet, {place_of(folder, COPIES[2]).name})")


def test_a_changed_mean_and_a_changed_seed_are_found(folder, capsys):
    changed(folder / "runs.parquet", "alone", "generalized_trust", 0.9)
    changed(folder / "runs.parquet", "none", "seed", 77)
    code, said = verified(capsys, folder)
    assert code == 1
    assert said[1] == "arm none, replication 1: seed: stored 77, expected 4 (runs.parquet)"
    assert said[2].startswith("arm alone, replication 1: mean of outcome generalized_trust over the effect window: stored 0.9, now 0.")


def test_missing_weeks_are_found(folder, capsys):
    table = pq.read_table(folder / "series.parquet")
    pq.write_table(table.slice(0, table.num_rows - 5), folder / "series.parquet")
    _, said = verified(capsys, folder)
    assert said[1] == "arm lenient, replication 2: weeks: stored 0 to 24 (25 rows), now 0 to 29 (30 rows) (series.parquet)"


def test_another_version_of_the_model_is_said_first_and_still_compared(society, tmp_path, capsys):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("agents.compiling.MODEL_VERSION", "v1")
        performed(tmp_path / "r", experiment_of(version="v1"))
    code, said = verified(capsys, tmp_path / "r")
    assert code == 0
    assert said[0] == f"the model is version v1 in the manifest and {MODEL_VERSION} here: runs may well differ"
    assert said[-1] == "12 of 12 runs are equal to the last bit"


def test_a_run_that_now_raises_is_told(folder, capsys, monkeypatch):
    def step(self):
        if self.seed == 4 and self.parameters.court.fine == 0.1:
            raise ArithmeticError("too fragile")
        real(self)

    real = StandIn.step
    monkeypatch.setattr(StandIn, "step", step)
    code, said = verified(capsys, folder)
    assert (code, said[1:]) == (
        1,
        ["arm lenient, replication 1: now raises ArithmeticError: too fragile", "11 of 12 runs are equal to the last bit; 1 differs"],
    )
    assert main(["replay", str(folder), "lenient", "1"]) == 1
    assert capsys.readouterr().err.endswith("error: the run raises in week 0: ArithmeticError: too fragile\n")


def test_the_first_difference_beyond_rounding_comes_before_one_by_rounding():
    now = {"tick": np.arange(3), "a": np.array([0.3, 0.3, np.nan]), "b": np.array([1.0, 2.0, 3.0])}
    slight = now | {"a": np.array([0.3 + 1e-13, 0.3, np.nan])}
    assert series_change(now, now, ["a", "b"]) is None
    found = series_change(slight, now, ["a", "b"])
    assert found == Change("differs first in week 0, outcome a: stored 0.30000000000009996, now 0.29999999999999999", rounding=True)
    found = series_change(slight | {"b": np.array([1.0, 2.0, 3.00001])}, now, ["a", "b"])
    assert found == Change("differs first in week 2, outcome b: stored 3.00001, now 3")
    assert series_change({}, now, ["a"]) == Change("weeks: stored none, now 0 to 2 (3 rows)")
    assert means_change({"a": 1.0 + 1e-12}, {"a": 1.0}, ["a"]) is None
    assert means_change({"a": np.nan}, {"a": 1.0}, ["a"]) == Change("mean of outcome a over the effect window: stored not measured, now 1")


# --- a sample -------------------------------------------------------------------------------------------------------------------


def test_a_sample_covers_the_arms_evenly_and_is_repeatable():
    runs = [Row(arm, 0, number, 5 + number, f"{arm}{number}") for number in range(5) for arm in "abc"]
    for size in range(1, 16):
        chosen = sample_of(runs, size, "id")
        counts = [sum(row.arm == name for row in chosen) for name in "abc"]
        assert sum(counts) == len(set(chosen)) == size
        assert max(counts) - min(counts) <= 1
        assert chosen == sample_of(reversed(runs), size, "id")
        assert chosen == sample_of(runs, 15, "id")[:size]
    assert sample_of(runs, 5, "id") != sample_of(runs, 5, "another id")
    assert runs[0] in sample_of([runs[0], *(row for row in runs if row.arm == "b")], 3, "id")


def test_a_sample_is_what_is_made_again(folder, society, capsys):
    society.made = 0
    code, said = verified(capsys, folder, "--sample", "4")
    assert code == 0
    assert "12 of 12 runs are stored; 4, drawn by a hash with the arms in turn, are made again" in said[0]
    assert said[1] == "4 of 4 runs are equal to the last bit"
    check = prepared(folder, 4)
    assert sorted(row.arm for row in check.rows) == ["alone", "exempt", "lenient", "none"]
    assert [one.row for one in rerun(check)] == list(check.rows)


# --- unfinished, interrupted, refused -------------------------------------------------------------------------------------------


def test_an_unfinished_folder_is_verified_as_far_as_it_goes(folder, capsys):
    for name in COPIES:
        place_of(folder, name).unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "status": "interrupted"}))
    before = listing(folder)
    assert main(["verify", str(folder)]) == 0
    said = capsys.readouterr()
    assert "note: the experiment is interrupted; 8 of 12 runs are stored" in said.err
    assert "8 of 12 runs are stored; all are made again" in said.out
    assert said.out.endswith("8 of 8 runs are equal to the last bit\n")
    assert listing(folder) == before
    assert main(["replay", str(folder), "alone", "1"]) == 0
    assert capsys.readouterr().out.endswith("the run is not stored: there is nothing to compare it with\n")


def test_an_interrupt_says_what_was_found_so_far(folder, capsys, monkeypatch):
    from experiments.review.archive import Archive

    def copies(self, row):
        if row.replication == 1 and not asked:
            asked.append(row)
            raise KeyboardInterrupt
        return real(self, row)

    asked, real = [], Archive.copies
    monkeypatch.setattr(Archive, "copies", copies)
    changed(folder / "runs.parquet", "alone", "digest", "0" * 32, number=0)
    assert main(["verify", str(folder), "--workers", "1"]) == 130
    said = capsys.readouterr()
    assert said.out.splitlines()[1].startswith("arm alone, replication 0: final digest: stored 000")
    assert said.err.splitlines()[-1].startswith("error: interrupted: so far ")
    assert "runs are equal to the last bit; 1 differs in the final digest" in said.err.splitlines()[-1]


def test_a_name_of_the_catalogue_stands_for_its_results(society, tmp_path, capsys):
    performed(tmp_path / "results" / "three-levers", experiment_of(version=MODEL_VERSION))
    assert verified(capsys, "three-levers")[1][-1] == "12 of 12 runs are equal to the last bit"


def test_a_damaged_file_is_refused(folder, capsys):
    changed(folder / "series.parquet", "alone", "exchange_rate", 0.3, 17)
    for name in (COPIES[0], COPIES[2]):
        path = place_of(folder, name)
        whole = path.read_bytes()
        path.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
        said = refused(capsys, "verify", str(folder))
        assert said.startswith(f"{path}")
        assert "damaged" in said or "it is not as it was written" in said
        path.write_bytes(whole)


def test_a_table_without_a_column_or_with_runs_of_another_experiment_is_refused(folder, capsys):
    whole = (folder / "runs.parquet").read_bytes()
    table = pq.read_table(folder / "runs.parquet")
    write(folder / "runs.parquet", table.drop_columns("exchange_rate"))
    assert "runs.parquet: the column 'exchange_rate' is missing: expected arm, replication, seed, digest, run and" in refused(
        capsys, "verify", str(folder)
    )
    write(folder / "runs.parquet", pa.concat_tables([table, table.slice(0, 1)]))
    assert refused(capsys, "verify", str(folder)).endswith("runs.parquet: a run is given twice: expected one row a run")
    (folder / "runs.parquet").write_bytes(whole)
    changed(folder / "runs.parquet", "alone", "run", "0" * 20)
    assert f"arm 'alone', replication 1 is run {'0' * 20}: expected " in refused(capsys, "verify", str(folder))
    for column, value, named in (("arm", "solo", "arm 'solo', replication 1"), ("replication", 3, "arm 'alone', replication 3")):
        (folder / "runs.parquet").write_bytes(whole)
        changed(folder / "runs.parquet", "alone", column, value)
        assert f"{named} is stored: expected runs that manifest.json records" in refused(capsys, "verify", str(folder))


def test_a_run_of_two_arms_is_the_same_in_both_rows(society, tmp_path, capsys):
    twin = SPEC + '[[arm]]\nname = "twin"\nset = { scheme.exemption = 1 }\n'
    performed(tmp_path / "r", experiment_of(twin, version=MODEL_VERSION))
    assert verified(capsys, tmp_path / "r")[0] == 0
    changed(tmp_path / "r" / "runs.parquet", "exempt", "exchange_rate", 0.125)
    assert " has exchange_rate = 0.125 in one row and 0." in refused(capsys, "verify", str(tmp_path / "r"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "three-leavers"], "'three-leavers' is neither a results folder nor an experiment (did you mean 'three-levers'?)"),
        (["verify", "three-levers"], "results/three-levers: there is no such folder: expected the results of an experiment"),
        (["verify", "."], ".: there is no manifest.json: expected the results of an experiment"),
        (["verify", "r", "--sample", "13"], "--sample = 13 is not allowed: expected a whole number from 1 to 12"),
        (["verify", "r", "--sample", "few"], "--sample = 'few' is not allowed: expected a whole number from 1 to"),
        (["verify", "r", "--workers", "0"], "--workers = 0 is not allowed: expected a whole number from 1 to 1024"),
        (
            ["replay", "r", "exmept", "0"],
            "ARM = 'exmept' is not allowed: expected one of none, alone, exempt, lenient (did you mean 'exempt'?)",
        ),
        (["replay", "r", "exempt", "3"], "REPLICATION = 3 is not allowed: expected a whole number from 0 to 2"),
        (["replay", "r", "exempt", "last"], "REPLICATION = 'last' is not allowed: expected a whole number from 0 to"),
        (["replay", "r", "exempt", "0", "--until", "31"], "--until = 31 is not allowed: expected a whole number from 1 to 30"),
        (["replay", "r", "exempt", "0", "--out", "x.txt"], "--out = 'x.txt' is not allowed: expected a file that ends in .parquet or .csv"),
        (["replay", "r", "exempt", "0", "--out", "r/series.parquet"], "--out r/series.parquet: this is in the folder of the results"),
        (["replay", "r", "exempt"], "Missing argument 'REPLICATION'"),
    ],
)
def test_bad_input(folder, society, capsys, arguments, said):
    society.made = 0
    assert refused(capsys, *arguments).startswith(said)
    assert society.made == 0


# --- one run --------------------------------------------------------------------------------------------------------------------


def test_a_run_is_replayed_from_its_seed(folder, tmp_path, capsys):
    before = listing(folder)
    assert main(["replay", str(folder), "exempt", "1", "--until", "18", "--out", "weeks.csv"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-4] == "seed 4, 18 weeks, 60 citizens, engine compiled"
    assert said[-2:] == ["the values of these 18 weeks are equal to what is stored", "series weeks.csv"]
    written = csv.read_csv(tmp_path / "weeks.csv")
    stored = pq.read_table(folder / "series.parquet").filter((pc.field("arm") == "exempt") & (pc.field("seed") == 4))
    assert written["tick"].to_pylist() == list(range(18))
    assert written["arm"].to_pylist() == ["exempt"] * 18
    assert written["exchange_rate"].to_pylist() == pytest.approx(stored["exchange_rate"].to_pylist()[:18], rel=1e-12)
    assert listing(folder) == before


def test_a_replay_that_differs_is_told(folder, capsys):
    changed(folder / "series.parquet", "exempt", "exchange_rate", 0.31, 17)
    assert main(["replay", str(folder), "exempt", "1", "--until", "17"]) == 0
    capsys.readouterr()
    for until in (["--until", "18"], []):
        assert main(["replay", str(folder), "exempt", "1", *until]) == 1
        said = capsys.readouterr().out.splitlines()[-1]
        assert said.startswith("arm exempt, replication 1: differs first in week 17, outcome exchange_rate: stored 0.31, now 0.6")


def test_the_society_of_a_run_starts_at_its_seed(folder):
    found = society_of(folder, "lenient", 2)
    assert (found.tick, found.seed, found.parameters.court.fine) == (0, 5, 0.1)
    stored = pq.read_table(folder / "runs.parquet")
    assert found.run().digest() == stored["digest"].to_pylist()[-1]
