"""Who decides: one file per kind of decision, and the citizen that makes them."""
