"""SQS and SNS of our own: moto's, in memory, in this process, at an address that clients can reach.

What moto does is as on AWS as far as queues, visibility, redrive, FIFO order and fan-out go; what it
does otherwise stands in docs/sqs.md.
"""

from evtbdd.embedded.sqs.broker import EmbeddedSqs

__all__ = ["EmbeddedSqs"]
