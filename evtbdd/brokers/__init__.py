"""Adapters, one folder a broker; only the registry names them, and imports one when it is used."""
