"""Red examples: for every Then-phrase a fault that turns it red, and nothing else does.

Each is a scenario about the shipping service of tests/systems/shop: it is given the fault, an order
is placed, and the phrase is asked. What behave must say of it stands in expected/.
"""

from __future__ import annotations

from dataclasses import dataclass

from evtbdd.ports import Capability

ORDER = """\
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field    | value |
      | orderId  | ORD-1 |
      | customer | ann   |
      | items    | []    |
      | total    | 20    |
      | parcels  | 3     |
"""
TOMBSTONE = '    When a tombstone is published to "orders" with key "ORD-1"\n'
TEXT = '    When the text "not json" is published to "orders" with key "ORD-1"\n'
NOT_SETTLED = ""
TWICE = """\
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field    | value |
      | orderId  | ORD-1 |
      | customer | ann   |
      | items    | []    |
      | total    | 20    |
    Then an "OrderShipped" event arrives on "shipments"
    When the same event is published again
"""
TWO_PARCELS = ORDER.replace("| 3     |", "| 2     |")
THREE_PARTITIONS = '    Given the channel "shipments" exists with 3 partitions\n'


@dataclass(frozen=True)
class RedExample:
    """A Then-step and the fault that makes it red.

    `phrase` begins as the phrase is printed by `evtbdd steps`, which is how the suite knows that
    none is missing. `settled` tells when the service has done what it does with the event. Not
    `numbered` are events that lie in several partitions, and may be seen in any order. What it
    `needs` not every broker has, and where it is not it is refused.
    """

    name: str
    phrase: str
    then: str
    fault: str
    act: str = ORDER
    given: str = ""
    numbered: bool = True
    settled: str = 'the log of the service "shipping" contains "order ORD-1 shipped"'
    needs: Capability | None = None

    def scenario(self) -> str:
        """The scenario: the service has its fault, and has done with the event what it does."""
        return self._scenario(self.fault, f"    Then {self.settled}\n" if self.settled else "")

    def scenario_on_dead_service(self) -> str:
        """The same, with a service that died of the event."""
        return self._scenario("crash-on-event", '    And the service "shipping" has died\n')

    def _scenario(self, fault: str, settled: str) -> str:
        return (
            f"  Scenario: {self.name}\n{self.given}"
            f'    Given the service "shipping" is running with:\n'
            f"      | name  | value |\n      | FAULT | {fault} |\n"
            f"{self.act}{settled}{_step(self.then)}\n"
        )

    def scenario_on_dead_broker(self, broker: str) -> str:
        """The same claim about channels on a broker that is gone by then."""
        channels = "".join(
            f'    Given the channel "{channel}" exists on the broker "{broker}"\n'
            for channel in ("orders", "shipments", "rejected")
        )
        publish = '    When the text "{}" is published to "orders" with key "ORD-1"\n'
        return (
            f"  Scenario: {self.name}\n{channels}{publish.format('last words')}"
            f'    And the broker "{broker}" is gone\n{_step(self.then)}\n'
        )


def _step(text: str) -> str:
    if not text:
        return ""
    first, *rest = text.strip("\n").split("\n")
    return "\n".join([f"    Then {first}", *(f"      {line.strip()}" for line in rest)]) + "\n"


STATUS = "\n| field | value |\n| status | shipped |"

EXAMPLES = (
    RedExample(
        "arrives typed, with a wrong status",
        'a[n] "TYPE" event arrives on',
        f'an "OrderShipped" event arrives on "shipments" with key "ORD-1" within 400 ms with:{STATUS}',
        "wrong-status",
    ),
    RedExample(
        "arrives typed, with a field missing",
        'a[n] "TYPE" event arrives on',
        'an "OrderShipped" event arrives on "shipments" within 400 ms equal to:\n'
        "| field | value |\n| orderId | ORD-1 |\n| customer | ann |\n| status | shipped |\n"
        "| items | 0 |\n| trackingId | ${any uuid} |\n| shippedAt | ${any timestamp} |",
        "missing-field",
    ),
    RedExample(
        "arrives typed, under a wrong key",
        'a[n] "TYPE" event arrives on',
        'an "OrderShipped" event arrives on "shipments" with key "ORD-1" within 400 ms',
        "wrong-key",
    ),
    RedExample(
        "arrives typed, of a wrong type",
        'a[n] "TYPE" event arrives on',
        'an "OrderShipped" event arrives on "shipments" with key "ORD-1" within 400 ms',
        "wrong-type",
    ),
    RedExample(
        "arrives typed, too late",
        'a[n] "TYPE" event arrives on',
        'an "OrderShipped" event arrives on "shipments" with key "ORD-1" within 400 ms',
        "late",
        settled=NOT_SETTLED,
    ),
    RedExample(
        "arrives typed, unreadable",
        'a[n] "TYPE" event arrives on',
        f'an "OrderShipped" event arrives on "shipments" within 400 ms with:{STATUS}',
        "garbage",
    ),
    RedExample(
        "arrives, dropped",
        "an event arrives on",
        'an event arrives on "shipments" with key "ORD-1" within 400 ms',
        "dropped",
    ),
    RedExample(
        "text arrives, dropped",
        'the text "TEXT" arrives on',
        'the text "not json" arrives on "rejected" within 400 ms',
        "dropped",
        act=TEXT,
        settled='the log of the service "shipping" contains "cannot read the order"',
    ),
    RedExample(
        "tombstone arrives, ignored",
        "a tombstone arrives on",
        'a tombstone arrives on "shipments" with key "ORD-1" within 400 ms',
        "no-tombstone",
        act=TOMBSTONE,
        settled='the log of the service "shipping" contains "ORD-1"',
        needs=Capability.TOMBSTONES,
    ),
    RedExample(
        "at least, dropped",
        "at least N",
        'at least 2 "ParcelPacked" events arrive on "shipments" within 400 ms',
        "dropped",
    ),
    RedExample(
        "at least, of a wrong type",
        "at least N",
        'at least 2 "ParcelPacked" events arrive on "shipments" within 400 ms',
        "wrong-type",
    ),
    RedExample(
        "exactly, a duplicate",
        "exactly N",
        'exactly 1 "OrderShipped" event arrives on "shipments" during 400 ms',
        "duplicate",
    ),
    RedExample(
        "exactly, dropped",
        "exactly N",
        'exactly 1 "OrderShipped" event arrives on "shipments" during 400 ms',
        "dropped",
    ),
    RedExample(
        "at most, a duplicate",
        "at most N",
        'at most 1 "OrderShipped" event arrives on "shipments" during 400 ms',
        "duplicate",
    ),
    RedExample(
        "these, one with a wrong status",
        'these ["TYPE"] events arrive on',
        'these events arrive on "shipments" within 400 ms:\n'
        "| @type | status |\n| ParcelPacked | ${absent} |\n| OrderShipped | shipped |",
        "wrong-status",
    ),
    RedExample(
        "these in order, reversed",
        'these ["TYPE"] events arrive on',
        'these "ParcelPacked" events arrive on "shipments" in order within 400 ms:\n'
        "| parcel |\n| 1 |\n| 2 |\n| 3 |",
        "wrong-order",
    ),
    RedExample(
        "only these, one more",
        'only these ["TYPE"] events arrive on',
        'only these "OrderShipped" events arrive on "shipments" during 400 ms:\n'
        "| @key |\n| ORD-1 |",
        "extra-event",
    ),
    RedExample(
        "only these, dropped",
        'only these ["TYPE"] events arrive on',
        'only these "OrderShipped" events arrive on "shipments" during 400 ms:\n'
        "| @key |\n| ORD-1 |",
        "dropped",
    ),
    RedExample(
        "none arrives, one does",
        'no ["TYPE"] event arrives on',
        'no event arrives on "shipments" with key "intruder" during 400 ms',
        "extra-event",
    ),
    RedExample(
        "none follows, one does",
        'no ["TYPE"] event follows on',
        'an event arrives on "shipments" with key "intruder"\n'
        'And no event follows on "shipments" with key "intruder"',
        "extra-event",
    ),
    RedExample(
        "every, one with a wrong status",
        'every ["TYPE"] event on',
        f'every "OrderShipped" event on "shipments" during 400 ms has:{STATUS}',
        "wrong-status",
    ),
    RedExample(
        "every, dropped",
        'every ["TYPE"] event on',
        f'every "OrderShipped" event on "shipments" during 400 ms has:{STATUS}',
        "dropped",
    ),
    RedExample(
        "in the order of, reversed",
        'N ["TYPE"] events arrive on "CHANNEL" in the order of',
        '2 "ParcelPacked" events arrive on "shipments" in the order of "parcel" within 400 ms',
        "wrong-order",
        act=TWO_PARCELS,
    ),
    RedExample(
        "the last, with a wrong status",
        'the last ["TYPE"] event on',
        f'the last "OrderShipped" event on "shipments" within 400 ms has:{STATUS}',
        "wrong-status",
    ),
    RedExample(
        "share a partition, spread",
        'the events on "CHANNEL" with the same key share a partition',
        'the events on "shipments" with the same key share a partition during 400 ms in all',
        "spread-keys",
        given=THREE_PARTITIONS,
        act=TWICE,
        needs=Capability.PARTITIONS,
    ),
    RedExample(
        "remembered, a field missing",
        'its "ADDRESS" is remembered as',
        'an "OrderShipped" event arrives on "shipments" within 2 seconds\n'
        'And its "customer" is remembered as "customer"',
        "missing-field",
    ),
    RedExample(
        "keeps running, crashed",
        'the service "NAME" keeps running',
        'the service "shipping" keeps running during 2 seconds',
        "crash-on-event",
        settled=NOT_SETTLED,
    ),
    RedExample(
        "exits, runs on",
        'the service "NAME" exits',
        'the service "shipping" exits within 400 ms',
        "wrong-status",
    ),
    RedExample(
        "exits, with another code",
        'the service "NAME" exits',
        'the service "shipping" exits with code 0 within 3 seconds',
        "crash-on-event",
        settled=NOT_SETTLED,
    ),
    RedExample(
        "committed offset, never committed",
        'the committed offset of the service "NAME"',
        'the committed offset of the service "shipping" on "orders" is 1 within 400 ms',
        "never-commits",
        needs=Capability.GROUPS,
    ),
    RedExample(
        "partitions shared, by one alone",
        'the partitions of "CHANNEL" are shared',
        'the partitions of "orders" are shared by 2 instances of the service "shipping" '
        "within 400 ms",
        "never-commits",
        needs=Capability.GROUPS,
    ),
    RedExample(
        "log contains, quiet",
        'the log of the service "NAME" contains "TEXT"',
        'the log of the service "shipping" contains "order ORD-1 shipped" within 400 ms',
        "quiet-log",
        settled=NOT_SETTLED,
    ),
    RedExample(
        "log contains a text, quiet",
        'the log of the service "NAME" contains [within',
        'the log of the service "shipping" contains within 400 ms:\n"""\norder ORD-1 shipped\n"""',
        "quiet-log",
        settled=NOT_SETTLED,
    ),
    RedExample(
        "log contains exactly, quiet",
        'the log of the service "NAME" contains "TEXT" (exactly',
        'the log of the service "shipping" contains "order ORD-1 shipped" exactly 1 time '
        "during 400 ms",
        "quiet-log",
        settled=NOT_SETTLED,
    ),
    RedExample(
        "log contains lines, in another order",
        'the log of the service "NAME" contains these lines',
        'the log of the service "shipping" contains these lines in order within 400 ms:\n'
        '"""\nORD-1 shipped\nstarted\n"""',
        "wrong-status",
    ),
    RedExample(
        "log does not contain, it does",
        'the log of the service "NAME" does not contain',
        'the log of the service "shipping" does not contain "fatal" during 2 seconds',
        "crash-on-event",
        settled=NOT_SETTLED,
    ),
)
"""What a fault turns into a failure."""

UNPROVEN = (
    RedExample(
        "none follows, and none does",
        'no ["TYPE"] event follows on',
        'an "OrderShipped" event arrives on "shipments"\n'
        'And no "OrderShipped" event follows on "shipments" with key "ORD-2"',
        "quiet-log",
        settled='an event arrives on "shipments"',
    ),
    RedExample(
        "exactly, without a time",
        "exactly N",
        'an "OrderShipped" event arrives on "shipments"\n'
        'And exactly 1 "OrderShipped" event arrives on "shipments"',
        "quiet-log",
        settled='an event arrives on "shipments"',
    ),
    RedExample(
        "log contains exactly, without a time",
        'the log of the service "NAME" contains "TEXT" (exactly',
        'the log of the service "shipping" contains "order ORD-1 shipped" at most 1 time',
        "wrong-status",
    ),
    RedExample(
        "none arrives, but one cannot be read",
        'no ["TYPE"] event arrives on',
        'no event arrives on "shipments" during 400 ms with:\n| field | value |\n| status | lost |',
        "garbage",
    ),
    RedExample(
        "none arrives, of a type that nobody knows",
        'no ["TYPE"] event arrives on',
        'no "OrderShiped" event arrives on "shipments" during 400 ms',
        "quiet-log",
        settled='an event arrives on "shipments"',
    ),
    RedExample(
        "in order, over several partitions",
        'these ["TYPE"] events arrive on',
        'these events arrive on "shipments" in order within 2 seconds:\n| parcel |\n| 1 |\n| 2 |',
        "spread-keys",
        given=THREE_PARTITIONS,
        numbered=False,
        needs=Capability.PARTITIONS,
    ),
)
"""Claims that nothing contradicts and nothing proves: an error, never green."""

NOT_STARTED = (
    RedExample("crashes at its start", "", "", "crash-at-start"),
    RedExample("never subscribes", "", "", "dead-but-running", needs=Capability.SUBSCRIPTIONS),
    RedExample(
        "subscribes elsewhere", "", "", "subscribed-elsewhere", needs=Capability.SUBSCRIPTIONS
    ),
)
"""Services that never get ready: an error of the step that wants them running."""

NEEDS_NO_BROKER = ("its ", "the service ", "the log ")
"""How the phrases begin that say nothing of a channel."""
NEEDS_A_GROUP = ("the committed offset ", "the partitions of ")
"""How the phrases begin that say something of a group: where no service could join, there is none."""
NEEDS_NO_SERVICE = ("its ", 'the service "NAME" keeps running', 'the service "NAME" exits')
"""How the phrases begin for which the end of a service is no error, but what they are about."""
