"""The verb `calibrate`: searches, judges what was found with seeds of its own, prints and writes it. Bad input raises a Refusal."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.calibration.problem import MAX_TRIALS, Problem, find_problem, with_options
from experiments.calibration.targets import MET, ON_AVERAGE, Range, Reading, accepted, reading, spanned
from experiments.refusal import Interrupted
from experiments.results.writing import make_folder, write_text
from experiments.specs.reading import toml_key, toml_value
from experiments.verbs.commands import MAX_WORKERS, available_cores, console, count, have_compiled, say, signal_of, terminable

if TYPE_CHECKING:
    from experiments.calibration.search import Laboratory, Search, Trial

#: Accepted is this share of the trials, those with the smallest miss.
ACCEPTED = 0.05
#: With fewer accepted trials their range says little.
FEW = 10
#: A parameter whose accepted values span so much of its bounds is not pinned down by the patterns.
UNDETERMINED = 0.5
#: What is judged in the end.
DEFAULTS, BEST, MOST = "defaults", "smallest miss", "most met"


@dataclass(frozen=True)
class Judgement:
    """What a calibration found.

    readings: {candidate: {pattern: reading}} with held-out seeds; the candidates are the defaults, the trial with the smallest miss and
    the one that met most patterns. candidates: the two trials. reached: {pattern: in how many trials the training seeds met it}.
    ranges: {parameter: its values in the accepted trials}, of which there are `accepted`.
    """

    readings: dict[str, dict[str, Reading]]
    candidates: dict[str, "Trial"]
    reached: dict[str, int]
    ranges: dict[str, Range]
    accepted: int
    trials: int


def calibrate(name: str, trials: str | None, method: str | None, out: str | None, workers: str | None, settings: list[str]) -> int:
    """Search for parameters that meet the patterns of a file, or go on with an interrupted search; print and write what was found."""
    from agents.compiling import MODEL_VERSION
    from experiments.calibration.search import Laboratory, opened
    from experiments.specs.arms import parse_settings
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
    from experiments.runs.progress import progress

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
    """Run the defaults and the best trials with seeds that no trial saw, and take stock of all trials."""
    problem, trials = search.problem, search.trials()
    candidates = {BEST: search.best(), MOST: search.most_met()}
    say(f"judging the defaults and the best of {len(trials)} trials with {problem.held_out} other seeds ...")
    kept = [trials[place] for place in accepted([trial.miss for trial in trials], ACCEPTED)]
    held = np.array([search.held(trial) for trial in trials])
    values = {DEFAULTS: problem.defaults} | {name: dict(trial.values) for name, trial in candidates.items()}
    return Judgement(
        readings={name: _readings(problem, laboratory, tried) for name, tried in values.items()},
        candidates=candidates,
        reached={pattern.name: int(held[:, place].sum()) for place, pattern in enumerate(problem.patterns)},
        ranges={one.name: spanned([trial.values[one.name] for trial in kept], one.low, one.high, one.log) for one in problem.free},
        accepted=len(kept),
        trials=len(trials),
    )


def _readings(problem: Problem, laboratory: "Laboratory", values: Mapping[str, float]) -> dict[str, Reading]:
    found = laboratory.try_out(values, problem.held_out_seeds)
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


def base_of(problem: Problem, trial: "Trial", what: str) -> str:
    """Return the society of a trial as the [base] of a spec; `what` says which trial it is."""
    settings = {**dict(problem.spec.base), **trial.values}
    head = f"# {problem.spec.title}, {what}: trial {trial.number}, miss {trial.miss:.6g}."
    return "\n".join([head, "[base]", *(f"{toml_key(name)} = {toml_value(value)}" for name, value in settings.items())]) + "\n"


def results_of(problem: Problem, judgement: Judgement, model_version: str) -> dict[str, Any]:
    """Return everything that was found as JSON can hold it; what has no finite value is null."""
    patterns = [
        {"name": one.name, "claim": one.claim, "source": one.source, "target": one.target.text(), "trials": judgement.reached[one.name]}
        | {name: asdict(readings[one.name]) for name, readings in judgement.readings.items()}
        for one in problem.patterns
    ]
    parameters = [
        {"name": one.name, "low": one.low, "high": one.high, DEFAULTS: one.default}
        | {name: trial.values[one.name] for name, trial in judgement.candidates.items()}
        | {"accepted": asdict(judgement.ranges[one.name])}
        for one in problem.free
    ]
    found = {
        "title": problem.spec.title, "model_version": model_version, "method": problem.method, "trials": judgement.trials,
        "training_seeds": problem.training_seeds, "held_out_seeds": problem.held_out_seeds, "accepted": judgement.accepted,
        "candidates": {name: {"trial": trial.number, "miss": trial.miss} for name, trial in judgement.candidates.items()},
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
    """Write calibration.json, best.toml and most-met.toml."""
    found = results_of(problem, judgement, model_version)
    write_text(folder / "calibration.json", json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    for name, file in ((BEST, "best.toml"), (MOST, "most-met.toml")):
        write_text(folder / file, base_of(problem, judgement.candidates[name], name))


# --- tables -----------------------------------------------------------------------------------------------------------------------


def shown(one: Reading) -> str:
    """Return a reading as the table shows it, with half the width of its interval: '0.812 ±0.011 met'."""
    if not np.isfinite(one.mean):
        return one.verdict
    return f"{one.mean:.3f} ±{(one.high95 - one.low95) / 2:.3f} {one.verdict}".replace("-", "−")


def pattern_rows(problem: Problem, judgement: Judgement) -> list[tuple[str, ...]]:
    """Return the rows of the table of patterns: name, target, share of trials that met it, and each candidate's reading."""
    rows = []
    for one in problem.patterns:
        share = f"{judgement.reached[one.name] / judgement.trials:.0%}" if judgement.reached[one.name] else "none"
        readings = (shown(found[one.name]) for found in judgement.readings.values())
        rows.append((one.name, one.target.text().replace("-", "−"), share, *readings))
    return rows


def parameter_rows(problem: Problem, judgement: Judgement) -> list[tuple[str, ...]]:
    """Return the rows of the table of parameters: name, bounds, default, candidates, accepted values, whether they are pinned down."""
    rows = []
    for one in problem.free:
        span = judgement.ranges[one.name]
        tried = [f"{trial.values[one.name]:.3g}" for trial in judgement.candidates.values()]
        cells = [f"{one.low:g} to {one.high:g}", f"{one.default:g}", *tried, f"{span.low:.3g} to {span.high:.3g}"]
        rows.append((one.name, *(cell.replace("-", "−") for cell in cells), _pinned(problem, judgement, span)))
    return rows


def _pinned(problem: Problem, judgement: Judgement, span: Range) -> str:
    """Return whether the patterns pin a parameter down, as far as the trials can tell: a search goes where it found something."""
    if problem.method != "random":
        return ""
    return "too few trials" if judgement.accepted < FEW else "no" if span.share > UNDETERMINED else "yes"


def print_judgement(problem: Problem, judgement: Judgement, folder: Path) -> None:
    """Print both tables, how many patterns are met, and where the files are."""
    from rich.table import Table

    out = console()
    for title, columns, rows in (
        (f"Patterns, over {problem.held_out} held-out seeds", ("pattern", "target", "trials", *judgement.readings),
         pattern_rows(problem, judgement)),
        (f"Parameters; accepted are the {judgement.accepted} of {judgement.trials} trials with the smallest misses",
         ("parameter", "searched", DEFAULTS, *judgement.candidates, "accepted", "pinned down" if problem.method == "random" else ""),
         parameter_rows(problem, judgement)),
    ):  # fmt: skip
        table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False, collapse_padding=True)
        for row in rows:
            table.add_row(*row)
        out.print(table)
        out.print()
    for name, readings in judgement.readings.items():
        met, on_average = tally(readings)
        out.print(f"{name}: {met} of {len(readings)} patterns met, {on_average} more on average", soft_wrap=True)
    if problem.method != "random":
        out.print("accepted values are where the search went; --method random shows how far patterns pin parameters down", soft_wrap=True)
    for file, what in (("calibration.json", "all of this"), ("trials.csv", "one row a trial"), ("best.toml", "the [base] of a spec"),
                       ("most-met.toml", "likewise")):  # fmt: skip
        out.print(f"{folder / file}  ({what})", soft_wrap=True, markup=False)
