"""Red examples of the phrases about databases and files: each has a fault that turns it red.

Each is a scenario about the ledger of tests/systems/ledger: it is given the fault, an order is
placed, and the phrase is asked. What behave must say of it stands in expected/databases.txt.
"""

from __future__ import annotations

from dataclasses import dataclass

BOOKED = "\n| field | value |\n| order_id | ORD-1 |\n| status | booked |"


@dataclass(frozen=True)
class LedgerExample:
    """A Then-step and the fault that makes it red.

    `phrase` begins as the phrase is printed by `evtbdd steps`. `dies`: what a dead service makes of
    it, an error unless what it has done contradicts it.
    """

    name: str
    phrase: str
    then: str
    fault: str

    @property
    def of_a_file(self) -> bool:
        """Whether it says nothing of a database."""
        return self.phrase.startswith("the file")

    def scenario(self) -> str:
        """The scenario: the service has its fault, and has done with the order what it does."""
        return self._scenario(
            self.fault, '    Then the log of the service "ledger" contains "ORD-1 done"\n'
        )

    def scenario_without_fault(self) -> str:
        """The same, with a service that does what it should."""
        return self._scenario(
            "", '    Then the log of the service "ledger" contains "ORD-1 done"\n'
        )

    def scenario_on_dead_service(self) -> str:
        """The same, with a service that died of the order."""
        return self._scenario("crash-on-event", '    And the service "ledger" has died\n')

    def _scenario(self, fault: str, settled: str) -> str:
        return (
            f"  Scenario: {self.name}\n"
            f'    Given the service "ledger" is running with:\n'
            f"      | name  | value |\n      | FAULT | {fault} |\n"
            '    When an "OrderPlaced" event is published to "orders" with key "ORD-1":\n'
            "      | field   | value |\n      | orderId | ORD-1 |\n      | total   | 20.5  |\n"
            f"{settled}{_step(self.then)}\n"
        )

    def scenario_on_dead_database(self, database: str) -> str:
        """The same claim about a database of a server that is gone by then."""
        then = self.then.replace('"bookings"', f'"bookings" of the database "{database}"')
        then = then.replace(
            'bookings ORDER BY total" ', f'bookings ORDER BY total" on the database "{database}" '
        )
        return (
            f"  Scenario: {self.name}\n"
            f'    Given the table "bookings" of the database "{database}" holds:\n'
            "      | order_id |\n      | ORD-1    |\n"
            f'    When the server of the database "{database}" is gone\n'
            f"{_step(then)}\n"
        )


def _step(text: str) -> str:
    first, *rest = text.strip("\n").split("\n")
    return "\n".join([f"    Then {first}", *(f"      {line.strip()}" for line in rest)]) + "\n"


EXAMPLES = (
    LedgerExample(
        "exactly one row, with a wrong status",
        'the table "TABLE" [of the database "NAME"] has (exactly|at least)',
        f'the table "bookings" has exactly 1 row within 300 ms with:{BOOKED}',
        "wrong-status",
    ),
    LedgerExample(
        "exactly one row, twice",
        'the table "TABLE" [of the database "NAME"] has (exactly|at least)',
        f'the table "bookings" has exactly 1 row within 300 ms with:{BOOKED}',
        "duplicate",
    ),
    LedgerExample(
        "at least one row, dropped",
        'the table "TABLE" [of the database "NAME"] has (exactly|at least)',
        'the table "bookings" has at least 1 row within 300 ms',
        "dropped",
    ),
    LedgerExample(
        "no row, one more",
        'the table "TABLE" [of the database "NAME"] has no row[s]',
        'the table "bookings" has no rows within 300 ms with:\n| order_id |\n| intruder |',
        "extra-row",
    ),
    LedgerExample(
        "these rows, one dropped",
        'the table "TABLE" [of the database "NAME"] has these rows',
        'the table "bookings" has these rows within 300 ms:\n'
        "| order_id | status | total |\n| ORD-1 | booked | 20.5 |",
        "wrong-status",
    ),
    LedgerExample(
        "one row per order, twice",
        'the table "TABLE" [of the database "NAME"] has exactly 1 row per "COLUMN"',
        'the table "bookings" has exactly 1 row per "order_id" within 300 ms',
        "duplicate",
    ),
    LedgerExample(
        "a query returns, one more",
        'the query "SQL" [on the database "NAME"] returns',
        'the query "SELECT order_id, total FROM bookings ORDER BY total" returns within 300 ms:\n'
        "| order_id | total |\n| ORD-1 | 20.5 |",
        "extra-row",
    ),
    LedgerExample(
        "a file contains lines, with a wrong status",
        'the file "PATH" contains these lines',
        'the file "report.csv" contains these lines within 300 ms:\n"""\nORD-1,booked\n"""',
        "wrong-status",
    ),
    LedgerExample(
        "a file contains lines in order, reversed",
        'the file "PATH" contains these lines',
        'the file "report.csv" contains these lines in order within 300 ms:\n'
        '"""\nORD-1,booked\n--\n"""',
        "wrong-order",
    ),
    LedgerExample(
        "a file has lines, one more",
        'the file "PATH" has exactly N line[s]',
        'the file "report.csv" has exactly 2 lines during 300 ms',
        "duplicate",
    ),
)
"""What a fault turns into a failure."""
