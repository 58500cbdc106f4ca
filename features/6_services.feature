Feature: Services
  The system under test is made of processes. They can be started, ended and looked at from outside.

  Scenario: A service that is running is ready
    Given the service "shipping" is running
    Then the log of the service "shipping" contains "shipping: started"
    And the service "shipping" keeps running during 300 ms

  Scenario: What a service logs since the last act
    Given the service "shipping" is running
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then the log of the service "shipping" contains "order ORD-1 cancelled" within 2 seconds
    And the log of the service "shipping" contains within 2 seconds:
      """
      shipping: order ORD-1 cancelled
      """
    And the log of the service "shipping" does not contain "cannot read" during 300 ms

  Scenario: The lines of a log in their order
    Given the service "shipping" is running
    When these "OrderCancelled" events are published to "orders" with key "ann":
      | orderId |
      | ORD-1   |
      | ORD-2   |
    Then the log of the service "shipping" contains these lines in order:
      """
      ORD-1 cancelled
      ORD-2 cancelled
      """

  Scenario: A service that was stopped goes on where it was
    Given the service "shipping" is running
    When the service "shipping" is stopped
    And an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then no event arrives on "shipments" during 300 ms
    When the service "shipping" is started
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1"

  Scenario: A service that was killed is started again, and nothing is lost
    Given the service "shipping" is running
    When the service "shipping" is killed
    And an "OrderCancelled" event is published to "orders" with key "ORD-2":
      | field   | value |
      | orderId | ORD-2 |
    And the service "shipping" is started
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-2"
    And exactly 1 "ShipmentCancelled" event arrives on "shipments" during 500 ms with:
      | field   | value |
      | orderId | ORD-2 |

  Scenario: A service is restarted between two events
    Given the service "shipping" is running
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1"
    When the service "shipping" is restarted
    And an "OrderCancelled" event is published to "orders" with key "ORD-2":
      | field   | value |
      | orderId | ORD-2 |
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-2"

  Scenario: A service that ends by itself
    Given the service "shipping" is running with:
      | name  | value          |
      | FAULT | crash-on-event |
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then the service "shipping" exits with code 1 within 5 seconds

  Scenario: Two instances share the work, and one takes over
    Given 2 instances of the service "shipping" are running
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
    And an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1" within 10 seconds

  Scenario: Another instance comes while the first is at work
    Given the service "shipping" is running
    When another instance of the service "shipping" starts
    And these "OrderCancelled" events are published to "orders" with key "ann":
      | orderId |
      | ORD-1   |
      | ORD-2   |
    Then at least 2 "ShipmentCancelled" events arrive on "shipments" within 10 seconds
    And the log of the service "shipping" contains "cancelled" at least 2 times
    And the log of the service "shipping" contains "cancelled" exactly 2 times during 300 ms
