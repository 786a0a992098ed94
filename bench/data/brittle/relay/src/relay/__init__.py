"""Runs tasks, in threads and in turn."""
