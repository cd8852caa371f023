"""Everything that changes, as plain arrays: the one home of state. A field's comment gives its meaning; n citizens, S schemes.

Each field is an array of its own, since most sweeps need one or two of them. Storage is float32 for evidence (computed in float64
and rounded once on store), int64 for what several partners may add to.
"""

from typing import Annotated, Any, NamedTuple, get_type_hints

import numpy as np

from agents.befriending import COUPLED, SINGLE
from agents.by_reference import by_reference
from agents.chance import Purpose, draw, stream
from agents.compiling import shared_loop
from agents.events import EVENTS
from agents.units import to_micro
from model.declarations import SocietyParameters
from model.institutions.entries import ENTRIES
from model.institutions.scheme import MAX_GRADES, Scheme

URBAN, RURAL, SPECIAL = 0, 1, 2
REGIONS = ("urban", "rural", "special")

#: The row of world.band for partners of whatever grade was seen: the last.
ANY_GRADE = MAX_GRADES


# An array, and of what.
type F4 = Annotated[np.ndarray, np.float32]
type I8 = Annotated[np.ndarray, np.int64]
type I4 = Annotated[np.ndarray, np.int32]
type I1 = Annotated[np.ndarray, np.int8]
type U4 = Annotated[np.ndarray, np.uint32]
type U1 = Annotated[np.ndarray, np.uint8]


def _record(**fields: str) -> np.dtype:
    return np.dtype(list(fields.items()), align=True)


@by_reference
class Citizens(NamedTuple):
    """Traits (fixed at birth) and state of citizens, each of shape (n,)."""

    integrity: F4  # 0-1: moral cost of cheating
    score_concern: F4  # 0-1: how much points matter
    threshold: F4  # 0-1: of collective action
    trust_honoured: F4  # evidence of generalized trust above the prior
    trust_betrayed: F4
    caught: F4  # evidence about the court's grip above the prior
    missed: F4
    suspicion: F4  # 0-1: of being reported by those around
    grievance: F4  # 0-1
    fair: F4  # evidence of institutional trust above the prior
    unfair: F4
    region: U1  # URBAN, RURAL, SPECIAL
    online: U1
    official: U1  # holds office: by lot at birth, later by edits of policy only
    exempt_by_lot: U1  # stands in for an official in the null model of exemption: as many as hold office
    neighbourhood: I4  # number
    superior: I4  # who heads the work unit, -1: nobody, or oneself
    removed_until: I4  # first tick back in circulation
    ordered: I4  # fines left to the citizen to pay, since last week
    owed: I4  # judgments not paid
    wealth: I8  # micro-units
    spouse: I4  # partner, SINGLE, or COUPLED with somebody who is not modelled
    protesting: U1  # took part in collective action this week
    sociability: I4  # target number of ties
    kin_group: I4  # -1: none
    work_unit: I4  # -1: none
    panel_lost: I4  # initial ties cut so far, kin ties apart
    panel_lost_kin: I4  # initial kin ties cut so far
    blamed: F4  # evidence about what comes of helping the fallen above the prior: helpers made to pay
    thanked: F4  # and helpers who came off free


#: Where a scheme stands; world.status has shape (S,).
STATUS = _record(
    running="u1",  # at work this tick
    abandoned="u1",  # ended by collective action
    introduced="u1",  # mandatory enrolment has taken place
    weeks="i4",  # at work so far, this one among them
)


@by_reference
class Standing(NamedTuple):
    """Where citizens stand with schemes, each of shape (S, n)."""

    enrolled: U1
    criminal: U1  # established intentional crime this tick
    grade: I1  # index into the scheme's grades
    seen_grade: I1  # the grade of this week's partner as disclosed, -1: not seen
    points: I4  # milli-points: own points
    score: I4  # milli-points: own and contacts' points
    score_last_year: I4  # milli-points
    locked_until: I4  # first tick at which the grade may rise
    banned_until: I4  # first tick without travel ban
    caught: F4  # evidence about the scheme's grip above the prior
    missed: F4
    behind: F4  # 0-1: how far own points lie below the mean of friends', as a share of the scale (where comparison counts)
    level: I4  # of the game: the highest reached
    contacts: I4  # enrolled contacts at the latest scoring (where contacts count)
    contacts_points: I8  # milli-points: the sum of their points


#: Where a citizen's row of ties lies; world.rows has shape (n,). Ties are the slots start .. start + degree - 1.
ROW = _record(
    start="i8",
    degree="i4",
    room="i4",  # slots reserved
)


@by_reference
class Slots(NamedTuple):
    """The ends of ties, each of shape (slots,): what an end's owner knows about the neighbour. Every tie has a slot at either end.

    The order of slots within a row means nothing.
    """

    neighbour: U4
    owner: U4  # whose row the slot is in, used or not (storage, not state)
    honoured: F4  # the owner's evidence about the neighbour
    betrayed: F4
    kind: U1  # KIN, WORK, ACQUAINTANCE
    panel: U1  # an initial tie
    exposed: U1  # this tick: +1 the neighbour was exposed as an informer on the owner, +2 the owner on the neighbour
    fate: U1  # 0, or 1 + the cause for which the tie is being cut; a dead slot keeps it until another tie takes its place (storage)


@by_reference
class Week(NamedTuple):
    """What citizens did this tick, each of shape (n,)."""

    slot: I8  # slot of the tie to the partner, -1: a stranger (storage, not state)
    income: I8  # micro-units: change of wealth
    partner: I4  # whom i met as truster, -1: nobody
    belief: F4  # belief in the partner
    placed: U1  # trust was placed
    honoured: U1  # the partner honours trust, or would have
    offered: I4  # to whom i offered a tie, -1: nobody
    befriended: I4  # whose offer i accepted, -1: nobody's
    courted: I4  # to whom i wrote on the dating market, -1: nobody
    matched: I4  # with whom i became a couple, -1: nobody
    silent: U1  # would have criticised but for fear
    voices_approval: U1  # approves, or says so
    bystander: I4  # who came by when i fell in public, -1: i did not fall, or nobody came
    rescued: U1  # the bystander helped
    blames: U1  # i blame the helper for the fall
    dealt: U1  # with the local government: TREATED_FAIRLY, TREATED_UNFAIRLY, or 0: not at all (see model.organisations)
    shed: I4  # ties cut this tick; their dead slots lie right behind the row's living ones (storage, not state)


#: A wrong or an accusation of this tick; the first counts[CASES] rows of world.cases are in use.
CASE = _record(
    accused="i4",
    victim="i4",  # the betrayed, the accuser of a false report, or -1 in public
    first="i4",  # its witnesses are the rows first .. end - 1 of world.witnesses
    end="i4",
    event="i1",  # agents.events.Event
    false="u1",  # nothing happened
    camera="u1",  # recorded by a camera
    court="u1",  # came to the court's notice unreported
)

#: Someone who saw a case (a victim is its own first witness); the first counts[WITNESSES] rows of world.witnesses are in use.
WITNESS = _record(
    who="i4",
    filed="u1",  # reported it
    would="u1",  # would have reported it with the lever's reward (null model)
)


class Tally:
    """Columns of world.tally: what a citizen suffered or came to know this tick, as counts (so that order cannot matter)."""

    FAIR, UNFAIR, OFFICIALS_UNPUNISHED, WRONGED, SANCTIONED, REPORTED, VISITED = range(7)
    OWN_CAUGHT, OWN_MISSED, KNOWN_CAUGHT, KNOWN_MISSED = range(7, 11)
    BLAMED, THANKED, HEARD_BLAMED = range(11, 14)
    SIZE = 14


class Count:
    """Entries of world.counts."""

    CUT_DISTRUST, CUT_SCORE, CUT_INFORMER, CUT_LOT = range(4)  # ties cut, by cause (by lot: the score-blind null model)
    FORMED, TRUE_REPORTS, FALSE_REPORTS, UPHELD, COUPLES, CASES, WITNESSES = range(4, 11)  # those before CASES are begun anew each week
    SIZE = 11


class Plain(NamedTuple):
    """Rules and schemes for Python to read: the same memory, but not as record arrays, each access to which runs more Python."""

    rules: np.void
    schemes: np.ndarray  # (S,)


@by_reference
class World(NamedTuple):
    """All state and all numbers a phase may read; n citizens, S schemes, L lanes."""

    citizens: Citizens
    status: np.recarray  # STATUS (S,)
    standing: Standing
    band: np.ndarray  # float32 (S, n, ANY_GRADE + 1, 2, 2): strangers / ties of a grade who honoured / betrayed so far
    ledger: np.ndarray  # int64 (S, n, ENTRIES): milli-points posted since enrolment, by kind of entry
    pending: np.ndarray  # int64 (S, n, ENTRIES): milli-points to be posted this tick
    expiring: np.ndarray  # int32 (S, n, longest expiry): milli-points posted by events, by week at work modulo the scheme's expiry
    rows: np.recarray  # ROW (n,)
    slots: Slots
    week: Week
    act: np.ndarray  # uint8 (n, EVENTS): acts and events of life of this tick
    tally: np.ndarray  # int32 (n, Tally.SIZE)
    grip: np.ndarray  # int32 (S, n, 4): cases by scheme: own caught, own missed, known caught, known missed
    cases: np.recarray  # CASE
    witnesses: np.recarray  # WITNESS
    counts: np.ndarray  # int64 (Count.SIZE,)
    rules: np.recarray  # record (1,), see model.rules
    schemes: np.recarray  # record (S,)
    points: np.ndarray  # int64 (S, EVENTS): milli-points an event posts
    grades: np.recarray  # record (S, MAX_GRADES)
    occasion: np.recarray  # record (EVENTS,), see model.rules
    open_events: np.ndarray  # int64: events that can come up and may matter to someone
    matters: np.ndarray  # uint8 (EVENTS,): whether an event matters to anyone this tick (storage, not state)
    tried: np.ndarray  # int64: acts that some institution may punish, betrayals apart
    merits: np.ndarray  # int64: events that some scheme posts without a case
    mark: np.ndarray  # int32 (n,): scratch
    lanes: np.ndarray  # int64 (L + 1,): lane l has the citizens lanes[l] .. lanes[l + 1] - 1, see model.lanes (storage, not state)
    noted: np.ndarray  # int64 (L, 3): scratch: what each lane counted in a step
    due: np.ndarray  # uint8 (L, REVIEW_BLOCK): scratch: whether a tie comes up for review
    reviewed: np.ndarray  # int64 (L, 2 * REVIEW_BLOCK, 4): scratch: owner, slot, slot at the other end, first verdict of ties under review
    lots: np.ndarray  # int64 (S,): scratch
    quarters: np.ndarray  # int64 (S, neighbourhoods, 2): scratch: sum of points (milli-points) and number of members
    rulings: np.ndarray  # int64 (S + 1,): scratch
    sums: np.ndarray  # int64 (L, 2, CELLS, grouped outcomes): scratch
    values: np.ndarray  # float64: scratch of the null models, empty without one
    firms: np.recarray  # FIRM (F,), see model.organisations
    customers: np.recarray  # CUSTOMER (n,), without firms (0,)
    governments: np.recarray  # GOVERNMENT (neighbourhoods,)
    accounts: np.recarray  # ACCOUNT (S, F + neighbourhoods): of the firms, then of the governments
    books: np.ndarray  # int64 (S, F + neighbourhoods, kinds of entries): milli-points posted, the points at the opening among them
    signs: np.ndarray  # float32 (S, n, ANY_STANDING + 1, 2), without firms n is 0: goods of firms of a standing good / bad so far
    sighted: np.ndarray  # int8 (S, n), without firms n is 0: the standing that was seen of the firm considered this week, -1: not seen
    rated: np.ndarray  # int8 (S, n): how the local government was rated this week: 1 well, -1 badly, 0 not at all
    seed: int

    @property
    def plain(self) -> Plain:
        """What Python reads of the numbers; kept as long as this instance."""
        found = self.__dict__.get("plain")
        if found is None:
            rules, schemes = (table.view(np.dtype((np.void, table.dtype)), np.ndarray) for table in (self.rules, self.schemes))
            found = self.__dict__.setdefault("plain", Plain(rules[0], schemes))
        return found


@shared_loop
def _uniforms(seed, purpose, n, index, out):
    key = stream(seed, -1, purpose)
    for i in range(n):
        out[i] = draw(key, i, 0, index)


def uniforms(seed: int, purpose: Purpose, n: int, index: int = 0) -> np.ndarray:
    """Return one draw made before the first tick for each citizen (float64, shape (n,))."""
    out = np.empty(n)
    _uniforms(seed, int(purpose), n, index, out)
    return out


def lowest(values: np.ndarray, count: int) -> np.ndarray:
    """Return a uint8 mask of the `count` smallest values (ties by position)."""
    mask = np.zeros(values.size, np.uint8)
    mask[np.argsort(values, kind="stable")[:count]] = 1
    return mask


def exempt_by_lot(seed: int, n: int, officials: int) -> np.ndarray:
    """Return a uint8 mask of those who stand in for so many officials in the null model of exemption."""
    return lowest(uniforms(seed, Purpose.EXEMPTION_LOT, n), officials)


def order_statistic(seed: int, purpose: Purpose, n: int, which: int, of: int) -> np.ndarray:
    """Return Beta(which, of + 1 - which) traits: the which-th smallest of `of` uniforms (no library function involved)."""
    columns = np.stack([uniforms(seed, purpose, n, index) for index in range(of)])
    return np.sort(columns, axis=0)[which - 1].astype(np.float32)


def _regions(parameters: SocietyParameters, seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    shares = parameters.region
    where = uniforms(seed, Purpose.REGION, n)
    region = np.where(
        where < shares.urban_share, URBAN, np.where(where < shares.urban_share + shares.special_share, SPECIAL, RURAL)
    ).astype(np.uint8)
    online_share = np.array([shares.urban_online, shares.rural_online, shares.special_online])
    online = (uniforms(seed, Purpose.ONLINE, n) < online_share[region]).astype(np.uint8)
    return region, online


def neighbourhoods_of(region: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Return each citizen's neighbourhood (int32, numbered from 0): by lot within the region, `size` in each but a region's last."""
    order = np.lexsort((uniforms(seed, Purpose.NEIGHBOURHOOD, region.size), region))
    within = np.arange(region.size) - np.searchsorted(region[order], region[order])
    begins = within % size == 0
    number = np.empty(region.size, np.int32)
    number[order] = np.cumsum(begins) - 1
    return number


def superiors_of(work_unit: np.ndarray, seed: int) -> np.ndarray:
    """Return who heads each citizen's work unit (int32; -1: nobody, or oneself): the member with the smallest draw."""
    luck = uniforms(seed, Purpose.SUPERIOR, work_unit.size)
    workers = np.flatnonzero(work_unit >= 0)
    order = workers[np.lexsort((luck[workers], work_unit[workers]))]
    units, first = np.unique(work_unit[order], return_index=True)
    head = np.full(work_unit.size, -1, np.int32)
    head[workers] = order[first][np.searchsorted(units, work_unit[workers])]
    return np.where(head == np.arange(work_unit.size), -1, head).astype(np.int32)


def zeros(kind, shape):
    """Return a Citizens, Standing, Week or Slots of that shape, all zero."""
    hints = get_type_hints(kind, include_extras=True)
    return kind(**{name: np.zeros(shape, hint.__value__.__metadata__[0]) for name, hint in hints.items()})


def records(shape, dtype: np.dtype) -> np.recarray:
    """Return a zeroed record array whose fields are attributes, too."""
    return np.zeros(shape, dtype).view(np.recarray)


def new_citizens(parameters: SocietyParameters, graph, seed: int) -> Citizens:
    """Return the citizens at birth: Beta(3, 3) integrity, Beta(2, 2) concern and thresholds, everybody without evidence."""
    n = graph.citizens
    officials = int(np.floor(parameters.population.official_share * n + 0.5))
    coupled = uniforms(seed, Purpose.COUPLED, n) < parameters.population.coupled_share
    region, online = _regions(parameters, seed, n)
    return zeros(Citizens, n)._replace(
        integrity=order_statistic(seed, Purpose.INTEGRITY, n, 3, 5),
        score_concern=order_statistic(seed, Purpose.SCORE_CONCERN, n, 2, 3),
        threshold=order_statistic(seed, Purpose.PROTEST_THRESHOLD, n, 2, 3),
        sociability=np.maximum(graph.degrees(), 1).astype(np.int32),
        region=region,
        online=online,
        kin_group=graph.kin_group.astype(np.int32),
        work_unit=graph.work_unit.astype(np.int32),
        neighbourhood=neighbourhoods_of(region, parameters.region.neighbourhood_size, seed),
        superior=superiors_of(graph.work_unit, seed),
        official=lowest(uniforms(seed, Purpose.OFFICE, n), officials),
        exempt_by_lot=exempt_by_lot(seed, n, officials),
        spouse=np.where(coupled, COUPLED, SINGLE).astype(np.int32),
        wealth=np.full(n, to_micro(parameters.population.endowment), np.int64),
    )


def of_schemes(declared: tuple[Scheme, ...], n: int, neighbourhoods: int) -> dict[str, Any]:
    """Return the arrays of World whose shape depends on the schemes, before anybody is enrolled."""
    schemes, longest = len(declared), max((scheme.expiry_weeks for scheme in declared), default=0)
    return {
        "status": records(schemes, STATUS),
        "standing": zeros(Standing, (schemes, n))._replace(seen_grade=np.full((schemes, n), -1, np.int8)),
        "band": np.zeros((schemes, n, ANY_GRADE + 1, 2, 2), np.float32),
        "ledger": np.zeros((schemes, n, ENTRIES), np.int64),
        "pending": np.zeros((schemes, n, ENTRIES), np.int64),
        "expiring": np.zeros((schemes, n, longest), np.int32),
        "grip": np.zeros((schemes, n, 4), np.int32),
        "lots": np.zeros(schemes, np.int64),
        "quarters": np.zeros((schemes, neighbourhoods, 2), np.int64),
        "rulings": np.zeros(schemes + 1, np.int64),
    }


def of_week(n: int) -> dict[str, Any]:
    """Return the arrays of an empty week."""
    nobody = {name: np.full(n, -1, np.int32) for name in ("partner", "offered", "befriended", "courted", "matched", "bystander")}
    return {
        "week": zeros(Week, n)._replace(slot=np.full(n, -1, np.int64), **nobody),
        "act": np.zeros((n, EVENTS), np.uint8),
        "tally": np.zeros((n, Tally.SIZE), np.int32),
        "counts": np.zeros(Count.SIZE, np.int64),
        "mark": np.zeros(n, np.int32),
    }


def of_cases(cases: int, witnesses: int) -> dict[str, Any]:
    """Return room for that many cases and witnesses in one tick."""
    return {"cases": records(cases, CASE), "witnesses": records(witnesses, WITNESS)}
