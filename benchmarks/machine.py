"""What was measured, and on what: processor, caches, versions, load."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

from agents.compiling import MODEL_VERSION
from benchmarks.measure import spent

_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def describe() -> dict[str, str]:
    """Return {what: value} in words."""
    return {
        "processor": processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "caches": ", ".join(caches()) or "unknown",
        "copying": f"{copying_speed():.1f} GB/s on one core",
        "system": platform.platform(),
        "versions": f"Python {platform.python_version()}, "
        + ", ".join(f"{package} {version(package)}" for package in ("numba", "llvmlite", "numpy", "mesa")),
        "model": MODEL_VERSION,
        "load average": load(),
    }


def load() -> str:
    """Return the load averages of the last 1, 5 and 15 minutes."""
    return " / ".join(f"{one:.1f}" for one in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


def processor() -> str:
    """Return the model name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    name = found.get("model name", platform.machine())
    return f"{name}, family {found['cpu family']}, model {found['model']}" if "cpu family" in found else name


def caches() -> list[str]:
    """Return the caches of the first core, e.g. `L2 1024K`."""
    found = []
    for index in sorted(_CACHES.glob("index*")):
        try:
            level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        except OSError:
            continue
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return found


def copying_speed() -> float:
    """Return how fast one core copies memory (GB/s, bytes read and written): a yardstick for machine and moment."""
    source = np.ones(8_000_000)
    target = np.empty_like(source)
    best = min(spent(lambda: np.copyto(target, source)).wall for _ in range(5))
    return 2 * source.nbytes / best / 1e9
