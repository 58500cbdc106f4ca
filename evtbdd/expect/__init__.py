"""Questions to the journal: what arrives, how often, in which order, what must not; and why not."""
