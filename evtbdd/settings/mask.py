"""Secrets, kept out of everything that is printed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

from evtbdd.settings.kinds import secret_file
from evtbdd.settings.load import Settings

MASK = "***"
SHORTEST = 4  # characters; to mask what is shorter would blot out half of every text

OF_AWS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
REAL = 16  # characters; AWS's own have 40, and emulators are given such as `test`

_PASSWORD = re.compile(r"(?<![\w+.-])([A-Za-z][\w+.-]*://[^\s/:@]*:)([^\s/?#]+)(?=@)")


class Secrets:
    """Values that must not be shown; they can become known in the course of a run."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for value in values:
            self.add(value)

    @classmethod
    def of(cls, settings: Settings) -> Secrets:
        """The secrets that the settings hold: secret keys, the files they name, passwords in URLs.

        Those of AWS in the environment too, which a service can be handed. A value with a placeholder
        is not known yet: `add` it once it is. A file that cannot be read is nobody's secret; who
        needs it says so.
        """
        secrets = cls(key for key in map(os.environ.get, OF_AWS) if key and len(key) >= REAL)
        for kind, section in settings.schema.items():
            for name in settings.names(kind) if section.named else ("",):
                for word in settings.section(kind, name):
                    key, given = section.key(word), settings.given(kind, name, word)
                    if key is None or given is None:
                        continue
                    if key.kind is secret_file:
                        secrets.add_file(settings, given.text)
                    elif key.secret and "${" not in given.text:
                        secrets.add(given.text)
                    else:
                        secrets.add_url(given.text)
        return secrets

    def add(self, value: str) -> None:
        """Mask a value from now on, also as it stands in a URL or in JSON; short ones are left."""
        for each in (value, quote(value, safe=""), json.dumps(value)[1:-1]):
            if len(value) >= SHORTEST:
                self._values.add(each)
        longest_first = sorted(self._values, key=len, reverse=True)
        self._pattern = (
            re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
        )

    def add_file(self, settings: Settings, path: str) -> None:
        """Mask what a file of the settings' folder holds, without white space at its ends."""
        try:
            self.add((settings.folder / path).read_text(encoding="utf-8").strip())
        except (OSError, ValueError):
            return

    def add_url(self, text: str) -> None:
        """Mask the passwords of the URLs in a text, wherever else they stand."""
        for found in _PASSWORD.finditer(text):
            if "${" not in found[2]:
                self.add(unquote(found[2]))

    def mask(self, text: str) -> str:
        """The text with every secret in it, and every password of a URL, replaced by `***`."""
        shown = _PASSWORD.sub(rf"\g<1>{MASK}", text)
        return self._pattern.sub(MASK, shown) if self._pattern else shown
