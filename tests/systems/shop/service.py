"""What the services share: consume, handle, publish, commit; one event after the other."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, KafkaException, Message, Producer
from faults import Faults, UnknownFault
from messages import Event, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages import Answer

    Handler = Callable[[Event], Reply]

CONSUMER = {
    "enable.auto.commit": False,
    "auto.offset.reset": "latest",
    "partition.assignment.strategy": "range",
    "session.timeout.ms": 6000,
    "heartbeat.interval.ms": 300,  # a member learns of a rebalance by its heartbeat
    "fetch.wait.max.ms": 20,
    "fetch.error.backoff.ms": 20,
    "topic.metadata.refresh.interval.ms": 1000,  # a topic may be created after the start
    "reconnect.backoff.max.ms": 500,
}
PRODUCER = {
    "linger.ms": 0,
    "acks": "all",
    "message.timeout.ms": 30_000,
    "reconnect.backoff.max.ms": 500,
}


class MissingSetting(Exception):
    """An environment variable that the service needs is not set; the text says which."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service is told by its environment."""

    name: str
    faults: Faults
    address: str  # KAFKA, host:port
    group: str  # GROUP
    topics: dict[str, str]  # by channel; the topic of `orders` is told by ORDERS

    @classmethod
    def read(cls, name: str, channels: list[str]) -> Settings:
        """Read the environment variables; raise UnknownFault, MissingSetting."""
        faults = Faults(name, os.environ.get("FAULT", ""))
        topics = {channel: setting(channel.upper()) for channel in channels}
        return cls(name, faults, setting("KAFKA"), setting("GROUP"), topics)


def setting(name: str) -> str:
    """Return an environment variable that must be there; raise MissingSetting."""
    value = os.environ.get(name)
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set")
    return value


def security() -> dict[str, str]:
    """How the broker is told who calls: KAFKA_USER and KAFKA_PASSWORD, KAFKA_CA, if they are set."""
    user, ca = os.environ.get("KAFKA_USER"), os.environ.get("KAFKA_CA")
    settings = {"security.protocol": ("SASL_" if user else "") + ("SSL" if ca else "PLAINTEXT")}
    if user:
        password = setting("KAFKA_PASSWORD")
        settings |= {"sasl.mechanism": "PLAIN", "sasl.username": user, "sasl.password": password}
    return {**settings, "ssl.ca.location": ca} if ca else settings


def run(name: str, *, consumes: str, publishes: list[str], handle: Handler) -> int:
    """Run a service until SIGTERM, and return its exit code."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    log = opened_log(name)
    try:
        settings = Settings.read(name, [consumes, *publishes])
    except (UnknownFault, MissingSetting) as error:
        log.error("%s", error)
        return 2
    if "quiet-log" in settings.faults:
        logging.disable()
    if "crash-at-start" in settings.faults:
        log.error("cannot open the ledger")
        return 3
    log.info("started")
    if "dead-but-running" in settings.faults:
        while not stopping.is_set():
            time.sleep(0.1)
    else:
        serve(settings, consumes, handle, stopping, log)
    log.info("stopped")
    return 0


def serve(
    settings: Settings,
    consumes: str,
    handle: Handler,
    stopping: threading.Event,
    log: logging.Logger,
) -> None:
    """Answer every event of the channel, in the order of its partition."""
    topic = settings.topics[consumes]
    if "subscribed-elsewhere" in settings.faults:
        topic += "-old"
    broker = {"bootstrap.servers": settings.address, "client.id": settings.name, **security()}
    consumer = Consumer({**broker, **CONSUMER, "group.id": settings.group})
    producer = Producer({**broker, **PRODUCER})
    consumer.subscribe([topic])
    while not stopping.is_set():
        message = next_message(consumer, log)
        if message is not None:
            reply = handle(event_of(message))
            publish(producer, misled(reply.answers, settings.faults), settings.topics)
            log.info("%s", reply.line)
            if "never-commits" not in settings.faults:
                commit(consumer, message, log)
    consumer.close()


def opened_log(name: str) -> logging.Logger:
    """Return a log to stdout that writes every line at once, and tracebacks between them."""
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr = sys.stdout
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(name)s: %(message)s")
    return logging.getLogger(name)


def next_message(consumer: Consumer, log: logging.Logger) -> Message | None:
    """Return what came within a tenth of a second; what the broker complains of is logged."""
    message = consumer.poll(0.1)
    if message is not None and message.error():
        log.warning("%s", message.error().str())
        return None
    return message


def misled(answers: list[Answer], faults: Faults) -> list[Answer]:
    """Give in to the faults that strike between handling an event and publishing the answers."""
    if "crash-on-event" in faults:
        # Whoever crashes says no goodbye: its group waits for it, and what it holds is lost.
        print("fatal: the ledger does not add up", flush=True)
        os._exit(1)
    if "late" in faults and answers:
        time.sleep(float(os.environ.get("LATE", "3")))
    return faults.changed(answers)


def event_of(message: Message) -> Event:
    """Read what the driver delivered."""
    place = f"partition {message.partition()} offset {message.offset()}"
    return Event(place, message.key(), message.value(), message.headers() or [])


def publish(producer: Producer, answers: list[Answer], topics: dict[str, str]) -> None:
    """Publish all answers and return when the broker has them; raise KafkaException if not."""
    failures = []

    def delivered(error: object, _: Message) -> None:
        if error is not None:
            failures.append(error)

    for answer in answers:
        topic = topics[answer.channel]
        chosen = {}
        if answer.partition is not None:
            partitions = producer.list_topics(topic, timeout=10).topics[topic].partitions
            chosen["partition"] = answer.partition % len(partitions)
        producer.produce(
            topic,
            key=answer.key,
            value=answer.encoded(),
            headers=answer.headers,
            on_delivery=delivered,
            **chosen,
        )
    producer.flush()
    if failures:
        raise KafkaException(failures[0])


def commit(consumer: Consumer, message: Message, log: logging.Logger) -> None:
    """Commit the event; where that fails go on: a later commit covers it, or it comes again."""
    try:
        consumer.commit(message=message, asynchronous=False)
    except KafkaException as error:
        log.warning("cannot commit: %s", error.args[0].str())
