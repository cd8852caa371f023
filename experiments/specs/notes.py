"""Sentences about what an experiment sets to no effect: said when it is run, and kept with its results."""

from collections.abc import Iterable, Sequence
from typing import Any

from experiments.specs.arms import NETWORK_FILE, Arm
from experiments.specs.spec import Spec

#: So many notes of one kind are said in full.
FEW = 4


def notes_on(spec: Spec, arms: Iterable[Arm]) -> list[str]:
    """Return all notes on the arms of a spec; of a design, on the arms at all of its points."""
    arms = tuple(arms)
    return window_notes(spec, arms) + policy_notes(arms) + network_notes(arms) + judgment_notes(arms)


def window_notes(spec: Spec, arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each way in which the effect window includes weeks before the scheme."""
    arms, notes = tuple(arms), _Notes()
    for arm in arms:
        ticks, burn_in = arm.parameters.time.ticks, arm.parameters.time.burn_in
        if ticks <= burn_in:
            notes.add(f"no scheme ever begins: time.ticks = {ticks} does not exceed time.burn_in = {burn_in}", arm)
        elif ticks - spec.effect_window < burn_in:
            early = f"the last {spec.effect_window} of {ticks} weeks begin before the scheme does"
            notes.add(f"effects are diluted: {early} (time.burn_in = {burn_in})", arm)
    return notes.said(arms, where_all=False)


def policy_notes(arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each change by a policy that comes after the end of the run."""
    arms, notes = tuple(arms), _Notes()
    for arm in arms:
        ticks = arm.parameters.time.ticks
        for change in arm.policy:
            if change[0] >= ticks:
                notes.add(f"the policy row {_shown(change)} has no effect: the last week of the run is {ticks - 1}", arm)
    return notes.said(arms)


def _shown(change: tuple[int, str, Any]) -> str:
    """Return a row of a policy as a spec has it."""
    tick, name, value = change
    return repr([tick, name, list(value) if isinstance(value, tuple) else value])


def network_notes(arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each network file beside which a parameter of the made networks is set."""
    arms, notes = tuple(arms), _Notes()
    for arm in arms:
        given = sorted(name for name in arm.explicit if name.startswith("network.") and name != NETWORK_FILE)
        if given and arm.parameters.network.file:
            has = f" and {len(given) - 1} more parameters have" if len(given) > 1 else " has"
            first = "network.topology" if "network.topology" in given else given[0]
            notes.add(f"{first}{has} no effect beside network.file = {arm.parameters.network.file!r}", arm)
    return notes.said(arms, where_all=False)


def judgment_notes(arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each scheme that waits for unpaid judgments where courts collect every fine."""
    arms, notes = tuple(arms), _Notes()
    for arm in arms:
        collected = arm.parameters.court.collection == 1 and not any(name == "court.collection" for _, name, _ in arm.policy)
        for scheme in arm.parameters.schemes if collected else ():
            if scheme.event.judgment_unpaid:
                notes.add(f"scheme {scheme.name} counts unpaid judgments, but there are none: court.collection = 1", arm)
    return notes.said(arms)


class _Notes:
    """Sentences, each with the arms that it is about."""

    def __init__(self) -> None:
        self.about: dict[str, list[Arm]] = {}

    def add(self, sentence: str, arm: Arm) -> None:
        """Add a sentence about an arm, at one point of a design if there is one."""
        self.about.setdefault(sentence, []).append(arm)

    def said(self, arms: Sequence[Arm], where_all: bool = True) -> list[str]:
        """Return the sentences, each with its arms, and whether they are meant at some points only; FEW, and how many more there are.

        where_all: name the arms also where the sentence is about all of them.
        """
        lines = []
        for sentence, own in self.about.items():
            names = list(dict.fromkeys(arm.name for arm in own))
            some = "" if len(own) == sum(arm.name in names for arm in arms) else " at some points"
            named = where_all or some or len(own) < len(arms)
            lines.append(f"{sentence} (arm {', '.join(names)}{some})" if named else sentence)
        return lines if len(lines) <= FEW else [*lines[:FEW], f"{lines[FEW]}; and {len(lines) - FEW - 1} more like this"]
