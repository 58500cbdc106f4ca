"""Files: what a scenario writes for services to read, and what services write."""
