"""Which outcomes are drawn, in which colours and under which words. Okabe-Ito colours, told apart by the colour-blind too."""

from dataclasses import dataclass

from model.outcomes import OUTCOMES, Outcome

BLUE, GREEN, VERMILLION, INK = "#0072B2", "#009E73", "#D55E00", "#1b1b1b"


@dataclass(frozen=True)
class Curve:
    """One line: the outcome, its label (and one for narrow screens), colour and style (solid, dotted or thin)."""

    outcome: Outcome
    label: str
    short: str
    colour: str
    style: str = "solid"

    def as_dict(self) -> dict:
        """Return what the browser needs to draw the line."""
        return {
            "name": self.outcome.name,
            "label": self.label,
            "short": self.short,
            "colour": self.colour,
            "style": self.style,
        }


#: Colour says whom the trust is in; black is what people do, not what they believe.
CURVES = (
    Curve(OUTCOMES["generalized_trust"], "Trust in strangers", "strangers", BLUE),
    Curve(OUTCOMES["bonding_trust"], "Trust in friends", "friends", GREEN),
    Curve(OUTCOMES["bonding_trust_panel"], "Trust in first friends", "first friends", GREEN, "dotted"),
    Curve(OUTCOMES["institutional_trust"], "Trust in institutions", "institutions", VERMILLION),
    Curve(OUTCOMES["exchange_rate"], "Trust placed", "placed", INK, "thin"),
)
