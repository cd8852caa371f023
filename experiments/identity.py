"""What makes two experiments the same, and where and with what a result was made."""

import hashlib
import inspect
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from experiments.arms import NETWORK_FILE, Arm
from model.parameters import as_dict

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mesa", "numpy", "numba", "networkx", "scipy", "pyarrow", "matplotlib")


@dataclass(frozen=True)
class Identity:
    """What the numbers of an experiment follow from: the model's version, the first seed and every parameter of every arm.

    Labels, contrasts, the number of replications and of workers do not enter: results with other ones can be continued.
    """

    model_version: str
    seed: int
    arms: Mapping[str, Any]  # arm -> {"parameters": {dotted name: value}, "policy": [[tick, name, value], ...]}

    @property
    def document(self) -> dict[str, Any]:
        """Return the identity as nested tables, in a fixed order."""
        arms = {name: self.arms[name] for name in sorted(self.arms)}
        return {"model_version": self.model_version, "seed": self.seed, "arms": arms}

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the identity, in hex."""
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()


def identity_of(arms: tuple[Arm, ...], seed: int, model_version: str) -> Identity:
    """Return the identity of these arms; a network file counts by its content, not by its path."""
    return Identity(model_version, seed, {arm.name: arm_document(arm) for arm in arms})


def source_of(kind: type) -> str:
    """Return a class's name with a hash of its source, which tells one version of it from another."""
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError):  # typed into a console
        return f"{kind.__qualname__} (source unknown)"
    return f"{kind.__qualname__}:{hashlib.sha256(source.encode()).hexdigest()[:16]}"


def arm_document(arm: Arm) -> dict[str, Any]:
    """Return an arm's parameters and policy as JSON can hold them."""
    parameters = as_dict(arm.parameters)
    if parameters[NETWORK_FILE]:
        with open(parameters[NETWORK_FILE], "rb") as file:
            parameters[NETWORK_FILE] = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
    policy = [[tick, name, float(value) if type(value) is int else value] for tick, name, value in arm.policy]  # 1 is 1.0
    return {"parameters": parameters, "policy": policy}


def differences(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return what differs between two identity documents, one phrase each: 'seed is 1 there and 2 here'."""
    there, here = _flat(stored), _flat(wanted)
    names = [name for name in {**here, **there} if there.get(name) != here.get(name)]
    return [f"{name} is {_shown(there, name)} there and {_shown(here, name)} here" for name in names]


def _flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _shown(flat: Mapping[str, Any], name: str) -> str:
    return repr(flat[name]) if name in flat else "absent"


def provenance() -> dict[str, Any]:
    """Return versions, git state and platform, for a manifest."""
    return {"versions": versions(), "git": git_state(), "platform": machine()}


def versions() -> dict[str, str | None]:
    """Return the versions of Python and of the packages that the numbers depend on."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def git_state() -> dict[str, Any]:
    """Return the commit of the program and whether its files differ from it; None where git cannot tell."""
    commit = _git("rev-parse", "--verify", "HEAD")
    status = _git("status", "--porcelain")
    return {"commit": commit or None, "dirty": None if status is None else bool(status)}


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def machine() -> dict[str, Any]:
    """Return the operating system, the processor and the number of its cores."""
    return {
        "system": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "implementation": platform.python_implementation(),
    }
