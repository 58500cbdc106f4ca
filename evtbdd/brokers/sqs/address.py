"""Where SQS and SNS are: a region, and endpoints by who names them, in the order of precedence.

1. `endpoint=` (and `sns=`) of the broker's URL
2. AWS_ENDPOINT_URL_SQS, for topics AWS_ENDPOINT_URL_SNS
3. AWS_ENDPOINT_URL
4. LOCALSTACK_HOST

Where none of them does, that is AWS itself. An `endpoint_url` in a profile of `~/.aws/config` is not
looked at: what a test reaches should be seen in its settings or its environment.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from localstack_client.config import parse_localstack_host

from evtbdd.errors import SettingsError
from evtbdd.words import listed, quoted, suggestion

_AWS = re.compile(r"(?:^|\.)(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|amazonwebservices\.com\.cn)$")
_NEAR = re.compile(r"[^.]+|(?:.+\.)?(?:localhost|localstack\.cloud|internal|local)")
"""Names of this machine, of a container beside it, of a machine of one's own network."""

_PARAMETERS = ("endpoint", "keys", "looks", "sns")
_OF_SERVICE = {"sqs": "AWS_ENDPOINT_URL_SQS", "sns": "AWS_ENDPOINT_URL_SNS"}
_OF_ALL = "AWS_ENDPOINT_URL"
_LOCALSTACK = "LOCALSTACK_HOST"
_IGNORED = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
_SHAPE = "sqs://REGION?endpoint=http://HOST:PORT"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL, and what has named it: `the URL`, or a variable; a region's own is named by nobody."""

    url: str
    named_by: str | None = None

    @property
    def host(self) -> str:
        """Without the port."""
        return urlsplit(self.url).hostname or ""

    def __str__(self) -> str:
        """With the variable that has named it, where it was one."""
        if self.named_by is None or self.named_by == "the URL":
            return self.url
        return f"{self.url} (named by {self.named_by})"


@dataclass(frozen=True, slots=True)
class Address:
    """A region and its endpoints; `is_aws` where either is AWS's own.

    `samples` is true where a single look may miss what is stored: SQS itself is many machines, of
    which a short poll asks some. What is near is one machine, and a look at it is exact. `any_keys`
    is where it does not matter who asks, so that no key of this machine's user is taken.
    """

    region: str
    sqs: Endpoint
    sns: Endpoint
    is_aws: bool
    samples: bool
    any_keys: bool = False

    @classmethod
    def parse(cls, text: str, environment: Mapping[str, str], *, allow_aws: bool) -> Address:
        """Read what stands behind `sqs://`.

        SettingsError where it cannot be meant, or is AWS itself and that is not allowed.
        """
        region, _, query = text.partition("?")
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", region):
            raise SettingsError(
                f"{quoted(f'sqs://{text}')} names no region; it is written {_SHAPE}, such as "
                "sqs://us-east-1?endpoint=http://localhost:4566."
            )
        given = _parameters(text, query)
        sqs = _endpoint("sqs", region, given, environment)
        sns = _endpoint("sns", region, given, environment)
        if sns.named_by is None and sqs.named_by is not None:
            sns = sqs
        is_aws = _is_aws(sqs) or _is_aws(sns)
        if is_aws and not allow_aws:
            raise _refusal(text, region, *(("sqs", sqs) if _is_aws(sqs) else ("sns", sns)))
        samples = given["looks"] == "long" if "looks" in given else not _is_near(sqs.host)
        return cls(region, sqs, sns, is_aws, samples, given.get("keys") == "any")


def _parameters(text: str, query: str) -> Mapping[str, str]:
    given = dict(parse_qsl(query, keep_blank_values=True))
    unknown = [name for name in given if name not in _PARAMETERS]
    if unknown:
        raise SettingsError(
            f"{quoted(f'sqs://{text}')} has a parameter {quoted(unknown[0])}, which means nothing "
            f"there. {suggestion(unknown[0], _PARAMETERS, 'parameters')}"
        )
    for name, values in (("looks", ("long", "short")), ("keys", ("any",))):
        if given.get(name, values[0]) not in values:
            raise SettingsError(
                f"{quoted(f'sqs://{text}')}: {name} is {listed(values, 'or')}, not {given[name]}."
            )
    return given


def _endpoint(
    service: str, region: str, given: Mapping[str, str], environment: Mapping[str, str]
) -> Endpoint:
    of_url = given.get("sns", given.get("endpoint")) if service == "sns" else given.get("endpoint")
    if of_url is not None:
        return _valid(of_url, "the URL")
    if environment.get(_IGNORED, "").lower() != "true":
        for variable in (_OF_SERVICE[service], _OF_ALL):
            if environment.get(variable):
                return _valid(environment[variable], variable)
    if environment.get(_LOCALSTACK):
        return _of_localstack(environment[_LOCALSTACK], environment.get("USE_SSL", ""))
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return Endpoint(f"https://{service}.{region}.{suffix}")


def _of_localstack(host: str, tls: str) -> Endpoint:
    try:
        name, port = parse_localstack_host(host)
    except RuntimeError as error:
        raise SettingsError(
            f"{_LOCALSTACK} is {quoted(host)}, which is no host and port; it is written like "
            "localhost:4566."
        ) from error
    return _valid(f"http{'s' if tls in {'1', 'true'} else ''}://{name}:{port}", _LOCALSTACK)


def _valid(url: str, named_by: str) -> Endpoint:
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(
            f"{quoted(url)}, named by {named_by}, is no endpoint; it is written like "
            "http://localhost:4566."
        )
    return Endpoint(f"{parts.scheme}://{parts.netloc}", named_by)


def _is_aws(endpoint: Endpoint) -> bool:
    return endpoint.named_by is None or _AWS.search(endpoint.host.rstrip(".")) is not None


def _is_near(host: str) -> bool:
    if _AWS.search(host):
        return False
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return _NEAR.fullmatch(host.rstrip(".")) is not None


def _refusal(text: str, region: str, service: str, endpoint: Endpoint) -> SettingsError:
    if endpoint.named_by is None:
        variables = [_OF_SERVICE[service], _OF_ALL, _LOCALSTACK]
        why = f"no endpoint is named by the URL, nor by {listed(variables, 'or')}"
    else:
        why = f"{endpoint.named_by} names {endpoint.url}"
    return SettingsError(
        f"{quoted(f'sqs://{text}')} is AWS itself: {why}. Name an endpoint of your own "
        f"(sqs://{region}?endpoint=http://…), or write allow aws = yes in the section of the broker."
    )
