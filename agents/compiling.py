"""How decisions and loops are compiled, and how stale compiled code is ruled out.

Numba's on-disk cache notices an edit in the file of a compiled function, but not an edit in a compiled function it *imports*:
a rule changed in `agents/` could leave the loops of `model/` running yesterday's rule. Therefore the cache directory is named
after a hash of every source file of `agents/` and `model/`: an edit anywhere opens an empty cache. The same hash is the model
version that every result records.
"""

import hashlib
import os
from pathlib import Path

import numba
from numba import njit

ROOT = Path(__file__).resolve().parent.parent


def source_hash() -> str:
    """Return 16 hex digits that identify every `.py` and `.toml` source of `agents/` and `model/`."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in ("agents", "model"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".toml"}:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


MODEL_VERSION = source_hash()

numba.config.CACHE_DIR = str(Path(os.environ.get("SOCIAL_CREDIT_LAB_CACHE", ROOT / ".cache" / "numba")) / MODEL_VERSION)

#: IEEE arithmetic only, so that both engines agree to the last bit; the GIL is released, so that replications run in threads.
_COMMON = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": False}

#: Compiles a decision (numbers in, number out).
rule = njit(**_COMMON)

#: Compiles a loop over the population. Loops neither allocate nor keep arrays, so they need no reference counts (`_nrt=False`):
#: with them a loop spends nine tenths of its time counting (15 times slower, measured on the sum of beliefs over ties).
loop = njit(**_COMMON, _nrt=False)

#: Compiles a part of a loop: always inlined, since handing the world's arrays over costs more than what most parts do with them.
part = njit(**_COMMON, _nrt=False, forceinline=True)

#: Compiles a loop that allocates arrays of its own.
allocating_loop = njit(**_COMMON)
