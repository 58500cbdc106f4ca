"""What evtbdd costs, as ratios to what must be paid anyway; `python -m benchmarks` prints a table."""
