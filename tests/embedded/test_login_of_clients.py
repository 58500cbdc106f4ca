"""Both drivers with a user, with and without TLS, at the embedded broker as at Apache Kafka."""

import re
import time

import pytest
from brokers.secured import PASSWORD, USER
from confluent_kafka import Consumer, Producer
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaTimeoutError

DEADLINE = 20
KAFKAS = ("secured_embedded", "secured")
LISTENERS = {"plainonly": "SASL_PLAINTEXT", "sasltls": "SASL_SSL"}

# The sockets of connections that were refused are kafka-python's, see tests/brokers/conftest.py.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <(socket|ssl):ResourceWarning")


@pytest.fixture(params=KAFKAS, ids=["embedded", "real"])
def kafka(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=LISTENERS)
def listener(request):
    return request.param


@pytest.fixture
def kafka_python(kafka, listener):
    """The settings of kafka-python, with a password."""
    return lambda password: {
        "bootstrap_servers": kafka.addresses[listener],
        "bootstrap_timeout_ms": 1500,
        "security_protocol": LISTENERS[listener],
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": USER,
        "sasl_plain_password": password,
        "ssl_cafile": str(kafka.certificates / "ca.pem"),
    }


@pytest.fixture
def confluent_kafka(kafka, listener):
    """The settings of confluent-kafka, with a password."""

    def settings(password):
        by_tls = {"ssl.ca.location": str(kafka.certificates / "ca.pem")}
        return {
            "bootstrap.servers": kafka.addresses[listener],
            "security.protocol": LISTENERS[listener],
            "sasl.mechanism": "PLAIN",
            "sasl.username": USER,
            "sasl.password": password,
            "log_level": 0,
            **(by_tls if listener == "sasltls" else {}),
        }

    return settings


@pytest.fixture
def topic(kafka_python, request):
    """A topic that is gone afterwards."""
    admin = KafkaAdminClient(**kafka_python(PASSWORD))
    name = re.sub(r"\W+", "-", request.node.name)
    admin.create_topics({name: {"num_partitions": 1, "replication_factor": 1}})
    yield name
    admin.delete_topics([name])
    admin.close()


def test_kafka_python_with_the_right_password(kafka_python, topic):
    """Every connection that it makes is let in: of admin, producer, and consumer in a group."""
    producer = KafkaProducer(**kafka_python(PASSWORD), enable_idempotence=False)
    producer.send(topic, b"placed").get(DEADLINE)
    producer.close()
    reading = {"group_id": topic, "auto_offset_reset": "earliest"}
    consumer = KafkaConsumer(topic, **kafka_python(PASSWORD), **reading)
    found, end = [], time.monotonic() + DEADLINE
    while not found and time.monotonic() < end:
        found = [each.value for batch in consumer.poll(500).values() for each in batch]
    consumer.commit()
    consumer.close()
    assert found == [b"placed"]


def test_confluent_kafka_with_the_right_password(confluent_kafka, topic):
    """Every connection that it makes is let in: of producer, and consumer in a group."""
    producer = Producer(confluent_kafka(PASSWORD))
    producer.produce(topic, b"placed")
    assert producer.flush(DEADLINE) == 0
    producer.close()
    reading = {"group.id": topic, "auto.offset.reset": "earliest"}
    consumer = Consumer({**confluent_kafka(PASSWORD), **reading})
    consumer.subscribe([topic])
    message = consumer.poll(DEADLINE)
    consumer.close()
    assert message.error() is None
    assert message.value() == b"placed"


def test_kafka_python_with_a_wrong_password(kafka_python):
    """It says no more than that it could not bootstrap."""
    with pytest.raises(KafkaTimeoutError, match="Unable to bootstrap"):
        KafkaAdminClient(**kafka_python("looking-glass"))


def test_confluent_kafka_with_a_wrong_password(confluent_kafka, kafka, listener):
    """It repeats the broker's own words."""
    told = []
    producer = Producer(
        {**confluent_kafka("looking-glass"), "error_cb": lambda error: told.append(error)}
    )
    end = time.monotonic() + DEADLINE
    while not told and time.monotonic() < end:
        producer.poll(0.1)
    producer.close()
    said = re.sub(r" \(after \d+ms", " (after T", told[0].str())
    assert told[0].name() == "_AUTHENTICATION"
    assert said == (
        f"{LISTENERS[listener].lower()}://{kafka.addresses[listener]}/bootstrap: SASL authentication "
        "error: Authentication failed: Invalid username or password (after T in state AUTH_REQ)"
    )
