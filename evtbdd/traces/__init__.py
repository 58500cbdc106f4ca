"""Distributed traces: spans that services report by OTLP, and the trace that a request begins."""
