@use.with_broker=sqs
Feature: Visibility and batches of SQS
  An event that is delayed, or that somebody has received, is invisible to others until its time is over.

  Scenario: A reminder is visible when its delay is over
    Given these channels exist:
      | channel   | delay     |
      | reminders | 2 seconds |
    When a "ReminderSet" event is published to "reminders" with key "REM-1"
    Then the "ReminderSet" event stays invisible on "reminders" during 500 ms
    And the "ReminderSet" event becomes visible again on "reminders" after 2 seconds

  Scenario: A batch is accepted event by event
    Given the channel "parcels" exists
    When these "ParcelPacked" events are published to "parcels" as one batch:
      | @key           | parcel |
      | ORD-1          | 1      |
      | ${base64 AQ==} | 2      |
      | ORD-3          | 3      |
    Then the broker accepts 2 and refuses 1 of the batch
    And these "ParcelPacked" events arrive on "parcels":
      | @key  | parcel |
      | ORD-1 | 1      |
      | ORD-3 | 3      |
