"""Whether Kafka can be used: what a client would ask, asked without a driver.

ApiVersions 0, CreateTopics 4 and Metadata 2 of https://kafka.apache.org/protocol; every Kafka from
2.0 to 4.x answers them.
"""

from __future__ import annotations

import socket
import struct

from evtbdd.clock import Deadline

_CREATE_TOPICS, _METADATA, _API_VERSIONS = 19, 3, 18
_CORRELATION = 4_301
_TOPIC = b"evtbdd-is-kafka-ready"
_TIMEOUT_MS = 5000


def usable(host: str, port: int, cluster: str, deadline: Deadline) -> bool:
    """Whether the Kafka of that cluster listens there, and would create a topic.

    The topic is only validated, by the controller, with a broker that it would be placed on: so the
    whole way is there, and nothing is left behind. That the cluster is the one meant tells it from
    another Kafka on that port. Returns at the deadline at the latest.
    """
    try:
        with socket.create_connection((host, port), _left(deadline)) as link:
            _call(link, deadline, _API_VERSIONS, 0, b"")
            return _would_create(link, deadline) and _cluster(link, deadline) == cluster.encode()
    except (OSError, struct.error):
        return False


def _would_create(link: socket.socket, deadline: Deadline) -> bool:
    topic = struct.pack(">h", len(_TOPIC)) + _TOPIC + struct.pack(">ihii", 1, 1, 0, 0)
    request = struct.pack(">i", 1) + topic + struct.pack(">ib", _TIMEOUT_MS, True)
    answer = _call(link, deadline, _CREATE_TOPICS, 4, request)
    # Throttle time, the number of topics, its name, and then what became of it.
    (code,) = struct.unpack_from(">h", answer, 4 + 4 + 2 + len(_TOPIC))
    return bool(code == 0)


def _cluster(link: socket.socket, deadline: Deadline) -> bytes:
    answer = _call(link, deadline, _METADATA, 2, struct.pack(">i", 0))
    (brokers,) = struct.unpack_from(">i", answer)
    at = 4
    for _ in range(brokers):
        at += 4  # its id
        at += _length(answer, at)  # its host
        at += 4  # its port
        at += _length(answer, at)  # its rack
    return answer[at + 2 : at + _length(answer, at)]


def _length(answer: bytes, at: int) -> int:
    """How many bytes a string takes, with the two that tell its length; -1 is none."""
    (length,) = struct.unpack_from(">h", answer, at)
    return 2 + max(0, int(length))


def _call(link: socket.socket, deadline: Deadline, api: int, version: int, body: bytes) -> bytes:
    """The answer, behind its correlation id; OSError where none comes, or none of Kafka."""
    header = struct.pack(">hhih", api, version, _CORRELATION, -1)
    link.settimeout(_left(deadline))
    link.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
    (length,) = struct.unpack(">i", _exactly(link, 4, deadline))
    (correlation,) = struct.unpack(">i", _exactly(link, 4, deadline))
    if correlation != _CORRELATION:
        raise OSError("something else than Kafka answers")
    return _exactly(link, length - 4, deadline)


def _exactly(link: socket.socket, count: int, deadline: Deadline) -> bytes:
    received = b""
    while len(received) < count:
        link.settimeout(_left(deadline))
        part = link.recv(count - len(received))
        if not part:
            raise ConnectionResetError
        received += part
    return received


def _left(deadline: Deadline) -> float:
    return max(0.01, deadline.remaining())
