"""Results that can be continued: after interrupts and full disks, and only by the same experiment."""

import json

import pytest

from experiments.refusal import Refusal
from experiments.report.publishing import FINISHED
from experiments.results.records import Task
from experiments.results.store import Results
from experiments.results.writing import write_atomically
from experiments.runs.experiment import missing_tasks
from experiments.runs.runner import Stopped, Watch, Work, advance
from tests.small_experiment import SPEC, content_of, experiment_of, performed, tables
from tests.stand_in import StandIn

# --- interrupts and disks -------------------------------------------------------------------------------------------------------


def test_interrupted_and_continued_equals_uninterrupted(tmp_path, monkeypatch):
    """The user presses Ctrl-C while the first replication is being stored: it is stored all the same, the rest can follow."""
    real, calls = Results.add, []

    def add(self, *arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return real(self, *arguments)

    monkeypatch.setattr(Results, "add", add)
    with pytest.raises(KeyboardInterrupt):
        performed(tmp_path / "r", experiment_of(replications=9))
    monkeypatch.undo()
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert manifest["status"] == "interrupted"
    assert 4 <= manifest["runs_stored"] < 9 * 4
    assert manifest["runs_stored"] == len(Results(tmp_path / "r").digests())
    StandIn.ticks_run = 0
    _, done = performed(tmp_path / "r", experiment_of(replications=9))
    assert done.status == FINISHED
    assert StandIn.ticks_run < 9 * (10 + 3 * 20 + 30)  # the first seeds are not run again
    performed(tmp_path / "whole", experiment_of(replications=9))
    for continued, whole in zip(tables(tmp_path / "r"), tables(tmp_path / "whole"), strict=True):
        assert continued.equals(whole)


def test_an_interrupt_keeps_the_finished_arms_of_a_replication():
    """The stop comes while the third arm runs: the first two are kept."""
    watch = Watch()

    class Stopping(StandIn):
        def run(self, ticks=None):
            if self.parameters.schemes and self.parameters.schemes[0].exemption:
                watch.stop.set()
            return super().run(1)

    runs = experiment_of(replications=1).runs
    found = Work(5, society=Stopping, watch=watch)(Task(runs))
    assert [made.run for made in found.made] == [run.id for run in runs if run.arm.name in ("none", "alone")]
    assert found.failures == ()
    with pytest.raises(Stopped):
        advance(StandIn(), 5, watch, 1.0)


def test_a_full_disk_keeps_what_is_there(tmp_path, monkeypatch):
    """The second part to be written finds no room: the first stays, nothing half-written is left, a later run goes on."""
    import experiments.results.writing as writing

    parts, real = [], writing.os.replace

    def replace(source, target):
        if "replication" in str(target):
            parts.append(target)
            if len(parts) == 2:
                raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(writing.os, "replace", replace)
    with pytest.raises(Refusal, match=r"replication-0000\d-[0-9a-f]{12}.parquet: the file cannot be written: no space left on device"):
        performed(tmp_path / "r")
    left = [path.name for path in (tmp_path / "r" / "parts").iterdir()]
    assert len(left) == 1
    assert left[0].startswith("replication-")
    monkeypatch.undo()
    performed(tmp_path / "r")
    assert tables(tmp_path / "r")[0].num_rows == 12


def test_a_damaged_part_is_run_again(tmp_path):
    experiment, _ = performed(tmp_path / "r")
    results = Results(tmp_path / "r")
    (path,) = (tmp_path / "r" / "parts").glob("replication-00001-*.parquet")
    path.write_bytes(path.read_bytes()[:100])
    assert results.damaged() == [path]
    (task,) = missing_tasks(experiment, results)
    assert (task.replication, sorted(run.arm.name for run in task.runs)) == (1, ["alone", "exempt", "lenient", "none"])


def test_a_damaged_part_is_in_nobodys_way_when_its_runs_are_made_in_other_company(tmp_path):
    """With another arm its replication is another part: the damaged one keeps its bytes under another name."""
    performed(tmp_path / "r")
    (path,) = (tmp_path / "r" / "parts").glob("replication-00001-*.parquet")
    path.write_bytes(path.read_bytes()[:100])
    more = experiment_of(SPEC + '[[arm]]\nname = "harsh"\nset = { scheme.reporting_reward = 3 }\n')
    performed(tmp_path / "r", more)
    assert Results(tmp_path / "r").damaged() == []
    assert not path.exists()
    assert path.with_name(f"{path.name}.damaged").stat().st_size == 100
    performed(tmp_path / "whole", more)
    assert content_of(tmp_path / "r") == content_of(tmp_path / "whole")


def test_files_appear_whole_or_not_at_all(tmp_path):
    target = tmp_path / "file"
    target.write_text("old")

    def half(file):
        file.write(b"ne")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_atomically(target, half)
    assert (target.read_text(), [path.name for path in tmp_path.iterdir()]) == ("old", ["file"])


# --- the same experiment or another ---------------------------------------------------------------------------------------------


def test_more_replications_reuse_the_finished_ones(tmp_path):
    performed(tmp_path / "r", experiment_of(replications=2))
    StandIn.made = 0
    performed(tmp_path / "r", experiment_of(replications=4))
    assert StandIn.made == 2 * 2
    performed(tmp_path / "whole", experiment_of(replications=4))
    for continued, whole in zip(tables(tmp_path / "r"), tables(tmp_path / "whole"), strict=True):
        assert continued.equals(whole)


def test_labels_and_contrasts_may_change(tmp_path):
    performed(tmp_path / "r")
    StandIn.made = 0
    performed(tmp_path / "r", experiment_of(SPEC.replace("Small", "Renamed").replace('["alone", "none"]', '["none"]')))
    assert StandIn.made == 0


@pytest.mark.parametrize(
    ("experiment", "said"),
    [
        (
            experiment_of(SPEC.replace("court.fine = 0.1", "court.fine = 0.2")),
            "arms.lenient.parameters.court.fine is 0.1 there and 0.2",
        ),
        (experiment_of(SPEC.replace("seed = 3", "seed = 4")), "seed is 3 there and 4 here"),
        (experiment_of(version="v2"), "model_version is '' there and 'v2' here"),
        (
            experiment_of(SPEC.replace("burn_in = 10", "burn_in = 9")),
            r"burn_in is 10 there and 9 here \(and 3 more differences\)",
        ),
        (experiment_of(SPEC.replace('"lenient"', '"mild"')), "the arm 'lenient' is there and not here"),
        (experiment_of(SPEC.replace("effect_window", "series = false\neffect_window")), "effect_window is absent there and 5 here"),
    ],
)
def test_another_experiment_is_refused_with_what_differs(tmp_path, experiment, said):
    performed(tmp_path, experiment_of(replications=1))
    with pytest.raises(Refusal, match=f"holds another experiment: .*{said}"):
        Results(tmp_path).open_for(experiment.identity)


def test_equal_numbers_of_another_type_are_the_same_experiment():
    one, other = (experiment_of(SPEC + f'[[arm]]\nname = "p"\npolicy = [[12, "court.fine", {fine}]]') for fine in ("2", "2.0"))
    assert one.identity.digest == other.identity.digest
    assert one.identity.digest != experiment_of().identity.digest


def test_a_network_counts_by_its_content(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text("1 2\n2 3\n3 1\n" + ("3 4\n" if name == "c" else ""))
    made = [experiment_of(f"[base]\nnetwork.file = '{tmp_path}/{name}.txt'\n[[arm]]\nname='x'", 1) for name in ("a", "b", "c")]
    for ids in ([one.identity.digest for one in made], [one.runs[0].id for one in made]):
        assert ids[0] == ids[1] != ids[2]


def test_two_runs_at_once_in_one_folder_are_refused(tmp_path):
    experiment = experiment_of()
    first = Results(tmp_path)
    first.open_for(experiment.identity)
    with pytest.raises(Refusal, match="another run is writing there"):
        Results(tmp_path).open_for(experiment.identity)
    first.close()
    second = Results(tmp_path)
    second.open_for(experiment.identity)
    second.close()
