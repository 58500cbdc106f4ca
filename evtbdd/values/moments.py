"""Points in time as they are written: ISO-8601 texts, epoch numbers, `now + 2 days`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction

from evtbdd.errors import PhraseError
from evtbdd.values.kinds import is_number

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"([Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST_SECONDS = 10**8  # 1973 in seconds; anything less is more likely a count than a time
_FIRST_MILLISECONDS = 10**11  # 1973 in milliseconds, 5138 in seconds

_SECONDS = {
    "ms": Fraction(1, 1000),
    "second": Fraction(1),
    "minute": Fraction(60),
    "hour": Fraction(3600),
    "day": Fraction(86400),
    "week": Fraction(604800),
}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|(?:second|minute|hour|day|week)s?)")
_RELATIVE = re.compile(r"(now|today)(?:\s*([+-])\s*(.+))?", re.DOTALL)


def iso(moment: datetime) -> str:
    """`2024-05-01T12:00:00.000Z`: ISO-8601 in UTC, with milliseconds; `moment` is aware."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def instant(text: str) -> Fraction | None:
    """Seconds since 1970 UTC of an ISO-8601 date or time; None for any other text.

    Without an offset it is UTC, without a time it is midnight. Nanoseconds are kept.
    """
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, time, hour, minute, second, fraction, offset = found.groups()
    try:
        moment = datetime(int(year), int(month), int(day), tzinfo=timezone.utc)
        if time:
            moment = moment.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
    except ValueError:
        return None
    seconds = Fraction((moment - _EPOCH) // timedelta(seconds=1))
    if fraction:
        seconds += Fraction(int(fraction), 10 ** len(fraction))
    return seconds - _offset(offset)


def _offset(text: str | None) -> int:
    if not text or text in "Zz":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if text[0] == "-" else seconds


def exact(number: object) -> Fraction:
    """The number as it is written: 0.1 is a tenth."""
    return Fraction(repr(number) if isinstance(number, float) else str(number))


def instant_of(value: object) -> Fraction | None:
    """Seconds since 1970 of an ISO-8601 text, a datetime or a date, or an epoch number.

    Numbers from 1973 on are taken: as seconds, from 10^11 on as milliseconds. None for the rest.
    """
    if isinstance(value, str):
        return instant(value)
    if isinstance(value, (datetime, date)):
        return instant(value.isoformat())
    if not is_number(value):
        return None
    try:
        number = exact(value)
    except ValueError:  # infinite or not a number
        return None
    if number >= _FIRST_MILLISECONDS:
        return number / 1000
    return number if number >= _FIRST_SECONDS else None


def is_timestamp(value: object) -> bool:
    """Whether the value is a date with a time, in ISO-8601 or as a number since 1970."""
    if isinstance(value, str):
        return len(value) > len("2024-05-01") and instant(value) is not None
    return isinstance(value, datetime) or (is_number(value) and instant_of(value) is not None)


def seconds_of(text: str) -> Fraction | None:
    """The seconds of `2 days`, `500 ms`, `1.5 hours`; None for any other text."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    unit = found[2] if found[2] == "ms" else found[2].rstrip("s")
    return Fraction(found[1]) * _SECONDS[unit]


def relative(text: str, now: datetime) -> str | None:
    """The ISO-8601 text of `now`, `today`, `now + 2 days`, `today - 1 week`.

    `now` is aware; `today` is the date in UTC. None for a text that does not begin with these
    words; PhraseError for one that does and goes on in a way that cannot be meant.
    """
    found = _RELATIVE.fullmatch(text)
    if found is None:
        return None
    word, sign, distance = found.groups()
    seconds = Fraction(0) if distance is None else seconds_of(distance)
    if seconds is None:
        raise PhraseError(
            f'"{distance}" in ${{{text}}} is no time; write a number and ms, seconds, minutes, '
            "hours, days or weeks."
        )
    if word == "today" and seconds % 86400:
        raise PhraseError(f"${{{text}}} is a date, so it counts in whole days or weeks.")
    try:
        moved = now.astimezone(timezone.utc) + timedelta(
            microseconds=int(seconds * 10**6) * (-1 if sign == "-" else 1)
        )
    except OverflowError as error:
        raise PhraseError(f"${{{text}}} lies outside of the years 1 to 9999.") from error
    return iso(moved) if word == "now" else moved.date().isoformat()
