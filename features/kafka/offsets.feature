@use.with_broker=kafka
Feature: Offsets of Kafka
  Every event has its place in a partition, and a group of consumers its position there.

  Scenario: The place of an event
    When an "OrderPlaced" event is published to "orders"
    Then an "OrderPlaced" event arrives on "orders" with:
      | field      | value         |
      | @partition | ${any number} |
      | @offset    | ${at least 0} |

  Scenario: A service handles again what it has handled before
    Given the channel "orders" exists with 1 partition
    And the service "shipping" is running
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1"
    And the committed offset of the service "shipping" on "orders" is 1
    When the service "shipping" is stopped
    And the group of the service "shipping" is reset to the beginning of "orders"
    And the service "shipping" is started
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1"

  Scenario: What a channel already holds is history
    A service that joins reads on from there; it does not handle what was before.

    Given "orders" already holds these events:
      | @type       | @key  | orderId | customer | items | total |
      | OrderPlaced | OLD-1 | OLD-1   | ann      | []    | 5     |
    And the service "shipping" is running
    When an "OrderPlaced" event is published to "orders" with key "NEW-1":
      | field    | value |
      | orderId  | NEW-1 |
      | customer | bob   |
      | items    | []    |
      | total    | 5     |
    Then an "OrderShipped" event arrives on "shipments" with key "NEW-1"
    And only these "OrderShipped" events arrive on "shipments" during 500 ms:
      | orderId |
      | NEW-1   |
