"""The command line: `python -m experiments VERB`. What the verbs do is in `experiments/commands.py`, imported when needed."""

import sys
from typing import Annotated, Any

import typer

Name = Annotated[str, typer.Argument(metavar="NAME|SPEC.toml", help="An experiment of the catalogue, or the path of a spec.")]
Folder = Annotated[str, typer.Argument(metavar="DIR", help="A results folder, such as results/three-levers.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter, e.g. scheme.exemption=1; may be repeated, the last wins."),
]

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
    from experiments import commands

    return commands.list_experiments()


@app.command()
def show(name: Name) -> int:
    """Print an experiment with every parameter written out, as a TOML spec."""
    from experiments import commands

    return commands.show(name)


@app.command()
def parameters(json: Annotated[bool, typer.Option("--json", help="As JSON, one object a parameter.")] = False) -> int:
    """List every parameter: name, default, what is allowed, unit, meaning, source."""
    from experiments import commands

    return commands.parameters(json)


@app.command()
def simulate(
    seed: Annotated[str, typer.Option(metavar="N", help="Seed of the run.")] = "1",
    ticks: Annotated[str | None, typer.Option(metavar="N", help="Length of the run in weeks; by default time.ticks.")] = None,
    engine: Annotated[str, typer.Option(metavar="agents|compiled", help="Engine; both give the same results.")] = "compiled",
    set_: Set = None,
    out: Annotated[str | None, typer.Option(metavar="FILE.parquet|FILE.csv", help="Write every outcome at every tick.")] = None,
) -> int:
    """Run one society once (scheme rongcheng, levers at 0, unless --set says otherwise); print its last values."""
    from experiments import commands

    return commands.simulate(seed, ticks, engine, set_ or [], out)


@app.command()
def run(
    name: Name,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Results folder; by default results/NAME.")] = None,
    replications: Annotated[str | None, typer.Option(metavar="N", help="Number of seeds; by default as in the spec.")] = None,
    workers: Annotated[str | None, typer.Option(metavar="N", help="Seeds that run at once; by default as many as cores.")] = None,
    set_: Set = None,
) -> int:
    """Run an experiment (or go on with an interrupted one) and say what was found; --set applies to the base of every arm."""
    from experiments import commands

    return commands.run(name, out, replications, workers, set_ or [])


@app.command()
def compare(folder: Folder) -> int:
    """Print the differences and verdicts of stored results."""
    from experiments import commands

    return commands.compare(folder)


@app.command()
def report(folder: Folder) -> int:
    """Make tables, figures and the report of stored results anew."""
    from experiments import commands

    return commands.report(folder)


def main(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code: 0, 1 (some runs failed), 2 (bad input), 130 (interrupted)."""
    try:
        return app(arguments, prog_name="python -m experiments", standalone_mode=False) or 0
    except Exception as error:
        found = _refusal(error)
        if found is None:
            raise
        print(f"error: {found[0]}", file=sys.stderr)
        return found[1]


def _refusal(error: Exception) -> tuple[str, int] | None:
    """Return (sentence, exit code) for bad input, None for a fault of the program."""
    if hasattr(error, "format_message"):  # typer's own: an unknown verb or option, a value of the wrong type
        return _sentence(error), 2
    from experiments.refusal import Refusal
    from model.parameters import ParameterError

    if isinstance(error, Refusal):
        return str(error), error.exit_code
    if isinstance(error, ParameterError):
        return str(error), 2
    if isinstance(error, ValueError) and type(error).__name__ == "NetworkError":  # its module is slow to import
        return str(error), 2
    return None


def _sentence(error: Any) -> str:
    context = error.ctx
    if type(error).__name__ == "NoArgsIsHelpError":
        return f"a verb is missing: expected one of {', '.join(context.command.list_commands(context))} (--help tells more)"
    verb = f" (see `{context.command_path} --help`)" if context else ""
    return " ".join(error.format_message().split()).rstrip(".") + verb


if __name__ == "__main__":
    sys.exit(main())
