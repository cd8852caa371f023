"""What the verbs of the command line do. Each returns the exit code; bad input raises a Refusal."""

import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.refusal import Interrupted, Refusal, not_allowed, reason_of, whole_number
from experiments.specs.spec import MAX_SEED, catalog, find_spec, parse_spec, read_text
from model.parameters import nearest

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.runs.runner import MakeSociety
    from experiments.specs.arms import Arm
    from experiments.specs.spec import Settings

SUFFIXES = (".parquet", ".csv")
ENGINES = ("compiled", "agents")
MAX_WORKERS = 1024
#: Citizens from which on a second thread makes a run faster (docs/performance.md).
WORTH_THREADS = 50_000


def say(sentence: str) -> None:
    """Print a remark on stderr; where that is closed or full, there is nobody to tell."""
    with suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)


def console() -> "Console":
    """Return the console for results; a pipe or file gets lines of at least 120 columns."""
    from rich.console import Console

    terminal = sys.stdout is not None and sys.stdout.isatty()
    return Console(width=None if terminal else max(120, int(os.environ.get("COLUMNS", "0") or 0)), highlight=False)


def count(option: str, text: str, low: int, high: int) -> int:
    """Return the whole number that an option was given, or raise the refusal."""
    number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,30}", text) else text
    return whole_number("", option, number, low, high)


class Terminated(KeyboardInterrupt):
    """The system asked the program to end."""


@contextmanager
def terminable() -> Iterator[None]:
    """Treat SIGTERM as an interrupt, so that `kill` loses nothing either."""

    def end(number: int, frame: Any) -> None:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():  # only there signals can be caught
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def signal_of(error: KeyboardInterrupt) -> int:
    """Return the number of the signal behind an interrupt."""
    return signal.SIGTERM if isinstance(error, Terminated) else signal.SIGINT


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def have_compiled(arms: Iterable["Arm"], society: "MakeSociety") -> None:
    """See that compiled code is there before threads start, and say so if that takes long."""
    import numba

    from experiments.runs.runner import warm_up

    if not Path(numba.config.CACHE_DIR).is_dir():
        say("compiling the rules of the model (once after each change to them; about half a minute) ...")
    warm_up(arms, society)


def say_incomplete(manifest: dict[str, Any]) -> None:
    """Say how many runs there are, if they are not all."""
    if manifest["status"] != "finished" or manifest["runs_stored"] < manifest["runs"]:
        shard = manifest["shard"]
        what = f"shard {shard[0] + 1}/{shard[1]} of the experiment" if shard else "the experiment"
        say(f"note: {what} is {manifest['status']}; {manifest['runs_stored']} of {manifest['runs']} runs are stored")


# --- what there is --------------------------------------------------------------------------------------------------------------


def list_experiments() -> int:
    """Print the catalogue."""
    for name, path in catalog().items():
        spec = parse_spec(read_text(path), path.name)
        print(f"{name}: {spec.title} ({len(spec.arms)} arms, {spec.replications} replications)")
        print(f"    {spec.question}")
    presets = sorted(path.stem for path in (Path(__file__).parents[2] / "model/institutions/presets").glob("*.toml"))
    print(f"presets (`show NAME` explains one, --set scheme.preset=NAME takes it): {', '.join(presets)}")
    return 0


def show(name: str) -> int:
    """Print a spec with every parameter written out, or explain a preset or a scheme file."""
    from experiments.specs.declared import written_out
    from model.institutions.reading import preset_names

    if name in preset_names()[1:] and name not in catalog():
        from experiments.report.systems import explanation

        print(explanation(name), end="")
        return 0
    known = [*catalog(), *preset_names()[1:]]
    if name not in known and not name.endswith(".toml") and not Path(name).exists():
        allowed = f"one of {', '.join(known)} or the path of a .toml file"
        raise Refusal(f"{name!r} is neither an experiment nor a preset{nearest(name, known)}: expected {allowed}")
    if name not in catalog() and name.endswith(".toml"):
        from experiments.report.systems import describes_scheme, explanation_of_file

        if describes_scheme(read_text(Path(name))):
            print(explanation_of_file(name), end="")
            return 0
    print(written_out(find_spec(name)[0]), end="")
    return 0


def parameters(as_json: bool) -> int:
    """Print all parameters."""
    from experiments.specs.declared import parameter_rows

    rows = parameter_rows()
    if as_json:
        import json

        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        from experiments.report.tables import parameter_lines

        out = console()
        for line in parameter_lines(rows):
            out.print(line)
    return 0


def schema() -> int:
    """Print the JSON Schema of a spec."""
    import json

    from experiments.specs.schema import spec_schema

    print(json.dumps(spec_schema(), indent=1, ensure_ascii=False))
    return 0


# --- one run --------------------------------------------------------------------------------------------------------------------


def simulate(seed: str, ticks: str | None, engine: str, threads: str | None, settings: list[str], out: str | None) -> int:
    """Run one society once, print its last values and digest, and write its series if asked to."""
    from experiments.specs.arms import Arm, canonical, parameters_with, parse_settings, with_networks
    from experiments.specs.notes import judgment_notes, network_notes
    from model.lanes import MAX_THREADS

    number = count("--seed", seed, 0, MAX_SEED)
    if engine not in ENGINES:
        raise not_allowed("", "--engine", engine, f"one of {', '.join(ENGINES)}{nearest(engine, ENGINES)}")
    side_by_side = None if threads is None else count("--threads", threads, 1, MAX_THREADS)
    chosen = parse_settings(settings)
    if ticks is not None:
        chosen = _with_ticks(chosen, count("--ticks", ticks, 1, 100_000))
    target = Path(out) if out is not None else None
    if target is not None:
        check_target(target)
    resolved = parameters_with(chosen)
    explicit = frozenset(canonical(name, resolved) for name, _ in chosen)
    (arm,), graphs = with_networks((Arm("simulate", "Simulate", resolved, explicit=explicit),))
    for note in [*(note for graph in graphs.values() for note in graph.notes), *network_notes([arm]), *judgment_notes([arm])]:
        say(f"note: {note}")
    time = arm.parameters.time
    if arm.parameters.schemes and time.ticks <= time.burn_in:
        say(f"note: no scheme begins in this run: time.ticks = {time.ticks} does not exceed time.burn_in = {time.burn_in}")
    if side_by_side is None:  # the result is the same
        large = engine == "compiled" and arm.parameters.population.citizens >= WORTH_THREADS
        side_by_side = min(available_cores(), MAX_THREADS) if large else 1
    return _simulate(arm, number, engine, side_by_side, graphs.get(arm.parameters.network.file), target)


def _with_ticks(settings: "Settings", ticks: int) -> "Settings":
    """Return the settings with the length that --ticks gives; another one among them contradicts it."""
    given = dict(settings).get("time.ticks", ticks)
    if given != ticks:
        raise not_allowed("", "--ticks", ticks, f"the length that --set time.ticks={given} gives, or only one of the two")
    return (*(pair for pair in settings if pair[0] != "time.ticks"), ("time.ticks", ticks))


def _simulate(arm: Any, seed: int, engine: str, threads: int, graph: Any, target: Path | None) -> int:
    from model.society import Society

    society = Society(arm.parameters, rng=seed, engine=engine, graph=graph, threads=threads)
    run_to(society, arm.parameters.time.ticks, target, lambda path: _write_series(society, seed, path))
    try:
        print_last(society, seed, engine)
    finally:  # what was computed is shown and written, each even if the other cannot be
        if target is not None:
            _write_series(society, seed, target)
    if target is not None:
        console().print(f"series {target}", soft_wrap=True, markup=False)
    return 0


def run_to(society: Any, last: int, target: Path | None, write: Callable[[Path], None]) -> None:
    """Run a society to its week `last`, telling of progress; interrupted, `write` what is done to the target, if there is one."""
    from experiments.runs.progress import progress
    from experiments.runs.runner import Watch, advance

    try:
        with terminable(), progress(last, 0, "weeks", quiet_for=5.0) as on_progress:
            advance(society, last, Watch(on_progress), last)
    except KeyboardInterrupt as error:
        kept = "nothing is written"
        if target is not None and society.tick:
            write(target)
            kept = f"the weeks done are in {target}"
        raise Interrupted(f"interrupted after {society.tick} of {last} weeks; {kept}", signal_of(error)) from None


def print_last(society: Any, seed: int, engine: str) -> None:
    """Print the latest value of every outcome, and the digest of the state."""
    from experiments.analysis.effects import outcome_facts
    from experiments.report.tables import dimension_lines, last_values
    from model.outcomes import OUTCOMES

    out = console()
    for table in last_values(society.last(), outcome_facts(OUTCOMES)):
        out.print(table)
        out.print()
    for line in dimension_lines(society.mean_score_by_dimension()):
        out.print(line, soft_wrap=True, markup=False)
    out.print(f"seed {seed}, {society.tick} weeks, {society.parameters.population.citizens} citizens, engine {engine}")
    out.print(f"digest {society.digest()}", soft_wrap=True)
    if sys.stdout is not None:
        sys.stdout.flush()


def check_target(target: Path) -> None:
    """Raise a Refusal unless a table can be written there."""
    if target.suffix not in SUFFIXES:
        raise not_allowed("", "--out", str(target), f"a file that ends in {' or '.join(SUFFIXES)}")
    if target.is_dir():
        raise Refusal(f"--out {target}: this is a folder: expected a file that ends in {' or '.join(SUFFIXES)}")
    probe = target.with_name(f".{target.name}.partial")
    try:
        with open(probe, "wb"):
            pass
        probe.unlink()
    except OSError as error:
        raise Refusal(f"--out {target}: the file cannot be written: {reason_of(error)}") from None


def _write_series(society: Any, seed: int, target: Path) -> None:
    from experiments.results.assembling import Row, keyed_series
    from experiments.results.writing import write_table

    write_table(target, keyed_series([(Row("simulate", 0, 0, seed, ""), society.series())]))
