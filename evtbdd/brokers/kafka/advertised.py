"""Whether a Kafka can be reached where it sends its clients: `advertised.listeners`.

A client asks at the address that it was given, is told others by Metadata, and goes there. Where
those lead nowhere it can do nothing with a Kafka that answers.
"""

from __future__ import annotations

from kafka import errors as driver

from evtbdd.brokers.kafka.access import Access
from evtbdd.brokers.kafka.metadata import Described, Metadata
from evtbdd.brokers.kafka.nodes import ANY, Nodes
from evtbdd.brokers.kafka.probe import host_and_port
from evtbdd.clock import Deadline
from evtbdd.errors import BrokerUnavailable
from evtbdd.words import listed


def require_reachable(nodes: Nodes, access: Access, deadline: Deadline) -> None:
    """Raise BrokerUnavailable where none of the nodes is reached at the address that it tells."""
    described = nodes.ask("tell where its nodes are", deadline, ANY, Metadata(()))
    nodes.know(described.nodes)
    asked = {host_and_port(one.strip()) for one in nodes.address.split(",")}
    if not described.nodes or asked.intersection(described.nodes.values()):
        return
    causes = []
    for left, node in zip(range(len(described.nodes), 0, -1), described.nodes, strict=True):
        # One that does not answer leaves time for the others.
        share = Deadline.after(deadline.remaining() / left, deadline.clock)
        cause = _kept_from(nodes, node, described, share)
        if cause is None:
            return
        host, port = described.nodes[node]
        causes.append(f"{host}:{port} ({cause})")
    answers, example = f"at {nodes.address}", f", such as {access.protocol}://{nodes.address}"
    if len(asked) > 1:
        answers, example = f"at one of {nodes.address}", ""
    raise BrokerUnavailable(
        f"Kafka answers {answers}, and sends its clients on to {listed(causes)}: it cannot be used "
        "from here. Its advertised.listeners must tell an address that leads to it from where evtbdd "
        f"and the services run{example}."
    )


def _kept_from(nodes: Nodes, node: int, described: Described, deadline: Deadline) -> str | None:
    """What keeps evtbdd from a node, as a clause; None where nothing does."""
    try:
        found = nodes.exchange(node, Metadata(()), deadline)
    except driver.NodeNotReadyError as error:
        return str(error.__cause__)
    except driver.KafkaTimeoutError:
        return "no answer in time"
    except driver.KafkaError as error:
        return f"the connection broke ({error})"
    return None if found.cluster == described.cluster else "another Kafka answers there"
