"""Compile every kernel once and keep it on disk: `python -m model.warm`."""

import time
from typing import Any

from model.society import Society


def main() -> None:
    """Run a tiny society in both engines, which compiles everything they need."""
    begun = time.perf_counter()
    print("Compiling the model (once per version of its sources, a minute or two) ...", flush=True)
    small: dict[str, Any] = {"citizens": 30, "network.mean_degree": 8.0, "time.burn_in": 1, "time.ticks": 3}
    for engine in ("compiled", "agents"):
        Society(rng=0, engine=engine, **small).run()
    print(f"Compiled in {time.perf_counter() - begun:.0f} s.")


if __name__ == "__main__":
    main()
