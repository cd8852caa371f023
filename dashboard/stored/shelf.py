"""The shelf: the result folders under a root, each in short. One that is damaged stands there with one sentence on what is wrong.

Nothing outside the root is read: a name is one name, never a path, and links are refused, also those that lie within a folder.
"""

import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.compiling import MODEL_VERSION
from experiments.refusal import Refusal, reason_of
from experiments.report.publishing import as_of_now
from experiments.results.manifest import unfit
from experiments.results.store import EFFECTS, JOURNAL, MANIFEST, REPORT, RESOLVED, RESPONSES, RUNS, SERIES, SPEC, Results
from experiments.specs.spec import Spec, spec_from
from model.parameters import nearest

#: Where results are, if the page is not told: in the folder that this variable of the environment names, else in DEFAULT.
VARIABLE, DEFAULT = "SOCIAL_CREDIT_LAB_RESULTS", "results"
#: A manifest of more bytes is not read. That of 20,000 runs has 120 thousand.
MOST_BYTES = 16_000_000
#: Text from a folder is cut to so many characters, and so many notes are taken.
MOST_TEXT, MOST_NOTES = 400, 20
FIGURES, PARTS = "figures", "parts"
_FILES = (MANIFEST, RESOLVED, JOURNAL, RUNS, SERIES, SPEC, EFFECTS, RESPONSES, REPORT, ".lock")


@dataclass(frozen=True)
class Folder:
    """A results folder in short.

    name: its own, as `folder_named` takes it. fault: one sentence, without its full stop, on why it cannot be opened; then nothing but
    name, path and fault is set. status: as `experiments.report.publishing` names them. arms: (name, label). runs, runs_stored: how many
    there are to be and are. points: of a design, 1 without one. seed: of replication 0. model_version: of the model that made the runs;
    same_model: whether it is the one here. written: when, as in the manifest. notes: sentences without their full stop. figures: names
    of files in the folder `figures`, in alphabetical order. failed: runs that did not come to their end.
    """

    name: str
    path: Path
    fault: str = ""
    title: str = ""
    question: str = ""
    status: str = ""
    arms: tuple[tuple[str, str], ...] = ()
    replications: int = 0
    seed: int = 0
    runs: int = 0
    runs_stored: int = 0
    points: int = 1
    design: str = ""
    model_version: str = ""
    same_model: bool = False
    written: str = ""
    failed: int = 0
    notes: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()

    @property
    def own_citizens(self) -> bool:
        """Whether the runs have citizens of a class of their own, whose code is not stored: they cannot be made again."""
        return " " in self.model_version

    @property
    def shown_name(self) -> str:
        """The name with nothing in it that cannot be shown."""
        return plain(self.name)

    def label(self, arm: str) -> str:
        """Return the label of an arm, or its name where there is no such arm."""
        return dict(self.arms).get(arm, arm)


def root_of(given: Path | str | None = None) -> Path:
    """Return the folder under which results lie: the one given, else that of the environment, else `results`."""
    return Path(given or os.environ.get(VARIABLE) or DEFAULT)


def shelved(root: Path | str) -> tuple[Folder, ...]:
    """Return the folders under a root, those that can be opened first, of these the latest first; nothing where there is no root.

    Raises a Refusal only if the root itself cannot be read.
    """
    found = [_in_short(path) for path in _folders(root)]
    latest = sorted(found, key=lambda folder: folder.written, reverse=True)
    return tuple(sorted(latest, key=lambda folder: bool(folder.fault)))


def folder_named(root: Path | str, name: str) -> Folder:
    """Return a folder of the root by its name. Raises a Refusal if there is none, if it cannot be opened, or if it lies elsewhere.

    The name is looked up among those that are there, never made a path of.
    """
    there = {path.name: path for path in _folders(root)}
    if not isinstance(name, str) or name not in there:
        near = nearest(name[:MOST_TEXT], map(plain, there)) if isinstance(name, str) else ""
        raise Refusal(f"{plain(repr(name), 80)}: there is no such folder of results{near}")
    folder = _in_short(there[name])
    if folder.fault:
        raise Refusal(f"{folder.shown_name}: {folder.fault}")
    return folder


def _folders(root: Path | str) -> list[Path]:
    """Return what is a folder under the root, or a link to one, by name; nothing that is hidden."""
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Refusal(f"{root}: the folder of results cannot be read: {reason_of(error)}") from None
    home = Path(root).resolve()
    return [home / entry.name for entry in entries if not entry.name.startswith(".") and _is_folder(entry)]


def refuse_links(path: Path) -> None:
    """Raise a Refusal if the folder, or a file in it that results are read from, is a link or anything but an ordinary file."""
    _refuse_unlike(path, stat.S_ISDIR, "a folder")
    for name in _FILES:
        _refuse_unlike(path / name, stat.S_ISREG, "an ordinary file")
    for name in (FIGURES, PARTS):
        _refuse_unlike(path / name, stat.S_ISDIR, "a folder")
    parts = path / PARTS
    for name in os.listdir(parts) if parts.is_dir() else ():
        _refuse_unlike(parts / name, stat.S_ISREG, "an ordinary file")


def _refuse_unlike(path: Path, fits: Callable[[int], bool], expected: str) -> None:
    """Raise a Refusal if what is there, unfollowed, is of another kind: a pipe would never end, a link leads elsewhere."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return  # not there, or not to be read: whoever reads it says so
    if stat.S_ISLNK(mode):
        raise Refusal(f"{path} is a link: expected {expected} that lies there itself")
    if not fits(mode):
        raise Refusal(f"{path} is of another kind: expected {expected}")


def spec_within(manifest: Mapping[str, Any]) -> Spec:
    """Return the spec that a manifest records. Raises a Refusal, also for one that names a file: a manifest holds its points itself."""
    where = f"{MANIFEST}: spec"
    try:
        data = tomllib.loads(manifest["spec"])
        design = data.get("design")
        if isinstance(design, dict) and "file" in design:
            raise Refusal(f"{where}: it names a file of points: expected the points themselves, as `run` records them")
        spec = spec_from(data, where)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Refusal(f"{where}: it cannot be read: {error}") from None
    if fault := unfit(manifest, spec):
        raise Refusal(f"{MANIFEST}: {fault}")
    return spec


def plain(text: object, most: int = MOST_TEXT) -> str:
    """Return text that can be shown anywhere: one line, cut to `most` characters, with a space for whatever cannot be printed."""
    found = " ".join("".join(one if one.isprintable() else " " for one in str(text)[: 4 * most]).split())
    return found if len(found) <= most else f"{found[: most - 1]}…"


# --- one folder -----------------------------------------------------------------------------------------------------------------


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _in_short(path: Path) -> Folder:
    try:
        refuse_links(path)
        return _read(path)
    except Refusal as error:
        fault = str(error)
    except Exception as error:  # whatever is wrong with one folder must not hide the others
        fault = f"the folder cannot be read: {type(error).__name__}: {error}"
    return Folder(path.name, path, fault=plain(within(fault, path)))


def within(sentence: str, path: Path) -> str:
    """Return a sentence on a folder with its files named as they are within it."""
    return sentence.replace(f"{path}{os.sep}", "").replace(f"{path}: ", "").replace(str(path), path.name)


def _read(path: Path) -> Folder:
    file = path / MANIFEST
    if file.exists() and file.stat().st_size > MOST_BYTES:
        raise Refusal(f"{MANIFEST} has {file.stat().st_size:,} bytes: expected at most {MOST_BYTES:,}")
    manifest = as_of_now(Results(path))
    spec = spec_within(manifest)
    return Folder(
        name=path.name,
        path=path,
        title=plain(spec.title) or plain(path.name),
        question=plain(spec.question),
        status=plain(manifest["status"]),
        arms=tuple((arm.name, plain(arm.label, 80)) for arm in spec.arms),
        replications=manifest["replications"],
        seed=manifest["seeds"][0],
        runs=manifest["runs"],
        runs_stored=min(manifest["runs_stored"], manifest["runs"]),
        points=_points(spec, manifest),
        design=spec.design.kind if spec.design else "",
        model_version=plain(manifest["model_version"], 80),
        same_model=manifest["model_version"] == MODEL_VERSION,
        written=plain(manifest.get("written", ""), 40),
        failed=len(manifest["failures"]),
        notes=tuple(map(plain, manifest["notes"][:MOST_NOTES])),
        figures=figure_files(path),
    )


def _points(spec: Spec, manifest: Mapping[str, Any]) -> int:
    """Return the number of points of a design, 1 without one; levels that round to one whole number count once."""
    if spec.design is None:
        return 1
    arms = [arm["parameters"] for arm in manifest["arms"].values() if isinstance(arm, dict) and isinstance(arm.get("parameters"), dict)]
    whole = {factor.name for factor in spec.design.factors if any(type(value) is int for value in _values(factor.parameter, arms))}
    return spec.design.count(whole)


def _values(parameter: str, arms: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Return what a parameter is in these arms; `scheme.X` is that of any scheme."""
    first, _, last = parameter.partition(".")
    own = re.compile(rf"schemes\.[^.]+\.{re.escape(last)}" if first == "scheme" else re.escape(parameter))
    return [value for values in arms for name, value in values.items() if own.fullmatch(name)]


def figure_files(path: Path) -> tuple[str, ...]:
    """Return the names of a folder's figures: ordinary SVG and PNG files, in alphabetical order."""
    try:
        entries = list(os.scandir(path / FIGURES))
    except OSError:
        return ()
    return tuple(sorted(entry.name for entry in entries if entry.name.endswith((".svg", ".png")) and entry.is_file(follow_symlinks=False)))
