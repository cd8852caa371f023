"""How typical the worlds on the page are: the same choice with other seeds, simulated in the background while the viewer looks on."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np

from dashboard.worlds.choice import Choice
from dashboard.worlds.twins import LEFT, RIGHT, parted_at, worlds_of
from experiments.refusal import not_allowed, whole_number
from experiments.specs.spec import MAX_SEED
from model.outcomes import OUTCOMES
from model.parameters import nearest
from model.society import Society

DIFFERENCE = "difference"
#: The band holds the middle four fifths of the replications.
QUANTILES = (0.1, 0.5, 0.9)
#: Seconds of simulation after which the thread gives way, for as long again, and hears whether it is still wanted.
STRIDE = 0.005
MOST = 200

#: However many viewers there are, what runs in the background takes turns, so that it never takes more than one processor.
_turn = threading.Lock()

#: Outcomes, and what computes a quantity from their values, element by element.
Computed = tuple[tuple[str, ...], Callable[..., np.ndarray]]


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Band:
    """Quantiles over replications, float32 (ticks,) each: 10 %, 50 % and 90 %; NaN where the outcome is not measured."""

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Replicated:
    """What is known so far: of which worlds (looked at before the first week), from how many seeds.

    bands: {(quantity, side): band} with the sides "left", and for twins "right" and "difference", which is the right world less the left
    one of the same seed, replication by replication. series: {side: {outcome: float32 (replications, ticks)}}, to be read only.
    """

    choice: Choice
    number: int = 0
    bands: Mapping[tuple[str, str], Band] = field(default_factory=dict)
    series: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict, repr=False)


class Replications:
    """A thread of its own that replicates what is shown, one society at a time; half of the time it lets others go first.

    An edit is repeated with the same numbers of citizens, who under another seed are other people.
    """

    def __init__(self, quantities: Mapping[str, Computed], number: int = 20, announce: Callable[[Replicated], object] = lambda found: None):
        """Prepare to replicate with that many other seeds, keeping no outcomes but those from which the quantities are computed.

        announce: called by the thread after each replication. Raises a Refusal for what is no outcome.
        """
        self.quantities = dict(quantities)
        self.outcomes = tuple(dict.fromkeys(name for outcomes, _ in self.quantities.values() for name in outcomes))
        for name in self.outcomes:
            if name not in OUTCOMES:
                raise not_allowed("", "outcome", name, f"the name of an outcome{nearest(str(name), OUTCOMES)}")
        self.number = whole_number("", "number", number, 1, MOST)
        self._announce = announce
        self._found: Replicated | None = None
        self._shown: Choice | None = None
        self._due: Choice | None = None  # what is to be replicated next
        self._obsolete = threading.Event()  # set when what is being replicated is not wanted any more
        self._watched = threading.Event()  # not set while nobody looks on
        self._watched.set()
        self._news = threading.Condition()
        self._closed = False
        self.is_busy = False  # whether more is to be found
        self._thread = threading.Thread(target=self._live, name="replications", daemon=True)
        self._thread.start()

    @property
    def found(self) -> Replicated | None:
        """What is known so far of the worlds that were last shown; None before that."""
        return self._found

    def show(self, choice: Choice) -> None:
        """Replicate these worlds: begin anew if they are others than before, in anything but the tick that is looked at."""
        choice = choice.at_the_start()
        with self._news:
            if self._closed or choice == self._shown:
                return
            self._shown, self._due, self._found, self.is_busy = choice, choice, Replicated(choice), True
            self._obsolete.set()
            self._obsolete = threading.Event()
            self._news.notify()

    def watched(self, by_anyone: bool) -> None:
        """Rest while nobody looks on, and go on where it was when somebody does."""
        if by_anyone:
            self._watched.set()
        else:
            self._watched.clear()

    def close(self) -> None:
        """End the thread: after the stride, or the building of a society, that is under way; both take a fraction of a second."""
        with self._news:
            self._closed = True
            self._obsolete.set()
            self._watched.set()
            self._news.notify()
        self._thread.join(1.0)

    # --- the thread -----------------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._due is not None)
                if self._closed or self._due is None:
                    return
                choice, obsolete = self._due, self._obsolete
                self._due = None
            self._replicate(choice, obsolete)
            with self._news:
                self.is_busy = self._due is not None

    def _replicate(self, choice: Choice, obsolete: threading.Event) -> None:
        ticks, sides = choice.parameters.time.ticks, (LEFT, RIGHT) if choice.twin else (LEFT,)
        shape = (len(sides), len(self.outcomes), self.number, ticks)
        kept, done = np.full(shape, np.nan, np.float32), 0
        for seed in seeds_after(choice.seed, self.number):
            try:
                found = _replication(choice, seed, self.outcomes, obsolete, self._watched)
            except Exception:  # one seed that fails must not cost the others
                log.exception("the replication with seed %d failed", seed)
                continue
            if found is None:
                return
            kept[:, :, done] = found
            done += 1
            so_far = kept[:, :, :done]
            series = {side: dict(zip(self.outcomes, layer, strict=True)) for side, layer in zip(sides, so_far, strict=True)}
            self._publish(Replicated(choice, done, self._bands(so_far, sides), series), obsolete)

    def _bands(self, kept: np.ndarray, sides: tuple[str, ...]) -> dict[tuple[str, str], Band]:
        found: dict[tuple[str, str], Band] = {}
        for name, (outcomes, compute) in self.quantities.items():
            layers = {
                side: compute(*(layer[self.outcomes.index(outcome)] for outcome in outcomes))
                for side, layer in zip(sides, kept, strict=True)
            }
            if RIGHT in layers:
                layers[DIFFERENCE] = layers[RIGHT] - layers[LEFT]
            found |= {(name, side): band_of(layer) for side, layer in layers.items()}
        return found

    def _publish(self, found: Replicated, obsolete: threading.Event) -> None:
        with self._news:
            if obsolete.is_set():
                return
            self._found = found
        try:
            self._announce(found)
        except Exception:
            if not self._closed:  # after the viewer has left nobody needs to know
                log.exception("what was found could not be told")


def seeds_after(seed: int, number: int) -> list[int]:
    """Return that many seeds other than this one: those after it, from 0 on after the last there is."""
    return [(seed + step) % (MAX_SEED + 1) for step in range(1, number + 1)]


def band_of(runs: np.ndarray) -> Band:
    """Return the quantiles over the rows of an array (runs, ticks); of each tick, over the runs in which there was something to measure."""
    found = np.full((len(QUANTILES), runs.shape[1]), np.nan, np.float32)
    measured = ~np.isnan(runs)
    whole, partly = measured.all(axis=0), measured.any(axis=0)
    found[:, whole] = np.quantile(runs[:, whole], QUANTILES, axis=0)
    if (some := partly & ~whole).any():
        found[:, some] = np.nanquantile(runs[:, some], QUANTILES, axis=0)
    return Band(*found)


def _replication(
    choice: Choice, seed: int, outcomes: tuple[str, ...], obsolete: threading.Event, watched: threading.Event
) -> np.ndarray | None:
    """Return the outcomes (float32; sides, outcomes, ticks) under another seed, or None once it is obsolete.

    Until the policies part, both worlds are one.
    """
    ticks = choice.parameters.time.ticks
    if choice.twin and choice.start(LEFT).is_as(choice.start(RIGHT)):
        left = worlds_of(replace(choice, twin=False, right=()), seed)[LEFT]
        parted = parted_at(choice.left, choice.right)
        if not _advanced(left, ticks if parted is None else parted, obsolete, watched):
            return None
        worlds = [left, left if parted is None else left.fork(policy=choice.right)]
    else:
        worlds = list(worlds_of(choice, seed).values())
    if not all(_advanced(society, ticks, obsolete, watched) for society in worlds):
        return None
    found = [society.series() for society in worlds]
    return np.array([[series[name] for name in outcomes] for series in found], np.float32)


def _advanced(society: Society, until: int, obsolete: threading.Event, watched: threading.Event) -> bool:
    """Run a society to a tick, stride by stride, resting after each as long as it took; False as soon as it is obsolete."""
    weeks = 1
    while society.tick < until and not obsolete.is_set():
        watched.wait()
        done = min(weeks, until - society.tick)
        with _turn:
            begun = perf_counter()
            society.run(done)
            took = perf_counter() - begun
        weeks = max(1, int(done * STRIDE / took)) if took > 0 else weeks
        obsolete.wait(took)
    return not obsolete.is_set()
