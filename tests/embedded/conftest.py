"""A broker, and a client that speaks the raw protocol to it."""

import socket
import struct
import time
import warnings

import pytest

with warnings.catch_warnings():
    # kafka-python reads its schemas by a function that Python 3.11 and 3.12 warn about
    warnings.filterwarnings("ignore", "(read|open)_text is deprecated", DeprecationWarning)
    from kafka.protocol import admin, consumer, metadata, producer
    from kafka.record.memory_records import MemoryRecordsBuilder

    from evtbdd.embedded.kafka import EmbeddedKafka

CLASSES = {
    name: getattr(module, name)
    for module in (admin, consumer, metadata, producer)
    for name in module.__all__
}


def message(structure, version, values):
    """An instance of a generated class out of nested dicts."""
    fields = structure._struct.fields
    given = {
        name: [message(fields[name].data_class, version, v) for v in value]
        if value is not None and fields[name].is_struct_array()
        else value
        for name, value in values.items()
    }
    return structure(version=version, **given)


class Wire:
    """One connection, blocking, with a deadline of five seconds for every answer."""

    def __init__(self, address):
        host, port = address.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=5)

    def send(self, api, version, **values):
        request = message(CLASSES[api + "Request"], version, values)
        request.with_header(correlation_id=1, client_id="wire")
        self.socket.sendall(request.encode(header=True, framed=True))

    def receive(self, api, version):
        (length,) = struct.unpack(">i", self._exactly(4))
        body = self._exactly(length)
        return CLASSES[api + "Response"].decode(body, version=version, header=True)

    def call(self, api, version, **values):
        self.send(api, version, **values)
        return self.receive(api, version)

    def is_closed(self):
        """Whether the broker closes this connection without an answer."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self):
        self.socket.close()

    def _exactly(self, count):
        received = b""
        while len(received) < count:
            part = self.socket.recv(count - len(received))
            if not part:
                raise EOFError
            received += part
        return received

    # What most tests ask for

    def create(self, name, partitions=1, replicas=1, configs=(), times=1, version=7, **values):
        topic = {
            "name": name,
            "num_partitions": partitions,
            "replication_factor": replicas,
            "assignments": [],
            "configs": [{"name": n, "value": v} for n, v in dict(configs).items()],
        }
        answer = self.call(
            "CreateTopics", version, topics=[topic] * times, timeout_ms=1000, **values
        )
        return [(t.error_code, t.error_message) for t in answer.topics]

    def topics(self):
        answer = self.call("Metadata", 9, topics=None, allow_auto_topic_creation=True)
        return [t.name for t in answer.topics]

    def produce(self, topic, records, acks=-1, transactional_id=None, partition=0):
        data = [{"index": partition, "records": records}]
        values = {
            "transactional_id": transactional_id,
            "acks": acks,
            "timeout_ms": 1000,
            "topic_data": [{"name": topic, "partition_data": data}],
        }
        if acks == 0:
            return self.send("Produce", 9, **values)
        answer = self.call("Produce", 9, **values)
        return answer.responses[0].partition_responses[0]

    def ask_fetch(self, topic, offset, wait=0, isolation=0, version=11, session=0, **place):
        wanted = {
            "partition": 0,
            "current_leader_epoch": -1,
            "fetch_offset": offset,
            "log_start_offset": -1,
            "partition_max_bytes": 1 << 20,
            **place,
        }
        self.send(
            "Fetch",
            version,
            replica_id=-1,
            max_wait_ms=wait,
            min_bytes=1,
            max_bytes=1 << 20,
            isolation_level=isolation,
            session_id=session,
            session_epoch=-1,
            topics=[{"topic": topic, "partitions": [wanted]}],
            forgotten_topics_data=[],
            rack_id="",
        )

    def fetched(self, version=11):
        answer = self.receive("Fetch", version)
        return answer.responses[0].partitions[0]

    def fetch(self, topic, offset, **values):
        self.ask_fetch(topic, offset, **values)
        return self.fetched(values.get("version", 11))

    def offset_at(self, topic, timestamp, version=7, isolation=0, epoch=-1):
        wanted = {"partition_index": 0, "current_leader_epoch": epoch, "timestamp": timestamp}
        answer = self.call(
            "ListOffsets",
            version,
            replica_id=-1,
            isolation_level=isolation,
            topics=[{"name": topic, "partitions": [wanted]}],
        )
        found = answer.topics[0].partitions[0]
        return (found.error_code, found.timestamp, found.offset)


def records(
    *values, key=b"k", timestamp=None, producer=-1, epoch=-1, sequence=-1, transactional=False
):
    """A v2 batch with one record a value."""
    builder = MemoryRecordsBuilder(
        2, 0, 1 << 22, 0, transactional, producer_id=producer, producer_epoch=epoch,
        base_sequence=sequence,
    )  # fmt: skip
    for value in values:
        builder.append(int(time.time() * 1000) if timestamp is None else timestamp, key, value)
    builder.close()
    return bytes(builder.buffer())


@pytest.fixture(name="records")
def _records():
    return records


@pytest.fixture
def broker():
    with EmbeddedKafka() as running:
        yield running
    assert running.failures == []


@pytest.fixture
def connect():
    """Opens raw connections to an address; they are closed at the end."""
    opened = []

    def open_one(address):
        opened.append(Wire(address))
        return opened[-1]

    yield open_one
    for wire in opened:
        wire.close()


@pytest.fixture
def wire(broker, connect):
    return connect(broker.address)
