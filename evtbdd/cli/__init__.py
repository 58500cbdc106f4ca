"""The command `evtbdd`."""
