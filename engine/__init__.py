"""Live cases: commands in, records and work out."""
