"""The model held against findings of the literature."""
