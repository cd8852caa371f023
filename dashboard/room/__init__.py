"""The presenter's room: one presenter's worlds, and many who follow on screens of their own, to be read only."""
