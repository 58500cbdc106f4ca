"""What redis-py raises, and what that is to an author: one table, and nothing else.

The first class that fits counts; the driver's error stays the cause.
"""

from __future__ import annotations

from redis import exceptions as driver

from evtbdd.errors import BrokerError, BrokerUnavailable

UNAVAILABLE: tuple[tuple[type[Exception], str], ...] = (
    (driver.AuthenticationError, "it does not let evtbdd in"),
    (driver.BusyLoadingError, "it is still loading what it has stored"),
    (driver.TimeoutError, "it did not answer in time"),
    (driver.ConnectionError, "the connection failed"),
    (driver.InvalidResponse, "something else than Redis answers there"),
)
"""Nobody knows whether it did what it was asked."""

REFUSED: tuple[tuple[type[Exception], str], ...] = (
    (driver.OutOfMemoryError, "its memory is full"),
    (driver.ReadOnlyError, "it is a replica, which takes nothing"),
    (driver.NoPermissionError, "the user is not allowed to"),
    (driver.ClusterCrossSlotError, "it is a cluster, and evtbdd needs a single Redis"),
    (driver.RedisError, "it answered with an error"),
)
"""It did nothing of what it was asked."""


def translated(
    error: Exception, address: str, doing: str, refusal: type[BrokerError] = BrokerError
) -> BrokerError:
    """The error to raise from a driver's error while `doing` (`read the stream "orders"`).

    `refusal` is its class where Redis has answered, and did nothing.
    """
    for table, ours in ((UNAVAILABLE, BrokerUnavailable), (REFUSED, refusal)):
        for kind, reason in table:
            if isinstance(error, kind):
                said = str(error).strip().rstrip(".")
                return ours(f"Redis at {address} could not {doing}: {reason} ({said}).")
    raise TypeError(f"not an error of redis-py: {error!r}")
