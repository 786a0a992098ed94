"""What a compiled requirements file says of how it was made, and how it is made again."""

from __future__ import annotations

import re
import shlex

from outpace.engines.requirement_edits import has_hashes


def compile_again(source: str, path: str, text: str) -> str:
    """By the tool that the file's header names; the words are ours, since a header may say anything."""
    hashes = ["--generate-hashes"] if has_hashes(text.encode()) else []
    by_pip_tools = re.search(r"^#\s+(?:.*\s)?pip-compile\b", text, re.MULTILINE) is not None
    words = ["pip-compile", *hashes] if by_pip_tools else ["uv", "pip", "compile", *hashes]
    return shlex.join([*words, source, "-o", path])
