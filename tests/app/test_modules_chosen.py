"""Which files tests are generated for, read as Python reads them, and why none are for the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.app.test_generate import modules_of, unusable
from outpace.engines.test_sources import LARGEST, TestSources
from outpace.model.unknown import Unknown

SOURCE = "# -*- coding: latin-1 -*-\ndef f():\n    return 'é'\n"
UTF_8 = SOURCE.replace("latin-1", "utf-8")
FILES = {
    "src/latin.py": SOURCE.encode("latin-1"),
    "src/marked.py": b"\xef\xbb\xbf" + UTF_8.encode(),
    "src/ended.py": UTF_8.replace("\n", "\r\n").encode(),
    "src/wrong.py": UTF_8.encode("latin-1"),
    "src/large.py": b"#" * (LARGEST + 1),
    "src/empty.py": b"",
    "src/constants.py": b"A = 1\n",
    "src/shop/__main__.py": b"def f(): pass\n",
    "src/not-a-name.py": b"def f(): pass\n",
    "docs/conf.py": b"def f(): pass\n",
}
WHY = {
    "src/wrong.py": "it is no text that Python reads",
    "src/large.py": "it is larger than 1 MiB",
    "src/link.py": "it is a link",
    "src/gone.py": "it is no longer here, or a link that leads out of the repository",
    "src/empty.py": "it is empty",
    "src/constants.py": "it has no function",
    "src/shop/__main__.py": "it is run, not imported",
    "src/not-a-name.py": "it is run, not imported",
    "docs/conf.py": "it lies in no folder that modules are imported from",
}


@pytest.fixture
def sources(tmp_path: Path) -> TestSources:
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "src/link.py").symlink_to("marked.py")
    return TestSources(tmp_path, FILES, ["src"])


@pytest.mark.parametrize(
    ("path", "text"), [("src/latin.py", SOURCE), ("src/marked.py", UTF_8), ("src/ended.py", UTF_8)]
)
def test_a_module_is_read_in_the_encoding_that_it_declares(sources: TestSources, path: str, text: str) -> None:
    files = [(path, None, sources.text(path))]
    assert [each.text for each in modules_of(files, ["src"])] == [text]
    assert unusable(files, ["src"]) == ()


@pytest.mark.parametrize("path", WHY)
def test_a_file_that_gets_no_tests_is_named_with_the_reason(sources: TestSources, path: str) -> None:
    files = [(path, None, sources.text(path))]
    assert modules_of(files, ["src"]) == ()
    assert [(each.module.name, each.why.why) for each in unusable(files, ["src"])] == [(path, WHY[path])]


def test_beside_modules_only_what_cannot_be_read_is_named(sources: TestSources) -> None:
    files = [(path, None, sources.text(path)) for path in ("src/marked.py", "src/empty.py", "src/wrong.py")]
    assert [each.module.name for each in unusable(files, ["src"])] == ["src/wrong.py"]
    assert isinstance(files[2][2], Unknown)
