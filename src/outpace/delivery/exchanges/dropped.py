"""Why an exchange is not kept."""

from __future__ import annotations


class Dropped(Exception):
    """Why nothing of it is kept, in words that hold nothing of it."""
