"""The texts that behave is expected to say, in expected/*.txt: a block for each example."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "expected"
HEADING = re.compile(r"^=== (.+)$", re.MULTILINE)
ON_KAFKA = re.compile(r"kafka HOST:PORT, topic (TOPIC-\w+)")
ELSEWHERE = {
    "kafka": r"kafka HOST:PORT, topic \1",
    "rabbitmq": r"rabbitmq HOST:PORT, channel \1",
    "sqs": r"sqs http://HOST:PORT, queue \1.fifo",
}
"""How it is said where a channel is."""


@cache
def expected_texts(name: str, broker: str = "kafka") -> Mapping[str, str]:
    """The blocks of one file, by the names of their examples.

    What another broker has said otherwise stands in the file that is called by it: the place of an
    event, and what it has not got.
    """
    found = {
        title: ON_KAFKA.sub(ELSEWHERE[broker], text)
        for title, text in _blocks(FOLDER / f"{name}.txt").items()
    }
    return found if broker == "kafka" else {**found, **_blocks(FOLDER / f"{broker}.txt")}


def _blocks(path: Path) -> Mapping[str, str]:
    _, *parts = HEADING.split(path.read_text(encoding="utf-8"))
    return {title: text.strip("\n") for title, text in zip(parts[::2], parts[1::2], strict=True)}
