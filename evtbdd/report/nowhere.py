"""What a formatter is given that writes nothing."""

from __future__ import annotations

from behave.formatter.base import StreamOpener


class Nowhere(StreamOpener):  # type: ignore[misc]
    """A stream that is never opened."""

    def open(self) -> None:
        """Nothing is written."""
