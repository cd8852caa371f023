"""What a design found at each of its points: paired differences, intervals and verdicts, for all points at once.

The same numbers as `statistics.paired` and `statistics.verdict` give one by one, to the last bit (a test holds it), in arrays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import poch, stdtr, stdtrit

from experiments.analysis.effects import SOCIAL_TRUST, OutcomeFacts
from experiments.analysis.responses import Responses
from experiments.analysis.statistics import EQUIVALENT, ERODES, INCONCLUSIVE, MIXED, NAN, RAISES, false_discovery
from experiments.specs.designs import Factor
from experiments.specs.spec import Contrast

if TYPE_CHECKING:
    import pyarrow as pa

#: The verdicts; arrays hold their places in this list.
VERDICTS = (RAISES, ERODES, EQUIVALENT, INCONCLUSIVE, MIXED)
CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}
MEASURES = ("mean", "sd", "low95", "high95", "low90", "high90", "agreement", "p", "hedges_g")
#: The columns of a table of effects that factors of the same name make way for.
NUMBERS = ("n", "mean", "sd", "low95", "high95", "low90", "high90", "agreement", "p", "q", "hedges_g")
COLUMNS = ("point", "arm", "reference", "outcome", "unit", "smallest_effect", *NUMBERS, "verdict")


@dataclass(frozen=True)
class Judged:
    """The paired differences of one comparison and outcome at each point: arrays of shape (points,).

    Fields are as in `statistics.Paired`, in the outcome's unit; verdict: places in VERDICTS.
    """

    n: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    low95: np.ndarray
    high95: np.ndarray
    low90: np.ndarray
    high90: np.ndarray
    agreement: np.ndarray
    p: np.ndarray
    hedges_g: np.ndarray
    verdict: np.ndarray

    def has(self, verdict: str) -> np.ndarray:
        """Return where that is the verdict, shape (points,)."""
        return self.verdict == CODES[verdict]


def judge(differences: np.ndarray, smallest_effect: float) -> Judged:
    """Return the statistics and verdicts of paired differences, shape (points, replications), NaN where there is none.

    smallest_effect: of interest, in the outcome's unit. Raises ValueError unless there are two dimensions.
    """
    differences = np.asarray(differences, float)
    if differences.ndim != 2:
        raise ValueError(f"expected differences of shape (points, replications), found {differences.shape}")
    n = np.isfinite(differences).sum(axis=1)
    found = np.full((len(MEASURES), len(differences)), NAN)
    for rows, values in rectangles(differences):
        found[:, rows] = _of_rectangle(values)
    _, _, low95, high95, low90, high90, *_ = found
    equivalent = (-smallest_effect < low90) & (high90 < smallest_effect)
    codes = [CODES[verdict] for verdict in (EQUIVALENT, RAISES, ERODES)]
    verdict = np.select([equivalent, low95 > 0, high95 < 0], codes, CODES[INCONCLUSIVE])
    return Judged(n=n, **dict(zip(MEASURES, found, strict=True)), verdict=verdict)


def rectangles(differences: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (truth values of points, their values): points with equally many values, without what is NaN, one rectangle each."""
    measured = np.isfinite(differences)
    n = measured.sum(axis=1)
    for size in np.unique(n[n > 0]).tolist():
        rows = n == size
        yield rows, differences[rows][measured[rows]].reshape(-1, size)


def _of_rectangle(values: np.ndarray) -> np.ndarray:
    """Return the MEASURES of each row of (points, n), n at least 1."""
    points, n = values.shape
    mean = values.mean(axis=1)
    agreement = np.mean(np.sign(values) == np.sign(mean)[:, None], axis=1)
    nothing = np.full(points, NAN)
    if n < 2:
        return np.array([mean, *[nothing] * 5, agreement, nothing, nothing])
    even = np.ptp(values, axis=1) == 0
    mean = np.where(even, values[:, 0], mean)  # the mean of equal numbers may differ from them in the last digit
    sd = np.where(even, 0.0, values.std(axis=1, ddof=1))
    agreement = np.where(even, 1.0, agreement)
    half95, half90 = (float(stdtrit(n - 1, 0.5 + level / 2)) * sd / n**0.5 for level in (0.95, 0.90))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(sd == 0, mean == 0, 2 * stdtr(n - 1, -np.abs(mean) / (sd / n**0.5)))
        half = (n - 1) / 2
        g = np.where(sd == 0, NAN, poch(half - 0.5, 0.5) / half**0.5 * mean / sd) if n > 2 else nothing
    return np.array([mean, sd, mean - half95, mean + half95, mean - half90, mean + half90, agreement, p, g])


def judged(responses: Responses, contrast: Contrast, outcome: OutcomeFacts) -> Judged:
    """Return the statistics and verdicts of one comparison and outcome at each point."""
    return judge(responses.differences(contrast, outcome.name), outcome.smallest_effect)


# --- social trust ---------------------------------------------------------------------------------------------------------------


def shown_outcomes(responses: Responses) -> list[OutcomeFacts]:
    """Return the outcomes that are drawn and told: those of social trust, or, without them, the first two, headlines first."""
    trust = [responses.outcomes[name] for name in SOCIAL_TRUST if name in responses.outcomes]
    return trust or sorted(responses.outcomes.values(), key=lambda outcome: not outcome.headline)[:2]


def subject(responses: Responses) -> str:
    """Return what the joint verdict is about: 'social trust', or the names of the outcomes that stand in for it."""
    outcomes = shown_outcomes(responses)
    trust = [outcome.name for outcome in outcomes] == list(SOCIAL_TRUST)
    return "social trust" if trust else " and ".join(outcome.label for outcome in outcomes)


def joint_verdicts(responses: Responses, contrast: Contrast) -> np.ndarray:
    """Return the joint verdict on the shown outcomes at each point, as `statistics.social_trust` gives it: places in VERDICTS."""
    codes = np.array([judged(responses, contrast, outcome).verdict for outcome in shown_outcomes(responses)])
    if not codes.size:
        return np.full(len(responses.points), CODES[INCONCLUSIVE])
    moved = np.isin(codes, [CODES[verdict] for verdict in (RAISES, ERODES, MIXED)]).any(axis=0)
    return np.select([(codes == codes[0]).all(axis=0), moved], [codes[0], CODES[MIXED]], CODES[INCONCLUSIVE])


# --- the table ------------------------------------------------------------------------------------------------------------------


def effects_by_point(responses: Responses) -> "pa.Table":
    """Return one row a point, comparison and outcome, in this order: what `responses.csv` holds.

    Columns: point (from 0), a column for each factor (null: left as the arms have it), arm, reference, outcome, unit,
    smallest_effect, the numbers of `Judged` and verdict. q: Benjamini and Hochberg's over all rows. A factor that is called as
    another column is gets the column 'factor_' and its name.
    """
    import pyarrow as pa

    outcomes = list(responses.outcomes.values())
    cells = [judged(responses, contrast, outcome) for contrast in responses.contrasts for outcome in outcomes]
    shape = len(responses.points), len(responses.contrasts), len(outcomes)
    numbers = {name: np.array([getattr(cell, name) for cell in cells]).T.ravel() for name in NUMBERS if name != "q"}
    numbers["q"] = false_discovery(numbers["p"])
    verdict = np.array([cell.verdict for cell in cells], int).T.ravel()
    point, compared, measured = (places.ravel() for places in np.indices(shape))
    columns: dict[str, Any] = {"point": point}
    for i, factor in enumerate(responses.factors):
        columns[_column_of(factor)] = _values_column([each[i] for each in responses.points]).take(pa.array(point))
    for key in ("arm", "reference"):
        columns[key] = _words([getattr(contrast, key) for contrast in responses.contrasts], compared)
    columns["outcome"] = _words([outcome.name for outcome in outcomes], measured)
    columns["unit"] = _words([outcome.unit for outcome in outcomes], measured)
    columns["smallest_effect"] = np.array([outcome.smallest_effect for outcome in outcomes], float)[measured]
    return pa.table(columns | {name: numbers[name] for name in NUMBERS} | {"verdict": _words(VERDICTS, verdict)})


def _column_of(factor: Factor) -> str:
    return f"factor_{factor.name}" if factor.name in COLUMNS else factor.name


def _words(words: Sequence[str], places: np.ndarray) -> "pa.Array":
    import pyarrow as pa

    return pa.array(list(words), pa.string()).take(pa.array(places))


def _values_column(values: list[Any]) -> "pa.Array":
    """Return the values of a factor as a column of numbers, of truth values, or else of text; None is null."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        return pa.array(values, pa.float64() if float in kinds else pa.int64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    return pa.array([None if value is None else str(value) for value in values], pa.string())


# --- in words -------------------------------------------------------------------------------------------------------------------


def value_text(value: Any) -> str:
    """Return a factor's value to be read: '0.25', 'true', 'rongcheng'."""
    if value is None:
        return "as the arms have it"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        text = str(value) if isinstance(value, int) else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
        return text.replace("-", "\N{MINUS SIGN}")
    return str(value) or "none"


def point_text(responses: Responses, point: int) -> str:
    """Return a point in words: 'size of reward 5, network size 100'; without factors that are left as the arms have them."""
    found = zip(responses.factors, responses.points[point], strict=True)
    text = ", ".join(f"{factor.label} {value_text(value)}" for factor, value in found if value is not None)
    return text or "all factors as the arms have them"
