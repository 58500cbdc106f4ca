"""An HTTP server that answers as AWS does where no emulator would: what it is told to, in that order."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

ACCOUNT = "arn:aws:sqs:us-east-1:000000000000"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in AWS's JSON protocol; `hangs` waits for the stub's end, `cuts` says nothing."""

    body: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    error: str = ""
    kind: str = "application/x-amz-json-1.0"
    raw: bytes | None = None
    hangs: bool = False
    cuts: bool = False


def refusal(code: str, message: str = "", status: int = 400) -> Reply:
    """An error document (Amazon SQS API Reference, Common Errors), with the older code as AWS adds it."""
    return Reply(
        {"__type": f"com.amazonaws.sqs#{code.rpartition('.')[2]}", "message": message},
        status,
        error=f"{code};Sender",
    )


@dataclass
class Stub:
    """`replies` are what is answered to each action, the last of them from then on."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    ending: Event = field(default_factory=Event)
    port: int = 0
    scheme: str = "http"

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"us-east-1?endpoint={self.endpoint}"

    def answers(self, action: str, *replies: Reply) -> None:
        """What is answered to an action from now on."""
        self.replies[action] = list(replies)

    def count(self, action: str) -> int:
        """How often that was asked."""
        return [each for each, _ in self.asked].count(action)

    def reply(self, action: str, fields: Mapping[str, Any]) -> Reply:
        self.asked.append((action, fields))
        replies = self.replies.get(action)
        if replies:
            return replies.pop(0) if len(replies) > 1 else replies[0]
        return self.usual(action, fields)

    def usual(self, action: str, fields: Mapping[str, Any]) -> Reply:
        """What an SQS answers that has every queue, and nothing in it."""
        name = str(fields.get("QueueName", fields.get("QueueUrl", ""))).rpartition("/")[2]
        return Reply(
            {
                "GetQueueUrl": {"QueueUrl": f"{self.endpoint}/0/{name}"},
                "CreateQueue": {"QueueUrl": f"{self.endpoint}/0/{name}"},
                "GetQueueAttributes": {"Attributes": {"QueueArn": f"{ACCOUNT}:{name}"}},
                "DeleteMessageBatch": {
                    "Successful": [{"Id": each["Id"]} for each in fields.get("Entries", ())],
                    "Failed": [],
                },
            }.get(action, {})
        )


@contextmanager
def stubbed(tls: Callable[[], ssl.SSLContext] | None = None) -> Iterator[Stub]:
    """One that is there until the end of the block."""
    stub = Stub(scheme="http" if tls is None else "https")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            content = self.rfile.read(length)
            action = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            fields = json.loads(content) if action else {}
            stub.headers.append(dict(self.headers))
            self.give(stub.reply(action or "sns", fields))

        def give(self, reply: Reply) -> None:
            if reply.hangs:
                stub.ending.wait()
            if reply.hangs or reply.cuts:
                self.close_connection = True
                return
            body = json.dumps(reply.body).encode() if reply.raw is None else reply.raw
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(body)))
            if reply.error:
                self.send_header("x-amzn-query-error", reply.error)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that goes away is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls().wrap_socket(server.socket, server_side=True)
        stub.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield stub
        finally:
            stub.ending.set()
            server.shutdown()
            thread.join()


def messages(*bodies: str) -> Reply:
    """What ReceiveMessage hands out."""
    return Reply({"Messages": [message(body) for body in bodies]})


def message(body: str, identity: str | None = None, handle: str = "r") -> Mapping[str, Any]:
    """One message; its id is its body where none is given."""
    return {
        "MessageId": identity or body,
        "ReceiptHandle": f"{handle}-{body}",
        "Body": body,
        "Attributes": {"SentTimestamp": "1700000000000", "ApproximateReceiveCount": "1"},
    }


def failed(entries: Sequence[tuple[str, str, str]]) -> list[Mapping[str, Any]]:
    """The entries of a batch that failed: number, code and message of each."""
    return [
        {"Id": number, "Code": code, "Message": said, "SenderFault": True}
        for number, code, said in entries
    ]
