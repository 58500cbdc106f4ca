"""From bytes to requests and from answers to bytes, by kafka-python's generated classes."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import kafka.protocol.admin
import kafka.protocol.consumer
import kafka.protocol.metadata
import kafka.protocol.producer
import kafka.protocol.sasl

Fields = Mapping[str, Any]
"""An answer: the protocol's fields by their names in kafka-python; structures are nested mappings."""

_MODULES = (
    kafka.protocol.admin,
    kafka.protocol.consumer,
    kafka.protocol.metadata,
    kafka.protocol.producer,
    kafka.protocol.sasl,
)
_PREFIX = struct.Struct(">hhi")


def _classes(kind: str) -> dict[int, Any]:
    found = {}
    for module in _MODULES:
        for name in module.__all__:
            # The tokens that follow on version 0 of SaslHandshake are no messages, and have no key.
            if name.endswith(kind) and hasattr(getattr(module, name), "API_KEY"):
                found[getattr(module, name).API_KEY] = getattr(module, name)
    return found


_REQUESTS = _classes("Request")
_RESPONSES = _classes("Response")


def prefix(frame: bytes) -> tuple[int, int, int]:
    """API key, version and correlation id; `struct.error` where the frame is too short."""
    api_key, version, correlation_id = _PREFIX.unpack_from(frame)
    return api_key, version, correlation_id


def decoded(frame: bytes, api_key: int, version: int) -> Any:
    """The request in a frame, its header included; raises whatever the decoder raises."""
    return _REQUESTS[api_key].decode(frame, version=version, header=True)


def encoded(api_key: int, version: int, correlation_id: int, answer: Fields) -> bytes:
    """The frame of an answer, its length included."""
    response = _message(_RESPONSES[api_key], version, answer)
    response.with_header(correlation_id=correlation_id)
    return bytes(response.encode(header=True, framed=True))


def _message(structure: Any, version: int, values: Fields) -> Any:
    """An instance of a generated class; fields that this version does not have are left out."""
    schema = structure._struct.fields
    present = {}
    for name, value in values.items():
        field = schema[name]
        if not field.for_version_q(version):
            continue
        if field.is_struct_array() and value is not None:
            value = [_message(field.data_class, version, element) for element in value]
        elif field.is_struct() and value is not None:
            value = _message(field.data_class, version, value)
        present[name] = value
    return structure(version=version, **present)
