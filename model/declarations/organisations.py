"""Firms, from which citizens buy, and local governments, with which they deal. Off by default: what is not there costs nothing."""

from dataclasses import dataclass

from model.declarations.kinds import ASSUMPTION, PROBABILITY, UTILITY, WEEKLY
from model.parameters import parameter

CHANCE = PROBABILITY | {"unit": "probability"}


@dataclass(frozen=True)
class Firm:
    """Firms and their goods, good or bad; ordinary audits, and scandals."""

    number: int = parameter(
        0, low=0, high=10_000, unit="firms", meaning="firms from which citizens may buy (0: no market)",
        source="off; firms are scored, too [ICO]",
    )  # fmt: skip
    purchase_rate: float = parameter(0.5, **WEEKLY, meaning="a citizen considers a purchase", source=ASSUMPTION)
    good_value: float = parameter(
        1.0, low=0.0, high=100.0, unit="utility", meaning="what good goods are worth to the buyer", source=ASSUMPTION
    )
    bad_loss: float = parameter(1.0, low=0.0, high=100.0, unit="utility", meaning="what bad goods cost the buyer", source=ASSUMPTION)
    prior_good: float = parameter(
        2.0, low=0.1, high=1000.0, unit="purchases", meaning="good goods in the prior belief about firms", source=ASSUMPTION
    )
    prior_bad: float = parameter(
        2.0, low=0.1, high=1000.0, unit="purchases", meaning="bad goods in the prior belief about firms", source=ASSUMPTION
    )
    discovery: float = parameter(0.5, **CHANCE, meaning="a buyer notices that goods are bad; else they pass for good", source=ASSUMPTION)
    gain: float = parameter(0.4, **UTILITY, meaning="gain of selling bad goods for a week", source=ASSUMPTION)
    audit: float = parameter(
        0.02, **WEEKLY, meaning="an ordinary audit of a firm, in every arm (once a year)", source="assumption; audits [ICO]"
    )
    fine: float = parameter(
        1.0,
        low=0.0,
        high=100.0,
        unit="utility",
        meaning="fine for bad goods found by an ordinary audit (deterrence only)",
        source=ASSUMPTION,
    )
    scandal_rate: float = parameter(
        0.002, **WEEKLY, meaning="a firm that sells bad goods is exposed in public",
        source="assumption: with fifty firms a few a year; food, vaccine and construction scandals [KJ D4C]",
    )  # fmt: skip
    scandal_reach: float = parameter(0.5, **CHANCE, meaning="a citizen hears of a scandal", source=ASSUMPTION)
    scandal_weight: float = parameter(
        1.0, low=0.0, high=100.0, unit="purchases", meaning="weight of a scandal as evidence about firms", source=ASSUMPTION
    )
    spillover: float = parameter(
        0.0, low=0.0, high=1.0, unit="share", meaning="share of the evidence about firms that counts for strangers, too",
        source="off; scandals are the background of distrust [KJ D4C]",
    )  # fmt: skip


@dataclass(frozen=True)
class Government:
    """Local governments, one for each neighbourhood, and how they treat people."""

    dealing_rate: float = parameter(
        0.0, **WEEKLY, meaning="a citizen deals with the government of its neighbourhood (0: never)",
        source="off; local governments are scored, too [FP]",
    )  # fmt: skip
    neglect_gain: float = parameter(0.4, **UTILITY, meaning="gain of a week's neglect", source=ASSUMPTION)
    loss: float = parameter(0.3, low=0.0, high=100.0, unit="utility", meaning="what unfair treatment costs a citizen", source=ASSUMPTION)
    concern: float = parameter(1.0, low=0.0, high=100.0, unit="factor", meaning="how much points matter to a government", source=ASSUMPTION)
