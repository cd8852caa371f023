"""Names, meanings, bounds and sources of parameters in other languages than that of their declarations, which is English."""
