"""Units of storage: sums of whole numbers are exact in any order."""

#: Points are stored as whole thousandths.
MILLI = 1000
#: Wealth is stored as whole millionths of a unit of utility.
MICRO = 1_000_000
