"""What a column holds, as a value that steps are compared with; and back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address
from uuid import UUID

import pytest

from evtbdd.databases.rendering import Holds, rendered, stored

EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (Decimal("20.50"), Decimal("20.50")),
        ("shipped", "shipped"),
        (b"\x01", b"\x01"),
        (memoryview(b"\x01\x02"), b"\x01\x02"),
        (datetime(2024, 5, 1, 14, 0, tzinfo=EAST), "2024-05-01T12:00:00.000Z"),
        (datetime(2024, 5, 1, 12, 0, 0, 250, timezone.utc), "2024-05-01T12:00:00.000250Z"),
        (datetime(2024, 5, 1, 12, 0, 0, 120_000), "2024-05-01T12:00:00.120"),
        (date(2024, 5, 1), "2024-05-01"),
        (time(12, 30), "12:30:00"),
        (timedelta(minutes=1, milliseconds=500), Decimal("60.5")),
        (
            UUID("0E37DF36-F698-11E6-8DD4-CB9CED3DF976"),
            "0e37df36-f698-11e6-8dd4-cb9ced3df976",
        ),
        ({"at": date(2024, 5, 1)}, {"at": "2024-05-01"}),
        ((1, [b"\x01"]), [1, [b"\x01"]]),
        (ip_address("10.0.0.1"), "10.0.0.1"),
    ],
)
def test_every_kind_of_value(value: object, shown: object) -> None:
    """Dates are the texts that a service would write into an event."""
    assert rendered(value) == shown
    assert type(rendered(value)) is type(shown)


@pytest.mark.parametrize(
    ("value", "holds", "shown"),
    [
        ('{"a": [1]}', Holds.JSON, {"a": [1]}),
        ({"a": [1]}, Holds.JSON, {"a": [1]}),
        ("no JSON", Holds.JSON, "no JSON"),
        (1, Holds.BOOLEAN, True),
        (0, Holds.BOOLEAN, False),
        (2, Holds.BOOLEAN, 2),
        ("yes", Holds.BOOLEAN, "yes"),
        (timedelta(hours=12, minutes=30), Holds.TIME, "12:30:00"),
        (timedelta(hours=25), Holds.TIME, Decimal(90000)),
    ],
)
def test_what_a_column_is_declared_to_hold(value: object, holds: Holds, shown: object) -> None:
    """Where the driver hands over something simpler; what does not fit stays as it is."""
    assert rendered(value, holds) == shown
    assert type(rendered(value, holds)) is type(shown)


@pytest.mark.parametrize(
    ("value", "holds", "handed"),
    [
        ({"a": 1}, Holds.JSON, '{"a": 1}'),
        ("text", Holds.JSON, '"text"'),
        (None, Holds.JSON, None),
        ([1, 2], Holds.LIST, [1, 2]),
        ([1, 2], Holds.OTHER, "[1, 2]"),
        ({"a": 1}, Holds.OTHER, '{"a": 1}'),
        (True, Holds.BOOLEAN, True),
        (b"\x01", Holds.OTHER, b"\x01"),
        ("ü", Holds.JSON, '"ü"'),
        ("2024-05-01T14:00:00.120+02:00", Holds.MOMENT, datetime(2024, 5, 1, 12, 0, 0, 120_000)),
        ("2024-05-01", Holds.MOMENT, datetime(2024, 5, 1)),
        ("soon", Holds.MOMENT, "soon"),
    ],
)
def test_what_a_driver_is_handed(value: object, holds: Holds, handed: object) -> None:
    """Objects and lists as JSON, unless the column holds lists."""
    assert stored(value, holds) == handed
