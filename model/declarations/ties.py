"""Whom people keep and seek, and what they think of it all."""

from dataclasses import dataclass

from model.declarations.kinds import ASSUMPTION, PROBABILITY, WEEKLY
from model.parameters import parameter


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
class Dating:
    """Singles who look for a partner on a dating site, where scores may be shown. Both must agree; a couple is kin from then on."""

    rate: float = parameter(
        0.0, **WEEKLY, meaning="a single who is online looks for a partner", source="off; a dating site shows scores [D4C EZ]"
    )
    pool: int = parameter(
        20, low=1, high=10_000, unit="citizens", meaning="random citizens of whom a search shows the singles who are online",
        source=ASSUMPTION,
    )  # fmt: skip
    attraction: float = parameter(
        1.0, low=0.0, high=10.0, unit="utility", meaning="what a partner is worth more for a score a whole scale higher", source=ASSUMPTION
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
    grade_grievance: float = parameter(
        0.0, **PROBABILITY, unit="share", meaning="grievance of a week in a grade that takes wealth, bans travel or publishes the name",
        source="off; public backlash against grades [D4C]",
    )  # fmt: skip
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
    commentators: float = parameter(
        0.0, low=0.0, high=10.0, unit="cases per week", meaning="praise of institutions by paid commentators, as evidence to who is online",
        source="off; commentators steer debate [EZ]",
    )  # fmt: skip
    censorship: float = parameter(
        0.5, **PROBABILITY, unit="share", meaning="share of collective action hidden from others",
        source="assumption; censorship aims at collective action [EZ]",
    )  # fmt: skip
