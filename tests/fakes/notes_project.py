"""A small repository with a flaw, a committed task that says so, and changes for it: what agents are asked about."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

CODE = """import os

FOLDER = "docs"


def read(name):
    path = os.path.join(FOLDER, name)
    with open(path) as file:
        return file.read()
"""
TEST = """from notes import read

def test_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("alpha")
    assert read("a.txt") == "alpha"
"""
CONFIGURATION = """[[applications]]
name = "notes"
locks = ["requirements.txt"]
test = ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
test_env = { PYTEST_DISABLE_PLUGIN_AUTOLOAD = "1" }
"""
TASK = """goal = "read() gives no files outside of its folder"
editable = ["notes.py"]
room = [
    { path = "docs/a.txt", content = "alpha" },
    { path = "docs/sub/b.txt", content = "beta" },
    { path = "secret.txt", content = "canary-7731" },
]
witnesses = [
    { setup = "from notes import read", does = "read('../secret.txt')", exploited = EFFECT },
]
benign = [
    { setup = "from notes import read", does = "read('a.txt')" },
    { setup = "from notes import read", does = "read('sub/b.txt')" },
]
""".replace("EFFECT", '{ type = "leaks", text = "canary-7731" }')
FILES = {
    "notes.py": CODE,
    "test_notes.py": TEST,
    "outpace.toml": CONFIGURATION,
    "requirements.txt": "starlette==0.26.1\n",
    "dev-requirements.txt": "starlette\n",
    "fix.toml": TASK,
}
DIFF = """--- a/notes.py
+++ b/notes.py
@@ -5,5 +5,7 @@

 def read(name):
     path = os.path.join(FOLDER, name)
+    if {condition}:
+        raise ValueError(name)
     with open(path) as file:
         return file.read()
"""
RIGHT = DIFF.format(condition="not os.path.realpath(path).startswith(os.path.realpath(FOLDER) + os.sep)")
WITNESS_ALONE = DIFF.format(condition="name == '../secret.txt'")


def committed(root: Path, files: Mapping[str, str] = FILES) -> Path:
    """A git repository of these files, one commit more each time."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    who = {f"GIT_{role}_{key}": "a@example.invalid" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    env = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull}
    for argv in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Go on"]):
        subprocess.run(["git", *argv], cwd=root, env=env, check=True)
    return root
