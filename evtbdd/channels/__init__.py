"""The channels of a scenario: declared, created under names of their own, watched, published to."""
