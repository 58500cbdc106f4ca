"""Who is let in by SASL PLAIN, frame by frame: the embedded broker answers as Apache Kafka does."""

import pytest
from brokers.secured import PASSWORD, USER
from embedded.talks import (
    AUTHENTICATE,
    CLOSED,
    HANDSHAKE,
    METADATA,
    VERSIONS,
    Caller,
    authenticate,
    frame,
    handshake,
    metadata,
    request,
    talked,
    token,
    versions,
    versions_of_tomorrow,
)

from evtbdd.embedded.demands import Demands
from evtbdd.embedded.kafka import EmbeddedKafka


def refused(said):
    return (AUTHENTICATE, 58, f"Authentication failed: {said}", b"")


def no_token(count):
    said = f"Invalid SASL/PLAIN response: expected 3 tokens, got {count}"
    return (AUTHENTICATE, 58, said, b"")


SPOKEN = (HANDSHAKE, 0, ["PLAIN"])
UNSPOKEN = (HANDSHAKE, 33, ["PLAIN"])
LET_IN = (AUTHENTICATE, 0, "", b"")
KNOWN = (VERSIONS, 0)
DATA = (METADATA,)
WRONG = refused("Invalid username or password")
AGAIN = "SaslAuthenticate request received after successful authentication"

TALKS = {
    "the right password": [
        (versions, KNOWN),
        (handshake("PLAIN"), SPOKEN),
        (authenticate(token()), LET_IN),
        (metadata, DATA),
    ],
    "version 1": [(handshake("PLAIN"), SPOKEN), (authenticate(token(), 1), LET_IN), (metadata, DATA)],
    "version 2": [(handshake("PLAIN"), SPOKEN), (authenticate(token(), 2), LET_IN), (metadata, DATA)],
    "acting as oneself": [
        (handshake("PLAIN"), SPOKEN),
        (authenticate(token(acting_as=USER)), LET_IN),
    ],
    "nothing is known of the caller": [(metadata, CLOSED)],
    "a password without a mechanism": [(authenticate(token()), CLOSED)],
    "versions asked twice": [(versions, KNOWN), (versions, CLOSED)],
    "versions of tomorrow": [
        (versions_of_tomorrow, (VERSIONS, 35)),
        (versions_of_tomorrow, (VERSIONS, 35)),
        (versions, KNOWN),
        (versions_of_tomorrow, CLOSED),
    ],
    "another mechanism": [(handshake("NOPE"), UNSPOKEN, CLOSED)],
    "another mechanism, as of old": [(handshake("NOPE", 0), UNSPOKEN, CLOSED)],
    "a mechanism in small letters": [(handshake("plain"), UNSPOKEN, CLOSED)],
    "a handshake of tomorrow": [(handshake("PLAIN", 2), CLOSED)],
    "a handshake that is none": [(request(HANDSHAKE, 1), CLOSED)],
    "a handshake without end": [(request(HANDSHAKE, 1, b"\0\5PLAINxyz"), SPOKEN)],
    "two handshakes": [
        (handshake("PLAIN"), SPOKEN),
        (handshake("PLAIN"), (HANDSHAKE, 34, []), CLOSED),
    ],
    "versions after the handshake": [
        (handshake("PLAIN"), SPOKEN),
        (versions, (VERSIONS, 34), CLOSED),
    ],
    "a password of tomorrow": [
        (handshake("PLAIN"), SPOKEN),
        (request(AUTHENTICATE, 3, b"\1\0", flexible=True), CLOSED),
    ],
    "a wrong password": [(handshake("PLAIN"), SPOKEN), (authenticate(token(password="x")), WRONG, CLOSED)],
    "a wrong password, version 1": [
        (handshake("PLAIN"), SPOKEN),
        (authenticate(token(password="x"), 1), WRONG, CLOSED),
    ],
    "a wrong password, version 2": [
        (handshake("PLAIN"), SPOKEN),
        (authenticate(token(password="x"), 2), WRONG, CLOSED),
    ],
    "another user": [(handshake("PLAIN"), SPOKEN), (authenticate(token("bob")), WRONG, CLOSED)],
    "no user": [
        (handshake("PLAIN"), SPOKEN),
        (authenticate(token("")), refused("username not specified"), CLOSED),
    ],
    "no password": [
        (handshake("PLAIN"), SPOKEN),
        (authenticate(token(password="")), refused("password not specified"), CLOSED),
    ],
    "acting as somebody else": [
        (handshake("PLAIN"), SPOKEN),
        (
            authenticate(token(acting_as="bob")),
            refused("Client requested an authorization id that is different from username"),
            CLOSED,
        ),
    ],
    "acting as somebody else by a wrong password": [
        (handshake("PLAIN"), SPOKEN),
        (authenticate(token(password="x", acting_as="bob")), WRONG, CLOSED),
    ],
    "nothing": [(handshake("PLAIN"), SPOKEN), (authenticate(b""), no_token(1), CLOSED)],
    "two parts": [(handshake("PLAIN"), SPOKEN), (authenticate(b"\0alice"), no_token(2), CLOSED)],
    "four parts": [(handshake("PLAIN"), SPOKEN), (authenticate(token() + b"\0"), no_token(4), CLOSED)],
    "six parts": [(handshake("PLAIN"), SPOKEN), (authenticate(b"\0" * 5), no_token(4), CLOSED)],
    "what is no UTF-8": [(handshake("PLAIN"), SPOKEN), (authenticate(b"\0\xff\xfe\0x"), WRONG, CLOSED)],
    "null": [(handshake("PLAIN"), SPOKEN), (request(AUTHENTICATE, 0, b"\xff" * 4), CLOSED)],
    "what breaks off": [(handshake("PLAIN"), SPOKEN), (request(AUTHENTICATE, 0, b"\0"), CLOSED)],
    "a bare token, as of old": [(handshake("PLAIN", 0), SPOKEN), (frame(token()), b""), (metadata, DATA)],
    "a wrong bare token": [(handshake("PLAIN", 0), SPOKEN), (frame(token(password="x")), CLOSED)],
    "no bare token": [(handshake("PLAIN", 0), SPOKEN), (authenticate(token()), CLOSED)],
    "what comes too late": [
        (handshake("PLAIN"), SPOKEN),
        (authenticate(token()), LET_IN),
        (handshake("PLAIN"), (HANDSHAKE, 34, [])),
        (handshake("NOPE", 0), (HANDSHAKE, 34, [])),
        (authenticate(token()), (AUTHENTICATE, 34, AGAIN, b"")),
        (authenticate(b"", 2), (AUTHENTICATE, 34, AGAIN, b"")),
        (versions, KNOWN),
        (metadata, DATA),
    ],
    "no request": [(frame(b"xxxx"), CLOSED)],
}  # fmt: skip


@pytest.fixture(scope="module")
def demanding():
    """An embedded broker that lets in one user."""
    with EmbeddedKafka(demands=Demands(users={USER: PASSWORD})) as broker:
        yield broker


@pytest.fixture(params=["embedded", "real"])
def address(request, demanding):
    """Where a user is asked for, by PLAIN alone: here, and by Apache Kafka."""
    if request.param == "embedded":
        return demanding.address
    return request.getfixturevalue("secured").addresses["plainonly"]


@pytest.fixture(params=["embedded", "real"])
def open_address(request):
    """Where nobody is asked."""
    if request.param == "real":
        yield request.getfixturevalue("secured").addresses["plain"]
        return
    with EmbeddedKafka() as broker:
        yield broker.address


@pytest.mark.parametrize("talk", TALKS.values(), ids=TALKS)
def test_each_frame_is_answered_as_by_apache_kafka(address, talk):
    """The answer to each frame, and whether the connection is closed after it."""
    assert talked(address, talk) == talk


def test_where_nobody_is_asked_it_is_always_too_late(open_address):
    """SASL on a port without it is ILLEGAL_SASL_STATE (34), and harms nothing."""
    talk = [
        (handshake("NOPE"), (HANDSHAKE, 34, [])),
        (authenticate(token()), (AUTHENTICATE, 34, AGAIN, b"")),
        (metadata, DATA),
    ]
    assert talked(open_address, talk) == talk


def test_frames_that_come_at_once_are_answered_one_after_the_other(address):
    """What is sent before the answer came is not lost, nor answered by whoever asks for users."""
    caller = Caller(address)
    with caller.socket:
        caller.socket.sendall(handshake("PLAIN") + authenticate(token()) + metadata)
        heard = [caller.next(HANDSHAKE, 1)]
        heard += [caller.next(api, 0) for api in (AUTHENTICATE, METADATA)]
    assert heard == [SPOKEN, LET_IN, DATA]


def test_who_was_not_let_in_is_told():
    """By what was asked, and without the password."""
    wrong = token(password="looking-glass")
    with EmbeddedKafka(demands=Demands(users={USER: PASSWORD})) as broker:
        for sent in (metadata, authenticate(token()), request(999, 0), handshake("NOPE")):
            talked(broker.address, [(sent, None)])
        talked(broker.address, [(handshake("PLAIN"), None), (versions, None)])
        talked(broker.address, [(handshake("PLAIN"), None), (authenticate(wrong), None)])
        talked(broker.address, [(handshake("PLAIN", 0), None), (frame(wrong), None)])
    assert broker.failures == [
        "Metadata v1: not in its turn, as long as it is unknown who is calling",
        "SaslAuthenticate v0: not in its turn, as long as it is unknown who is calling",
        "API 999 v0: not supported",
        "SaslHandshake v1: no NOPE here",
        "ApiVersions v0: not in its turn, as long as it is unknown who is calling",
        "SaslAuthenticate v0: Authentication failed: Invalid username or password",
        "a bare token of SASL: Authentication failed: Invalid username or password",
    ]


def test_one_login_lets_nobody_else_in(demanding):
    """Who is calling is known of a connection, not of the broker."""
    first, second = Caller(demanding.address), Caller(demanding.address)
    with first.socket, second.socket:
        assert first.hears(handshake("PLAIN")) == SPOKEN
        assert first.hears(authenticate(token())) == LET_IN
        assert second.hears(metadata) == CLOSED
        assert first.hears(metadata) == DATA


def test_passwords_are_in_no_text():
    """Neither of what is demanded, nor of what is told."""
    assert PASSWORD not in repr(Demands(users={USER: PASSWORD}))
