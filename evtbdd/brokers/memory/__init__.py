"""A broker inside this process that keeps the promises of a real one."""
