Feature: An order is shipped
  The shop has two services. "shipping" reads the channel "orders" and answers on "shipments".
  "notifications" reads "shipments" and writes to the customer on "notifications".
  Nothing is known of how they are made: they are started, given events, and looked at from outside.

  Scenario: An order that is placed is shipped
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field    | value                              |
      | orderId  | ORD-1                              |
      | customer | ann                                |
      | items    | [{"sku": "tea", "quantity": 2}]    |
      | total    | 20.0                               |
    Then an "OrderShipped" event arrives on "shipments" with key "ORD-1" within 5 seconds with:
      | field   | value   |
      | orderId | ORD-1   |
      | status  | shipped |

  Scenario: The customer is told, and the order goes through both services
    Given the service "shipping" is running
    And the service "notifications" is running
    And "order" is a fresh id
    When an "OrderPlaced" event is published to "orders" with key "${order}":
      """
      {"orderId": "${order}", "customer": "ann", "items": [{"sku": "tea", "quantity": 2}], "total": 20.0}
      """
    Then an "OrderShipped" event arrives on "shipments" with key "${order}"
    And a "CustomerNotified" event arrives on "notifications" with key "${order}" with:
      | field   | value                              |
      | message | Your order ${order} is on its way. |

  Scenario: An order for nothing is rejected, and nothing is shipped
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders" with key "ORD-2":
      | field    | value |
      | orderId  | ORD-2 |
      | customer | bob   |
      | items    | []    |
      | total    | 0     |
    Then an "OrderRejected" event arrives on "rejected" with key "ORD-2" with:
      | field  | value          |
      | reason | nothing to pay |
    And no "OrderShipped" event arrives on "shipments" during 500 ms

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
    Then only these "OrderShipped" events arrive on "shipments" during 500 ms:
      | @key  | customer |
      | ORD-1 | ann      |
      | ORD-2 | bob      |
      | ORD-3 | cleo     |
      | ORD-4 | dan      |

    Examples:
      | partitions |
      | 1          |
      | 3          |
