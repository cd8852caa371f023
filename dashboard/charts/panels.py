"""What is drawn: panels side by side on one axis of time, their lines, and the quantities these show, as taken from a run's series.

Colour says whom the trust is in: blue strangers, green friends, vermillion institutions; ink is what people do. Where two worlds are
shown, the left one is the light line and the right one the strong line of the same colour.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from model.outcomes import OUTCOMES

#: Names of colours, which the style sheet gives a value each for light and dark pages; Okabe & Ito 2008.
BLUE, GREEN, VERMILLION, INK = "blue", "green", "vermillion", "ink"
SOLID, DOTTED, THIN = "solid", "dotted", "thin"
LINES, DIFFERENCE, SCORES = "lines", "difference", "scores"


@dataclass(frozen=True)
class Quantity:
    """What a line shows. outcomes: those it is computed from; compute: takes their values in this order, each of shape (n,)."""

    name: str
    outcomes: tuple[str, ...]
    compute: Callable[..., np.ndarray]


def _as_it_is(values: np.ndarray) -> np.ndarray:
    return values


def _true(reports: np.ndarray, false_share: np.ndarray) -> np.ndarray:
    return reports - _false(reports, false_share)


def _false(reports: np.ndarray, false_share: np.ndarray) -> np.ndarray:
    """Where nobody reports, no share is false, and no report either."""
    return np.where(reports == 0, 0.0, reports * false_share)


@dataclass(frozen=True)
class Line:
    """One line: what it shows, the key of its name among the words, the name of its colour, and its style (solid, dotted or thin)."""

    quantity: str
    words: str
    colour: str
    style: str = SOLID


@dataclass(frozen=True)
class Panel:
    """One small chart; the key of its title is "charts.panels." and its name.

    kind: LINES, one or two of each line; DIFFERENCE, the right world less the left one; SCORES, a histogram, which has no lines.
    low, high: what the axis shows at first. It grows, by steps to round numbers, to what is drawn, and never shrinks while a world is
    shown; so that of beliefs and most shares stays from 0 to 1. least, most: what can never be exceeded (None: nothing).
    decimals: of the values at the lines. strip: differences of no interest, within plus and minus this (0: none).
    """

    name: str
    kind: str
    lines: tuple[Line, ...]
    low: float = 0.0
    high: float = 1.0
    least: float | None = 0.0
    most: float | None = 1.0
    decimals: int = 2
    strip: float = 0.0

    def as_dict(self) -> dict:
        """Return it as JSON can hold it."""
        return asdict(self)


def _line(name: str, words: str, colour: str, style: str = SOLID) -> Line:
    return Line(name, f"charts.lines.{words}", colour, style)


_TRUST = (
    _line("generalized_trust", "strangers", BLUE),
    _line("bonding_trust", "friends", GREEN),
    _line("bonding_trust_panel", "first_friends", GREEN, DOTTED),
    _line("institutional_trust", "institutions", VERMILLION),
)
_CONDUCT = (_line("trustworthiness", "trustworthiness", INK), _line("calibration", "calibration", INK, THIN))
_REPORTS = (_line("true_reports", "true_reports", INK), _line("false_reports", "false_reports", INK, DOTTED))
_DIFFERENCES = (_line("exchange_rate", "placed", INK, THIN), _line("generalized_trust", "strangers", BLUE))

#: From the first to the last. Calibration is a belief less a share: it may be negative, and shares the axis of trustworthiness.
PANELS = (
    Panel("trust", LINES, _TRUST),
    Panel(
        "difference", DIFFERENCE, _DIFFERENCES, low=-0.05, high=0.05, least=-1.0, decimals=3,
        strip=max(OUTCOMES[line.quantity].smallest_effect for line in _DIFFERENCES),
    ),
    Panel("placed", LINES, (_line("exchange_rate", "placed", INK),)),
    Panel("conduct", LINES, _CONDUCT, low=-0.5, least=-1.0),
    Panel("reports", LINES, _REPORTS, high=2.0, most=None),
    Panel("ties", LINES, (_line("degree", "ties", INK),), high=20.0, most=None, decimals=1),
    Panel("outcasts", LINES, (_line("isolates", "outcasts", INK),), high=0.05, decimals=3),
    Panel("silence", LINES, (_line("self_censorship", "silence", INK),)),
    Panel("scores", SCORES, (), high=0.1),
)  # fmt: skip


def _quantities() -> dict[str, Quantity]:
    reports = ("reports", "false_share")
    computed = {"true_reports": Quantity("true_reports", reports, _true), "false_reports": Quantity("false_reports", reports, _false)}
    drawn = dict.fromkeys(line.quantity for panel in PANELS for line in panel.lines)
    return {name: computed.get(name) or Quantity(name, (name,), _as_it_is) for name in drawn}


#: Every quantity that is drawn, by name: the order of the columns of `drawn`.
QUANTITIES = _quantities()
#: The outcomes they are computed from, each once: the columns of a table to be saved.
DRAWN = tuple(dict.fromkeys(name for quantity in QUANTITIES.values() for name in quantity.outcomes))


def panels_for(sides: int, scored: bool) -> tuple[Panel, ...]:
    """Return the panels that have something to show: a difference needs two sides, a histogram of scores a scheme."""
    return tuple(panel for panel in PANELS if (panel.kind != DIFFERENCE or sides > 1) and (panel.kind != SCORES or scored))


def drawn(series: Mapping[str, np.ndarray], start: int = 0) -> np.ndarray:
    """Return what is drawn of a run from tick `start` on: float32 (ticks, quantities), NaN where nothing is measured.

    series: at least every outcome of DRAWN, one value a tick, as Society.series returns them.
    """
    columns = [quantity.compute(*(series[name][start:] for name in quantity.outcomes)) for quantity in QUANTITIES.values()]
    return np.stack(columns, axis=1).astype(np.float32)


def csv_of(series: Mapping[str, Mapping[str, np.ndarray]]) -> str:
    """Return the outcomes that are drawn as a tidy table: a row for each side and tick; empty where nothing was measured.

    series: {side: what Society.series returns}. Numbers are written so that they read back as they are.
    """
    lines = [",".join(("side", "tick", *DRAWN))]
    for side, columns in series.items():
        lines += _rows(side, columns["tick"].tolist(), [columns[name].tolist() for name in DRAWN])
    return "\n".join(lines) + "\n"


def _rows(side: str, ticks: Sequence[int], columns: Sequence[Sequence[float]]) -> Iterable[str]:
    for tick, *values in zip(ticks, *columns, strict=True):
        yield ",".join((side, str(tick), *("" if value != value else repr(value) for value in values)))
