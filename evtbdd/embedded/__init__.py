"""Brokers of our own, living in this process; importing this package imports no driver."""
