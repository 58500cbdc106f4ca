"""How payloads become bytes, and bytes payloads."""
