"""How results are kept: their identity, parts, journal, manifest, and the tables made of them."""
