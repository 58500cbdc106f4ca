"""The frames by which a client says who it is, and what it hears."""

import socket
import struct

from brokers.secured import PASSWORD, USER
from kafka.protocol.sasl import SaslAuthenticateResponse, SaslHandshakeResponse

HANDSHAKE, VERSIONS, AUTHENTICATE, METADATA = 17, 18, 36, 3
CLOSED = "closed"


def frame(body):
    return struct.pack(">i", len(body)) + body


def request(api, version, body=b"", flexible=False):
    """A request of nobody; a flexible one has an empty list of tags."""
    return frame(struct.pack(">hhih", api, version, 7, -1) + b"\0" * flexible + body)


def handshake(mechanism, version=1):
    name = mechanism.encode()
    return request(HANDSHAKE, version, struct.pack(">h", len(name)) + name)


def token(user=USER, password=PASSWORD, acting_as=""):
    """RFC 4616."""
    return f"{acting_as}\0{user}\0{password}".encode()


def authenticate(sent, version=0):
    if version < 2:
        return request(AUTHENTICATE, version, frame(sent))
    return request(AUTHENTICATE, version, bytes([len(sent) + 1]) + sent + b"\0", flexible=True)


versions = request(VERSIONS, 0)
versions_of_tomorrow = request(VERSIONS, 99, flexible=True)
metadata = request(METADATA, 1, struct.pack(">i", 0))


class Caller:
    """One connection, with a deadline of five seconds for every answer."""

    def __init__(self, address, context=None):
        host, port = address.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=5)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def hears(self, sent):
        """What answers to a frame, or that it hung up."""
        self.socket.sendall(sent)
        return self.next(*struct.unpack_from(">hh", sent, 4))

    def next(self, api, version):
        """The next answer as far as it is the same of every broker, or that it hung up."""
        head = self._exactly(4)
        if not head:
            return CLOSED
        body = self._exactly(*struct.unpack(">i", head))
        if api == HANDSHAKE:
            answer = SaslHandshakeResponse.decode(body, version=version, header=True)
            return (api, answer.error_code, answer.mechanisms)
        if api == AUTHENTICATE:
            answer = SaslAuthenticateResponse.decode(body, version=version, header=True)
            assert (answer.session_lifetime_ms or 0) == 0
            return (api, answer.error_code, answer.error_message, answer.auth_bytes)
        if api == VERSIONS:
            return (api, struct.unpack_from(">h", body, 4)[0])
        return (api,) if api == METADATA else body

    def _exactly(self, count):
        received = b""
        while len(received) < count:
            part = self.socket.recv(count - len(received))
            if not part:
                return b""
            received += part
        return received


def talked(address, talk):
    """What was heard in a talk: for each frame that is sent, the frame and what answered it."""
    caller = Caller(address)
    with caller.socket:
        return [
            (sent, caller.hears(sent), *(caller.next(0, 0) for _ in rest))
            for sent, _, *rest in talk
        ]
