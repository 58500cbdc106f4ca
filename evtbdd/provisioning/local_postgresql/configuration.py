"""What a private PostgreSQL is told: its configuration, and its environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evtbdd.errors import DatabaseUnavailable, SettingsError
from evtbdd.loopback import HOST, listener
from evtbdd.words import quoted

USER = PASSWORD = "evtbdd"  # noqa: S105 - it guards nothing: who reaches the loopback may know it
"""Who is let in: over loopback, by SCRAM-SHA-256, as its superuser."""

DEFAULTS: Mapping[str, str] = {
    # Nothing of its data outlives the run, so nothing need survive a crash of the machine.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "max_connections": "100",
}
OURS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "logging_collector": "off",
    "log_destination": "stderr",
    # As files of its own folder, which is removed, and not in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    # A server that begins anew after a crash would make a second segment, which nobody gives back.
    "restart_after_crash": "off",
}
"""What nobody else can set, for evtbdd could not reach it then, or something would be left of it."""

ALSO_OURS = ("port", "data_directory", "hba_file", "ident_file", "external_pid_file", "ssl")


def free_port() -> int:
    """A port of the loopback on which nothing listens now; DatabaseUnavailable without one."""
    try:
        with listener() as found:
            port: int = found.getsockname()[1]
            return port
    except OSError as error:
        raise DatabaseUnavailable(f"No port of {HOST} is free for PostgreSQL.") from error


def check_options(options: Mapping[str, str]) -> None:
    """SettingsError for an option that only evtbdd can set; PostgreSQL itself judges the others."""
    for name in options:
        if name.lower() in {*OURS, *ALSO_OURS}:
            raise SettingsError(
                f"{quoted(name)} cannot be set for a PostgreSQL that evtbdd starts: it chooses that "
                "itself, to be able to reach and to remove it."
            )


def write_configuration(data: Path, port: int, options: Mapping[str, str]) -> None:
    """Put what it is told in the place of what its files were made with."""
    told = {**DEFAULTS, **options, **OURS, "port": str(port)}
    lines = [f"{name} = '{_escaped(value)}'\n" for name, value in told.items()]
    (data / "postgresql.conf").write_text("".join(lines), encoding="utf-8")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def environment(inherited: Mapping[str, str]) -> Mapping[str, str]:
    """The variables of its programs: none of those that would tell them about another server."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("PG")}
    return {**kept, "LANG": "C", "LC_ALL": "C"}
