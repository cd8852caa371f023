"""The outcomes of a society's last tick computed anew from its state: in plain Python that shares no code with the model's own."""

import math

import networkx
import numpy as np
from scipy import stats

from agents.chance import Purpose, luck
from agents.events import Event
from model.network.ties import neighbours, slot_of
from model.population import ANY_GRADE, Count
from model.society import Society
from tests.worlds import Row

#: Beliefs are summed as whole multiples of 2**-32.
FIXED_POINT = 1e-9


def mean(values) -> float:
    values = list(values)
    return math.fsum(values) / len(values) if values else math.nan


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


class Anew:
    """The outcomes of a society's last tick, from its arrays."""

    def __init__(self, society: Society, wealth_before: np.ndarray):
        self.world, self.now, self.seed = society.world, society.tick - 1, society.seed
        self.rules, self.schemes = society.parameters, society.parameters.schemes
        self.n = society.graph.citizens
        self.everybody = range(self.n)
        self.wealth_before = wealth_before
        self.running = [s for s in range(len(self.schemes)) if self.world.status.running[s]]

    def draw(self, purpose: Purpose, i: int, other: int = 0) -> float:
        return luck(self.seed, self.now, int(purpose), i, other, 0)

    def enrolled(self, s: int, i: int) -> bool:
        return bool(self.world.standing.enrolled[s, i])

    def own_schemes(self, i: int) -> list[int]:
        return [s for s in self.running if self.enrolled(s, i)]

    # --- groups ---

    def members(self, group: str) -> list[int]:
        citizens = self.world.citizens
        if group == "":
            return list(self.everybody)
        if group in ("officials", "ordinary"):
            return [i for i in self.everybody if bool(citizens.official[i]) == (group == "officials")]
        if group in ("online", "offline"):
            return [i for i in self.everybody if bool(citizens.online[i]) == (group == "online")]
        by_integrity = sorted(self.everybody, key=lambda i: (citizens.integrity[i], i))
        third = ("integrity_low", "integrity_middle", "integrity_high").index(group)
        return [i for rank, i in enumerate(by_integrity) if rank * 3 // self.n == third]

    # --- beliefs ---

    def trust(self, i: int) -> float:
        learning, citizen = self.rules.learning, Row(self.world.citizens, i)
        good, bad = (
            float(citizen.trust_honoured) + learning.prior_honoured,
            float(citizen.trust_betrayed) + learning.prior_betrayed,
        )
        return good / (good + bad)

    def institutional_trust(self, i: int) -> float:
        opinion, citizen = self.rules.opinion, Row(self.world.citizens, i)
        good, bad = float(citizen.fair) + opinion.prior_fair, float(citizen.unfair) + opinion.prior_unfair
        return good / (good + bad)

    def belief(self, i: int, j: int) -> float:
        learning, slot = self.rules.learning, Row(self.world.slots, slot_of(self.world, i, j))
        prior = self.trust(i)
        if slot.kind == 0:
            prior += learning.kin_bonus * (1 - prior)
        strength = learning.tie_prior_strength
        return (float(slot.honoured) + strength * prior) / (float(slot.honoured) + float(slot.betrayed) + strength)

    def assisted(self, i: int) -> float:
        """Belief in a random citizen, all of whose grades are seen."""
        j, learning = int(self.draw(Purpose.MEASURE, i) * self.n), self.rules.learning
        graded = [s for s in self.own_schemes(j) if self.schemes[s].grade]
        pasts = [self.world.band[s, i, self.world.standing.grade[s, j], 0].astype(float) for s in graded]
        seen = sum(past.sum() for past in pasts)
        if seen == 0:
            return self.trust(i)
        everybodys = sum(self.world.band[s, i, ANY_GRADE, 0].astype(float) for s in graded)
        difference = sum(past[0] for past in pasts) / seen - everybodys[0] / everybodys.sum()
        told = min(max(self.trust(i) + difference, 0.0), 1.0)
        seen /= len(graded)
        weight = learning.signal_strength * seen / (seen + learning.signal_strength)
        return self.trust(i) + (told - self.trust(i)) * weight / (learning.tie_prior_strength + weight)

    def ties(self) -> list[tuple[int, int]]:
        return [(i, int(j)) for i in self.everybody for j in neighbours(self.world, i)]

    # --- opinions ---

    def fear(self, i: int) -> float:
        """Fear of voicing criticism: penalties of schemes, and suspicion."""
        citizen, fear = Row(self.world.citizens, i), 0.0
        for s in self.own_schemes(i):
            scheme, standing = self.schemes[s], Row(self.world.standing, s, i)
            stake = max(0.0, -scheme.event.criticism) * scheme.utility_per_point * float(citizen.score_concern)
            for other in self.own_schemes(i):
                mine = self.schemes[other]
                if other != s:  # its share of the points, at what its points are worth
                    worth = mine.utility_per_point * float(citizen.score_concern) * (1 + mine.comparison * self.behind(other, i))
                    stake += mine.data_sharing * max(0.0, -scheme.event.criticism) * worth
            stake += scheme.fine if scheme.event.criticism < 0 else 0.0
            if citizen.exempt_by_lot if scheme.exemption_at_random else citizen.official:
                stake *= 1 - scheme.exemption
            caught = float(standing.caught) + self.rules.risk.prior_caught
            missed = float(standing.missed) + self.rules.risk.prior_missed
            fear += caught / (caught + missed) * stake
        return fear + float(citizen.suspicion) * self.rules.informing.suspicion_fear

    def behind(self, s: int, i: int) -> float:
        return float(self.world.standing.behind[s, i])

    def would_criticise(self, i: int, fear: float) -> bool:
        gain = float(self.world.citizens.grievance[i]) - fear - self.rules.conduct.criticism_cost
        return self.now >= int(self.world.citizens.removed_until[i]) and self.draw(Purpose.CONDUCT, i, int(Event.CRITICISM)) < logistic(
            self.rules.exchange.sharpness * gain
        )

    def approval(self, i: int) -> float:
        perks = sum(self.schemes[s].grade[self.world.standing.grade[s, i]].perk for s in self.own_schemes(i) if self.schemes[s].grade)
        held = self.institutional_trust(i) + perks - float(self.world.citizens.grievance[i])
        return held - self.rules.opinion.approval_bar

    def says_so(self, i: int) -> bool:
        disapproval = -self.approval(i) - self.fear(i)
        return self.approval(i) > 0 or self.draw(Purpose.MEASURE, i, 1) >= logistic(self.rules.exchange.sharpness * disapproval)

    # --- the outcomes ---

    def grouped(self, group: str) -> dict[str, float]:
        mine, world, week, citizens = self.members(group), self.world, self.world.week, self.world.citizens
        trusted = [i for i in self.everybody if week.placed[i] and int(week.partner[i]) in mine]
        gained = [(int(citizens.wealth[i]) - int(self.wealth_before[i])) / 1e6 for i in mine]
        met = [i for i in mine if week.partner[i] >= 0]
        return {
            "generalized_trust": mean(self.trust(i) for i in mine),
            "institutional_trust": mean(self.institutional_trust(i) for i in mine),
            "exchange_rate": mean(int(week.placed[i]) for i in met),
            "trustworthiness": mean(int(week.honoured[i]) for i in trusted),
            "bonding_trust": mean(self.belief(i, j) for i, j in self.ties() if i in mine),
            "bonding_trust_panel": mean(self.panel_beliefs(mine)),
            "calibration": mean(float(week.belief[i]) for i in met) - mean(int(week.honoured[i]) for i in met),
            "score_assisted_trust": mean(self.assisted(i) for i in mine),
            "welfare": mean(gained),
            "grievance": mean(float(citizens.grievance[i]) for i in mine),
            "self_censorship": mean(self.would_criticise(i, 0.0) and not self.would_criticise(i, self.fear(i)) for i in mine),
            "approval": mean(self.approval(i) > 0 for i in mine),
            "approval_voiced": mean(self.says_so(i) for i in mine),
            "protest": mean(int(citizens.protesting[i]) for i in mine),
            "score": mean(int(world.standing.score[0, i]) / 1000 for i in mine if 0 in self.own_schemes(i)),
            "enrolment": mean(bool(self.own_schemes(i)) for i in mine),
            "locked": mean(any(self.now < world.standing.locked_until[s, i] for s in self.own_schemes(i)) for i in mine),
            "travel_banned": mean(any(self.now < world.standing.banned_until[s, i] for s in self.running) for i in mine),
            "published": mean(any(self.is_published(s, i) for s in self.own_schemes(i)) for i in mine),
            "removed": mean(self.now < int(citizens.removed_until[i]) for i in mine),
            "degree": mean(len(neighbours(world, i)) for i in mine),
            "isolates": mean(len(neighbours(world, i)) == 0 for i in mine),
        }

    def is_published(self, s: int, i: int) -> bool:
        grades = self.schemes[s].grade
        return bool(grades) and grades[int(self.world.standing.grade[s, i])].published

    def panel_beliefs(self, mine) -> list[float]:
        """Beliefs over the initial ties: those that stand, and for those cut the holder's prior for such a tie."""
        world, bonus = self.world, self.rules.learning.kin_bonus
        panel = [self.belief(i, j) for i, j in self.ties() if i in mine and world.slots.panel[slot_of(world, i, j)]]
        panel += [self.trust(i) for i in mine for _ in range(world.citizens.panel_lost[i])]
        kin = [self.trust(i) + bonus * (1 - self.trust(i)) for i in mine for _ in range(world.citizens.panel_lost_kin[i])]
        return panel + kin

    def each_tick(self) -> dict[str, float]:
        world, week, n = self.world, self.world.week, self.n
        strangers = [i for i in self.everybody if week.partner[i] >= 0 and week.slot[i] < 0]
        filed = int(world.witnesses.filed[: world.counts[Count.WITNESSES]].sum())
        false = sum(int(w.filed) for case in self.cases() if case.false for w in self.witnesses_of(case))
        a_year = 52 / n
        return {
            "exchange_rate_strangers": mean(int(week.placed[i]) for i in strangers),
            "trustworthiness_strangers": mean(int(week.honoured[i]) for i in strangers),
            "abandoned": float(sum(int(status.abandoned) for status in world.status)),
            "reports": filed * a_year,
            "false_share": false / filed if filed else math.nan,
            "upheld_share": int(world.counts[Count.UPHELD]) / filed if filed else math.nan,
            "cut_for_distrust": int(world.counts[Count.CUT_DISTRUST]) * a_year,
            "cut_for_score": int(world.counts[Count.CUT_SCORE]) * a_year,
            "cut_for_informing": int(world.counts[Count.CUT_INFORMER]) * a_year,
            "cut_by_lot": int(world.counts[Count.CUT_LOT]) * a_year,
            "ties_formed": int(world.counts[Count.FORMED]) * a_year,
            "couples_formed": len(self.new_couples()) * a_year,
            "fallen_helped": mean(int(week.rescued[i]) for i in self.everybody if week.bystander[i] >= 0),
        } | self.dealings()

    def dealings(self) -> dict[str, float]:
        """Firms and local governments: NaN where there are none."""
        world, citizens = self.world, self.world.citizens
        names = ("trust_in_firms", "purchases", "good_quality", "scandals", "firms_barred", "government_fairness", "heads_replaced")
        found = dict.fromkeys(names, math.nan)
        if self.rules.firm.number:
            firms, customers, market = world.firms, list(world.customers), self.rules.firm
            beliefs = [(float(c.good) + market.prior_good, float(c.bad) + market.prior_bad) for c in customers]
            found["trust_in_firms"] = mean(good / (good + bad) for good, bad in beliefs)
            found["purchases"] = mean(int(c.bought) for c in customers if c.firm >= 0)
            found["good_quality"] = mean(1 - int(firms[c.firm].bad) for c in customers if c.bought)
            found["scandals"] = 52 * mean(int(firm.exposed) for firm in firms)
            found["firms_barred"] = mean(any(self.keeps_out(s, f) for s in self.running) for f in range(firms.size))
        if self.rules.government.dealing_rate > 0:
            neglectful = [bool(world.governments.neglectful[where]) for where in citizens.neighbourhood]
            found["government_fairness"] = mean(not neglectful[i] for i in self.everybody if world.week.dealt[i])
            found["heads_replaced"] = 52 * mean(int(government.replaced) for government in world.governments)
        return found

    def keeps_out(self, s: int, firm: int) -> bool:
        scheme, points = self.schemes[s], self.world.accounts[s, firm].points
        return scheme.firm_audit > 0 and points < round(1000 * scheme.firm_floor)

    def new_couples(self) -> set[tuple[int, int]]:
        return {(i, int(j)) for i, j in enumerate(self.world.week.matched) if i < j}

    def couples(self) -> list[tuple[int, int]]:
        return [(i, int(j)) for i, j in enumerate(self.world.citizens.spouse) if j >= 0]

    def cases(self):
        return self.world.cases[: self.world.counts[Count.CASES]]

    def witnesses_of(self, case):
        return self.world.witnesses[case.first : case.end]

    def each_year(self, score_before: np.ndarray | None) -> dict[str, float]:
        graph = networkx.Graph([(i, j) for i, j in self.ties() if i < j])
        graph.add_nodes_from(self.everybody)
        wealth = [max(int(w), 0) for w in self.world.citizens.wealth]
        found = {
            "clustering": networkx.average_clustering(graph),
            "giant_component": max(len(part) for part in networkx.connected_components(graph)) / self.n,
            "degree_assortativity": networkx.degree_pearson_correlation_coefficient(graph),
            "score_assortativity": math.nan,
            "gini_wealth": gini_by_pairs(wealth),
            "gini_score": math.nan,
            "score_mobility": math.nan,
            "couple_assortativity": math.nan,
            "score_gap_of_singles": math.nan,
        }
        if 0 in self.running:
            members = [i for i in self.everybody if self.enrolled(0, i)]
            scores = {i: int(self.world.standing.score[0, i]) / 1000 for i in members}
            ends = [(scores[i], scores[j]) for i, j in self.ties() if i in scores and j in scores]
            found["score_assortativity"] = float(np.corrcoef(np.array(ends).T)[0, 1])
            found["gini_score"] = gini_by_pairs([score - self.schemes[0].floor for score in scores.values()])
            couples = [(scores[i], scores[j]) for i, j in self.couples() if i in scores and j in scores]
            if np.ptp([score for pair in couples for score in pair] or [0]) > 0:
                found["couple_assortativity"] = float(np.corrcoef(np.array(couples).T)[0, 1])
            spouse, online = self.world.citizens.spouse, self.world.citizens.online
            found["score_gap_of_singles"] = mean(scores[i] for i in members if spouse[i] >= 0) - mean(
                scores[i] for i in members if spouse[i] == -1 and online[i]
            )
            before = score_before[members]
            if np.ptp(before) > 0:
                found["score_mobility"] = stats.spearmanr(before, list(scores.values())).statistic
        return found


def gini_by_pairs(values) -> float:
    """Half the relative mean difference: over all pairs, one with itself included."""
    values = np.asarray(values, float)
    return float(np.abs(values[:, None] - values[None, :]).mean() / (2 * values.mean())) if values.sum() else math.nan


def assert_close(found: float, expected: float, name: str, tolerance: float = FIXED_POINT) -> None:
    same = math.isnan(found) and math.isnan(expected)
    assert same or abs(found - expected) <= tolerance, f"{name}: {found!r}, expected {expected!r}"
