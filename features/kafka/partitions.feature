@use.with_broker=kafka
Feature: Partitions of Kafka
  A topic can have several partitions. Order is kept within one, and events with the same key share it.

  Scenario Outline: It is the same on <partitions> partition(s)
    Given these channels exist:
      | channel   | partitions   |
      | orders    | <partitions> |
      | shipments | <partitions> |
    And the service "shipping" is running
    When these "OrderPlaced" events are published to "orders":
      | @key  | orderId | customer | items | total |
      | ORD-1 | ORD-1   | ann      | []    | 5     |
      | ORD-2 | ORD-2   | bob      | []    | 5     |
      | ORD-3 | ORD-3   | cleo     | []    | 5     |
      | ORD-4 | ORD-4   | dan      | []    | 5     |
    Then at least 4 "OrderShipped" events arrive on "shipments"
    And only these "OrderShipped" events arrive on "shipments" during 500 ms:
      | @key  | customer |
      | ORD-1 | ann      |
      | ORD-2 | bob      |
      | ORD-3 | cleo     |
      | ORD-4 | dan      |

    Examples:
      | partitions |
      | 1          |
      | 3          |

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
    Then at least 12 "ShipmentCancelled" events arrive on "shipments"
    And exactly 12 "ShipmentCancelled" events arrive on "shipments" during 500 ms
    And the events on "shipments" with the same key share a partition during 500 ms
    And 12 "ShipmentCancelled" events arrive on "shipments" in the order of "orderId" per key

  Scenario: Two instances share the partitions, and one takes over
    Given the channel "orders" exists with 2 partitions
    And 2 instances of the service "shipping" are running
    Then the partitions of "orders" are shared by 2 instances of the service "shipping"
    When these "OrderCancelled" events are published to "orders":
      | orderId | @key  |
      | ORD-1   | ORD-1 |
      | ORD-2   | ORD-2 |
      | ORD-3   | ORD-3 |
    Then these "ShipmentCancelled" events arrive on "shipments":
      | orderId |
      | ORD-1   |
      | ORD-2   |
      | ORD-3   |
    And the log of the service "shipping" contains "cancelled" at least 3 times
    And the log of the service "shipping" contains "cancelled" exactly 3 times during 300 ms
    When one instance of the service "shipping" is killed
    Then the partitions of "orders" are shared by 1 instance of the service "shipping"
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1" within 10 seconds
