"""What stands in cells, texts and payloads: addresses, placeholders, strict comparison, matchers."""
