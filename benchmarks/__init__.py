"""Performance claims and how they are measured: `python -m benchmarks` prints the table."""
