"""Settings: declared by those who use them, read from files, command line and environment."""
