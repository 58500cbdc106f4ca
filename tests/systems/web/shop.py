"""A web shop: orders come by HTTP, and each is paid at a webhook.

POST /orders places an order and answers 201; GET /orders/ID tells what became of it; DELETE
/orders/ID cancels it. FAULT in the environment makes it do one thing wrong (see README.md).
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FAULT = os.environ.get("FAULT", "")
PAYMENTS = os.environ.get("PAYMENTS", "")
TRIES = 3
PAUSE = 0.05  # seconds between two tries to pay

ORDERS: dict[str, dict[str, object]] = {}
LOCK = threading.Lock()


def log(text: str) -> None:
    print(text, flush=True)


def pay(order: dict[str, object]) -> None:
    """Ask for the money until somebody takes the order for it; the order tells what became of it."""
    payments = [{"orderId": order["id"], "amount": part} for part in (order["total"], 1)]
    if FAULT == "wrong-amount":
        payments[0]["amount"] = 0
    if FAULT == "wrong-order":
        payments.reverse()
    if FAULT == "dropped-payment":
        payments = []
    taken = [try_to_pay(payment) for payment in payments]
    if FAULT == "duplicate-payment":
        try_to_pay(payments[0])
    order["status"] = "paid" if all(taken) else "unpaid"
    if FAULT == "stuck":
        order["status"] = "placed"
    log(f"order {order['id']} {order['status']}")
    while FAULT == "flapping":
        time.sleep(0.1)
        order["status"] = "placed" if order["status"] == "paid" else "paid"


def try_to_pay(payment: dict[str, object]) -> bool:
    url = urlsplit(PAYMENTS)
    path = "/pya" if FAULT == "wrong-path" else "/pay"
    for _ in range(TRIES if FAULT != "gives-up" else 1):
        connection = HTTPConnection(str(url.hostname), url.port, timeout=5)
        try:
            body = "{not json" if FAULT == "garbage-payment" else json.dumps(payment)
            headers = {"Content-Type": "application/json", "X-Order": str(payment["orderId"])}
            connection.request("POST", path, body, headers)
            if connection.getresponse().status < 500:
                return True
        except OSError as error:
            log(f"payment failed: {error}")
        finally:
            connection.close()
        time.sleep(PAUSE)
    return False


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if FAULT == "crash-on-request":
            log("fatal: out of luck")
            os._exit(1)
        if self.path.startswith("/echo"):
            self.answer(
                200, {"headers": dict(self.headers), "path": self.path, "body": body.decode()}
            )
            return
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            order: dict[str, object] = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        else:
            order = json.loads(body or b"{}")
        order = {"id": f"ORD-{len(ORDERS) + 1}", "total": 20, **order, "status": "placed"}
        with LOCK:
            ORDERS[str(order["id"])] = order
        if FAULT == "silent":
            threading.Event().wait()
        if FAULT == "drops":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        said = {"status": "lost"} if FAULT == "wrong-answer" else {}
        if PAYMENTS:
            threading.Thread(target=pay, args=(order,), daemon=True).start()
        status = 500 if FAULT == "wrong-status" else 201
        self.answer(status, {**order, **said}, Location=f"/orders/{order['id']}")

    def do_GET(self) -> None:
        if FAULT == "crash-on-request":
            log("fatal: out of luck")
            os._exit(1)
        if self.path == "/large":
            self.answer(200, "x" * 50_000_000)
            return
        order = ORDERS.get(self.path.rpartition("/")[2])
        if order is None:
            self.answer(404, {"error": "no such order"})
            return
        self.answer(500 if FAULT == "wrong-status" else 200, order)

    def do_DELETE(self) -> None:
        if FAULT == "crash-on-request":
            log("fatal: out of luck")
            os._exit(1)
        ORDERS.pop(self.path.rpartition("/")[2], None)
        self.answer(500 if FAULT == "wrong-status" else 204, None)

    def answer(self, status: int, payload: object, **headers: str) -> None:
        body = b"" if payload is None else json.dumps(payload).encode()
        if FAULT == "garbage-answer":
            body = b"{not json"
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    log("listening")
    server.serve_forever()
