"""Every format that is read, each pinning `acme` 1.0 first, and every way in which such a file comes to harm."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Callable, Mapping
from types import MappingProxyType

UV = """version = 1
requires-python = ">=3.11"

[[package]]
name = "acme"
version = "1.0"
source = { registry = "https://index.invalid/simple" }

[[package]]
name = "other"
version = "2.0"
source = { registry = "https://index.invalid/simple" }

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "acme" },
    { name = "other" },
]
"""

SPDX = """{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": [
{"SPDXID": "SPDXRef-a", "name": "acme", "versionInfo": "1.0", "externalRefs": [
{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/acme@1.0"}]},
{"SPDXID": "SPDXRef-b", "name": "other", "versionInfo": "2.0", "externalRefs": [
{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/other@2.0"}]}]}
"""

# Locks and bills of materials, which have a form that damage breaks.
STRICT: Mapping[str, str] = MappingProxyType(
    {
        "uv.lock": UV,
        "task.py.lock": UV,
        "pylock.toml": """lock-version = "1.0"
created-by = "uv"

[[packages]]
name = "acme"
version = "1.0"

[[packages]]
name = "other"
version = "2.0"
""",
        "poetry.lock": """[[package]]
name = "acme"
version = "1.0"
optional = false

[[package]]
name = "other"
version = "2.0"
optional = false

[metadata]
lock-version = "2.0"
content-hash = "00"
""",
        "pdm.lock": """[metadata]
groups = ["default"]
lock_version = "4.4.1"
content_hash = "sha256:00"

[[package]]
name = "acme"
version = "1.0"
groups = ["default"]
dependencies = ["other>=1"]

[[package]]
name = "other"
version = "2.0"
groups = ["default"]
""",
        "Pipfile.lock": """{
    "_meta": {"pipfile-spec": 6, "sources": [{"name": "pypi", "url": "https://index.invalid/simple"}]},
    "default": {
        "acme": {"version": "==1.0"},
        "other": {"version": "==2.0"}
    },
    "develop": {}
}
""",
        "bom.json": """{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
{"type": "library", "name": "acme", "version": "1.0", "purl": "pkg:pypi/acme@1.0"},
{"type": "library", "name": "other", "version": "2.0", "purl": "pkg:pypi/other@2.0"}]}
""",
        "shop.spdx.json": SPDX,
        "graph.spdx.json": """{"@context": "https://spdx.invalid/rdf/3.0.1/spdx-context.jsonld", "@graph": [
{"type": "software_Package", "spdxId": "a", "software_packageUrl": "pkg:pypi/acme@1.0"},
{"type": "software_Package", "spdxId": "b", "software_packageUrl": "pkg:pypi/other@2.0"}]}
""",
        "conda-lock.yml": """version: 1
metadata:
  content_hash: {linux-64: "00"}
package:
- name: acme
  version: '1.0'
  manager: pip
  platform: linux-64
  url: https://files.invalid/acme-1.0-py3-none-any.whl
- name: other
  version: '2.0'
  manager: pip
  platform: linux-64
  url: https://files.invalid/other-2.0-py3-none-any.whl
""",
    }
)

# What people write by hand, where the beginning of a file is a file too.
LOOSE: Mapping[str, str] = MappingProxyType(
    {
        "requirements.txt": "acme==1.0\nother==2.0\n",
        "requirements.in": "acme==1.0\nother==2.0\n",
        "constraints.txt": "acme==1.0\nother==2.0\n",
        "environment.yml": "dependencies:\n  - python=3.11\n  - pip:\n    - acme==1.0\n    - other==2.0\n",
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = [\n  "acme==1.0",\n  "other==2.0",\n]\n',
        "poetry/pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\nacme = "1.0"\nother = "2.0"\n',
        "setup.cfg": "[options]\ninstall_requires =\n    acme==1.0\n    other==2.0\n",
        "setup.py": 'from setuptools import setup\nsetup(install_requires=["acme==1.0", "other==2.0"])\n',
    }
)
FORMATS: Mapping[str, str] = MappingProxyType({**STRICT, **LOOSE})

MARKERS = "<<<<<<< ours\n{0}=======\n{0}>>>>>>> theirs\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d" * 32 + "\nsize 12345\n"
PAGE = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in to continue</body></html>\n"


def _middle(text: str) -> tuple[str, str]:
    """Cut at the last line end before the middle."""
    at = text.rfind("\n", 0, len(text) // 2) + 1
    return text[:at], text[at:]


def _conflicted(text: str) -> str:
    before, after = _middle(text)
    first, newline, rest = after.partition("\n")
    return before + MARKERS.format(first + newline) + rest


# Each makes of a good file one that says nothing, or nothing with one meaning.
BROKEN: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "cut in half, and the rest is NUL": lambda text: _middle(text)[0].encode() + b"\0" * len(_middle(text)[1]),
        "all NUL": lambda text: b"\0" * len(text),
        "random bytes": lambda _: bytes((number * 197 + 31) % 256 for number in range(2_000)),
        "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
        "UTF-32 without a mark": lambda text: text.encode("utf-32-be"),
        "bytes that are not UTF-8": lambda text: text.encode().replace(b"other", b"\xff\xfe\xfa"),
        "merge markers": lambda text: _conflicted(text).encode(),
        "merge markers of three": lambda text: _conflicted(text).replace("=======", "||||||| base\n=======").encode(),
        "merge markers and Windows line ends": lambda text: _conflicted(text).replace("\n", "\r\n").encode(),
        "a pointer of Git LFS": lambda _: POINTER.encode(),
        "a page that asks to sign in": lambda _: PAGE.encode(),
        "compressed": lambda text: gzip.compress(text.encode(), mtime=0),
        "nested": lambda _: b"a = " + b"[" * 50_000,
        "nested tables": lambda _: b'{"a":' * 50_000,
        "one long line": lambda _: b"x" * 300_000,
        "a number of thousands of digits": lambda _: b'{"version": ' + b"9" * 20_000 + b"}",
        "a key of thousands of parts": lambda _: b"a." * 40_000 + b"b = 1",
    }
)

# Each leaves a file that some readers can read rightly; none may take it for another.
HURT: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "UTF-8 with a mark": lambda text: codecs.BOM_UTF8 + text.encode(),
        "UTF-16": lambda text: text.encode("utf-16"),
        "UTF-16 the other way round": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        "UTF-32": lambda text: text.encode("utf-32"),
        "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
        "line ends of old Macs": lambda text: text.replace("\n", "\r").encode(),
        "form feeds": lambda text: text.replace("\n", "\n\f").encode(),
        "line separators of Unicode": lambda text: text.replace("\n", "\u2028").encode(),
        "twice in one file": lambda text: (text * 2).encode(),
        "a NUL at the end": lambda text: text.encode() + b"\0",
        "many blank lines": lambda text: text.encode() + b"\n" * 30_000,
        "a huge comment": lambda text: text.encode() + b"#" * 300_000 + b"\n",
    }
)
