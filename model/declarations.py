"""Every parameter of the society, declared once: default, bounds, unit, meaning, source.

Source keys such as [KJ] are listed in `docs/sources.md`. "Assumption" marks a number that no source gives; all of those are
meant to be swept. Utilities are in units of the gain of one honoured exchange.
"""

from dataclasses import dataclass, field

from model.institutions.scheme import Scheme
from model.network.parameters import NetworkParameters
from model.parameters import parameter

PROBABILITY = {"low": 0.0, "high": 1.0}
UTILITY = {"low": -10.0, "high": 10.0, "unit": "utility"}
WEEKLY = {"low": 0.0, "high": 1.0, "unit": "probability per week"}
ASSUMPTION = "assumption"


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


@dataclass(frozen=True)
class Court:
    """The ordinary court, at work in every arm and in the burn-in."""

    detection: float = parameter(
        0.02, **PROBABILITY, unit="probability", meaning="the court learns of a wrong without any report", source=ASSUMPTION
    )
    enforcement: float = parameter(
        0.3, **PROBABILITY, unit="probability", meaning="a wrong before the court is fined",
        source="assumption; unpaid judgments are common [KJ D4C FP]",
    )  # fmt: skip
    verification: float = parameter(
        0.9, **PROBABILITY, unit="probability", meaning="a false report is seen through by the court", source=ASSUMPTION
    )
    fine: float = parameter(1.0, low=0.0, high=100.0, unit="utility", meaning="fine, in wealth and as deterrence", source=ASSUMPTION)
    exemption: float = parameter(0.0, **PROBABILITY, unit="probability", meaning="an official's case is dropped by the court", source="off")


@dataclass(frozen=True)
class Conduct:
    """Acts in public and events of life. Each act comes up at a weekly rate and is then a choice."""

    tax_evasion_rate: float = parameter(0.02, **WEEKLY, meaning="an occasion to evade tax", source=ASSUMPTION)
    tax_evasion_gain: float = parameter(0.3, **UTILITY, meaning="gain of evading tax", source=ASSUMPTION)
    illegal_class_rate: float = parameter(0.01, **WEEKLY, meaning="an occasion to hold an illegal class", source=ASSUMPTION)
    illegal_class_gain: float = parameter(0.3, **UTILITY, meaning="gain of an illegal class", source=ASSUMPTION)
    crime_rate: float = parameter(0.001, **WEEKLY, meaning="an occasion for an intentional crime", source=ASSUMPTION)
    crime_gain: float = parameter(-0.2, **UTILITY, meaning="gain of a crime net of its moral weight", source=ASSUMPTION)
    criticism_rate: float = parameter(0.1, **WEEKLY, meaning="an occasion to criticise in public", source=ASSUMPTION)
    criticism_cost: float = parameter(0.4, **UTILITY, meaning="effort of criticising in public", source=ASSUMPTION)
    helping_rate: float = parameter(0.1, **WEEKLY, meaning="an occasion to help a friend or the community", source=ASSUMPTION)
    helping_cost: float = parameter(0.5, **UTILITY, meaning="cost of helping", source=ASSUMPTION)
    helping_benefit: float = parameter(1.0, low=0.0, high=10.0, unit="utility", meaning="what the person helped gains", source=ASSUMPTION)
    donation_rate: float = parameter(0.001, **WEEKLY, meaning="an occasion for a great donation", source=ASSUMPTION)
    donation_cost: float = parameter(1.0, **UTILITY, meaning="cost of a great donation", source=ASSUMPTION)
    award_rate: float = parameter(0.0001, **WEEKLY, meaning="a national award", source=ASSUMPTION)
    many_children_rate: float = parameter(0.0002, **WEEKLY, meaning="a child beyond the second", source=ASSUMPTION)
    army_child_rate: float = parameter(0.0004, **WEEKLY, meaning="a child joins the army", source=ASSUMPTION)
    championship_rate: float = parameter(0.0002, **WEEKLY, meaning="a child wins a championship", source=ASSUMPTION)


@dataclass(frozen=True)
class Informing:
    """Reporting others, truly or falsely, and suspecting informers. Unrewarded reporting exists in every arm."""

    witness_rate: float = parameter(
        0.5, **PROBABILITY, unit="probability", meaning="a friend of both parties learns of a betrayal", source=ASSUMPTION
    )
    public_witness_rate: float = parameter(
        0.1, **PROBABILITY, unit="probability", meaning="a given tie of the actor sees an act in public", source=ASSUMPTION
    )
    complaint_rate: float = parameter(
        0.3, **PROBABILITY, unit="probability", meaning="a betrayed victim gets to consider a complaint", source=ASSUMPTION
    )
    civic_duty: float = parameter(
        0.4, low=0.0, high=10.0, unit="utility", meaning="civic duty to report, times integrity", source=ASSUMPTION
    )
    grudge: float = parameter(0.6, low=0.0, high=10.0, unit="utility", meaning="a victim's wish for redress", source=ASSUMPTION)
    dislike: float = parameter(0.3, low=0.0, high=10.0, unit="utility", meaning="dislike of informing", source=ASSUMPTION)
    loyalty: float = parameter(
        1.0, low=0.0, high=10.0, unit="utility", meaning="loyalty to the accused, times trust in the tie", source=ASSUMPTION
    )
    kin_loyalty: float = parameter(0.5, low=0.0, high=10.0, unit="utility", meaning="loyalty owed to kin on top", source=ASSUMPTION)
    false_report_rate: float = parameter(0.05, **WEEKLY, meaning="an occasion to accuse a friend falsely", source=ASSUMPTION)
    exposure: float = parameter(0.2, **PROBABILITY, unit="probability", meaning="the punished learns who reported", source=ASSUMPTION)
    betrayal_weight: float = parameter(
        1.0, low=0.0, high=100.0, unit="exchanges", meaning="weight of being reported as a betrayal's evidence about the tie",
        source="assumption: one report yields one betrayal's evidence",
    )  # fmt: skip
    suspicion_jump: float = parameter(
        0.3,
        **PROBABILITY,
        unit="share",
        meaning="share of the way to certainty that suspicion moves when reported",
        source=ASSUMPTION,
    )
    suspicion_fear: float = parameter(
        0.3, low=0.0, high=10.0, unit="utility", meaning="fear of speaking at full suspicion", source=ASSUMPTION
    )


@dataclass(frozen=True)
class Unfriending:
    """Cutting ties: for distrust, because of the score, or after an informer is exposed."""

    review_rate: float = parameter(0.02, **WEEKLY, meaning="a tie comes up for review (once a year)", source=ASSUMPTION)
    attachment: float = parameter(
        0.3, low=0.0, high=10.0, unit="utility", meaning="what an acquaintance is worth beyond exchange", source=ASSUMPTION
    )
    work_attachment: float = parameter(
        0.5, low=0.0, high=10.0, unit="utility", meaning="what a work tie is worth beyond exchange", source=ASSUMPTION
    )
    kin_attachment: float = parameter(
        2.0, low=0.0, high=10.0, unit="utility", meaning="what a kin tie is worth beyond exchange",
        source="assumption: kin ties cost far more to cut",
    )  # fmt: skip
    salience: float = parameter(
        1.0, low=0.0, high=100.0, unit="factor", meaning="weight of a tie's score cost (1: exact; more: people overweigh warnings)",
        source="rational benchmark; swept to 10",
    )  # fmt: skip
    informer_anger: float = parameter(1.0, low=0.0, high=10.0, unit="utility", meaning="wish to cut an informer at once", source=ASSUMPTION)
    score_blind: bool = parameter(
        False,
        unit="switch",
        meaning="null model: as many ties as the score would cut are cut at random; offers ignore it",
        source="null model",
    )


@dataclass(frozen=True)
class Befriending:
    """Making ties. Both must agree."""

    offer_rate: float = parameter(0.3, **WEEKLY, meaning="a citizen short of ties seeks one", source=ASSUMPTION)
    closure: float = parameter(
        0.8, **PROBABILITY, unit="probability", meaning="the candidate is a friend's friend rather than anyone", source=ASSUMPTION
    )
    homophily: float = parameter(
        0.5, **PROBABILITY, unit="probability", meaning="a chance candidate of another region is passed over", source=ASSUMPTION
    )
    appeal: float = parameter(
        0.3,
        low=0.0,
        high=10.0,
        unit="utility",
        meaning="what a new tie promises beyond exchange",
        source="as unfriending.attachment",
    )


@dataclass(frozen=True)
class Opinion:
    """Institutional trust, grievance, approval, collective action."""

    prior_fair: float = parameter(
        3.0, low=0.01, high=1000.0, unit="cases", meaning="prior fair treatments of institutional trust", source=ASSUMPTION
    )
    prior_unfair: float = parameter(
        3.0, low=0.01, high=1000.0, unit="cases", meaning="prior unfair treatments of institutional trust", source=ASSUMPTION
    )
    grievance_decay: float = parameter(
        0.98, **PROBABILITY, unit="factor per week", meaning="what is left of grievance after a week", source=ASSUMPTION
    )
    wrong_grievance: float = parameter(
        0.1, **PROBABILITY, unit="share", meaning="grievance of a wrong suffered: betrayed without redress, punished without guilt",
        source=ASSUMPTION,
    )  # fmt: skip
    sanction_grievance: float = parameter(0.05, **PROBABILITY, unit="share", meaning="grievance of a sanction suffered", source=ASSUMPTION)
    visit_grievance: float = parameter(
        0.05,
        **PROBABILITY,
        unit="share",
        meaning="grievance of an officers' visit",
        source="assumption; visits and searches [ICO]",
    )
    approval_bar: float = parameter(
        0.5, low=-10.0, high=10.0, unit="utility", meaning="institutional trust plus weekly perks less grievance that approval takes",
        source=ASSUMPTION,
    )  # fmt: skip
    enrolment_rate: float = parameter(0.1, **WEEKLY, meaning="a voluntary scheme comes up", source=ASSUMPTION)
    enrolment_reluctance: float = parameter(
        0.5, low=0.0, high=10.0, unit="utility", meaning="reluctance to enrol, against the share of enrolled friends and weekly perks",
        source="assumption; enrolment snowballs [EZ]",
    )  # fmt: skip
    protest_rate: float = parameter(0.25, **WEEKLY, meaning="an occasion to join collective action", source=ASSUMPTION)
    protest_bar: float = parameter(
        2.0,
        low=0.0,
        high=10.0,
        unit="utility",
        meaning="span of thresholds of collective action (Granovetter 1978)",
        source=ASSUMPTION,
    )
    censorship: float = parameter(
        0.5, **PROBABILITY, unit="share", meaning="share of collective action hidden from others",
        source="assumption; censorship aims at collective action [EZ]",
    )  # fmt: skip


@dataclass(frozen=True)
class SocietyParameters:
    """All parameters of a society and of the schemes at work in it."""

    time: Time = field(default_factory=Time)
    population: PopulationParameters = field(default_factory=PopulationParameters)
    region: Regions = field(default_factory=Regions)
    network: NetworkParameters = field(default_factory=NetworkParameters)
    exchange: Exchange = field(default_factory=Exchange)
    learning: Learning = field(default_factory=Learning)
    risk: Risk = field(default_factory=Risk)
    court: Court = field(default_factory=Court)
    conduct: Conduct = field(default_factory=Conduct)
    informing: Informing = field(default_factory=Informing)
    unfriending: Unfriending = field(default_factory=Unfriending)
    befriending: Befriending = field(default_factory=Befriending)
    opinion: Opinion = field(default_factory=Opinion)
    schemes: tuple[Scheme, ...] = ()
