"""One request at a time: moto's (5.2) queues lose messages where two threads are at one of them.

Long polls wait outside of their turn, so that others can put into the queue what they wait for.
"""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from threading import Condition, Lock
from typing import Any
from urllib.parse import parse_qs, urlencode

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

TICK = 0.2
"""Seconds after which a long poll looks again: what is delayed or in flight becomes visible by time."""

MOST_SECONDS = 20
_TARGET = "HTTP_X_AMZ_TARGET"
_OF_SQS = "AmazonSQS."
_FORM = "application/x-www-form-urlencoded"
_EMPTY = (b"<Message>", b'"Messages"')


class Answer:
    """What an application answered, to be given to whoever asked."""

    def __init__(self, application: Application, environ: Environ) -> None:
        self._begun: tuple[Any, ...] = ()
        parts = application(environ, self._start)
        self.body = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()

    def _start(self, *begun: Any) -> None:
        self._begun = begun

    @property
    def is_empty(self) -> bool:
        """Whether it is the answer to a ReceiveMessage that has received nothing."""
        received = any(mark in self.body for mark in _EMPTY)
        return str(self._begun[0]).startswith("200") and not received

    def give(self, start: Start) -> Iterable[bytes]:
        """Hand it on."""
        start(*self._begun)
        return [self.body]


class Turns:
    """A WSGI application before another one, which it calls in turns, and in one account of its own."""

    def __init__(self, application: Application, account: str) -> None:
        self._application = application
        self._account = account
        self._turn = Lock()
        self._changed = Condition()
        self._changes = 0
        self._closing = False

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer one request."""
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = self._account
        body = _body(environ)
        poll = Poll.of(environ, body)
        if poll is None:
            answer = self._answer(environ, body)
            with self._changed:
                self._changes += 1
                self._changed.notify_all()
            return answer.give(start)
        seconds = poll.seconds
        if seconds is None:
            seconds = self._default(environ, poll)
        if not 0 < seconds <= MOST_SECONDS:
            return self._answer(environ, body).give(start)
        return self._polled(environ, poll.short(), time.monotonic() + seconds).give(start)

    def close(self) -> None:
        """End every long poll."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _answer(self, environ: Environ, body: bytes) -> Answer:
        with self._turn:
            return Answer(self._application, _with_body(environ, body))

    def _polled(self, environ: Environ, body: bytes, end: float) -> Answer:
        while True:
            with self._changed:
                seen = self._changes
            answer = self._answer(environ, body)
            left = end - time.monotonic()
            if not answer.is_empty or left <= 0:
                return answer
            with self._changed:
                if self._changes == seen and not self._closing:
                    self._changed.wait(min(TICK, left))
                # What a client that has gone would be handed would be invisible to all others.
                if self._closing or _has_gone(environ["werkzeug.socket"]):
                    return answer

    def _default(self, environ: Environ, poll: Poll) -> int:
        """How long a poll waits that does not say so: as its queue says."""
        asked = poll.about(environ)
        found = self._answer(asked, poll.question())
        try:
            return int(json.loads(found.body)["Attributes"]["ReceiveMessageWaitTimeSeconds"])
        except (ValueError, KeyError, TypeError):
            return 0


class Poll:
    """A ReceiveMessage, in JSON or in the older protocol of forms."""

    def __init__(self, fields: Mapping[str, Any], *, is_json: bool) -> None:
        self._fields = fields
        self._is_json = is_json

    @classmethod
    def of(cls, environ: Environ, body: bytes) -> Poll | None:
        """The poll that a request is; None where it is another one, or cannot be read."""
        try:
            if environ.get(_TARGET) == f"{_OF_SQS}ReceiveMessage":
                fields = json.loads(body or b"{}")
                return cls(fields, is_json=True) if isinstance(fields, dict) else None
            if _TARGET not in environ and environ.get("CONTENT_TYPE", "").startswith(_FORM):
                form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                if form.get("Action") == "ReceiveMessage":
                    return cls(form, is_json=False)
        except ValueError:
            return None
        return None

    @property
    def seconds(self) -> int | None:
        """How long it waits; None where that is left to its queue, -1 where it cannot be read."""
        found = self._fields.get("WaitTimeSeconds")
        try:
            return None if found is None else int(found)
        except (TypeError, ValueError):
            return -1

    def short(self) -> bytes:
        """The same, that does not wait."""
        fields = {**self._fields, "WaitTimeSeconds": 0}
        return json.dumps(fields).encode() if self._is_json else urlencode(fields).encode()

    def question(self) -> bytes:
        """The body of a question for how long its queue says that it waits."""
        url = self._fields.get("QueueUrl")
        return json.dumps(
            {"QueueUrl": url, "AttributeNames": ["ReceiveMessageWaitTimeSeconds"]}
        ).encode()

    def about(self, environ: Environ) -> Environ:
        """The rest of that question."""
        return {
            **environ,
            _TARGET: f"{_OF_SQS}GetQueueAttributes",
            "CONTENT_TYPE": "application/x-amz-json-1.0",
        }


def _body(environ: Environ) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    read: bytes = environ["wsgi.input"].read(length) if length else b""
    return read


def _with_body(environ: Environ, body: bytes) -> Environ:
    return {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}


def _has_gone(link: socket.socket) -> bool:
    """Whether a client has closed its connection, or was killed."""
    try:
        return link.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
