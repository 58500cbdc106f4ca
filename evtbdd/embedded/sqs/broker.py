"""The broker as its users see it: start, address, stop."""

from __future__ import annotations

import secrets
import socket
from functools import cache
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sns.models import Subscription, sns_backends
from moto.sqs.models import sqs_backends
from werkzeug.test import Client

from evtbdd.embedded.sqs.server import Server
from evtbdd.embedded.sqs.turns import Turns
from evtbdd.errors import BrokerUnavailable
from evtbdd.loopback import HOST, listener

REGION = "us-east-1"


class EmbeddedSqs:
    """SQS and SNS in threads of this process, in an account that nobody else has.

    `port` 0 takes a free one. What it stores lives until it is stopped. Any access key will do.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._account = "".join(secrets.choice("123456789") for _ in range(12))
        self._server: Server | None = None
        self._turns: Turns | None = None

    @property
    def url(self) -> str:
        """The endpoint; the port is known once it was started."""
        return f"http://{HOST}:{self._port}"

    @property
    def address(self) -> str:
        """What stands behind `sqs://`."""
        return f"{REGION}?endpoint={self.url}&keys=any"

    def start(self) -> None:
        """Return when the port answers; raises `BrokerUnavailable` where it is taken."""
        if self._server is not None:
            return
        _share_key()
        with _listening(self._port) as listening:
            self._port = listening.getsockname()[1]
            self._turns = Turns(_Dispatcher(create_backend_app), self._account)
            _awaken(self._turns)
            self._server = Server(listening, self._turns)
        self._server.start()

    def stop(self) -> None:
        """Close the port and every connection, and forget what was stored; twice does no harm."""
        server, self._server = self._server, None
        if server is None or self._turns is None:
            return
        self._turns.close()
        server.stop()
        for backends in (sqs_backends, sns_backends):
            backends.pop(self._account, None)

    def __enter__(self) -> EmbeddedSqs:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]
    """moto's, that remembers what a host stands for: moto (5.2) lists its folders at each request."""

    def __init__(self, create_app: Any) -> None:
        super().__init__(create_app)
        self._known: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        """The name of the service; called in turns."""
        if host not in self._known:
            self._known[host] = super().get_backend_for_host(host)
        return self._known[host]


@cache
def _share_key() -> None:
    """Have all subscriptions sign with one key, as on AWS.

    moto (5.2) makes one for each, which would take each new tap a tenth of a second; what SNS signs
    nobody here verifies.
    """
    original = Subscription.private_key
    made: list[Any] = []

    def private_key(subscription: Any) -> Any:
        if not made:
            made.append(original(subscription))
        return made[0]

    Subscription.private_key = private_key


def _awaken(application: Turns) -> None:
    """Have moto load what it answers with, which takes up to a second: no client shall wait for it."""
    client = Client(application)
    for service, question in (("sqs", "ListQueues"), ("sns", "ListTopics")):
        # By whom a request is signed for, moto knows which service it is to.
        signed = f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request"
        client.post("/", data={"Action": question}, headers={"Authorization": signed}).close()


def _listening(port: int) -> socket.socket:
    try:
        return listener(port)
    except OSError as error:
        raise BrokerUnavailable(
            f"No embedded SQS can listen at {HOST}:{port}: {error.strerror}. Port 0 takes a free one."
        ) from error
