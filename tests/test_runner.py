"""Running arms: the shared burn-in, workers, the tables of the results, and failures."""

import json
import threading
from functools import partial

import numpy as np
import pytest

from agents.citizen import Citizen
from experiments.refusal import Refusal
from experiments.report.publishing import FAILED, FINISHED
from experiments.results.assembling import values_of
from experiments.results.records import Task, mean_of_measured, window_means
from experiments.results.store import Results
from experiments.runs.execution import execute
from experiments.runs.executors import threads
from experiments.runs.experiment import conduct, missing_tasks, prepare
from experiments.runs.runner import Watch, Work, fork_tick, trunks
from model.society import Society
from tests.small_experiment import SPEC, experiment_of, performed, tables
from tests.stand_in import StandIn


def task_of(text=SPEC, arms=None, replication=0):
    """Return the task of the runs of one seed of an experiment; of the first few arms, if a number of these is given."""
    runs = [run for run in experiment_of(text).runs if run.replication == replication]
    return Task(tuple(runs[:arms]))


def at_once(tasks, keep, society=StandIn, watch=None, workers=2):
    """Have tasks done by threads."""
    watch = watch or Watch()
    with threads(workers) as force:
        return execute(tasks, Work(5, society=society, watch=watch), force.executor, keep, watch=watch)


# --- the shared burn-in ---------------------------------------------------------------------------------------------------------


def test_arms_share_a_burn_in_unless_something_else_than_schemes_differs():
    groups = trunks(task_of().runs)
    assert [[run.arm.name for run in group] for group in groups] == [["none", "alone", "exempt"], ["lenient"]]


@pytest.mark.parametrize(
    ("base", "own", "shared"),
    [("", "", 10), ("", "[[4, 'scheme.active', false]]", 4), ("[[25, 'scheme.active', false]]", "", 10)],
)
def test_the_shared_part_ends_with_the_burn_in_or_the_first_change(base, own, shared):
    text = SPEC.replace("[base]", f"[base]\npolicy = {base}" if base else "[base]")
    if own:
        text = text.replace('name = "exempt"', f'name = "exempt"\npolicy = {own}')
    assert fork_tick([run.arm for run in trunks(task_of(text).runs)[0]]) == shared


def test_the_burn_in_is_simulated_once_a_seed():
    StandIn.made = StandIn.ticks_run = 0
    Work(5, society=StandIn)(task_of())
    assert StandIn.made == 2  # the trunk of three arms, and the arm with another court
    assert StandIn.ticks_run == 10 + 3 * 20 + 30


@pytest.mark.parametrize("policy", ["", "[[4, 'opinion.censorship', 0.9], [20, 'scheme.active', false]]"])
def test_shared_burn_in_equals_separate_runs(policy):
    """Series and digest of every arm are what a run of its own gives, bit for bit; the real society."""
    text = SPEC.replace('name = "exempt"', f'name = "exempt"\npolicy = {policy}') if policy else SPEC
    task = task_of(text)
    found = Work(5)(task)
    assert not found.failures
    made = {made.run: made for made in found.made}
    assert len({one.digest for one in made.values()}) == len(task.runs) == 4  # the arms do differ
    for run in task.runs:
        alone = Society(run.arm.parameters, rng=3, policy=run.arm.policy).run()
        assert made[run.id].digest == alone.digest()
        for name, values in alone.series().items():
            np.testing.assert_array_equal(made[run.id].series[name], values, err_msg=f"{run.arm.name} {name}")


def test_without_burn_in_every_arm_runs_alone():
    task = task_of(SPEC.replace("time.burn_in = 10", "time.burn_in = 0"))
    StandIn.made = 0
    assert len(Work(5, society=StandIn)(task).made) == StandIn.made == 4


# --- workers --------------------------------------------------------------------------------------------------------------------


def test_results_do_not_depend_on_the_number_of_workers(tmp_path):
    """The files with one worker and with three are the same, to the byte; the real society."""
    text = SPEC.replace('[[arm]]\nname = "lenient"\nset = { court.fine = 0.1, scheme.contact_weight = 0.3 }\n', "")
    for workers in (1, 3):
        performed(tmp_path / str(workers), experiment_of(text), workers, Society)
    for name in ("runs.parquet", "series.parquet"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "3" / name).read_bytes()


def test_replications_are_kept_as_they_finish_and_their_order_does_not_matter():
    """The first seed is held back until another is kept. Of those that never wait, either may be seen first."""
    kept, first_kept = [], threading.Event()

    class Slow(StandIn):
        """Waits with one seed."""

        def run(self, ticks=None):
            if self.seed == 3:
                first_kept.wait(10)
            return super().run(ticks)

    def keep(batch):
        kept.append(batch.replication)
        first_kept.set()

    at_once([task_of(arms=2, replication=number) for number in range(3)], keep, Slow)
    assert sorted(kept) == [0, 1, 2]
    assert kept[0] != 0


def test_progress_adds_up_to_the_number_of_runs():
    told = []
    at_once([task_of(replication=number) for number in range(2)], lambda batch: None, watch=Watch(told.append))
    assert sum(told) == pytest.approx(8)


# --- tables ---------------------------------------------------------------------------------------------------------------------


def test_tables_have_a_row_a_run_and_a_row_a_run_and_tick(tmp_path):
    performed(tmp_path / "r")
    runs, series = tables(tmp_path / "r")
    assert runs.column_names[:5] == ["arm", "replication", "seed", "digest", "run"]
    assert series.column_names[:4] == ["arm", "replication", "seed", "tick"]
    assert (runs.num_rows, series.num_rows) == (4 * 3, 4 * 3 * 30)
    assert runs["arm"].to_pylist()[:4] == ["none", "alone", "exempt", "lenient"]
    assert sorted(set(runs["seed"].to_pylist())) == [3, 4, 5]
    one = StandIn(experiment_of().arms[2].parameters, rng=4).run()
    row = runs.filter((pc_equal(runs["arm"], "exempt")).to_numpy() & (runs["seed"].to_numpy() == 4)).to_pylist()[0]
    assert row["digest"] == one.digest()
    assert row["run"] == next(run.id for run in experiment_of().runs if run.key == ("exempt", 0, 1))
    assert row["generalized_trust"] == pytest.approx(one.series()["generalized_trust"][-5:].mean(), abs=1e-15)
    assert row["clustering"] is None  # yearly, and no year is over


def pc_equal(column, value):
    """Return column == value."""
    import pyarrow.compute as pc

    return pc.equal(column, value)


def test_the_effect_window_takes_what_was_measured():
    np.testing.assert_array_equal(mean_of_measured(np.array([[1.0, np.nan, 4], [3, np.nan, np.nan]])), [2, np.nan, 4])
    series = {"tick": np.arange(4), "x": np.array([1.0, np.nan, 3, 8]), "y": np.array([1.0, 2, np.nan, np.nan])}
    np.testing.assert_array_equal(list(window_means(series, 3).values()), [5.5, 2])
    np.testing.assert_array_equal(list(window_means(series, 2).values()), [5.5, np.nan])
    assert window_means(series, 1000) == {"x": 4, "y": 1.5}
    (made,) = Work(7, society=StandIn)(task_of(arms=1)).made
    assert made.means["welfare"] == pytest.approx(made.series["welfare"][-7:].mean(), abs=1e-15)


def test_a_run_that_is_missing_is_nan_in_its_place(tmp_path):
    performed(tmp_path / "r")
    runs, _ = tables(tmp_path / "r")
    values = values_of(runs.slice(1), 4)
    assert np.isnan(values("none", "welfare")).tolist() == [[True, False, False, True]]
    assert values("none", "welfare")[0, 1] == runs["welfare"][4].as_py()
    assert np.isnan(values("none", "no such outcome")).all()
    assert np.isnan(values("no such arm", "welfare")).all()


# --- failures -------------------------------------------------------------------------------------------------------------------


class Fragile(StandIn):
    """Raises in the exempt arm with seed 4."""

    def step(self):
        if self.seed == 4 and self.tick == 20 and self.parameters.schemes and self.parameters.schemes[0].exemption:
            raise ArithmeticError("too fragile")
        super().step()


def test_a_failing_run_leaves_the_others_be_and_is_tried_again(tmp_path):
    experiment, done = performed(tmp_path / "r", society=Fragile)
    assert done.status == FAILED
    assert [(f.arm, f.replication, f.seed) for f in done.failures] == [("exempt", 1, 4)]
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert manifest["status"] == "finished with failures"
    assert "ArithmeticError: too fragile" in manifest["failures"][0]["traceback"]
    assert tables(tmp_path / "r")[0].num_rows == 11
    results = Results(tmp_path / "r")
    assert [[run.key for run in task.runs] for task in missing_tasks(experiment, results)] == [[("exempt", 0, 1)]]
    _, again = performed(tmp_path / "r")
    assert again.status == FINISHED
    performed(tmp_path / "whole")
    for mended, whole in zip(tables(tmp_path / "r"), tables(tmp_path / "whole"), strict=True):
        assert mended.equals(whole)


def test_a_burn_in_that_fails_is_the_failure_of_each_of_its_arms():
    class Stillborn(StandIn):
        def step(self):
            raise ArithmeticError("never")

    found = Work(5, society=Stillborn)(task_of())
    assert [failure.arm for failure in found.failures] == ["none", "alone", "exempt", "lenient"]
    assert found.made == ()


# --- networks and citizens of one's own -----------------------------------------------------------------------------------------


def test_a_network_file_is_read_once_and_sets_the_population(tmp_path):
    path = tmp_path / "ring.csv"
    path.write_text("\n".join(f"{i},{(i + 1) % 20}" for i in range(20)) + "\n")
    spec = tmp_path / "ring.toml"
    spec.write_text(SPEC.replace("population.citizens = 60", f"network.file = '{path}'"))
    experiment = prepare(str(spec), replications=1)
    assert [graph.citizens for graph in experiment.layout.graphs.values()] == [20]
    assert {arm.parameters.population.citizens for arm in experiment.arms} == {20}
    given = []
    work = Work(5, society=lambda *a, graph, **k: given.append(graph) or StandIn(*a, **k))
    assert len(work(Task(experiment.runs, networks=experiment.networks)).made) == 4
    assert len(given) == 2
    assert all(graph is experiment.layout.graphs[str(path)] for graph in given)
    path.write_text(path.read_text() + "0,5\n")
    with pytest.raises(ValueError, match=r"ring.csv has another content where the worker is: expected sha256:"):
        work(Task(experiment.runs, networks=experiment.networks))
    spec.write_text(spec.read_text().replace("[base]", "[base]\npopulation.citizens = 60"))
    with pytest.raises(Refusal, match=r"population.citizens = 60 is not allowed with network.file = .*: expected 20"):
        prepare(str(spec))


class Honest(Citizen):
    """Always honours trust, and remembers how often it was asked."""

    asked = 0

    def honours(self, truster, now):
        """Honour."""
        self.asked += 1
        return True


@pytest.mark.slow
def test_citizens_with_a_decision_of_their_own(tmp_path):
    """An overridden decision is used in every arm, and its source is part of the experiment's identity."""
    spec = tmp_path / "small.toml"
    spec.write_text(SPEC.replace("time.ticks = 30", "time.ticks = 12"))
    usual, own = (prepare(str(spec), replications=1, citizen_class=kind) for kind in (None, Honest))
    assert usual.identity.digest != own.identity.digest
    analysis = conduct(own, tmp_path / "own")
    assert set(tables(tmp_path / "own")[0]["trustworthiness"].to_pylist()) == {1.0}
    assert analysis.findings
    assert conduct(usual, tmp_path / "usual").findings
    assert max(tables(tmp_path / "usual")[0]["trustworthiness"].to_pylist()) < 1


def test_the_agents_engine_gives_the_same_results(tmp_path):
    experiment = experiment_of(SPEC.replace("time.ticks = 30", "time.ticks = 12"), replications=1)
    performed(tmp_path / "agents", experiment, society=partial(Society, engine="agents"))
    performed(tmp_path / "compiled", experiment, society=Society)
    assert tables(tmp_path / "agents")[0].equals(tables(tmp_path / "compiled")[0])
