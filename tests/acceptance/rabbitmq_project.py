"""The project of the scenarios about what only RabbitMQ has: its channels, and its services."""

from __future__ import annotations

RABBITMQ_SETTINGS = """\
[evtbdd]
timeout = 2 seconds

[evtbdd:broker:main]
url = amqp://{rabbitmq}

[evtbdd:broker:doomed-1]
url = rabbitmq+local://

[evtbdd:broker:doomed-2]
url = rabbitmq+local://

[evtbdd:broker:other]
url = memory://

[evtbdd:channel:orders]
broker = main

[evtbdd:channel:counted]
broker = main
dead letter = dead counted
attempts = 3

[evtbdd:channel:dead counted]
broker = main
kind = queue

[evtbdd:channel:offers]
broker = main
dead letter = dead offers
queue arguments =
    x-message-ttl = 400

[evtbdd:channel:dead offers]
broker = main
kind = queue

[evtbdd:channel:late]
broker = main
dead letter = dead offers
queue arguments =
    x-message-ttl = 3000

[evtbdd:channel:lasting]
broker = main
dead letter = dead lasting
queue arguments =
    x-message-ttl = 60000

[evtbdd:channel:dead lasting]
broker = main
kind = queue

[evtbdd:channel:notes]
broker = main
queue arguments =
    x-message-ttl = 700

[evtbdd:channel:news]
broker = main
kind = exchange

[evtbdd:channel:readers]
broker = main
kind = queue
bindings = news: #

[evtbdd:channel:inbox]
broker = main
kind = queue

[evtbdd:channel:lost-1]
broker = doomed-1

[evtbdd:channel:lost-2]
broker = doomed-2

[evtbdd:channel:elsewhere]
broker = other

[evtbdd:service:holder]
command = python consume.py holds
consumes = orders
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.orders}}

[evtbdd:service:worker]
command = python consume.py acknowledges
consumes = orders
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.orders}}

[evtbdd:service:doomed]
command = python consume.py dies
consumes = orders
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.orders}}

[evtbdd:service:critic]
command = python consume.py rejects
consumes = lasting
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.lasting}}

[evtbdd:service:counting]
command = python consume.py holds
consumes = counted
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.counted}}

[evtbdd:service:reader]
command = python consume.py acknowledges
consumes = notes
environment =
    RABBITMQ = ${{broker.main}}
    QUEUE = ${{channel.notes}}
"""

CONSUME = """
import os, sys
import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ"]))
channel = connection.channel()


def handle(channel, delivery, properties, body):
    if sys.argv[1] == "dies":
        sys.exit(3)
    if sys.argv[1] == "acknowledges":
        channel.basic_ack(delivery.delivery_tag)
    if sys.argv[1] == "rejects":
        channel.basic_reject(delivery.delivery_tag, requeue=False)
    print("handled", flush=True)


channel.basic_consume(os.environ["QUEUE"], handle)
channel.start_consuming()
"""
