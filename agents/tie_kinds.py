"""Kinds of ties, as the arrays store them."""

KIN, WORK, ACQUAINTANCE = 0, 1, 2
TIE_KINDS = ("kin", "work", "acquaintance")
