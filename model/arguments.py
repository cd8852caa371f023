"""What a society is told besides its parameters: its seed, its engine and how many threads it has. Each is checked in one sentence."""

import numpy as np

from agents.citizen import Citizen
from model.lanes import MAX_THREADS
from model.parameters import ParameterError, nearest

ENGINES = ("compiled", "agents")


def checked_seed(rng: int | None) -> int | None:
    """Return the seed of a society as a plain int; None leaves it to chance."""
    if rng is None:
        return None
    if isinstance(rng, bool) or not isinstance(rng, (int, np.integer)) or not 0 <= rng < 2**63:
        raise ParameterError(f"rng = {rng!r} is not allowed: expected a whole number from 0 to 2**63 - 1")
    return int(rng)


def checked_threads(threads: int) -> int:
    """Return the number of threads."""
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)) or not 1 <= threads <= MAX_THREADS:
        raise ParameterError(f"threads = {threads!r} is not allowed: expected a whole number from 1 to {MAX_THREADS}")
    return int(threads)


def checked_engine(engine: str, citizen_class: type[Citizen]) -> str:
    """Return the engine, which must be able to run that class of citizens."""
    if engine not in ENGINES:
        hint = nearest(str(engine), ENGINES)
        raise ParameterError(f"engine = {engine!r} is not allowed: expected one of {', '.join(ENGINES)}{hint}")
    if engine == "compiled" and citizen_class is not Citizen:
        raise ParameterError(
            f"citizen_class = {citizen_class.__name__!r} overrides decisions, which the compiled engine would ignore: "
            'expected engine="agents"'
        )
    return engine
