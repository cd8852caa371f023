"""Files that appear whole or not at all: written beside their place, flushed to the disk, renamed.

Neither an interrupt nor a full disk harms what is there already.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.refusal import Refusal, reason_of
from experiments.results.sealing import sealed

#: Floating-point columns compress best with their bytes transposed, and hardly repeat.
#: Each page carries a checksum, so that damage is noticed when it is read.
FORMAT: dict[str, Any] = {
    "compression": "zstd", "use_dictionary": ["arm", "digest"], "write_statistics": False, "write_page_checksum": True,
}  # fmt: skip


def write_atomically(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Let `write` fill a file, which takes its place only when it is whole and on the disk. Raises a Refusal if it cannot be."""
    temporary = path.with_name(f".{path.name}.partial")
    try:
        with open(temporary, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise Refusal(f"{path}: the file cannot be written: {reason_of(error)}") from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make_folder(folder: Path, what: str) -> None:
    """Make a folder, with those above it, unless it is there. Raises a Refusal if it cannot be; `what` is what it is for."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise Refusal(f"{folder}: a file is in the way: expected a folder for {what}") from None
    except OSError as error:
        raise Refusal(f"{folder}: the folder cannot be made: {reason_of(error)}") from None


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every system can; the rename itself is atomic
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a binary file atomically."""
    write_atomically(path, lambda file: file.write(content))


def write_table(path: Path, table: pa.Table) -> None:
    """Write a Parquet file, or CSV by its suffix, atomically."""
    if path.suffix == ".csv":
        from pyarrow import csv

        write_atomically(path, lambda file: csv.write_csv(table, file))
    else:
        write_atomically(path, lambda file: pq.write_table(table, file, **FORMAT))


def write_sealed(path: Path, table: pa.Table) -> None:
    """Write a Parquet file whose metadata seal the whole of it, atomically; `table` has the blank seal among its own metadata."""
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, **FORMAT)
    write_bytes(path, sealed(buffer.getvalue().to_pybytes()))
