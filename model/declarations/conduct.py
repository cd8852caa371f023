"""What people do in public, what the court makes of it, and who tells."""

from dataclasses import dataclass

from model.declarations.kinds import ASSUMPTION, PROBABILITY, UTILITY, WEEKLY
from model.parameters import parameter


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
    collection: float = parameter(
        1.0, **PROBABILITY, unit="probability",
        meaning="a fine is collected at once; else it is up to the convicted whether to pay",
        source="off; the state has a problem with enforcing court judgments [KJ]",
    )  # fmt: skip
    settling_rate: float = parameter(
        0.02, **WEEKLY, meaning="who owes for a judgment thinks again of paying (once a year)", source=ASSUMPTION
    )


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
    fare_fraud_rate: float = parameter(0.05, **WEEKLY, meaning="an occasion to ride at another's reduced fare", source=ASSUMPTION)
    fare_fraud_gain: float = parameter(0.3, **UTILITY, meaning="gain of fare fraud", source=ASSUMPTION)
    parking_rate: float = parameter(0.2, **WEEKLY, meaning="an occasion to park badly", source=ASSUMPTION)
    parking_gain: float = parameter(0.2, **UTILITY, meaning="gain of bad parking", source=ASSUMPTION)
    traffic_rate: float = parameter(0.1, **WEEKLY, meaning="an occasion for a traffic offence", source=ASSUMPTION)
    traffic_gain: float = parameter(0.2, **UTILITY, meaning="gain of a traffic offence", source=ASSUMPTION)
    internet_misuse_rate: float = parameter(0.05, **WEEKLY, meaning="an occasion to misuse the internet", source=ASSUMPTION)
    internet_misuse_gain: float = parameter(0.2, **UTILITY, meaning="gain of misusing the internet", source=ASSUMPTION)
    minor_morals: float = parameter(
        0.5, **PROBABILITY, unit="factor", meaning="weight of integrity against bad parking, traffic offences and misuse of the internet",
        source="assumption: half that of a wrong",
    )  # fmt: skip
    gaming_rate: float = parameter(0.2, **WEEKLY, meaning="an occasion to play video games for long", source=ASSUMPTION)
    gaming_gain: float = parameter(0.2, **UTILITY, meaning="pleasure of video games (nothing moral is against it)", source=ASSUMPTION)
    loan_default_rate: float = parameter(0.05, **WEEKLY, meaning="a debt falls due; it is paid, or not", source=ASSUMPTION)
    loan_default_gain: float = parameter(0.2, **UTILITY, meaning="gain of not paying a debt", source=ASSUMPTION)
    parenting_rate: float = parameter(0.1, **WEEKLY, meaning="an occasion to buy goods for children", source=ASSUMPTION)
    parenting_cost: float = parameter(0.1, **UTILITY, meaning="cost of buying them beyond their use", source=ASSUMPTION)
    petition_rate: float = parameter(
        0.0, **WEEKLY, meaning="an occasion to petition the authorities, which takes a journey", source="off; petitioners [FP]"
    )
    petition_cost: float = parameter(0.1, **UTILITY, meaning="effort of petitioning", source=ASSUMPTION)
    petition_hearing: float = parameter(
        0.2, **PROBABILITY, unit="probability", meaning="a petition is heard, which is fair; else it is unfair", source=ASSUMPTION
    )
    petition_relief: float = parameter(
        0.5, **PROBABILITY, unit="share", meaning="share of grievance that a petition takes away when heard", source=ASSUMPTION
    )
    fallen_rate: float = parameter(
        0.0, **WEEKLY, meaning="a citizen falls in public, and a bystander comes by",
        source="off; nobody helps the fallen for fear of being sued by them [KJ FP]",
    )  # fmt: skip
    fallen_cost: float = parameter(0.2, **UTILITY, meaning="cost of helping the fallen", source=ASSUMPTION)
    fallen_benefit: float = parameter(
        1.0, low=0.0, high=10.0, unit="utility", meaning="what the fallen gain when helped", source="assumption, as helping_benefit"
    )
    fallen_damages: float = parameter(
        3.0, low=0.0, high=100.0, unit="utility", meaning="what a helper pays to the fallen when blamed for the fall, and fears to pay",
        source="assumption: three of the court's fines",
    )  # fmt: skip
    fallen_accusation_rate: float = parameter(
        0.3, **PROBABILITY, unit="probability", meaning="the fallen, once helped, gets to consider blaming the helper", source=ASSUMPTION
    )
    fallen_need: float = parameter(
        0.2, **UTILITY, meaning="need that speaks for blaming the helper, such as a hospital's bill", source=ASSUMPTION
    )
    fallen_prior_blamed: float = parameter(1.0, low=0.01, high=1000.0, unit="cases", meaning="prior helpers made to pay", source=ASSUMPTION)
    fallen_prior_thanked: float = parameter(
        9.0, low=0.01, high=1000.0, unit="cases", meaning="prior helpers who came off free", source=ASSUMPTION
    )
    fallen_weight: float = parameter(
        1.0, low=0.0, high=100.0, unit="exchanges",
        meaning="weight of having been helped, or not, as evidence about strangers (or about the tie, if the bystander is one)",
        source="assumption: as much as an exchange",
    )  # fmt: skip
    verification_rate: float = parameter(
        0.8, **PROBABILITY, unit="probability", meaning="a new member of a scheme completes the personal data", source=ASSUMPTION
    )


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
