"""An embedded broker demands of everyone what the settings say of evtbdd itself."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from brokers.secured import Secured, write_certificates

from evtbdd.brokers.kafka.adapter import connect
from evtbdd.brokers.security import Security
from evtbdd.channels.pool import Brokers
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, SettingsError, UnknownName
from evtbdd.keeper import HeldKeeper
from evtbdd.provisioning.provision import Provisioned, provision

# The sockets are kafka-python's, see tests/brokers/conftest.py.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <(socket|ssl):ResourceWarning")
PATIENCE = 5.0
URL = "kafka+embedded://"
ALICE = Security("alice", "wonderland")
ASKS = "it asks for a user: security username, security password, and security mechanism (PLAIN)"
TLS_THERE = "it speaks TLS there: set security ca, or security tls = yes, or use another port"
REFUSES = 'it refuses the user "{}" or the password'


@pytest.fixture
def keeper() -> Iterator[HeldKeeper]:
    """The keeper of a run."""
    held = HeldKeeper()
    yield held
    held.close()


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """A folder with certificates of clients."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    write_certificates(folder)
    return folder


def refusal(provisioned: Provisioned, security: Security | None) -> str | None:
    """What a client is told that comes with this; None if it is let in."""
    address = provisioned.broker.address
    with closing(connect(address, patience=PATIENCE, security=security)) as broker:
        try:
            broker.ping(Deadline.after(PATIENCE))
        except BrokerUnavailable as error:
            said = str(error).removeprefix(f"Kafka cannot be reached at {address}: ")
            return said.removesuffix(" (waited up to 5 seconds).")
    return None


def test_a_user(keeper: HeldKeeper) -> None:
    """Nobody else is let in, evtbdd itself is."""
    with closing(provision(URL, keeper, patience=PATIENCE, security=ALICE)) as kafka:
        kafka.broker.ping(Deadline.after(PATIENCE))
        assert refusal(kafka, ALICE) is None
        assert refusal(kafka, None) == ASKS
        assert refusal(kafka, Security("alice", "looking-glass")) == REFUSES.format("alice")
        assert refusal(kafka, Security("bob", "wonderland")) == REFUSES.format("bob")


def test_tls_and_a_user(keeper: HeldKeeper) -> None:
    """Both are demanded; the file of the authority is there for others as long as the broker is."""
    security = Security("alice", "wonderland", tls=True)
    kafka = provision(URL, keeper, patience=PATIENCE, security=security)
    with closing(kafka):
        kafka.broker.ping(Deadline.after(PATIENCE))
        assert kafka.security is not None
        ca = kafka.security.ca
        assert ca is not None
        assert refusal(kafka, Security("alice", "wonderland", tls=True, ca=ca)) is None
        assert refusal(kafka, Security(tls=True, ca=ca)) == ASKS
        assert refusal(kafka, ALICE) == TLS_THERE
        assert [each.name for each in ca.parent.iterdir()] == ["ca.pem"]
        assert "PRIVATE" not in ca.read_text(encoding="ascii")
    assert not ca.parent.exists()


def test_each_broker_has_an_authority_of_its_own(keeper: HeldKeeper) -> None:
    """Who trusts one does not trust another."""
    how = Security(tls=True)
    with (
        closing(provision(URL, keeper, patience=PATIENCE, security=how)) as one,
        closing(provision(URL, keeper, patience=PATIENCE, security=how)) as other,
    ):
        assert refusal(one, one.security) is None
        assert "is signed by nobody who is trusted" in (refusal(one, other.security) or "")


def test_the_certificate_is_good_enough_for_strict_clients(keeper: HeldKeeper) -> None:
    """Python 3.13 demands more of certificates by default (RFC 5280); by both names of the machine."""
    with closing(provision(URL, keeper, patience=PATIENCE, security=Security(tls=True))) as kafka:
        assert kafka.security is not None
        port = kafka.broker.address.rpartition(":")[2]
        context = ssl.create_default_context(cafile=str(kafka.security.ca))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        for name in ("127.0.0.1", "localhost"):
            with context.wrap_socket(
                socket.create_connection(("127.0.0.1", int(port)), PATIENCE),
                server_hostname=name,
            ) as link:
                assert link.version() == "TLSv1.3"


@pytest.mark.parametrize(
    "own",
    [
        {"certificate": "client.crt", "key": "client.key"},
        {"certificate": "client.pem"},
    ],
    ids=["two files", "one file"],
)
def test_a_certificate_of_the_client(
    keeper: HeldKeeper, certificates: Path, own: dict[str, str]
) -> None:
    """Who shows it is let in; who shows none, or another, is not."""
    files = {name: certificates / file for name, file in own.items()}
    security = Security(tls=True, **files)
    with closing(provision(URL, keeper, patience=PATIENCE, security=security)) as kafka:
        kafka.broker.ping(Deadline.after(PATIENCE))
        assert kafka.security is not None
        ca = kafka.security.ca
        assert refusal(kafka, kafka.security) is None
        assert refusal(kafka, Security(tls=True, ca=ca)) == (
            "it asks for a certificate of its clients: security certificate and security key"
        )
        unknown = Security(tls=True, ca=ca, certificate=certificates / "unknown.pem")
        assert (
            refusal(kafka, unknown) == "it refuses the certificate that security certificate names"
        )


@pytest.mark.parametrize(
    ("security", "wrong"),
    [
        (
            Security("alice", "wonderland", "SCRAM-SHA-256"),
            f'"{URL}" takes passwords by PLAIN alone, and security mechanism is SCRAM-SHA-256; '
            "remove that, or name a broker that runs.",
        ),
        (
            Security(tls=True, ca=Path("/ca.pem")),
            f'"{URL}" makes an authority of its own, which security ca cannot name: write security '
            "tls = yes instead. Services find its file by ${broker.NAME.ca}.",
        ),
        (
            Security(tls=True, certificate=Path("/none.pem")),
            'security certificate: "/none.pem" cannot be read (No such file or directory).',
        ),
        (
            Security(tls=True, certificate=Path(__file__)),
            f'security certificate: "{__file__}" does not hold a certificate in PEM.',
        ),
    ],
)
def test_what_cannot_be_demanded(
    keeper: HeldKeeper,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    security: Security,
    wrong: str,
) -> None:
    """It is said, and nothing of a broker is left."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SettingsError) as raised:
        provision(URL, keeper, patience=PATIENCE, security=security)
    assert str(raised.value) == wrong
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_none_leaves_no_broker_behind(
    keeper: HeldKeeper, certificates: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What only evtbdd's own client finds out comes after the broker is started."""
    (temporary := tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    files = {"certificate": certificates / "client.crt", "key": certificates / "unknown.key"}
    with pytest.raises(SettingsError, match="the key does not belong to the certificate"):
        provision(URL, keeper, patience=PATIENCE, security=Security(tls=True, **files))
    assert list(temporary.iterdir()) == []


def test_the_library_that_makes_certificates_is_missing(
    keeper: HeldKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its extra is named; without TLS nobody needs it."""
    monkeypatch.delitem(sys.modules, "evtbdd.embedded.certificates", raising=False)
    monkeypatch.setitem(sys.modules, "trustme", None)
    provision(URL, keeper, patience=PATIENCE, security=ALICE).close()
    with pytest.raises(SettingsError) as raised:
        provision(URL, keeper, patience=PATIENCE, security=Security(tls=True))
    assert str(raised.value) == (
        'The driver "trustme" is not installed: pip install "evtbdd[embedded]" brings it.'
    )


def test_services_are_told_what_lets_them_in(keeper: HeldKeeper, certificates: Path) -> None:
    """`${broker.main.ca}` is the file of the embedded broker's authority; others are the settings'."""
    own = Security("alice", "wonderland", tls=True, certificate=certificates / "client.pem")
    with closing(Brokers({"main": URL}, keeper, patience=PATIENCE, secured={"main": own})) as all_:
        facts = {fact: all_.fact(f"main.{fact}") for fact in ("user", "password", "certificate")}
        assert facts == {
            "user": "alice",
            "password": "wonderland",
            "certificate": str(certificates / "client.pem"),
        }
        assert all_.fact("main.key") == all_.fact("main.certificate")
        ca = Path(all_.fact("main.ca"))
        assert "BEGIN CERTIFICATE" in ca.read_text(encoding="ascii")
    assert not ca.exists()


@pytest.mark.parametrize(
    ("security", "fact", "lacking"),
    [
        (None, "ca", "security ca, nor security tls = yes on a broker of the run's own"),
        (ALICE, "ca", "security ca, nor security tls = yes on a broker of the run's own"),
        (Security(tls=True), "certificate", "security certificate"),
        (Security(tls=True), "key", "security certificate"),
    ],
)
def test_a_file_that_there_is_not(
    keeper: HeldKeeper, security: Security | None, fact: str, lacking: str
) -> None:
    """It is said what would be needed."""
    secured = {"main": security}
    with closing(Brokers({"main": URL}, keeper, patience=PATIENCE, secured=secured)) as brokers:
        with pytest.raises(UnknownName) as raised:
            brokers.fact(f"main.{fact}")
        assert str(raised.value) == (
            f"${{broker.main.{fact}}}: [evtbdd:broker:main] has no {lacking}."
        )


def test_the_file_of_somebody_elses_authority(
    keeper: HeldKeeper, secured_embedded: Secured
) -> None:
    """For a broker that runs it is the file that the settings name."""
    ca = secured_embedded.certificates / "ca.pem"
    urls = {"main": f"kafka://{secured_embedded.addresses['tls']}"}
    how = {"main": Security(tls=True, ca=ca)}
    with closing(Brokers(urls, keeper, patience=PATIENCE, secured=how)) as brokers:
        assert brokers.fact("main.ca") == str(ca)
