"""Sentences about what an experiment sets to no effect: said when it is run, and kept with its results."""

from collections.abc import Iterable

from experiments.specs.arms import NETWORK_FILE, Arm
from experiments.specs.spec import Spec


def notes_on(spec: Spec, arms: Iterable[Arm]) -> list[str]:
    """Return all notes on the arms of a spec."""
    arms = tuple(arms)
    return window_notes(spec, arms) + policy_notes(arms) + network_notes(arms) + judgment_notes(arms)


def window_notes(spec: Spec, arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each way in which the effect window includes weeks before the scheme."""
    notes = []
    for ticks, burn_in in sorted({(arm.parameters.time.ticks, arm.parameters.time.burn_in) for arm in arms}):
        if ticks <= burn_in:
            notes.append(f"no scheme ever begins: time.ticks = {ticks} does not exceed time.burn_in = {burn_in}")
        elif ticks - spec.effect_window < burn_in:
            early = f"the last {spec.effect_window} of {ticks} weeks begin before the scheme does"
            notes.append(f"effects are diluted: {early} (time.burn_in = {burn_in})")
    return notes


def policy_notes(arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each change by a policy that comes after the end of the run."""
    late: dict[str, list[str]] = {}
    for arm in arms:
        ticks = arm.parameters.time.ticks
        for change in arm.policy:
            if change[0] >= ticks:
                said = f"the policy row {list(change)!r} has no effect: the last week of the run is {ticks - 1}"
                late.setdefault(said, []).append(arm.name)
    return [f"{said} (arm {', '.join(names)})" for said, names in late.items()]


def network_notes(arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each network file beside which a parameter of the made networks is set."""
    notes: dict[str, None] = {}
    for arm in arms:
        given = sorted(name for name in arm.explicit if name.startswith("network.") and name != NETWORK_FILE)
        if given and arm.parameters.network.file:
            has = f" and {len(given) - 1} more parameters have" if len(given) > 1 else " has"
            first = "network.topology" if "network.topology" in given else given[0]
            notes[f"{first}{has} no effect beside network.file = {arm.parameters.network.file!r}"] = None
    return list(notes)


def judgment_notes(arms: Iterable[Arm]) -> list[str]:
    """Return a sentence for each scheme that waits for unpaid judgments where courts collect every fine."""
    waiting: dict[str, list[str]] = {}
    for arm in arms:
        collected = arm.parameters.court.collection == 1 and not any(name == "court.collection" for _, name, _ in arm.policy)
        for scheme in arm.parameters.schemes if collected else ():
            if scheme.event.judgment_unpaid:
                said = f"scheme {scheme.name} counts unpaid judgments, but there are none: court.collection = 1"
                waiting.setdefault(said, []).append(arm.name)
    return [f"{said} (arm {', '.join(names)})" for said, names in waiting.items()]
