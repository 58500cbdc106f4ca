"""The system under test: processes that evtbdd starts, and knows when they are ready."""
