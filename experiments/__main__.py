"""The command line: `python -m experiments VERB`. What the verbs do is in `verbs/`, imported when needed."""

import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

Name = Annotated[str, typer.Argument(metavar="NAME|SPEC.toml", help="An experiment of the catalogue, or the path of a spec.")]
Folder = Annotated[str, typer.Argument(metavar="DIR", help="A results folder, such as results/three-levers.")]
Stored = Annotated[str, typer.Argument(metavar="NAME|DIR", help="A results folder, or an experiment, for results/NAME.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter, e.g. scheme.exemption=1; may be repeated, the last wins."),
]
Workers = Annotated[str | None, typer.Option(metavar="N", help="Runs made at once; by default as many as cores.")]
Executor = Annotated[
    str | None,
    typer.Option(metavar="threads|processes", help="What makes the runs; by default threads. A process may crash and harm no other."),
]
Cluster = Annotated[str | None, typer.Option(metavar="tcp://HOST:PORT", help="Have a Dask cluster make the runs.")]
Timeout = Annotated[str | None, typer.Option(metavar="SECONDS", help="Give up a run that takes longer.")]

#: The exit code when the reader of the output went away; the shell's convention for a closed pipe.
READER_GONE = 141

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: importing rich would double its time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    help="Put questions to simulated societies under a social credit system; docs/experiments.md tells more.",
)


@app.command("list")
def list_() -> int:
    """List the experiments of the catalogue."""
    from experiments.verbs import commands

    return commands.list_experiments()


@app.command()
def show(name: Name) -> int:
    """Print an experiment with every parameter written out, as a TOML spec."""
    from experiments.verbs import commands

    return commands.show(name)


@app.command()
def parameters(json: Annotated[bool, typer.Option("--json", help="As JSON, one object a parameter.")] = False) -> int:
    """List every parameter: name, default, what is allowed, unit, meaning, source."""
    from experiments.verbs import commands

    return commands.parameters(json)


@app.command()
def schema() -> int:
    """Print the JSON Schema of a spec, for editors and for programs that write specs."""
    from experiments.verbs import commands

    return commands.schema()


@app.command()
def simulate(
    seed: Annotated[str, typer.Option(metavar="N", help="Seed of the run.")] = "1",
    ticks: Annotated[str | None, typer.Option(metavar="N", help="Length of the run in weeks; by default time.ticks.")] = None,
    engine: Annotated[str, typer.Option(metavar="agents|compiled", help="Engine; both give the same results.")] = "compiled",
    threads: Annotated[
        str | None, typer.Option(metavar="N", help="Threads of the compiled engine; by default one a core from 50,000 citizens on.")
    ] = None,
    set_: Set = None,
    out: Annotated[str | None, typer.Option(metavar="FILE.parquet|FILE.csv", help="Write every outcome at every tick.")] = None,
) -> int:
    """Run one society once (scheme rongcheng, levers at 0, unless --set says otherwise); print its last values."""
    from experiments.verbs import commands

    return commands.simulate(seed, ticks, engine, threads, set_ or [], out)


@app.command()
def run(
    name: Name,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Results folder; by default results/NAME.")] = None,
    replications: Annotated[str | None, typer.Option(metavar="N", help="Number of seeds; by default as in the spec.")] = None,
    workers: Workers = None,
    executor: Executor = None,
    cluster: Cluster = None,
    timeout: Timeout = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="Make the I-th of N shares of the runs; `merge` joins them.")] = None,
    set_: Set = None,
) -> int:
    """Run an experiment (or go on with an interrupted one) and say what was found; --set applies to the base of every arm."""
    from experiments.verbs import conducting

    how = {"workers": workers, "executor": executor, "cluster": cluster, "timeout": timeout}
    return conducting.run(name, out, replications, set_ or [], shard=shard, **how)


@app.command()
def plan(
    name: Name,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Results folder; what it holds already is not counted.")] = None,
    replications: Annotated[str | None, typer.Option(metavar="N", help="Number of seeds; by default as in the spec.")] = None,
    workers: Workers = None,
    set_: Set = None,
) -> int:
    """Say how many runs an experiment has and what time, memory and disk it would take, from a pilot of a few runs."""
    from experiments.verbs import conducting

    return conducting.plan(name, out, replications, set_ or [], workers)


@app.command()
def resume(folder: Folder, workers: Workers = None, executor: Executor = None, cluster: Cluster = None, timeout: Timeout = None) -> int:
    """Go on with the experiment of a results folder; runs that failed are tried again."""
    from experiments.verbs import conducting

    return conducting.resume(folder, workers=workers, executor=executor, cluster=cluster, timeout=timeout)


@app.command()
def merge(
    out: Annotated[str, typer.Argument(metavar="DIR", help="The folder to put the runs in.")],
    folders: Annotated[list[str], typer.Argument(metavar="SHARD...", help="Results folders of the same experiment.")],
) -> int:
    """Put the shards of an experiment together in one folder and say what was found."""
    from experiments.verbs import conducting

    return conducting.merge(out, folders)


@app.command()
def compare(folder: Folder) -> int:
    """Print the differences and verdicts of stored results."""
    from experiments.verbs import conducting

    return conducting.compare(folder)


@app.command()
def report(folder: Folder) -> int:
    """Make tables, figures and the report of stored results anew."""
    from experiments.verbs import conducting

    return conducting.report(folder)


@app.command()
def verify(
    name: Stored,
    sample: Annotated[str | None, typer.Option(metavar="K", help="So many runs, the arms in turn; by default all.")] = None,
    workers: Workers = None,
) -> int:
    """Make stored runs again from their manifest and say which are equal to the last bit; writes nothing."""
    from experiments.verbs import reviewing

    return reviewing.verify(name, sample, workers)


@app.command()
def replay(
    name: Stored,
    arm: Annotated[str, typer.Argument(metavar="ARM", help="The name of the arm.")],
    replication: Annotated[str, typer.Argument(metavar="REPLICATION", help="Its number, from 0.")],
    point: Annotated[str, typer.Option(metavar="P", help="The point of the design, from 0.")] = "0",
    until: Annotated[str | None, typer.Option(metavar="TICK", help="So many weeks; by default to the end.")] = None,
    out: Annotated[str | None, typer.Option(metavar="FILE.parquet|FILE.csv", help="Write every outcome at every tick.")] = None,
) -> int:
    """Make one stored run again; print its last values and whether it is the stored one."""
    from experiments.verbs import reviewing

    return reviewing.replay(name, arm, replication, point, until, out)


@app.command()
def calibrate(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE.toml", help="Patterns to meet and parameters to search.")] = "literature",
    trials: Annotated[str | None, typer.Option(metavar="N", help="Trials in all; by default as in the file.")] = None,
    method: Annotated[str | None, typer.Option(metavar="tpe|random", help="Search, or draw independently.")] = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Results folder; by default results/calibration-NAME.")] = None,
    workers: Annotated[str | None, typer.Option(metavar="N", help="Seeds that run at once; by default as many as cores.")] = None,
    set_: Set = None,
) -> int:
    """Search parameters for which the model shows patterns of the literature (or go on with that); no default changes."""
    from experiments.verbs import calibrating

    return calibrating.calibrate(name, trials, method, out, workers, set_ or [])


Outcomes = Annotated[
    list[str] | None, typer.Option("--outcome", metavar="NAME", help="An outcome to look at; may be repeated; by default social trust.")
]


@app.command()
def sensitivity(folder: Folder, outcome: Outcomes = None) -> int:
    """Say which factors of a design the effects hang on: Sobol', Morris, PAWN, with chance told from design."""
    from experiments.verbs import understanding

    return understanding.sensitivity(Path(folder), outcome or [])


@app.command()
def discover(folder: Folder, outcome: Outcomes = None) -> int:
    """Say where in the space of its factors the effects of a design turn: boxes (PRIM) and trees (CART)."""
    from experiments.verbs import understanding

    return understanding.discover(Path(folder), outcome or [])


@app.command()
def emulate(folder: Folder, outcome: Outcomes = None) -> int:
    """Say how well an emulator tells the effects of a design at points that it has not seen."""
    from experiments.verbs import understanding

    return understanding.emulate(Path(folder), outcome or [])


@app.command()
def export(
    folder: Folder,
    crate: Annotated[str, typer.Option(metavar="OUT|OUT.zip", help="A new folder or zip file, for a Process Run RO-Crate.")],
    parts: Annotated[bool, typer.Option("--parts", help="With the files of parts/ too.")] = False,
) -> int:
    """Write stored results, with what made them, as a research object (RO-Crate) to archive or publish."""
    from experiments.verbs import exporting

    return exporting.export(folder, crate, parts)


def main(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code.

    0, 1 (some runs failed, or differ from what is stored), 2 (bad input, or an output that cannot be written), 130 (interrupted), 141
    (the reader went away).
    """
    try:
        code = _command()(arguments, prog_name="python -m experiments", standalone_mode=False) or 0
    except SystemExit:  # so typer and rich end when the reader of a pipe has gone, as behind `| head -1`
        code = READER_GONE
    except Exception as error:
        code = _told(error)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        code = code or _told(error)
        _drop_output()
    return code


@cache
def _command() -> Any:
    """Return what parses a command line, made once: that takes longer than many a verb that is called from Python."""
    return typer.main.get_command(app)


def _told(error: Exception) -> int:
    """Say on stderr what went wrong, and return the exit code; a fault of the program is raised."""
    found = _refusal(error)
    if found is None:
        raise error
    sentence, code = found
    if sentence:
        with suppress(OSError):
            print(f"error: {sentence}", file=sys.stderr)
    return code


def _drop_output() -> None:
    """Let what is still to be printed go nowhere: at its end the interpreter would fail on it again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refusal(error: Exception) -> tuple[str, int] | None:
    """Return (sentence, exit code) for bad input or a lost output, None for a fault of the program."""
    if hasattr(error, "format_message"):  # typer's own: an unknown verb or option, a value of the wrong type
        return _sentence(error), 2
    if isinstance(error, BrokenPipeError):
        return "", READER_GONE
    from experiments.refusal import Refusal, reason_of
    from model.parameters import ParameterError

    if isinstance(error, Refusal):
        return str(error), error.exit_code
    if isinstance(error, ParameterError):
        return str(error), 2
    if isinstance(error, OSError) and error.filename is None:  # of an open file, and files of results are refused where written
        return f"the output cannot be written: {reason_of(error)}", 2
    return (str(error), 2) if isinstance(error, ValueError) and _of_network(error) else None


def _of_network(error: ValueError) -> bool:
    from model.network.graph import NetworkError  # slow to import

    return isinstance(error, NetworkError)


def _sentence(error: Any) -> str:
    context = error.ctx
    if type(error).__name__ == "NoArgsIsHelpError":
        return f"a verb is missing: expected one of {', '.join(context.command.list_commands(context))} (--help tells more)"
    verb = f" (see `{context.command_path} --help`)" if context else ""
    return " ".join(error.format_message().split()).rstrip(".") + verb


if __name__ == "__main__":
    sys.exit(main())
