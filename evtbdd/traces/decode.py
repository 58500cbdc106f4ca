"""Spans from the body of an OTLP request: protobuf or JSON, with or without gzip.

OTLP/HTTP 1.x, https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from evtbdd.events import Headers
from evtbdd.http.bodies import JSON, content_type, header

LARGEST = 50_000_000
"""Bytes of a body that was unpacked; a larger one is refused."""
IDS = frozenset({"traceId", "spanId", "parentSpanId"})


def spans(body: bytes, headers: Headers) -> list[Mapping[str, object]]:
    """The spans of a request: their attributes, and under names with `@` what stands around them.

    ValueError with a clause for what is none.
    """
    data = _unpacked(body) if header(headers, "content-encoding") == "gzip" else body
    try:
        if content_type(headers)[0] == JSON:
            read = json.loads(data, object_hook=_with_base64)
            message = ParseDict(read, ExportTraceServiceRequest(), ignore_unknown_fields=True)
        else:
            message = ExportTraceServiceRequest.FromString(data)
    except (DecodeError, ParseError, ValueError, RecursionError) as error:
        raise ValueError(f"no spans: {error}") from error
    return list(_spans(message))


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        data = unpacking.decompress(body, LARGEST)
    except zlib.error as error:
        raise ValueError(f"no gzip: {error}") from error
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise ValueError(f"more than {LARGEST // 1_000_000} MB, or not all of it")
    return data


def _with_base64(found: dict[str, Any]) -> dict[str, Any]:
    """Ids are hexadecimal in OTLP's JSON, where protobuf's own has base64."""
    for name in IDS & found.keys():
        found[name] = base64.b64encode(bytes.fromhex(found[name])).decode()
    return found


def _spans(message: Any) -> Iterator[Mapping[str, object]]:
    for of_resource in message.resource_spans:
        resource = _values(of_resource.resource.attributes)
        around = {f"@resource.{name}": value for name, value in resource.items()}
        for of_scope in of_resource.scope_spans:
            scope = {"@scope": of_scope.scope.name} if of_scope.scope.name else {}
            for span in of_scope.spans:
                yield {**_values(span.attributes), **around, **scope, **_around(span)}


def _around(span: Any) -> Mapping[str, object]:
    kind = Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower()
    status = Status.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_").lower()
    found: dict[str, object] = {
        "@name": span.name,
        "@kind": kind,
        "@status": status,
        "@trace_id": span.trace_id.hex(),
        "@span_id": span.span_id.hex(),
        "@duration": (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
        "@timestamp": span.start_time_unix_nano / 1e9,
    }
    if span.parent_span_id:
        found["@parent_id"] = span.parent_span_id.hex()
    if span.status.message:
        found["@status_message"] = span.status.message
    return found


def _values(attributes: Iterable[KeyValue]) -> dict[str, object]:
    return {each.key: _value(each.value) for each in attributes}


def _value(value: AnyValue) -> object:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    if kind == "kvlist_value":
        return _values(value.kvlist_value.values)
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return None if kind is None else getattr(value, kind)
