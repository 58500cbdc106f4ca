"""WebSockets: clients with names, connected to a service."""
