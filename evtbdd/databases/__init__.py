"""Databases: rows put in, rows expected, and what keeps the scenarios of a run apart in them."""
