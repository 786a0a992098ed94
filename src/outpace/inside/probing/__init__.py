"""Calls of a module's functions that are tried, watched, and kept where they tell one of its mutants from it."""
