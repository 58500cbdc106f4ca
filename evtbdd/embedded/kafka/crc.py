"""CRC-32C: by the package crc32c where it is installed, else by kafka-python in pure Python."""

from __future__ import annotations

from collections.abc import Callable

from kafka.record.util import calc_crc32c

crc32c: Callable[[bytes], int] = calc_crc32c
