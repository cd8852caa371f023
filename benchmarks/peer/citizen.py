"""The citizens of the plain-Mesa peer: one method for each part of a phase."""

from __future__ import annotations

from agents.events import REPORTABLE, WRONGS, Event
from agents.searching import CANDIDATE_ATTEMPTS, STRANGER_ATTEMPTS
from agents.tie_kinds import ACQUAINTANCE, KIN, WORK
from benchmarks.peer.institutions import ANY, Case, Standing, logistic
from benchmarks.peer.knowledge import Knowing
from model.institutions.entries import Entry


class Citizen(Knowing):
    """A citizen of the peer."""

    # --- encounter, exchange, learning --------------------------------------------------------------------------------------

    def meet(self) -> None:
        """Meet a stranger, or one of one's ties."""
        model = self.model
        self.income = 0.0
        self.acts.clear()
        self.cut_now.clear()
        self.wronged = self.sanctioned = self.visited = 0
        self.reported = False
        if self.random.random() < model.rules.exchange.stranger_share and not self.is_banned():
            self.partner = self.find_stranger()
        else:
            self.partner = self.some_friend()

    def find_stranger(self) -> Citizen | None:
        """Return a random citizen without a tie to this one."""
        mixing, chance = self.model.rules.region.mixing, self.random.random
        for _ in range(STRANGER_ATTEMPTS):
            other = self.random.choice(self.model.people)
            if other is self or (other.region != self.region and chance() >= mixing):
                continue
            if other not in self.ties:
                return other
        return None

    def some_friend(self) -> Citizen | None:
        """Return a random tie."""
        return self.random.choice(list(self.ties)) if self.ties else None

    def exchange(self) -> None:
        """Place trust in the partner, or not; the partner honours it, or betrays."""
        partner, game, chance = self.partner, self.model.rules.exchange, self.random.random
        self.placed = self.honoured = False
        self.seen = []
        if partner is None:
            return
        tie = self.ties.get(partner)
        for standing in partner.my_standings():
            declared = standing.scheme.declared
            if declared.grade and (declared.grade[standing.grade].published or chance() < declared.disclosure):
                bands = self.standings[standing.scheme.number].bands
                self.seen.append((bands[standing.grade][tie is not None], bands[ANY][tie is not None]))
        self.belief = self.belief_in_partner(tie)
        stake = 0.0
        if tie is not None:
            stake = {KIN: game.stake_kin, WORK: game.stake_work, ACQUAINTANCE: game.stake_acquaintance}[tie.kind]
        urge = partner.integrity + stake + partner.fear_of(Event.DISHONOUR) - game.temptation
        self.honoured = chance() < logistic(game.sharpness * urge)
        if chance() < logistic(game.sharpness * (self.belief * game.gain - (1.0 - self.belief) * game.loss)):
            self.placed = True
            self.income += game.gain if self.honoured else -game.loss
            partner.income += game.share if self.honoured else game.share + game.temptation

    def forget(self) -> None:
        """Keep a share of all evidence."""
        factor = self.model.rules.learning.forgetting
        for tie in self.ties.values():
            tie.honoured *= factor
            tie.betrayed *= factor
        for standing in self.standings:
            standing.caught *= factor
            standing.missed *= factor
            for bands in standing.bands:
                for band in bands:
                    band[0] *= factor
                    band[1] *= factor
        self.trust_honoured *= factor
        self.trust_betrayed *= factor
        self.caught *= factor
        self.missed *= factor
        self.fair *= factor
        self.unfair *= factor
        self.suspicion *= factor

    def learn(self) -> None:
        """Count the outcome of the week's exchange."""
        assert self.partner is not None
        tie = self.ties.get(self.partner)
        weight = 1.0 if tie is None else self.model.rules.learning.spillover
        if self.honoured:
            self.trust_honoured += weight
        else:
            self.trust_betrayed += weight
        if tie is not None and self.honoured:
            tie.honoured += 1.0
        elif tie is not None:
            tie.betrayed += 1.0
        for bands in self.seen:
            for band in bands:
                band[0 if self.honoured else 1] += 1.0

    def tell(self) -> None:
        """Tell friends of the betrayal; those tied to the betrayer take it as evidence."""
        learning, betrayer, chance = self.model.rules.learning, self.partner, self.random.random
        for friend in self.ties:
            if friend is not betrayer and chance() < learning.gossip_rate and betrayer in friend.ties:
                friend.ties[betrayer].betrayed += learning.gossip_weight

    # --- conduct and informing ----------------------------------------------------------------------------------------------

    def act(self) -> None:
        """Take, or leave, the week's occasions for acts in public; events of life happen."""
        rules, chance = self.model.rules, self.random.random
        for event, rate in self.model.rates:
            if chance() >= rate or (event <= Event.DONATION and chance() >= self.chance_of(event)):
                continue
            if event is Event.HELPING:
                friend = self.some_friend()
                if friend is None:
                    continue
                friend.income += rules.conduct.helping_benefit
                self.income -= rules.conduct.helping_cost
            elif event is Event.DONATION:
                self.income -= rules.conduct.donation_cost
            self.acts.append(event)

    def chance_of(self, event: Event) -> float:
        """Return the probability of taking an occasion."""
        acts, sharpness = self.model.rules.conduct, self.model.rules.exchange.sharpness
        if event is Event.CRITICISM:
            return logistic(sharpness * (self.grievance - self.fear_to_speak() - acts.criticism_cost))
        if event is Event.HELPING or event is Event.DONATION:
            reward = sum(self.worth(one, max(0.0, one.scheme.points[event])) for one in self.my_standings())
            cost = acts.helping_cost if event is Event.HELPING else acts.donation_cost
            return logistic(sharpness * (self.integrity + reward - cost))
        gains = {Event.TAX_EVASION: acts.tax_evasion_gain, Event.ILLEGAL_CLASS: acts.illegal_class_gain}
        return logistic(sharpness * (gains.get(event, acts.crime_gain) - self.integrity - self.fear_of(event)))

    def reports(self, accused: Citizen, event: Event, grudge: float) -> bool:
        """Decide whether to report a true wrong."""
        rules = self.model.rules
        views = rules.informing
        urge = self.reward_for(accused, event, False) + views.civic_duty * self.integrity + grudge
        urge -= self.loyalty_to(accused) + views.dislike
        return self.random.random() < logistic(rules.exchange.sharpness * urge)

    def bring_cases(self) -> None:
        """Open a case for the betrayal suffered, for each act in public that counts, and for a false accusation."""
        rules, chance, docket = self.model.rules, self.random.random, self.model.docket
        views, ties = rules.informing, self.ties
        betrayer = self.partner if self.placed and not self.honoured else None
        if betrayer is not None:
            case = Case(betrayer, self, Event.DISHONOUR, court=chance() < rules.court.detection)
            case.witnesses.append((self, chance() < views.complaint_rate and self.reports(betrayer, case.event, views.grudge)))
            for friend in ties:
                if friend in betrayer.ties and chance() < views.witness_rate:
                    case.witnesses.append((friend, friend.reports(betrayer, case.event, 0.0)))
            docket.append(case)
        for event in self.acts:
            if event in REPORTABLE and (event in WRONGS or any(one.scheme.counts(event) for one in self.my_standings())):
                case = Case(self, None, event, camera=chance() < self.model.cameras[self.region])
                case.court = event in WRONGS and chance() < rules.court.detection
                for friend in ties:
                    if chance() < views.public_witness_rate:
                        case.witnesses.append((friend, friend.reports(self, event, 0.0)))
                docket.append(case)
        if chance() < views.false_report_rate:
            accused = self.some_friend()
            if accused is not None and accused is not betrayer:
                urge = self.reward_for(accused, Event.DISHONOUR, True) - self.integrity - self.loyalty_to(accused) - views.dislike
                if chance() < logistic(rules.exchange.sharpness * urge):
                    docket.append(Case(accused, self, Event.DISHONOUR, false=True, witnesses=[(self, True)]))

    # --- what institutions do -----------------------------------------------------------------------------------------------

    def take_in(self) -> None:
        """Grow suspicious after having been reported."""
        if self.reported:
            self.suspicion += self.model.rules.informing.suspicion_jump * (1.0 - self.suspicion)

    def post(self) -> None:
        """Have merits and everything pending posted."""
        for standing in self.my_standings():
            for event in self.acts:
                if event >= Event.HELPING:
                    standing.pending[Entry(event)] += standing.scheme.points[event]
        if len(self.standings) > 1:
            mine = self.my_standings()
            for standing in mine:
                standing.note_shared(mine)
        for standing in self.my_standings():
            standing.post(self.model.now)

    def regrade(self) -> None:
        """Have score and grade set, everybody's points being posted."""
        for standing in self.my_standings():
            weight = standing.scheme.declared.contact_weight
            standing.score = standing.points
            if weight > 0:
                total, count = self.contacts_of(standing.scheme.number)
                if count:
                    standing.score = (1.0 - weight) * standing.points + weight * total / count
            standing.regrade(self.model.now)

    def bear_consequences(self) -> None:
        """Take what the grades give, and settle the week's income."""
        for standing in self.my_standings():
            if standing.scheme.declared.grade:
                grade = standing.scheme.declared.grade[standing.grade]
                self.income += grade.perk
                if grade.travel_ban_weeks:
                    standing.banned_until = max(standing.banned_until, self.model.now + 1 + grade.travel_ban_weeks)
                if grade.visit_rate and self.random.random() < grade.visit_rate:
                    self.visited += 1
        self.wealth += self.income

    # --- ties ---------------------------------------------------------------------------------------------------------------

    def would_cut(self, other: Citizen) -> bool:
        """Decide whether to cut a tie: for distrust, for what it costs in score, or in anger at an informer."""
        rules, tie = self.model.rules, self.ties[other]
        views, game = rules.unfriending, rules.exchange
        belief = self.belief_in_tie(tie, self.generalized_trust)
        attachment = {KIN: views.kin_attachment, WORK: views.work_attachment, ACQUAINTANCE: views.attachment}[tie.kind]
        value = belief * game.gain - (1.0 - belief) * game.loss + attachment
        cost = self.score_cost(other, True)
        anger = views.informer_anger if tie.informed_on else 0.0
        return self.random.random() < logistic(game.sharpness * (cost + anger - value))

    def review_ties(self) -> None:
        """Review the ties that come up (each at the end of the one born earlier), and name those that either side would cut."""
        rate, chance = self.model.rules.unfriending.review_rate, self.random.random
        for other, tie in self.ties.items():
            if self.unique_id < other.unique_id and (tie.informed_on or tie.has_informed or chance() < rate):
                if self.would_cut(other) or other.would_cut(self):
                    self.model.doomed.append((self, other))
                tie.informed_on = tie.has_informed = False
                other.ties[self].informed_on = other.ties[self].has_informed = False

    def cut(self, other: Citizen) -> None:
        """Cut the tie to another, at this end."""
        tie = self.ties.pop(other)
        if tie.kind == KIN:
            self.initial_kin_lost += tie.initial
        else:
            self.initial_lost += tie.initial
        self.cut_now.append(other)

    def is_short_of_ties(self) -> bool:
        """Return whether this citizen has fewer ties than it wants."""
        return len(self.ties) < self.sociability

    def offer(self) -> None:
        """Seek somebody to befriend, and make an offer."""
        views, chance = self.model.rules.befriending, self.random.random
        if not self.is_short_of_ties() or chance() >= views.offer_rate:
            return
        candidate = self.friend_of_friend() if chance() < views.closure else self.chance_candidate()
        if candidate is None or candidate in self.ties or candidate in self.cut_now:
            return
        if self.wants(candidate):
            candidate.suitors.append(self)

    def friend_of_friend(self) -> Citizen | None:
        """Return a random friend of a random friend."""
        friend = self.some_friend()
        others = [other for other in friend.ties if other is not self] if friend else []
        return self.random.choice(others) if others else None

    def chance_candidate(self) -> Citizen | None:
        """Return a random citizen, rather of the same region."""
        homophily = self.model.rules.befriending.homophily
        for _ in range(CANDIDATE_ATTEMPTS):
            other = self.random.choice(self.model.people)
            if other is not self and (other.region == self.region or self.random.random() >= homophily):
                return other
        return None

    def wants(self, other: Citizen) -> bool:
        """Decide whether to want a tie to another, of whom nothing is known but, perhaps, the score."""
        rules, trust = self.model.rules, self.generalized_trust
        value = trust * rules.exchange.gain - (1.0 - trust) * rules.exchange.loss + rules.befriending.appeal
        return self.random.random() < logistic(rules.exchange.sharpness * (value - self.score_cost(other, False)))

    def answer(self) -> None:
        """Accept one of the week's offers, or none."""
        suitor = self.random.choice(self.suitors)
        self.suitors.clear()
        self.accepted = suitor if self.is_short_of_ties() and self.wants(suitor) else None

    # --- opinion ------------------------------------------------------------------------------------------------------------

    def would_enrol(self, standing: Standing) -> bool:
        """Decide whether to join a voluntary scheme."""
        rules, chance, declared = self.model.rules, self.random.random, standing.scheme.declared
        if standing.enrolled or not standing.within_reach or chance() >= rules.opinion.enrolment_rate:
            return False
        friends = [friend.standings[standing.scheme.number].enrolled for friend in self.ties]
        share = sum(friends) / len(friends) if friends else 0.0
        perk = declared.grade[standing.scheme.natural_grade(declared.start)].perk if declared.grade else 0.0
        return chance() < logistic(rules.exchange.sharpness * (share + perk - rules.opinion.enrolment_reluctance))

    def protest(self) -> None:
        """Join collective action, or not, in view of last week's turnout."""
        opinion, chance = self.model.rules.opinion, self.random.random
        self.protesting = False
        if chance() < opinion.protest_rate:
            urge = self.model.turnout * (1.0 - opinion.censorship) + self.grievance - self.threshold * opinion.protest_bar
            self.protesting = chance() < logistic(self.model.rules.exchange.sharpness * (urge - self.fear_to_speak()))

    def resent(self) -> None:
        """Take the week's grievances in."""
        opinion = self.model.rules.opinion
        left = self.grievance * opinion.grievance_decay
        pull = self.wronged * opinion.wrong_grievance + self.sanctioned * opinion.sanction_grievance
        pull += self.visited * opinion.visit_grievance
        self.grievance = left + (1.0 - left) * min(pull, 1.0)
