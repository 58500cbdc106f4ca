"""What a broker of our own demands of everyone who connects."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

MECHANISM = "PLAIN"
"""The one by which users say who they are (SASL)."""


@dataclass(frozen=True, slots=True)
class Demands:
    """TLS by the server's context, whose `verify_mode` says whether clients show certificates too.

    `users` are those who are let in, each with a password that `repr` does not show; without any
    nobody is asked.
    """

    tls: ssl.SSLContext | None = None
    users: Mapping[str, str] = field(default_factory=dict, repr=False)


NO_DEMANDS = Demands()
