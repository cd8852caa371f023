"""Adjudication, scoring and consequences of one tick a second time: plain Python, written from what the rules say.

The compiled phases exist only once; this is their oracle. It holds dictionaries and lists, knows nothing of slots, rows or
records, and goes case by case and citizen by citizen. It shares with the model the parameters as declared, the draws (a draw is
named by what it is for: see `agents.chance`), and the storage that the model promises: points in whole thousandths, wealth in
whole millionths, evidence rounded to single precision whenever it is stored.
"""

from agents.chance import Purpose, luck
from agents.events import LIBERTIES, ON_FILE, REPORTABLE, WRONGS, Event
from agents.tie_kinds import KIN
from model.institutions.entries import Entry
from model.phases.detection import FIRST_VICTIM
from model.population import Count
from tests.reference_points import Points, half_up, stored

COURT = "court"


class Case:
    """One case of the week: `knowers` are (who, filed, would have filed for the reward), in their order."""

    def __init__(self, accused, victim, event, false, camera, court, knowers):
        self.accused, self.victim, self.event = accused, victim, event
        self.false, self.camera, self.court, self.knowers = false, camera, court, knowers
        #: What tells the cases of one accused apart in the names of draws.
        self.number = int(event) if victim is None else victim + FIRST_VICTIM


class Reference(Points):
    """The state that the three phases read and write, as it stood when the week's cases were complete."""

    def __init__(self, society):
        """Copy what the phases need."""
        world, n = society.world, society.graph.citizens
        self.parameters, self.seed, self.now, self.n = society.parameters, society.seed, society.tick, n
        self.everybody, self.schemes = range(n), list(enumerate(society.parameters.schemes))
        people, standing = world.citizens, world.standing
        evidence = ("fair", "unfair", "caught", "missed", "trust_betrayed", "suspicion", "blamed", "thanked")
        whole = ("official", "exempt_by_lot", "superior", "ordered", "removed_until", "neighbourhood", "wealth")
        self.people = [{k: getattr(people, k)[i].item() for k in (*evidence, *whole)} for i in self.everybody]
        for i in self.everybody:
            self.people[i]["income"] = world.week.income[i].item()
        names = ("enrolled", "points", "score", "grade", "locked_until", "banned_until", "caught", "missed", "behind", "level")
        self.members = [[{k: getattr(standing, k)[s, i].item() for k in names} for i in self.everybody] for s, _ in self.schemes]
        self.running = [bool(world.status.running[s]) for s, _ in self.schemes]
        self.ledger = [[dict(zip(Entry, row, strict=True)) for row in rows] for rows in world.ledger.tolist()]
        self.expiring = world.expiring.tolist()
        self.weeks = world.status.weeks.tolist()
        self.free_again = people.removed_until.tolist()
        #: Ratings and the personal data of new members are there before the cases are decided.
        self.pending = [[dict(zip(Entry, row, strict=True)) for row in rows] for rows in world.pending.tolist()]
        self.acts = [[event for event in Event if world.act[i, event]] for i in self.everybody]
        self.doubts = [{j: float(world.slots.betrayed[society.slot_of(i, j)]) for j in society.neighbours(i)} for i in self.everybody]
        self.friends = [set(doubts) for doubts in self.doubts]
        self.kin = [{j for j in self.friends[i] if world.slots.kind[society.slot_of(i, j)] == KIN} for i in self.everybody]
        self.exposed = []  # (accused, informer)
        week = world.week
        #: (who fell, who helped, whether that one is blamed for it)
        self.helped = [(i, int(week.bystander[i]), bool(week.blames[i])) for i in self.everybody if week.rescued[i]]
        self.cases = [self._case(world, row) for row in world.cases[: world.counts[Count.CASES]]]
        feelings = ("fair", "unfair", "officials", "wronged", "sanctioned", "reported", "visited", "blamed", "thanked", "heard blamed")
        self.known = [dict.fromkeys(feelings, 0) for _ in range(n)]
        institutions = (COURT, *(s for s, _ in self.schemes))
        self.risk = {
            one: [dict.fromkeys(("own caught", "own missed", "known caught", "known missed"), 0) for _ in range(n)] for one in institutions
        }
        self.counts = {"true": 0, "false": 0, "upheld": 0}
        self.criminals = set()  # (scheme, citizen)
        self.lottery = [0 for _ in self.schemes]

    def _case(self, world, row):
        witnesses = world.witnesses[row.first : row.end]
        knowers = [(int(w.who), bool(w.filed), bool(w.would)) for w in witnesses]
        victim = None if row.victim < 0 else int(row.victim)
        return Case(int(row.accused), victim, Event(row.event), bool(row.false), bool(row.camera), bool(row.court), knowers)

    def draw(self, purpose, actor, other=0, index=0):
        """Return a draw of this week."""
        return luck(self.seed, self.now, int(purpose), actor, other, index)

    # --- who punishes ---

    def counted(self, s, event):
        """Tell whether a scheme takes points, or the grade, for an event."""
        scheme = self.parameters.schemes[s]
        return getattr(scheme.event, event.name.lower()) < 0 or (event == Event.CRIME and scheme.crime_to_lowest)

    def concerns(self, s, case):
        """Tell whether a case is one of a scheme's."""
        return self.running[s] and self.members[s][case.accused]["enrolled"] and self.counted(s, case.event)

    def believes(self, institution, case, reporter):
        """Tell whether court or scheme believes one report."""
        number = 0 if institution == COURT else institution + 1
        chance = self.draw(Purpose.UPHOLD, reporter, case.accused, 16 * case.number + number)
        if institution == COURT:
            return not case.false or chance >= self.parameters.court.verification
        scheme = self.parameters.schemes[institution]
        return chance >= (scheme.verification if case.false else scheme.rejection)

    def dropped(self, institution, case):
        """Tell whether court or scheme drops the case of an exempt accused."""
        accused = self.people[case.accused]
        if institution == COURT:
            share, number, exempt = self.parameters.court.exemption, 0, accused["official"]
        else:
            scheme, number = self.parameters.schemes[institution], institution + 1
            share, exempt = scheme.exemption, accused["exempt_by_lot" if scheme.exemption_at_random else "official"]
        return bool(exempt) and self.draw(Purpose.EXEMPTION, case.accused, case.number, number) < share

    def proven(self, institution, case):
        """Tell whether court or scheme learned of the case in a way that convinces it."""
        if institution == COURT and case.court:
            return True
        if institution != COURT and not case.false and self.finds_out(institution, case):
            return True
        return any(filed and self.believes(institution, case, who) for who, filed, _ in case.knowers)

    def on_file(self, s, who, event):
        """Tell whether a scheme learns of what is on file elsewhere; of anything else it may always learn."""
        return event not in ON_FILE or self.draw(Purpose.ON_FILE, who, int(event), s) < self.parameters.schemes[s].records

    def finds_out(self, s, case):
        """Tell whether a scheme learns of something true without a report."""
        scheme, who, event = self.parameters.schemes[s], case.accused, case.event
        if case.camera and self.draw(Purpose.RECORDED, who, int(event), s) < scheme.cameras:
            return True
        if event in ON_FILE:
            return self.on_file(s, who, event)
        if self.draw(Purpose.OWN_DETECTION, who, 16 * case.number + s) < scheme.detection:
            return True
        superior = self.people[who]["superior"]
        headed = superior >= 0 and self.now >= self.free_again[superior]
        return headed and event in REPORTABLE and self.draw(Purpose.NOTED, who, int(event), s) < scheme.superiors

    def punishes(self, institution, case):
        """Tell whether court or scheme punishes; None if it drops a case it would have punished."""
        if not self.proven(institution, case):
            return False
        if institution == COURT and self.draw(Purpose.ENFORCEMENT, case.accused, case.number) >= self.parameters.court.enforcement:
            return False
        return None if self.dropped(institution, case) else True

    # --- adjudication ---

    def adjudicate(self):
        """Decide all cases, draw the lots, and let everybody learn."""
        for case in self.cases:
            self.decide(case)
        for s, scheme in self.schemes:
            if self.running[s] and scheme.rewards_at_random:
                self.hold_lottery(s, scheme)
        for s, scheme in self.schemes:
            for i in self.everybody if self.running[s] and scheme.event.marked else ():
                for event in self.acts[i] if self.members[s][i]["enrolled"] and scheme.abuse else ():
                    if event in (Event.CRITICISM, Event.PETITION):
                        self.perhaps_mark(s, scheme, i, event)
        for fallen, helper, blamed in self.helped:
            self.hear(fallen, helper, blamed)
        self.learn()

    def hear(self, fallen, helper, blamed):
        """Let the court hear a helper who is blamed, if it is; it pays if the fallen is believed, and tells its friends."""
        if blamed and fallen in self.friends[helper]:
            self.doubts[helper][fallen] = stored(self.doubts[helper][fallen] + self.parameters.informing.betrayal_weight)
            self.exposed.append((helper, fallen))
        if not blamed or self.draw(Purpose.BLAME_BELIEVED, fallen, helper) < self.parameters.court.verification:
            self.known[helper]["thanked"] += 1
            return
        damages = half_up(self.parameters.conduct.fallen_damages * 1_000_000)
        self.people[helper]["income"] -= damages
        self.people[fallen]["income"] += damages
        for feeling in ("blamed", "sanctioned", "unfair", "wronged"):
            self.known[helper][feeling] += 1
        for friend in sorted(self.friends[helper] - {fallen}):
            if self.draw(Purpose.BLAME_TOLD, helper, friend, fallen) < self.parameters.learning.gossip_rate:
                self.known[friend]["heard blamed"] += 1

    def perhaps_mark(self, s, scheme, i, event):
        """Let officials mark someone unwelcome, or not."""
        points, marked, key = (
            half_up(scheme.event.marked * 1000),
            self.draw(Purpose.ABUSE, i, int(event), s) < scheme.abuse,
            32 + int(event),
        )
        exempt = self.people[i]["exempt_by_lot" if scheme.exemption_at_random else "official"]
        if not any(person["official"] for person in self.people):
            return
        if exempt and self.draw(Purpose.EXEMPTION, i, key, s + 1) < scheme.exemption:
            return
        if marked:
            self.pending[s][i][Entry.MARKED] += points
        if scheme.secret:
            return
        told = self.draw(Purpose.TOLD, i, key, s) < scheme.transparency
        if told:
            self.risk[s][i]["own caught" if marked else "own missed"] += 1
        if marked and told and self.draw(Purpose.APPEAL, i, key, s) < scheme.appeal:
            self.pending[s][i][Entry.APPEAL] -= points
            self.known[i]["fair"] += 1
        elif marked and self.draw(Purpose.FELT, i, key, s) < scheme.felt:
            for feeling in ("sanctioned", "unfair", "wronged"):
                self.known[i][feeling] += 1

    def decide(self, case):
        """Decide one case."""
        verdicts, stands = {}, False
        if case.event in WRONGS:
            verdicts[COURT] = self.punishes(COURT, case)
            if verdicts[COURT]:
                self.fine(case)
                stands = True
        for s, scheme in self.schemes:
            if self.concerns(s, case):
                verdicts[s] = self.punishes(s, case)
                if verdicts[s]:
                    stands = (self.penalise(s, scheme, case) and not scheme.secret) or stands
                self.reward(s, scheme, case)
        for _, filed, _ in case.knowers:
            self.counts["false" if case.false else "true"] += filed
            self.counts["upheld"] += filed and any(verdicts.values())
        verdicts = {one: verdict for one, verdict in verdicts.items() if one == COURT or not self.parameters.schemes[one].secret}
        punished = any(verdicts.values())
        if not case.false:
            self.learn_of(case, verdicts, punished)
        if punished:
            self.offend(case, stands, [one for one, verdict in verdicts.items() if verdict and self.is_felt(one, case)])
            if any(verdict and (one == COURT or self.is_told(one, case)) for one, verdict in verdicts.items()):
                self.look_for_informers(case)

    def fine(self, case):
        """Collect a fine, or leave it to the convicted."""
        if self.draw(Purpose.COLLECTION, case.accused, case.number) < self.parameters.court.collection:
            self.people[case.accused]["income"] -= half_up(self.parameters.court.fine * 1_000_000)
        else:
            self.people[case.accused]["ordered"] += 1

    def penalise(self, s, scheme, case):
        """Make the penalty pending; tell whether it survives an appeal, which only a false one has."""
        entries = self.pending[s][case.accused]
        loss, fine = half_up(getattr(scheme.event, case.event.name.lower()) * 1000), half_up(scheme.fine * 1_000_000)
        self.people[case.accused]["income"] -= fine
        if not case.false:
            entries[Entry(int(case.event))] += loss
            if case.event == Event.CRIME and scheme.crime_to_lowest:
                self.criminals.add((s, case.accused))
            if case.event == Event.CRITICISM and scheme.removal_weeks:
                person = self.people[case.accused]
                person["removed_until"] = max(person["removed_until"], self.now + 1 + scheme.removal_weeks)
            return True
        entries[Entry.ACCUSATION] += loss
        if self.is_reversed(s, case):
            entries[Entry.APPEAL] -= loss
            self.people[case.accused]["income"] += fine
            return False
        return True

    def is_reversed(self, s, case):
        """Tell whether an appeal takes back a penalty for nothing."""
        appeals = self.draw(Purpose.APPEAL, case.accused, case.number, s) < self.parameters.schemes[s].appeal
        return case.false and self.is_told(s, case) and appeals

    def is_told(self, s, case):
        """Tell whether the accused is told what a scheme punishes it for."""
        return self.draw(Purpose.TOLD, case.accused, case.number, s) < self.parameters.schemes[s].transparency

    def is_felt(self, institution, case):
        """Tell whether the accused feels a penalty as a sanction; a court's it does."""
        if institution == COURT:
            return True
        if self.is_reversed(institution, case):
            return False
        return self.draw(Purpose.FELT, case.accused, case.number, institution) < self.parameters.schemes[institution].felt

    def reward(self, s, scheme, case):
        """Pay the members who reported: whenever they filed, or when their report was believed and the case not dropped."""
        if scheme.reporting_reward <= 0:
            return
        for who, filed, would in case.knowers:
            if not (would if scheme.rewards_at_random else filed) or not self.members[s][who]["enrolled"]:
                continue
            if scheme.reward_on == "upheld" and (self.dropped(s, case) or not self.believes(s, case, who)):
                continue
            if scheme.rewards_at_random:
                self.lottery[s] += 1
            else:
                self.pending[s][who][Entry.REWARD] += half_up(scheme.reporting_reward * 1000)

    def hold_lottery(self, s, scheme):
        """Give the rewards the lever would have paid to the members with the smallest draws, one each, again and again."""
        members = [i for i in self.everybody if self.members[s][i]["enrolled"]]
        members.sort(key=lambda i: self.draw(Purpose.REWARD_LOT, i, 0, s))
        for k in range(self.lottery[s] if members else 0):
            self.pending[s][members[k % len(members)]][Entry.REWARD] += half_up(scheme.reporting_reward * 1000)

    def learn_of(self, case, verdicts, punished):
        """Let the accused of something true, and those who know of it, learn how it ended."""
        for institution, verdict in verdicts.items():
            unexplained = institution != COURT and not self.is_told(institution, case)
            if verdict is not None and not unexplained:  # a case dropped by privilege teaches its accused nothing
                self.risk[institution][case.accused]["own caught" if verdict else "own missed"] += 1
        wrong = case.event in WRONGS
        for who, _, _ in case.knowers:
            if wrong:
                self.known[who]["fair" if punished else "unfair"] += 1
            elif punished:
                self.known[who]["unfair" if case.event in LIBERTIES else "fair"] += 1
            if wrong and not punished and self.people[case.accused]["official"]:
                self.known[who]["officials"] += 1
            for institution, verdict in verdicts.items():
                self.risk[institution][who]["known caught" if verdict else "known missed"] += 1
        if case.victim is not None and not punished:
            self.known[case.victim]["wronged"] += 1

    def offend(self, case, stands, felt):
        """Let the punished take it as it was; `felt`: by whom it feels punished."""
        accused = self.known[case.accused]
        if not stands:
            accused["fair"] += 1
            return
        if not felt:
            return
        accused["sanctioned"] += 1
        unexplained = any(one != COURT and not self.is_told(one, case) for one in felt)
        if case.false or unexplained or case.event in LIBERTIES:
            accused["unfair"] += 1
            accused["wronged"] += 1

    def look_for_informers(self, case):
        """Let the punished distrust those it learns to have reported, and for the others all who could have."""
        informing, accused, hidden = self.parameters.informing, case.accused, 0
        for who, filed, _ in case.knowers:
            if not filed:
                continue
            self.known[accused]["reported"] += 1
            if self.draw(Purpose.EXPOSURE, accused, who, case.number) >= informing.exposure:
                hidden += 1
            elif who in self.friends[accused]:
                self.doubts[accused][who] = stored(self.doubts[accused][who] + informing.betrayal_weight)
                self.exposed.append((accused, who))
        if case.false or case.victim is None:
            suspects = set(self.friends[accused])
        else:
            suspects = (self.friends[accused] & self.friends[case.victim]) | {case.victim}
        for who in sorted(suspects & self.friends[accused]) if hidden else ():
            share = hidden * informing.betrayal_weight / len(suspects)
            self.doubts[accused][who] = stored(self.doubts[accused][who] + share)

    def learn(self):
        """Turn the week's counts into evidence."""
        rules, weight = self.parameters, self.parameters.risk.known_weight
        for i, person in enumerate(self.people):
            known = self.known[i]
            person["fair"] = stored(person["fair"] + known["fair"])
            person["unfair"] = stored(person["unfair"] + known["unfair"])
            heard = rules.learning.gossip_weight * known["heard blamed"]
            person["blamed"] = stored(person["blamed"] + known["blamed"] + heard)
            person["thanked"] = stored(person["thanked"] + known["thanked"])
            person["trust_betrayed"] = stored(person["trust_betrayed"] + rules.learning.unfairness_inference * known["officials"])
            if known["reported"]:
                person["suspicion"] = stored(person["suspicion"] + rules.informing.suspicion_jump * (1 - person["suspicion"]))
            for institution, risk in self.risk.items():
                mind = person if institution == COURT else self.members[institution][i]
                for kind in ("caught", "missed"):
                    mind[kind] = stored(mind[kind] + risk[i][f"own {kind}"] + weight * risk[i][f"known {kind}"])
