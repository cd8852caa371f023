"""Running arms: the shared burn-in, workers, the tables of the results, and failures."""

import json
import threading
from functools import partial

import numpy as np
import pytest

from agents.citizen import Citizen
from experiments.experiment import FAILED, FINISHED, conduct, missing_tasks, prepare
from experiments.refusal import Refusal
from experiments.runner import Task, Watch, execute, fork_tick, run_replication, trunks
from experiments.store import Results, effect_means, mean_of_measured, series_table, values_of
from model.society import Society
from tests.small_experiment import SPEC, experiment_of, performed, tables
from tests.stand_in import StandIn

# --- the shared burn-in ---------------------------------------------------------------------------------------------------------


def test_arms_share_a_burn_in_unless_something_else_than_schemes_differs():
    groups = trunks(experiment_of().arms)
    assert [[arm.name for arm in group] for group in groups] == [["none", "alone", "exempt"], ["lenient"]]


@pytest.mark.parametrize(
    ("base", "own", "shared"),
    [("", "", 10), ("", "[[4, 'scheme.active', false]]", 4), ("[[25, 'scheme.active', false]]", "", 10)],
)
def test_the_shared_part_ends_with_the_burn_in_or_the_first_change(base, own, shared):
    text = SPEC.replace("[base]", f"[base]\npolicy = {base}" if base else "[base]")
    if own:
        text = text.replace('name = "exempt"', f'name = "exempt"\npolicy = {own}')
    assert fork_tick(trunks(experiment_of(text).arms)[0]) == shared


def test_the_burn_in_is_simulated_once_a_seed():
    StandIn.made = StandIn.ticks_run = 0
    run_replication(Task(0, 3, experiment_of().arms), StandIn, {}, Watch())
    assert StandIn.made == 2  # the trunk of three arms, and the arm with another court
    assert StandIn.ticks_run == 10 + 3 * 20 + 30


@pytest.mark.parametrize("policy", ["", "[[4, 'opinion.censorship', 0.9], [20, 'scheme.active', false]]"])
def test_shared_burn_in_equals_separate_runs(policy):
    """Series and digest of every arm are what a run of its own gives, bit for bit; the real society."""
    text = SPEC.replace('name = "exempt"', f'name = "exempt"\npolicy = {policy}') if policy else SPEC
    arms = experiment_of(text).arms
    found = run_replication(Task(0, 7, arms), Society, {}, Watch())
    assert not found.failures
    assert len({run.digest for run in found.runs}) == len(arms)  # the arms do differ
    runs = {run.arm: run for run in found.runs}
    for arm in arms:
        alone = Society(arm.parameters, rng=7, policy=arm.policy).run()
        assert runs[arm.name].digest == alone.digest()
        for name, values in alone.series().items():
            np.testing.assert_array_equal(runs[arm.name].series[name], values, err_msg=f"{arm.name} {name}")


def test_without_burn_in_every_arm_runs_alone():
    arms = experiment_of(SPEC.replace("time.burn_in = 10", "time.burn_in = 0")).arms
    StandIn.made = 0
    run_replication(Task(0, 3, arms), StandIn, {}, Watch())
    assert StandIn.made == len(arms)


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

    def keep(found):
        kept.append(found.number)
        first_kept.set()

    arms = experiment_of().arms[:2]
    execute([Task(number, 3 + number, arms) for number in range(3)], keep, society=Slow, graphs={}, workers=2, watch=Watch())
    assert sorted(kept) == [0, 1, 2]
    assert kept[0] != 0


def test_progress_adds_up_to_the_number_of_runs():
    told = []
    experiment = experiment_of()
    tasks = [Task(number, 3 + number, experiment.arms) for number in range(2)]
    execute(tasks, lambda found: None, society=StandIn, graphs={}, workers=2, watch=Watch(told.append))
    assert sum(told) == pytest.approx(8)


# --- tables ---------------------------------------------------------------------------------------------------------------------


def test_tables_have_a_row_a_run_and_a_row_a_run_and_tick(tmp_path):
    performed(tmp_path / "r")
    runs, series = tables(tmp_path / "r")
    assert runs.column_names[:4] == ["arm", "replication", "seed", "digest"]
    assert series.column_names[:4] == ["arm", "replication", "seed", "tick"]
    assert (runs.num_rows, series.num_rows) == (4 * 3, 4 * 3 * 30)
    assert runs["arm"].to_pylist()[:4] == ["none", "alone", "exempt", "lenient"]
    assert sorted(set(runs["seed"].to_pylist())) == [3, 4, 5]
    one = StandIn(experiment_of().arms[2].parameters, rng=4).run()
    row = runs.filter((pc_equal(runs["arm"], "exempt")).to_numpy() & (runs["seed"].to_numpy() == 4)).to_pylist()[0]
    assert row["digest"] == one.digest()
    assert row["generalized_trust"] == pytest.approx(one.series()["generalized_trust"][-5:].mean(), abs=1e-15)
    assert row["clustering"] is None  # yearly, and no year is over


def pc_equal(column, value):
    """Return column == value."""
    import pyarrow.compute as pc

    return pc.equal(column, value)


def test_the_effect_window_takes_what_was_measured():
    np.testing.assert_array_equal(mean_of_measured(np.array([[1.0, np.nan, 4], [3, np.nan, np.nan]])), [2, np.nan, 4])
    runs = run_replication(Task(0, 3, experiment_of().arms[:1]), StandIn, {}, Watch()).runs
    table = series_table(runs, 0, 3)
    all_ticks = effect_means(table, {"none": "d"}, 1000)
    assert all_ticks["welfare"][0].as_py() == pytest.approx(runs[0].series["welfare"].mean())


def test_a_run_that_is_missing_is_nan_in_its_place(tmp_path):
    performed(tmp_path / "r")
    runs, _ = tables(tmp_path / "r")
    values = values_of(runs.slice(1), 4)
    assert np.isnan(values("none", "welfare")).tolist() == [True, False, False, True]
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
    assert [(task.number, [arm.name for arm in task.arms]) for task in missing_tasks(experiment, results)] == [(1, ["exempt"])]
    _, again = performed(tmp_path / "r")
    assert again.status == FINISHED
    performed(tmp_path / "whole")
    for mended, whole in zip(tables(tmp_path / "r"), tables(tmp_path / "whole"), strict=True):
        assert mended.equals(whole)


def test_a_burn_in_that_fails_is_the_failure_of_each_of_its_arms():
    class Stillborn(StandIn):
        def step(self):
            raise ArithmeticError("never")

    found = run_replication(Task(0, 3, experiment_of().arms), Stillborn, {}, Watch())
    assert [failure.arm for failure in found.failures] == ["none", "alone", "exempt", "lenient"]


# --- networks and citizens of one's own -----------------------------------------------------------------------------------------


def test_a_network_file_is_read_once_and_sets_the_population(tmp_path):
    path = tmp_path / "ring.csv"
    path.write_text("\n".join(f"{i},{(i + 1) % 20}" for i in range(20)) + "\n")
    spec = tmp_path / "ring.toml"
    spec.write_text(SPEC.replace("population.citizens = 60", f"network.file = '{path}'"))
    experiment = prepare(str(spec), replications=1)
    assert [graph.citizens for graph in experiment.graphs.values()] == [20]
    assert {arm.parameters.population.citizens for arm in experiment.arms} == {20}
    given = []
    execute(
        [Task(0, 1, experiment.arms)], lambda found: None, society=lambda *a, graph, **k: given.append(graph) or StandIn(*a, **k),
        graphs=experiment.graphs, workers=1, watch=Watch(),
    )  # fmt: skip
    assert all(graph is next(iter(experiment.graphs.values())) for graph in given)
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
