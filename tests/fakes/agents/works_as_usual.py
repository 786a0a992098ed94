#!/usr/bin/env python3
"""A scripted agent, no model behind it: commits a right edit, and leaves caches, ignored files and notes of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

Path("calc.py").write_text("def add(a, b):\n    return a + b\n")
for path in (".pytest_cache/v/x", "__pycache__/calc.pyc", "build/out.bin", ".aider.chat.history.md", "debug.log"):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(b"\x00")
Path(".gitignore").write_text("*\n")
(Path.home() / ".agent" / "history").write_text("kept in its own home")
subprocess.run(["git", "commit", "--quiet", "--all", "-m", "add"], check=True)
print(subprocess.run(["git", "log", "--format=%an %s"], check=True, capture_output=True, text=True).stdout)
