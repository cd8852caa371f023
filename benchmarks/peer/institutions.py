"""The institutions of the plain-Mesa peer: court and schemes, their cases, their ledgers, grades and locks."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agents.events import WRONGS, Event
from model.institutions.entries import Entry

if TYPE_CHECKING:
    from benchmarks.peer.citizen import Citizen
    from benchmarks.peer.society import PeerSociety
    from model.institutions.scheme import Scheme


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), 0 where exp would overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


def beta_mean(good: float, bad: float, prior_good: float, prior_bad: float) -> float:
    """Return the mean of a Beta belief."""
    return (good + prior_good) / (good + bad + prior_good + prior_bad)


class SchemeAtWork:
    """A scheme of the society: its declaration, and whether it runs."""

    def __init__(self, number: int, declared: Scheme):
        """Read the declaration; the scheme does not run yet."""
        self.number, self.declared = number, declared
        self.running = self.abandoned = self.introduced = False
        self.points = {event: getattr(declared.event, event.name.lower()) for event in Event}

    def counts(self, event: Event) -> bool:
        """Return whether the scheme takes points, or the grade, for that event."""
        return self.points[event] < 0 or (event is Event.CRIME and self.declared.crime_to_lowest)

    def natural_grade(self, score: float) -> int:
        """Return the number of the grade that a score earns."""
        grades = self.declared.grade
        return next((g for g, grade in enumerate(grades[:-1]) if score >= grade.floor), len(grades) - 1)


#: The last of a standing's bands: partners of whatever grade.
ANY = -1


@dataclass(slots=True)
class Standing:
    """Where a citizen stands with a scheme."""

    scheme: SchemeAtWork
    within_reach: bool
    bands: list[tuple[list[float], list[float]]]  # by grade: strangers, ties of that grade: how many honoured, betrayed
    enrolled: bool = False
    criminal: bool = False
    points: float = 0.0
    score: float = 0.0
    grade: int = 0
    locked_until: int = 0
    banned_until: int = 0
    caught: float = 0.0
    missed: float = 0.0
    pending: dict[Entry, float] = field(default_factory=lambda: defaultdict(float))
    ledger: dict[Entry, float] = field(default_factory=lambda: defaultdict(float))
    expiring: dict[int, float] = field(default_factory=dict)  # by the tick at which points are taken back

    def enrol(self, now: int) -> None:
        """Come under the scheme with its start points."""
        self.enrolled = True
        self.points = self.score = self.scheme.declared.start
        self.ledger.clear()
        self.expiring.clear()
        if self.scheme.declared.grade:
            self.grade = self.scheme.natural_grade(self.score)
        self.locked_until = self.banned_until = now

    def note_shared(self, others: list[Standing]) -> None:
        """Take over a share of the event points pending with other schemes."""
        total = 0.0
        for other in others:
            if other is not self:
                total += sum(points for entry, points in other.pending.items() if entry < len(Event))
        if total:
            self.pending[Entry.SHARED] = total * self.scheme.declared.data_sharing

    def post(self, now: int) -> None:
        """Post what is pending, what expires and the recovery towards the start, and stay within the scale."""
        declared = self.scheme.declared
        if declared.expiry_weeks > 0:
            posted = sum(points for entry, points in self.pending.items() if entry <= Entry.SHARED and entry != Entry.REWARD)
            self.pending[Entry.EXPIRY] = -self.expiring.pop(now, 0.0)
            self.expiring[now + declared.expiry_weeks] = posted
        if declared.recovery > 0:
            self.pending[Entry.RECOVERY] = (declared.start - self.points) * declared.recovery
        if declared.expiry_weeks > 0:  # an end of the scale only hides what is beyond it
            self.points -= self.ledger[Entry.LIMIT]
            self.ledger[Entry.LIMIT] = 0.0
        for entry, points in self.pending.items():
            self.points += points
            self.ledger[entry] += points
        self.pending.clear()
        within = min(max(self.points, declared.floor), declared.ceiling)
        if within != self.points:
            self.ledger[Entry.LIMIT] += within - self.points
        self.points = within

    def regrade(self, now: int) -> None:
        """Move to the grade that score and lock allow."""
        grades = self.scheme.declared.grade
        if not grades:
            return
        earned = self.scheme.natural_grade(self.score)
        if self.criminal:
            self._fall_or_rise_to(len(grades) - 1, now)
        elif earned > self.grade:
            self.grade = earned
            if grades[earned].lock_weeks:
                self.locked_until = now + grades[earned].lock_weeks
        elif earned < self.grade and now >= self.locked_until:
            if grades[self.grade].lock_weeks and grades[self.grade - 1].lock_weeks:
                self._fall_or_rise_to(self.grade - 1, now)
            else:
                self.grade = earned
        self.criminal = False

    def _fall_or_rise_to(self, grade: int, now: int) -> None:
        self.grade, self.locked_until = grade, now + self.scheme.declared.grade[grade].lock_weeks


@dataclass(slots=True)
class Case:
    """A wrong or an accusation of the week, with those who saw it and whether each of them reported."""

    accused: Citizen
    victim: Citizen | None
    event: Event
    false: bool = False
    camera: bool = False
    court: bool = False  # came to the court's notice unreported
    witnesses: list[tuple[Citizen, bool]] = field(default_factory=list)

    def reporters(self) -> list[Citizen]:
        """Return those who reported."""
        return [witness for witness, filed in self.witnesses if filed]


PUNISHED, UNPUNISHED, DROPPED = "punished", "unpunished", "dropped"


def adjudicate(society: PeerSociety, case: Case) -> None:
    """Let court and schemes decide a case, and everyone who knows of it learn from how it ended."""
    reporters = case.reporters()
    by_court, stands = None, False
    if case.event in WRONGS:
        by_court = _ruling_of_court(society, case, reporters)
        stands = by_court is PUNISHED
    by_scheme = {}
    for scheme in society.at_work:
        if case.accused.standings[scheme.number].enrolled and scheme.counts(case.event):
            by_scheme[scheme.number] = _ruling_of_scheme(society, case, reporters, scheme)
            if by_scheme[scheme.number] is PUNISHED:
                stands = _post_penalty(society, case, scheme) or stands
    punished = by_court is PUNISHED or PUNISHED in by_scheme.values()
    if not case.false:
        _teach_knowers(society, case, by_court, by_scheme, punished)
    _teach_accused(case, by_court, by_scheme, punished, stands)
    if punished:
        _face_reporters(society, case, reporters)
    society.reports += len(reporters)


def _ruling_of_court(society: PeerSociety, case: Case, reporters: list[Citizen]) -> str:
    court, chance = society.rules.court, society.random.random
    known = case.court or (bool(reporters) and (not case.false or any(chance() >= court.verification for _ in reporters)))
    if not known or chance() >= court.enforcement:
        return UNPUNISHED
    if case.accused.official and chance() < court.exemption:
        return DROPPED
    case.accused.income -= court.fine
    return PUNISHED


def _ruling_of_scheme(society: PeerSociety, case: Case, reporters: list[Citizen], scheme: SchemeAtWork) -> str:
    """Return how the scheme ends the case, and pay those who reported it."""
    declared, chance = scheme.declared, society.random.random
    doubt = declared.verification if case.false else declared.rejection
    believed = [reporter for reporter in reporters if chance() >= doubt]
    known = bool(believed) or (case.camera and chance() < declared.cameras)
    dropped = case.accused.official and chance() < declared.exemption
    if declared.reporting_reward > 0:
        upheld = [] if dropped else believed
        for reporter in reporters if declared.reward_on == "filed" else upheld:
            standing = reporter.standings[scheme.number]
            if standing.enrolled:
                standing.pending[Entry.REWARD] += declared.reporting_reward
    if not known:
        return UNPUNISHED
    return DROPPED if dropped else PUNISHED


def _post_penalty(society: PeerSociety, case: Case, scheme: SchemeAtWork) -> bool:
    standing, points = case.accused.standings[scheme.number], scheme.points[case.event]
    if not case.false:
        standing.pending[Entry(case.event)] += points
        if case.event is Event.CRIME and scheme.declared.crime_to_lowest:
            standing.criminal = True
        return True
    standing.pending[Entry.ACCUSATION] += points
    if society.random.random() < scheme.declared.appeal:
        standing.pending[Entry.APPEAL] -= points
        return False
    return True


def _teach_knowers(society: PeerSociety, case: Case, by_court: str | None, by_scheme: dict[int, str], punished: bool) -> None:
    """Victim and witnesses learn how fair institutions are, and how firm their grip."""
    weight, inference = society.rules.risk.known_weight, society.rules.learning.unfairness_inference
    wrong = case.event in WRONGS
    for witness, _ in case.witnesses:
        if wrong and punished:
            witness.fair += 1.0
        elif wrong or punished:
            witness.unfair += 1.0
        if wrong and not punished and case.accused.official:
            witness.trust_betrayed += inference
        if wrong:
            witness.caught += weight * (by_court is PUNISHED)
            witness.missed += weight * (by_court is not PUNISHED)
        for number, ruling in by_scheme.items():
            if ruling is PUNISHED:
                witness.standings[number].caught += weight
            else:
                witness.standings[number].missed += weight
    if case.victim is not None and not punished:
        case.victim.wronged += 1


def _teach_accused(case: Case, by_court: str | None, by_scheme: dict[int, str], punished: bool, stands: bool) -> None:
    """The accused learns its own risk (of a dropped case nothing), and takes offence at punishment for speech or for nothing."""
    accused = case.accused
    if not case.false:
        accused.caught += by_court is PUNISHED
        accused.missed += by_court is UNPUNISHED
        for number, ruling in by_scheme.items():
            accused.standings[number].caught += ruling is PUNISHED
            accused.standings[number].missed += ruling is UNPUNISHED
    if not punished:
        return
    if not stands:
        accused.fair += 1.0
        return
    accused.sanctioned += 1
    if case.false or case.event is Event.CRITICISM:
        accused.unfair += 1.0
        accused.wronged += 1


def _face_reporters(society: PeerSociety, case: Case, reporters: list[Citizen]) -> None:
    """The punished learns who reported, or suspects those who could have."""
    views, accused, anonymous = society.rules.informing, case.accused, 0
    for reporter in reporters:
        accused.reported = True
        if society.random.random() >= views.exposure:
            anonymous += 1
        elif reporter in accused.ties:
            accused.ties[reporter].betrayed += views.betrayal_weight
            accused.ties[reporter].informed_on = True
            reporter.ties[accused].has_informed = True
    if anonymous:
        suspects, count = _suspects(case)
        for suspect in suspects:
            accused.ties[suspect].betrayed += anonymous * views.betrayal_weight / count


def _suspects(case: Case) -> tuple[list[Citizen], int]:
    """Return the accused's ties that could have reported, and the number of all who could."""
    accused, victim = case.accused, case.victim
    if victim is None or case.false:
        return list(accused.ties), len(accused.ties)
    suspects = [friend for friend in accused.ties if friend is victim or friend in victim.ties]
    return suspects, len(suspects) + (victim not in accused.ties)
