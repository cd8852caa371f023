"""All figures of an experiment without a design."""

import pyarrow as pa

from experiments.analysis.effects import SOCIAL_TRUST, Analysis, Values
from experiments.report.figures import Drawn, draw_all, styled
from experiments.report.spread_figures import draw_arms


def experiment_figures(analysis: Analysis, series: pa.Table | None, burn_in: int, values: Values) -> list[Drawn]:
    """Return the figures of effects and of series, where these are kept, and the distributions of social trust over replications."""
    found = draw_all(analysis, series, burn_in)
    with styled():
        return found + [draw_arms(analysis, analysis.outcomes[name], values) for name in SOCIAL_TRUST if name in analysis.outcomes]
