"""A private PostgreSQL for the run: real, on loopback, gone when the run is."""

from evtbdd.provisioning.local_postgresql.cluster import LocalPostgreSQL

__all__ = ["LocalPostgreSQL"]
