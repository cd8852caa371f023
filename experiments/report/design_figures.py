"""The figures of a design: which are drawn."""

from experiments.analysis.levels import dose_sets, is_grid, varied
from experiments.analysis.responses import Responses
from experiments.analysis.surfaces import shown_outcomes
from experiments.report.dose_figures import draw_dose_response
from experiments.report.figures import Drawn, styled
from experiments.report.map_figures import draw_maps
from experiments.report.spread_figures import draw_distributions, draw_main_effects

#: So many factors get figures of dose-response of their own.
MOST_FACTORS = 6


def design_figures(responses: Responses) -> list[Drawn]:
    """Return the figures of a design for the shown outcomes, those of social trust.

    Dose-response of each factor in grids, zips and one-at-a-time designs; regime maps where two factors or more make a grid; main
    effects in other designs; distributions over replications in all. Empty where there is nothing to compare.
    """
    outcomes, figures = shown_outcomes(responses), []
    if not responses.points or not responses.contrasts:
        return []
    sets = dose_sets(responses)
    with styled():
        for outcome in outcomes:
            if is_grid(responses) and len(varied(responses)) > 1:
                figures += draw_maps(responses, outcome)
            for doses in sets[:MOST_FACTORS]:
                figures.append(draw_dose_response(responses, doses, outcome))
            if not sets and varied(responses):
                figures += draw_main_effects(responses, outcome)
            figures.append(draw_distributions(responses, outcome, sets))
    return figures
