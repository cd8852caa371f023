"""Who a citizen is: what a card shows of it, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agents.befriending import COUPLED
from agents.tie_kinds import TIE_KINDS
from agents.units import MILLI
from experiments.refusal import whole_number
from model.network.ties import ends_of
from model.population import REGIONS
from model.society import Society

#: As many ties are shown at most.
MOST_TIES = 150
NOBODY = -1


@dataclass(frozen=True)
class Circle:
    """Whom a citizen belongs with: kind "kin", "work" or "neighbourhood", its number, and how many citizens are in it, itself included."""

    kind: str
    number: int
    size: int


@dataclass(frozen=True)
class Rank:
    """Where a citizen stands with one running scheme.

    scheme: its name. enrolled: if not, there are no points and no grade, but kin's grades may bring a travel ban. secret: the citizen
    itself does not know its score. score: points, own and contacts'; points: own. floor, start, ceiling: of the scale. grade: its name,
    "" without grades; place: 0 for the best of `grades`.
    locked_weeks: weeks until the grade may rise; banned_weeks: of travel ban to come. published: the grade makes its holders' names public.
    history: the scores that were handed over, oldest first.
    """

    scheme: str
    enrolled: bool
    secret: bool
    score: float
    points: float
    floor: float
    start: float
    ceiling: float
    grade: str
    place: int
    grades: int
    locked_weeks: int
    banned_weeks: int
    published: bool
    history: tuple[float, ...]


@dataclass(frozen=True)
class Tie:
    """A tie of a citizen.

    other: the neighbour's row number. kind: "kin", "work" or "acquaintance". trust: the belief (0-1) of the citizen in the neighbour, not
    helped by grades; trusted: the neighbour's in the citizen. honoured, betrayed: the citizen's evidence about the neighbour (weights,
    after forgetting). grades: {scheme: grade} of the neighbour in the running schemes that have grades.
    """

    other: int
    kind: str
    trust: float
    trusted: float
    honoured: float
    betrayed: float
    official: bool
    grades: dict[str, str]


@dataclass(frozen=True)
class Person:
    """One citizen between two weeks. Beliefs, traits and grievance are 0-1, wealth is in units of utility.

    removed_weeks: weeks out of circulation still to come. superior, spouse: row numbers, NOBODY for none; coupled: has a partner, who
    need not be a citizen. trust_in_firms: NaN without firms. owed: judgments of the court not paid. ties: at most MOST_TIES, kin first,
    then colleagues, the most trusted first; ties_in_all: how many there are.
    """

    citizen: int
    tick: int
    official: bool
    online: bool
    region: str
    circles: tuple[Circle, ...]
    superior: int
    spouse: int
    coupled: bool
    integrity: float
    score_concern: float
    wealth: float
    grievance: float
    suspicion: float
    generalized_trust: float
    institutional_trust: float
    trust_in_firms: float
    owed: int
    protesting: bool
    removed_weeks: int
    ranks: tuple[Rank, ...]
    ties: tuple[Tie, ...]
    ties_in_all: int


def person(society: Society, i: int, histories: Mapping[str, Sequence[float]] | None = None) -> Person:
    """Return who citizen i is, as the society stands.

    histories: {scheme: the citizen's scores so far, oldest first}, for whoever has kept them. Raises a Refusal of one sentence for a
    citizen that there is not.
    """
    whole_number("", "citizen", i, 0, society.graph.citizens - 1)
    citizen, state = society.citizen(i), society.world.citizens
    ties = _ties(society, i)
    return Person(
        citizen=i,
        tick=society.tick,
        official=citizen.official,
        online=citizen.online,
        region=REGIONS[state.region[i]],
        circles=_circles(society, i),
        superior=int(state.superior[i]),
        spouse=max(int(state.spouse[i]), NOBODY),
        coupled=bool(state.spouse[i] >= 0 or state.spouse[i] == COUPLED),
        integrity=citizen.integrity,
        score_concern=citizen.score_concern,
        wealth=citizen.wealth,
        grievance=citizen.grievance,
        suspicion=citizen.suspicion,
        generalized_trust=float(citizen.generalized_trust),
        institutional_trust=float(citizen.institutional_trust),
        trust_in_firms=float(citizen.trust_in_firms),
        owed=int(state.owed[i]),
        protesting=bool(state.protesting[i]),
        removed_weeks=max(int(state.removed_until[i]) - society.tick, 0),
        ranks=tuple(_rank(society, s, i, (histories or {}).get(society.parameters.schemes[s].name, ())) for s in _running(society)),
        ties=ties[:MOST_TIES],
        ties_in_all=len(ties),
    )


def _running(society: Society) -> list[int]:
    return np.flatnonzero(society.world.status.running == 1).tolist()


def _circles(society: Society, i: int) -> tuple[Circle, ...]:
    state = society.world.citizens
    groups = {"kin": state.kin_group, "work": state.work_unit, "neighbourhood": state.neighbourhood}
    return tuple(Circle(kind, int(group[i]), int((group == group[i]).sum())) for kind, group in groups.items() if group[i] >= 0)


def _rank(society: Society, s: int, i: int, history: Sequence[float]) -> Rank:
    scheme, standing, now = society.parameters.schemes[s], society.world.standing, society.tick
    enrolled = bool(standing.enrolled[s, i])
    place = int(standing.grade[s, i]) if enrolled and scheme.grade else -1
    return Rank(
        scheme=scheme.name,
        enrolled=enrolled,
        secret=scheme.secret,
        score=float(standing.score[s, i]) / MILLI if enrolled else float("nan"),
        points=float(standing.points[s, i]) / MILLI if enrolled else float("nan"),
        floor=scheme.floor,
        start=scheme.start,
        ceiling=scheme.ceiling,
        grade=scheme.grade[place].name if place >= 0 else "",
        place=place,
        grades=len(scheme.grade),
        locked_weeks=max(int(standing.locked_until[s, i]) - now, 0) if place >= 0 else 0,
        banned_weeks=max(int(standing.banned_until[s, i]) - now, 0),
        published=place >= 0 and scheme.grade[place].published,
        history=tuple(float(score) for score in history),
    )


def _ties(society: Society, i: int) -> tuple[Tie, ...]:
    world, citizen, found = society.world, society.citizen(i), []
    for slot in map(int, ends_of(world, i)):
        j = int(world.slots.neighbour[slot])
        found.append(
            Tie(
                other=j,
                kind=TIE_KINDS[world.slots.kind[slot]],
                trust=float(citizen.belief_in_tie(slot)),
                trusted=float(society.citizen(j).belief_in_tie(society.slot_of(j, i))),
                honoured=float(world.slots.honoured[slot]),
                betrayed=float(world.slots.betrayed[slot]),
                official=bool(world.citizens.official[j]),
                grades=_grades(society, j),
            )
        )
    return tuple(sorted(found, key=lambda tie: (TIE_KINDS.index(tie.kind), -tie.trust, tie.other)))


def _grades(society: Society, i: int) -> dict[str, str]:
    schemes, standing = society.parameters.schemes, society.world.standing
    graded = (s for s in _running(society) if schemes[s].grade and standing.enrolled[s, i])
    return {schemes[s].name: schemes[s].grade[standing.grade[s, i]].name for s in graded}
