@use.with_broker=kafka
Feature: Tombstones of Kafka
  An event without a value deletes what is held under its key.

  Background:
    Given the service "shipping" is running

  Scenario: A tombstone deletes what is held under its key
    When a tombstone is published to "orders" with key "ORD-1"
    Then a tombstone arrives on "shipments" with key "ORD-1"
