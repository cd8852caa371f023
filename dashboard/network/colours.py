"""What colour a citizen has: one byte each, read off a table of colours, and one byte of marks."""

from dataclasses import asdict, dataclass
from functools import cache

import numpy as np

from agents.choosing import beta_mean
from agents.units import MILLI
from experiments.refusal import not_allowed
from model.institutions.scheme import MAX_GRADES
from model.parameters import nearest
from model.society import Society

#: What citizens can be coloured by.
COLOURINGS = ("trust", "score", "grade", "grievance", "community")

#: The byte of whom a colouring does not concern (not enrolled, nothing measured): grey in every table.
MISSING = 0

#: The byte of equality in the diverging table; one step from it is 1/127 of the range.
EQUAL, STEPS = 128, 127

#: Marks, as bits.
OFFICIAL, REMOVED, LOCKED, SELECTED = 1, 2, 4, 8

#: Trust (belief) and grievance (share) between which colours change; beyond are few citizens, in the colours of the ends.
TRUST, GRIEVANCE = (0.25, 0.75), (0.0, 0.75)

#: Difference of trust (belief) from which on a colour is full.
SPREAD = 0.2

#: Okabe & Ito 2008 from cool to warm, then two more; the best grade is blue, the worst the darkest in use. The last is for dark pages.
HUES = ("#0072b2", "#56b4e9", "#009e73", "#f0e442", "#e69f00", "#d55e00", "#cc79a7", "#1b1b1b", "#8c6d46", "#8a8a8a")
PALE_INK = "#eceae4"
GREYS = {"light": "#bdbab3", "dark": "#55534e"}

#: How many hues circles take turns in: neighbours in the packing are seldom six apart.
CIRCLE_HUES = 6


@dataclass(frozen=True)
class Legend:
    """What a colouring shows: the names of what is shown and of its unit (keys, not words), the table, and what its ends stand for.

    open_ends: whether the ends stand for all below and above, too.
    labels: of a categorical colouring, the name of each byte in `hues`.
    """

    name: str
    ramp: str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    open_ends: tuple[bool, bool] = (False, False)
    labels: tuple[str, ...] = ()
    hues: tuple[int, ...] = ()

    def as_dict(self) -> dict:
        """Return it as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True)
class Coloured:
    """A colour for each citizen: `bytes`, uint8 of shape (n,), rows of the table that `legend` names."""

    bytes: np.ndarray
    legend: Legend


def checked_colouring(name: str) -> str:
    """Return one of COLOURINGS as it is. Raises a Refusal of one sentence for a name that is none."""
    if name not in COLOURINGS:
        raise not_allowed("", "colour", name, f"one of {', '.join(COLOURINGS)}{nearest(str(name), COLOURINGS)}")
    return name


def coloured(society: Society, name: str, circle: np.ndarray) -> Coloured:
    """Return the colours of all citizens by one of COLOURINGS, as things are after the last week done.

    circle: the number of each citizen's circle (see dashboard.network.layout), which "community" shows. Score and grade are those of
    the first scheme. Raises a Refusal of one sentence for a name that is none.
    """
    checked_colouring(name)
    if name == "trust":
        return Coloured(on_scale(trust_of(society), *TRUST), Legend("trust", "sequential", *TRUST, "belief", (True, True)))
    if name == "grievance":
        legend = Legend("grievance", "sequential", *GRIEVANCE, "share", (False, True))
        return Coloured(on_scale(society.world.citizens.grievance, *GRIEVANCE), legend)
    if name == "community":
        hues = tuple(range(1, 1 + CIRCLE_HUES))
        return Coloured((1 + circle % CIRCLE_HUES).astype(np.uint8), Legend("community", "categorical", hues=hues))
    if name == "score":
        return _by_score(society)
    return _by_grade(society)


def trust_of(society: Society) -> np.ndarray:
    """Return everybody's belief in a random stranger (float64, 0-1, shape (n,)): model.perception.generalized_trust for all at once."""
    prior, citizens = society.parameters.learning, society.world.citizens
    honoured, betrayed = citizens.trust_honoured.astype(np.float64), citizens.trust_betrayed.astype(np.float64)
    return beta_mean.py_func(honoured, betrayed, prior.prior_honoured, prior.prior_betrayed)


def difference(left: Society, right: Society, spread: float = SPREAD) -> Coloured:
    """Return the colours of who trusts more (above EQUAL) or less in the right world than in the left, full from `spread` on."""
    legend = Legend("difference", "diverging", -spread, spread, "belief", (True, True))
    return Coloured(about_equal(trust_of(right) - trust_of(left), spread), legend)


def on_scale(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return bytes from 1 (low and below) to 255 (high and above), MISSING where a value is not a number."""
    share = np.clip((np.asarray(values, np.float64) - low) / (high - low), 0.0, 1.0)
    return np.where(np.isnan(share), MISSING, 1 + np.rint(np.nan_to_num(share) * 254)).astype(np.uint8)


def about_equal(values: np.ndarray, spread: float) -> np.ndarray:
    """Return bytes from 1 (-spread and below) by 128 (no difference) to 255 (spread and above), MISSING where there is no number.

    Only what differs by less than half a step from nothing is EQUAL.
    """
    share = np.clip(np.asarray(values, np.float64) / spread, -1.0, 1.0)
    return np.where(np.isnan(share), MISSING, EQUAL + np.rint(np.nan_to_num(share) * STEPS)).astype(np.uint8)


def _member(society: Society) -> np.ndarray:
    """Return who is enrolled in the first scheme while it is at work (bool, shape (n,))."""
    world = society.world
    if not society.parameters.schemes or not world.status[0].running:
        return np.zeros(society.graph.citizens, bool)
    return world.standing.enrolled[0] == 1


def _by_score(society: Society) -> Coloured:
    schemes = society.parameters.schemes
    if not schemes:
        return Coloured(np.full(society.graph.citizens, MISSING, np.uint8), Legend("score", "sequential", unit="points"))
    low, high = schemes[0].floor, schemes[0].ceiling
    points = np.where(_member(society), society.world.standing.score[0] / MILLI, np.nan)
    return Coloured(on_scale(points, low, high), Legend("score", "sequential", low, high, "points"))


def _by_grade(society: Society) -> Coloured:
    grades = society.parameters.schemes[0].grade if society.parameters.schemes else ()
    if not grades:
        return Coloured(np.full(society.graph.citizens, MISSING, np.uint8), Legend("grade", "categorical"))
    hues = hues_of_grades(len(grades))
    bytes_of = np.array([*hues, *[MISSING] * (MAX_GRADES - len(hues))], np.uint8)
    found = np.where(_member(society), bytes_of[society.world.standing.grade[0]], MISSING).astype(np.uint8)
    return Coloured(found, Legend("grade", "categorical", labels=tuple(grade.name for grade in grades), hues=hues))


def hues_of_grades(count: int) -> tuple[int, ...]:
    """Return the byte of each of `count` grades, from best to worst: from blue to vermillion, and beyond where there are many."""
    if count > CIRCLE_HUES:
        return tuple(range(1, count + 1))
    return tuple(1 + round(grade * (CIRCLE_HUES - 1) / max(count - 1, 1)) for grade in range(count))


def colours_of_grades(count: int) -> tuple[str, ...]:
    """Return the same as CSS colours, for charts."""
    return tuple(HUES[hue - 1] for hue in hues_of_grades(count))


def marks(society: Society, selected: int | None = None) -> np.ndarray:
    """Return OFFICIAL, REMOVED, LOCKED and SELECTED as bits of a byte for each citizen (uint8, (n,)), as of the last week done."""
    world, week = society.world, max(society.tick - 1, 0)
    standing = world.standing
    running = world.status.running[:, None] == 1
    locked = ((standing.enrolled == 1) & (week < standing.locked_until) & running).any(axis=0)
    removed = week < world.citizens.removed_until
    found = OFFICIAL * (world.citizens.official == 1) + REMOVED * removed + LOCKED * locked
    found = found.astype(np.uint8)
    if selected is not None and 0 <= selected < found.size:
        found[selected] |= SELECTED
    return found


@cache
def tables() -> dict[str, np.ndarray]:
    """Return the tables of colours: name -> uint8 (2, 256, 3), read-only; first for light pages, then for dark ones.

    sequential: cividis (Nunez, Anderton & Renslow 2018), 1 to 255. diverging: blue, the page's paper at EQUAL, vermillion. categorical:
    the hues from 1 on. Row MISSING is a grey in each.
    """
    found = {"sequential": np.stack([_cividis()] * 2), "diverging": np.stack([_diverging("#e2ded5"), _diverging("#45423e")])}
    found["categorical"] = np.stack([_categorical("#1b1b1b"), _categorical(PALE_INK)])
    for table in found.values():
        table[:, MISSING] = [_rgb(GREYS["light"]), _rgb(GREYS["dark"])]
        table.flags.writeable = False
    return found


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], np.uint8)


def _cividis() -> np.ndarray:
    from matplotlib import colormaps

    return (colormaps["cividis"](np.linspace(-1 / 254, 1, 256))[:, :3] * 255 + 0.5).astype(np.uint8)


def _diverging(middle: str) -> np.ndarray:
    away = np.abs(np.arange(256) - EQUAL)[:, None] / STEPS
    pole = np.where(np.arange(256)[:, None] < EQUAL, _rgb(HUES[5]), _rgb(HUES[0])).astype(float)
    # A root lifts small differences off the paper.
    strength = np.sqrt(np.minimum(away, 1.0))
    return (_rgb(middle) * (1 - strength) + pole * strength + 0.5).astype(np.uint8)


def _categorical(ink: str) -> np.ndarray:
    table = np.zeros((256, 3), np.uint8)
    table[1 : 1 + len(HUES)] = [_rgb(ink if hue == "#1b1b1b" else hue) for hue in HUES]
    return table
