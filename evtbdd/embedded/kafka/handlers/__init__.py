"""One handler for each API, and the table of them."""
