"""
Global exception and warning classes (excerpt).
"""


class SuspiciousOperation(Exception):
    """The user did something suspicious"""
