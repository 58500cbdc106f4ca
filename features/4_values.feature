Feature: Values
  What is remembered, made fresh, or only known by its kind.

  Scenario: Something of an answer is remembered, and used again
    Given the service "shipping" is running
    And "customer" is "ann"
    And "first" is a fresh id
    When an "OrderPlaced" event is published to "orders" with key "${first}":
      | field    | value       |
      | orderId  | ${first}    |
      | customer | ${customer} |
      | items    | []          |
      | total    | 20          |
    Then an "OrderShipped" event arrives on "shipments" with key "${first}"
    And its "trackingId" is remembered as "tracking"
    When an "OrderPlaced" event is published to "orders" with key "again":
      | field    | value                            |
      | orderId  | ${uuid}                          |
      | customer | ${customer}, tracking ${tracking} |
      | items    | []                               |
      | total    | 20                               |
    Then an "OrderShipped" event arrives on "shipments" with key "again" with:
      | field      | value                     |
      | customer   | ann, tracking ${tracking} |
      | orderId    | ${not same as first}      |

  Scenario: Kinds and conditions, where a value is not known beforehand
    Without a service, what the scenario publishes comes back to it: a round trip.

    Given the channel "orders" exists
    When an "OrderPlaced" event is published to "orders" with key "ORD-1":
      """
      {
        "orderId": "${uuid}", "number": "ORD-4711", "placed": "${now}", "due": "${today + 2 days}",
        "customer": {"name": "Ann Lee", "vip": true, "discount": null},
        "items": [{"sku": "tea", "price": 3.20}, {"sku": "pot", "price": 17.30}],
        "total": 20.50
      }
      """
    Then an "OrderPlaced" event arrives on "orders" with:
      | field             | value                    |
      | orderId           | ${any uuid}              |
      | number            | ${matching ^ORD-[0-9]+$} |
      | placed            | ${any timestamp}         |
      | customer          | ${any object}            |
      | customer.name     | ${containing Ann}        |
      | customer.vip      | ${any boolean}           |
      | customer.discount | null                     |
      | customer.email    | ${absent}                |
      | items             | ${any list}              |
      | items[0].sku      | ${one of tea, coffee}    |
      | items[*].sku      | ["tea", "pot"]           |
      | items[-1].price   | ${greater than 17}       |
      | total             | ${20 ± 0.5}              |
      | @key              | ORD-1                    |
    And an "OrderPlaced" event arrives on "orders" with:
      """
      {"customer": {"name": "${not Bob}"}, "items": [{"sku": "tea"}, {"price": "${less than 20}"}], "total": 20.5}
      """
    And no "OrderPlaced" event arrives on "orders" during 200 ms with:
      | field | value  |
      | total | "20.5" |

  Scenario: Texts are texts, and numbers are numbers
    Given these channels exist:
      | channel | codec |
      | notes   | text  |
    And "answer" is "42"
    When an event is published to "notes":
      """
      The answer is ${answer}.
      """
    Then the text "The answer is 42." arrives on "notes"
    And an event arrives on "notes" with:
      | field | value                |
      | $     | ${containing answer} |
