"""Small societies made by hand: a few citizens, an explicit graph, one phase at a time, and no chance unless a test asks for it.

In a quiet society nothing comes up by chance (every rate is 0), nothing is forgotten, all citizens are alike, without evidence,
and every choice is all but certain (sharpness 100). A test sets what it is about, plays the phases it is about, and looks.
"""

from functools import cache

import numba
import numpy as np
import pytest

from agents.events import Event
from agents.tie_kinds import ACQUAINTANCE, KIN, WORK
from model.assign import assign
from model.declarations import SocietyParameters
from model.institutions.entries import Entry
from model.institutions.introduction import introduce
from model.institutions.reading import preset, scheme_from
from model.network.graph import simple_graph
from model.network.ties import edge_list, slot_of
from model.phases.record import TICK_COLUMNS, cells_of
from model.population import ANY_GRADE, Count, of_cases
from model.schedule import BY_CITIZENS, PHASES, run_compiled
from model.society import ENGINES, Society

#: For tests of phases in which citizens decide: both engines must show the rule.
both_engines = pytest.mark.parametrize("engine", ENGINES)

QUIET = {
    "time.burn_in": 0,
    "exchange.stranger_share": 0.0,
    "exchange.sharpness": 100.0,
    "learning.forgetting": 1.0,
    "learning.gossip_rate": 0.0,
    "court.detection": 0.0,
    "court.enforcement": 0.0,
    "court.verification": 1.0,
    "conduct.tax_evasion_rate": 0.0,
    "conduct.illegal_class_rate": 0.0,
    "conduct.crime_rate": 0.0,
    "conduct.criticism_rate": 0.0,
    "conduct.helping_rate": 0.0,
    "conduct.donation_rate": 0.0,
    "conduct.award_rate": 0.0,
    "conduct.many_children_rate": 0.0,
    "conduct.army_child_rate": 0.0,
    "conduct.championship_rate": 0.0,
    "region.urban_cameras": 0.0,
    "region.rural_cameras": 0.0,
    "region.special_cameras": 0.0,
    "informing.witness_rate": 0.0,
    "informing.public_witness_rate": 0.0,
    "informing.complaint_rate": 0.0,
    "informing.false_report_rate": 0.0,
    "informing.exposure": 0.0,
    "unfriending.review_rate": 0.0,
    "befriending.offer_rate": 0.0,
    "opinion.enrolment_rate": 0.0,
    "opinion.protest_rate": 0.0,
    "opinion.grievance_decay": 1.0,
}

#: A scheme without grades that counts betrayals, as the smallest that can punish.
PLAIN_SCHEME = {"start": 1000, "floor": 0, "ceiling": 1300, "verification": 1.0, "event": {"dishonour": -30}}
#: With a contact weight of 1 the score is the mean of one's contacts.
SOCIAL = PLAIN_SCHEME | {"contact_weight": 1.0, "utility_per_point": 0.01}

#: Every tie comes up for review.
REVIEW = {"unfriending.review_rate": 1.0}


def quiet(citizens, ties=(), given=None, *, schemes=(), engine="compiled", seed=1, kin=(), work=()):
    """Return a quiet society of that many citizens with these ties; `kin` and `work` are further ties of that kind.

    given: parameters by dotted name, over the quiet ones. schemes: the tables of one scheme or several, or names of presets;
    they are introduced, and everybody within reach enrolled, before anything is played.
    """
    edges = [*ties, *kin, *work]
    kinds = [ACQUAINTANCE] * len(ties) + [KIN] * len(kin) + [WORK] * len(work)
    ends = np.array(edges, np.int64).reshape(-1, 2)
    listed = [schemes] if isinstance(schemes, (dict, str)) else list(schemes)
    built = tuple(_scheme(scheme, number) for number, scheme in enumerate(listed))
    parameters = assign(SocietyParameters(schemes=built), QUIET | (given or {}))
    society = Society(parameters, graph=simple_graph(citizens, ends[:, 0], ends[:, 1], kinds), engine=engine, rng=seed)
    society.world = society.world._replace(**of_cases(4 * citizens + 64, 16 * citizens + 256))
    people = society.world.citizens
    people.integrity[:], people.score_concern[:], people.threshold[:] = 0.5, 1.0, 0.5
    people.region[:], people.online[:], people.official[:], people.exempt_by_lot[:] = 0, 1, 0, 0
    introduce(society.world, society.tick, society.parameters.time.burn_in)
    return society


def _scheme(scheme, number):
    if isinstance(scheme, str):
        return preset(scheme)
    return scheme_from({key: value for key, value in scheme.items() if key != "name"}, scheme.get("name", f"s{number}"), "test")


def play(society, *phases):
    """Play these phases of the present tick, in the society's engine, on the state as it stands."""
    world, row = society.world, np.zeros(TICK_COLUMNS)
    if PHASES[0] not in phases:  # else the phase itself lets the schemes' own clocks go on
        world.status.weeks[world.status.running == 1] = society.tick + 1
    for phase in phases:
        assert phase in PHASES
        if phase == "unfriending":
            note_contacts(society)
        if society.engine == "agents" and phase in BY_CITIZENS:
            if phase == PHASES[0]:
                introduce(world, society.tick, 0)
            assert BY_CITIZENS[phase](society, society.tick) is not False, "no room for the cases"
        else:
            number = PHASES.index(phase)
            done = run_compiled(world, society.tick, 0, number, number, cells_of(world.citizens), row)
            assert done == number, "no room for the cases"
    return society


def note_contacts(society):
    """Write down who one's enrolled contacts are and what points they have, as scoring does: a test may have skipped it."""
    standing = society.world.standing
    for s in range(society.world.schemes.size):
        for i in range(society.graph.citizens):
            points = [int(standing.points[s, j]) for j in society.neighbours(i) if standing.enrolled[s, j]]
            standing.contacts[s, i], standing.contacts_points[s, i] = len(points), sum(points)


def next_week(society, weeks=1):
    """Let the calendar go on, with nothing done or pending in the new week."""
    world = society.world
    society.tick += weeks
    world.counts[:], world.act[:], world.tally[:] = 0, 0, 0
    world.week.partner[:] = world.week.slot[:] = -1
    world.week.placed[:] = world.week.honoured[:] = world.week.income[:] = 0
    world.week.bystander[:], world.week.rescued[:], world.week.blames[:] = -1, 0, 0
    return society


# --- what happened ---


def exchanged(society, truster, partner, honoured=True):
    """Write down that the truster placed trust in the partner this week, and how it went."""
    week = society.world.week
    week.partner[truster], week.slot[truster] = partner, slot_of(society.world, truster, partner)
    week.placed[truster], week.honoured[truster] = 1, honoured


def betrayed(society, victim, accused):
    """Write down that the accused betrayed the victim's trust this week."""
    exchanged(society, victim, accused, honoured=False)


def remembers(society, who, grade, honoured, betrayed, is_tie=0, scheme=0):
    """Let a citizen have seen so many partners of a grade, strangers or ties, honour and betray."""
    band = society.world.band[scheme, who]
    band[grade, is_tie] = honoured, betrayed
    band[ANY_GRADE] = band[:ANY_GRADE].sum(axis=0)


def acted(society, who, event):
    """Write down that a citizen did, or lived through, an event this week."""
    society.world.act[who, event] = 1


def bring(society, accused, victim=-1, event=Event.DISHONOUR, *, reported=(), saw=(), would=(), false=False, camera=False, court=False):
    """Bring a case before court and schemes: who reported it, who saw and kept silent, who would have reported for the reward.

    The victim of a betrayal knows of it in any case; of a false report the victim is the accuser.
    """
    world = society.world
    row, position = int(world.counts[Count.CASES]), int(world.counts[Count.WITNESSES])
    knowers = list(dict.fromkeys([*([victim] if victim >= 0 else []), *reported, *saw, *would]))
    case = world.cases[row]
    case.accused, case.victim, case.event = accused, victim, event
    case.false, case.camera, case.court = false, camera, court
    case.first, case.end = position, position + len(knowers)
    for who in knowers:
        world.witnesses[position] = (who, who in reported, who in reported or who in would)
        position += 1
    world.counts[Count.CASES], world.counts[Count.WITNESSES] = row + 1, position


def post(society, who, amount, kind=Entry.AWARD, scheme=0):
    """Let so many points be pending for a citizen."""
    society.world.pending[scheme, who, kind] += round(amount * 1000)


def scored(society, amount, who=0):
    """Post so many points and play the scoring of this week."""
    post(society, who, amount)
    return play(society, "scoring")


# --- what to look at ---


def week(society, who):
    """Return what a citizen did this week, to read or to set."""
    return Row(society.world.week, who)


def meet(society, truster, partner):
    """Let the truster's encounter of the week be with that partner, and everybody else's with nobody."""
    society.world.week.partner[:] = society.world.week.slot[:] = -1
    slot = society.slot_of(truster, partner)
    society.world.week.partner[truster], society.world.week.slot[truster] = partner, slot


@cache
def from_python(part):
    """Return a function that Python can call for a part of the loops, which only compiled code can."""
    return numba.njit(lambda *arguments: part(*arguments))


class Row:
    """One row of several arrays, by their names: to read, and to set."""

    def __init__(self, arrays, *row):
        self.__dict__.update(arrays=arrays, row=row)

    def __getattr__(self, name):
        return getattr(self.arrays, name)[self.row]

    def __setattr__(self, name, value):
        getattr(self.arrays, name)[self.row] = value


def end_of_tie(society, owner, other):
    """Return what the owner keeps about its tie to the other, to read or to set."""
    slot = slot_of(society.world, owner, other)
    assert slot >= 0, f"{owner} and {other} are not tied"
    return Row(society.world.slots, slot)


def doubts(society, owner):
    """Return {neighbour: evidence of betrayal} of one citizen's ties."""
    return {j: float(end_of_tie(society, owner, j).betrayed) for j in sorted(society.neighbours(owner))}


def ties_of(society):
    """Return all ties as a sorted list of pairs."""
    low, high = edge_list(society.world)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def points(society, who, scheme=0):
    """Return a citizen's own points."""
    return society.world.standing.points[scheme, who].item() / 1000


def score(society, who, scheme=0):
    """Return a citizen's score."""
    return society.world.standing.score[scheme, who].item() / 1000


def grade(society, who, scheme=0):
    """Return the name of a citizen's grade."""
    return society.parameters.schemes[scheme].grade[int(society.world.standing.grade[scheme, who])].name


def ledger(society, who, scheme=0):
    """Return {kind of entry: points} of all entries but zeros."""
    return _entries(society.world.ledger[scheme, who])


def pending(society, who, scheme=0):
    """Return {kind of entry: points} of what is to be posted this week."""
    return _entries(society.world.pending[scheme, who])


def _entries(row):
    return {Entry(kind).name.lower(): value / 1000 for kind, value in enumerate(row.tolist()) if value}


def tally(society, who, column):
    """Return a count of what a citizen suffered or came to know this week."""
    return int(society.world.tally[who, column])


def count(society, entry):
    """Return one of the week's counts."""
    return int(society.world.counts[entry])


def cases(society):
    """Return this week's cases as {(accused, victim, event): {witness: whether it filed}}, false ones under event "false"."""
    world, found = society.world, {}
    for case in world.cases[: world.counts[Count.CASES]]:
        event = "false" if case.false else Event(case.event).name.lower()
        key = int(case.accused), int(case.victim), event
        assert key not in found, f"two cases of {key}"
        found[key] = {int(w.who): bool(w.filed) for w in world.witnesses[case.first : case.end]}
    return found
