Feature: From the click to the parcel
  A customer orders by HTTP ("gateway", Node). The order is entered in the ledger and shipped
  ("shipping", Python), paid for at the bank ("billing", Node), and all who listen hear of it.

  Background:
    Given the service "gateway" is running
    And the service "shipping" is running
    And the service "billing" is running
    And "order" is a fresh id
    And the WebSocket "ann" is connected to "/news" of the service "gateway"
    And the WebSocket "bob" is connected to "/news" of the service "gateway"

  Scenario: An order is taken, shipped and paid for, and everybody hears of it
    Given the webhook "bank" answers 200
    When a POST request is sent to "/orders" of the service "gateway":
      """
      {"orderId": "${order}", "total": 20.5}
      """
    Then the response status is 202
    And the response has:
      | field   | value    |
      | orderId | ${order} |
      | status  | accepted |
    And an "OrderPlaced" event arrives on "orders" with key "${order}"
    And an "OrderShipped" event arrives on "shipments" with key "${order}" with:
      | field  | value   |
      | status | shipped |
    And the table "shipments" of the database "shop" has exactly 1 row with:
      | field    | value    |
      | order_id | ${order} |
      | total    | 20.5     |
      | status   | shipped  |
    And the webhook "bank" receives a POST request to "/payments" with:
      | field                   | value    |
      | orderId                 | ${order} |
      | amount                  | 20.5     |
      | @header.idempotency-key | ${order} |
    And a "PaymentTaken" event arrives on "payments" with key "${order}"
    And the WebSocket "ann" receives a message with:
      | field   | value    |
      | orderId | ${order} |
      | status  | paid     |
    And the WebSocket "bob" receives a message with:
      | field   | value    |
      | orderId | ${order} |
    And a GET request to "/orders/${order}" of the service "gateway" returns 200 with:
      | field  | value |
      | status | paid  |

  Scenario: The bank fails twice, and is asked a third time
    Given the webhook "bank" answers 500, 2 times, then 200
    When a POST request is sent to "/orders" of the service "gateway":
      """
      {"orderId": "${order}", "total": 7}
      """
    Then the WebSocket "ann" receives a message with:
      | field   | value    |
      | orderId | ${order} |
      | status  | paid     |
    And the webhook "bank" receives exactly 3 requests to "/payments" during 500 ms with:
      | field   | value    |
      | orderId | ${order} |
    And the table "shipments" of the database "shop" has exactly 1 row per "order_id"

  Scenario: Who comes too late hears nothing, and who comes back hears the next
    Given the webhook "bank" answers 200
    When the WebSocket "bob" is disconnected
    And a POST request is sent to "/orders" of the service "gateway":
      """
      {"orderId": "${order}-1", "total": 7}
      """
    Then the WebSocket "ann" receives a message with:
      | field   | value      |
      | orderId | ${order}-1 |
    When the WebSocket "bob" is reconnected
    And a POST request is sent to "/orders" of the service "gateway":
      """
      {"orderId": "${order}-2", "total": 7}
      """
    Then the WebSocket "bob" receives a message with:
      | field   | value      |
      | orderId | ${order}-2 |
    And the WebSocket "bob" receives exactly 1 message during 300 ms in all

  Scenario: What is no order is refused, and nothing comes of it
    Given the webhook "bank" answers 200
    When a POST request is sent to "/orders" of the service "gateway":
      """
      {"orderId": "${order}"}
      """
    Then the response status is 422
    And no event arrives on "orders" during 300 ms
    And the webhook "bank" receives no request during 300 ms
    And the table "shipments" of the database "shop" has no rows
