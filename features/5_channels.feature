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
    Then these events arrive on "returns" with key "R-1" within 1 second:
      | @type          |
      | ReturnAsked    |
      | ReturnAccepted |

  Scenario: A channel that is not there
    Given the channel "rejected" does not exist
    And the service "shipping" is running
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then a "ShipmentCancelled" event arrives on "shipments" with key "ORD-1"

  @use.with_broker=rabbitmq @use.with_broker=sqs
  Scenario: What a queue already holds is handled by the service that comes
    Given "orders" already holds these events:
      | @type       | @key  | orderId | customer | items | total |
      | OrderPlaced | OLD-1 | OLD-1   | ann      | []    | 5     |
    When the service "shipping" is started
    Then an "OrderShipped" event arrives on "shipments"
    And only these "OrderShipped" events arrive on "shipments" during 500 ms:
      | orderId |
      | OLD-1   |
