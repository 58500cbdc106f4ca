"""Everything that the services can be told to do wrong, by the environment variable `FAULT`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from messages import Answer

    Change = Callable[[list[Answer]], Iterable[Answer]]

SERVICES = ("shipping", "notifications")


class UnknownFault(Exception):
    """`FAULT` asks for a fault that the service does not have; the text says which it has."""


def wrong_status(answers: list[Answer]) -> list[Answer]:
    return [with_fields(a, status="pending") if has(a, "status") else a for a in answers]


def wrong_key(answers: list[Answer]) -> list[Answer]:
    return [replace(answer, key=b"wrong-" + (answer.key or b"")) for answer in answers]


def wrong_type(answers: list[Answer]) -> list[Answer]:
    def misnamed(header: tuple[str, bytes | None]) -> tuple[str, bytes | None]:
        name, value = header
        return (name, b"Wrong" + value) if name == "type" and value is not None else header

    return [replace(a, headers=[misnamed(header) for header in a.headers]) for a in answers]


def missing_field(answers: list[Answer]) -> list[Answer]:
    return [without_field(a, "customer") if has(a, "customer") else a for a in answers]


def garbage(answers: list[Answer]) -> list[Answer]:
    return [replace(answer, value=b"\x00\xff no JSON") for answer in answers]


def no_tombstone(answers: list[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.value is not None]


def dropped(answers: list[Answer]) -> list[Answer]:
    return []


def duplicate(answers: list[Answer]) -> list[Answer]:
    return [answer for answer in answers for _ in range(2)]


def wrong_order(answers: list[Answer]) -> list[Answer]:
    return answers[::-1]


def extra_event(answers: list[Answer]) -> list[Answer]:
    intruders = [
        replace(with_fields(answer, orderId="intruder"), key=b"intruder")
        for answer in answers[-1:]
        if has(answer, "orderId")
    ]
    return answers + intruders


def has(answer: Answer, name: str) -> bool:
    return isinstance(answer.value, dict) and name in answer.value


def with_fields(answer: Answer, **fields: Any) -> Answer:
    return replace(answer, value={**answer.value, **fields})


def without_field(answer: Answer, name: str) -> Answer:
    return replace(answer, value={key: v for key, v in answer.value.items() if key != name})


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: what it does in one line, how it changes the answers to an event, who can have it.

    Without `change` it is about something else than the answers, and is done where that is done.
    """

    does: str
    change: Change | None = None
    services: tuple[str, ...] = SERVICES


FAULTS = {
    "wrong-status": Fault("`status` is `pending`", wrong_status, ("shipping",)),
    "wrong-key": Fault("the key is `wrong-` and the right key", wrong_key),
    "wrong-type": Fault("the type is `Wrong` and the right type", wrong_type),
    "missing-field": Fault("the field `customer` is not there", missing_field),
    "garbage": Fault("bytes that are no JSON are published instead of the answer", garbage),
    "dropped": Fault("the event is handled and acknowledged, nothing is published", dropped),
    "duplicate": Fault("every answer is published twice", duplicate),
    "wrong-order": Fault(
        "the answers to one order come in reverse: `OrderShipped`, then parcels N to 1",
        wrong_order,
        ("shipping",),
    ),
    "extra-event": Fault(
        "the last answer is published once more, under the key and `orderId` `intruder`",
        extra_event,
    ),
    "no-tombstone": Fault("tombstones are ignored (Kafka)", no_tombstone, ("shipping",)),
    "spread-keys": Fault("answers with one key go to the partitions in turn (Kafka)"),
    "late": Fault("the answer is published `LATE` seconds late (3 unless said)"),
    "crash-at-start": Fault("says that it cannot open the ledger, and exits with 3"),
    "crash-on-event": Fault("ends at its first event with one last line and exit code 1"),
    "dead-but-running": Fault("says that it started, and never consumes"),
    "subscribed-elsewhere": Fault("consumes a channel of its own, the right name and `-old`"),
    "quiet-log": Fault("writes no log"),
    "never-commits": Fault("events are handled and never acknowledged"),
}


class Faults:
    """The faults of one running service."""

    def __init__(self, service: str, wanted: str) -> None:
        """Read `wanted` (`late`, `shipping:late, duplicate`); raise UnknownFault."""
        self._names = [
            name
            for entry in wanted.split(",")
            if entry.strip()
            for owners, name in [parsed(entry.strip())]
            if service in owners
        ]
        self._answered: Counter[bytes | None] = Counter()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def changed(self, answers: list[Answer]) -> list[Answer]:
        """What is published instead of `answers`: the faults in the order they were named."""
        for name in self._names:
            change = FAULTS[name].change
            answers = list(change(answers)) if change else answers
        return [self._spread(answer) for answer in answers] if "spread-keys" in self else answers

    def _spread(self, answer: Answer) -> Answer:
        self._answered[answer.key] += 1
        return replace(answer, partition=self._answered[answer.key] - 1)


def parsed(entry: str) -> tuple[tuple[str, ...], str]:
    """Read `fault` or `service:fault` as the services that shall have it and its name."""
    service, colon, name = entry.rpartition(":")
    if name not in FAULTS:
        raise UnknownFault(f'there is no fault "{name}"; there are {", ".join(FAULTS)}')
    owners = FAULTS[name].services
    if not colon:
        return owners, name
    if service not in owners:
        raise UnknownFault(f'"{service}" cannot have the fault "{name}", only {", ".join(owners)}')
    return (service,), name
