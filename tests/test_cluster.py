"""A real Dask cluster on this machine: the same results as without, whichever of its processes is killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from experiments.refusal import Refusal
from experiments.report.publishing import FAILED, FINISHED
from experiments.runs.execution import ExecutorLost
from experiments.runs.executors import cluster
from tests.command_line import ROOT
from tests.mishaps import Poison, Slow
from tests.small_experiment import content_of, experiment_of, performed

pytestmark = pytest.mark.slow  # starting the processes takes seconds


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """The content of the small experiment, made in threads."""
    folder = tmp_path_factory.mktemp("here")
    performed(folder)
    return content_of(folder)


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.folder = folder
        self.processes = []
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", self.address.rpartition(":")[2])
        self.workers = [self.worker(), self.worker()]

    def start(self, kind, *options):
        """Start a process of the cluster; the scheduler cannot import the project, a worker can."""
        command = [sys.executable, "-m", "distributed.cli.dask_" + kind, *options, "--no-dashboard"]
        own = {"PYTHONPATH": str(ROOT)} if kind == "worker" else {}
        with open(self.folder / f"{kind}-{len(self.processes)}.log", "wb") as log:
            process = subprocess.Popen(command, cwd=self.folder, env={**os.environ, **own}, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def worker(self):
        """Start a worker with a nanny that starts it again when it dies."""
        return self.start("worker", self.address, "--nthreads", "1", "--host", "127.0.0.1")

    def wait(self, workers=2):
        """Wait until the workers are there."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def end(self):
        """End all processes, and what they have started."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def dask(tmp_path_factory):
    """A cluster of two workers."""
    found = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        found.wait()
        yield found
    finally:
        found.end()


def kill_soon(process, folder, whole_group=True):
    """Kill a process as soon as the first part is stored; return the thread that does."""

    def kill():
        while not list(folder.glob("parts/*.parquet")):
            time.sleep(0.02)
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    return thread


def many():
    """Return an experiment of twelve tasks."""
    return experiment_of(replications=12)


def test_a_cluster_gives_the_same_and_survives_the_death_of_a_worker(dask, tmp_path, content):
    with cluster(dask.address) as force:
        _, done = performed(tmp_path / "r", force=force)
    assert done.status == FINISHED
    assert content_of(tmp_path / "r") == content
    killer = kill_soon(dask.workers[0], tmp_path / "killed")
    with cluster(dask.address) as force:
        _, done = performed(tmp_path / "killed", many(), society=Slow, force=force)
    killer.join()
    assert dask.workers[0].wait(5) == -signal.SIGKILL
    assert done.status == FINISHED
    performed(tmp_path / "here", many())
    assert content_of(tmp_path / "killed") == content_of(tmp_path / "here")


def test_a_run_that_kills_its_workers_is_found_and_the_rest_completes(dask, tmp_path, content):
    with cluster(dask.address) as force:
        _, done = performed(tmp_path / "r", society=Poison, force=force)
    assert done.status == FAILED
    assert [(one.arm, one.replication, one.status) for one in done.failures] == [("exempt", 1, "killed")]
    performed(tmp_path / "r")
    assert content_of(tmp_path / "r") == content


def test_when_the_scheduler_dies_the_run_ends_and_goes_on_elsewhere(dask, tmp_path):
    killer = kill_soon(dask.scheduler, tmp_path / "r")
    with pytest.raises(ExecutorLost), cluster(dask.address) as force:
        performed(tmp_path / "r", many(), society=Slow, force=force)
    killer.join()
    kept = len(list((tmp_path / "r" / "parts").iterdir()))
    assert 1 <= kept < 12
    performed(tmp_path / "r", many())
    performed(tmp_path / "here", many())
    assert content_of(tmp_path / "r") == content_of(tmp_path / "here")


def test_a_cluster_that_does_not_answer_is_refused(monkeypatch):
    monkeypatch.setattr("experiments.runs.executors.PATIENCE", 1)
    with (
        pytest.raises(Refusal, match=r"--cluster tcp://127.0.0.1:9 does not answer: .*expected the address of a Dask scheduler"),
        cluster("tcp://127.0.0.1:9"),
    ):
        pass
