"""What the reference of the institutions does with points: scoring and consequences. See tests.reference."""

from math import floor

import numpy as np

from agents.chance import Purpose
from agents.events import MERITS, Event
from model.institutions.entries import Entry


def stored(value):
    """Round evidence as it is stored."""
    return float(np.float32(value))


def half_up(value):
    """Round to the nearest whole number, halves upwards."""
    return floor(value + 0.5)


class Points:
    """The half of the reference that posts, scores, grades and lets grades give and take."""

    # --- scoring ---

    def score(self):
        """Post to the ledger of every scheme at work, then score, then grade."""
        members = [
            (s, scheme, i) for s, scheme in self.schemes for i in self.everybody if self.running[s] and self.members[s][i]["enrolled"]
        ]
        for s, scheme, i in members:
            for event in self.acts[i]:
                if event in MERITS and self.on_file(s, i, event):
                    self.pending[s][i][Entry(int(event))] += half_up(getattr(scheme.event, event.name.lower()) * 1000)
        losses = [[sum(min(self.pending[s][i][Entry(int(e))], 0) for e in Event) for i in self.everybody] for s, _ in self.schemes]
        events = [[sum(self.pending[s][i][Entry(int(e))] for e in Event) for i in self.everybody] for s, _ in self.schemes]
        for s, scheme, i in members:
            if scheme.data_sharing > 0:
                shared = losses if scheme.shares_losses_only else events
                others = sum(shared[other][i] for other, _ in self.schemes if other != s and self.running[other])
                self.pending[s][i][Entry.SHARED] = half_up(others * scheme.data_sharing)
        for s, scheme, i in members:
            self.post(s, scheme, i)
        for s, scheme, i in members:
            self.members[s][i]["score"] = self.score_of(s, scheme, i)
            if scheme.comparison:
                friends = [self.members[s][j]["points"] for j in self.friends[i] if self.members[s][j]["enrolled"]]
                lag = sum(friends) / len(friends) - self.members[s][i]["points"] if friends else 0.0
                self.members[s][i]["behind"] = stored(max(lag, 0.0) / (half_up(scheme.ceiling * 1000) - half_up(scheme.floor * 1000)))
        for s, scheme, i in members:
            if scheme.grade:
                self.regrade(s, scheme, i)

    def post(self, s, scheme, i):
        """Post what is pending, the recovery, and what the ends of the scale cut off."""
        member, ledger = self.members[s][i], self.ledger[s][i]
        start, low, high = (half_up(points * 1000) for points in (scheme.start, scheme.floor, scheme.ceiling))
        postings, self.pending[s][i] = self.pending[s][i], dict.fromkeys(Entry, 0)
        if scheme.expiry_weeks:
            lane, passing = self.weeks[s] % scheme.expiry_weeks, {Entry.REWARD, Entry.RECOVERY, Entry.LIMIT, Entry.EXPIRY}
            happened = sum(amount for entry, amount in postings.items() if entry not in passing)
            postings[Entry.EXPIRY] = -self.expiring[s][i][lane]
            self.expiring[s][i][lane] = happened
        postings[Entry.RECOVERY] = half_up((start - member["points"]) * scheme.recovery)
        if scheme.expiry_weeks:  # the ends of the scale only hide what is beyond them
            postings[Entry.LIMIT] -= ledger[Entry.LIMIT]
        if scheme.clears and Event.SETTLEMENT in self.acts[i] and self.on_file(s, i, Event.SETTLEMENT):
            postings[Entry.SETTLEMENT] += max(start - member["points"] - sum(postings.values()), 0)
            self.expiring[s][i] = [0 for _ in self.expiring[s][i]]
        total = member["points"] + sum(postings.values())
        postings[Entry.LIMIT] += max(low, min(high, total)) - total
        for entry, amount in postings.items():
            ledger[entry] += amount
        member["points"] = start + sum(ledger.values())

    def score_of(self, s, scheme, i):
        """Return a member's score in thousandths."""
        own = self.members[s][i]["points"]
        contacts = [self.members[s][j]["points"] for j in self.friends[i] if self.members[s][j]["enrolled"]]
        mean = sum(contacts) / len(contacts) if contacts else own
        neighbours = [j for j in self.everybody if self.people[j]["neighbourhood"] == self.people[i]["neighbourhood"]]
        around = [self.members[s][j]["points"] for j in neighbours if self.members[s][j]["enrolled"]]
        weight, local = scheme.contact_weight, scheme.neighbourhood_weight
        return half_up((1 - weight - local) * own + weight * mean + local * (sum(around) / len(around)))

    def regrade(self, s, scheme, i):
        """Move a member to the grade that score, crime and lock allow: grade 0 is the best."""
        member, grades, last = self.members[s][i], scheme.grade, len(scheme.grade) - 1
        earned = next((g for g in range(last) if member["score"] >= half_up(grades[g].floor * 1000)), last)
        now = member["grade"]
        if (s, i) in self.criminals:
            member["grade"], member["locked_until"] = last, self.now + grades[last].lock_weeks
        elif earned > now:
            member["grade"] = earned
            if grades[earned].lock_weeks:
                member["locked_until"] = self.now + grades[earned].lock_weeks
        elif earned < now and self.now >= member["locked_until"]:
            if grades[now].lock_weeks and grades[now - 1].lock_weeks:
                member["grade"], member["locked_until"] = now - 1, self.now + grades[now - 1].lock_weeks
            else:
                member["grade"] = earned

    # --- consequences ---

    def follow(self):
        """Let grades give and take; settle the week's income."""
        for s, scheme in self.schemes:
            for i in self.everybody:
                member = self.members[s][i]
                if not self.running[s] or not scheme.grade or not member["enrolled"]:
                    continue
                grade = scheme.grade[member["grade"]]
                self.people[i]["income"] += half_up(grade.perk * 1_000_000)
                if grade.travel_ban_weeks:
                    member["banned_until"] = max(member["banned_until"], self.now + 1 + grade.travel_ban_weeks)
                if self.draw(Purpose.VISIT, i, 0, s) < grade.visit_rate:
                    self.known[i]["visited"] += 1
        for s, scheme in self.schemes:
            for i in self.everybody if self.running[s] and scheme.grade and scheme.family_share else ():
                for j in self.kin[i]:
                    self.suffer_with(s, scheme, i, j)
        for s, scheme in self.schemes:
            for i in self.everybody if self.running[s] and scheme.level_points else ():
                member = self.members[s][i]
                if member["enrolled"]:
                    level = (member["points"] - half_up(scheme.floor * 1000)) // half_up(scheme.level_points * 1000)
                    self.people[i]["income"] += max(level - member["level"], 0) * half_up(scheme.level_reward * 1_000_000)
                    member["level"] = max(level, member["level"])
        for person in self.people:
            person["wealth"] += person["income"]

    def suffer_with(self, s, scheme, i, j):
        """Let i share what a scheme takes from its relative j."""
        if not self.members[s][j]["enrolled"]:
            return
        grade, member = scheme.grade[self.members[s][j]["grade"]], self.members[s][i]
        if grade.perk < 0:
            self.people[i]["income"] += half_up(half_up(grade.perk * 1_000_000) * scheme.family_share)
        if grade.travel_ban_weeks and self.draw(Purpose.FAMILY, i, j, s) < scheme.family_share:
            member["banned_until"] = max(member["banned_until"], self.now + 1 + grade.travel_ban_weeks)
