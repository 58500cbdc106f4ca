"""Where a broker comes from: somebody else's, one in this process; by the URL in the settings."""
