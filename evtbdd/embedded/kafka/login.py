"""One connection until it is known who is calling, as Apache Kafka's SaslServerAuthenticator has it.

ApiVersions may come first, once; then SaslHandshake names the mechanism; then SaslAuthenticate brings
the password. What comes out of turn, and who fails, is hung up on.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import replace

from evtbdd.embedded.demands import MECHANISM
from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.connection import Answer, Peer
from evtbdd.embedded.kafka.dispatch import Dispatcher
from evtbdd.embedded.kafka.errors import ErrorCode, HangUp, LastAnswer
from evtbdd.embedded.kafka.handlers.request import Handler, Request
from evtbdd.embedded.kafka.handlers.table import (
    API_VERSIONS,
    APIS,
    SASL_AUTHENTICATE,
    SASL_HANDSHAKE,
    api_versions,
)
from evtbdd.embedded.kafka.plain import refusal
from evtbdd.embedded.kafka.protocol import Fields

MECHANISMS = [MECHANISM]
OUT_OF_TURN = "not in its turn, as long as it is unknown who is calling"


class Login:
    """Answers the frames of one connection: itself until one of `users` is let in, then `beyond`."""

    def __init__(
        self,
        users: Mapping[str, str],
        cluster: Cluster,
        failed: Callable[[str], None],
        beyond: Answer,
    ) -> None:
        def answering(handlers: Mapping[int, Handler]) -> Answer:
            apis = {key: replace(APIS[key], handler=each) for key, each in handlers.items()}
            return Dispatcher(cluster, failed, apis, OUT_OF_TURN)

        handshake = {SASL_HANDSHAKE: self._handshake}
        late = {SASL_HANDSHAKE: _late_handshake, API_VERSIONS: _late_versions}
        self._without_versions = answering(handshake)
        self._with_mechanism = answering({**late, SASL_AUTHENTICATE: self._authenticate})
        self._answer = answering({**handshake, API_VERSIONS: self._versions})
        self._beyond = beyond
        self._users = users
        self._failed = failed

    async def __call__(self, frame: bytes, peer: Peer) -> bytes | None:
        """The answer's frame; `HangUp` for what comes out of turn, and who fails."""
        return await self._answer(frame, peer)

    def _versions(self, cluster: Cluster, request: Request) -> Fields:
        self._answer = self._without_versions
        return api_versions(cluster, request)

    def _handshake(self, _: Cluster, request: Request) -> Fields:
        answer = {"error_code": ErrorCode.NONE, "mechanisms": MECHANISMS}
        if request.body.mechanism not in MECHANISMS:
            code = ErrorCode.UNSUPPORTED_SASL_MECHANISM
            raise LastAnswer({**answer, "error_code": code}, f"no {request.body.mechanism} here")
        # Version 0 is followed by tokens that are frames of their own (KIP-43), not requests (KIP-152).
        self._answer = self._with_mechanism if request.version else self._bare_token
        return answer

    def _authenticate(self, _: Cluster, request: Request) -> Fields:
        answer = {"error_code": ErrorCode.NONE, "error_message": "", "auth_bytes": b""}
        refused = refusal(request.body.auth_bytes, self._users)
        if refused is not None:
            code = ErrorCode.SASL_AUTHENTICATION_FAILED
            raise LastAnswer({**answer, "error_code": code, "error_message": refused}, refused)
        self._answer = self._beyond
        return answer

    async def _bare_token(self, frame: bytes, _: Peer) -> bytes:
        refused = refusal(frame, self._users)
        if refused is not None:
            self._failed(f"a bare token of SASL: {refused}")
            raise HangUp
        self._answer = self._beyond
        return struct.pack(">i", 0)


def _late_handshake(_: Cluster, _request: Request) -> Fields:
    raise LastAnswer({"error_code": ErrorCode.ILLEGAL_SASL_STATE, "mechanisms": []}, OUT_OF_TURN)


def _late_versions(_: Cluster, _request: Request) -> Fields:
    raise LastAnswer({"error_code": ErrorCode.ILLEGAL_SASL_STATE, "api_keys": []}, OUT_OF_TURN)
