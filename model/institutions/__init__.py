"""Institutions as data: schemes, their ledger, adjudication and consequences."""
