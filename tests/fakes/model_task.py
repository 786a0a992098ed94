"""A small repository with a flaw, and what a proposer is asked about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from outpace.model import proposers
from outpace.proving.proposing.ports import Asked

FLAWED = '''"""Opens what a guest names."""

from pathlib import Path

ROOT = Path("/srv/files")


def read(name: str) -> str:
    return (ROOT / name).read_text()
'''
LINE = "    return (ROOT / name).read_text()\n"
RIGHT = """    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT):
        raise ValueError(name)
    return path.read_text()
"""
FILES = {
    "shop/files.py": FLAWED,
    "shop/words.py": 'GREETING = "hello"\n',
    "tests/test_files.py": "def test_that_it_is_there():\n    import shop.files\n",
    "conftest.py": "",
    ".github/workflows/ci.yml": "on: push\n",
    "pyproject.toml": '[project]\nname = "shop"\n',
}


def tree(at: Path, more: dict[str, str] | None = None) -> Path:
    for path, text in {**FILES, **(more or {})}.items():
        place = at / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    return at


def asked(at: Path, **more: Any) -> Asked:
    fields: dict[str, Any] = {
        "task": "t1",
        "brief": "# Repair\n\n`shop/files.py` reads outside of its folder: CWE-22.",
        "brief_json": b"{}",
        "tree": at,
        "editable": ("shop/*.py",),
    }
    return Asked(**{**fields, **more})


def config(url: str, **more: Any) -> proposers.LanguageModel:
    fields: dict[str, Any] = {
        "name": "openai:scripted",
        "base_url": url,
        "send": ("shop/**",),
        "seconds": 60.0,
        "max_tokens": 1000,
    }
    return proposers.LanguageModel(**{**fields, **more})
