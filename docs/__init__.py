"""The documentation, and the program that makes its tables."""
