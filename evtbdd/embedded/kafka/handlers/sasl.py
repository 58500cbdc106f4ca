"""SASL once it is known who is calling, or where nobody is asked: it is too late for it."""

from __future__ import annotations

from evtbdd.embedded.kafka.cluster import Cluster
from evtbdd.embedded.kafka.errors import ErrorCode
from evtbdd.embedded.kafka.handlers.request import Request
from evtbdd.embedded.kafka.protocol import Fields


def sasl_handshake(_cluster: Cluster, _request: Request) -> Fields:
    """SaslHandshake (17)."""
    return {"error_code": ErrorCode.ILLEGAL_SASL_STATE, "mechanisms": []}


def sasl_authenticate(_cluster: Cluster, _request: Request) -> Fields:
    """SaslAuthenticate (36)."""
    return {
        "error_code": ErrorCode.ILLEGAL_SASL_STATE,
        "error_message": "SaslAuthenticate request received after successful authentication",
        "auth_bytes": b"",
    }
