"""A stored run to be shown again: what its world is built from, and whether the world shown is the one that is stored, week by week."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from agents.compiling import MODEL_VERSION
from dashboard.stored.shelf import Folder, folder_named, plain, spec_within, within
from experiments.refusal import Refusal, reason_of
from experiments.results.identity import versions
from experiments.results.records import Made, window_means
from experiments.results.store import MANIFEST, Results
from experiments.review.archive import Archive, Copy
from experiments.review.comparing import Change, series_change
from experiments.review.rebuilding import not_recorded
from experiments.review.verifying import Recorded, compared, recorded_in
from model.declarations import SocietyParameters
from model.parameters import as_dict

#: What is known of a run shown again. UNSTORED: nothing of it is stored that could be compared. WAITING: only its end is. EQUAL: all
#: weeks so far are equal to the last bit. PROVEN: all weeks that are stored, the means and the final digest are. ROUNDING: nothing
#: differs by more than rounding. DIGEST: all outcomes are equal, the final state is not. DIFFERS: something else is.
UNSTORED, WAITING, EQUAL, PROVEN, ROUNDING, DIGEST, DIFFERS = "unstored", "waiting", "equal", "proven", "rounding", "digest", "differs"


@dataclass(frozen=True)
class Wish:
    """Which run is to be shown again: an arm of a folder, at a point of its design, in a replication; beside it another arm, or none.

    folder: its name under the root. reference: the arm of the left world; empty: there is one world.
    """

    folder: str
    arm: str
    replication: int = 0
    point: int = 0
    reference: str = ""


@dataclass(frozen=True, eq=False)  # arrays are neither equal nor unequal
class Side:
    """One world: what it is built from, and what is stored of it.

    parameters, policy, seed, graph: as `model.society.Society` takes them; the graph is None unless it is of a network file, and is
    that of both sides where both have the same file. stored: copies of the run, none if it failed or was never made, or if they
    cannot be read; then `unread` says why in one sentence, without its full stop.
    """

    arm: str
    label: str
    parameters: SocietyParameters
    policy: tuple[tuple[int, str, Any], ...]
    seed: int
    graph: Any
    stored: tuple[Copy, ...] = ()
    unread: str = ""
    recorded: Recorded | None = field(default=None, repr=False)

    @property
    def values(self) -> dict[str, Any]:
        """Every parameter by its dotted name."""
        return as_dict(self.parameters)

    @property
    def ticks(self) -> int:
        """How many weeks the run has."""
        return self.parameters.time.ticks

    @property
    def series(self) -> Mapping[str, np.ndarray] | None:
        """The stored weeks: {'tick' and outcomes: one value a tick}; None where only the means are kept, or nothing."""
        return next((copy.series for copy in self.stored if copy.series), None)

    @property
    def digest(self) -> str:
        """The stored digest of the final state, empty where nothing is stored."""
        return self.stored[0].digest if self.stored else ""


@dataclass(frozen=True, eq=False)
class Replay:
    """Worlds that are ready to be built: one, or two of one seed, the reference on the left.

    model: versions (of the model that made the runs, of the model here). new_parameters: that only the model here has; they have their
    defaults. packages: (name, version then, version now) where they differ.
    """

    wish: Wish
    title: str
    sides: tuple[Side, ...]
    point: tuple[tuple[str, Any], ...] = ()
    model: tuple[str, str] = ("", "")
    new_parameters: tuple[str, ...] = ()
    packages: tuple[tuple[str, str | None, str | None], ...] = ()

    @property
    def twin(self) -> bool:
        """Whether there are two worlds."""
        return len(self.sides) == 2

    @property
    def other_model(self) -> bool:
        """Whether the runs were made by another version of the model: then they may well differ."""
        return self.model[0] != self.model[1]

    @cached_property
    def differing(self) -> tuple[tuple[str, Any, Any], ...]:
        """(parameter, left, right) of all parameters in which the two worlds differ; None where one side has no such parameter."""
        if not self.twin:
            return ()
        left, right = (side.values for side in self.sides)
        names = dict.fromkeys((*left, *right))
        return tuple((name, left.get(name), right.get(name)) for name in names if left.get(name) != right.get(name))


def replay(root: Path | str, wish: Wish) -> Replay:
    """Return what the worlds of a wish are built from. Raises a Refusal of one sentence if there is no such run, or it cannot be made.

    Reads the folder's manifest and seals, and of its tables the runs' rows: a tenth of a second for hundreds of runs, some seconds for
    twenty thousand. To be called by a thread that may wait.
    """
    folder = folder_named(root, wish.folder)
    try:
        return _replay(folder, wish)
    except Refusal as error:
        raise Refusal(plain(within(str(error), folder.path))) from None
    except OSError as error:
        raise Refusal(f"{folder.shown_name}: the folder cannot be read: {reason_of(error)}") from None


def _replay(folder: Folder, wish: Wish) -> Replay:
    results = Results(folder.path)
    manifest = results.manifest()
    spec_within(manifest)
    _refuse_odd_networks(manifest["networks"])
    archive = Archive(results)
    if wish.reference == wish.arm:
        raise Refusal(f"both worlds would be of the arm {plain(wish.arm, 80)!r}: expected two arms, or one world")
    arms = (wish.reference, wish.arm) if wish.reference else (wish.arm,)
    runs = [recorded_in(archive, arm, wish.replication, wish.point) for arm in arms]
    point = archive.plan.points[wish.point] if archive.plan.points else ()
    labels = [plain(factor.label, 80) for factor in archive.spec.design.factors] if archive.spec.design else []
    now = versions()
    then = archive.manifest["versions"]
    return Replay(
        wish, folder.title, tuple(map(_side, runs)), tuple(zip(labels, point, strict=True)),
        (archive.manifest["model_version"], MODEL_VERSION),
        tuple(not_recorded(archive.manifest, [run.arm for run in runs])),
        tuple((name, then.get(name), version) for name, version in now.items() if then.get(name) != version),
    )  # fmt: skip


def _refuse_odd_networks(networks: Mapping[str, str]) -> None:
    """Raise a Refusal for a network that is no ordinary file. It may lie outside the root, but is taken for its content's hash alone."""
    for path in networks.values():
        if "\0" in path or (Path(path).exists() and not Path(path).is_file()):
            raise Refusal(f"{MANIFEST}: networks: {plain(path, 120)!r} is no ordinary file: expected the file of the runs")


def _side(run: Recorded) -> Side:
    copies: tuple[Copy, ...] = ()
    unread = ""
    try:
        copies = tuple(run.copies())
    except Refusal as error:
        unread = plain(within(str(error), run.archive.results.folder))
    arm = run.arm
    return Side(arm.name, plain(arm.label, 80), arm.parameters, arm.policy, run.row.seed, run.graph, copies, unread, run)


# --- is it the same? ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agreement:
    """How a run shown again compares with what is stored.

    state: see UNSTORED and the others. weeks: how many have been compared. week, outcome: of the first difference, counted from 0; None
    and empty where it is not in a week. text: what differs or cannot be read, one sentence in English without its full stop.
    """

    state: str
    weeks: int = 0
    week: int | None = None
    outcome: str = ""
    text: str = ""


class Check:
    """Holds one side of a replay, while it is shown, against all stored copies of its run. Asked by one thread.

    It holds as long as the run is what is recorded: after a viewer has changed something, it is no longer a question.
    """

    def __init__(self, side: Side):
        """Begin before the first week."""
        self.side, self._weeks = side, 0
        self._changes: list[tuple[int, Change]] = []

    def so_far(self, series: Mapping[str, np.ndarray]) -> Agreement:
        """Return how the weeks that are done compare. series: as `Society.series` returns it, from week 0 on.

        Only weeks that are new since the last call are compared; after a step back in time those that come again are, too.
        """
        weeks = len(series["tick"])
        if weeks < self._weeks:
            self._weeks, self._changes = weeks, [each for each in self._changes if each[0] < weeks]
        self._compare(series, self._weeks, weeks)
        self._weeks = weeks
        return self._agreement()

    def at_end(self, series: Mapping[str, np.ndarray], digest: str) -> Agreement:
        """Return how the whole run compares, with the digest of its final state (`Society.digest`)."""
        found, run = self.so_far(series), self.side.recorded
        if run is None or not self.side.stored or found.state == DIFFERS:
            return found
        means = window_means(series, run.archive.manifest["effect_window"])
        whole = compared(run.archive, run.row, Made(run.row.run, digest, means, series), self.side.stored)
        if whole.equal:
            return Agreement(PROVEN, found.weeks)
        text = plain("; ".join(whole.differences))
        if found.state == ROUNDING:
            return Agreement(ROUNDING, found.weeks, found.week, found.outcome, text)
        return Agreement(DIGEST if whole.alike else DIFFERS, found.weeks, text=text)

    def _compare(self, series: Mapping[str, np.ndarray], start: int, end: int) -> None:
        run = self.side.recorded
        if run is None or end <= start:
            return
        now = {name: values[start:end] for name, values in series.items()}
        for copy in self.side.stored:
            if copy.series is not None:
                stored = {name: values[start:end] for name, values in copy.series.items()}
                if change := series_change(stored, now, run.archive.outcomes):
                    self._changes.append((start if change.week is None else change.week, change))

    def _agreement(self) -> Agreement:
        if not self.side.stored:
            return Agreement(UNSTORED, text=self.side.unread)
        if self._changes:
            _, first = min(self._changes, key=lambda each: (each[1].rounding, each[0]))
            return Agreement(ROUNDING if first.rounding else DIFFERS, self._weeks, first.week, first.outcome, plain(first.text))
        weekly = any(copy.series is not None for copy in self.side.stored)
        return Agreement(EQUAL if weekly else WAITING, self._weeks if weekly else 0)
