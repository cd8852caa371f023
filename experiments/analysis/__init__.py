"""What was found: paired differences, their intervals and verdicts, over arms and over the points of a design."""
