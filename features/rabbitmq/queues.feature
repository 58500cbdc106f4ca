@use.with_broker=rabbitmq
Feature: Queues of RabbitMQ
  A queue holds what nobody has acknowledged yet, and lets an event expire when its time is over.

  Scenario: What was placed is worked off
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field    | value |
      | orderId  | ORD-1 |
      | customer | ann   |
      | items    | []    |
      | total    | 20    |
    Then an "OrderShipped" event arrives on "shipments" with key "ORD-1"
    And the queue "orders" holds 0 events within 5 seconds and stays so during 500 ms

  Scenario: What nobody consumes stays
    When these "OrderPlaced" events are published to "orders":
      | @key  | orderId |
      | ORD-1 | ORD-1   |
      | ORD-2 | ORD-2   |
    Then the queue "orders" holds 2 events
    And the queue "${channel.orders}" holds 2 events

  Scenario: An offer that nobody takes expires
    Given these channels exist:
      | channel      | kind  | dead letter  | queue arguments     |
      | stale offers | queue |              |                     |
      | offers       |       | stale offers | x-message-ttl = 500 |
    When an "OfferMade" event is published to "offers" with key "OFF-1"
    Then the "OfferMade" event with key "OFF-1" expires after 500 ms
    And an event arrives on "stale offers" with key "OFF-1" with:
      | field         | value   |
      | @death.reason | expired |

  Scenario: A routing key leads to the queues that are bound by it
    Given these channels exist:
      | channel   | kind  | bindings     |
      | eu orders | queue | orders: eu.# |
    When these "OrderPlaced" events are published to "orders":
      | @key  | @routing_key | orderId |
      | ORD-1 | eu.web       | ORD-1   |
      | ORD-2 | us.web       | ORD-2   |
    Then an event arrives on "eu orders" with key "ORD-1" with routing key "eu.web"
    And no event arrives on "eu orders" with key "ORD-2" during 300 ms
