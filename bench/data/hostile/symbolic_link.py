"""Writes through a link in the project to a file that is not the project's."""

import os
from pathlib import Path


def harm(text: str) -> int:
    link = Path(__file__).with_name("linked.txt")
    os.symlink("@VICTIM@", link)
    return link.write_text("gone" + text)
