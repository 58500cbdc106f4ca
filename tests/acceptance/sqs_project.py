"""The project of the scenarios about what only SQS has: its queues, and its services."""

from __future__ import annotations

KEYS = """\
AWS_ENDPOINT_URL = ${broker.main}
    AWS_DEFAULT_REGION = ${broker.main.region}
    AWS_ACCESS_KEY_ID = ${broker.main.user}
    AWS_SECRET_ACCESS_KEY = ${broker.main.password}"""

SQS_SHOP = """\
[evtbdd:broker:main]
url = sqs+embedded://

[evtbdd:channel:orders]
broker = main
visibility timeout = 2 seconds

[evtbdd:channel:slow]
broker = main
visibility timeout = 60 seconds

[evtbdd:channel:notes]
broker = main

[evtbdd:service:clerk]
command = python receive.py leaves
consumes = orders
ready = exit 0
environment =
    {keys}
    QUEUE = ${channel.orders.url}

[evtbdd:service:cleaner]
command = python receive.py deletes
consumes = orders
ready = exit 0
environment =
    {keys}
    QUEUE = ${channel.orders.url}

[evtbdd:service:napper]
command = python receive.py sleeps
consumes = orders
ready = log "received"
environment =
    {keys}
    QUEUE = ${channel.orders.url}

[evtbdd:service:sleeper]
command = python receive.py sleeps
consumes = slow
ready = log "received"
environment =
    {keys}
    QUEUE = ${channel.slow.url}
""".replace("{keys}", KEYS)
"""Queues, and services that receive one event: who leaves it, who deletes it, who goes on to hold it."""

SQS_SETTINGS = f"""\
[evtbdd]
timeout = 1 second

{SQS_SHOP}
[evtbdd:broker:doomed-1]
url = sqs+embedded://

[evtbdd:broker:doomed-2]
url = sqs+embedded://

[evtbdd:broker:doomed-3]
url = sqs+embedded://

[evtbdd:broker:other]
url = memory://

[evtbdd:channel:later]
broker = main
delay = 2 seconds

[evtbdd:channel:lost-1]
broker = doomed-1

[evtbdd:channel:lost-2]
broker = doomed-2
watch = none

[evtbdd:channel:lost-3]
broker = doomed-3
watch = none

[evtbdd:channel:elsewhere]
broker = other
"""

RECEIVE = """
import os, sys, time
import boto3

queue = boto3.resource("sqs").Queue(os.environ["QUEUE"])
(message,) = queue.receive_messages(WaitTimeSeconds=10)
if sys.argv[1] == "deletes":
    message.delete()
print("received", flush=True)
if sys.argv[1] == "sleeps":
    time.sleep(60)
"""
