"""A page of Solara's, served on this machine for as long as a test looks at it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Served(NamedTuple):
    """Where a page is served, and by which process."""

    address: str
    pid: int


@contextmanager
def served(script: str, *options: str, **environment: str) -> Iterator[Served]:
    """Serve a script (from the root of the repository) as the Makefile does, on a free port, in a process group of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "solara", "run", script, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--production", "--no-open", "--no-check-version", *options]
    # Where the network would be asked for a script, there is none. Background runs take processors that the test has better use for.
    known = os.environ | {"SOLARA_ASSETS_CDN": "http://127.0.0.1:9/", "PYTHONPATH": str(ROOT), "SOCIAL_CREDIT_LAB_BACKGROUND_RUNS": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=known | environment, start_new_session=True)
    try:
        until = time.monotonic() + 120
        while not answers(f"http://127.0.0.1:{port}/readyz"):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)
        yield Served(f"http://127.0.0.1:{port}/", process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except OSError:
        return False
    return True
