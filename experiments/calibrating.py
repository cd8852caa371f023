"""The verb `calibrate`: searches, judges what was found with seeds of its own, prints and writes it. Bad input raises a Refusal."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.commands import MAX_WORKERS, available_cores, console, count, have_compiled, say, signal_of, terminable
from experiments.problem import MAX_TRIALS, Problem, find_problem, with_options
from experiments.refusal import Interrupted
from experiments.spec import toml_key, toml_value
from experiments.targets import MET, ON_AVERAGE, Range, Reading, accepted, reading, spanned
from experiments.writing import make_folder, write_text

if TYPE_CHECKING:
    from experiments.calibration import Laboratory, Search, Trial

#: Accepted is this share of the trials, those with the smallest miss.
ACCEPTED = 0.05
#: With fewer accepted trials their range says little.
FEW = 10
#: A parameter whose accepted values span so much of its bounds is not pinned down by the patterns.
UNDETERMINED = 0.5


@dataclass(frozen=True)
class Judgement:
    """What a calibration found: by pattern, with held-out seeds, for the defaults and the best trial; by parameter, what was accepted."""

    defaults: dict[str, Reading]
    best: dict[str, Reading]
    best_trial: "Trial"
    ranges: dict[str, Range]
    accepted: int
    trials: int


def calibrate(name: str, trials: str | None, method: str | None, out: str | None, workers: str | None, settings: list[str]) -> int:
    """Search for parameters that meet the patterns of a file, or go on with an interrupted search; print and write what was found."""
    from agents.compiling import MODEL_VERSION
    from experiments.arms import parse_settings
    from experiments.calibration import Laboratory, opened
    from model.society import Society

    wanted = None if trials is None else count("--trials", trials, 1, MAX_TRIALS)
    at_once = available_cores() if workers is None else count("--workers", workers, 1, MAX_WORKERS)
    problem, short = find_problem(name, parse_settings(settings))
    problem = with_options(problem, wanted, method)
    folder = Path(out) if out is not None else Path("results") / f"calibration-{short}"
    make_folder(folder, "the results")
    laboratory = Laboratory(problem, Society, at_once)
    with opened(problem, folder, MODEL_VERSION) as search:
        try:
            with terminable():
                _search(search, laboratory, folder)
                write_text(folder / "trials.csv", trials_table(search))
                judgement = judged(search, laboratory)
        except KeyboardInterrupt as error:
            write_text(folder / "trials.csv", trials_table(search))
            kept = f"{len(search.trials())} of {problem.trials} trials are kept in {folder}, and the same command goes on from there"
            raise Interrupted(kept, signal_of(error)) from None
        write(folder, problem, judgement, MODEL_VERSION)
        print_judgement(problem, judgement, folder)
    return 0


def _search(search: "Search", laboratory: "Laboratory", folder: Path) -> None:
    """Make the missing trials."""
    from experiments.progress import progress

    problem, done = search.problem, len(search.trials())
    if done:
        say(f"{done} of {problem.trials} trials are in {folder} already")
    if done > problem.trials:
        say(f"note: {folder} holds {done} trials: all of them count, not only {problem.trials}")
    size = f"{len(problem.free)} parameters, {len(problem.patterns)} patterns, {len(problem.spec.arms)} arms x {problem.seeds} seeds"
    say(f"{problem.spec.title}: {size} a trial, {laboratory.workers} at once")
    have_compiled(problem.arms(problem.defaults), laboratory.society)
    with progress(max(problem.trials, done), done, "trials") as on_trial:
        search.run(laboratory, on_trial)


# --- the judgement ----------------------------------------------------------------------------------------------------------------


def judged(search: "Search", laboratory: "Laboratory") -> Judgement:
    """Run the defaults and the best trial with seeds that no trial saw, and take stock of the accepted trials."""
    problem, best, trials = search.problem, search.best(), search.trials()
    say(f"judging the defaults and the best of {len(trials)} trials with {problem.held_out} other seeds ...")
    kept = [trials[place] for place in accepted([trial.miss for trial in trials], ACCEPTED)]
    ranges = {one.name: spanned([trial.values[one.name] for trial in kept], one.low, one.high, one.log) for one in problem.free}
    defaults, after = (_readings(problem, laboratory, values) for values in (problem.defaults, best.values))
    return Judgement(defaults, after, best, ranges, len(kept), len(trials))


def _readings(problem: Problem, laboratory: "Laboratory", values: Mapping[str, float]) -> dict[str, Reading]:
    whole = {one.name: int(values[one.name]) if one.whole else values[one.name] for one in problem.free}
    found = laboratory.try_out(whole, problem.held_out_seeds)
    return {pattern.name: reading(pattern.target, pattern.values(found)) for pattern in problem.patterns}


def tally(readings: Mapping[str, Reading]) -> tuple[int, int]:
    """Return how many patterns are met, and how many more on average only."""
    verdicts = [one.verdict for one in readings.values()]
    return verdicts.count(MET), verdicts.count(ON_AVERAGE)


# --- files ------------------------------------------------------------------------------------------------------------------------


def trials_table(search: "Search") -> str:
    """Return the trials as CSV: number, miss, each parameter, the mean of each pattern over the training seeds, and what went wrong."""
    problem, lines = search.problem, io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    names = [one.name for one in problem.free]
    table.writerow(["trial", "miss", *names, *(pattern.name for pattern in problem.patterns), "reason"])
    for trial in search.trials():
        means = [float(np.mean(one.values(trial.found))) if trial.found else float("nan") for one in problem.patterns]
        table.writerow([trial.number, trial.miss, *(trial.values[name] for name in names), *means, trial.reason])
    return lines.getvalue()


def best_base(problem: Problem, trial: "Trial") -> str:
    """Return the calibrated society as the [base] of a spec."""
    settings = {**dict(problem.spec.base), **trial.values}
    lines = [f"# The best of a calibration against {problem.spec.title!r}: trial {trial.number}, miss {trial.miss:.6g}.", "[base]"]
    return "\n".join([*lines, *(f"{toml_key(name)} = {toml_value(value)}" for name, value in settings.items())]) + "\n"


def results_of(problem: Problem, judgement: Judgement, model_version: str) -> dict[str, Any]:
    """Return everything that was found as JSON can hold it; what has no finite value is null."""
    patterns = [
        {"name": one.name, "claim": one.claim, "source": one.source, "target": one.target.text(),
         "defaults": asdict(judgement.defaults[one.name]), "best": asdict(judgement.best[one.name])}
        for one in problem.patterns
    ]  # fmt: skip
    parameters = [
        {"name": one.name, "low": one.low, "high": one.high, "default": one.default, "best": judgement.best_trial.values[one.name],
         "accepted": asdict(judgement.ranges[one.name])}
        for one in problem.free
    ]  # fmt: skip
    found = {
        "title": problem.spec.title, "model_version": model_version, "method": problem.method, "trials": judgement.trials,
        "training_seeds": problem.training_seeds, "held_out_seeds": problem.held_out_seeds,
        "best": {"trial": judgement.best_trial.number, "miss": judgement.best_trial.miss}, "accepted": judgement.accepted,
        "patterns": patterns, "parameters": parameters,
    }  # fmt: skip
    return _finite(found)


def _finite(value: Any) -> Any:
    """Return nested values with None in the place of what is not finite, which JSON has no number for."""
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def write(folder: Path, problem: Problem, judgement: Judgement, model_version: str) -> None:
    """Write calibration.json and best.toml."""
    found = results_of(problem, judgement, model_version)
    write_text(folder / "calibration.json", json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    write_text(folder / "best.toml", best_base(problem, judgement.best_trial))


# --- tables -----------------------------------------------------------------------------------------------------------------------


def shown(one: Reading) -> str:
    """Return a reading as the table shows it: '0.812 [0.801, 0.823] met'."""
    if not np.isfinite(one.mean):
        return one.verdict
    return f"{one.mean:.3f} [{one.low95:.3f}, {one.high95:.3f}] {one.verdict}".replace("-", "−")


def pattern_rows(problem: Problem, judgement: Judgement) -> Sequence[tuple[str, ...]]:
    """Return the rows of the table of patterns: name, target, defaults, best."""
    defaults, best = judgement.defaults, judgement.best
    return [(one.name, one.target.text().replace("-", "−"), shown(defaults[one.name]), shown(best[one.name])) for one in problem.patterns]


def parameter_rows(problem: Problem, judgement: Judgement) -> Sequence[tuple[str, ...]]:
    """Return the rows of the table of parameters: name, bounds, default, best, accepted values, whether they are pinned down."""
    rows = []
    for one in problem.free:
        span = judgement.ranges[one.name]
        pinned = "too few trials" if judgement.accepted < FEW else "no" if span.share > UNDETERMINED else "yes"
        values = (f"{one.low:g} to {one.high:g}", f"{one.default:g}", f"{judgement.best_trial.values[one.name]:.4g}")
        rows.append((one.name, *(value.replace("-", "−") for value in (*values, f"{span.low:.3g} to {span.high:.3g}")), pinned))
    return rows


def print_judgement(problem: Problem, judgement: Judgement, folder: Path) -> None:
    """Print both tables, how many patterns are met, and where the files are."""
    from rich.table import Table

    out = console()
    for title, columns, rows in (
        (f"Patterns, over {problem.held_out} held-out seeds", ("pattern", "target", "defaults", "best found"),
         pattern_rows(problem, judgement)),
        (f"Parameters; accepted are the best {judgement.accepted} of {judgement.trials} trials",
         ("parameter", "searched", "default", "best found", "accepted", "pinned down"), parameter_rows(problem, judgement)),
    ):  # fmt: skip
        table = Table(*columns, title=title, title_justify="left", box=None)
        for row in rows:
            table.add_row(*row)
        out.print(table)
        out.print()
    for what, readings in (("defaults", judgement.defaults), ("best found", judgement.best)):
        met, on_average = tally(readings)
        out.print(f"{what}: {met} of {len(readings)} patterns met, {on_average} more on average", soft_wrap=True)
    if problem.method == "tpe":
        out.print(
            "accepted ranges are those of a search, which looks where it found something; --method random draws anywhere", soft_wrap=True
        )
    for name, what in (("calibration.json", "all of this"), ("trials.csv", "one row a trial"), ("best.toml", "the [base] of a spec")):
        out.print(f"{folder / name}  ({what})", soft_wrap=True, markup=False)
