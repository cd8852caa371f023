"""Units of storage: sums of whole numbers are exact in any order."""

import math

from agents.compiling import rule

#: Points are stored as whole thousandths.
MILLI = 1000
#: Wealth is stored as whole millionths of a unit of utility.
MICRO = 1_000_000


@rule
def to_milli(points):
    """Return points as whole milli-points, rounded half up."""
    return math.floor(points * MILLI + 0.5)


@rule
def to_micro(utility):
    """Return utility as whole micro-units of wealth, rounded half up."""
    return math.floor(utility * MICRO + 0.5)
