"""Behaviour-driven acceptance tests of event-driven systems, in plain language."""

__version__ = "0.1.0"
