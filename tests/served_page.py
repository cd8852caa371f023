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

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(script: str) -> Iterator[str]:
    """Serve a script of this folder on a free port, in a process group of its own; yield the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "solara", "run", f"tests/{script}", "--host", "127.0.0.1", "--port", str(port)]
    options = ["--production", "--no-open", "--no-check-version"]
    # Where the network would be asked for a script, there is none.
    environment = os.environ | {"SOLARA_ASSETS_CDN": "http://127.0.0.1:9/", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *command, *options], cwd=ROOT, env=environment, start_new_session=True)
    try:
        until = time.monotonic() + 120
        while not answers(f"http://127.0.0.1:{port}/readyz"):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except OSError:
        return False
    return True
