"""A scenario about what only one broker has, and the steps that several of them begin with."""

from __future__ import annotations

from dataclasses import dataclass

from acceptance.examples import RedExample

TO_ORDERS = '    When an "OrderPlaced" event is published to "orders" with key "ORD-1"\n'
GONE = '    And the broker "{}" is gone\n'
STARTED = '    And the service "{}" is started\n'


@dataclass(frozen=True)
class OwnExample(RedExample):
    """As a RedExample, with the settings of this module: `act` is all that comes before the step.

    `fault` only says in a word what is wrong.
    """

    def scenario(self) -> str:
        """What comes before the step, and the step."""
        first, *rest = self.then.strip("\n").split("\n")
        below = "".join(f"    {line}\n" for line in rest)
        return f"  Scenario: {self.name}\n{self.given}{self.act}    Then {first}\n{below}\n"


def feature(title: str, examples: tuple[OwnExample, ...], green: str) -> str:
    """All scenarios of one broker."""
    return f"Feature: {title}\n\n{green}\n" + "\n".join(each.scenario() for each in examples)


def published(channel: str, key: str = "ORD-1") -> str:
    """The step that publishes an event."""
    return f'    When an "OrderPlaced" event is published to "{channel}" with key "{key}"\n'


def runs(service: str) -> str:
    """The step that has a service running."""
    return f'    Given the service "{service}" is running\n'
