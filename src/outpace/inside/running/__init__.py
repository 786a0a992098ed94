"""Runs a project's tests: split over processes, with what they take of a diff, and where their time goes."""
