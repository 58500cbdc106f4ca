Feature: Publishing
  What a scenario can send, and how it is written.

  Background:
    Given the service "shipping" is running

  Scenario: An event in a table, with a key, a header and a nested place
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field                  | value |
      | orderId                | ORD-1 |
      | customer               | ann   |
      | items[0].sku           | tea   |
      | items[0].quantity      | 2     |
      | total                  | 20    |
      | @header.correlation-id | c-77  |
    Then an "OrderShipped" event arrives on "shipments" with:
      | field                  | value |
      | @key                   | ORD-1 |
      | @header.correlation-id | c-77  |
      | items                  | 1     |

  Scenario: An event without a type of its own is of the type that its payload says
    When an event is published to "orders" with key "ORD-1":
      """
      {"type": "OrderCancelled", "orderId": "ORD-1"}
      """
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1"

  Scenario: An event from a file
    When the event from "data/order.json" is published to "orders"
    Then an "OrderShipped" event arrives on "shipments" with key "ORD-7" with:
      | field    | value |
      | customer | eve   |

  Scenario: Many events, told apart by a counter
    When 5 "OrderPlaced" events are published to "orders" with key "ann":
      """
      {"orderId": "ORD-${counter}", "customer": "ann", "items": [], "total": ${counter}}
      """
    Then these "OrderShipped" events arrive on "shipments" with key "ann" in order:
      | orderId |
      | ORD-1   |
      | ORD-2   |
      | ORD-3   |
      | ORD-4   |
      | ORD-5   |

  Scenario: Many events at a pace
    When 4 "OrderCancelled" events are published to "orders" at 20 per second:
      | field   | value          |
      | orderId | ORD-${counter} |
    Then at least 4 "ShipmentCancelled" events arrive on "shipments"

  Scenario: The same event once more: a duplicate
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    And the same event is published again
    And the same event is published again 2 times
    Then at least 4 "ShipmentCancelled" events arrive on "shipments" with key "ORD-1"
    And exactly 4 "ShipmentCancelled" events arrive on "shipments" with key "ORD-1" during 500 ms

  Scenario: A text that no service can read
    When the text "not json" is published to "orders" with key "k1"
    And this text is published to "orders" with key "k2":
      """
      neither is this
      """
    Then the text "not json" arrives on "rejected" with key "k1"
    And the text "neither is this" arrives on "rejected" with key "k2"
    And an event arrives on "rejected" with key "k2" with:
      | field          | value  |
      | @header.reason | ${any} |

  @not.with_broker=sqs
  Scenario: Bytes that are no text
    When the bytes from "data/order.bin" are published to "orders" with key "k3"
    Then an event arrives on "rejected" with key "k3" with:
      | field          | value  |
      | @header.reason | ${any} |
