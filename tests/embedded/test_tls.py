"""TLS at the embedded broker: what is encrypted, who is refused, and how both learn of it."""

import socket
import ssl
import struct
import threading

import pytest
from brokers.secured import PASSWORD, USER, write_certificates
from embedded.talks import (
    CLOSED,
    METADATA,
    VERSIONS,
    Caller,
    authenticate,
    handshake,
    metadata,
    token,
    versions,
)

from evtbdd.embedded.demands import Demands
from evtbdd.embedded.kafka import EmbeddedKafka
from evtbdd.embedded.kafka.layers import Encrypted

VERSIONS_OF_TLS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    write_certificates(folder)
    return folder


@pytest.fixture
def serving(certificates):
    """Starts brokers with TLS; they are stopped at the end."""
    started = []

    def start(verify=ssl.CERT_NONE, **demands):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "server.pem")
        context.load_verify_locations(certificates / "ca.pem")
        context.verify_mode = verify
        started.append(EmbeddedKafka(demands=Demands(context, **demands)))
        started[-1].start()
        return started[-1]

    yield start
    for broker in started:
        broker.stop()


@pytest.fixture
def trusting(certificates):
    """Makes clients' contexts."""

    def context(version=ssl.TLSVersion.TLSv1_3, certificate=None, authority="ca"):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.maximum_version = version
        made.load_verify_locations(certificates / f"{authority}.pem")
        if certificate:
            made.load_cert_chain(certificates / f"{certificate}.pem")
        return made

    return context


@pytest.mark.parametrize("version", VERSIONS_OF_TLS)
def test_a_talk_by_tls(serving, trusting, version):
    """Whoever trusts the authority is answered, with a user or without, by TLS 1.2 and by 1.3."""
    caller = Caller(serving().address, trusting(version))
    with caller.socket:
        assert caller.socket.version() == f"TLSv1.{version.name[-1]}"
        assert caller.hears(versions) == (VERSIONS, 0)
    caller = Caller(serving(users={USER: PASSWORD}).address, trusting(version))
    with caller.socket:
        caller.hears(handshake("PLAIN"))
        caller.hears(authenticate(token()))
        assert caller.hears(metadata) == (METADATA,)


def test_who_is_hung_up_on_hears_a_goodbye(serving, trusting):
    """TLS was ended, and not cut: else a client speaks of an attack instead of a wrong password."""
    caller = Caller(serving(users={USER: PASSWORD}).address)
    host = caller.socket.getpeername()[0]
    with trusting().wrap_socket(
        caller.socket, server_hostname=host, suppress_ragged_eofs=False
    ) as link:
        caller.socket = link
        caller.hears(handshake("PLAIN"))
        _, code, said, _ = caller.hears(authenticate(token(password="x")))
        assert (code, said) == (58, "Authentication failed: Invalid username or password")
        assert caller.next(0, 0) == CLOSED


@pytest.mark.parametrize(
    ("version", "certificate", "alert"),
    [
        (ssl.TLSVersion.TLSv1_2, None, "SSLV3_ALERT_HANDSHAKE_FAILURE"),
        (ssl.TLSVersion.TLSv1_3, None, "TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        (ssl.TLSVersion.TLSv1_2, "unknown", "TLSV1_ALERT_UNKNOWN_CA"),
        (ssl.TLSVersion.TLSv1_3, "unknown", "TLSV1_ALERT_UNKNOWN_CA"),
    ],
)
def test_who_shows_no_certificate_is_told_why(serving, trusting, version, certificate, alert):
    """By an alert, whenever the client learns of it: in the handshake, or after its own part of it."""
    broker = serving(ssl.CERT_REQUIRED)
    with pytest.raises(ssl.SSLError) as refused:  # noqa: PT012 - in TLS 1.3 only an answer is refused
        caller = Caller(broker.address, trusting(version, certificate))
        with caller.socket:
            caller.hears(versions)
    assert refused.value.reason == alert
    caller = Caller(broker.address, trusting(version, "client"))
    with caller.socket:
        assert caller.hears(versions) == (VERSIONS, 0)
    why = "CERTIFICATE_VERIFY_FAILED" if certificate else "PEER_DID_NOT_RETURN_A_CERTIFICATE"
    assert broker.failures == [f"TLS: {why}"]


def test_a_client_that_does_not_trust_the_broker(serving, trusting):
    """What it says of that is told, and the next one is served."""
    broker = serving()
    with pytest.raises(ssl.SSLCertVerificationError):
        Caller(broker.address, trusting(authority="stranger"))
    caller = Caller(broker.address, trusting())
    with caller.socket:
        assert caller.hears(versions) == (VERSIONS, 0)
    assert broker.failures == ["TLS: TLSV1_ALERT_UNKNOWN_CA"]


@pytest.mark.parametrize("sent", [versions, b"GET / HTTP/1.1\r\n\r\n"], ids=["kafka", "http"])
def test_a_client_without_tls(serving, trusting, sent):
    """It waits for nothing: after an alert at most, the connection ends."""
    host, port = serving().address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as link:
        link.sendall(sent)
        heard = b"".join(iter(lambda: link.recv(100), b""))
    assert heard[:1] in {b"", b"\x15"}


def test_a_client_with_tls_where_there_is_none(trusting):
    """Its hello is no frame of Kafka: the handshake ends at once, and that is told."""
    with EmbeddedKafka() as broker, pytest.raises(OSError, match=r"EOF|reset"):
        Caller(broker.address, trusting())
    (failure,) = broker.failures
    assert failure.endswith("bytes: this is not Kafka's protocol")


def test_it_stops_in_the_middle_of_handshakes(serving, trusting):
    """Whoever has said nothing yet, or nothing that could be understood, keeps nobody waiting."""
    before = set(threading.enumerate())
    broker = serving()
    host, port = broker.address.split(":")
    with (
        socket.create_connection((host, int(port)), timeout=5) as silent,
        socket.create_connection((host, int(port)), timeout=5) as garbling,
    ):
        garbling.sendall(versions)
        assert garbling.recv(1) in {b"", b"\x15"}
        with Caller(broker.address, trusting()).socket:
            broker.stop()
        assert set(threading.enumerate()) == before
        assert silent.recv(1) == b""


def test_large_frames_both_ways(serving, trusting):
    """Records of TLS are 16 KiB at most, and frames are not."""
    broker = serving()
    caller = Caller(broker.address, trusting())
    names = [f"{'x' * 200}{number}" for number in range(5000)]
    body = struct.pack(">hhihi", 3, 1, 7, -1, len(names))
    body += b"".join(struct.pack(">h", len(each)) + each.encode() for each in names)
    with caller.socket:
        caller.socket.sendall(struct.pack(">i", len(body)) + body)
        (length,) = struct.unpack(">i", caller._exactly(4))
        answer = caller._exactly(length)
    assert length > 1_000_000
    assert all(answer.count(each.encode()) == 1 for each in names[::1000])


def test_bytes_that_come_one_by_one(certificates, trusting):
    """Where TLS is cut on its way does not matter."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem")
    server = Encrypted(context)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting().wrap_bio(incoming, outgoing, server_hostname="localhost")
    heard = b""

    def pass_on():
        nonlocal heard
        for byte in outgoing.read():
            heard += server.received(bytes([byte]))
        incoming.write(server.due())

    for _ in range(3):
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            pass_on()
    client.write(b"one")
    client.write(b"two")
    pass_on()
    assert heard == b"onetwo"
    incoming.write(server.sent(b"three"))
    assert client.read() == b"three"
