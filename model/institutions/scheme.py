"""A scheme: a scoring institution declared as data. Its rules are the same for every scheme; only the numbers differ."""

from dataclasses import dataclass, field, fields
from itertools import pairwise

from model.parameters import ParameterError, parameter

MAX_GRADES = 10
PROBABILITY = {"low": 0.0, "high": 1.0}
POINTS = {"low": -10_000.0, "high": 10_000.0, "unit": "points"}
OFF = "off unless a scheme says otherwise"


@dataclass(frozen=True)
class EventPoints:
    """Points that an event posts once the scheme has established it."""

    dishonour: float = parameter(0.0, **POINTS, meaning="a dishonoured exchange", source=OFF)
    tax_evasion: float = parameter(0.0, **POINTS, meaning="tax evasion", source=OFF)
    illegal_class: float = parameter(0.0, **POINTS, meaning="an illegal class", source=OFF)
    crime: float = parameter(0.0, **POINTS, meaning="an intentional crime, besides the fall to the lowest grade", source=OFF)
    criticism: float = parameter(0.0, **POINTS, meaning="a critical post", source=OFF)
    helping: float = parameter(0.0, **POINTS, meaning="helping the community", source=OFF)
    donation: float = parameter(0.0, **POINTS, meaning="a great donation", source=OFF)
    award: float = parameter(0.0, **POINTS, meaning="a national award", source=OFF)
    many_children: float = parameter(0.0, **POINTS, meaning="a child beyond the second", source=OFF)
    army_child: float = parameter(0.0, **POINTS, meaning="a child in the army", source=OFF)
    championship: float = parameter(0.0, **POINTS, meaning="a child's championship", source=OFF)
    fare_fraud: float = parameter(0.0, **POINTS, meaning="riding at another's reduced fare", source=OFF)
    parking: float = parameter(0.0, **POINTS, meaning="bad parking", source=OFF)
    traffic: float = parameter(0.0, **POINTS, meaning="a traffic offence", source=OFF)
    internet_misuse: float = parameter(0.0, **POINTS, meaning="misuse of the internet", source=OFF)
    gaming: float = parameter(0.0, **POINTS, meaning="a week of video games", source=OFF)
    loan_default: float = parameter(0.0, **POINTS, meaning="a debt not paid", source=OFF)
    judgment_unpaid: float = parameter(0.0, **POINTS, meaning="a court judgment not paid", source=OFF)
    repayment: float = parameter(0.0, **POINTS, meaning="a debt paid in time", source=OFF)
    parenting: float = parameter(0.0, **POINTS, meaning="goods for children bought", source=OFF)
    settlement: float = parameter(0.0, **POINTS, meaning="an unpaid judgment paid after all", source=OFF)
    verification: float = parameter(0.0, **POINTS, meaning="personal data completed at enrolment", source=OFF)
    rated_up: float = parameter(0.0, **POINTS, meaning="a counterpart's good rating", source=OFF)
    rated_down: float = parameter(0.0, **POINTS, meaning="a counterpart's bad rating", source=OFF)
    petition: float = parameter(0.0, **POINTS, meaning="a petition to the authorities", source=OFF)
    marked: float = parameter(0.0, **POINTS, meaning="an official's mark on a critic or petitioner", source=OFF)
    rescue: float = parameter(0.0, **POINTS, meaning="helping one who fell in public", source=OFF)


@dataclass(frozen=True)
class Grade:
    """One grade: the score it begins at, how long it holds, and what it gives and takes."""

    name: str
    floor: float = parameter(
        0.0, low=-1e9, high=1e9, unit="points", meaning="lowest score of the grade (the last grade has no floor)", source=OFF
    )
    lock_weeks: int = parameter(
        0, low=0, high=10_000, unit="weeks", meaning="weeks that one who falls into the grade stays in it", source=OFF
    )
    perk: float = parameter(
        0.0, low=-100.0, high=100.0, unit="utility per week", meaning="wealth the grade gives or takes each week", source=OFF
    )
    travel_ban_weeks: int = parameter(0, low=0, high=10_000, unit="weeks", meaning="travel ban, renewed each week in the grade", source=OFF)
    published: bool = parameter(False, unit="switch", meaning="names in this grade are visible to all", source=OFF)
    visit_rate: float = parameter(0.0, **PROBABILITY, unit="probability per week", meaning="officers visit, search or harass", source=OFF)


@dataclass(frozen=True)
class Scheme:
    """A scoring institution."""

    name: str
    active: bool = parameter(True, unit="switch", meaning="at work once the burn-in is over", source="a policy may switch it")
    start: float = parameter(1000.0, low=0.0, high=1e6, unit="points", meaning="points at enrolment", source=OFF)
    floor: float = parameter(0.0, low=-1e6, high=1e6, unit="points", meaning="lowest score of the scale", source=OFF)
    ceiling: float = parameter(2000.0, low=-1e6, high=1e6, unit="points", meaning="highest score of the scale", source=OFF)
    recovery: float = parameter(
        0.0, **PROBABILITY, unit="share per week", meaning="share of the way back to the start (0: never forgets)", source=OFF
    )
    expiry_weeks: int = parameter(
        0, low=0, high=5200, unit="weeks", meaning="weeks after which the points of an event are taken back (0: they stay)", source=OFF
    )
    utility_per_point: float = parameter(
        0.01, low=0.0, high=10.0, unit="utility per point",
        meaning="what a point is worth to one who cares fully; the same in deterrence, reward and ties", source="assumption",
    )  # fmt: skip
    contact_weight: float = parameter(
        0.0, **PROBABILITY, unit="share", meaning="lever: weight of one's contacts' points in one's own score",
        source="lever; contacts enter the score [KJ D4C EZ]",
    )  # fmt: skip
    reporting_reward: float = parameter(
        0.0, low=0.0, high=10_000.0, unit="points", meaning="lever: points for an upheld report",
        source="lever; +10 for reporting illegal behaviour [ICO]",
    )  # fmt: skip
    reward_on: str = parameter("upheld", choices=("upheld", "filed"), unit="choice", meaning="which reports are paid", source="assumption")
    rewards_at_random: bool = parameter(
        False, unit="switch", meaning="null model: as many rewards as the lever would pay go to random enrolled citizens",
        source="null model",
    )  # fmt: skip
    exemption: float = parameter(
        0.0, **PROBABILITY, unit="share", meaning="lever: share of officials' cases dropped",
        source="lever; the elite stays outside [KJ], unfair unless officials are included [D4C]",
    )  # fmt: skip
    exemption_at_random: bool = parameter(
        False,
        unit="switch",
        meaning="null model: as many random citizens are exempt instead of the officials",
        source="null model",
    )
    disclosure: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="one sees the partner's grade before an exchange", source=OFF
    )
    verification: float = parameter(0.9, **PROBABILITY, unit="probability", meaning="a false report is seen through", source="assumption")
    rejection: float = parameter(0.0, **PROBABILITY, unit="probability", meaning="a true report is turned down", source="assumption")
    cameras: float = parameter(
        1.0,
        **PROBABILITY,
        unit="share",
        meaning="share of the regions' camera records that the scheme reads",
        source="assumption",
    )
    appeal: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="a false entry is reversed on appeal",
        source="off; little redress [FP], opaque rules [KJ D4C EZ]",
    )  # fmt: skip
    records: float = parameter(
        1.0, **PROBABILITY, unit="probability",
        meaning="the scheme learns of what is on file elsewhere (loans, unpaid judgments, purchases)", source="assumption",
    )  # fmt: skip
    detection: float = parameter(
        0.0,
        **PROBABILITY,
        unit="probability",
        meaning="the scheme learns of a betrayal or an act in public by itself, without camera or report",
        source=OFF,
    )
    superiors: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="an act in public is put on file by the actor's superior at work", source=OFF
    )
    fine: float = parameter(
        0.0, low=0.0, high=100.0, unit="utility", meaning="what the scheme takes in wealth with each penalty", source=OFF
    )
    rating_rate: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="a member rates the partner after an exchange (events rated_up, rated_down)",
        source=OFF,
    )  # fmt: skip
    dating: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="a single sees the score of another on the dating market", source=OFF
    )
    secret: bool = parameter(
        False, unit="switch", meaning="nobody outside learns of an entry, its subject included, who cannot contest it", source=OFF
    )
    residence: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="residence registration prevents a meeting with a citizen of another region",
        source=OFF,
    )  # fmt: skip
    felt: float = parameter(
        1.0, **PROBABILITY, unit="probability", meaning="a penalty is felt as a sanction, and as an injustice if it is one",
        source="assumption: always, unless a scheme says otherwise",
    )  # fmt: skip
    transparency: float = parameter(
        1.0, **PROBABILITY, unit="probability", meaning="the punished are told what for; else they learn nothing and cannot appeal",
        source="assumption: always, unless a scheme says otherwise; algorithms are undisclosed [KJ EZ FP]",
    )  # fmt: skip
    family_share: float = parameter(
        0.0, **PROBABILITY, unit="share", meaning="share of a low grade's losses, and chance of its travel ban, that kin suffer too",
        source="off; families become outcasts, too [KJ]",
    )  # fmt: skip
    neighbourhood_weight: float = parameter(
        0.0, **PROBABILITY, unit="share", meaning="weight of the neighbourhood's mean points in one's own score",
        source="off; a run-down neighbourhood lowers the score [KJ]",
    )  # fmt: skip
    abuse: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="officials mark who criticises or petitions as untrustworthy (event marked)",
        source="off; local officials can abuse it against petitioners and critics [FP]",
    )  # fmt: skip
    level_points: float = parameter(
        0.0, low=0.0, high=10_000.0, unit="points", meaning="width of a level of the game (0: no levels)", source="off; gamification [EZ]"
    )
    level_reward: float = parameter(
        0.0, low=0.0, high=100.0, unit="utility", meaning="small reward, in wealth, for each level risen", source="off; gamification [EZ]"
    )
    comparison: float = parameter(
        0.0, low=0.0, high=100.0, unit="factor",
        meaning="how much more points matter to one who is a whole scale behind the mean of its friends", source="off; gamification [EZ]",
    )  # fmt: skip
    removal_weeks: int = parameter(
        0, low=0, high=5200, unit="weeks", meaning="weeks for which a punished critic is taken out of circulation",
        source="off; critics and dissidents removed [ICO]",
    )  # fmt: skip
    coverage: float = parameter(1.0, **PROBABILITY, unit="probability", meaning="a citizen is within the scheme's reach", source=OFF)
    urban_coverage: float = parameter(
        1.0, **PROBABILITY, unit="probability", meaning="the scheme reaches a city dweller, beside coverage", source=OFF
    )
    rural_coverage: float = parameter(
        1.0, **PROBABILITY, unit="probability", meaning="the scheme reaches a rural citizen, beside coverage", source=OFF
    )
    special_coverage: float = parameter(
        1.0, **PROBABILITY, unit="probability", meaning="the scheme reaches a citizen of a special zone, beside coverage", source=OFF
    )
    enrolment: str = parameter(
        "mandatory", choices=("mandatory", "voluntary"), unit="choice", meaning="how citizens come under the scheme", source=OFF
    )
    firm_audit: float = parameter(
        0.0, **PROBABILITY, unit="probability per week", meaning="the scheme audits a firm; bad goods that it finds cost points",
        source="off; audits of firms [ICO]",
    )  # fmt: skip
    firm_points: float = parameter(
        0.0, low=0.0, high=10_000.0, unit="points", meaning="points that a firm loses when it is audited and sells bad goods", source=OFF
    )
    firm_floor: float = parameter(
        0.0, low=-1e6, high=1e6, unit="points", meaning="points below which a firm is barred from the market",
        source="off; market access [ICO], firms on the list of defaulters get no public projects [D4C]",
    )  # fmt: skip
    firm_disclosure: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="one sees before a purchase whether the firm's standing is low", source=OFF
    )
    government_rating: float = parameter(
        0.0, **PROBABILITY, unit="probability", meaning="a member rates its local government, truly, after dealing with it",
        source="off; published ratings hold local governments accountable [FP]",
    )  # fmt: skip
    government_points: float = parameter(
        0.0,
        low=0.0,
        high=10_000.0,
        unit="points",
        meaning="points of a local government for a good rating, and against a bad one",
        source=OFF,
    )
    government_floor: float = parameter(
        0.0, low=-1e6, high=1e6, unit="points", meaning="points below which a local government's head is replaced", source=OFF
    )
    common_reach: bool = parameter(
        False, unit="switch", meaning="whom the scheme reaches is decided in common with all schemes that say so, not by itself", source=OFF
    )
    data_sharing: float = parameter(
        0.0, **PROBABILITY, unit="share", meaning="share of other schemes' event points that this scheme posts too", source=OFF
    )
    shares_losses_only: bool = parameter(
        False, unit="switch", meaning="of other schemes' points only those that they take are shared", source=OFF
    )
    clears: bool = parameter(
        False,
        unit="switch",
        meaning="who pays an unpaid judgment after all is back at the start, and nothing is left to expire",
        source=OFF,
    )
    crime_to_lowest: bool = parameter(False, unit="switch", meaning="an intentional crime leads at once to the lowest grade", source=OFF)
    abandonment: float = parameter(
        1.0,
        **PROBABILITY,
        unit="share",
        meaning="share of citizens in collective action that ends the scheme (1: never)",
        source=OFF,
    )
    event: EventPoints = field(default_factory=EventPoints)
    grade: tuple[Grade, ...] = ()


def check_scheme(scheme: Scheme) -> None:
    """Raise ParameterError unless the parts of a scheme fit together."""
    if not scheme.floor <= scheme.start <= scheme.ceiling or scheme.floor == scheme.ceiling:
        raise ParameterError(
            f"schemes.{scheme.name}: the scale {scheme.floor:g} to {scheme.ceiling:g} must contain the start {scheme.start:g}"
        )
    if scheme.contact_weight + scheme.neighbourhood_weight > 1:
        raise ParameterError(
            f"schemes.{scheme.name}: contact_weight = {scheme.contact_weight:g} and neighbourhood_weight = "
            f"{scheme.neighbourhood_weight:g} are not allowed together: expected a sum of at most 1"
        )
    if scheme.secret and (scheme.comparison > 0 or scheme.clears):
        name, value = ("clears", scheme.clears) if scheme.clears else ("comparison", f"{scheme.comparison:g}")
        raise ParameterError(
            f"schemes.{scheme.name}.{name} = {value} is not allowed in a secret scheme: expected {'false' if scheme.clears else 0}"
        )
    for name, floor, is_on in (
        ("firm_floor", scheme.firm_floor, scheme.firm_audit > 0),
        ("government_floor", scheme.government_floor, scheme.government_rating > 0),
    ):
        if is_on and floor > scheme.start:
            raise ParameterError(
                f"schemes.{scheme.name}.{name} = {floor:g} is not allowed: expected at most the start, {scheme.start:g}, "
                "since all would be below it at once"
            )
    if scheme.event.marked > 0:
        raise ParameterError(
            f"schemes.{scheme.name}.event.marked = {scheme.event.marked:g} is not allowed: expected a number from -10000 to 0"
        )
    if 0 < scheme.level_points < 0.001:
        raise ParameterError(f"schemes.{scheme.name}.level_points = {scheme.level_points:g} is not allowed: expected 0, or 0.001 and more")
    _check_secrecy(scheme)
    if len(scheme.grade) > MAX_GRADES:
        raise ParameterError(f"schemes.{scheme.name}: {len(scheme.grade)} grades are given, at most {MAX_GRADES} are allowed")
    floors = [grade.floor for grade in scheme.grade[:-1]]
    if any(better <= worse for better, worse in pairwise(floors)):
        raise ParameterError(f"schemes.{scheme.name}: the floors of the grades must fall from the best grade to the worst, found {floors}")


def _check_secrecy(scheme: Scheme) -> None:
    if not scheme.secret:
        return
    open_to_all = [grade.name for grade in scheme.grade if grade.published]
    for name, value in (
        ("disclosure", scheme.disclosure),
        ("dating", scheme.dating),
        ("appeal", scheme.appeal),
        ("contact_weight", scheme.contact_weight),
        ("removal_weeks", scheme.removal_weeks),
        ("firm_audit", scheme.firm_audit),
        ("firm_disclosure", scheme.firm_disclosure),
        ("government_rating", scheme.government_rating),
    ):
        if value > 0:
            raise ParameterError(f"schemes.{scheme.name}.{name} = {value:g} is not allowed in a secret scheme: expected 0")
    if open_to_all:
        raise ParameterError(
            f"schemes.{scheme.name}.grade.{open_to_all[0]}.published = True is not allowed in a secret scheme: expected false"
        )


def scalar_fields() -> list[str]:
    """Return the names of the scalar parameters of a scheme, in declared order."""
    return [f.name for f in fields(Scheme) if f.metadata.get("meaning")]
