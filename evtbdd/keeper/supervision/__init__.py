"""The keeper's own side: what runs in processes of its own, and outlives a run that is killed.

Nothing here imports the rest of evtbdd, nor anything but a little of the standard library: these
processes start in some 20 ms and stay small. `keeper.py` is the one process that a run starts; it
forks one `supervisor.py` for each service. Both are subreapers, and that is the whole method: the
kernel hands every orphan to the nearest living subreaper above it, so that whatever a service
leaves behind, by double fork or `setsid`, becomes a child of that service's own supervisor. Only
children that nobody has reaped yet are ever signalled, so that no signal can meet a stranger who
got a process id that was used before; and "no child left" means that nothing is left at all.
"""
