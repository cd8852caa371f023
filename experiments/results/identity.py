"""What makes two experiments the same, and where and with what a result was made."""

import hashlib
import inspect
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from experiments.refusal import Refusal
from experiments.specs.arms import NETWORK_FILE, Arm
from experiments.specs.cells import Layout
from model.assign import Policy
from model.parameters import as_dict

ROOT = Path(__file__).resolve().parents[2]
HASHED = "sha256:"
PACKAGES = ("mesa", "numpy", "numba", "networkx", "scipy", "pyarrow", "matplotlib")


@dataclass(frozen=True)
class Identity:
    """What the numbers of an experiment follow from: the model's version, the first seed and every parameter of every cell.

    Labels, contrasts, the number of replications and of workers do not enter: results with other ones can be continued.

    arms: arm -> {"parameters": {dotted name: value}, "policy": [[tick, name, value], ...]}, without the factors of a design.
    design: None, or {"factors": [parameter, ...], "points": [[value, ...], ...], "changes": {arm: what the arm has otherwise at each
    point, or nothing for an arm that is the same at all}}. effect_window: of runs of which the means alone are kept, else None.
    """

    model_version: str
    seed: int
    arms: Mapping[str, Any]
    design: Mapping[str, Any] | None = None
    effect_window: int | None = None

    @property
    def document(self) -> dict[str, Any]:
        """Return the identity as nested tables, in a fixed order; what there is none of is left out."""
        found: dict[str, Any] = {"model_version": self.model_version, "seed": self.seed}
        found["arms"] = {name: self.arms[name] for name in sorted(self.arms)}
        if self.design is not None:
            found["design"] = self.design
        if self.effect_window is not None:
            found["effect_window"] = self.effect_window
        return found

    @cached_property
    def text(self) -> str:
        """The document as canonical JSON: arms by name, parameters in their declared order (that of grades matters), no spaces."""
        return json.dumps(self.document, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON, in hex: the experiment's id."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def identity_of(layout: Layout, seed: int, model_version: str, effect_window: int | None = None) -> Identity:
    """Return the identity of an experiment; a network file counts by its content, not by its path."""
    networks = Networks()
    arms = {arm.name: arm_document(arm, networks) for arm in layout.arms}
    return Identity(model_version, seed, arms, _design_of(layout, arms, networks), effect_window)


def _design_of(layout: Layout, arms: Mapping[str, Any], networks: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what an identity says of a design; None if there is none."""
    if not layout.factors:
        return None
    documents = [arm_document(cell, networks) for cell in layout.cells]
    changes = {}
    for name, plain in arms.items():
        rows = [_changes(plain, documents[layout.at[name, point]]) for point in range(len(layout.points))]
        if any(rows):
            changes[name] = rows
    return {"factors": list(layout.factors), "points": [list(point) for point in layout.points], "changes": changes}


def _changes(plain: Mapping[str, Any], placed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a document has otherwise than another: {parameter: value, None where it has none}, and 'policy'.

    Where there are other parameters, as with other schemes or grades, all are given, since their order matters.
    """
    before, after = plain["parameters"], placed["parameters"]
    if list(before) == list(after):
        found = {name: after[name] for name in after if before[name] != after[name]}
    else:
        found = after | {name: None for name in before if name not in after}
    return found if plain["policy"] == placed["policy"] else found | {"policy": placed["policy"]}


def document_at(document: Mapping[str, Any], arm: str, point: int) -> dict[str, Any]:
    """Return the parameters and the policy of an arm at a point, of the document of an identity."""
    plain = document["arms"][arm]
    rows = document.get("design", {}).get("changes", {}).get(arm)
    if not rows or not rows[point]:
        return plain
    changed = {name: value for name, value in rows[point].items() if name != "policy"}
    whole = changed if changed.keys() >= plain["parameters"].keys() else {**plain["parameters"], **changed}
    values = {name: value for name, value in whole.items() if value is not None}
    return {"parameters": values, "policy": rows[point].get("policy", plain["policy"])}


class Networks(dict[str, str]):
    """{path: 'sha256:...'} of network files, each read once."""

    def __missing__(self, path: str) -> str:
        """Read a file."""
        self[path] = content_hash_of(path)
        return self[path]


def content_hash_of(path: str) -> str:
    """Return the SHA-256 of a file's content: 'sha256:...'."""
    with open(path, "rb") as file:
        return HASHED + hashlib.file_digest(file, "sha256").hexdigest()


def setting_of(document: Mapping[str, Any]) -> str:
    """Return a hash of an arm's resolved parameters and policy, as `arm_document` gives them, in hex.

    Parameters stay in their order: schemes and grades that come in another one make another society.
    """
    text = json.dumps({key: document[key] for key in ("parameters", "policy")}, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def run_id(model_version: str, setting: str, seed: int) -> str:
    """Return the id of a run, 20 hex digits: a hash of the model's version, the resolved parameters and the seed."""
    return hashlib.sha256(f"{model_version} {setting} {seed}".encode()).hexdigest()[:20]


def source_of(kind: type) -> str:
    """Return a class's name with a hash of its source and that of its bases, which tells one version of it from another.

    Bases of the model itself are left out: the model's version tells of them. Raises a Refusal where the source cannot be read, as of
    a class typed into a console: results of one version could be taken for another's.
    """
    from agents.citizen import Citizen

    own = [base for base in kind.__mro__ if base not in Citizen.__mro__]
    try:
        source = "".join(map(inspect.getsource, own))
    except (OSError, TypeError):
        raise Refusal(f"the source of {kind.__qualname__} cannot be read: expected a class of a file or a notebook") from None
    return f"{kind.__qualname__}:{hashlib.sha256(source.encode()).hexdigest()[:16]}"


def arm_document(arm: Arm, networks: Mapping[str, str]) -> dict[str, Any]:
    """Return an arm's parameters and policy as JSON can hold them."""
    parameters = as_dict(arm.parameters)
    if parameters[NETWORK_FILE]:
        parameters[NETWORK_FILE] = networks[parameters[NETWORK_FILE]]
    return {"parameters": parameters, "policy": policy_document(arm.policy)}


def policy_document(policy: Policy) -> list[list[Any]]:
    """Return a policy as JSON gives it back: 1 is 1.0, and the two numbers of an edit are a list."""
    return [[tick, name, _plain(value)] for tick, name, value in policy]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return float(value) if type(value) is int else value


def provenance() -> dict[str, Any]:
    """Return versions, git state and platform, for a manifest."""
    return {"versions": versions(), "git": git_state(), "platform": machine()}


@cache
def versions() -> dict[str, str | None]:
    """Return the versions of Python and of the packages that the numbers depend on, as they were when first asked for."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def git_state() -> dict[str, Any]:
    """Return the commit of the program and whether its files differ from it; None where git cannot tell."""
    told = _git("status", "--porcelain=v2", "--branch")
    if told is None:
        return {"commit": None, "dirty": None}
    headers = dict(line.removeprefix("# ").split(" ", 1) for line in told.splitlines() if line.startswith("# "))
    commit = headers.get("branch.oid", "(initial)")
    changed = any(not line.startswith("# ") for line in told.splitlines())
    return {"commit": None if commit == "(initial)" else commit, "dirty": changed}


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
