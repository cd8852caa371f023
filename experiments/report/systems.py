"""The preset scoring systems in plain words, with the source of every number."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from agents.events import ON_FILE, REPORTABLE, Event
from experiments.report.sources import SOURCES
from model.assign import PRESET, SCHEME_FILE
from model.institutions.reading import PRESETS, System, system, system_of_file
from model.institutions.scheme import EventPoints, Scheme, scalar_fields

REPORTED, NUMBER_ASSUMED, SECONDARY, ASSUMED, DEFINED = (
    "reported", "reported, the number assumed", "secondary literature", "assumption", "by definition",
)  # fmt: skip
#: What each status means, in the order in which they are counted.
STATUSES = {
    REPORTED: "an essay says so, number included",
    NUMBER_ASSUMED: "an essay says that it is so, but not how much",
    SECONDARY: "from other literature, by memory; counts as an assumption",
    ASSUMED: "nobody says so; meant to be swept",
    DEFINED: "follows from what the other numbers mean",
}
#: A line of a preset: key = value  # where the value is from.
_LINE = re.compile(r"\"?(?P<key>[\w-]+)\"?\s*=\s*(?P<value>\"[^\"]*\"|[^#]*?)\s*(?:# *(?P<source>.*))?")
_TABLE = re.compile(r"\[+(?P<name>[^\]]+)\]+\s*(?:#.*)?")


@dataclass(frozen=True)
class Entry:
    """One value that a preset sets: its table ("" for none, "event", "grade AAA", "each", "own.NAME"), key, value and source."""

    table: str
    key: str
    value: Any
    source: str

    @property
    def status(self) -> str:
        """Whether the value is reported, from secondary literature, or assumed."""
        cited, assumed = re.search(r"\[[A-Z0-9 ]+\]", self.source), "assum" in self.source
        if "secondary" in self.source:
            return SECONDARY
        if cited:
            return NUMBER_ASSUMED if assumed else REPORTED
        return ASSUMED if assumed else DEFINED


def preset_path(name: str) -> Path:
    """Return the file of a preset."""
    return PRESETS / f"{name}.toml"


def entries(path: Path) -> list[Entry]:
    """Return every value that a preset, or a scheme file of one's own, sets, in their order; not `about` and the names of grades."""
    text = path.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    sources = _sources(text, [grade["name"] for grade in data.get("grade", [])])
    return [Entry(table, key, value, sources.get((table, key), "")) for table, key, value in _values(data)]


def _values(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield (table, key, value) of a document; the table as in `Entry`."""
    for key, value in data.items():
        if key == "grade":
            for grade in value:
                yield from ((f"grade {grade['name']}", name, held) for name, held in grade.items() if name != "name")
        elif key != "about":
            yield from _leaves("", key, value)


def _leaves(table: str, key: str, value: Any) -> Iterator[tuple[str, str, Any]]:
    if not isinstance(value, Mapping):
        yield table, key, value
        return
    for name, held in value.items():
        yield from _leaves(f"{table}.{key}" if table else key, name, held)


def _sources(text: str, grades: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return {(table, key): comment} of the lines of a document that set one value and say where it is from."""
    found, table, names = {}, "", iter(grades)
    for line in map(str.strip, text.splitlines()):
        if match := _TABLE.fullmatch(line):
            table = f"grade {next(names, '')}" if match["name"] == "grade" else match["name"]
        elif (match := _LINE.fullmatch(line)) and match["source"]:
            found[table, match["key"]] = match["source"]
    return found


# --- in words -------------------------------------------------------------------------------------------------------------------


def explained(found: System) -> list[str]:
    """Return a system as paragraphs of plain words."""
    if len(found.schemes) == 1:
        return [found.about, *_sentences(found.schemes[0])]
    members = [f"{scheme.name}: {' '.join(_differences(scheme))}" for scheme in found.schemes]
    return [found.about, "At work in it, each as it stands alone but for what is said here:", *members]


def _differences(scheme: Scheme) -> Iterator[str]:
    """Yield what a combination changes most visibly in one of its schemes."""
    yield from _of_reach(scheme)
    if scheme.common_reach:
        yield "Whom it reaches is decided in common with the others."
    yield from _of_sharing(scheme)
    yield from _of_organisations(scheme)


def _of_organisations(scheme: Scheme) -> Iterator[str]:
    if scheme.firm_audit:
        yield (
            f"It audits {_share(scheme.firm_audit)} of firms a week; bad goods cost {scheme.firm_points:g} points, and below "
            f"{scheme.firm_floor:g} a firm is barred from the market."
        )
    if scheme.firm_disclosure:
        yield f"Customers see in {_share(scheme.firm_disclosure)} of purchases whether a firm's standing is low."
    if scheme.government_rating:
        yield (
            f"Members rate their local governments after {_share(scheme.government_rating)} of dealings, for {scheme.government_points:g} "
            f"points up or down; below {scheme.government_floor:g} the head is replaced."
        )


def _of_sharing(scheme: Scheme) -> Iterator[str]:
    if scheme.data_sharing:
        yield f"It posts {_share(scheme.data_sharing)} of the points that others {'take' if scheme.shares_losses_only else 'post'}."


def _sentences(scheme: Scheme) -> Iterator[str]:
    yield f"The scale goes from {scheme.floor:g} to {scheme.ceiling:g}; one begins at {scheme.start:g}."
    yield " ".join(_of_reach(scheme))
    yield from _of_points(scheme)
    yield " ".join(_of_finding_out(scheme))
    yield " ".join(_of_levers(scheme))
    yield from _of_organisations(scheme)
    yield " ".join(_of_memory(scheme))
    yield from (_of_grade(scheme, number) for number in range(len(scheme.grade)))


def _of_reach(scheme: Scheme) -> Iterator[str]:
    if scheme.enrolment == "voluntary":
        yield "One joins by choice, if online; the more of one's friends are in, the likelier."
    else:
        yield "Whoever is within reach is under it."
    regions = {"in cities": scheme.urban_coverage, "in the country": scheme.rural_coverage, "in special zones": scheme.special_coverage}
    reach = {where: share * scheme.coverage for where, share in regions.items()}
    if set(reach.values()) != {1.0}:
        yield "It reaches " + ", ".join(f"{_share(share)} of citizens {where}" for where, share in reach.items()) + "."


def _of_points(scheme: Scheme) -> Iterator[str]:
    meanings = {item.name: item.metadata["meaning"] for item in fields(EventPoints)}
    points = {event: getattr(scheme.event, event.name.lower()) for event in Event}
    for words, sign in (("Costs points", -1), ("Earns points", 1)):
        counted = [f"{meanings[event.name.lower()]} {_signed(amount)}" for event, amount in points.items() if amount * sign > 0]
        if counted:
            yield f"{words}: {', '.join(counted)}."
    if scheme.crime_to_lowest:
        yield "An intentional crime leads to the lowest grade at once."
    if scheme.fine:
        yield f"Each penalty also costs {scheme.fine:g} in wealth."


def _of_finding_out(scheme: Scheme) -> Iterator[str]:
    counted = {event for event in Event if getattr(scheme.event, event.name.lower()) < 0} | (
        {Event.CRIME} if scheme.crime_to_lowest else set()
    )
    in_public, told = bool(counted & {*REPORTABLE}), bool(counted & {Event.DISHONOUR, *REPORTABLE})
    ways = {
        "cameras": scheme.cameras * in_public, "reports by others": (1.0 - scheme.rejection) * told,
        "files elsewhere": scheme.records * bool(counted & {*ON_FILE}), "its own detection": scheme.detection * told,
        "superiors at work": scheme.superiors * in_public, "ratings by counterparts": scheme.rating_rate,
    }  # fmt: skip
    if any(ways.values()):
        yield "It learns from " + ", ".join(f"{way} ({_share(share)})" for way, share in ways.items() if share > 0) + "."
    if scheme.rejection < 1 and told:
        yield f"{_share(scheme.verification).capitalize()} of false reports are seen through."
    if scheme.secret:
        yield "Nobody outside learns of an entry, its subject included, who cannot contest it."
        return
    yield f"The punished are told what for in {_share(scheme.transparency)} of cases; an appeal corrects {_share(scheme.appeal)} of errors."
    if scheme.removal_weeks:
        yield f"A punished critic is out of circulation for {scheme.removal_weeks} weeks."


def _of_dating(scheme: Scheme) -> Iterator[str]:
    if scheme.dating:
        yield f"Singles see each other's scores in {_share(scheme.dating)} of cases on the dating market, which puts high ones on show."


def _of_levers(scheme: Scheme) -> Iterator[str]:
    yield f"Contacts make up {_share(scheme.contact_weight)} of the score, and the neighbourhood {_share(scheme.neighbourhood_weight)}."
    yield f"An upheld report earns {scheme.reporting_reward:g} points." if scheme.reporting_reward else "Reports are not rewarded."
    yield f"{_share(scheme.exemption).capitalize()} of officials' cases are dropped."
    shown = f"Others see the grade in {_share(scheme.disclosure)} of meetings"
    published = [grade.name for grade in scheme.grade if grade.published]
    yield shown + (f", and always if it is {' or '.join(published)}." if published else ".")
    yield from _of_dating(scheme)


def _of_memory(scheme: Scheme) -> Iterator[str]:
    if scheme.recovery:
        yield f"Points return towards the start by {scheme.recovery:.1%} a week."
    if scheme.expiry_weeks:
        yield f"What an event has posted is taken back after {scheme.expiry_weeks} weeks."
    if not scheme.recovery and not scheme.expiry_weeks:
        yield "Nothing is forgotten."
    yield from _of_sharing(scheme)
    if scheme.clears:
        yield "Who pays an unpaid judgment after all is cleared at once."
    if scheme.abandonment < 1:
        yield f"If {_share(scheme.abandonment)} of citizens take part in collective action, it is abandoned."


def _of_grade(scheme: Scheme, number: int) -> str:
    grade, last = scheme.grade[number], number == len(scheme.grade) - 1
    gives = [f"{_signed(grade.perk)} in wealth a week"] if grade.perk else []
    gives += [f"travel ban of {_weeks(grade.travel_ban_weeks)}, renewed each week"] if grade.travel_ban_weeks else []
    gives += ["the name published"] if grade.published else []
    gives += [f"visits by officers in {_share(grade.visit_rate)} of weeks"] if grade.visit_rate else []
    gives += [f"held for {_weeks(grade.lock_weeks)}"] if grade.lock_weeks else []
    whence = "below" if last else f"from {grade.floor:g}"
    return f"Grade {grade.name} ({whence}): {', '.join(gives) if gives else 'nothing given or taken'}."


def _share(share: float) -> str:
    return {0.0: "none", 1.0: "all"}.get(share, f"{100 * share:.3g} %")


def _signed(number: float) -> str:
    return f"{number:+g}".replace("-", "\N{MINUS SIGN}")


def _weeks(number: int) -> str:
    return "a week" if number == 1 else f"{number} weeks"


def explanation(name: str) -> str:
    """Return what `show` prints of a preset: plain words, every value with its source, and the sources."""
    found = entries(preset_path(name))
    return _explanation(name, explained(system(name)), found, [_whence(entry) for entry in found], f"{PRESET}={name}")


def describes_scheme(text: str) -> bool:
    """Return whether a TOML document is a scheme file rather than a spec: it has keys of a scheme."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return bool({"about", "combines", "event", "grade", *scalar_fields()} & data.keys())


def explanation_of_file(path: str) -> str:
    """Return what `show` prints of a scheme file of one's own; ParameterError says what is wrong with it."""
    described, found = system_of_file(path), entries(Path(path))
    whence = [entry.source or "no source given" for entry in found]
    return _explanation(described.name, explained(described), found, whence, f"{SCHEME_FILE}={path}")


def _explanation(name: str, words: list[str], found: list[Entry], whence: list[str], setting: str) -> str:
    width = max((len(_full_name(entry)) for entry in found), default=0)
    values = [f"  {_full_name(entry):{width}}  {_as_toml(entry.value):>14}  {said}" for entry, said in zip(found, whence, strict=True)]
    cited = sorted({key for entry in found for group in re.findall(r"\[([A-Z0-9 ]+)\]", entry.source) for key in group.split()})
    sources = [f"  [{key}] {SOURCES[key]}." for key in SOURCES if key in cited]
    how = f"Try it: python -m experiments simulate --set {setting}"
    known = ["", "Sources:", *sources] if sources else []
    return "\n".join([name, "", *words, "", "Where each number is from:", *values, *known, "", how]) + "\n"


def _whence(entry: Entry) -> str:
    return entry.source if entry.source.startswith(entry.status) else f"{entry.status}{': ' if entry.source else ''}{entry.source}"


def _full_name(entry: Entry) -> str:
    return f"{entry.table}.{entry.key}" if entry.table else entry.key


def _as_toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
