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
