"""Searches the parameters of a calibration problem for values that meet its patterns.

Every trial runs the same seeds (common random numbers), so that trials differ by their parameters alone. Optuna proposes, from what
the finished trials found; they are kept in an SQLite file, so that a search which was interrupted goes on. The proposals of trial k
follow from the problem's seed, k and the finished trials before it, and from nothing else: an interrupted search that went on gives
the same trials, bit for bit, as one that was not.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.calibration.problem import Problem
from experiments.calibration.quantities import measured
from experiments.calibration.targets import Found, holding, total_miss
from experiments.refusal import Refusal, reason_of
from experiments.results.identity import policy_document
from experiments.specs.arms import NETWORK_FILE, Arm
from model.parameters import ParameterError, as_dict

MakeSociety = Callable[..., Any]  # model.society.Society, or anything that is called and behaves like it

STORE, LOCK = "study.db", ".lock"
#: The first so many trials are drawn independently, before the sampler has anything to learn from.
INDEPENDENT = 30
#: Weeks between two looks at the stop sign.
STRIDE = 52


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """The evaluation was asked to stop."""


@dataclass(frozen=True)
class Trial:
    """A finished trial: its number among these (from 0), the parameters tried, the total miss, and what each training seed showed.

    `reason` says why a trial could not be run or measured; its miss is then infinite.
    """

    number: int
    values: Mapping[str, float]
    miss: float
    found: tuple[Found, ...]
    reason: str = ""


# --- one set of parameters --------------------------------------------------------------------------------------------------------


def groups_of(arms: Sequence[Arm]) -> list[list[Arm]]:
    """Return the arms in groups that are the same society up to the end of the burn-in: they differ in schemes and policy alone."""
    groups: dict[Any, list[Arm]] = {}
    for arm in arms:
        groups.setdefault(replace(arm.parameters, schemes=()), []).append(arm)
    return list(groups.values())


def found_in(
    arms: Sequence[Arm], wanted: Mapping[str, Sequence[str]], seed: int, window: int, *,
    society: MakeSociety, graphs: Mapping[str, Any], stop: threading.Event,
) -> Found:  # fmt: skip
    """Return {arm: {quantity: value}} of one seed; arms that share their burn-in are forked from one society."""
    found: dict[str, Mapping[str, float]] = {}
    for group in groups_of(arms):
        parameters = group[0].parameters
        graph = graphs.get(parameters.network.file)
        shared = min([parameters.time.burn_in, parameters.time.ticks, *(change[0] for arm in group for change in arm.policy)])
        trunk = society(replace(parameters, schemes=()), rng=seed, graph=graph) if len(group) > 1 and shared > 0 else None
        if trunk is not None:
            _advance(trunk, shared, stop)
        for arm in group:
            made = trunk.fork(arm.parameters, arm.policy) if trunk is not None else None
            one = made or society(arm.parameters, rng=seed, policy=arm.policy, graph=graph)
            _advance(one, arm.parameters.time.ticks, stop)
            found[arm.name] = measured(one, wanted[arm.name], window)
    return found


def _advance(society: Any, until: int, stop: threading.Event) -> None:
    while society.tick < until:
        if stop.is_set():
            raise Stopped
        society.run(min(STRIDE, until - society.tick))


@dataclass(frozen=True)
class Laboratory:
    """Where parameters are tried: `workers` seeds at once, in threads. What is found does not depend on how many."""

    problem: Problem
    society: MakeSociety
    workers: int = 1

    def try_out(self, values: Mapping[str, float], seeds: Sequence[int]) -> tuple[Found, ...]:
        """Return what each seed shows under these values; a Refusal or another ValueError if no society can be made of them."""
        problem, stop = self.problem, threading.Event()
        arms, wanted, window = problem.arms(values), problem.quantities(), problem.spec.effect_window

        def one(seed: int) -> Found:
            return found_in(arms, wanted, seed, window, society=self.society, graphs=problem.graphs, stop=stop)

        with ThreadPoolExecutor(max_workers=self.workers, thread_name_prefix="seed") as pool:
            pending = [pool.submit(one, seed) for seed in seeds]
            try:
                return tuple(future.result() for future in pending)
            except BaseException:  # an interrupt, or a seed that cannot be run: the others would be in vain
                stop.set()
                for future in pending:
                    future.cancel()
                raise

    def assess(self, values: Mapping[str, float]) -> tuple[float, tuple[Found, ...], str]:
        """Return (total miss, what each training seed shows, why there is nothing to show or empty)."""
        try:
            found = self.try_out(values, self.problem.training_seeds)
        except (Refusal, ParameterError, ValueError) as error:  # values that are allowed one by one may not go together
            return float("inf"), (), str(error)
        miss = total_miss(self.problem.patterns, found)
        return miss, found, "" if np.isfinite(miss) else "a quantity is undefined"


# --- the search -------------------------------------------------------------------------------------------------------------------


def document_of(problem: Problem, model_version: str) -> dict[str, Any]:
    """Return everything that the trials follow from, as JSON can hold it. The number of trials and held-out seeds do not enter."""
    free = {one.name: {"low": one.low, "high": one.high, "log": one.log} for one in problem.free}
    patterns = {
        one.name: {"quantity": one.quantity, "arm": one.arm, "against": one.against, "compare": one.compare, "weight": one.weight,
                   "low": str(one.target.low), "high": str(one.target.high), "scale": one.target.scale}
        for one in problem.patterns
    }  # fmt: skip
    arms = {arm.name: _document_of_arm(arm) for arm in problem.arms(problem.defaults)}
    return {
        "model_version": model_version, "seed": problem.spec.seed, "seeds": problem.seeds, "method": problem.method,
        "effect_window": problem.spec.effect_window, "parameter": free, "pattern": patterns, "arms": arms,
    }  # fmt: skip


def _document_of_arm(arm: Arm) -> dict[str, Any]:
    """Return an arm's parameters and policy as JSON can hold them; a network file counts by its content."""
    parameters = as_dict(arm.parameters)
    if parameters[NETWORK_FILE]:
        parameters[NETWORK_FILE] = "sha256:" + hashlib.sha256(Path(parameters[NETWORK_FILE]).read_bytes()).hexdigest()
    return {"parameters": parameters, "policy": policy_document(arm.policy)}


def _leaves(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return {dotted key: value} of nested tables."""
    leaves: dict[str, Any] = {}
    for key, value in document.items():
        leaves |= _leaves(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return leaves


@contextmanager
def opened(problem: Problem, folder: Path, model_version: str) -> Iterator["Search"]:
    """Open the search that a folder holds, or begin one there; nobody else can meanwhile. The folder must exist.

    Raises a Refusal if another process writes there, if the file is damaged, or if it holds the search of another problem.
    """
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    lock, storage = _locked(folder), None
    try:
        storage = optuna.storages.RDBStorage(f"sqlite:///{(folder / STORE).absolute()}")
        study = optuna.create_study(storage=storage, study_name="calibration", load_if_exists=True)
        _refuse_another(study, json.loads(json.dumps(document_of(problem, model_version))), folder)
        yield Search(problem, study)
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        reason = str(error.__cause__ or error).splitlines()[0].rstrip(".")
        raise Refusal(f"{folder / STORE}: the trials cannot be read or kept: {reason}; give another folder with --out") from None
    finally:
        if storage is not None:
            storage.engine.dispose()
        lock.close()


def _locked(folder: Path) -> Any:
    """Return an open file that keeps others out until it is closed."""
    try:
        lock = open(folder / LOCK, "wb")  # noqa: SIM115 - held until the search ends
    except OSError as error:
        raise Refusal(f"{folder}: the folder cannot be written: {reason_of(error)}") from None
    try:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # Windows cannot tell
        pass
    except OSError:
        lock.close()
        raise Refusal(f"{folder}: another calibration is writing there: expected a folder of its own") from None
    return lock


def _refuse_another(study: Any, document: Mapping[str, Any], folder: Path) -> None:
    stored = study.user_attrs.get("problem")
    if stored is None:
        study.set_user_attr("problem", document)
        return
    there, here = _leaves(stored), _leaves(document)
    found = [
        f"{key} is {there.get(key, 'absent')!r} there and {here.get(key, 'absent')!r} here"
        for key in {**here, **there}
        if key not in here or key not in there or here[key] != there[key]
    ]
    if found:
        more = f" (and {len(found) - 1} more differences)" if len(found) > 1 else ""
        raise Refusal(f"{folder} holds another calibration: {found[0]}{more}; give another folder with --out, or remove this one")


@dataclass(frozen=True)
class Search:
    """A search under way: the problem, and Optuna's study on the disk, which holds finished trials only, so that a kill leaves nothing."""

    problem: Problem
    kept: Any

    def trials(self) -> list[Trial]:
        """Return the finished trials in their order."""
        return [
            Trial(one.number, one.params, float(one.value), tuple(one.user_attrs["found"]), one.user_attrs["reason"])
            for one in self.kept.get_trials(deepcopy=False)
        ]

    def best(self) -> Trial:
        """Return the trial with the smallest miss, the first of equals; a Refusal if none could be run and measured."""
        trials = self.trials()
        best = min(trials, key=lambda trial: trial.miss)
        if not np.isfinite(best.miss):
            raise Refusal(f"{self.problem.spec.where}: no trial could be run and measured: the first failed as {trials[0].reason}")
        return best

    def most_met(self) -> Trial:
        """Return the trial that meets most patterns on the training seeds, of equals the one with the smallest miss.

        It differs from the best where one pattern is missed by so much that to come nearer to it outweighs others that are met.
        """
        return min(self.trials(), key=lambda trial: (-sum(self.held(trial)), trial.miss))

    def held(self, trial: Trial) -> list[bool]:
        """Return, for each pattern, whether the training seeds of a trial meet it."""
        return holding(self.problem.patterns, trial.found) if trial.found else [False] * len(self.problem.patterns)

    def run(self, laboratory: Laboratory, on_trial: Callable[[float], None] = lambda share: None) -> None:
        """Make the trials that are missing; an interrupt loses the one under way."""
        import optuna

        distributions = _distributions(self.problem)
        study = optuna.create_study()  # in memory: what is proposed and not finished never reaches the disk
        study.add_trials(self.kept.get_trials(deepcopy=False))
        for number in range(len(study.trials), self.problem.trials):
            study.sampler = _sampler(self.problem, number)
            proposed = study.ask(distributions)
            miss, found, reason = laboratory.assess(proposed.params)
            study.tell(proposed, miss)
            known = {"found": _plain(found), "reason": reason}
            self.kept.add_trial(optuna.create_trial(params=proposed.params, distributions=distributions, value=miss, user_attrs=known))
            on_trial(1.0)


def _plain(found: Sequence[Found]) -> list[dict[str, dict[str, float]]]:
    return [{arm: dict(values) for arm, values in seed.items()} for seed in found]


def _distributions(problem: Problem) -> dict[str, Any]:
    """Return the parameters as Optuna knows them."""
    from optuna.distributions import FloatDistribution, IntDistribution

    return {
        one.name: IntDistribution(int(one.low), int(one.high), log=one.log) if one.whole
        else FloatDistribution(one.low, one.high, log=one.log)
        for one in problem.free
    }  # fmt: skip


def _sampler(problem: Problem, number: int) -> Any:
    """Return the sampler of a trial, seeded by its number, so that it does not matter what other samplers drew before.

    The tree-structured Parzen estimator (Bergstra et al. 2011) looks at the finished trials; independent draws do not.
    """
    from optuna.samplers import RandomSampler, TPESampler

    seed = int(np.random.SeedSequence([problem.spec.seed, number]).generate_state(1)[0])
    if problem.method == "random":
        return RandomSampler(seed=seed)
    return TPESampler(seed=seed, n_startup_trials=INDEPENDENT, multivariate=True)
