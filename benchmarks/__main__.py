"""Measure the speed: `python -m benchmarks` (what the options do: --help; how to read the table: docs/performance.md)."""

import argparse
import json
import sys
from pathlib import Path

USAGE = "Processor time beside wall time, since machines are shared; medians of rounds in which everything takes turns."


def options(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=f"Measure the speed. {USAGE}")
    parser.add_argument("--large", action="store_true", help="a million citizens, too (some minutes and 2 GB)")
    parser.add_argument("--cold", action="store_true", help="the start with nothing compiled, too (a minute)")
    parser.add_argument("--experiment", action="store_true", help="the experiment three-levers, too (a minute or more)")
    parser.add_argument("--sweeps", action="store_true", help="what sweeps cost, and one of 10,000 runs, too (a quarter of an hour)")
    parser.add_argument("--browser", action="store_true", help="the dashboard's picture of the ties in Chromium, too (two minutes)")
    parser.add_argument("--quick", action="store_true", help="tiny societies: whether it works, not how fast it is")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown, as in docs/performance.md")
    parser.add_argument("--json", metavar="PATH", type=Path, help="write everything to a file, e.g. benchmarks/results.json")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    given = options(arguments)
    if given.json is not None and not given.json.absolute().parent.is_dir():
        print(f"error: --json {given.json}: there is no folder {given.json.absolute().parent}", file=sys.stderr)
        return 2
    from benchmarks import report, subjects
    from benchmarks.machine import describe, load

    effort = subjects.QUICK if given.quick else subjects.LARGE if given.large else subjects.FULL
    machine, say = describe(), report.progress()
    say("one run")
    figures, digest = subjects.standard_run(effort)
    say("ticks")
    figures += subjects.throughput(effort)
    say("threads")
    figures += subjects.threaded(effort)
    say("phases")
    figures += subjects.by_phase(effort)
    say("the peer in plain Mesa")
    figures += subjects.against_peer(effort)
    say("agent set and graphs")
    figures += subjects.agent_set(effort) + subjects.graphs(effort)
    say("start")
    figures += subjects.start(given.cold)
    if given.experiment:
        say("experiment")
        figures += subjects.experiment(effort)
    if given.sweeps:
        from benchmarks import sweeps

        say("sweeps")
        figures += sweeps.overhead(effort) + sweeps.ten_thousand(effort)
    if given.browser:
        from benchmarks.network_view import network_view

        say("the picture of the ties")
        figures += network_view(effort)
    machine |= {"load average": f"{machine['load average']} before, {load()} after", "digest of the run": digest}
    if given.markdown:
        print(report.markdown(machine, figures))
    else:
        report.show(machine, figures)
    return keep(given.json, report.document(machine, figures)) if given.json is not None else 0


def keep(path: Path, document: dict) -> int:
    """Write everything to a file; return the exit code."""
    try:
        path.write_text(json.dumps(document, indent=1) + "\n")
    except OSError as error:
        print(f"error: --json {path}: the file cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
