"""Where SQS is: by whom it is named, in which order, and that it is not AWS unless that is allowed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest

from evtbdd.brokers.sqs.address import Address
from evtbdd.errors import SettingsError

HERE = "http://localhost:4566"
NAMED = {
    "the URL": "http://by-url:1",
    "AWS_ENDPOINT_URL_SQS": "http://by-service:2",
    "AWS_ENDPOINT_URL": "http://by-all:3",
    "LOCALSTACK_HOST": "by-localstack:4",
}
"""In the order of precedence."""


def parsed(text: str, *, allow_aws: bool = False, **environment: str) -> Address:
    return Address.parse(text, environment, allow_aws=allow_aws)


def refusal(text: str, *, allow_aws: bool = False, **environment: str) -> str:
    with pytest.raises(SettingsError) as raised:
        parsed(text, allow_aws=allow_aws, **environment)
    return str(raised.value)


def given(names: tuple[str, ...]) -> tuple[str, Mapping[str, str]]:
    """What stands behind sqs://, and the environment, where these name the endpoint."""
    url = f"us-east-1?endpoint={NAMED['the URL']}" if "the URL" in names else "us-east-1"
    return url, {name: NAMED[name] for name in names if name != "the URL"}


@pytest.mark.parametrize(
    "names",
    [names for count in range(1, len(NAMED) + 1) for names in itertools.combinations(NAMED, count)],
    ids=" and ".join,
)
def test_the_endpoint_is_named_by_the_first_that_names_one(names: tuple[str, ...]) -> None:
    """The URL goes before AWS_ENDPOINT_URL_SQS, that before AWS_ENDPOINT_URL, that before LocalStack."""
    url, environment = given(names)
    found = parsed(url, **environment)
    assert found.sqs.url == NAMED[names[0]].replace("by-localstack", "http://by-localstack")
    assert found.sqs.named_by == names[0]


@pytest.mark.parametrize(
    ("text", "environment", "endpoint"),
    [
        ("us-east-1?endpoint=http://a:1", {"AWS_ENDPOINT_URL_SNS": "http://b:2"}, "http://a:1"),
        ("us-east-1?endpoint=http://a:1&sns=http://b:2", {}, "http://b:2"),
        (
            "us-east-1",
            {"AWS_ENDPOINT_URL": HERE, "AWS_ENDPOINT_URL_SNS": "http://b:2"},
            "http://b:2",
        ),
        ("us-east-1", {"AWS_ENDPOINT_URL": HERE}, HERE),
        ("us-east-1", {"LOCALSTACK_HOST": "localhost:4566"}, HERE),
        ("us-east-1", {"AWS_ENDPOINT_URL_SQS": HERE}, HERE),
    ],
)
def test_topics_are_where_the_queues_are_unless_somebody_says_otherwise(
    text: str, environment: dict[str, str], endpoint: str
) -> None:
    """Never at AWS, where the queues are not: a test would send real events from there."""
    assert parsed(text, **environment).sns.url == endpoint


def test_variables_can_be_left_unread() -> None:
    """By the variable with which AWS's own SDKs do so; LocalStack's is none of theirs."""
    environment = {"AWS_ENDPOINT_URL": "http://a:1", "LOCALSTACK_HOST": "b:2"}
    found = parsed("us-east-1", **environment, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true")
    assert found.sqs.url == "http://b:2"


@pytest.mark.parametrize(
    ("host", "tls", "endpoint"),
    [
        ("localhost", "", "http://localhost:4566"),
        ("stack:99", "", "http://stack:99"),
        ("stack:99", "1", "https://stack:99"),
        ("stack:99", "true", "https://stack:99"),
    ],
)
def test_localstack_is_found_as_its_own_client_finds_it(host: str, tls: str, endpoint: str) -> None:
    """With a default port, and with TLS where USE_SSL says so."""
    assert parsed("us-east-1", LOCALSTACK_HOST=host, USE_SSL=tls).sqs.url == endpoint


def test_aws_itself_is_refused() -> None:
    """Whether nothing names an endpoint, or something names AWS; the sentence says what would do."""
    remedy = (
        "Name an endpoint of your own (sqs://eu-west-1?endpoint=http://…), or write allow aws = yes "
        "in the section of the broker."
    )
    assert refusal("eu-west-1") == (
        '"sqs://eu-west-1" is AWS itself: no endpoint is named by the URL, nor by '
        f"AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL or LOCALSTACK_HOST. {remedy}"
    )
    aws = "https://sqs.eu-west-1.amazonaws.com"
    assert refusal("eu-west-1", AWS_ENDPOINT_URL=aws) == (
        f'"sqs://eu-west-1" is AWS itself: AWS_ENDPOINT_URL names {aws}. {remedy}'
    )
    assert refusal(f"eu-west-1?endpoint={aws}") == (
        f'"sqs://eu-west-1?endpoint={aws}" is AWS itself: the URL names {aws}. {remedy}'
    )


@pytest.mark.parametrize(
    "host",
    [
        "sqs.eu-west-1.amazonaws.com",
        "SQS.EU-WEST-1.AMAZONAWS.COM",
        "eu-west-1.queue.amazonaws.com",
        "sqs.cn-north-1.amazonaws.com.cn",
        "sqs.eusc-de-east-1.amazonaws.eu",
        "sqs.eu-west-1.api.aws",
        "vpce-1-2.sqs.eu-west-1.vpce.amazonaws.com",
        "amazonaws.com",
        "sqs.eu-west-1.amazonaws.com.",
    ],
)
def test_every_host_of_aws_is_known(host: str) -> None:
    """In all of its partitions, however it is written."""
    assert "is AWS itself" in refusal(f"eu-west-1?endpoint=https://{host}")
    assert "is AWS itself" in refusal(f"eu-west-1?endpoint={HERE}&sns=https://{host}")
    assert parsed(f"eu-west-1?endpoint=https://{host}", allow_aws=True).is_aws


@pytest.mark.parametrize("host", ["notamazonaws.com", "amazonaws.com.example.org", "localhost"])
def test_a_host_that_only_looks_like_aws_is_not_refused(host: str) -> None:
    """Its name must end so."""
    assert not parsed(f"eu-west-1?endpoint=http://{host}").is_aws


def test_aws_can_be_allowed() -> None:
    """Then the region says where it is."""
    found = parsed("eu-west-1", allow_aws=True)
    assert found.is_aws
    assert found.sqs.url == "https://sqs.eu-west-1.amazonaws.com"
    assert found.sns.url == "https://sns.eu-west-1.amazonaws.com"
    chinese = parsed("cn-north-1", allow_aws=True)
    assert chinese.sqs.url == "https://sqs.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize(
    ("endpoint", "samples"),
    [
        ("http://127.0.0.1:1", False),
        ("http://[::1]:1", False),
        ("http://10.1.2.3:1", False),
        ("http://localhost:1", False),
        ("http://elasticmq:9324", False),
        ("http://sqs.localhost.localstack.cloud:4566", False),
        ("http://host.docker.internal:1", False),
        ("https://message-queue.api.cloud.example", True),
        ("http://8.8.8.8:1", True),
    ],
)
def test_what_is_near_is_one_machine(endpoint: str, samples: bool) -> None:
    """Only there is one short poll a look at everything; the URL can say otherwise."""
    assert parsed(f"us-east-1?endpoint={endpoint}").samples is samples
    assert parsed(f"us-east-1?endpoint={endpoint}&looks=long").samples is True
    assert parsed(f"us-east-1?endpoint={endpoint}&looks=short").samples is False


def test_aws_is_many_machines() -> None:
    """Whatever its host looks like."""
    assert parsed("eu-west-1", allow_aws=True).samples


@pytest.mark.parametrize(
    ("text", "environment", "wrong"),
    [
        (
            "",
            {},
            '"sqs://" names no region; it is written sqs://REGION?endpoint=http://HOST:PORT, such '
            "as sqs://us-east-1?endpoint=http://localhost:4566.",
        ),
        (
            "localhost:4566",
            {},
            '"sqs://localhost:4566" names no region; it is written '
            "sqs://REGION?endpoint=http://HOST:PORT, such as "
            "sqs://us-east-1?endpoint=http://localhost:4566.",
        ),
        (
            "us-east-1?endpont=http://a",
            {},
            '"sqs://us-east-1?endpont=http://a" has a parameter "endpont", which means nothing '
            'there. Did you mean "endpoint"?',
        ),
        (
            f"us-east-1?endpoint={HERE}&looks=twice",
            {},
            f'"sqs://us-east-1?endpoint={HERE}&looks=twice": looks is long or short, not twice.',
        ),
        (
            "us-east-1?endpoint=localhost:4566",
            {},
            '"localhost:4566", named by the URL, is no endpoint; it is written like '
            "http://localhost:4566.",
        ),
        (
            "us-east-1",
            {"AWS_ENDPOINT_URL": "http://localhost:4566/path"},
            '"http://localhost:4566/path", named by AWS_ENDPOINT_URL, is no endpoint; it is written '
            "like http://localhost:4566.",
        ),
        (
            "us-east-1",
            {"AWS_ENDPOINT_URL_SQS": "http://localhost:none"},
            '"http://localhost:none", named by AWS_ENDPOINT_URL_SQS, is no endpoint; it is written '
            "like http://localhost:4566.",
        ),
        (
            "us-east-1",
            {"LOCALSTACK_HOST": "localhost:none"},
            'LOCALSTACK_HOST is "localhost:none", which is no host and port; it is written like '
            "localhost:4566.",
        ),
    ],
)
def test_what_cannot_be_meant_is_said(text: str, environment: dict[str, str], wrong: str) -> None:
    """With what would be right."""
    assert refusal(text, **environment) == wrong
