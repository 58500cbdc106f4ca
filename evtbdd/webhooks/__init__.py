"""Webhooks: servers of evtbdd's own that services call, answering by script."""
