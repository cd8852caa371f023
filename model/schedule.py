"""The schedule of one tick: twelve phases, each reading the state at its start. Both engines run this list.

The compiled engine takes a phase in one step or several. Steps marked SIDE_BY_SIDE may be taken by several threads at once, each for a
lane of citizens (see model.lanes); the next step begins when all are done.
"""

from functools import partial
from itertools import accumulate

import numpy as np

from agents.compiling import inset, shared_loop
from model.institutions.accounts import audit, post_to_organisations
from model.institutions.adjudication import adjudicate
from model.institutions.blame import judge_helpers, remember_blame
from model.institutions.consequences import consequences
from model.institutions.introduction import introduce
from model.institutions.ledger import post_all, score_all, sum_neighbourhoods
from model.institutions.lessons import clear, take_in
from model.lanes import side_by_side
from model.phases.befriending import answer_offers, befriending_by_citizens, make_offers
from model.phases.conduct import act, be_helped, conduct_by_citizens
from model.phases.dating import court, make_couples
from model.phases.dealing import choose_conduct, deal, learn_of_firms, rate_governments, take_note
from model.phases.detection import detection, detection_by_citizens
from model.phases.encounter import encounter, encounter_by_citizens
from model.phases.exchange import answer_trust, exchange_by_citizens, form_beliefs, pay_trustees, place_trust
from model.phases.fallen import come_to_help, fall
from model.phases.learning import be_rated, forget, hear, learn, learning_by_citizens
from model.phases.opinion import choose_to_enrol, give_way, join, opinion_by_citizens, protest, resent, speak
from model.phases.record import TICK_COLUMNS, count_all, write
from model.phases.unfriending import cut_ties, review, unfriending_by_citizens

ALONE, SIDE_BY_SIDE = False, True
EVERY_LANE = -1
#: The steps of each phase, in the order of their numbers in `take`; of several functions in a step the first gives the name.
_STEPS = {
    "encounter": {"introduce": ALONE, "encounter": SIDE_BY_SIDE},
    "exchange": {
        "form_beliefs": SIDE_BY_SIDE, "answer_trust": SIDE_BY_SIDE, "place_trust": SIDE_BY_SIDE, "pay_trustees": SIDE_BY_SIDE,
        "choose_conduct": ALONE, "deal": SIDE_BY_SIDE,
    },
    "learning": {"forget": SIDE_BY_SIDE, "learn": SIDE_BY_SIDE, "hear": SIDE_BY_SIDE, "be_rated": SIDE_BY_SIDE},
    "conduct": {"act": SIDE_BY_SIDE, "be_helped": SIDE_BY_SIDE},
    "detection": {"detection": ALONE},
    "adjudication": {"clear": SIDE_BY_SIDE, "adjudicate": ALONE, "take_note": SIDE_BY_SIDE},
    "scoring": {"post_all": SIDE_BY_SIDE, "sum_neighbourhoods": ALONE, "score_all": SIDE_BY_SIDE},
    "consequences": {"consequences": SIDE_BY_SIDE},
    "unfriending": {"review": SIDE_BY_SIDE, "cut_ties": ALONE},
    "befriending": {"make_offers": SIDE_BY_SIDE, "answer_offers": ALONE, "make_couples": ALONE},
    "opinion": {
        "choose_to_enrol": SIDE_BY_SIDE, "join": SIDE_BY_SIDE, "protest": SIDE_BY_SIDE, "give_way": ALONE, "resent": SIDE_BY_SIDE,
    },
    "record": {"count_all": SIDE_BY_SIDE, "write": ALONE},
}  # fmt: skip
PHASES = tuple(_STEPS)
#: The names of all steps of a tick, in their order.
STEPS = tuple(name for steps in _STEPS.values() for name in steps)
DETECTION, LAST = PHASES.index("detection"), len(PHASES) - 1
_IN_LANES = tuple(kind for steps in _STEPS.values() for kind in steps.values())
_BEGINS = tuple(accumulate((len(steps) for steps in _STEPS.values()), initial=0))


@inset
def take(world, now, burn_in, step, lane, cells, row):
    """Take one step of tick `now`, for a lane if the step is one for lanes; return whether there was room for the week's cases."""
    if step == 0:
        introduce(world, now, burn_in)
    elif step == 1:
        encounter(world, now, lane)
    elif step == 2:
        form_beliefs(world, now, lane)
    elif step == 3:
        answer_trust(world, now, lane)
    elif step == 4:
        place_trust(world, now, lane)
    elif step == 5:
        pay_trustees(world, lane)
    elif step == 6:
        choose_conduct(world, now)
    elif step == 7:
        deal(world, now, lane)
    elif step == 8:
        forget(world, lane)
    elif step == 9:
        learn(world, lane)
    elif step == 10:
        hear(world, now, lane)
    elif step == 11:
        be_rated(world, now, lane)
        learn_of_firms(world, lane)
        rate_governments(world, now, lane)
    elif step == 12:
        act(world, now, lane)
        fall(world, now, lane)
    elif step == 13:
        be_helped(world, now, lane)
        come_to_help(world, lane)
    elif step == 14:
        return detection(world, now)
    elif step == 15:
        clear(world, lane)
    elif step == 16:
        adjudicate(world, now)
        judge_helpers(world, now)
        audit(world, now)
    elif step == 17:
        take_note(world, now, lane)
        take_in(world, lane)
        remember_blame(world, lane)
    elif step == 18:
        post_all(world, now, lane)
    elif step == 19:
        sum_neighbourhoods(world)
        post_to_organisations(world, now)
    elif step == 20:
        score_all(world, now, lane)
    elif step == 21:
        consequences(world, now, lane)
    elif step == 22:
        review(world, now, lane)
    elif step == 23:
        cut_ties(world, now)
    elif step == 24:
        make_offers(world, now, lane)
        court(world, now, lane)
    elif step == 25:
        answer_offers(world, now)
    elif step == 26:
        make_couples(world, now)
    elif step == 27:
        choose_to_enrol(world, now, lane)
    elif step == 28:
        join(world, now, lane)
    elif step == 29:
        protest(world, now, lane)
    elif step == 30:
        give_way(world, now)
    elif step == 31:
        resent(world, lane)
        speak(world, now, lane)
    elif step == 32:
        count_all(world, now, lane, cells)
    else:
        write(world, row)
    return True


@shared_loop
def run(world, now, weeks, burn_in, first, last, lane, cells, rows):
    """Run the steps from `first` to before `last` of each of the weeks from `now` on, for one lane (EVERY_LANE: one after the other).

    The one way in from Python, since each takes long to compile. Each week writes a row; returns how many weeks were finished (the
    next one's cases found no room).
    """
    for week in range(weeks):
        row = rows[week][:TICK_COLUMNS]
        for step in range(first, last):
            for each in range(lane, lane + 1) if lane >= 0 else range(world.noted.shape[0] if _IN_LANES[step] else 1):
                if not take(world, now + week, burn_in, step, each, cells, row):
                    return week
    return weeks


def run_weeks(world, now, weeks, burn_in, cells, rows) -> int:
    """Run whole ticks from `now` on, writing a row each; return how many were finished (the next one's cases found no room)."""
    return run(world, now, weeks, burn_in, 0, len(_IN_LANES), EVERY_LANE, cells, rows)


def run_compiled(world, now, burn_in, first, last, cells, row) -> int:
    """Run phases first..last of tick `now`, lane by lane; return the last phase run, or -1 if the week's cases found no room."""
    return last if run(world, now, 1, burn_in, _BEGINS[first], _BEGINS[last + 1], EVERY_LANE, cells, row[np.newaxis]) else -1


def run_step(world, now, burn_in, step, cells, row) -> bool:
    """Run one step of tick `now`, by its place in STEPS, lane by lane; return False if the week's cases found no room."""
    return run(world, now, 1, burn_in, step, step + 1, EVERY_LANE, cells, row[np.newaxis]) == 1


def run_side_by_side(world, now, burn_in, first, last, cells, row) -> int:
    """Do what `run_compiled` does with a thread for each lane."""
    for step in range(_BEGINS[first], _BEGINS[last + 1]):
        take_lane = partial(_take_lane, world, now, burn_in, step, cells, row[np.newaxis])
        if _IN_LANES[step]:
            side_by_side(take_lane, len(world.noted))
        elif not take_lane(0):
            return -1
    return last


def _take_lane(world, now, burn_in, step, cells, rows, lane) -> bool:
    return run(world, now, 1, burn_in, step, step + 1, lane, cells, rows) == 1


#: The phases in which citizens decide, as the agents engine runs them. Institutions decide nothing by opinion: both engines share
#: their phases (adjudication, scoring, consequences) and the record.
BY_CITIZENS = {
    "encounter": encounter_by_citizens,
    "exchange": exchange_by_citizens,
    "learning": learning_by_citizens,
    "conduct": conduct_by_citizens,
    "detection": detection_by_citizens,
    "unfriending": unfriending_by_citizens,
    "befriending": befriending_by_citizens,
    "opinion": opinion_by_citizens,
}
