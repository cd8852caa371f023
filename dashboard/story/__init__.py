"""The story: chapters as data, each a pair of worlds with a question whose answer the run gives."""
