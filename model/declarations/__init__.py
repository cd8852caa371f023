"""Every parameter of the society, declared once: default, bounds, unit, meaning, source.

Source keys such as [KJ] are listed in `docs/sources.md`. "Assumption" marks a number that no source gives; all of those are
meant to be swept. Utilities are in units of the gain of one honoured exchange.
"""

from dataclasses import dataclass, field

from model.declarations.conduct import Conduct, Court, Informing
from model.declarations.organisations import Firm, Government
from model.declarations.people import Exchange, Learning, PopulationParameters, Regions, Risk, Time
from model.declarations.ties import Befriending, Dating, Opinion, Unfriending
from model.institutions.scheme import Scheme
from model.network.parameters import NetworkParameters


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
    dating: Dating = field(default_factory=Dating)
    opinion: Opinion = field(default_factory=Opinion)
    firm: Firm = field(default_factory=Firm)
    government: Government = field(default_factory=Government)
    schemes: tuple[Scheme, ...] = ()
