Feature: Channels
  Every channel that a scenario names is there before its first step, empty, under a name of its own.

  Scenario: A channel of the settings needs no step
    When an "OrderPlaced" event is published to "orders"
    Then exactly 1 event arrives on "orders" during 200 ms

  Scenario: What other scenarios published is not there
    Given the channel "orders" exists
    Then no event arrives on "orders" during 200 ms

  Scenario: A channel of one scenario, on a broker of the settings
    Given the channel "returns" exists on the broker "main"
    When these events are published to "returns" with key "R-1":
      | @type          | orderId |
      | ReturnAsked    | ORD-1   |
      | ReturnAccepted | ORD-1   |
    Then these events arrive on "returns" with key "R-1" in order within 1 second:
      | @type          |
      | ReturnAsked    |
      | ReturnAccepted |

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
    Then only these "OrderShipped" events arrive on "shipments" during 500 ms:
      | orderId |
      | NEW-1   |

  Scenario: A channel that is not there
    Given the channel "rejected" does not exist
    And the service "shipping" is running
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1"

  Scenario: Events with the same key share a partition
    Given the channel "orders" exists with 3 partitions
    And the channel "shipments" exists with 3 partitions
    And the service "shipping" is running
    When 6 "OrderCancelled" events are published to "orders" with key "ORD-1":
      | field   | value        |
      | orderId | A-${counter} |
    And 6 "OrderCancelled" events are published to "orders" with key "ORD-2":
      | field   | value        |
      | orderId | B-${counter} |
    Then exactly 12 "ShipmentCancelled" events arrive on "shipments" during 500 ms
    And the events on "shipments" with the same key share a partition during 500 ms
    And 12 "ShipmentCancelled" events arrive on "shipments" in the order of "orderId" per key
