"""The configurations a topic or the broker can have, and which values they take.

Names, types and defaults are those of Apache Kafka 4.3. This broker keeps every record until it is
deleted: retention, compaction and the like are kept and shown, and have no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from evtbdd.embedded.kafka.errors import ErrorCode, Refused

_LONGEST = 2**63 - 1
_LARGEST = 2**31 - 1


class Type(IntEnum):
    """How a value is written; the numbers are the protocol's."""

    BOOLEAN = 1
    STRING = 2
    INT = 3
    LONG = 5
    DOUBLE = 6
    LIST = 7


class Source(IntEnum):
    """Where a value comes from; the numbers are the protocol's."""

    TOPIC = 1
    STATIC_BROKER = 4
    DEFAULT = 5


class Operation(IntEnum):
    """What an incremental alteration does; the numbers are the protocol's."""

    SET = 0
    DELETE = 1
    APPEND = 2
    SUBTRACT = 3


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration: `choices` where only some texts are allowed, else a range for numbers."""

    default: str
    type: Type
    choices: tuple[str, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")
    source: Source = Source.DEFAULT

    def problem(self, value: str) -> str | None:
        """Why `value` cannot be one, None where it can."""
        if self.type is Type.BOOLEAN:
            return (
                None
                if value.lower() in ("true", "false")
                else "Expected value to be either true or false"
            )
        if self.type in (Type.INT, Type.LONG, Type.DOUBLE):
            return self._number_problem(value)
        parts = _parts(value) if self.type is Type.LIST else [value]
        if self.choices and not all(part in self.choices for part in parts):
            return f"String must be one of: {', '.join(self.choices)}"
        return None

    def _number_problem(self, value: str) -> str | None:
        try:
            number = float(value) if self.type is Type.DOUBLE else int(value)
        except ValueError:
            return f"Not a number of type {self.type.name}"
        if number < self.low:
            return f"Value must be at least {self.low}"
        if number > self.high:
            return f"Value must be no more than {self.high}"
        return None


def _int(default: int, low: float = 0) -> Config:
    return Config(str(default), Type.INT, low=low, high=_LARGEST)


def _long(default: int, low: float = 0) -> Config:
    return Config(str(default), Type.LONG, low=low, high=_LONGEST)


def _flag(default: str) -> Config:
    return Config(default, Type.BOOLEAN)


TOPIC: Mapping[str, Config] = {
    "cleanup.policy": Config("delete", Type.LIST, ("compact", "delete")),
    "compression.gzip.level": Config("-1", Type.INT, low=-1, high=9),
    "compression.lz4.level": Config("9", Type.INT, low=1, high=17),
    "compression.type": Config(
        "producer", Type.STRING, ("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")
    ),
    "compression.zstd.level": Config("3", Type.INT, low=-131072, high=22),
    "delete.retention.ms": _long(86_400_000),
    "file.delete.delay.ms": _long(60_000),
    "flush.messages": _long(_LONGEST, 1),
    "flush.ms": _long(_LONGEST),
    "follower.replication.throttled.replicas": Config("", Type.LIST),
    "index.interval.bytes": _int(4096),
    "leader.replication.throttled.replicas": Config("", Type.LIST),
    "local.retention.bytes": _long(-2, -2),
    "local.retention.ms": _long(-2, -2),
    "max.compaction.lag.ms": _long(_LONGEST, 1),
    "max.message.bytes": _int(1_048_588),
    "message.timestamp.after.max.ms": _long(3_600_000),
    "message.timestamp.before.max.ms": _long(_LONGEST),
    "message.timestamp.type": Config("CreateTime", Type.STRING, ("CreateTime", "LogAppendTime")),
    "min.cleanable.dirty.ratio": Config("0.5", Type.DOUBLE, low=0, high=1),
    "min.compaction.lag.ms": _long(0),
    "min.insync.replicas": _int(1, 1),
    "preallocate": _flag("false"),
    "remote.log.copy.disable": _flag("false"),
    "remote.log.delete.on.disable": _flag("false"),
    "remote.storage.enable": _flag("false"),
    "retention.bytes": _long(-1, -1),
    "retention.ms": _long(604_800_000, -1),
    "segment.bytes": _int(1_073_741_824, 1_048_576),
    "segment.index.bytes": _int(10_485_760, 4),
    "segment.jitter.ms": _long(0),
    "segment.ms": _long(604_800_000, 1),
    "unclean.leader.election.enable": _flag("false"),
}


def check(name: str, value: str | None) -> None:
    """Raise `Refused` with INVALID_CONFIG (40) for what a topic's configuration cannot be."""
    if name not in TOPIC:
        raise Refused(ErrorCode.INVALID_CONFIG, f"Unknown topic config name: {name}")
    if value is None:
        raise Refused(
            ErrorCode.INVALID_CONFIG, f"Null value not supported for topic configs: {name}"
        )
    problem = TOPIC[name].problem(value)
    if problem:
        raise Refused(
            ErrorCode.INVALID_CONFIG,
            f"Invalid value {value} for configuration {name}: {problem}",
        )


def altered(
    overrides: Mapping[str, str], name: str, operation: int, value: str | None
) -> dict[str, str]:
    """The overrides after one incremental alteration; raises `Refused`."""
    result = dict(overrides)
    if operation == Operation.DELETE:
        result.pop(name, None)
        return result
    if name not in TOPIC:
        raise Refused(ErrorCode.INVALID_CONFIG, f"Unknown topic config name: {name}")
    if value is None:
        raise Refused(ErrorCode.INVALID_REQUEST, f"Null value not supported for : {name}")
    if operation in (Operation.APPEND, Operation.SUBTRACT):
        value = _list_altered(result.get(name, TOPIC[name].default), name, operation, value)
    elif operation != Operation.SET:
        raise Refused(ErrorCode.INVALID_REQUEST, f"Unknown operation {operation} on {name}")
    check(name, value)
    return {**result, name: value}


def _list_altered(current: str, name: str, operation: int, value: str) -> str:
    if TOPIC[name].type is not Type.LIST:
        raise Refused(
            ErrorCode.INVALID_CONFIG,
            f"Can't {Operation(operation).name} to key {name} because its type is not LIST.",
        )
    before, given = _parts(current), _parts(value)
    if operation == Operation.APPEND:
        return ",".join(before + [part for part in given if part not in before])
    return ",".join(part for part in before if part not in given)


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
