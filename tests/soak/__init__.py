"""Being right under load: `make soak`. Not a part of the tests; see `python -m soak --help`."""
