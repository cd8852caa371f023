"""What the verbs of the command line do. Each returns the exit code; bad input raises a Refusal."""

import os
import re
import signal
import sys
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.refusal import Interrupted, Refusal, not_allowed, reason_of, whole_number
from experiments.spec import MAX_REPLICATIONS, MAX_SEED, catalog, find_spec, parse_spec, read_text
from model.parameters import nearest

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.arms import Arm
    from experiments.effects import Analysis
    from experiments.experiment import Experiment, Performance
    from experiments.runner import MakeSociety
    from experiments.spec import Settings
    from experiments.store import Results

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


# --- what there is --------------------------------------------------------------------------------------------------------------


def list_experiments() -> int:
    """Print the catalogue."""
    for name, path in catalog().items():
        spec = parse_spec(read_text(path), path.name)
        print(f"{name}: {spec.title} ({len(spec.arms)} arms, {spec.replications} replications)")
        print(f"    {spec.question}")
    presets = sorted(path.stem for path in (Path(__file__).parent.parent / "model/institutions/presets").glob("*.toml"))
    print(f"presets (`show NAME` explains one, --set scheme.preset=NAME takes it): {', '.join(presets)}")
    return 0


def show(name: str) -> int:
    """Print a spec with every parameter written out, or explain a preset or a scheme file."""
    from experiments.declared import written_out
    from model.institutions.reading import preset_names

    if name in preset_names()[1:] and name not in catalog():
        from experiments.systems import explanation

        print(explanation(name), end="")
        return 0
    known = [*catalog(), *preset_names()[1:]]
    if name not in known and not name.endswith(".toml") and not Path(name).exists():
        allowed = f"one of {', '.join(known)} or the path of a .toml file"
        raise Refusal(f"{name!r} is neither an experiment nor a preset{nearest(name, known)}: expected {allowed}")
    if name not in catalog() and name.endswith(".toml"):
        from experiments.systems import describes_scheme, explanation_of_file

        if describes_scheme(read_text(Path(name))):
            print(explanation_of_file(name), end="")
            return 0
    print(written_out(find_spec(name)[0]), end="")
    return 0


def parameters(as_json: bool) -> int:
    """Print all parameters."""
    from experiments.declared import parameter_rows

    rows = parameter_rows()
    if as_json:
        import json

        print(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        from experiments.tables import parameter_lines

        out = console()
        for line in parameter_lines(rows):
            out.print(line)
    return 0


# --- one run --------------------------------------------------------------------------------------------------------------------


def simulate(seed: str, ticks: str | None, engine: str, threads: str | None, settings: list[str], out: str | None) -> int:
    """Run one society once, print its last values and digest, and write its series if asked to."""
    from experiments.arms import Arm, canonical, parameters_with, parse_settings, with_networks
    from experiments.notes import judgment_notes, network_notes
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
    from experiments.progress import progress
    from experiments.runner import Watch, advance
    from model.society import Society

    society = Society(arm.parameters, rng=seed, engine=engine, graph=graph, threads=threads)
    ticks = arm.parameters.time.ticks
    try:
        with terminable(), progress(ticks, 0, "weeks", quiet_for=5.0) as on_progress:
            advance(society, ticks, Watch(on_progress), ticks)
    except KeyboardInterrupt as error:
        kept = "nothing is written"
        if target is not None and society.tick:
            _write_series(society, seed, target)
            kept = f"the weeks done are in {target}"
        raise Interrupted(f"interrupted after {society.tick} of {ticks} weeks; {kept}", signal_of(error)) from None
    try:
        print_last(society, seed, engine)
    finally:  # what was computed is shown and written, each even if the other cannot be
        if target is not None:
            _write_series(society, seed, target)
    if target is not None:
        console().print(f"series {target}", soft_wrap=True, markup=False)
    return 0


def print_last(society: Any, seed: int, engine: str) -> None:
    """Print the latest value of every outcome, and the digest of the state."""
    from experiments.effects import outcome_facts
    from experiments.tables import dimension_lines, last_values
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
    from experiments.store import ArmRun, series_table
    from experiments.writing import write_table

    write_table(target, series_table([ArmRun("simulate", society.series(), "")], 0, seed))


# --- an experiment --------------------------------------------------------------------------------------------------------------


def run(name: str, out: str | None, replications: str | None, workers: str | None, settings: list[str]) -> int:
    """Run an experiment, or what is missing of it; print and write what was found."""
    from experiments.arms import parse_settings
    from experiments.experiment import FAILED, prepare, publish
    from experiments.store import Results

    seeds = None if replications is None else count("--replications", replications, 1, MAX_REPLICATIONS)
    at_once = available_cores() if workers is None else count("--workers", workers, 1, MAX_WORKERS)
    options = {"--out": out, "--replications": replications, "--workers": workers}
    given = [part for option, value in options.items() if value is not None for part in (option, value)]
    given += [part for setting in settings for part in ("--set", setting)]
    experiment = prepare(name, parse_settings(settings), seeds, command=("python", "-m", "experiments", "run", name, *given))
    results = Results(Path(out) if out is not None else Path("results") / experiment.name)
    for note in experiment.notes:
        say(f"note: {note}")
    try:
        with terminable():
            experiment = _opened(experiment, results)
            performance = _perform(experiment, results, at_once)
            say("making tables, figures and the report ...")
            analysis = publish(results, results.manifest())
    except KeyboardInterrupt as error:
        raise Interrupted(_what_is_kept(experiment, results), signal_of(error)) from None
    except Refusal as refusal:
        raise Refusal(f"{refusal}; {_what_is_kept(experiment, results)}" if results.held else str(refusal)) from None
    finally:
        results.close()
    print_found(analysis, experiment.notes, results)
    if performance.status != FAILED:
        return 0
    first = performance.failures[0]
    reason = first.traceback.strip().splitlines()[-1]
    say(
        f"error: {len(performance.failures)} of {experiment.arm_runs} runs failed, the first in arm {first.arm}, replication "
        f"{first.replication} ({reason}); the tracebacks are in {results.path('manifest.json')}"
    )
    return 1


def _opened(experiment: "Experiment", results: "Results") -> "Experiment":
    """Open the folder, and say what it holds more, or less, than was asked for."""
    from experiments.experiment import opened

    asked = experiment.spec.replications
    experiment = opened(experiment, results)
    held = experiment.spec.replications
    if held > asked:
        say(f"note: {results.folder} holds {held} replications: the run goes on with these, not with {asked}")
    for part in results.damaged(held):
        say(f"note: {part} is damaged: what it held is simulated again")
    return experiment


def _perform(experiment: "Experiment", results: "Results", workers: int) -> "Performance":
    """Check that the results can be written, then run what is missing."""
    from experiments.experiment import begin, missing_tasks, perform
    from experiments.progress import progress

    performance = begin(experiment, results)
    tasks = missing_tasks(experiment, results)
    missing = sum(len(task.arms) for task in tasks)
    done = experiment.arm_runs - missing
    if done:
        say(f"{done} of {experiment.arm_runs} runs are in {results.folder} already")
    if tasks:
        size = f"{len(experiment.arms)} arms x {experiment.spec.replications} replications"
        say(f"{experiment.spec.title}: {size}, {workers} at once")
        have_compiled(experiment.arms, experiment.society())
    with progress(experiment.arm_runs, done) as on_progress:
        perform(experiment, results, performance, workers, on_progress)
    return performance


def have_compiled(arms: Collection["Arm"], society: "MakeSociety") -> None:
    """See that compiled code is there before threads start, and say so if that takes long."""
    import numba

    from experiments.runner import warm_up

    if not Path(numba.config.CACHE_DIR).is_dir():
        say("compiling the rules of the model (once after each change to them; a minute or two) ...")
    warm_up(arms, society)


def _what_is_kept(experiment: "Experiment", results: "Results") -> str:
    kept = sum(len(results.digests(number, experiment.identity.digest)) for number in range(experiment.spec.replications))
    return f"{kept} of {experiment.arm_runs} runs are kept in {results.folder}, and the same command goes on from there"


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def print_found(analysis: "Analysis", notes: Iterable[str], results: "Results") -> None:
    """Print differences, verdicts and notes, and say where the files are."""
    from experiments.tables import print_analysis

    out = console()
    print_analysis(analysis, out, notes)
    out.print()
    for name, what in (("report.html", "to read"), ("figures", "PNG and SVG"), ("runs.parquet", "one row a run"),
                       ("series.parquet", "one row a run and week"), ("effects.csv", "every difference"),
                       ("manifest.json", "parameters, seeds, versions")):  # fmt: skip
        if results.path(name).exists():
            out.print(f"{results.path(name)}  ({what})", soft_wrap=True, markup=False)


def compare(folder: str) -> int:
    """Print what stored results say."""
    from experiments.experiment import stored_analysis
    from experiments.store import Results

    manifest, analysis = stored_analysis(Path(folder))
    say_incomplete(manifest)
    print_found(analysis, manifest["notes"], Results(Path(folder)))
    return 0


def report(folder: str) -> int:
    """Make tables, figures and the report of stored results anew."""
    from experiments.experiment import as_of_now, counted, publish
    from experiments.store import Results

    results = Results(Path(folder))
    results.manifest()  # a folder without results is refused before anything is written there
    results.take_lock("a folder that no run is writing")
    try:
        manifest = as_of_now(results)
        say_incomplete(counted(results, manifest))
        publish(results, manifest)
    finally:
        results.close()
    print(results.path("report.html"))
    return 0


def say_incomplete(manifest: dict[str, Any]) -> None:
    """Say how many replications have runs, if the experiment has not come to its end."""
    if manifest["status"] != "finished":
        stored = f"{manifest['replications_stored']} of {manifest['replications']} replications have runs"
        say(f"note: the experiment is {manifest['status']}; {stored}")
