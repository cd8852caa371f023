"""The world the citizens decide in."""
