"""The schema of cases.json: hard inputs with their right answers (tests/data/README.md says what each key means)."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct

NO_UV = "https://public-index.invalid/simple"  # what stands for the public index is no matter where uv is not asked


class Repeat(Struct, frozen=True):
    head: str
    unit: str
    count: int
    tail: str


class Content(Struct, frozen=True):
    base64: str | None = None
    repeat: Repeat | None = None


class Component(Struct, frozen=True):
    name: str
    version: str | None
    file: str = ""
    version_or: str | list[str] | None = None
    marker: str | None = None
    extras: list[str] | None = None
    groups: list[str] | None = None
    source: str | None = None
    source_or: str | list[str] | None = None


class Verdict(Struct, frozen=True, rename={"or_": "or"}):
    name: str
    version: str | None
    advisory: str
    verdict: str
    or_: list[str] = []
    file: str | None = None


class NotUnderstood(Struct, frozen=True):
    file: str
    line: int | None = None
    mentions_any: list[str] = []


class Expect(Struct, frozen=True):
    """Of `match`; what the other questions expect is read by those who check them."""

    components: list[Component] = []
    components_complete: bool = True
    components_count: int | None = None
    verdicts: list[Verdict] | None = None
    unread: list[NotUnderstood] = []
    findings: int | None = None
    groups: list[list[str]] = []
    fixed_in: dict[str, str | list[str] | None] = {}
    must_mention: list[str] = []
    never_in_output: list[str] = []


class Case(Struct, frozen=True):
    id: str
    kind: str
    ask: Literal["match", "fix", "history"]
    files: dict[str, str | Content]
    expect: msgspec.Raw
    advisories: list[Any] = []
    raw: dict[str, Any] = {}  # the case whole, for those who check fixes and histories

    @property
    def wanted(self) -> Expect:
        return msgspec.json.decode(self.expect, type=Expect)


def load(path: Path) -> list[Case]:
    """A list of cases, or an object that holds one under `cases`. Exits with what is wrong with the file."""
    try:
        document: Any = json.loads(path.read_bytes())
        rows = cast("list[Any]", document["cases"] if isinstance(document, dict) else document)
        return [msgspec.structs.replace(msgspec.json.decode(json.dumps(row), type=Case), raw=row) for row in rows]
    except OSError as error:
        sys.exit(f"{path}: {(error.strerror or 'cannot be read').lower()}")
    except (ValueError, TypeError, KeyError) as error:
        sys.exit(
            f"{path} is no file of cases (tests/data/README.md says what one holds): {type(error).__name__}: {error}"
        )


def public_index() -> str:
    """What the installed uv uses by default, as its own help tells."""
    uv = shutil.which("uv")
    if uv is None:
        return NO_UV
    told = subprocess.run([uv, "help", "lock"], capture_output=True, text=True, check=False, timeout=60).stdout
    found = re.search(r"default package index \(by default: <([^>]+)>\)", told)
    return found[1] if found else NO_UV


def content_of(content: str | Content, index: str) -> bytes:
    if isinstance(content, str):
        return content.replace("{PUBLIC_INDEX}", index).encode()
    if content.base64 is not None:
        return base64.b64decode(content.base64)
    assert content.repeat is not None
    repeat = content.repeat
    units = (repeat.unit.replace("{i}", str(at)) for at in range(repeat.count))
    return (repeat.head + "".join(units) + repeat.tail).replace("{PUBLIC_INDEX}", index).encode()


def lay_out(case: Case, folder: Path, index: str) -> None:
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(content, index))


def lay_out_advisories(case: Case, folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, record in enumerate(case.advisories):
        (folder / f"{number:04}-{record['id']}.json").write_text(json.dumps(record))
