"""The journal of a results folder: a line of JSON for whatever happened, each on the disk before the next thing is done.

It is only ever appended to, by the one process that holds the folder's lock. A line that was cut off by a kill or a full disk is
passed over, and the next one begins on a line of its own.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.refusal import Refusal, reason_of


def append(path: Path, event: str, facts: Mapping[str, Any]) -> None:
    """Add a line and have it on the disk. Raises a Refusal if it cannot be written."""
    line = json.dumps({"event": event, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **facts}, ensure_ascii=False)
    try:
        with open(path, "ab+") as file:
            size = file.seek(0, os.SEEK_END)
            torn = size > 0 and _last_byte(file, size) != b"\n"
            try:
                file.write(b"\n" * torn + line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    os.truncate(path, size)
                raise
    except OSError as error:
        raise Refusal(f"{path}: the file cannot be written: {reason_of(error)}") from None


def _last_byte(file: Any, size: int) -> bytes:
    file.seek(size - 1)
    return file.read(1)


def entries(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a journal, oldest first; lines that are not whole are passed over."""
    try:
        with open(path, "rb") as file:
            for line in file:
                with suppress(ValueError):
                    entry = json.loads(line)
                    if isinstance(entry, dict):
                        yield entry
    except FileNotFoundError:
        return
    except OSError as error:
        raise Refusal(f"{path}: the file cannot be read: {reason_of(error)}") from None
