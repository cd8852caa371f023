"""How fast the society is, against a peer in plain Mesa that keeps the same rules: `python -m benchmarks`."""
