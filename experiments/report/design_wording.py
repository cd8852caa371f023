"""What a design found in plain words: counts of verdicts, where it raises and erodes, the shapes of curves, doubts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.curves import curve_of, shape_text
from experiments.analysis.effects import OutcomeFacts
from experiments.analysis.levels import dose_sets, varied
from experiments.analysis.regimes import main_effects, where_text
from experiments.analysis.responses import Responses
from experiments.analysis.spreads import points_in_two_groups
from experiments.analysis.statistics import ERODES, MIXED, RAISES
from experiments.analysis.surfaces import CODES, VERDICTS, joint_verdicts, judged, shown_outcomes, subject, value_text
from experiments.report.wording import SHORT, SIGNIFICANT
from experiments.specs.spec import Contrast

if TYPE_CHECKING:
    import pyarrow as pa

#: How many of the factors along which an effect moves most are named.
NAMED = 2
#: So many differences are named that fall into two groups of seeds, those with most such points first.
MOST_NAMED = 3


def counts(verdicts: np.ndarray) -> dict[str, int]:
    """Return {verdict: number of points} of verdicts given as places in VERDICTS."""
    return {verdict: int(np.sum(verdicts == code)) for code, verdict in enumerate(VERDICTS)}


def where_sentence(responses: Responses, contrast: Contrast) -> str:
    """Return in words at which points a comparison raises, erodes or is mixed; else which other verdicts there are."""
    verdicts, trust = joint_verdicts(responses, contrast), subject(responses)
    parts = []
    for word, verdict in ((f"raises {trust}", RAISES), (f"erodes {trust}", ERODES), ("is mixed", MIXED)):
        held = verdicts == CODES[verdict]
        if held.any():
            place = where_text(responses, held)
            parts.append(f"{word} {_at(held)}{'' if held.all() else f', {place}'}")
    if parts:
        return f"{responses.label(contrast)}: {'; '.join(parts)}"
    rest = [f"{verdict} {_at(verdicts == CODES[verdict])}" for verdict, number in counts(verdicts).items() if number]
    return f"{responses.label(contrast)}: neither raises nor erodes {trust} anywhere; {', '.join(rest)}"


def _at(held: np.ndarray) -> str:
    """Return at how many points something holds: 'at 3 of 25 points', 'at all 25 points', 'at the one point'."""
    if held.size == 1:
        return "at the one point"
    return f"at all {held.size} points" if held.all() else f"at {int(held.sum())} of {held.size} points"


def shape_sentences(responses: Responses) -> Iterator[str]:
    """Yield a sentence for each curve, or, in designs without curves, for each comparison and outcome which factors move it most."""
    sets = dose_sets(responses)
    for contrast in responses.contrasts:
        for outcome in shown_outcomes(responses):
            head = f"{SHORT.get(outcome.name, outcome.label)}, {responses.label(contrast)}"
            for doses in sets:
                held = f" ({doses.held})" if doses.held else ""
                yield f"{head}: {shape_text(curve_of(responses, doses, contrast, outcome))}{held}"
            if not sets and varied(responses):
                yield f"{head}: {_movers(responses, contrast, outcome)}"


def _movers(responses: Responses, contrast: Contrast, outcome: OutcomeFacts) -> str:
    """Return along which factors the binned mean effect moves most, and between which values."""
    effects = [effect for effect in main_effects(responses, contrast, outcome) if effect.bins.mean.size]
    if not effects:
        return "not measured"
    parts = []
    for effect in effects[:NAMED]:
        bins = effect.bins
        lowest, highest = int(np.argmin(bins.mean)), int(np.argmax(bins.mean))
        at = [effect.names[int(bins.places[i])] if effect.names else value_text(float(bins.places[i])) for i in (lowest, highest)]
        span = f"{outcome.text(float(bins.mean[lowest]), True)} (near {at[0]}) to {outcome.text(float(bins.mean[highest]), True)}"
        parts.append(f"{effect.factor.label}, {span} (near {at[1]})")
    return f"moves most along {'; then '.join(parts)}"


def design_doubts(responses: Responses, effects: "pa.Table | None" = None) -> Iterator[str]:
    """Yield a sentence, without its full stop, on each thing that speaks against reading the verdicts alone.

    effects: as `surfaces.effects_by_point` returns them, for what many comparisons leave.
    """
    if effects is not None and effects.num_rows:
        moved = np.isin(effects["verdict"].to_numpy(zero_copy_only=False), [RAISES, ERODES])
        kept = int(np.sum(moved & (effects["q"].to_numpy() < SIGNIFICANT)))
        yield (
            f"verdicts are given point by point: of all {effects.num_rows} differences {int(moved.sum())} raise or erode, and {kept} of "
            f"these keep a false discovery rate (q) below {SIGNIFICANT}"
        )
    found = []
    for contrast in responses.contrasts:
        for outcome in shown_outcomes(responses):
            grouped = points_in_two_groups(responses.differences(contrast, outcome.name))
            found.append((grouped, f"{SHORT.get(outcome.name, outcome.label)}, {responses.label(contrast)}"))
    found = sorted([each for each in found if each[0].any()], key=lambda each: -int(each[0].sum()))
    if found:
        named = "; ".join(f"{_at(grouped)} for {what}" for grouped, what in found[:MOST_NAMED])
        rest = f"; and, at no more points, for {len(found) - MOST_NAMED} more differences" if len(found) > MOST_NAMED else ""
        yield f"the differences of the seeds look bimodal, so that their mean may describe no run, {named}{rest}"


def size_text(responses: Responses) -> str:
    """Return what was run: '25 points (factorial design), 20 replications'."""
    points, replications = len(responses.points), responses.replications
    return f"{points} point{'s' * (points != 1)} ({responses.kind} design), {replications} replication{'s' * (replications != 1)}"


def heading(responses: Responses) -> str:
    """Return what the counts of verdicts are about: 'Verdicts on social trust by point'."""
    return f"Verdicts on {subject(responses)} by point"


def middle(responses: Responses, contrast: Contrast) -> np.ndarray:
    """Return the mean effect on the first shown outcome at each point: by what points are put in order; NaN where there is none."""
    outcomes = shown_outcomes(responses)
    return judged(responses, contrast, outcomes[0]).mean if outcomes else np.full(len(responses.points), np.nan)
