"""One decision of a citizen, with the numbers that it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.conduct import fear_of_speaking
from dashboard.citizen.listening import Grounds, Listening

#: In which number of a rule schemes have a part. Of a fear only what is feared of them; of anything else all of it.
SCHEMES_PART = {
    "probability_of_trusting": "belief",
    "probability_of_honouring": "fear",
    "probability_of_offending": "fear",
    "probability_of_criticising": "fear",
    "probability_of_petitioning": "fear",
    "probability_of_protesting": "fear",
    "probability_of_voicing_disapproval": "fear",
    "probability_of_giving": "reward",
    "probability_of_rescuing": "merit",
    "probability_of_paying": "pressure",
    "probability_of_reporting": "reward",
    "probability_of_accusing": "reward",
    "probability_of_cutting": "score_cost",
    "probability_of_befriending": "score_cost",
}


@dataclass(frozen=True)
class Decision:
    """What a citizen had to decide, how it decided, and why.

    kind, outcome: what `why.KINDS` lists. other: the citizen whom it concerns (row number), -1: none. numbers: what the rule was given,
    by its own names (utilities and probabilities, see agents/), and further ones of the kind; `of_schemes`: how much of them is due to
    schemes, `without_schemes`: the probability without that (both missing where it is nothing); `fear.NAME`: the fear of one scheme.
    probability, draw: the citizen says yes exactly if the draw (uniform in [0, 1)) is below the probability. names: what is named, such
    as the kind of tie, the event, the cause of a cut; `grade.NAME`: the grade of the other in a scheme, as the citizen saw it.
    """

    kind: str
    outcome: str
    other: int
    numbers: dict[str, float]
    probability: float
    draw: float
    names: dict[str, str] = field(default_factory=dict)

    @property
    def agreed(self) -> bool:
        """Whether the citizen said yes."""
        return self.draw < self.probability

    @property
    def turned_by_schemes(self) -> bool:
        """Whether the same draw would have come out otherwise without what is due to schemes."""
        return self.agreed != (self.draw < self.numbers.get("without_schemes", self.probability))


def decision_on(
    asked: Listening, kind: str, outcome: str, grounds: Grounds, purpose: int, other: int = -1,
    names: Mapping[str, str] | None = None, more: Mapping[str, float] | None = None,
) -> Decision:  # fmt: skip
    """Return the decision that the citizen has just made on these grounds, with the draw of that purpose; `more`: further numbers."""
    given = grounds.numbers | dict(more or {}) | _of_schemes(asked, grounds)
    return Decision(kind, outcome, other, given, grounds.result, asked.draws[int(purpose)], dict(names or {}))


def _of_schemes(asked: Listening, grounds: Grounds) -> dict[str, float]:
    name = SCHEMES_PART.get(grounds.rule.__name__)
    if name is None:
        return {}
    whole, found = grounds.numbers[name], {}
    if name == "fear":
        schemes = asked.model.parameters.schemes
        found = {f"fear.{schemes[s].name}": float(fear) for s, fear in asked.fears.items() if fear != 0.0}
        part = sum(found.values())
    elif name == "belief":
        part = whole - _unaided(asked, whole)
    else:
        part = whole
    if part == 0.0:
        return found
    rest = whole - part if part != whole else 0.0
    return found | {"of_schemes": part, "without_schemes": grounds.otherwise(**{name: rest})}


def _unaided(asked: Listening, belief: float) -> float:
    """Return the belief without what the grades that were seen have meant so far; the belief itself if they told nothing."""
    for grounds in asked.heard.get("belief_given_grade", ()):
        if grounds.numbers["grade_honoured"] + grounds.numbers["grade_betrayed"] > 0.0:
            return grounds.numbers["unaided"]
    return belief


def fear_of_others(asked: Listening) -> dict[str, float]:
    """Return how much of the fear to speak up is of those around, who might inform, by the rule itself."""
    numbers = asked.heard["fear_of_speaking"][0].numbers
    return {"fear_of_others": float(fear_of_speaking(0.0, numbers["suspicion"], numbers["suspicion_fear"]))}
