"""A string in double quotes, as JSON, JavaScript and GraphQL have it."""

from __future__ import annotations

QUOTED = r'"((?:[^"\\\n]|\\[\s\S])*+)(?:"|\\?\Z|(?=\n))'
"""With what is in it. One that nobody closes ends with its line: what is made of quotes alone is read once, too."""
