"""The verbs for reviewers, `verify` and `replay`. Each returns the exit code; bad input raises a Refusal."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.refusal import Interrupted, Refusal
from experiments.specs.designs import MAX_POINTS
from experiments.specs.spec import MAX_REPLICATIONS
from experiments.verbs.commands import (
    MAX_WORKERS,
    available_cores,
    check_target,
    console,
    count,
    have_compiled,
    print_last,
    run_to,
    say,
    say_incomplete,
    signal_of,
    terminable,
)  # fmt: skip

if TYPE_CHECKING:
    from experiments.results.assembling import Row
    from experiments.review.archive import Copy
    from experiments.review.verifying import Check, Comparison, Recorded


def verify(name: str, sample: str | None, workers: str | None) -> int:
    """Make stored runs again, compare them, and say what was found; 0 if all are equal to the last bit, else 1."""
    from experiments.report.publishing import counted
    from experiments.review.verifying import circumstances, folder_of, in_order, prepared, rerun, society_class
    from experiments.runs.progress import progress

    size = None if sample is None else count("--sample", sample, 1, MAX_REPLICATIONS)
    at_once = available_cores() if workers is None else count("--workers", workers, 1, MAX_WORKERS)
    check = prepared(folder_of(name), size)
    _print_lines(circumstances(check.archive, check.arms.values()))
    say_incomplete(counted(check.archive.results, check.archive.manifest, check.archive.plan))
    _print_lines([_what_is_compared(check)])
    try:
        with terminable():
            have_compiled(check.arms.values(), society_class())
            with progress(len(check.rows), 0) as on_progress:
                rerun(check, at_once, on_progress)
    except KeyboardInterrupt as error:
        _print_lines(_differing(in_order(check)))
        raise Interrupted(f"interrupted: so far {verdict(in_order(check))}", signal_of(error)) from None
    found = in_order(check)
    _print_lines([*_differing(found), verdict(found)])
    return 0 if all(one.equal for one in found) else 1


def _what_is_compared(check: "Check") -> str:
    """Return in words which runs are compared, and in what."""
    archive = check.archive
    whole = len(archive.plan.runs())
    chosen = "all" if len(check.rows) == len(archive.runs) else f"{len(check.rows)}, drawn by a hash with the arms in turn,"
    compared = "final digests and weekly values" if archive.has_series else "final digests and means, as series.parquet is gone,"
    return f"{archive.results.folder}: {len(archive.runs)} of {whole} runs are stored; {chosen} are made again, and {compared} compared"


def _differing(found: "Iterable[Comparison]") -> list[str]:
    return [f"{named(one.row)}: {'; '.join(one.differences)}" for one in found if not one.equal]


def named(row: "Row") -> str:
    """Return a run in words."""
    return f"arm {row.arm}, {f'point {row.point}, ' if row.point else ''}replication {row.replication}"


def verdict(found: "list[Comparison]") -> str:
    """Return what was found, in one sentence: '19 of 20 runs are equal to the last bit; 1 differs'."""
    unlike = [one for one in found if not one.equal]
    alike = sum(one.alike for one in unlike)
    text = f"{len(found) - len(unlike)} of {len(found)} runs are equal to the last bit"
    if not unlike:
        return text
    text += f"; {len(unlike)} {'differs' if len(unlike) == 1 else 'differ'}"
    share = "" if alike == len(unlike) else f", {alike} of them"
    return f"{text}{share} in the final digest or by rounding alone" if alike else text


def _print_lines(lines: Iterable[str]) -> None:
    out = console()
    for line in lines:
        out.print(line, soft_wrap=True, markup=False)


# --- one run --------------------------------------------------------------------------------------------------------------------


def replay(name: str, arm: str, replication: str, point: str, until: str | None, out: str | None) -> int:
    """Make one run of a results folder again, print its last values and whether it is the stored one; 0 unless it differs (1)."""
    from experiments.review.verifying import circumstances, folder_of, recorded_run

    folder = folder_of(name)
    number = count("REPLICATION", replication, 0, MAX_REPLICATIONS)
    target = Path(out) if out is not None else None
    recorded = recorded_run(folder, arm, number, count("--point", point, 0, MAX_POINTS))
    ticks = recorded.arm.parameters.time.ticks
    last = ticks if until is None else count("--until", until, 1, ticks)
    if target is not None:
        if target.resolve().is_relative_to(folder.resolve()):
            raise Refusal(f"--out {target}: this is in the folder of the results, which is left as it is: expected another place")
        check_target(target)
    _print_lines(circumstances(recorded.archive, [recorded.arm]))
    society = recorded.society()
    if fault := _advanced(recorded, society, last, target):
        say(f"error: the run raises in week {society.tick}: {fault}")
        return 1
    try:
        print_last(society, recorded.row.seed, "compiled")
        equal = _print_comparison(recorded, society)
    finally:  # what was computed is shown and written, each even if the other cannot be
        if target is not None:
            _write_series(recorded, society, target)
    if target is not None:
        _print_lines([f"series {target}"])
    return 0 if equal else 1


def _advanced(recorded: "Recorded", society: Any, last: int, target: Path | None) -> str:
    """Run a society to the end of its last week, and return what it raised, or nothing."""
    try:
        run_to(society, last, target, lambda path: _write_series(recorded, society, path))
    except Interrupted:
        raise
    except Exception as error:  # as in the experiment, where it is a failure of this run alone
        return f"{type(error).__name__}: {error}"
    return ""


def _print_comparison(recorded: "Recorded", society: Any) -> bool:
    """Print whether the run is the stored one as far as it went, and return whether it is, or is not stored at all."""
    from experiments.results.records import Made, window_means
    from experiments.review.verifying import compared, compared_so_far

    copies = recorded.copies()
    if not copies:
        _print_lines(["the run is not stored: there is nothing to compare it with"])
        return True
    series = society.series()
    if society.tick == recorded.arm.parameters.time.ticks:
        means = window_means(series, recorded.archive.manifest["effect_window"])
        found = compared(recorded.archive, recorded.row, Made(recorded.row.run, society.digest(), means, series), copies)
        what = "the digest and every weekly value are" if _has_weeks(copies) else "the digest is"
    elif _has_weeks(copies):
        found = compared_so_far(recorded.archive, recorded.row, series, copies)
        what = f"the values of these {society.tick} weeks are"
    else:
        _print_lines(["the weekly values of the run are not stored: there is nothing to compare before its end"])
        return True
    _print_lines(_differing([found]) or [f"{what} equal to what is stored"])
    return found.equal


def _has_weeks(copies: "list[Copy]") -> bool:
    return any(copy.series is not None for copy in copies)


def _write_series(recorded: "Recorded", society: Any, target: Path) -> None:
    from experiments.results.assembling import keyed_series
    from experiments.results.writing import write_table

    write_table(target, keyed_series([(recorded.row, society.series())], bool(recorded.archive.plan.factors)))
