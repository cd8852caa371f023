"""A citizen in the words of a language: what the card of a clicked one shows."""

from typing import Any

from dashboard.citizen.person import Person, Rank
from dashboard.citizen.sentences import sentence
from dashboard.saying import Words, filled, named_scheme
from dashboard.status import Seen


def card(words: Words, language: str, seen: Seen | None, titles: list[str], sides: tuple[str, ...]) -> dict[str, Any]:
    """Return what the card shows, or nothing at all."""
    if seen is None:
        return {}
    person = seen.person
    return {
        "name": filled(words, "person.name", n=person.citizen),
        "side": titles[sides.index(seen.side)] if len(sides) > 1 else "",
        "index": person.citizen,
        "world": sides.index(seen.side),
        "official": person.official,
        "lead": lead(words, person),
        "numbers": [*((words[f"person.{name}"], f"{getattr(person, name):.2f}") for name in _TRAITS), *_ranks(words, person)],
        "scores": [_line(words, rank) for rank in person.ranks if len(rank.history) > 1],
        "why": [(decision.kind, sentence(decision, language)) for decision in seen.decisions],
        "reason": f"person.{'no_week' if person.tick == 0 else 'no_decision' if seen.asked else 'pause'}",
        "ties": [
            {
                "index": tie.other,
                "name": filled(words, "person.name", n=tie.other) + (" ◆" if tie.official else ""),
                "kind": words[f"person.kinds.{tie.kind}"],
                "mine": tie.trust,
                "theirs": tie.trusted,
            }
            for tie in person.ties
        ],
        "ties_in_all": person.ties_in_all,
    }


_TRAITS = ("generalized_trust", "institutional_trust", "integrity", "grievance", "wealth")


def lead(words: Words, person: Person) -> str:
    """Return who this is in a line."""
    parts = [words["person.official" if person.official else "person.ordinary"], words[f"person.regions.{person.region}"]]
    parts += [words["person.online" if person.online else "person.offline"]]
    parts += [words["person.removed"]] if person.removed_weeks else []
    parts += [words["person.locked"] for rank in person.ranks if rank.locked_weeks]
    return words["person.between"].join(parts)


def _ranks(words: Words, person: Person) -> list[tuple[str, str]]:
    return [(named_scheme(words, rank.scheme), _standing(words, rank)) for rank in person.ranks]


def _line(words: Words, rank: Rank) -> dict[str, Any]:
    """Return the scores so far as a line: each from 0, the lowest there was, to 1, the highest."""
    scores = [*rank.history, *([rank.score] if rank.enrolled else [])]
    low, high = min(scores), max(scores)
    span = (high - low) or 1.0
    return {
        "name": f"{named_scheme(words, rank.scheme)}, {words['person.history']}",
        "low": f"{low:,.0f}",
        "high": f"{high:,.0f}",
        "heights": [round((score - low) / span, 3) for score in scores],
    }


def _standing(words: Words, rank: Rank) -> str:
    if not rank.enrolled:
        return words["person.not_enrolled"]
    return f"{rank.score:,.0f} {rank.grade}".strip()
