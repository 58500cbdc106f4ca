"""Spans as exporters send them: protobuf and JSON, with and without gzip."""

from __future__ import annotations

import gzip
import json

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from evtbdd.traces.decode import spans

TRACE, SPAN, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "b7ad6b7169203331"
SENT = {
    "resourceSpans": [
        {
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
            "scopeSpans": [
                {
                    "scope": {"name": "orders"},
                    "spans": [
                        {
                            "traceId": TRACE,
                            "spanId": SPAN,
                            "parentSpanId": PARENT,
                            "name": "place order",
                            "kind": 2,
                            "startTimeUnixNano": "1000000000",
                            "endTimeUnixNano": "3500000000",
                            "attributes": [
                                {"key": "order.id", "value": {"stringValue": "ORD-1"}},
                                {"key": "items", "value": {"intValue": "3"}},
                                {"key": "express", "value": {"boolValue": True}},
                                {"key": "weight", "value": {"doubleValue": 1.5}},
                                {"key": "skus", "value": {"arrayValue": {"values": [
                                    {"stringValue": "a"}, {"stringValue": "b"}]}}},
                                {"key": "to", "value": {"kvlistValue": {"values": [
                                    {"key": "city", "value": {"stringValue": "Ulm"}}]}}},
                                {"key": "nothing", "value": {}},
                            ],
                            "status": {"code": 2, "message": "no stock"},
                            "aFieldOfTomorrow": 1,
                        },
                        {"traceId": TRACE, "spanId": SPAN, "name": "root"},
                    ],
                }
            ],
        }
    ]
}  # fmt: skip
READ = {
    "order.id": "ORD-1",
    "items": 3,
    "express": True,
    "weight": 1.5,
    "skus": ["a", "b"],
    "to": {"city": "Ulm"},
    "nothing": None,
    "@resource.service.name": "shop",
    "@scope": "orders",
    "@name": "place order",
    "@kind": "server",
    "@status": "error",
    "@status_message": "no stock",
    "@trace_id": TRACE,
    "@span_id": SPAN,
    "@parent_id": PARENT,
    "@duration": 2.5,
    "@timestamp": 1.0,
}
JSON = (("content-type", b"application/json"),)
PROTOBUF = (("content-type", b"application/x-protobuf"),)


def as_json() -> bytes:
    return json.dumps(SENT).encode()


def as_protobuf() -> bytes:
    """The same, by the library of others."""
    request = ExportTraceServiceRequest()
    of_resource = request.resource_spans.add()
    of_resource.resource.attributes.add(key="service.name").value.string_value = "shop"
    of_scope = of_resource.scope_spans.add()
    of_scope.scope.name = "orders"
    span = of_scope.spans.add(
        trace_id=bytes.fromhex(TRACE),
        span_id=bytes.fromhex(SPAN),
        parent_span_id=bytes.fromhex(PARENT),
        name="place order",
        kind=2,
        start_time_unix_nano=1_000_000_000,
        end_time_unix_nano=3_500_000_000,
    )
    span.attributes.add(key="order.id").value.string_value = "ORD-1"
    span.attributes.add(key="items").value.int_value = 3
    span.attributes.add(key="express").value.bool_value = True
    span.attributes.add(key="weight").value.double_value = 1.5
    skus = span.attributes.add(key="skus").value.array_value
    for sku in ("a", "b"):
        skus.values.add().string_value = sku
    city = span.attributes.add(key="to").value.kvlist_value.values.add(key="city")
    city.value.string_value = "Ulm"
    span.attributes.add(key="nothing")
    span.status.code = 2
    span.status.message = "no stock"
    of_scope.spans.add(trace_id=bytes.fromhex(TRACE), span_id=bytes.fromhex(SPAN), name="root")
    return request.SerializeToString()


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("body", "headers"), [(as_json(), JSON), (as_protobuf(), PROTOBUF)], ids=["json", "protobuf"]
)
def test_both_encodings_mean_the_same(
    body: bytes, headers: tuple[tuple[str, bytes], ...], zipped: bool
) -> None:
    """Attributes keep their kinds; what is around them has names with @."""
    if zipped:
        body, headers = gzip.compress(body), (*headers, ("content-encoding", b"gzip"))
    first, second = spans(body, headers)
    assert first == READ
    assert (second["@name"], second["@kind"], second["@status"]) == ("root", "unspecified", "unset")
    assert "@parent_id" not in second


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (b"{", JSON, "no spans: "),
        (b'{"resourceSpans": 5}', JSON, "no spans: "),
        (b'{"traceId": "zz"}', JSON, "no spans: "),
        (b"[" * 100_000, JSON, "no spans: "),
        (b"\xff\xff", PROTOBUF, "no spans: "),
        (b"no gzip", (*PROTOBUF, ("content-encoding", b"gzip")), "no gzip: "),
        (
            gzip.compress(as_json())[:-9],
            (*JSON, ("content-encoding", b"gzip")),
            "more than 50 MB, or not all of it",
        ),
        (
            gzip.compress(b" " * 50_000_001),
            (*JSON, ("content-encoding", b"gzip")),
            "more than 50 MB, or not all of it",
        ),
    ],
)
def test_what_is_none_is_told(
    body: bytes, headers: tuple[tuple[str, bytes], ...], why: str
) -> None:
    """In a clause; and what unpacks without end is not unpacked."""
    with pytest.raises(ValueError, match=why):
        spans(body, headers)
