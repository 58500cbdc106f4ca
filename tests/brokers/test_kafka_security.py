"""A Kafka that asks who is calling, and shows who it is: used, and every refusal in its own words."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from brokers.secured import MECHANISMS, PASSWORD, USER, Secured
from kafka import KafkaAdminClient
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

from evtbdd.brokers.kafka.adapter import KafkaBroker, connect
from evtbdd.brokers.security import Security
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable, SettingsError
from evtbdd.events import Record
from evtbdd.ports import ChannelPlan, Message

# The sockets are kafka-python's, see conftest.py.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <(socket|ssl):ResourceWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]
PATIENCE = 10.0
WAITED = "(waited up to 10 seconds)."
NOBODY = (
    "its certificate is signed by nobody who is trusted (unable to get local issuer certificate); "
    "security ca must name the file of its authority"
)
ASKS = (
    "it asks for a user: security username, security password, and security mechanism "
    "({mechanisms})"
)
REFUSES = 'it refuses the user "alice" or the password'
NO_USER = "it asks for no user there; remove security username, or use another port"
TLS_THERE = "it speaks TLS there: set security ca, or security tls = yes, or use another port"
NO_TLS = "it speaks no TLS there: remove security tls, ca and certificate, or use another port"


PLACES = {
    "real": ("secured", "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"),
    "embedded": ("secured_embedded", "PLAIN"),
}
"""The fixtures of Kafkas that ask who is calling, and the mechanisms by which passwords are taken."""

FILES = ("ca", "certificate", "key")
TLS = {"ca": "ca.pem"}
ALICE = {"username": USER, "password": PASSWORD}
WRONG = {"username": USER, "password": "looking-glass"}


@pytest.fixture
def kafka(request: pytest.FixtureRequest, place: str) -> Secured:
    """The Kafka at one of the places."""
    found: Secured = request.getfixturevalue(PLACES[place][0])
    return found


def security(kafka: Secured, **given: Any) -> Security:
    """Security with the names of files turned into their paths; each means TLS."""
    files = {name: kafka.certificates / given[name] for name in FILES if name in given}
    return Security(**{"tls": bool(files), **given, **files})


def round_trip(broker: KafkaBroker, topic: str) -> list[bytes | None]:
    """What is read of a topic that was made, held, written to, and is deleted again."""
    deadline = Deadline.after(PATIENCE)
    seen: list[Record] = []
    broker.ping(deadline)
    broker.create([ChannelPlan(topic, 1)], deadline)
    lock = broker.hold([topic], "a run", deadline)
    broker.reader().watch([topic], seen.append, deadline)
    broker.publish(topic, [Message(value=b"placed")], deadline)
    broker.reader().read_to(broker.reader().ends([topic], deadline), deadline)
    broker.reader().unwatch([topic])
    lock.release(deadline)
    broker.delete([topic], deadline)
    return [record.value for record in seen]


LET_IN: list[tuple[str, dict[str, Any]]] = [
    ("sasl", ALICE),
    ("sasltls", {**ALICE, **TLS}),
    ("tls", TLS),
    ("mutual", {**TLS, "certificate": "client.crt", "key": "client.key"}),
    ("mutual", {**TLS, "certificate": "client.pem"}),
]
BY_SCRAM: list[tuple[str, dict[str, Any]]] = [
    *(("sasl", {**ALICE, "mechanism": each}) for each in MECHANISMS[1:]),
    *(("sasltls", {**ALICE, **TLS, "mechanism": each}) for each in MECHANISMS[1:]),
]


@pytest.mark.parametrize(
    ("place", "listener", "given"),
    [
        *(("embedded", *each) for each in LET_IN),
        *(("real", *each) for each in [*LET_IN, *BY_SCRAM]),
    ],
)
def test_every_client_is_let_in(kafka: Secured, listener: str, given: dict[str, Any]) -> None:
    """Topics are made and deleted, events published and read, with every way of being let in."""
    where = kafka.addresses[listener]
    how = security(kafka, **given)
    with closing(connect(where, patience=PATIENCE, security=how)) as broker:
        assert round_trip(broker, "orders") == [b"placed"]


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_user_who_is_let_in_only_for_a_time(secured: Secured, mechanism: str) -> None:
    """The broker hangs up on whoever stays longer: nothing is refused, lost or doubled by that."""
    where, deadline = secured.addresses["fleeting"], Deadline.after(30)
    how, topic = Security(USER, PASSWORD, mechanism), f"tea-{mechanism.lower()}"
    seen: list[Record] = []
    with closing(connect(where, patience=PATIENCE, security=how)) as broker:
        broker.create([ChannelPlan(topic, 1)], deadline)
        broker.reader().watch([topic], seen.append, deadline)
        connections, published = set(), 0
        while len(connections) < 8:
            broker.publish(topic, [Message(value=b"%d" % published)], deadline)
            broker.reader().read_to(broker.reader().ends([topic], deadline), deadline)
            published += 1
            connections |= broker._nodes._opened
        broker.reader().unwatch([topic])
        broker.delete([topic], deadline)
    assert [record.value for record in seen] == [b"%d" % number for number in range(published)]


@pytest.mark.parametrize("place", PLACES)
def test_a_name_in_the_certificate_does_too(kafka: Secured) -> None:
    """It is `localhost` as well as 127.0.0.1."""
    port = kafka.addresses["tls"].rpartition(":")[2]
    how = security(kafka, **TLS)
    with closing(connect(f"localhost:{port}", patience=PATIENCE, security=how)) as broker:
        assert round_trip(broker, "by-name") == [b"placed"]


def test_a_user_with_signs_that_scram_means_something_by(secured: Secured) -> None:
    """A comma and an equals sign in a name are sent as RFC 5802 has it."""
    user = "queen=of,hearts"
    admin = KafkaAdminClient(bootstrap_servers=secured.addresses["plain"])
    admin.alter_user_scram_credentials(
        [UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_256, PASSWORD)]
    )
    admin.close()
    how = Security(user, PASSWORD, "SCRAM-SHA-256")
    where = secured.addresses["sasl"]
    with closing(connect(where, patience=PATIENCE, security=how)) as broker:
        assert round_trip(broker, "croquet") == [b"placed"]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("sasl", WRONG, REFUSES),
    ("sasltls", {**WRONG, **TLS}, REFUSES),
    (
        "plainonly",
        {**ALICE, "mechanism": "SCRAM-SHA-256"},
        "it takes no passwords by SCRAM-SHA-256; security mechanism may be PLAIN",
    ),
    ("sasl", {}, ASKS),
    ("sasltls", TLS, ASKS),
    ("plain", ALICE, NO_USER),
    ("tls", {**ALICE, **TLS}, NO_USER),
    ("tls", {}, TLS_THERE),
    ("sasltls", ALICE, TLS_THERE),
    ("plain", TLS, NO_TLS),
    ("sasl", {**ALICE, **TLS}, NO_TLS),
    ("tls", {"ca": "stranger.pem"}, NOBODY),
    ("tls", {"tls": True}, NOBODY),
    ("expired", TLS, "its certificate has expired"),
    ("othername", TLS, "its certificate is not for the name 127.0.0.1"),
    (
        "mutual",
        TLS,
        "it asks for a certificate of its clients: security certificate and security key",
    ),
    (
        "mutual",
        {**TLS, "certificate": "unknown.crt", "key": "unknown.key"},
        "it refuses the certificate that security certificate names",
    ),
]
REFUSED_BY_SCRAM: list[tuple[str, dict[str, Any], str]] = [
    *(("sasl", {**WRONG, "mechanism": each}, REFUSES) for each in MECHANISMS[1:]),
    *(("sasltls", {**WRONG, **TLS, "mechanism": each}, REFUSES) for each in MECHANISMS[1:]),
    (
        "scramonly",
        ALICE,
        "it takes no passwords by PLAIN; security mechanism may be SCRAM-SHA-256 or SCRAM-SHA-512",
    ),
]


@pytest.mark.parametrize(
    ("place", "listener", "given", "cause"),
    [
        *(("embedded", *each) for each in REFUSED),
        *(("real", *each) for each in [*REFUSED, *REFUSED_BY_SCRAM]),
    ],
)
def test_a_refusal_is_told_in_its_own_words(
    kafka: Secured, place: str, listener: str, given: dict[str, Any], cause: str
) -> None:
    """The sentence names the address and the cause, and the same one comes of any first question."""
    where = kafka.addresses[listener]
    how = security(kafka, **given)
    with closing(connect(where, patience=PATIENCE, security=how)) as broker:
        said = []
        for ask in (broker.ping, lambda by: broker.lanes(["orders"], by)):
            with pytest.raises(BrokerUnavailable) as raised:
                ask(Deadline.after(PATIENCE))
            said.append(str(raised.value))
    told = cause.format(mechanisms=PLACES[place][1])
    assert said == [f"Kafka cannot be reached at {where}: {told} {WAITED}"] * 2


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"ca": "none.pem"}, 'ca: "{}/none.pem" cannot be read (No such file or directory).'),
        ({"ca": "client.key"}, 'ca: "{}/client.key" does not hold certificates in PEM.'),
        (
            {"certificate": "client.crt"},
            'certificate: "{}/client.crt" does not hold a certificate and its key in PEM.',
        ),
        (
            {"certificate": "ca.pem", "key": "ca.pem"},
            'certificate: "{}/ca.pem" does not hold a certificate in PEM.',
        ),
        (
            {"certificate": "client.crt", "key": "unknown.key"},
            'key: the key does not belong to the certificate in "{}/client.crt".',
        ),
        (
            {"certificate": "client.crt", "key": "locked.key"},
            'key: "{}/locked.key" needs a password, which evtbdd has no setting for; give it a key '
            "without one.",
        ),
    ],
)
def test_a_file_that_is_not_what_it_should_be(
    secured_embedded: Secured, given: dict[str, str], wrong: str
) -> None:
    """It is a mistake in the settings, told before anything is connected to."""
    with pytest.raises(SettingsError) as raised:
        connect("127.0.0.1:1", patience=1, security=security(secured_embedded, **given))
    assert str(raised.value) == f"security {wrong.format(secured_embedded.certificates)}"
