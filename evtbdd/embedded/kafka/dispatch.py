"""From a frame to its answer: decode, handle, encode; whatever fails there is told and hangs up."""

from __future__ import annotations

import inspect
import struct
from collections.abc import Callable, Mapping

from evtbdd.embedded.kafka import protocol
from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.connection import Peer
from evtbdd.embedded.kafka.errors import HangUp, LastAnswer
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.handlers.table import (
    API_VERSIONS,
    APIS,
    Api,
    unsupported_api_versions,
)


class Dispatcher:
    """Answers frames for a cluster; `failed` is told, in one line, what could not be answered.

    Only `apis` are; `otherwise` says why others, which are spoken here, are not.
    """

    def __init__(
        self,
        cluster: Cluster,
        failed: Callable[[str], None],
        apis: Mapping[int, Api] = APIS,
        otherwise: str = "",
    ) -> None:
        self._cluster = cluster
        self._failed = failed
        self._apis = apis
        self._otherwise = otherwise

    async def __call__(self, frame: bytes, peer: Peer) -> bytes | None:
        """The answer's frame, None where the protocol has none; `HangUp` where it failed."""
        try:
            api_key, version, correlation_id = protocol.prefix(frame)
        except struct.error as error:
            self._failed(f"a frame of {len(frame)} bytes: too short for Kafka's protocol")
            raise HangUp from error
        api = self._apis.get(api_key)
        if api_key == API_VERSIONS and api and version > api.highest:
            return protocol.encoded(api_key, 0, correlation_id, unsupported_api_versions())
        if api is None and (spoken := APIS.get(api_key)) and spoken.has(version):
            self._failed(f"{spoken.name} v{version}: {self._otherwise}")
            raise HangUp
        if api is None or not api.has(version):
            self._failed(f"API {api_key} v{version}: not supported")
            raise HangUp
        try:
            return await self._answer(api, api_key, version, correlation_id, frame, peer)
        except HangUp:
            raise
        except Exception as error:
            self._failed(f"{api.name} v{version}: {error!r}")
            raise HangUp from error

    async def _answer(
        self, api: Api, api_key: int, version: int, correlation_id: int, frame: bytes, peer: Peer
    ) -> bytes | None:
        body = protocol.decoded(frame, api_key, version)
        request = Request(body, version, body.header.client_id or "", peer.host)
        try:
            answer = api.handler(self._cluster, request)
            if inspect.isawaitable(answer):
                answer = await answer
        except LastAnswer as last:
            self._failed(f"{api.name} v{version}: {last.why}")
            frame = protocol.encoded(api_key, version, correlation_id, last.answer)
            raise HangUp(frame) from last
        if answer is None:
            return None
        return protocol.encoded(api_key, version, correlation_id, answer)
