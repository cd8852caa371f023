"""What is measured: every outcome with its unit, range, meaning, smallest effect of interest and cadence."""

from dataclasses import dataclass, replace

GROUPS = ("officials", "ordinary", "online", "offline", "integrity_low", "integrity_middle", "integrity_high")

#: Office x online x tercile of integrity: the groups are unions of these cells.
CELLS = 12


@dataclass(frozen=True)
class Outcome:
    """One outcome. `cadence` is "tick" or "year"; `headline` outcomes stand in the table of effects; `group` is one of GROUPS or ""."""

    name: str
    unit: str
    low: float
    high: float
    meaning: str
    smallest_effect: float = 0.01
    cadence: str = "tick"
    headline: bool = False
    group: str = ""


INFINITY = float("inf")

#: Measured for everybody and for each group, every tick.
GROUPED = (
    Outcome("generalized_trust", "belief", 0, 1, "mean belief in a uniformly random stranger, unaided by scores", headline=True),
    Outcome("institutional_trust", "belief", 0, 1, "mean belief that institutions treat people fairly", headline=True),
    Outcome("exchange_rate", "share", 0, 1, "encounters in which trust is placed (group of the truster)", headline=True),
    Outcome("trustworthiness", "share", 0, 1, "placed trust that is honoured (group of the trustee)", headline=True),
    Outcome("bonding_trust", "belief", 0, 1, "mean belief over surviving ties (rises when low ones are cut: see panel)", headline=True),
    Outcome("bonding_trust_panel", "belief", 0, 1, "mean belief over the initial ties, cut ones at the holder's prior", headline=True),
    Outcome(
        "calibration", "belief", -1, 1, "belief in the week's partners less the share who honour or would (above 0: too trusting)",
        headline=True,
    ),
    Outcome("score_assisted_trust", "belief", 0, 1, "mean belief in a random citizen taken for a stranger whose grade is seen"),
    Outcome("welfare", "utility per week", -INFINITY, INFINITY, "mean change of wealth", headline=True),
    Outcome("grievance", "share", 0, 1, "mean grievance"),
    Outcome("self_censorship", "share", 0, 1, "citizens who, given an occasion, would criticise but for fear", headline=True),
    Outcome("approval", "share", 0, 1, "citizens who approve of the institutions"),
    Outcome("approval_voiced", "share", 0, 1, "citizens who say that they approve"),
    Outcome("protest", "share", 0, 1, "citizens in collective action"),
    Outcome("score", "points", -INFINITY, INFINITY, "mean score in the first scheme (enrolled only)", 5.0),
    Outcome("enrolment", "share", 0, 1, "citizens enrolled in a running scheme"),
    Outcome("locked", "share", 0, 1, "citizens locked in a grade"),
    Outcome("travel_banned", "share", 0, 1, "citizens banned from travel"),
    Outcome("published", "share", 0, 1, "citizens whose name is published"),
    Outcome("removed", "share", 0, 1, "citizens taken out of circulation"),
    Outcome("degree", "ties", 0, INFINITY, "mean number of ties", 0.1),
    Outcome("isolates", "share", 0, 1, "citizens without ties (outcasts)", headline=True),
)  # fmt: skip

#: Measured for everybody, every tick.
EACH_TICK = (
    Outcome("exchange_rate_strangers", "share", 0, 1, "encounters with strangers in which trust is placed"),
    Outcome("trustworthiness_strangers", "share", 0, 1, "strangers who honour trust, or would if it were placed"),
    Outcome("abandoned", "schemes", 0, INFINITY, "schemes ended by collective action"),
    Outcome("reports", "per citizen and year", 0, INFINITY, "reports filed, true and false", headline=True),
    Outcome("false_share", "share", 0, 1, "reports that are false"),
    Outcome("upheld_share", "share", 0, 1, "reports followed by punishment"),
    Outcome("cut_for_distrust", "ties per citizen and year", 0, INFINITY, "ties cut for distrust"),
    Outcome("cut_for_score", "ties per citizen and year", 0, INFINITY, "ties cut for the score"),
    Outcome("cut_for_informing", "ties per citizen and year", 0, INFINITY, "ties cut after an informer was exposed"),
    Outcome("cut_by_lot", "ties per citizen and year", 0, INFINITY, "ties cut by the score-blind null model"),
    Outcome("ties_formed", "ties per citizen and year", 0, INFINITY, "ties made"),
    Outcome("couples_formed", "per citizen and year", 0, INFINITY, "couples made on the dating market"),
    Outcome("fallen_helped", "share", 0, 1, "the fallen whom a bystander comes upon and helps, of those it comes upon"),
    Outcome("trust_in_firms", "belief", 0, 1, "mean belief that a random firm sells good goods"),
    Outcome("purchases", "share", 0, 1, "purchases considered that are made"),
    Outcome("good_quality", "share", 0, 1, "goods sold that are good"),
    Outcome("scandals", "per firm and year", 0, INFINITY, "firms exposed in public"),
    Outcome("firms_barred", "share", 0, 1, "firms barred from the market"),
    Outcome("government_fairness", "share", 0, 1, "dealings with local governments that are fair"),
    Outcome("heads_replaced", "per local government and year", 0, INFINITY, "heads of local governments replaced"),
)

#: Measured at the end of each year and of the run.
EACH_YEAR = (
    Outcome("clustering", "coefficient", 0, 1, "mean local clustering", cadence="year"),
    Outcome("giant_component", "share", 0, 1, "citizens in the largest component", cadence="year"),
    Outcome("degree_assortativity", "correlation", -1, 1, "correlation of degree across ties", cadence="year"),
    Outcome("score_assortativity", "correlation", -1, 1, "correlation of score across ties", cadence="year"),
    Outcome("gini_wealth", "coefficient", 0, 1, "Gini coefficient of wealth (debts count as none)", cadence="year"),
    Outcome("gini_score", "coefficient", 0, 1, "Gini coefficient of scores above the floor of the scale", cadence="year"),
    Outcome("score_mobility", "correlation", -1, 1, "rank correlation of scores with those of a year ago (1: rigid)", cadence="year"),
    Outcome("couple_assortativity", "correlation", -1, 1, "correlation of score within the couples of the dating market", cadence="year"),
    Outcome(
        "score_gap_of_singles", "points", -INFINITY, INFINITY,
        "mean score of those who found a partner on the dating market less that of those who look for one", 5.0, "year",
    ),
)  # fmt: skip


def _by_group(outcome: Outcome, group: str) -> Outcome:
    meaning = f"{outcome.meaning}; {group.replace('_', ' ')} only"
    return replace(outcome, name=f"{outcome.name}.{group}", meaning=meaning, headline=False, group=group)


#: All outcomes by name, in the order of the columns of a record: everybody, each group, each tick, each year.
OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        *GROUPED,
        *(_by_group(outcome, group) for group in GROUPS for outcome in GROUPED),
        *EACH_TICK,
        *EACH_YEAR,
    )
}
NAMES = tuple(OUTCOMES)
