"""Writes over a file that is not the project's."""

from pathlib import Path


def harm(text: str) -> int:
    return Path("@VICTIM@").write_text("gone" + text)
