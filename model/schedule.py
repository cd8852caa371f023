"""The schedule of one tick: twelve phases, each reading the state at its start. Both engines run this list."""

from agents.compiling import shared_loop
from model.institutions.adjudication import adjudication
from model.institutions.consequences import consequences
from model.institutions.introduction import introduce
from model.institutions.ledger import scoring
from model.phases.befriending import befriending, befriending_by_citizens
from model.phases.conduct import conduct, conduct_by_citizens
from model.phases.detection import detection, detection_by_citizens
from model.phases.encounter import encounter, encounter_by_citizens
from model.phases.exchange import exchange, exchange_by_citizens
from model.phases.learning import learning, learning_by_citizens
from model.phases.opinion import opinion, opinion_by_citizens
from model.phases.record import TICK_COLUMNS, measure
from model.phases.unfriending import unfriending, unfriending_by_citizens

PHASES = (
    "encounter", "exchange", "learning", "conduct", "detection", "adjudication", "scoring", "consequences", "unfriending",
    "befriending", "opinion", "record",
)  # fmt: skip
DETECTION, LAST = PHASES.index("detection"), len(PHASES) - 1


@shared_loop
def run_compiled(world, now, burn_in, first, last, cells, row):
    """Run phases first..last of tick `now`; return the number of the last phase run (detection, if its cases found no room)."""
    if first == 0:
        introduce(world, now, burn_in)
    for phase in range(first, last + 1):
        if phase == 0:
            encounter(world, now)
        elif phase == 1:
            exchange(world, now)
        elif phase == 2:
            learning(world, now)
        elif phase == 3:
            conduct(world, now)
        elif phase == 4:
            if not detection(world, now):
                return -1
        elif phase == 5:
            adjudication(world, now)
        elif phase == 6:
            scoring(world, now)
        elif phase == 7:
            consequences(world, now)
        elif phase == 8:
            unfriending(world, now)
        elif phase == 9:
            befriending(world, now)
        elif phase == 10:
            opinion(world, now)
        else:
            measure(world, now, cells, row)
    return last


@shared_loop
def run_weeks(world, now, weeks, burn_in, cells, rows):
    """Run whole ticks from `now` on, writing a row each; return how many were finished (the next one's cases found no room)."""
    for week in range(weeks):
        if run_compiled(world, now + week, burn_in, 0, LAST, cells, rows[week][:TICK_COLUMNS]) < 0:
            return week
    return weeks


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
