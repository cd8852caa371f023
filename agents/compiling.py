"""How decisions and loops are compiled, and how stale compiled code is ruled out.

Numba's on-disk cache notices an edit in the file of a compiled function, but not an edit in a compiled function it *imports*:
a rule changed in `agents/` could leave the loops of `model/` running yesterday's rule. Therefore the cache directory is named
after a hash of every source file of `agents/` and `model/`: an edit anywhere opens an empty cache. The same hash is the model
version that every result records.
"""

import hashlib
import os
from collections.abc import Callable
from enum import IntEnum
from functools import update_wrapper
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import njit, types
from numba.core.caching import IndexDataCacheFile
from numba.extending import typeof_impl

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

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

numba.config.CACHE_DIR = str(Path(os.environ.get("SOCIAL_CREDIT_LAB_CACHE") or ROOT / ".cache" / "numba") / MODEL_VERSION)


def _one_at_a_time(method: Callable, exclusive: bool) -> Callable:
    """Return a method of Numba's cache files that waits for other processes to be done with them.

    Numba numbers the files of a function's signatures without asking who else does: two processes that save at once may give one number
    to two signatures, and a third would run the code of the other.
    """

    def waiting(self, *arguments):
        folder = Path(self._cache_path)
        if fcntl is None or not folder.is_dir():
            return method(self, *arguments)
        with open(folder / ".lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            return method(self, *arguments)

    return waiting


IndexDataCacheFile.save = _one_at_a_time(IndexDataCacheFile.save, exclusive=True)
IndexDataCacheFile.load = _one_at_a_time(IndexDataCacheFile.load, exclusive=False)


def variable(number: int) -> np.int64:
    """Return a constant as loops should hand it to functions: of a plain int, Numba compiles a function anew for each value."""
    return np.int64(number)


#: IEEE arithmetic only, so that both engines agree to the last bit; the GIL is released, so that replications run in threads.
_COMMON = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": False, "no_cfunc_wrapper": True}
#: Loops neither allocate nor keep arrays, so they need no reference counts: with them a loop spends nine tenths of its time
#: counting (15 times slower, measured on the sum of beliefs over ties).
_LOOP = _COMMON | {"_nrt": False}
#: A part of a loop is always inlined: to call it would cost more than what most parts do.
_PART = _LOOP | {"forceinline": True}


def _closed_to_python(options: dict) -> Callable:
    """Return a decorator for functions that compiled code alone calls.

    To let Python in takes a wrapper for each function, and time to compile what nobody would use. Without it a call from Python would
    end in a segmentation fault: so Python is refused with a TypeError.
    """
    compile_it = njit(**options, no_cpython_wrapper=True)

    def decorate(function):
        def refuse(*_, **__):
            raise TypeError(f"{function.__name__} is called by compiled code only; declare it a shared_part or shared_loop to call it")

        dispatcher = compile_it(function)
        dispatcher._insert = lambda *_, **__: None  # what is not offered to Python ...
        dispatcher._compile_for_args = refuse  # ... ends here
        return dispatcher

    return decorate


#: Compiles a decision (numbers in, number out).
rule = njit(**_COMMON)

#: Compiles a loop over the population, called by other loops; a shared loop is also called by Python.
loop = _closed_to_python(_LOOP)
shared_loop = njit(**_LOOP)

#: Compiles a part of a loop.
part = _closed_to_python(_PART)

#: A piece of one loop only, written into it before anything is compiled. By itself it would take all that it calls through LLVM once more.
inset = _closed_to_python(_LOOP | {"inline": "always"})


class shared_part:  # noqa: N801 - a decorator
    """A part of loops that the agents engine calls, too: compiled where a loop calls it, plain Python where Python does.

    It may call rules and other shared parts; what `stream` gives is to be wrapped in np.uint64, since Python gets an int. Both ways must
    give the same to the last bit, as everything in the two engines.
    """

    def __init__(self, function: Callable):
        """Take the function; it is compiled when a loop first needs it."""
        self.py_func, self.compiled = function, part(function)
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        """Call it as plain Python."""
        return self.py_func(*arguments)


@typeof_impl.register(shared_part)
def _type_of_shared_part(shared, _):
    return types.Dispatcher(shared.compiled)


@typeof_impl.register(IntEnum)
def _type_of_member(member, _):
    """Return the type that Numba gives a member; by itself it looks at all members, each time that Python calls with one."""
    return types.IntEnumMember(type(member), types.int64)


#: Compiles a loop that allocates arrays of its own.
allocating_loop = njit(**_COMMON)
