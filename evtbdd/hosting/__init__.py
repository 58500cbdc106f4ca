"""Code under test in this process: found, handed events one after another, and watched."""
