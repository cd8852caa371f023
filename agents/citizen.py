"""The citizen: a Mesa agent whose state lives in the society's arrays, with one method per decision.

`engine="agents"` calls these methods; the compiled loops call the same pure functions over the arrays. To change a rule for one
experiment, subclass Citizen, override a decision, and pass `citizen_class=` with `engine="agents"` (see docs/change-a-rule.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from agents import befriending, conduct, informing, joining, rescuing, trusting
from agents.chance import Purpose
from agents.events import GIVING, Event
from agents.learning import Learning
from agents.searching import CANDIDATE_ATTEMPTS, FIRM_ATTEMPTS, STRANGER_ATTEMPTS
from agents.weighing import Weighing

if TYPE_CHECKING:
    from model.society import Society


class Citizen(Weighing, Learning, mesa.Agent):
    """One citizen. `index` is its row in the arrays; `unique_id` is index + 1, as Mesa counts."""

    model: Society

    # --- whom to meet -------------------------------------------------------------------------------------------------------

    def meets(self, now: int) -> tuple[int, int]:
        """Return (partner, slot) of this week's encounter: (-1, -1) nobody, slot -1 a stranger."""
        if self.luck(Purpose.ENCOUNTER, now) < self.rules["exchange"]["stranger_share"] and not self.is_travel_banned(now):
            return self.finds_stranger(now), -1
        return self.model.luckiest_tie(Purpose.PARTNER, self.index, now)

    def finds_stranger(self, now: int) -> int:
        """Return a random citizen this one is not tied to, or -1."""
        region, mixing = self.model.world.citizens.region, self.rules["region"]["mixing"] * self.freedom_to_meet()
        for attempt in range(STRANGER_ATTEMPTS):
            j = int(self.luck(Purpose.STRANGER, now, 0, attempt) * region.size)
            if j == self.index:
                continue
            if region[j] != region[self.index] and self.luck(Purpose.MIXING, now, j, attempt) >= mixing:
                continue
            if not self.model.is_removed(j, now) and not self.is_tied_to(j):
                return j
        return -1

    # --- trust --------------------------------------------------------------------------------------------------------------

    def places_trust(self, partner: int, belief: float, now: int) -> bool:
        """Decide whether to place trust in a partner believed to honour it with probability `belief`."""
        game = self.rules["exchange"]
        chance = self.weighs(trusting.probability_of_trusting, belief, game["gain"], game["loss"], self.sharpness)
        return self.luck(Purpose.TRUST, now, partner) < chance

    def honours(self, truster: int, now: int) -> bool:
        """Decide whether to honour the trust of `truster` (also asked where none was placed)."""
        game = self.rules["exchange"]
        chance = self.weighs(
            trusting.probability_of_honouring,
            self.integrity,
            self.stake_with(truster),
            self.fear_of_penalty(Event.DISHONOUR),
            game["temptation"],
            self.sharpness,
        )
        return self.luck(Purpose.HONOUR, now, truster) < chance

    # --- firms and governments ----------------------------------------------------------------------------------------------

    def finds_firm(self, now: int) -> int:
        """Return a random firm that is not barred from the market, or -1."""
        for attempt in range(FIRM_ATTEMPTS):
            firm = int(self.luck(Purpose.FIRM, now, 0, attempt) * self.model.world.firms.size)
            if not self.model.is_barred(firm):
                return firm
        return -1

    def buys(self, firm: int, belief: float, now: int) -> bool:
        """Decide whether to buy from a firm whose goods are believed to be good with probability `belief`."""
        market = self.rules["firm"]
        chance = self.weighs(trusting.probability_of_trusting, belief, market["good_value"], market["bad_loss"], self.sharpness)
        return self.luck(Purpose.PURCHASE, now, firm) < chance

    def rates_government(self, s: int, fair: bool, now: int) -> int:
        """Decide how to rate the local government in scheme s after this week's dealing with it: 1 well, -1 badly, 0 not at all."""
        if self.luck(Purpose.GOVERNMENT_RATING, now, 0, s) >= self.model.world.plain.schemes[s]["government_rating"]:
            return 0
        return 1 if fair else -1

    # --- conduct in public --------------------------------------------------------------------------------------------------

    def takes_occasion(self, event: int, now: int) -> bool:
        """Decide whether to take the occasion for an act in public."""
        return self.luck(Purpose.CONDUCT, now, event) < self.chance_of_act(event)

    def chance_of_act(self, event: int) -> float:
        """Return the probability of taking the occasion for an act."""
        if event == Event.CRITICISM:
            return self.chance_to_criticise(self.fear_to_speak())
        occasion = self.model.world.occasion[event]
        if event == Event.PETITION:
            fear = self.fear_of_penalty(event)
            return self.weighs(
                conduct.probability_of_petitioning, self.grievance, self.institutional_trust, fear, occasion["worth"], self.sharpness
            )
        conscience = occasion["morals"] * self.integrity
        if event in GIVING:
            return self.weighs(conduct.probability_of_giving, conscience, self.merit_value(event), occasion["worth"], self.sharpness)
        return self.weighs(conduct.probability_of_offending, conscience, self.fear_of_penalty(event), occasion["worth"], self.sharpness)

    def chance_to_criticise(self, fear: float) -> float:
        """Return the probability of voicing criticism under a given fear (utility)."""
        cost = self.rules["conduct"]["criticism_cost"]
        return self.weighs(conduct.probability_of_criticising, self.grievance, fear, cost, self.sharpness)

    def falls_silent(self, now: int) -> bool:
        """Return whether this citizen would have criticised this week, had it come up, but for fear."""
        luck = self.luck(Purpose.CONDUCT, now, Event.CRITICISM)
        return luck < self.chance_to_criticise(0.0) and luck >= self.chance_to_criticise(self.fear_to_speak())

    # --- the fallen ---------------------------------------------------------------------------------------------------------

    def helps_fallen(self, fallen: int, now: int) -> bool:
        """Decide whether to help one who fell in public."""
        return self.luck(Purpose.RESCUE, now, fallen) < self.chance_to_help_fallen()

    def chance_to_help_fallen(self) -> float:
        """Return the probability of helping one who fell in public: whoever it is, it may blame its helper."""
        cost, merit = self.rules["conduct"]["fallen_cost"], self.merit_value(Event.RESCUE)
        return self.weighs(rescuing.probability_of_rescuing, self.integrity, merit, cost, self.fear_of_blame(), self.sharpness)

    def accuses_helper(self, helper: int, now: int) -> bool:
        """Decide whether to blame the helper for one's own fall, having got to consider it."""
        return self.luck(Purpose.BLAME, now, helper) < self.chance_to_accuse_helper(helper)

    def chance_to_accuse_helper(self, helper: int) -> float:
        """Return the probability of blaming the helper for one's own fall."""
        rules, believed = self.rules["conduct"], 1.0 - self.rules["court"]["verification"]
        return self.weighs(
            rescuing.probability_of_blaming,
            rules["fallen_damages"],
            believed,
            rules["fallen_need"],
            self.integrity,
            self.loyalty_to(helper),
            self.sharpness,
        )

    # --- judgments ----------------------------------------------------------------------------------------------------------

    def pays(self, fines: int, pressure: float, again: bool, now: int) -> bool:
        """Decide whether to pay that many fines, under that pressure (utility); `again`: on second thoughts, having refused before."""
        due = self.rules["court"]["fine"] * fines
        chance = self.weighs(conduct.probability_of_paying, self.integrity, pressure, due, self.sharpness)
        return self.luck(Purpose.SETTLE if again else Purpose.PAY, now) < chance

    def rates(self, partner: int, s: int, honoured: bool, now: int) -> int:
        """Decide how to rate this week's partner in scheme s: 1 well, -1 badly, 0 not at all."""
        if self.luck(Purpose.RATE, now, partner, s) >= self.model.world.plain.schemes[s]["rating_rate"]:
            return 0
        return 1 if honoured else -1

    # --- informing ----------------------------------------------------------------------------------------------------------

    def reports(self, accused: int, event: int, index: int, is_victim: bool, now: int) -> tuple[bool, bool]:
        """Decide whether to report a true wrong; also whether the lever's reward would have made one (null model).

        `index` tells the cases of one accused in one tick apart.
        """
        luck = self.luck(Purpose.REPORT, now, accused, index)
        filed = luck < self.chance_to_report(accused, event, is_victim, False)
        return filed, luck < self.chance_to_report(accused, event, is_victim, True) if self.model.has_lots() else filed

    def chance_to_report(self, accused: int, event: int, is_victim: bool, with_lots: bool) -> float:
        """Return the probability of reporting a true wrong of the accused."""
        views = self.rules["informing"]
        grudge = views["grudge"] if is_victim else 0.0
        duty = views["civic_duty"] * self.integrity
        reward, loyalty = self.reward_value(accused, event, False, with_lots), self.loyalty_to(accused)
        return self.weighs(informing.probability_of_reporting, reward, duty, grudge, loyalty, views["dislike"], self.sharpness)

    def accuses(self, accused: int, now: int) -> tuple[bool, bool]:
        """Decide whether to accuse a tie falsely; also whether the lever's reward would have made one (null model)."""
        luck = self.luck(Purpose.ACCUSE, now, accused)
        filed = luck < self.chance_to_accuse(accused, False)
        return filed, luck < self.chance_to_accuse(accused, True) if self.model.has_lots() else filed

    def chance_to_accuse(self, accused: int, with_lots: bool) -> float:
        """Return the probability of accusing a tie of a betrayal that never was."""
        return self.weighs(
            informing.probability_of_accusing,
            self.reward_value(accused, Event.DISHONOUR, True, with_lots),
            self.integrity,
            self.loyalty_to(accused),
            self.rules["informing"]["dislike"],
            self.sharpness,
        )

    def tells(self, betrayer: int, now: int) -> list[int]:
        """Return the friends to whom a betrayal is told."""
        rate = self.rules["learning"]["gossip_rate"]
        return [j for j in self.friends() if j != betrayer and self.luck(Purpose.GOSSIP, now, j) < rate]

    # --- ties ---------------------------------------------------------------------------------------------------------------

    def cause_to_cut(self, friend: int, informer_exposed: bool, now: int) -> int:
        """Decide whether to cut the tie to a friend: the cause (see agents.befriending), or -1 to keep it."""
        rules, slot = self.rules, self.model.slot_of(self.index, friend)
        value = self.weighs(
            befriending.value_of_tie,
            self.belief_in_tie(slot),
            rules["exchange"]["gain"],
            rules["exchange"]["loss"],
            self.attachment_to(slot),
        )
        anger = rules["unfriending"]["informer_anger"] if informer_exposed else 0.0
        return self.weighs(
            befriending.cause_of_cut, self.luck(Purpose.CUT, now, friend), value, self.score_cost(friend, True), anger, self.sharpness
        )

    def wants_ties(self) -> bool:
        """Return whether this citizen has fewer ties than its target."""
        return bool(self.model.world.rows.degree[self.index] < self.model.world.citizens.sociability[self.index])

    def seeks(self, now: int) -> int:
        """Return whom this citizen would like to befriend this week, or -1."""
        if self.luck(Purpose.CLOSURE, now) < self.rules["befriending"]["closure"]:
            candidate = self.model.friend_of_friend(self.index, now)
        else:
            candidate = self.chance_candidate(now)
        if candidate < 0 or self.is_tied_to(candidate) or self.model.was_cut_now(self.index, candidate):
            return -1
        return candidate

    def chance_candidate(self, now: int) -> int:
        """Return a random citizen, passed over with probability `homophily` if of another region, or -1."""
        region, homophily = self.model.world.citizens.region, self.rules["befriending"]["homophily"]
        homophily = homophily + (1.0 - homophily) * (1.0 - self.freedom_to_meet())
        for attempt in range(1, CANDIDATE_ATTEMPTS + 1):
            j = int(self.luck(Purpose.CANDIDATE, now, 0, attempt) * region.size)
            alike = region[j] == region[self.index]
            if j != self.index and (alike or self.luck(Purpose.HOMOPHILY, now, j, attempt) >= homophily):
                return j
        return -1

    def chance_to_befriend(self, other: int) -> float:
        """Return the probability of wanting a tie to another of whom nothing is known but, perhaps, the score."""
        rules = self.rules
        value = self.weighs(
            befriending.value_of_tie,
            self.generalized_trust,
            rules["exchange"]["gain"],
            rules["exchange"]["loss"],
            rules["befriending"]["appeal"],
        )
        cost = 0.0 if rules["unfriending"]["score_blind"] else self.score_cost(other, False)
        return self.weighs(befriending.probability_of_befriending, value, cost, self.sharpness)

    def offers_tie(self, candidate: int, now: int) -> bool:
        """Decide whether to offer a tie."""
        return self.luck(Purpose.OFFER, now, candidate) < self.chance_to_befriend(candidate)

    def accepts_tie(self, suitor: int, now: int) -> bool:
        """Decide whether to accept an offered tie."""
        return self.luck(Purpose.ACCEPT, now, suitor) < self.chance_to_befriend(suitor)

    # --- dating -------------------------------------------------------------------------------------------------------------

    def finds_profile(self, now: int) -> int:
        """Return the single that a dating site shows this one most prominently (the one of the best score), or -1."""
        region, homophily = self.model.world.citizens.region, self.rules["befriending"]["homophily"]
        homophily = homophily + (1.0 - homophily) * (1.0 - self.freedom_to_meet())
        found: dict[int, float] = {}
        for attempt in range(self.rules["dating"]["pool"]):
            j = int(self.luck(Purpose.PROFILE, now, 0, attempt) * region.size)
            if j == self.index or not self.model.is_on_the_market(j, now) or self.is_relative(j):
                continue
            if self.model.was_cut_now(self.index, j):
                continue
            if region[j] == region[self.index] or self.luck(Purpose.PROFILE_MIXING, now, j, attempt) >= homophily:
                found.setdefault(j, self.standing_seen(j, now))
        return max(found, key=found.__getitem__, default=-1)

    def chance_to_couple(self, other: int, now: int) -> float:
        """Return the probability of wanting another as one's partner."""
        rules, game, slot = self.rules, self.rules["exchange"], self.model.slot_of(self.index, other)
        belief = self.belief_in_tie(slot) if slot >= 0 else self.generalized_trust
        value = self.weighs(befriending.value_of_tie, belief, game["gain"], game["loss"], rules["befriending"]["appeal"])
        cost = 0.0 if slot >= 0 or rules["unfriending"]["score_blind"] else self.score_cost(other, False)
        value = value + rules["dating"]["attraction"] * self.standing_seen(other, now)
        return self.weighs(befriending.probability_of_befriending, value, cost, self.sharpness)

    def courts(self, other: int, now: int) -> bool:
        """Decide whether to write to another single on the dating site."""
        return self.luck(Purpose.COURT_SINGLE, now, other) < self.chance_to_couple(other, now)

    def answers(self, suitor: int, now: int) -> bool:
        """Decide whether to take a suitor as one's partner."""
        return self.luck(Purpose.ANSWER, now, suitor) < self.chance_to_couple(suitor, now)

    # --- joining ------------------------------------------------------------------------------------------------------------

    def enrols(self, s: int, now: int) -> bool:
        """Decide whether to join voluntary scheme s."""
        opinion = self.rules["opinion"]
        if not self.model.may_enrol(s, self.index) or self.luck(Purpose.ENROL_CHANCE, now, 0, s) >= opinion["enrolment_rate"]:
            return False
        chance = self.weighs(
            joining.probability_of_enrolling,
            self.share_of_friends_enrolled(s),
            self.model.benefit_of(s),
            opinion["enrolment_reluctance"],
            self.sharpness,
        )
        return self.luck(Purpose.ENROL, now, 0, s) < chance

    def protests(self, turnout: float, now: int) -> bool:
        """Decide whether to take part in collective action, in view of last week's turnout (0-1)."""
        opinion = self.rules["opinion"]
        if self.luck(Purpose.PROTEST_CHANCE, now) >= opinion["protest_rate"]:
            return False
        threshold = float(self.model.world.citizens.threshold[self.index]) * opinion["protest_bar"]
        chance = self.weighs(
            joining.probability_of_protesting,
            turnout,
            opinion["censorship"],
            self.grievance,
            threshold,
            self.fear_to_speak(),
            self.sharpness,
        )
        return self.luck(Purpose.PROTEST, now) < chance

    def voices_approval(self, now: int) -> bool:
        """Decide, when asked, whether to say that one approves of the institutions: who disapproves may feign it, for fear."""
        held = self.approval()
        if held > 0.0:
            return True
        chance = self.weighs(joining.probability_of_voicing_disapproval, -held, self.fear_to_speak(), self.sharpness)
        return self.luck(Purpose.MEASURE, now, 1) >= chance


class Official(Citizen):
    """A citizen who holds office. Office changes no decision: what officials may do is up to the institutions."""
