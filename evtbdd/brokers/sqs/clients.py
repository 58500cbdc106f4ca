"""boto3's clients of SQS and SNS: whose credentials they have, and who carries their requests."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from localstack_client.session import Session as LocalSession

from evtbdd.brokers.certificates import context
from evtbdd.brokers.security import Security
from evtbdd.brokers.sqs.address import Address, Endpoint
from evtbdd.brokers.sqs.transport import Transport
from evtbdd.errors import SettingsError
from evtbdd.words import quoted

_CONFIG = Config(
    # Repeated by us, within the deadline of the question (connection.py).
    retries={"mode": "standard", "total_max_attempts": 1},
    ignore_configured_endpoint_urls=True,
    user_agent_extra="evtbdd",
)
_OF_A_MACHINE = ("container-role", "iam-role")
"""Providers of credentials that ask a network address which only machines of AWS have."""


class _OwnEndpoints(LocalSession):  # type: ignore[misc]
    """localstack-client's session, at the endpoints that our order of precedence gives."""

    def __init__(self, endpoints: Mapping[str, str], **more: str) -> None:
        super().__init__(**more)
        self._service_endpoint_mapping = endpoints


class Clients:
    """The clients of one address, made when first asked for: until then nothing is read or reached."""

    def __init__(self, address: Address, security: Security | None, transport: Transport) -> None:
        self._address = address
        self._security = security or Security()
        self._transport = transport
        self._making = Lock()
        self._made: dict[str, Any] = {}
        self._keys: Keys | None = None

    def get(self, service: str) -> Any:
        """The client of `sqs` or `sns`. Raises botocore's BotoCoreError."""
        with self._making:
            if service not in self._made:
                client = self._of_aws(service) if self._address.is_aws else self._of_others(service)
                client.meta.events.register("before-send", self._transport.send)
                self._made[service] = client
            return self._made[service]

    def _of_aws(self, service: str) -> Any:
        endpoint: Endpoint = getattr(self._address, service)
        session = boto3.Session(
            aws_access_key_id=self._security.username,
            aws_secret_access_key=self._security.password,
            region_name=self._address.region,
        )
        url = None if endpoint.named_by is None else endpoint.url
        return session.client(service, endpoint_url=url, config=_CONFIG)

    def _of_others(self, service: str) -> Any:
        keys = self.keys
        more = {"aws_session_token": keys.token} if keys.token else {}
        session = _OwnEndpoints(
            {"sqs": self._address.sqs.url, "sns": self._address.sns.url},
            region_name=self._address.region,
            aws_access_key_id=keys.access,
            aws_secret_access_key=keys.secret,
        )
        return session.client(service, config=_CONFIG, **more)

    @property
    def keys(self) -> Keys:
        """Those for what is not AWS: of the settings, of boto3's own chain, else any."""
        if self._keys is None:
            self._keys = self._found()
        return self._keys

    def _found(self) -> Keys:
        if self._security.username is not None:
            return Keys(self._security.username, self._security.password or "")
        found = None if self._address.any_keys else _credentials()
        if found is None:
            return Keys("test", "test")
        return Keys(found.access_key, found.secret_key, found.token)


@dataclass(frozen=True, slots=True)
class Keys:
    """Who asks; neither the secret nor the token is shown by `repr`."""

    access: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def _credentials() -> Any:
    """Those that boto3 would find on this machine; None where there are none."""
    provider = botocore.session.Session().get_component("credential_provider")
    for name in _OF_A_MACHINE:
        provider.remove(name)
    found = provider.load_credentials()
    return None if found is None else found.get_frozen_credentials()


def tls(address: Address, security: Security | None) -> ssl.SSLContext:
    """What connections over https are made with.

    SettingsError where a file of certificates is none, or the endpoint is no https:// and so has no
    use for TLS.
    """
    security = security or Security()
    if security.tls and not address.sqs.url.startswith("https:"):
        raise SettingsError(
            f"The endpoint {address.sqs} has no TLS; write https:// where it has, or remove security "
            "tls, ca and certificate."
        )
    made = context(security)
    if security.ca is None:
        bundle = os.environ.get("AWS_CA_BUNDLE")
        if bundle:
            _load(made, bundle)
    return made


def _load(made: ssl.SSLContext, bundle: str) -> None:
    try:
        made.load_verify_locations(bundle)
    except OSError as error:
        raise SettingsError(
            f"AWS_CA_BUNDLE is {quoted(bundle)}, which holds no certificates in PEM."
        ) from error
