"""Rules that tell points of one verdict from the others: boxes (PRIM) and a small tree (CART), each with what it is worth held out.

PRIM: Friedman and Fisher 1999, as Bryant and Lempert 2010 use it for scenario discovery, by the EMA workbench (Kwakkel 2017). CART:
Breiman et al. 1984, by scikit-learn.
"""

import logging
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

#: Of all points, what a box holds at least; what peeling takes at a time.
SMALLEST_BOX, PEEL = 0.05, 0.05
FOLDS = 5
DEPTH = 3
#: A restriction of a box stays if leaving it out would make the box so much worse that chance would do so less often.
SIGNIFICANT = 0.05
#: A verdict needs so many points of its own, and so many others, for a rule to be sought.
FEWEST = 8


@dataclass(frozen=True)
class Box:
    """A box in the unit cube.

    limits: {factor: (low, high)} of the factors it restricts, 0-1; low = 0 or high = 1 where it is open. quasi_p: {factor: the
    p-value of its more telling end}. coverage: share of all wanted points that are inside; density: share of the points inside that
    are wanted; held_coverage, held_density: of boxes found the same way without the points they are judged by (5 folds). inside: points.
    """

    limits: dict[int, tuple[float, float]]
    quasi_p: dict[int, float]
    coverage: float
    density: float
    held_coverage: float
    held_density: float
    inside: int


@dataclass(frozen=True)
class Leaf:
    """A leaf of the tree: {factor: (low, high)} in the unit cube, its verdict, the share of its points that have it, its points."""

    limits: dict[int, tuple[float, float]]
    verdict: str
    share: float
    points: int


@dataclass(frozen=True)
class Tree:
    """A tree of at most three questions.

    accuracy: share of points told rightly by trees that have not seen them (5 folds). majority: share of the commonest verdict, which
    a guess tells rightly.
    """

    leaves: tuple[Leaf, ...]
    accuracy: float
    majority: float

    @property
    def helps(self) -> bool:
        """Whether the tree tells more than the commonest verdict does."""
        return self.accuracy > self.majority


def folds_of(wanted: np.ndarray, groups: np.ndarray, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (points to find a rule with, points to judge it by) five times; points of a group, such as a base sample, stay together."""
    from sklearn.model_selection import StratifiedGroupKFold

    parts = min(FOLDS, len(np.unique(groups)))
    with warnings.catch_warnings():  # a rare verdict may miss a fold: it is judged in the others
        warnings.simplefilter("ignore")
        return list(StratifiedGroupKFold(parts, shuffle=True, random_state=seed).split(np.zeros(len(wanted)), wanted, groups))


# --- boxes ----------------------------------------------------------------------------------------------------------------------


def box_of(positions: np.ndarray, wanted: np.ndarray, groups: np.ndarray, seed: int = 0) -> Box | None:
    """Return the box that tells the wanted points best, or None where restricting any factor tells no more than chance does.

    positions: shape (points, factors), in 0-1. wanted: truth values, shape (points,). groups: as `folds_of` takes them.
    """
    limits, quasi_p = _peeled(positions, wanted)
    if not limits:
        return None
    coverage, density, inside = _worth(positions, wanted, limits)
    held = np.zeros(3)
    for seen, unseen in folds_of(wanted, groups, seed):
        found = _peeled(positions[seen], wanted[seen])[0]
        within = _inside(positions[unseen], found)
        held += wanted[unseen][within].sum(), within.sum(), wanted[unseen].sum()
    held_density = held[0] / held[1] if held[1] else float("nan")
    return Box(limits, quasi_p, coverage, density, held[0] / held[2], held_density, inside)


def _peeled(positions: np.ndarray, wanted: np.ndarray) -> tuple[dict[int, tuple[float, float]], dict[int, float]]:
    """Return (limits, quasi-p) of the box on PRIM's path that agrees best with the wanted points, less needless ends."""
    box = _path(positions, wanted)
    path = box.peeling_trajectory
    agreement = matthews(path["k"].to_numpy(float), path["n"].to_numpy(float), float(wanted.sum()), len(wanted))
    box.select(int(agreement.argmax()))
    start = box.box_lims[0]
    while True:
        best = {name: min(p for p in ends if p >= 0) for name, ends in box.p_values[box._cur_box].items()}  # -1: an open end
        needless = max(best, key=best.__getitem__, default=None)
        if needless is None or best[needless] <= SIGNIFICANT:
            break
        box.drop_restriction(needless)
    limits = {}
    for name in best:
        ends = zip(box.box_lim[name], start[name], box.p_values[box._cur_box][name], (0.0, 1.0), strict=True)
        low, high = (edge if end == widest or p > SIGNIFICANT else float(end) for end, widest, p, edge in ends)
        limits[int(name)] = (low, high)
    return limits, {int(name): float(p) for name, p in best.items()}


def matthews(caught: np.ndarray, inside: np.ndarray, wanted: float, points: int) -> np.ndarray:
    """Return Matthews' correlation of being inside with being wanted, of boxes with so many wanted points and points inside, -1 to 1.

    0 for a box of all points, however common the wanted ones are; the harmonic mean of coverage and density would be content with it.
    """
    spread = np.sqrt(inside * (points - inside) * wanted * (points - wanted))
    return np.divide(points * caught - inside * wanted, spread, out=np.zeros_like(inside), where=spread > 0)


def _path(positions: np.ndarray, wanted: np.ndarray) -> Any:
    """Return the box of the EMA workbench with its path of peeling and pasting."""
    with warnings.catch_warnings():  # of optional packages that it would like
        warnings.simplefilter("ignore")
        import pandas as pd
        from ema_workbench.analysis import prim

        logging.getLogger("EMA").setLevel(logging.ERROR)
        places = pd.DataFrame(positions, columns=[str(j) for j in range(positions.shape[1])])
        varying = places.loc[:, places.min() < places.max()]
        return prim.Prim(varying, wanted, peel_alpha=PEEL, paste_alpha=PEEL, mass_min=SMALLEST_BOX).find_box()


def _inside(positions: np.ndarray, limits: dict[int, tuple[float, float]]) -> np.ndarray:
    within = np.ones(len(positions), bool)
    for factor, (low, high) in limits.items():
        within &= (positions[:, factor] >= low) & (positions[:, factor] <= high)
    return within


def _worth(positions: np.ndarray, wanted: np.ndarray, limits: dict[int, tuple[float, float]]) -> tuple[float, float, int]:
    """Return (coverage, density, points inside) of a box."""
    within = _inside(positions, limits)
    caught, inside = int(wanted[within].sum()), int(within.sum())
    return caught / int(wanted.sum()), caught / inside, inside


# --- a tree ---------------------------------------------------------------------------------------------------------------------


def tree_of(positions: np.ndarray, verdicts: np.ndarray, groups: np.ndarray, seed: int = 0) -> Tree:
    """Return the tree of at most three questions that tells the verdicts (texts, shape (points,)) best."""
    from sklearn.tree import DecisionTreeClassifier

    def grown(places: np.ndarray, known: np.ndarray) -> Any:
        least = max(3, round(0.02 * len(places)))
        return DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=seed).fit(places, known)

    right = 0
    for seen, unseen in folds_of(verdicts, groups, seed):
        right += int((grown(positions[seen], verdicts[seen]).predict(positions[unseen]) == verdicts[unseen]).sum())
    counts = np.unique(verdicts, return_counts=True)[1]
    leaves = _merged(tuple(_leaves(grown(positions, verdicts), 0, {})))
    return Tree(leaves, right / len(verdicts), float(counts.max() / len(verdicts)))


def _leaves(tree: Any, node: int, limits: dict[int, tuple[float, float]]) -> list[Leaf]:
    nodes = tree.tree_
    if nodes.children_left[node] < 0:
        shares = nodes.value[node][0] / nodes.value[node][0].sum()
        return [Leaf(limits, str(tree.classes_[shares.argmax()]), float(shares.max()), int(nodes.n_node_samples[node]))]
    factor, cut = int(nodes.feature[node]), float(nodes.threshold[node])
    low, high = limits.get(factor, (0.0, 1.0))
    below = _leaves(tree, nodes.children_left[node], limits | {factor: (low, cut)})
    return below + _leaves(tree, nodes.children_right[node], limits | {factor: (cut, high)})


def _merged(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """Return the leaves with those halves put together again that say the same."""
    found = list(leaves)
    for i, (one, other) in enumerate(pairwise(found)):
        apart = [factor for factor in one.limits | other.limits if one.limits.get(factor) != other.limits.get(factor)]
        if one.verdict == other.verdict and len(apart) == 1 and one.limits.keys() == other.limits.keys():
            (low, end), (start, high) = one.limits[apart[0]], other.limits[apart[0]]
            if end == start:
                limits = one.limits | {apart[0]: (low, high)}
                if (low, high) == (0.0, 1.0):
                    del limits[apart[0]]
                points = one.points + other.points
                share = (one.share * one.points + other.share * other.points) / points
                return _merged((*found[:i], Leaf(limits, one.verdict, share, points), *found[i + 2 :]))
    return leaves
