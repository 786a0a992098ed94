"""Envoy, and the processes behind it: documents, one rename per change, counters, the watchdog."""
