"""Which world to show, and that world while it runs: a society, its levers and the changes made on the way."""

import inspect
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import numpy as np

from dashboard.curves import CURVES
from dashboard.levers import LEVERS
from experiments.refusal import Refusal, whole_number
from experiments.specs.arms import CITIZENS, NETWORK_FILE, parse_settings
from experiments.specs.spec import MAX_SEED
from model.assign import PRESET, checked_policy
from model.parameters import ParameterError, nearest
from model.society import Society

#: The words of an address that stand for a parameter.
SHORT = {"preset": PRESET, "citizens": CITIZENS}


@dataclass(frozen=True)
class Choice:
    """Which world to build: the seed, and the parameters (dotted name, value) that differ from the default society."""

    seed: int = inspect.signature(Society).parameters["rng"].default
    values: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self):
        """Refuse a seed that is none."""
        whole_number("", "seed", self.seed, 0, MAX_SEED)

    def anew(self, seed: str, preset: str) -> "Choice":
        """Return the choice with another seed, and with another preset; what only concerned the former scheme is dropped."""
        values = dict(self.values)
        if preset != values.get(PRESET):
            values = {name: value for name, value in values.items() if not name.startswith(("scheme.", "schemes."))}
        return Choice(_seed(seed), (*((name, value) for name, value in values.items() if name != PRESET), (PRESET, preset)))


def choice_from(address: str | None) -> Choice:
    """Read a choice from the part of an address behind the `?`, such as `seed=7&preset=none&citizens=500`.

    Every parameter can be set by its dotted name. Raises a Refusal of one sentence.
    """
    given = dict(parse_qsl((address or "").lstrip("?"), keep_blank_values=True))
    seed = _seed(given.pop("seed")) if "seed" in given else Choice().seed
    for name in given:
        if "." not in name and name not in SHORT:
            words = ("seed", *SHORT)
            allowed = f"{', '.join(words)} or the dotted name of a parameter"
            raise Refusal(f"{name!r} is not known here{nearest(name, words)}: expected {allowed}")
        if name == NETWORK_FILE:
            raise Refusal(f"{NETWORK_FILE} cannot be set in an address: expected a network that the program can make itself")
    return Choice(seed, parse_settings(f"{SHORT.get(name, name)}={value}" for name, value in given.items()))


def _seed(text: str) -> int:
    try:
        return whole_number("", "seed", int(text), 0, MAX_SEED)
    except ValueError:
        return whole_number("", "seed", text, 0, MAX_SEED)  # a refusal that quotes the text


@dataclass(frozen=True)
class Facts:
    """What does not change while a world runs."""

    choice: Choice
    citizens: int
    ticks: int
    burn_in: int
    preset: str


class World:
    """A society that is being watched, with the lever changes wished for and not yet made."""

    def __init__(self, choice: Choice):
        """Build the society. Raises ParameterError or NetworkError with one sentence."""
        self.society = Society(rng=choice.seed, **dict(choice.values))
        self.wishes: dict[str, float] = {}
        parameters = self.society.parameters
        self.facts = Facts(
            choice=choice,
            citizens=self.society.graph.citizens,
            ticks=parameters.time.ticks,
            burn_in=parameters.time.burn_in,
            preset=",".join(scheme.name for scheme in parameters.schemes) or "none",
        )

    @property
    def tick(self) -> int:
        """How many weeks are over."""
        return self.society.tick

    @property
    def ended(self) -> bool:
        """Whether the run has reached its length."""
        return self.tick >= self.facts.ticks

    @property
    def begun(self) -> bool:
        """Whether there is a scheme and the weeks before it are over."""
        return bool(self.society.parameters.schemes) and self.tick >= self.facts.burn_in

    def wish(self, name: str, value: float) -> None:
        """Set a lever from the next tick on. Raises ParameterError with one sentence."""
        if name not in {lever.name for lever in LEVERS}:
            raise ParameterError(f"{name!r} is not one of the levers")
        ((_, _, checked),) = checked_policy(self.society.parameters, [(self.tick, name, value)])
        self.wishes[name] = checked

    def step(self) -> None:
        """Make the changes wished for, each recorded as policy, and simulate one tick."""
        in_force = dict(self.in_force())
        for name, value in self.wishes.items():
            if value != in_force[name]:
                self.society.change(name, value)
        self.wishes.clear()
        self.society.step()

    def in_force(self) -> tuple[tuple[str, float], ...]:
        """Return (name, value) of each lever as it is at work; nothing without a scheme."""
        schemes = self.society.parameters.schemes
        return tuple((lever.name, getattr(schemes[0], lever.field)) for lever in LEVERS) if schemes else ()

    def levers(self) -> tuple[tuple[str, float], ...]:
        """Return (name, value) of each lever as it was last wished."""
        return tuple((name, self.wishes.get(name, value)) for name, value in self.in_force())

    def values(self, start: int) -> np.ndarray:
        """Return what the curves show from tick `start` on: float64, read-only, shape (ticks, curves)."""
        series = self.society.series()
        values = np.stack([series[curve.outcome.name][start:] for curve in CURVES], axis=1)
        values.flags.writeable = False
        return values
