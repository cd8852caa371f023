"""Bounds and units that many parameters share."""

PROBABILITY = {"low": 0.0, "high": 1.0}
UTILITY = {"low": -10.0, "high": 10.0, "unit": "utility"}
WEEKLY = {"low": 0.0, "high": 1.0, "unit": "probability per week"}
ASSUMPTION = "assumption"
