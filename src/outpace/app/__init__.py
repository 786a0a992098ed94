"""Use cases: one function each, shared by all doors."""
