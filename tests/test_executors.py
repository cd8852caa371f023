"""Wherever runs are made, the results are the same; what kills a worker is found and left out."""

import json
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from experiments.report.publishing import FAILED, FINISHED
from experiments.results.journal import entries
from experiments.runs import executors
from experiments.runs.execution import ExecutorLost
from experiments.runs.executors import Serial, of_ones_own, processes, threads
from tests.mishaps import Endless, Poison
from tests.small_experiment import content_of, performed
from tests.stand_in import StandIn


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """The content of the small experiment, made in this thread."""
    folder = tmp_path_factory.mktemp("serial")
    with of_ones_own(Serial()) as force:
        performed(folder, force=force)
    return content_of(folder)


@pytest.mark.parametrize(
    "make",
    [
        lambda: threads(3),
        lambda: processes(2),
        lambda: of_ones_own(ThreadPoolExecutor(2)),
        pytest.param(lambda: of_ones_own(ProcessPoolExecutor(2, mp_context=get_context("spawn"))), marks=pytest.mark.slow),
    ],
    ids=["threads", "processes", "own threads", "own processes"],
)
def test_every_executor_gives_the_same(tmp_path, content, make):
    with make() as force:
        _, done = performed(tmp_path / "r", force=force)
    assert done.status == FINISHED
    assert content_of(tmp_path / "r") == content


@pytest.mark.slow
def test_a_run_that_kills_its_worker_is_found_and_the_rest_completes(tmp_path, content):
    with processes(2) as force:
        _, done = performed(tmp_path / "r", society=Poison, force=force)
    assert done.status == FAILED
    assert [(one.arm, one.replication, one.status) for one in done.failures] == [("exempt", 1, "killed")]
    lines = [entry for entry in entries(tmp_path / "r" / "journal.jsonl") if entry["event"] == "killed"]
    assert [(line["arm"], line["seed"]) for line in lines] == [("exempt", 4)]
    assert json.loads((tmp_path / "r" / "manifest.json").read_text())["runs_stored"] == 11
    performed(tmp_path / "r")  # without poison it goes on where it was
    assert content_of(tmp_path / "r") == content


@pytest.mark.slow  # it takes its time
def test_a_run_that_hangs_is_given_up_with_its_process(tmp_path, content, monkeypatch):
    monkeypatch.setattr(executors, "GRACE", 0.5)
    with processes(2) as force:
        _, done = performed(tmp_path / "r", society=Endless, force=force, timeout=1.0)
    assert [(one.arm, one.replication, one.status) for one in done.failures] == [("exempt", 1, "timed out")]
    performed(tmp_path / "r")
    assert content_of(tmp_path / "r") == content


class Sleepy(StandIn):
    """Takes longer than it may with seed 4, in the exempt arm, but comes to the end of each tick."""

    def run(self, ticks=None):
        """Do a tick of those that are asked for, and wait for the next."""
        if self.seed == 4 and self.parameters.schemes and self.parameters.schemes[0].exemption:
            time.sleep(0.05)
            return super().run(1)
        return super().run(ticks)


def test_a_run_that_takes_too_long_is_given_up_between_its_ticks(tmp_path, content):
    with threads(2) as force:
        _, done = performed(tmp_path / "r", society=Sleepy, force=force, timeout=0.5)
    assert [(one.arm, one.replication, one.status) for one in done.failures] == [("exempt", 1, "timed out")]
    performed(tmp_path / "r")
    assert content_of(tmp_path / "r") == content


@pytest.mark.slow
def test_a_pool_that_breaks_ends_the_run_and_keeps_what_is_done(tmp_path, content):
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with of_ones_own(pool, in_flight=1) as force, pytest.raises(ExecutorLost, match="the executor lost its workers"):
        performed(tmp_path / "r", society=Poison, force=force)
    assert {part.name[:17] for part in (tmp_path / "r" / "parts").iterdir()} == {"replication-00000"}
    performed(tmp_path / "r")
    assert content_of(tmp_path / "r") == content


def test_serial_work_is_done_where_it_is_asked_for():
    assert Serial().submit(lambda: 3).result() == 3
    assert isinstance(Serial().submit(lambda: 1 / 0).exception(), ZeroDivisionError)
