Feature: Expecting
  What a scenario can say of what arrives: that it does, how often, in which order, and what must not.

  Background:
    Given the service "shipping" is running
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      | field    | value |
      | orderId  | ORD-1 |
      | customer | ann   |
      | items    | []    |
      | total    | 20    |
      | parcels  | 3     |

  Scenario: One event, whatever else comes
    Then an event arrives on "shipments" with key "ORD-1"
    And an "OrderShipped" event arrives on "shipments" within 2 seconds with:
      | field    | value |
      | customer | ann   |

  Scenario: All of an event, field by field
    Then a "ParcelPacked" event arrives on "shipments" equal to:
      | field   | value |
      | orderId | ORD-1 |
      | parcel  | 2     |
    And an "OrderShipped" event arrives on "shipments" equal to:
      """
      {
        "orderId": "ORD-1", "customer": "ann", "status": "shipped", "items": 0,
        "trackingId": "${any uuid}", "shippedAt": "${any timestamp}"
      }
      """

  Scenario: How many
    Then at least 2 "ParcelPacked" events arrive on "shipments"
    And an "OrderShipped" event arrives on "shipments"
    And exactly 3 "ParcelPacked" events arrive on "shipments" during 500 ms
    And at most 1 "OrderShipped" event arrives on "shipments" during 500 ms
    And exactly 1 event arrives on "shipments" during 500 ms with:
      | field  | value |
      | parcel | 2     |

  Scenario: Several events, each of them once
    Then these events arrive on "shipments":
      | @type        | parcel    | status    |
      | OrderShipped | ${absent} | shipped   |
      | ParcelPacked | 3         | ${absent} |

  Scenario: In order
    Then these events arrive on "shipments" with key "ORD-1" in order:
      | @type        | parcel    |
      | ParcelPacked | 1         |
      | ParcelPacked | 3         |
      | OrderShipped | ${absent} |
    And 3 "ParcelPacked" events arrive on "shipments" in the order of "parcel"
    And 3 "ParcelPacked" events arrive on "shipments" in the order of "parcel" per key within 1 second

  Scenario: Only these, and no others
    Then an "OrderShipped" event arrives on "shipments"
    And only these "ParcelPacked" events arrive on "shipments" in order during 500 ms:
      | parcel |
      | 1      |
      | 2      |
      | 3      |

  Scenario: What must not come
    Then an "OrderShipped" event arrives on "shipments"
    And no "ShipmentCancelled" event arrives on "shipments" during 500 ms
    And no event arrives on "rejected" with key "ORD-1" during 500 ms
    And no "ParcelPacked" event arrives on "shipments" during 500 ms with:
      | field  | value |
      | parcel | 4     |

  Scenario: What all of them have in common
    Then an "OrderShipped" event arrives on "shipments"
    And every event on "shipments" with key "ORD-1" during 500 ms has:
      | field   | value |
      | orderId | ORD-1 |

  Scenario: What the last one says
    Then the last event on "shipments" has:
      | field  | value   |
      | status | shipped |
    And the last "ParcelPacked" event on "shipments" with key "ORD-1" within 2 seconds has:
      | field  | value |
      | parcel | 3     |

  Scenario: A window keeps earlier answers out, and "in all" lets them in
    Given an "OrderShipped" event arrives on "shipments" with key "ORD-1"
    When an "OrderCancelled" event is published to "orders" with key "ORD-1":
      | field   | value |
      | orderId | ORD-1 |
    Then a "ShipmentCancelled" event arrives on "shipments"
    And exactly 1 event arrives on "shipments" during 500 ms
    And exactly 5 events arrive on "shipments" during 500 ms in all
