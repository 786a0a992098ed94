"""Baselines, gaps, brittle tests, mutants, selection: what tests say, and which of them a change needs."""
