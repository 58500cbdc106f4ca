"""Takes orders over HTTP: counted for Prometheus, traced by OpenTelemetry, handed on over Kafka.

An ordinary service, with the libraries that anyone would take; FAULT makes it wrong in one way.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from confluent_kafka import Producer
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, generate_latest

FAULTS = (
    "",
    "counts-twice",
    "counts-nothing",
    "counts-under-another-label",
    "records-nothing",
    "records-another-name",
    "records-another-order",
    "breaks-the-trace",
    "passes-no-trace-on",
    "publishes-nothing",
)
FAULT = os.environ.get("FAULT", "")
ORDERS = Counter("orders", "Orders that were taken.", ["status"])
TRACES = TraceContextTextMapPropagator()


def provider() -> TracerProvider:
    """Where the exporter sends its spans, its own variables tell it."""
    made = TracerProvider()
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") and FAULT != "records-nothing":
        made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


PROVIDER = provider()
TRACER = PROVIDER.get_tracer("orders")
PRODUCER = Producer({"bootstrap.servers": os.environ["KAFKA"], "linger.ms": 0})


def take(order: dict[str, object], headers: dict[str, str]) -> None:
    name = "receive order" if FAULT == "records-another-name" else "take order"
    with TRACER.start_as_current_span(
        name, context=TRACES.extract(headers), kind=SpanKind.SERVER
    ) as span:
        number = "ORD-0" if FAULT == "records-another-order" else str(order["orderId"])
        span.set_attribute("order.id", number)
        count()
        publish(order)


def count() -> None:
    status = "failed" if FAULT == "counts-under-another-label" else "ok"
    times = {"counts-twice": 2, "counts-nothing": 0}.get(FAULT, 1)
    ORDERS.labels(status).inc(times)


def publish(order: dict[str, object]) -> None:
    if FAULT == "publishes-nothing":
        return
    carrier: dict[str, str] = {}
    fresh = trace.set_span_in_context(trace.INVALID_SPAN)
    if FAULT == "breaks-the-trace":
        with TRACER.start_as_current_span("publish", context=fresh):
            TRACES.inject(carrier)
    elif FAULT != "passes-no-trace-on":
        TRACES.inject(carrier)
    headers = [("type", b"OrderTaken"), *((k, v.encode()) for k, v in carrier.items())]
    key = str(order["orderId"]).encode()
    PRODUCER.produce(os.environ["TAKEN"], json.dumps(order).encode(), key, headers=headers)
    PRODUCER.flush()


class Shop(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if order["orderId"] == "DEADLY":
            os._exit(1)
        take(order, {name.lower(): value for name, value in self.headers.items()})
        self.answer(201, b"{}")

    def do_GET(self) -> None:
        self.answer(200, generate_latest())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    if FAULT not in FAULTS:
        sys.exit(f"there is no fault {FAULT}")
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Shop)
    signal.signal(
        signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start()
    )
    server.serve_forever(0.05)
    PROVIDER.shutdown()


if __name__ == "__main__":
    main()
