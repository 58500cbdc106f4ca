"""What members of a consumer group are subscribed to, as their metadata says."""

from __future__ import annotations

import struct
from collections.abc import Iterable


def subscribed_topics(metadata: Iterable[bytes]) -> set[str]:
    """The topics in several members' metadata; what cannot be read names none."""
    topics: set[str] = set()
    for blob in metadata:
        try:
            topics.update(_topics(blob))
        except (struct.error, UnicodeDecodeError):
            continue
    return topics


def _topics(blob: bytes) -> list[str]:
    """ConsumerProtocolSubscription: version, then the topics, then what does not matter here."""
    _, count = struct.unpack_from(">hi", blob)
    at = 6
    names = []
    for _ in range(count):
        (length,) = struct.unpack_from(">h", blob, at)
        names.append(blob[at + 2 : at + 2 + length].decode())
        at += 2 + length
    return names
