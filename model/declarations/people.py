"""Who lives in the society, how long it is watched, and what people make of each other."""

from dataclasses import dataclass

from model.declarations.kinds import ASSUMPTION, PROBABILITY
from model.parameters import parameter


@dataclass(frozen=True)
class Time:
    """How long a run is."""

    ticks: int = parameter(520, low=1, high=100_000, unit="weeks", meaning="length of a run; one tick is one week", source=ASSUMPTION)
    burn_in: int = parameter(
        104, low=0, high=100_000, unit="weeks", meaning="weeks before any scheme exists, so that a run has its own before",
        source=ASSUMPTION,
    )  # fmt: skip


@dataclass(frozen=True)
class PopulationParameters:
    """Who lives in the society."""

    citizens: int = parameter(
        1000, low=3, high=2_000_000, unit="citizens", meaning="population size; a network file sets it instead",
        source=ASSUMPTION,
    )  # fmt: skip
    official_share: float = parameter(
        0.01, low=0.0, high=0.5, unit="share", meaning="share of citizens who hold office",
        source="assumption between the elite's 'few thousand' [KJ] (0.01 %) and the ruling party's share (about 7 %)",
    )  # fmt: skip
    coupled_share: float = parameter(
        0.6, **PROBABILITY, unit="share", meaning="share of citizens with a partner who is not modelled, and so never on the dating market",
        source=ASSUMPTION,
    )  # fmt: skip
    endowment: float = parameter(100.0, low=0.0, high=1e6, unit="wealth", meaning="wealth of each citizen at the start", source=ASSUMPTION)


@dataclass(frozen=True)
class Regions:
    """Abstract regions: urban, rural, special zone. They differ in cameras and in who is online."""

    urban_share: float = parameter(0.55, **PROBABILITY, unit="share", meaning="share living in cities", source=ASSUMPTION)
    special_share: float = parameter(
        0.05, **PROBABILITY, unit="share", meaning="share living in a special zone, taken from the non-urban rest",
        source="assumption; special zones as laboratories [ICO EZ]",
    )  # fmt: skip
    urban_online: float = parameter(
        0.75, **PROBABILITY, unit="probability", meaning="a city dweller is online",
        source="assumption; about 800 of 1,350 million online by 2019 [KJ], 45 % in 2015-16 [D4C]",
    )  # fmt: skip
    rural_online: float = parameter(
        0.4, **PROBABILITY, unit="probability", meaning="a rural citizen is online", source="assumption, as urban_online"
    )
    special_online: float = parameter(
        0.75, **PROBABILITY, unit="probability", meaning="a citizen of a special zone is online", source=ASSUMPTION
    )
    urban_cameras: float = parameter(
        0.1, **PROBABILITY, unit="probability", meaning="an offence in public is recorded in a city",
        source="assumption; uneven coverage [ICO EZ]",
    )  # fmt: skip
    rural_cameras: float = parameter(
        0.02, **PROBABILITY, unit="probability", meaning="an offence in public is recorded in the country", source=ASSUMPTION
    )
    special_cameras: float = parameter(
        0.5, **PROBABILITY, unit="probability", meaning="an offence in public is recorded in a special zone", source=ASSUMPTION
    )
    neighbourhood_size: int = parameter(
        50, low=1, high=100_000, unit="citizens", meaning="citizens of a region that live in one neighbourhood", source=ASSUMPTION
    )
    mixing: float = parameter(
        0.5, **PROBABILITY, unit="probability", meaning="a stranger of another region is accepted as a meeting (1: regions mix freely)",
        source=ASSUMPTION,
    )  # fmt: skip


@dataclass(frozen=True)
class Exchange:
    """The one-shot trust game of the weekly encounter."""

    stranger_share: float = parameter(
        0.2, **PROBABILITY, unit="probability", meaning="the weekly encounter is with a stranger", source=ASSUMPTION
    )
    sharpness: float = parameter(
        6.0, low=0.0, high=100.0, unit="1/utility", meaning="slope of every logit choice (0: coin flips)", source=ASSUMPTION
    )
    gain: float = parameter(
        1.0, low=0.0, high=10.0, unit="utility", meaning="what the truster gains when honoured (the unit of utility)",
        source="unit",
    )  # fmt: skip
    loss: float = parameter(
        1.2,
        low=0.0,
        high=10.0,
        unit="utility",
        meaning="what the truster loses when betrayed",
        source="assumption; swept 1.0-1.4",
    )
    share: float = parameter(1.0, low=0.0, high=10.0, unit="utility", meaning="what the trustee gains by honouring", source=ASSUMPTION)
    temptation: float = parameter(
        0.55, low=0.0, high=10.0, unit="utility", meaning="what the trustee gains more by betraying", source=ASSUMPTION
    )
    stake_acquaintance: float = parameter(
        0.35, low=0.0, high=10.0, unit="utility", meaning="future of an acquaintance at stake in a betrayal", source=ASSUMPTION
    )
    stake_work: float = parameter(
        0.35, low=0.0, high=10.0, unit="utility", meaning="future of a work tie at stake in a betrayal", source=ASSUMPTION
    )
    stake_kin: float = parameter(
        0.6, low=0.0, high=10.0, unit="utility", meaning="future of a kin tie at stake in a betrayal",
        source="assumption; kin ties carry trust that strangers do not get [KJ]",
    )  # fmt: skip


@dataclass(frozen=True)
class Learning:
    """Beta beliefs with exponential forgetting (Josang & Ismail 2002)."""

    forgetting: float = parameter(
        0.99, low=0.0, high=1.0, unit="factor per week", meaning="what is left of all evidence after a week", source=ASSUMPTION
    )
    prior_honoured: float = parameter(
        3.0, low=0.01, high=1000.0, unit="exchanges", meaning="prior honoured exchanges of generalized trust", source=ASSUMPTION
    )
    prior_betrayed: float = parameter(
        3.0, low=0.01, high=1000.0, unit="exchanges", meaning="prior betrayed exchanges of generalized trust", source=ASSUMPTION
    )
    tie_prior_strength: float = parameter(
        4.0,
        low=0.01,
        high=1000.0,
        unit="exchanges",
        meaning="weight of generalized trust as the prior of a tie",
        source=ASSUMPTION,
    )
    kin_bonus: float = parameter(
        0.3, **PROBABILITY, unit="share", meaning="share of the way to certainty that kinship adds to a tie's prior",
        source="assumption; guanxi [KJ]",
    )  # fmt: skip
    spillover: float = parameter(
        0.0, **PROBABILITY, unit="weight", meaning="weight of a tie's exchange as evidence about strangers",
        source="off, since it alone can hold trust up; swept to 0.2",
    )  # fmt: skip
    gossip_rate: float = parameter(
        0.2, **PROBABILITY, unit="probability", meaning="a betrayal is told to a given friend", source=ASSUMPTION
    )
    gossip_weight: float = parameter(
        0.5, low=0.0, high=10.0, unit="exchanges", meaning="weight of a betrayal heard of, for those tied to the betrayer",
        source=ASSUMPTION,
    )  # fmt: skip
    signal_strength: float = parameter(
        4.0, low=0.0, high=1000.0, unit="exchanges", meaning="largest weight of what a partner's score band has meant so far",
        source="assumption, as tie_prior_strength",
    )  # fmt: skip
    unfairness_inference: float = parameter(
        0.0, low=0.0, high=10.0, unit="weight", meaning="weight of an official's unpunished wrong as evidence about people",
        source="Rothstein & Eek 2009 find it; off in verdicts, swept",
    )  # fmt: skip


@dataclass(frozen=True)
class Risk:
    """The perceived risk of being caught: a Beta belief per institution, fed by own cases and those one knows of."""

    prior_caught: float = parameter(1.0, low=0.01, high=1000.0, unit="cases", meaning="prior punished cases", source=ASSUMPTION)
    prior_missed: float = parameter(4.0, low=0.01, high=1000.0, unit="cases", meaning="prior unpunished cases", source=ASSUMPTION)
    known_weight: float = parameter(
        0.5,
        low=0.0,
        high=10.0,
        unit="cases",
        meaning="weight of another's case that one knows of (1: own case)",
        source=ASSUMPTION,
    )
