"""conda-lock.yml and environment.yml: PyPI's packages are read, conda's are counted, and YAML stays text."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from outpace.ecosystems.read import is_read, read
from outpace.model.inventory import DirectUrl, Git, Inventory, LocalPath, PublicIndex
from outpace.model.yaml_text import NotYaml, Pairs, Scalar, node_of

LOCK = """version: 1
metadata:
  content_hash: {linux-64: "00"}
package:
- {name: numpy, version: '1.26', manager: conda, platform: linux-64}
- {name: python, version: 3.11.1, manager: conda, platform: linux-64}
- name: Acme_Web
  version: 1.10
  manager: pip
  platform: linux-64
  category: main
  url: https://files.invalid/acme_web-1.10-py3-none-any.whl
- {name: Acme_Web, version: '1.10', manager: pip, platform: osx-64, category: main, url: "https://files.invalid/a.whl"}
- {name: tool, version: '2', manager: pip, platform: linux-64, category: dev}
- {name: forked, version: '3', manager: pip, platform: linux-64, url: "git+https://t:x@h.invalid/a.git@abc"}
- {name: direct, version: '4', manager: pip, platform: linux-64, source: {type: url, url: "https://h.invalid/d-4.zip"}}
"""

ENVIRONMENT = """name: site
channels: [conda-forge]
dependencies:
  - python=3.11
  - conda-forge::numpy>=1.2
  - pip
  - pip:
    - Acme_Web==1.10
    - other>=1,<2  # why
    - -r more.txt
    - --extra-index-url https://u:hunter2@corp.invalid/simple
    - -e .
    - git+https://h.invalid/a.git@abc#egg=forked
    - not a requirement
"""


def inventory(files: Mapping[str, str | bytes], *paths: str) -> Inventory:
    content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return read(paths or [path for path in content if is_read(path)], content.get)


def test_a_conda_lock_tells_what_comes_from_pypi_once_for_all_platforms() -> None:
    found = inventory({"conda-lock.yml": LOCK})
    assert [(e.package.name, e.version, e.groups, e.origin, e.line) for e in found.components] == [
        ("acme-web", "1.10", (), PublicIndex(), 7),
        ("tool", "2", ("dev",), PublicIndex(), 14),
        ("forked", "3", (), Git("https://***@h.invalid/a.git", "abc"), 15),
        ("direct", "4", (), DirectUrl("https://h.invalid/d-4.zip"), 16),
    ]
    assert [each.why for each in found.uncovered] == [
        "it also names 2 conda packages (numpy, python): Outpace knows the advisories of PyPI only"
    ]
    assert (found.unread, found.files) == ((), ("conda-lock.yml",))


def test_hashes_are_passed_over_and_every_other_line_keeps_its_number() -> None:
    hashed = "- name: acme\n  version: '1'\n  manager: pip\n  hash:\n    md5: 00ff\n    sha256: 11ee\n  category: dev\n"
    found = inventory({"conda-lock.yml": LOCK + hashed + "- {name: last, version: '2', manager: pip}\n"})
    assert [(e.package.name, e.line, e.groups) for e in found.components][-2:] == [
        ("acme", 17, ("dev",)),
        ("last", 24, ()),
    ]


def test_an_environments_pip_section_is_read_as_pip_reads_it() -> None:
    found = inventory({"environment.yml": ENVIRONMENT, "more.txt": "included==1\n"})
    assert [(e.package.name, e.version or e.specifier, e.file, e.line) for e in found.components] == [
        ("included", "1", "more.txt", 1),
        ("acme-web", "1.10", "environment.yml", 8),
        ("other", "<2,>=1", "environment.yml", 9),
        ("forked", "", "environment.yml", 13),
    ]
    assert found.components[1].origin == PublicIndex(beside=("https://***@corp.invalid/simple",))
    assert [(each.line, "hunter2" in each.why) for each in found.unread] == [(12, False), (14, False)]
    assert ["3 conda packages (python, numpy, pip)" in each.why for each in found.uncovered] == [True]


def test_a_requirements_file_that_an_environment_names_and_that_is_not_there_is_said() -> None:
    found = inventory({"environment.yml": "dependencies: [{pip: [-r gone.txt]}]\n"})
    assert [(each.file, "not there" in each.why) for each in found.unread] == [("gone.txt", True)]


def test_an_environment_beside_a_conda_lock_is_what_the_lock_was_made_from() -> None:
    files = {"conda-lock.yml": LOCK, "environment.yml": ENVIRONMENT, "docs/environment.yaml": ENVIRONMENT}
    assert inventory(files).files == ("conda-lock.yml", "docs/environment.yaml", "docs/more.txt")[:2]


def test_yaml_of_another_kind_is_left_alone_and_refused_where_it_is_named() -> None:
    other = "services: {web: {image: x}}\n"
    assert inventory({"environment.prod.yml": other}) == Inventory(source="files")
    assert ["no file that Outpace knows" in each.why for each in inventory({"x.yml": other}, "x.yml").unread] == [True]
    assert [e.package.name for e in inventory({"x.yml": LOCK}, "x.yml").components][:1] == ["acme-web"]


def test_a_directory_in_the_pip_section_has_its_path() -> None:
    found = inventory({"environment.yml": "dependencies: [{pip: ['-e ./libs/a#egg=acme', './acme-1.0.tar.gz']}]\n"})
    assert [(e.package.name, e.version) for e in found.components][1:] == [("acme", "1.0")]
    assert found.components[1].origin == LocalPath("acme-1.0.tar.gz")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", None, "empty"),
        ("a: [", 1, "not YAML"),
        ("\ta: 1\n", 1, "not YAML"),
        ("a: 1\na: 2\n", 2, "twice"),
        ("a: &x 1\nb: *x\n", 2, "alias"),
        ("a: !!python/object/apply:os.system [x]\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("[a]: 1\n", 1, "for a key"),
        ("# nothing\n", None, "no document"),
        ("a: " + "[" * 40 + "]" * 40, 1, "nested"),
        ("[" * 70_000, 1, "nest"),
        ("{a: " * 70_000, 1, "nest"),
        ("a:\n<<<<<<< HEAD\n", 2, "conflict"),
        ("version: 4\nmetadata: {}\npackage: []\n", None, "version"),
        ("version: 1\nmetadata: {}\npackage: [{name: x, manager: pip}]\n", 3, "without"),
        ("version: 1\nmetadata: {}\npackage:\n- {name: x, version: 1, manager: snap}\n", 4, "without"),
        ("dependencies: [{pip: {a: 1}}, [x], {pip: [x], y: z}]\n", 1, "neither"),
        ("a: \x1b[1m\n", None, "not YAML"),
        ("a: b\0c\n", 1, "NUL character"),
    ],
)  # fmt: skip
def test_damaged_and_hostile_yaml_is_unread_with_its_line(text: str, line: int | None, why: str) -> None:
    found = inventory({"conda-lock.yml": text})
    assert found.unread[0].line == line
    assert why in found.unread[0].why
    assert found.components == () or "neither" in why


def test_utf_16_is_refused_as_what_it_is() -> None:
    assert ["UTF-8" in each.why for each in inventory({"environment.yml": ENVIRONMENT.encode("utf-16")}).unread] == [
        True
    ]


def test_values_stay_as_they_are_written() -> None:
    document = node_of("a: 1.10\nb: yes\nc: ~\nd: 2024-01-01\ne: 0o17\nf: !!str 1.0\n")
    assert isinstance(document, Pairs)
    assert [each.text for each in document.rows.values() if isinstance(each, Scalar)] == [
        "1.10", "yes", "~", "2024-01-01", "0o17", "1.0",
    ]  # fmt: skip


def test_a_document_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(NotYaml, match="more than"):
        node_of("# " + "x" * (17 << 20))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("environment.yml", True),
        ("a/environment.yaml", True),
        ("dev-environment.yaml", True),
        ("environment-dev.yml", True),
        ("conda-lock.yml", True),
        ("gpu.conda-lock.yaml", True),
        ("compose.yml", False),
        ("environments.yml", False),
    ],
)
def test_condas_files_are_told_by_their_names(path: str, expected: bool) -> None:
    assert is_read(path) is expected
