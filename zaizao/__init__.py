"""The front door: the command line, settings, wiring and the clock; the only place that sees everything."""
