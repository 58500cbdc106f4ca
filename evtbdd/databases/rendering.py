"""What a column holds, as a value that steps are compared with; and back.

JSON has no dates, so these are texts: what a service would write into an event. What a driver hands
over that has no place here is the text that it says of itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum

from evtbdd.values.kinds import is_number
from evtbdd.values.moments import instant


class Holds(Enum):
    """What a column is declared to hold, where what its driver hands over does not tell it."""

    JSON = "json"
    BOOLEAN = "boolean"
    LIST = "list"
    MOMENT = "moment"
    TIME = "time"
    OTHER = "other"


def rendered(value: object, holds: Holds = Holds.OTHER) -> object:
    """A value as steps are compared with it; docs/databases.md has the table."""
    if holds is Holds.JSON and isinstance(value, str | bytes):
        return _parsed(value)
    if holds is Holds.BOOLEAN and type(value) is int and value in (0, 1):
        return bool(value)
    if value is None or isinstance(value, str | bool) or is_number(value):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, Mapping):
        return {str(name): rendered(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [rendered(inner) for inner in value]
    if isinstance(value, timedelta):
        if holds is Holds.TIME and timedelta() <= value < timedelta(days=1):
            return (datetime.min + value).time().isoformat()  # as drivers of MySQL have it
        return Decimal(value // timedelta(microseconds=1)) / 1_000_000
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def stored(value: object, holds: Holds) -> object:
    """A value of a step, as it is handed to a driver for a column.

    A moment is one for servers that do not take ISO-8601, in UTC.
    """
    as_json = isinstance(value, Mapping) or (isinstance(value, list) and holds is not Holds.LIST)
    if as_json or (value is not None and holds is Holds.JSON):
        return json.dumps(value, ensure_ascii=False)
    if holds is Holds.MOMENT and isinstance(value, str) and (moment := instant(value)) is not None:
        microseconds = int(moment * 1_000_000)
        return datetime(1970, 1, 1) + timedelta(microseconds=microseconds)
    return value


def _moment(value: datetime) -> str:
    """ISO-8601 with milliseconds, or microseconds where it has any; in UTC where it has a zone."""
    exact = "microseconds" if value.microsecond % 1000 else "milliseconds"
    if value.tzinfo is None:
        return value.isoformat(timespec=exact)
    utc = value.astimezone(timezone.utc).replace(tzinfo=None)
    return f"{utc.isoformat(timespec=exact)}Z"


def _parsed(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except ValueError:  # a column that is only called so
        return text
