"""What is told of all that PostgreSQL writes when it does not start."""

from __future__ import annotations

from evtbdd.provisioning.local_postgresql.reasons import is_port_taken, reasons

PORT = """\
LOG:  starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu
LOG:  could not bind IPv4 address "127.0.0.1": Address already in use
HINT:  Is another postmaster already running on port 25432? If not, wait a few seconds and retry.
WARNING:  could not create listen socket for "127.0.0.1"
FATAL:  could not create any TCP/IP sockets
LOG:  database system is shut down
"""


def test_what_is_an_error_is_told() -> None:
    """And what could not be done, which PostgreSQL only notes."""
    assert reasons(PORT) == (
        'could not bind IPv4 address "127.0.0.1": Address already in use; could not create listen '
        'socket for "127.0.0.1"; could not create any TCP/IP sockets'
    )
    assert is_port_taken(PORT)


def test_its_programs_put_their_name_before_it() -> None:
    """The name says nothing to whom it is told."""
    said = 'initdb: error: could not access directory "/data/x": Permission denied\n'
    assert reasons(said) == 'could not access directory "/data/x": Permission denied'


def test_what_was_said_last_where_nothing_is_an_error() -> None:
    """Or that there was nothing."""
    assert reasons("one\ntwo\n\nthree.\nfour\n") == "two; three; four"
    assert reasons("") == "nothing"
    assert not is_port_taken("")
