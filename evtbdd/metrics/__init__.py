"""Metrics that services expose as Prometheus reads them: how much they have increased."""
