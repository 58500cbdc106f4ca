"""As whom evtbdd speaks to SQS, over which connection, and that no secret is ever told."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from brokers.sqs_stub import Reply, Stub, refusal, stubbed

from evtbdd.brokers.security import Security
from evtbdd.brokers.sqs.adapter import SqsBroker, connect
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerError, BrokerUnavailable, SettingsError
from evtbdd.ports import ChannelPlan, Message

SECRET = "wJalrXUtnFEMI-never-shown"
VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


def soon(seconds: float = 10.0) -> Deadline:
    return Deadline.after(seconds)


@pytest.fixture(autouse=True)
def no_keys_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither in the environment nor in files."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    for variable in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(variable, str(tmp_path / "none"))


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stubbed() as found:
        yield found


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secured(authority: trustme.CA) -> Iterator[Stub]:
    """A server that speaks TLS."""

    def tls() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        return context

    with stubbed(tls) as found:
        yield found


def asked_as(stub: Stub) -> str:
    """The access key that the last request was signed with."""
    found = re.search(r"Credential=([^/]+)/", stub.headers[-1]["Authorization"])
    assert found is not None
    return found[1]


def pinged(address: str, security: Security | None = None) -> None:
    broker = connect(address, patience=5.0, security=security)
    try:
        broker.ping(soon())
    finally:
        broker.close()


def unavailable(address: str, security: Security | None = None) -> str:
    with pytest.raises(BrokerUnavailable) as raised:
        pinged(address, security)
    return str(raised.value)


def test_the_keys_of_the_settings_go_before_those_of_the_machine(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the machine before any."""
    pinged(stub.address)
    assert asked_as(stub) == "test"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-machine")
    pinged(stub.address)
    assert asked_as(stub) == "AKIAMACHINE"
    assert stub.headers[-1]["X-Amz-Security-Token"] == "token-of-machine"
    pinged(stub.address, Security(username="AKIASETTINGS", password=SECRET))
    assert asked_as(stub) == "AKIASETTINGS"
    assert "X-Amz-Security-Token" not in stub.headers[-1]


def test_where_any_key_will_do_those_of_the_machine_are_left_alone(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service of the run's own broker must not be handed somebody's real ones."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    broker = connect(f"{stub.address}&keys=any", patience=5.0)
    broker.ping(soon())
    assert asked_as(stub) == "test"
    assert broker.facts() == {"region": "us-east-1", "user": "test", "password": "test"}
    broker.close()


def test_a_service_can_be_given_the_same_keys(stub: Stub) -> None:
    """But none of AWS's, which it has of its own."""
    security = Security(username="AKIASETTINGS", password=SECRET, allow_aws=True)
    near = connect(stub.address, patience=5.0, security=security)
    assert near.facts() == {"region": "us-east-1", "user": "AKIASETTINGS", "password": SECRET}
    near.close()
    aws = connect("eu-west-1", patience=5.0, security=security)
    assert aws.facts() == {"region": "eu-west-1"}
    aws.close()


def test_aws_is_reached_only_where_the_settings_allow_it() -> None:
    """Keys alone allow nothing."""
    with pytest.raises(SettingsError, match="allow aws = yes"):
        connect("eu-west-1", patience=5.0, security=Security(username="a", password="b"))
    allowed = connect("eu-west-1", patience=5.0, security=Security(allow_aws=True))
    assert allowed.address == "https://sqs.eu-west-1.amazonaws.com"
    allowed.close()


def test_no_secret_is_told(stub: Stub) -> None:
    """In no error, whatever is answered; and by no `repr`."""
    security = Security(username="AKIASETTINGS", password=SECRET)
    broker = connect(stub.address, patience=5.0, security=security)
    said = [repr(security), repr(broker), repr(broker._clients.keys)]
    echo = f"The string to sign was … {SECRET} …"
    for code in ("SignatureDoesNotMatch", "InvalidClientTokenId", "ExpiredToken"):
        stub.answers("ListQueues", refusal(code, echo, 403))
        with pytest.raises(BrokerError) as raised:
            broker.ping(soon())
        said.append(str(raised.value))
    broker.close()
    assert len(said) == 6
    assert not [each for each in said if SECRET in each]


def test_a_profile_that_is_not_there_is_told(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable that names it."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert unavailable(stub.address) == (
        f"SQS at {stub.endpoint} could not list the queues: the config profile (nobody) could not be "
        "found (AWS_PROFILE)."
    )


def test_an_authority_of_ones_own_is_trusted(
    secured: Stub, authority: trustme.CA, tmp_path: Path
) -> None:
    """By `security ca`, and by the variable of AWS's own SDKs."""
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    broker = connect(secured.address, patience=5.0, security=Security(tls=True, ca=ca))
    secured.answers("SendMessage", Reply({"MessageId": "m1"}))
    broker.create([], soon())
    assert len(broker.publish("orders", [Message(b"x")], soon())) == 1
    broker.close()


def test_the_bundle_of_the_environment_is_trusted(
    secured: Stub, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_CA_BUNDLE, as AWS's own SDKs read it."""
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(ca))
    pinged(secured.address)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(SettingsError) as raised:
        connect(secured.address, patience=5.0)
    assert str(raised.value) == (
        f'AWS_CA_BUNDLE is "{tmp_path / "none.pem"}", which holds no certificates in PEM.'
    )


def test_an_authority_that_nobody_knows_is_refused(secured: Stub, tmp_path: Path) -> None:
    """Nothing is sent then; the sentence names the setting."""
    assert unavailable(secured.address) == (
        f"SQS cannot be reached at {secured.endpoint}: its certificate is signed by nobody who is "
        "trusted (unable to get local issuer certificate); security ca must name the file of its "
        "authority (waited up to 10 seconds)."
    )
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    assert "signed by nobody who is trusted" in unavailable(
        secured.address, Security(tls=True, ca=other)
    )
    assert secured.asked == []


def test_tls_where_there_is_none_and_none_where_there_is(stub: Stub, secured: Stub) -> None:
    """Each in a sentence that says so."""
    spoken = f"us-east-1?endpoint=https://127.0.0.1:{stub.port}"
    assert unavailable(spoken) == (
        f"SQS cannot be reached at https://127.0.0.1:{stub.port}: it speaks no TLS there, or refuses "
        "evtbdd in the handshake (waited up to 10 seconds)."
    )
    plain = f"us-east-1?endpoint=http://127.0.0.1:{secured.port}"
    broker = connect(plain, patience=5.0)
    with pytest.raises(BrokerUnavailable) as raised:
        broker.ping(soon(1))
    assert str(raised.value).startswith(
        f"SQS at http://127.0.0.1:{secured.port} could not list the queues: "
    )
    assert "https://" in str(raised.value)
    broker.close()


def test_certificates_without_tls_are_a_mistake(stub: Stub, tmp_path: Path) -> None:
    """The URL of the endpoint says whether it has TLS."""
    with pytest.raises(SettingsError) as raised:
        connect(stub.address, patience=5.0, security=Security(tls=True))
    assert str(raised.value) == (
        f"The endpoint {stub.endpoint} has no TLS; write https:// where it has, or remove security "
        "tls, ca and certificate."
    )
    with pytest.raises(SettingsError, match="security ca"):
        connect(
            f"us-east-1?endpoint=https://127.0.0.1:{stub.port}",
            patience=5.0,
            security=Security(tls=True, ca=tmp_path / "none.pem"),
        )


def test_a_connection_is_used_again(stub: Stub) -> None:
    """And opened anew where the server has closed it."""
    broker: SqsBroker = connect(stub.address, patience=5.0)
    for _ in range(3):
        broker.ping(soon())
    stub.answers("ListQueues", Reply(cuts=True), Reply())
    broker.ping(soon())
    broker.create([ChannelPlan("orders")] * 0, soon())
    assert stub.count("ListQueues") == 5
    broker.close()
