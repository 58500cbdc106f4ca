"""Why Kafka did not start, out of what it writes (texts of Kafka 4.3.1)."""

from evtbdd.provisioning.local_kafka.reasons import reasons

ACTIVATION = "WARN QuorumController [QuorumController id=1] Performing controller activation.\n"
PORT = (
    ACTIVATION
    + """\
ERROR DataPlaneAcceptor Unable to start acceptor for PLAINTEXT
org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:21001: Address already in use.
\tat kafka.network.Acceptor.openServerSocket(SocketServer.scala:615)
Caused by: java.net.BindException: Address already in use
\tat java.base/sun.nio.ch.Net.bind0(Native Method)
\t... 18 more
"""
)


def test_an_error_with_its_exception() -> None:
    """The stack, the package, the warnings and a cause that says nothing new are left out."""
    assert reasons(PORT) == (
        "Unable to start acceptor for PLAINTEXT; KafkaException: Socket server failed to bind to "
        "127.0.0.1:21001: Address already in use"
    )


def test_a_cause_that_says_more() -> None:
    """A cause is told where it says something new."""
    assert reasons(
        "ERROR Kafka$ Exiting Kafka due to fatal exception\n"
        "org.apache.kafka.common.KafkaException: Cannot open the log\n"
        "Caused by: java.io.IOException: No space left on device\n"
    ) == ("KafkaException: Cannot open the log; IOException: No space left on device")


def test_nothing_but_warnings() -> None:
    """Where there is no error, what was said last."""
    assert reasons(ACTIVATION) == "[QuorumController id=1] Performing controller activation"


def test_before_kafka() -> None:
    """What Java itself says is passed on."""
    assert (
        reasons(
            "Picked up JAVA_TOOL_OPTIONS: -Da=b\n"
            "Error: Could not find or load main class kafka.Kafka\n"
            "Caused by: java.lang.ClassNotFoundException: kafka.Kafka\n"
        )
        == "Error: Could not find or load main class kafka.Kafka"
    )


def test_silence() -> None:
    """Nothing is nothing."""
    assert reasons("") == "nothing"
