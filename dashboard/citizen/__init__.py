"""A citizen at close range: who it is, and why it did what it did."""
