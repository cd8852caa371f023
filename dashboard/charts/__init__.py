"""Charts of one world or two over time, as small multiples, and the axis of time. Nothing here knows how worlds are made."""
