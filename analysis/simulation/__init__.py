"""analysis/simulation."""
