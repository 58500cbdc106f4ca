"""What is told of all that RabbitMQ writes when it does not start."""

from __future__ import annotations

from evtbdd.provisioning.local_rabbitmq.reasons import is_port_taken, reasons

PORT = """\
2026-11-21 14:24:50.104800+00:00 [error] <0.132.0>
2026-11-21 14:24:50.104800+00:00 [error] <0.132.0> BOOT FAILED
2026-11-21 14:24:50.104800+00:00 [error] <0.132.0> ===========
2026-11-21 14:24:50.104800+00:00 [error] <0.132.0> ERROR: could not bind to distribution port 52317.
2026-11-21 14:24:51.111373+00:00 [error] <0.132.0>     supervisor: {local,rabbit_prelaunch_sup}
2026-11-21 14:24:51.111373+00:00 [error] <0.132.0>     reason: {dist_port_already_used,52317}
2026-11-21 14:24:51.111827+00:00 [error] <0.130.0>   crasher:
BOOT FAILED
===========
"""


def test_the_sentences_are_told() -> None:
    """Not the reports of what crashed because of it."""
    assert reasons(PORT) == "ERROR: could not bind to distribution port 52317"
    assert is_port_taken(PORT)


def test_what_was_said_last_where_nothing_is_an_error() -> None:
    """A script that fails, or Erlang itself, logs nothing."""
    assert reasons("one\ntwo\n\nerl: not found\nfour\n") == "two; erl: not found; four"
    assert reasons("") == "nothing"
    assert not is_port_taken("")
