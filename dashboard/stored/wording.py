"""What a viewer reads of stored experiments: the words of one language, under keys that begin with `stored.`."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboard.languages import words_of
from dashboard.stored.findings import Effect, Findings
from dashboard.stored.replaying import DIFFERS, PROVEN, ROUNDING, UNSTORED, Agreement, Replay
from dashboard.stored.shelf import plain
from experiments.analysis.surfaces import value_text
from experiments.specs.spec import Contrast
from model.parameters import nearest

Words = Mapping[str, str]
FOLDER = Path(__file__).parent / "words"


def words_in(language: str) -> Words:
    """Return {key: words} of a language. Raises a Refusal for one that there is not."""
    return words_of(FOLDER, language)


def said(words: Words, key: str, **facts: Any) -> str:
    """Return the words of a key, `stored.` left off, with facts in their places. Raises KeyError with the nearest key for one unknown."""
    if (whole := f"stored.{key}") not in words:
        raise KeyError(f"there are no words for {whole!r}{nearest(whole, words)}")
    return words[whole].format(**facts) if facts else words[whole]


def status_text(words: Words, status: str) -> str:
    """Return a folder's status in words; as it is where it is none that is known."""
    return words.get(f"stored.status.{status.replace(' ', '_')}", status)


def outcome_text(words: Words, name: str) -> str:
    """Return the name of an outcome in words; of one that has none, the name it is declared by, spelt out."""
    return words.get(f"stored.names.{name}", plain(name.replace(".", ", ").replace("_", " "), 80))


def figure_text(words: Words, kind: str, about: str) -> str:
    """Return what a figure is about in words, or, if its name does not say, its kind: one of `figures.ORDER`, or nothing."""
    for key, name in words.items():
        declared = key.removeprefix("stored.names.").replace("_", " ")
        if key.startswith("stored.names.") and f" {about}".endswith(f" {declared}"):
            rest = about.removesuffix(declared).strip()
            return f"{rest}: {name}" if rest else name
    return about or said(words, f"figures.{kind or 'other'}")


def comparison_text(words: Words, findings: Findings, contrast: Contrast) -> str:
    """Return a comparison in words."""
    arm, reference = findings.label(contrast)
    return said(words, "comparison.against", arm=arm, reference=reference)


def level_text(words: Words, value: Any) -> str:
    """Return a factor's value in words."""
    return said(words, "comparison.as_is") if value is None else plain(value_text(value), 40)


def point_text(words: Words, findings: Findings, point: int) -> str:
    """Return a point in words, without factors that are left as the arms have them."""
    named = [
        said(words, "comparison.level", factor=plain(factor.label, 60), value=level_text(words, value))
        for factor, value in zip(findings.factors, findings.points[point], strict=True)
        if value is not None
    ]
    return said(words, "comparison.separator").join(named) or said(words, "comparison.everywhere")


def mean_text(words: Words, effect: Effect) -> str:
    """Return a mean difference with its sign, in the outcome's unit."""
    return effect.outcome.text(effect.mean, True) if math.isfinite(effect.mean) else said(words, "table.not_measured")


def interval_text(words: Words, effect: Effect) -> str:
    """Return the 95 % interval of a difference."""
    known = math.isfinite(effect.low95) and math.isfinite(effect.high95)
    return effect.outcome.span(effect.low95, effect.high95) if known else said(words, "table.no_interval")


def remarks(words: Words, replay: Replay) -> list[str]:
    """Return, one sentence each, what a viewer must know of a run that is shown again; the version of the model first."""
    found = []
    if replay.other_model:
        theirs, ours = (plain(version, 40) for version in replay.model)
        found.append(said(words, "replay.other_model", theirs=theirs, ours=ours))
    if new := replay.new_parameters:
        found.append(said(words, "replay.new_parameters", count=len(new), name=new[0]))
    if len(replay.differing) > 1:
        name, *values = replay.differing[0]
        left, right = (said(words, "replay.absent") if value is None else plain(value_text(value), 40) for value in values)
        found.append(said(words, "replay.differing", count=len(replay.differing), name=name, left=left, right=right))
    if replay.packages:
        named = [
            said(words, "replay.package", name=name, theirs=plain(then or "?", 40), ours=now or "?") for name, then, now in replay.packages
        ]
        found.append(said(words, "replay.packages", packages=said(words, "comparison.separator").join(named)))
    return found


def agreement_text(words: Words, agreement: Agreement) -> str:
    """Return in one sentence how a run shown again compares with what is stored."""
    state, week = agreement.state, agreement.week
    if state == UNSTORED and agreement.text:
        return said(words, "agreement.unread", why=agreement.text)
    if state == PROVEN:
        return said(words, "agreement.proven" if agreement.weeks else "agreement.proven_end", weeks=agreement.weeks)
    if state in (DIFFERS, ROUNDING) and week is None:
        return said(words, "agreement.differs_end", why=agreement.text)
    return said(words, f"agreement.{state}", weeks=agreement.weeks, week=week, outcome=outcome_text(words, agreement.outcome))
