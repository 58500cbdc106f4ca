"""An adapter of evtbdd for Redis streams."""
