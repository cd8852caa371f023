"""The cells of an experiment: its arms at each point of its design, with complete, checked parameters.

An arm's own setting wins over a factor, and a factor that concerns a scheme does not apply in an arm without that scheme. Hence an
arm may be the same at several points: then it is one cell, and each of its runs is made once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from experiments.refusal import Refusal
from experiments.specs.arms import NETWORK_FILE, Arm, applies, canonical, resolve, resolved_arms, value_of, with_networks, with_settings
from experiments.specs.designs import Factor, Point
from experiments.specs.spec import Settings, Spec
from model.assign import CHOOSES_SCHEMES, check, checked_policy
from model.parameters import ParameterError, with_values

#: So many values of a point are named in a message.
FEW = 4
#: Rows of the table of runs, at most: an arm, a point and a replication each.
MAX_ROWS = 10_000_000
#: The one point of an experiment without a design.
NO_DESIGN: tuple[Point, ...] = ((),)


@dataclass(frozen=True)
class Layout:
    """What an experiment consists of.

    arms: as they are without the factors. points: of the design. cells: the different ones, point by point, each with the first of
    its points. at: {(arm, point): place of the cell}. graphs: {path: network} of network files. factors: parameters of the design.
    """

    arms: tuple[Arm, ...]
    points: tuple[Point, ...]
    cells: tuple[Arm, ...]
    at: Mapping[tuple[str, int], int]
    graphs: Mapping[str, Any]
    factors: tuple[str, ...] = ()


def lay_out(spec: Spec) -> Layout:
    """Return the cells of a spec. Raises a Refusal that names the spec, the arm, the point and the parameter."""
    _check_size(spec)
    arms, graphs = with_networks(resolve(spec))
    points = NO_DESIGN
    if spec.design is not None:
        possible = (*arms, *_with_chosen_schemes(spec))
        _check_factors(spec, possible)
        points = spec.design.points({factor.name for factor in spec.design.factors if _is_whole(factor, possible)})
    taken = {
        arm.name: [factor.name for factor in spec.design.factors if takes(spec, arm, factor)] for arm in arms if spec.design is not None
    }
    cells: dict[tuple, int] = {}
    found: list[Arm] = []
    at: dict[tuple[str, int], int] = {}
    for number, point in enumerate(points):
        placed, more = (arms, {}) if spec.design is None else _arms_at(spec, arms, taken, number, point)
        graphs |= more
        for arm in placed:
            place = cells.setdefault((arm.name, arm.parameters, arm.policy), len(found))
            if place == len(found):
                found.append(arm)
            at[arm.name, number] = place
    factors = tuple(factor.parameter for factor in spec.design.factors) if spec.design else ()
    return Layout(arms, points, tuple(found), at, graphs, factors)


def _check_size(spec: Spec) -> None:
    """Raise a Refusal for an experiment whose table of runs would not fit into memory."""
    points = spec.design.count() if spec.design else 1
    rows = len(spec.arms) * points * spec.replications
    if rows > MAX_ROWS:
        found = f"{len(spec.arms)} arms x {points:,} points x {spec.replications:,} replications are {rows:,} rows of runs"
        raise Refusal(f"{spec.where}: {found}: expected at most {MAX_ROWS:,}")


def _is_whole(factor: Factor, arms: Iterable[Arm]) -> bool:
    return any(type(value_of(arm, factor.parameter)) is int for arm in arms)


def _shapes_the_arm(factor: Factor) -> bool:
    """Whether other parameters follow from the factor: those of the schemes it chooses, or the size of the network it names."""
    return factor.parameter in (*CHOOSES_SCHEMES, "network.topology", NETWORK_FILE)


def _with_chosen_schemes(spec: Spec) -> Iterable[Arm]:
    """Return the arms with each of the schemes that a factor chooses, which may have parameters that the base has not."""
    assert spec.design is not None
    for place, factor in enumerate(spec.design.factors):
        if factor.parameter in CHOOSES_SCHEMES:
            for value in dict.fromkeys(factor.values or [row[place] for row in spec.design.rows]):
                yield from resolved_arms(with_settings(spec, ((factor.parameter, value),)))


def _check_factors(spec: Spec, arms: tuple[Arm, ...]) -> None:
    """Raise a Refusal for a factor that no arm takes."""
    assert spec.design is not None
    for factor in spec.design.factors:
        if not _shapes_the_arm(factor) and not any(takes(spec, arm, factor) for arm in arms):
            raise Refusal(
                f"{spec.where}: factor {factor.name!r}: every arm sets {factor.parameter} itself or has no such scheme: expected an arm "
                "that takes it"
            )


def takes(spec: Spec, arm: Arm, factor: Factor) -> bool:
    """Return whether a factor changes an arm: unless the arm sets the parameter itself, or has no such scheme."""
    own = {canonical(name, arm.parameters) for name, _ in spec.arm(arm.name).settings}
    return applies(factor.parameter, arm.parameters) and canonical(factor.parameter, arm.parameters) not in own


def set_by_design(spec: Spec, settings: Settings, arms: Iterable[Arm]) -> list[str]:
    """Return the names among these settings of the base that every arm which takes them gets from a factor at every point."""
    if spec.design is None or spec.design.kind == "one-at-a-time":  # the latter has a point that leaves all as it is
        return []
    arms = tuple(arms)
    factors = [factor.parameter for factor in spec.design.factors]
    return [name for name, _ in settings if all(_is_one_of(name, factors, arm) for arm in arms)]


def _is_one_of(name: str, factors: Iterable[str], arm: Arm) -> bool:
    return canonical(name, arm.parameters) in {canonical(factor, arm.parameters) for factor in factors}


def _arms_at(
    spec: Spec, arms: tuple[Arm, ...], taken: Mapping[str, Collection[str]], number: int, point: Point
) -> tuple[tuple[Arm, ...], Mapping[str, Any]]:
    """Return the arms at a point, and the networks that it adds. taken: {arm: names of the factors that it takes}."""
    assert spec.design is not None
    given = [(factor, value) for factor, value in zip(spec.design.factors, point, strict=True) if value is not None]
    listed = [f"{factor.parameter} = {value!r}" for factor, value in given]
    shown = ", ".join(listed if len(listed) <= FEW else [*listed[:FEW], "..."])
    where = f"{spec.where}: point {number} ({shown})"
    if any(_shapes_the_arm(factor) for factor, _ in given):
        settings = tuple((factor.parameter, value) for factor, value in given)
        placed, graphs = with_networks(resolved_arms(replace(with_settings(spec, settings), where=where)))
        return tuple(replace(arm, point=number) for arm in placed), graphs
    return tuple(_placed(arm, number, [pair for pair in given if pair[0].name in taken[arm.name]], where) for arm in arms), {}


def _placed(arm: Arm, number: int, given: Iterable[tuple[Factor, Any]], where: str) -> Arm:
    """Return an arm at a point whose factors change nothing but their own parameters."""
    parameters = arm.parameters
    try:
        parameters = with_values(parameters, {canonical(factor.parameter, parameters): value for factor, value in given})
        check(parameters)
        policy = checked_policy(parameters, list(arm.policy))
    except ParameterError as error:
        raise Refusal(f"{where}: arm {arm.name!r}: {error}") from None
    return replace(arm, parameters=parameters, policy=policy, point=number)
