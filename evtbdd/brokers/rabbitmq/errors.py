"""What pika raises, and what that is to an author: one table, and nothing else.

The first line that fits wins; the driver's error stays the cause.
"""

from __future__ import annotations

import re

from pika import exceptions as driver

from evtbdd.errors import BrokerError, BrokerUnavailable, PublishRefused

TABLE: tuple[tuple[type[Exception], int | None, type[BrokerError], str], ...] = (
    (driver.ChannelClosedByBroker, 311, PublishRefused, "the event is too large"),
    (driver.ChannelClosedByBroker, 403, BrokerError, "the user is not allowed to"),
    (driver.ChannelClosedByBroker, 404, BrokerError, "it is not there"),
    (driver.ChannelClosedByBroker, 405, BrokerError, "somebody else has the queue for themselves"),
    (driver.ChannelClosedByBroker, 406, BrokerError, "it does not accept that"),
    (driver.ChannelClosedByBroker, None, BrokerError, "it answered with an error"),
    (driver.ConnectionClosedByBroker, 320, BrokerUnavailable, "it has ended the connection"),
    (driver.ConnectionClosedByBroker, 402, BrokerError, "the vhost is not what it was"),
    (driver.ConnectionClosedByBroker, 530, BrokerError, "it does not allow that"),
    (driver.ConnectionClosedByBroker, 540, BrokerError, "it cannot do that"),
    (driver.ConnectionClosedByBroker, 541, BrokerError, "it refuses that, or has failed"),
    (driver.ConnectionClosedByBroker, None, BrokerUnavailable, "it has ended the connection"),
    (driver.AMQPHeartbeatTimeout, None, BrokerUnavailable, "it has been silent for too long"),
    (driver.NoFreeChannels, None, BrokerError, "it lets nobody have so many channels at once"),
    (driver.AMQPConnectionError, None, BrokerUnavailable, "the connection was lost"),
    (driver.ChannelClosed, None, BrokerUnavailable, "the connection was lost"),
    (driver.ChannelWrongStateError, None, BrokerUnavailable, "the connection was lost"),
    (driver.ShortStringTooLong, None, BrokerError, "a name or a key has more than 255 bytes"),
    (driver.UnsupportedAMQPFieldException, None, BrokerError, "AMQP cannot write such a value"),
    (driver.AMQPError, None, BrokerError, "it answered with an error"),
)

CODE = re.compile(r"[A-Z_]+ - (.*)", re.DOTALL)
"""What RabbitMQ writes: the name of the code, and what is wrong."""


def translated(error: Exception, address: str, doing: str) -> BrokerError:
    """The error to raise from a driver's error while `doing` (`create the exchange "orders"`)."""
    for kind, code, ours, reason in TABLE:
        if isinstance(error, kind) and code in {None, getattr(error, "reply_code", None)}:
            return ours(f"RabbitMQ at {address} could not {doing}: {reason} ({said(error)}).")
    raise TypeError(f"not an error of pika: {error!r}")


def said(error: Exception) -> str:
    """What a driver's error says, without a full stop; its own text may be empty."""
    text = getattr(error, "reply_text", None) or next(
        (each for each in error.args if isinstance(each, str) and each), type(error).__name__
    )
    found = CODE.fullmatch(text)
    return (found[1] if found else text).rstrip(".")


def is_lost(error: Exception) -> bool:
    """Whether a driver's error means that the connection was lost: nobody knows what became of it."""
    return isinstance(error, driver.AMQPConnectionError | driver.ChannelWrongStateError) and not (
        isinstance(error, driver.ConnectionClosedByBroker | driver.NoFreeChannels)
        and getattr(error, "reply_code", None) != 320
    )


def code(error: Exception) -> int | None:
    """The reply code with which the broker has closed a channel or a connection; None without."""
    found: int | None = getattr(error, "reply_code", None)
    return found


def not_let_in(error: BaseException | None, username: str, vhost: str) -> str | None:
    """Why a user was not let in, as a clause; None where an error is about something else."""
    text = str(error)
    if isinstance(error, driver.ProbableAuthenticationError):
        return f'it refuses the user "{username}" or the password'
    if isinstance(error, driver.AuthenticationError):
        return "it takes no passwords (the mechanism PLAIN is not enabled)"
    if not isinstance(error, driver.ProbableAccessDeniedError):
        return None
    if "not found" in text:
        return f'it has no vhost "{vhost}"'
    if "refused for user" in text:
        return f'the user "{username}" is not allowed into the vhost "{vhost}"'
    found = CODE.search(text)
    return f"it does not allow that ({found[1] if found else text})"
