"""The verbs that run experiments and show what was found. Each returns the exit code; bad input raises a Refusal."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.refusal import Interrupted, Refusal, not_allowed
from experiments.specs.spec import MAX_REPLICATIONS
from experiments.verbs.commands import (
    MAX_WORKERS,
    available_cores,
    console,
    count,
    have_compiled,
    say,
    say_incomplete,
    signal_of,
    terminable,
)  # fmt: skip
from model.parameters import nearest

if TYPE_CHECKING:
    from experiments.report.publishing import Found
    from experiments.results.store import Results
    from experiments.runs.executors import Workforce
    from experiments.runs.experiment import Experiment, Performance


class Fruitless(Refusal):
    """Every run failed."""

    exit_code = 1


EXECUTORS = ("threads", "processes")
MAX_SHARDS = 10_000


def run(
    name: str,
    out: str | None,
    replications: str | None,
    settings: list[str],
    *,
    shard: str | None = None,
    **how: str | None,
) -> int:
    """Run an experiment, or what is missing of it; print and write what was found."""
    from dataclasses import replace

    from experiments.results.store import Results
    from experiments.runs.experiment import prepare
    from experiments.runs.tasks import tasks_of
    from experiments.specs.arms import parse_settings

    seeds = None if replications is None else count("--replications", replications, 1, MAX_REPLICATIONS)
    part = None if shard is None else shard_of(shard)
    options = {"--out": out, "--replications": replications, "--shard": shard}
    options |= {f"--{option}": value for option, value in how.items()}
    given = [part for option, value in options.items() if value is not None for part in (option, value)]
    given += [part for setting in settings for part in ("--set", setting)]
    experiment = prepare(name, parse_settings(settings), seeds, command=("python", "-m", "experiments", "run", name, *given))
    usual = experiment.name
    if part is not None:
        if experiment.spec.precision is not None:
            raise not_allowed("", "--shard", shard, "no shards where replications grow until a precision is reached")
        tasks = len(tasks_of(experiment.runs, experiment.shares_burn_in, experiment.networks))
        if part[1] > tasks:  # some would have nothing to make
            raise not_allowed("", "--shard", shard, f"at most {tasks} shards, as many as the runs make tasks")
        experiment = replace(experiment, shard=part)
        usual = f"{experiment.name}-{part[0] + 1}-of-{part[1]}"
    return conducted(experiment, Results(Path(out) if out is not None else Path("results") / usual), **how)


def resume(folder: str, **how: str | None) -> int:
    """Go on with the experiment of a results folder, as its manifest records it."""
    from experiments.report.publishing import spec_of
    from experiments.results.store import Results
    from experiments.runs.experiment import prepared

    results = Results(Path(folder))
    manifest = results.manifest()
    if " " in manifest["model_version"]:
        raise Refusal(f"{folder}: the runs have citizens of a class of their own: expected to go on from Python, where the class is")
    experiment = prepared(
        manifest["name"], results.given(manifest), spec_of(manifest), command=("python", "-m", "experiments", "resume", folder)
    )
    if manifest["shard"]:
        from dataclasses import replace

        experiment = replace(experiment, shard=(manifest["shard"][0], manifest["shard"][1]))
    return conducted(experiment, results, **how)


def shard_of(text: str) -> tuple[int, int]:
    """Return (number from 0, of how many) of '3/10'."""
    number, slash, shards = text.partition("/")
    allowed = "I/N, the number of a shard and how many there are, such as 3/10"
    if not slash or not number.isdecimal() or not shards.isdecimal():
        raise not_allowed("", "--shard", text, allowed)
    if not 1 <= int(number) <= int(shards) <= MAX_SHARDS:
        raise not_allowed("", "--shard", text, f"{allowed}, I from 1 to N, N at most {MAX_SHARDS}")
    return int(number) - 1, int(shards)


def conducted(experiment: "Experiment", results: "Results", **how: str | None) -> int:
    """Run what is missing of an experiment, publish and print what was found."""
    from experiments.report.publishing import FAILED, publish

    timeout = None if how.get("timeout") is None else float(count("--timeout", str(how["timeout"]), 1, 10_000_000))
    with workforce(**how) as force:
        for note in experiment.notes:
            say(f"note: {note}")
        try:
            with terminable():
                experiment = _opened(experiment, results)
                experiment, performance = _performed(experiment, results, force, timeout)
                if performance.failures and not results.digests():
                    raise Fruitless(f"no run came to its end: {_first_failure(performance, experiment, results)}")
                say("making tables, figures and the report ...")
                found = publish(results, results.manifest())
        except KeyboardInterrupt as error:
            raise Interrupted(_what_is_kept(experiment, results), signal_of(error)) from None
        except Refusal as refusal:
            raise type(refusal)(f"{refusal}; {_what_is_kept(experiment, results)}" if results.held else str(refusal)) from None
        finally:
            results.close()
    print_found(found, experiment.notes, results)
    if performance.status != FAILED:
        return 0
    say(f"error: {_first_failure(performance, experiment, results)}")
    return 1


def _first_failure(performance: "Performance", experiment: "Experiment", results: "Results") -> str:
    first = performance.failures[0]
    return (
        f"{len(performance.failures)} of {len(experiment.runs)} runs failed, the first in arm {first.arm}, "
        f"{f'point {first.point}, ' if first.point else ''}replication {first.replication} ({first.status}: "
        f"{first.traceback.strip().splitlines()[-1]}); the tracebacks are in {results.path('journal.jsonl')}"
    )


@contextmanager
def workforce(
    workers: str | None = None, executor: str | None = None, cluster: str | None = None, timeout: str | None = None
) -> Iterator["Workforce"]:
    """Provide what makes the runs, by the options of the command line."""
    from experiments.runs import executors

    if cluster is not None and (executor is not None or workers is not None):
        raise Refusal(f"--cluster {cluster} is not allowed with --{'executor' if executor else 'workers'}: expected one of the two")
    at_once = available_cores() if workers is None else count("--workers", workers, 1, MAX_WORKERS)
    if executor not in (None, *EXECUTORS):
        raise not_allowed("", "--executor", executor, f"one of {', '.join(EXECUTORS)}{nearest(str(executor), EXECUTORS)}")
    if cluster is not None:
        chosen = executors.cluster(cluster)
    else:
        chosen = executors.processes(at_once) if executor == "processes" else executors.threads(at_once)
    with chosen as force:
        yield force


def _opened(experiment: "Experiment", results: "Results") -> "Experiment":
    """Open the folder, and say what it holds more, or less, than was asked for."""
    from experiments.runs.experiment import opened

    asked = experiment.spec.replications
    experiment = opened(experiment, results)
    held = experiment.spec.replications
    if held > asked:
        say(f"note: {results.folder} holds {held} replications: the run goes on with these, not with {asked}")
    for part in results.damaged():
        say(f"note: {part} is damaged: what it held is simulated again")
    return experiment


def _performed(experiment: "Experiment", results: "Results", force: "Workforce", timeout: float | None) -> "tuple[Experiment, Performance]":
    """Check that the results can be written, then run what is missing."""
    from experiments.review.verifying import society_class
    from experiments.runs.experiment import begin, perform
    from experiments.runs.progress import progress

    performance = begin(experiment, results)
    stored = results.digests()
    done = sum(run.id in stored for run in experiment.runs)
    if done:
        say(f"{done} of {len(experiment.runs)} runs are in {results.folder} already")
    if done < len(experiment.runs):
        say(f"{experiment.spec.title}: {size_of(experiment)}, {force.words}")
        if not force.elsewhere:
            have_compiled(experiment.arms, experiment.society() or society_class())
    with progress(len(experiment.runs), done, "runs") as counter:
        experiment = perform(experiment, results, performance, force, counter, timeout)
    return experiment, performance


def size_of(experiment: "Experiment") -> str:
    """Return how large an experiment is: '9 arms x 50 replications'."""
    points = f"{len(experiment.layout.points)} points x " if experiment.spec.design else ""
    text = f"{len(experiment.arms)} arms x {points}{experiment.spec.replications} replications"
    product = len(experiment.arms) * len(experiment.layout.points) * experiment.spec.replications
    return text if len(experiment.runs) == product else f"{text}, {len(experiment.runs)} runs"


def _what_is_kept(experiment: "Experiment", results: "Results") -> str:
    stored = results.digests()
    kept = sum(run.id in stored for run in experiment.runs)
    return f"{kept} of {len(experiment.runs)} runs are kept in {results.folder}, and the same command goes on from there"


def print_found(found: "Found", notes: Iterable[str], results: "Results") -> None:
    """Print differences, verdicts and notes, and say where the files are."""
    from experiments.analysis.effects import Analysis
    from experiments.report.tables import print_analysis

    out = console()
    if isinstance(found, Analysis):
        print_analysis(found, out, notes)
        out.print()
    elif found.contrasts:
        from experiments.report.design_report import print_design

        print_design(found, out)
        for note in notes:
            out.print(f"note: {note}", soft_wrap=True, markup=False)
        out.print()
    for name, what in (("report.html", "to read"), ("figures", "PNG and SVG"), ("runs.parquet", "one row a run"),
                       ("series.parquet", "one row a run and week"), ("effects.csv", "every difference"),
                       ("responses.csv", "every difference at every point"), ("manifest.json", "parameters, seeds, versions"),
                       ("journal.jsonl", "how every run ended")):  # fmt: skip
        if results.path(name).exists():
            out.print(f"{results.path(name)}  ({what})", soft_wrap=True, markup=False)
    content = results.manifest().get("content")
    if content:
        out.print(f"content {content}", soft_wrap=True, markup=False)


def plan(name: str, out: str | None, replications: str | None, settings: list[str], workers: str | None) -> int:
    """Say what an experiment would take, from a pilot; nothing is kept."""
    from experiments.results.store import Results
    from experiments.review.verifying import society_class
    from experiments.runs.estimating import estimate
    from experiments.runs.experiment import prepare
    from experiments.runs.progress import duration
    from experiments.specs.arms import parse_settings

    seeds = None if replications is None else count("--replications", replications, 1, MAX_REPLICATIONS)
    at_once = available_cores() if workers is None else count("--workers", workers, 1, MAX_WORKERS)
    experiment = prepare(name, parse_settings(settings), seeds)
    for note in experiment.notes:
        say(f"note: {note}")
    have_compiled(experiment.arms[:1], society_class())
    results = Results(Path(out) if out is not None else Path("results") / experiment.name)
    found = estimate(experiment, results, at_once)
    lines = [f"{experiment.spec.title}: {size_of(experiment)}"]
    lines += [f"runs    {found.runs:,}" + (f", of which {found.stored:,} are in {results.folder} already" if found.stored else "")]
    if experiment.spec.precision is not None:
        rule = experiment.spec.precision
        lines += [f"        and up to {rule.maximum} replications until the half-width of {rule.outcome} is {rule.half_width:g}"]
    if found.stored < found.runs:
        lines += [
            f"time    about {duration(found.wall)}, {at_once} at once ({duration(found.seconds)} of one)",
            f"memory  about {found.memory / 2**30:.1f} GiB",
            f"disk    about {size(found.disk)}" + ("" if experiment.spec.keeps_series else ", means only (series = true keeps every week)"),
            f"        from a pilot of {found.pilot} runs",
        ]
    for line in lines:
        console().print(line, soft_wrap=True, markup=False)
    return 0


def size(count_of_bytes: float) -> str:
    """Return a size in words: '2.5 MiB'."""
    for unit in ("KiB", "MiB", "GiB"):
        count_of_bytes /= 1024
        if count_of_bytes < 1000:
            return f"{count_of_bytes:.3g} {unit}"
    return f"{count_of_bytes / 1024:.3g} TiB"


def compare(folder: str) -> int:
    """Print what stored results say."""
    from experiments.report.publishing import stored_findings
    from experiments.results.store import Results

    manifest, found = stored_findings(Path(folder))
    say_incomplete(manifest)
    print_found(found, manifest["notes"], Results(Path(folder)))
    return 0


def report(folder: str) -> int:
    """Make tables, figures and the report of stored results anew."""
    from experiments.report.publishing import as_of_now, counted, publish, spec_of, stored_plan
    from experiments.results.store import Results

    results = Results(Path(folder))
    results.manifest()  # a folder without results is refused before anything is written there
    results.take_lock("a folder that no run is writing")
    try:
        manifest = as_of_now(results)
        say_incomplete(counted(results, manifest, stored_plan(results, manifest, spec_of(manifest))))
        publish(results, manifest)
    finally:
        results.close()
    print(results.path("report.html"))
    return 0


def merge(out: str, folders: list[str]) -> int:
    """Put the runs of several folders of one experiment, such as its shards, together in one folder, and publish it."""
    from experiments.report.publishing import publish
    from experiments.results.store import Results
    from experiments.runs.merging import merged

    results = Results(Path(out))
    try:
        manifest: dict[str, Any] = merged([Results(Path(folder)) for folder in folders], results)
        say_incomplete(manifest)
        found = publish(results, manifest)
    finally:
        results.close()
    print_found(found, manifest["notes"], results)
    return 0
