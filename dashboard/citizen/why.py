"""Why a citizen did what it did in one week: each of its decisions, with the numbers behind it.

Nothing is decided here anew. A copy of the society takes the week step by step in compiled code; whenever the citizen has to decide, it
is asked what it would do by the methods of `agents/`, on the state as the compiled code finds it, and overheard (see listening.py,
questions/). A test holds that what it says and what compiled code does are one.

What happens by a fixed rate alone, such as gossip or a rating, is no decision, and left out.
"""

from collections.abc import Callable, Iterable

from dashboard.citizen.decision import Decision
from dashboard.citizen.questions import conduct, exchange, informing, opinion, ties
from dashboard.citizen.week import Week
from experiments.refusal import not_allowed, whole_number
from model.society import Society

#: {kind: its outcomes}. The outcomes of "yes" come first; what else could have come of it is in between, "no" is last.
KINDS = {
    "meeting": ("stranger", "tie", "nobody"),
    "trust": ("placed", "withheld"),
    "honour": ("honoured", "betrayed"),
    "purchase": ("bought", "left"),
    "payment": ("paid", "refused"),
    "offence": ("done", "not_done"),
    "giving": ("done", "prevented", "not_done"),
    "criticism": ("done", "not_done"),
    "petition": ("done", "prevented", "not_done"),
    "rescue": ("helped", "passed_by"),
    "blame": ("blamed", "spared"),
    "report": ("filed", "kept"),
    "accusation": ("filed", "kept"),
    "review": ("cut", "spared_by_lot", "cut_by_other", "cut_by_lot", "kept"),
    "offer": ("accepted", "not_accepted", "not_made"),
    "answer": ("accepted", "declined"),
    "courtship": ("coupled", "not_answered", "not_written"),
    "letter": ("accepted", "declined"),
    "enrolment": ("joined", "stayed_out"),
    "protest": ("joined", "stayed_away"),
    "silence": ("silent",),
    "approval": ("said", "feigned"),
}


#: What is asked, in the order of the week.
_QUESTIONS: tuple[Callable[[Week], Iterable[Decision]], ...] = (
    exchange.meeting, exchange.trust, exchange.honour, exchange.purchase,
    conduct.conduct, conduct.rescues,
    informing.reports, informing.accusation,
    ties.reviews, ties.ties_and_letters,
    opinion.enrolment, opinion.protest, opinion.silence, opinion.approval,
)  # fmt: skip


def explain(society: Society, i: int) -> list[Decision]:
    """Return what citizen i decides in the week at whose beginning the society stands, in the order of the week.

    The society stays as it is. What did not come up is left out; what came up and was decided "no" is in. Raises a Refusal of one
    sentence for a citizen that there is not, and for the agents engine, whose citizens may decide by rules of their own.
    """
    whole_number("", "citizen", i, 0, society.graph.citizens - 1)
    if society.engine != "compiled":
        raise not_allowed(
            "", "engine", society.engine, "'compiled': citizens of the agents engine may have a memory, and cannot be asked twice"
        )
    week = Week(society, i)
    return [decision for question in _QUESTIONS for decision in question(week)]
