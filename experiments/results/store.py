"""A results folder: finished runs as atomic parts, a journal, then tables, manifest, figures and report."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.refusal import Refusal, reason_of
from experiments.results import journal, resolved
from experiments.results.identity import Identity
from experiments.results.manifest import fault_of
from experiments.results.parts import Part, read_facts, write_part
from experiments.results.records import OK, Batch
from experiments.results.sealing import intact
from experiments.results.topping_up import obstacles
from experiments.results.writing import make_folder, write_text

MANIFEST, RESOLVED, JOURNAL, RUNS, SERIES, SPEC, EFFECTS, RESPONSES, REPORT = (
    "manifest.json", "resolved.json", "journal.jsonl", "runs.parquet", "series.parquet", "spec.toml", "effects.csv", "responses.csv",
    "report.html",
)  # fmt: skip


class Results:
    """The folder of one experiment's results."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self._lock: Any = None
        self._parts: dict[str, tuple[Any, Part | None]] = {}  # file -> (state of the file, what it says of itself)

    def path(self, name: str) -> Path:
        """Return the path of a file of the folder."""
        return self.folder / name

    # opening

    def open_for(self, identity: Identity) -> None:
        """Make the folder, or check that it holds the same experiment or a part of it; otherwise raises a Refusal."""
        make_folder(self.folder, "the results")
        try:
            inside = [entry.name for entry in self.folder.iterdir() if not entry.name.startswith(".")]
        except OSError as error:
            raise Refusal(f"{self.folder}: the folder cannot be read: {reason_of(error)}") from None
        foreign = [name for name in inside if MANIFEST not in inside and name not in ("parts", SPEC, JOURNAL, RESOLVED)]
        if foreign:
            raise Refusal(f"{self.folder}: the folder holds other files (such as {foreign[0]}): expected a new or empty one")
        self.take_lock()
        try:
            if RESOLVED in inside:
                self._refuse_another(identity)
            elif MANIFEST in inside:
                raise Refusal(f"{self.folder}: {RESOLVED} is missing: expected the results of this version of the program; give another "
                              "folder with --out, or remove this one")  # fmt: skip
            make_folder(self.folder / "parts", "the finished runs")
        except Refusal:
            self.close()
            raise

    def _refuse_another(self, identity: Identity) -> None:
        if found := obstacles(self.resolved(), json.loads(identity.text)):
            more = f" (and {len(found) - 1} more differences)" if len(found) > 1 else ""
            raise Refusal(f"{self.folder} holds another experiment: {found[0]}{more}; give another folder with --out, or remove this one")

    def take_lock(self, expected: str = "a folder of its own") -> None:
        """Keep others from writing the folder until `close`; raises a Refusal if another does."""
        try:
            lock = open(self.folder / ".lock", "wb")  # noqa: SIM115 - held until close()
        except OSError as error:
            raise Refusal(f"{self.folder}: the folder cannot be written: {reason_of(error)}") from None
        if not _locked(lock):
            lock.close()
            raise Refusal(f"{self.folder}: another run is writing there: expected {expected}")
        self._lock = lock

    def being_written(self) -> bool:
        """Whether another process is writing the folder."""
        try:
            with open(self.folder / ".lock", "rb") as lock:
                return not self.held and not _locked(lock, shared=True)
        except OSError:
            return False

    @property
    def held(self) -> bool:
        """Whether this object may write the folder."""
        return self._lock is not None

    def close(self) -> None:
        """Let others write the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # what the runs follow from, and how they went

    def resolved(self) -> dict[str, Any]:
        """Return the document of the experiment's identity. Raises a Refusal if it is not there or damaged."""
        path = self.path(RESOLVED)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Refusal(f"{path}: there is no such file: expected what the runs of the experiment follow from") from None
        except OSError as error:
            raise Refusal(f"{path}: the file cannot be read: {reason_of(error)}") from None
        except (ValueError, RecursionError) as error:
            raise Refusal(f"{path}: the file is not what an experiment follows from: {error}") from None
        if fault := resolved.fault_of(found):
            raise Refusal(f"{path}: the file is not what an experiment follows from: {fault}")
        return found

    def manifest(self) -> dict[str, Any]:
        """Return the manifest; raises a Refusal if the folder does not hold results."""
        if not self.folder.is_dir():
            raise Refusal(f"{self.folder}: there is no such folder: expected the results of an experiment")
        try:
            found = json.loads(self.path(MANIFEST).read_text(encoding="utf-8"))
            if fault := fault_of(found):
                raise ValueError(fault)
        except FileNotFoundError:
            raise Refusal(f"{self.folder}: there is no {MANIFEST}: expected the results of an experiment") from None
        except OSError as error:
            raise Refusal(f"{self.path(MANIFEST)}: the file cannot be read: {reason_of(error)}") from None
        except (ValueError, RecursionError) as error:
            raise Refusal(f"{self.path(MANIFEST)}: the file is not a manifest of an experiment: {error}") from None
        return found

    def given(self, manifest: Mapping[str, Any]) -> str:
        """Return the text of the spec as it was given, or, where that cannot be read, as the manifest records it."""
        try:
            return self.path(SPEC).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return manifest["spec"]

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest."""
        write_text(self.path(MANIFEST), json.dumps(manifest, indent=1) + "\n")

    def log(self, event: str, **facts: Any) -> None:
        """Add a line to the journal."""
        journal.append(self.path(JOURNAL), event, facts)

    # parts

    def _files(self) -> list[Path]:
        return sorted((self.folder / "parts").glob("replication-*.parquet"))

    def parts(self) -> list[Part]:
        """Return the parts that are whole, in order of their replications."""
        return [part for path in self._files() if (part := self._facts_of(path)) is not None]

    def damaged(self) -> list[Path]:
        """Return the parts that are not as they were written."""
        return [path for path in self._files() if self._facts_of(path) is None]

    def set_aside_damaged(self) -> None:
        """Rename the parts that are not as they were written, so that they keep nobody from the whole ones."""
        for path in self.damaged():
            try:
                path.rename(path.with_name(f"{path.name}.damaged"))
            except OSError as error:
                raise Refusal(f"{path}: the damaged file cannot be renamed: {reason_of(error)}") from None
            self.log("damaged", part=path.name)

    def _facts_of(self, path: Path) -> Part | None:
        """Return what a part says of itself, None if it is damaged. Read once in each state of the file."""
        try:
            state = path.stat()
            now = state.st_ino, state.st_size, state.st_mtime_ns
        except OSError:
            return None
        if path.name not in self._parts or self._parts[path.name][0] != now:
            self._parts[path.name] = now, read_facts(path)
        return self._parts[path.name][1]

    def digests(self) -> dict[str, str]:
        """Return {run: digest of its final state} of all runs that are stored in parts."""
        return {run: digest for part in self.parts() for run, digest in part.runs.items()}

    def add(self, batch: Batch) -> None:
        """Store the runs of a batch that came to their end, then write down in the journal how all of them ended."""
        if batch.made:
            path = write_part(self.folder / "parts", batch)
            self.log(OK, part=path.name, replication=batch.replication, seed=batch.seed, seconds=round(batch.seconds, 3),
                     runs={made.run: made.digest for made in batch.made})  # fmt: skip
        for failure in batch.failures:
            self.log(failure.status, **{name: value for name, value in vars(failure).items() if name != "status"})

    def read(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Return a stored table; raises a Refusal if it is not there or damaged."""
        path = self.path(name)
        with readable(path):
            if name == RUNS and not intact(path.read_bytes()):
                raise OSError("it is not as it was written")
            return read_parquet(path, columns)

    def published(self) -> set[str]:
        """Return the runs of the rows of `runs.parquet`; none if it cannot be read."""
        try:
            return set(self.read(RUNS, ["run"])["run"].to_pylist())
        except Refusal:
            return set()

    def refuse_loss(self, wanted: Iterable[tuple[str, int]], stored: int) -> None:
        """Raise a Refusal if runs that were stored or published are in no part, so that tables made from the parts would lose them.

        wanted: (run, replication) of the experiment. stored: how many of these were there when the manifest was written.
        """
        there, published = self.digests(), self.published()
        replications = dict(wanted)
        gone = [run for run in replications if run in published and run not in there]
        if not gone and sum(run in there for run in replications) < stored:
            gone = [run for run in replications if run not in there]
        if gone:
            first = self.folder / "parts" / f"replication-{replications[gone[0]]:05d}-*.parquet"
            raise Refusal(f"{first} is missing, damaged or not whole: expected all runs that were stored, which `run` makes again")


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a stored table is read into a Refusal."""
    try:
        yield
    except FileNotFoundError:
        raise Refusal(f"{path}: there is no such file: run the experiment again to make it") from None
    except (OSError, pa.ArrowException, KeyError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise Refusal(f"{path}: the file cannot be read: {reason}: run the experiment again to make it anew") from None


def _locked(file: Any, shared: bool = False) -> bool:
    """Lock a file until it is closed, and return whether that was possible; True where the system cannot tell."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def read_parquet(path: Path, columns: list[str] | None = None, groups: list[int] | None = None) -> pa.Table:
    """Return a Parquet file's table, or some of its row groups (pyarrow's `read_table` would import half of pyarrow and pandas first)."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read(columns) if groups is None else file.read_row_groups(groups, columns)
