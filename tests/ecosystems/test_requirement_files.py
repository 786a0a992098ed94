"""Requirements and constraints files, as pip reads them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from outpace.ecosystems.pypi.requirement_lines import logical_lines
from outpace.ecosystems.pypi.requirements import HELD_ALONE
from outpace.ecosystems.read import is_lock, read
from outpace.model.inventory import (
    Component,
    DirectUrl,
    Editable,
    Git,
    Inventory,
    LocalPath,
    OtherIndex,
    PublicIndex,
    Unread,
)
from outpace.model.package import PYPI, Package


def inventory(files: Mapping[str, str | bytes], *paths: str) -> Inventory:
    content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return read(paths or [path for path in content if is_lock(path)], content.get)


def pins(found: Inventory) -> list[tuple[str, str | None, str]]:
    return [(each.package.name, each.version, each.file) for each in found.components]


def component(text: str) -> Component:
    found = inventory({"requirements.txt": text})
    assert found.unread == ()
    (only,) = found.components
    return only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a==1 \\\n  --hash=x\nb==2", [(1, "a==1   --hash=x"), (3, "b==2")]),
        ("# c \\\na==1", [(2, "a==1")]),
        ("a==1 \\\n# c\nb==2", [(1, "a==1"), (3, "b==2")]),
        ("a==1 # c \\\nb==2", [(1, "a==1")]),
        ("a==1#c", [(1, "a==1#c")]),
        ("a==1\\", [(1, "a==1")]),
        ("\r\na==1\r\n\r\n", [(2, "a==1")]),
    ],
)
def test_lines_are_joined_and_uncommented_as_pip_does(text: str, expected: list[tuple[int, str]]) -> None:
    assert list(logical_lines(text)) == expected


@pytest.mark.parametrize(
    ("line", "name", "version", "origin"),
    [
        ("Acme_Web.Core==1.0", "acme-web-core", "1.0", PublicIndex()),
        ("acme == 1.0 ; python_version<'3'", "acme", "1.0", PublicIndex()),
        ("acme==1.0 --hash=sha256:aa --hash sha256:bb", "acme", "1.0", PublicIndex()),
        ("acme===1.0-legacy", "acme", "1.0-legacy", PublicIndex()),
        ("acme==1.0.0-RC.1", "acme", "1.0.0rc1", PublicIndex()),
        ("acme==1.*", "acme", None, PublicIndex()),
        ("acme==1.0,==1.1", "acme", None, PublicIndex()),
        ("acme==1.0,==1.0.0", "acme", None, PublicIndex()),
        ("acme", "acme", None, PublicIndex()),
        ("acme @ https://u:p@h.invalid/acme-1.0.tar.gz#sha256=a", "acme", "1.0", DirectUrl("https://***@h.invalid/acme-1.0.tar.gz")),
        ("acme @ https://h.invalid/other-1.0.tar.gz", "acme", None, DirectUrl("https://h.invalid/other-1.0.tar.gz")),
        ("https://h.invalid/acme-1.0-py3-none-any.whl", "acme", "1.0", DirectUrl("https://h.invalid/acme-1.0-py3-none-any.whl")),
        ("https://h.invalid/v1.0.zip#egg=acme", "acme", None, DirectUrl("https://h.invalid/v1.0.zip")),
        ("acme @ git+https://t0k@h.invalid/a.git@v1/x#egg=b", "acme", None, Git("https://***@h.invalid/a.git", "v1/x")),
        ("-e git+https://h.invalid/a.git@main#egg=acme", "acme", None, Git("https://h.invalid/a.git", "main")),
        ("git+ssh://git@h.invalid/a.git#egg=acme", "acme", None, Git("ssh://***@h.invalid/a.git", "")),
        ("acme @ file:///srv/acme-1.0.tar.gz", "acme", "1.0", LocalPath("/srv/acme-1.0.tar.gz")),
        ("./wheels/acme-1.0-py3-none-any.whl", "acme", "1.0", LocalPath("wheels/acme-1.0-py3-none-any.whl")),
        ("acme-1.0.tar.gz", "acme", "1.0", LocalPath("acme-1.0.tar.gz")),
    ],
)  # fmt: skip
def test_a_line_names_package_version_and_origin(line: str, name: str, version: str | None, origin: object) -> None:
    found = component(line)
    assert (found.package, found.version, found.origin) == (Package(PYPI, name), version, origin)


def test_a_specifier_is_kept_where_no_version_is_pinned() -> None:
    found = component("acme[b, a]>=1,<2 ; python_version < '3'")
    assert (found.specifier, found.extras, found.marker) == ("<2,>=1", ("a", "b"), 'python_version < "3"')


def test_an_editable_project_takes_its_name_from_its_own_file() -> None:
    project = '[project]\nname = "Acme_Site"\nversion = "2.0"\n'
    found = inventory({"requirements.txt": "-e .[dev]\n", "pyproject.toml": project})
    (only,) = found.components
    assert (only.package.name, only.version, only.origin, only.extras) == ("acme-site", "2.0", Editable("."), ("dev",))


@pytest.mark.parametrize(
    "line",
    [
        "acme=1.0",
        "acme 1.0",
        "acme==1.0-SNAPSHOT",
        "acme==1.0#comment",
        "acme==${VERSION}",
        "acmé==1.0",
        "acme==1.0; python_version <> '3' and bogus",
        "--bogus x",
        "--index-url",
        '--hash "x',
        "-e .",
        "-e ../elsewhere",
        "./libs/nameless",
        "https://h.invalid/archive.zip",
        "index-url = https://deploy:hunter2@h.invalid",
        "acme\0==1.0",
        "x" * 70_000,
    ],
)
def test_what_cannot_be_read_is_said_with_its_line_and_the_rest_is_read(line: str) -> None:
    found = inventory({"requirements.txt": f"first==1\n{line}\nlast==2\n"})
    assert [name for name, _, _ in pins(found)] == ["first", "last"]
    (unread,) = found.unread
    assert (unread.file, unread.line) == ("requirements.txt", 2)
    assert "line 2" in unread.why
    assert "hunter2" not in unread.why
    assert len(unread.why) < 250


def test_includes_are_relative_to_the_file_and_each_file_is_read_once() -> None:
    found = inventory(
        {
            "requirements.txt": "-r deps/base.txt\n--requirement=deps/more.txt\na==1\n",
            "deps/base.txt": "-r ../requirements.txt\nb==2\n",
            "deps/more.txt": "-rbase.txt\nc==3\n",
        }
    )
    assert sorted(pins(found)) == [
        ("a", "1", "requirements.txt"),
        ("b", "2", "deps/base.txt"),
        ("c", "3", "deps/more.txt"),
    ]
    assert found.unread == ()
    assert found.files == ("deps/base.txt", "deps/more.txt", "requirements.txt")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../../etc/passwd", "outside"),
        ("/etc/passwd", "outside"),
        ("absent.txt", "not there"),
        ("https://u:hunter2@h.invalid/r.txt", "fetches no"),
        ("${HOME}/r.txt", "not there"),
    ],
)
def test_an_include_that_cannot_be_followed_is_said(path: str, why: str) -> None:
    found = inventory({"requirements.txt": f"-r {path}\na==1\n"})
    assert pins(found) == [("a", "1", "requirements.txt")]
    (unread,) = found.unread
    assert unread.line == 1
    assert why in unread.why
    assert "hunter2" not in unread.why


def test_constraints_hold_versions_and_what_they_alone_pin_is_in_doubt() -> None:
    found = inventory(
        {
            "requirements.txt": "-c constraints.txt\na\nb==2\nd>=1\n",
            "constraints.txt": "a==1.5\nc==3\nd==4 ; python_version < '3'\n",
        }
    )
    assert pins(found) == [
        ("a", "1.5", "requirements.txt"),
        ("b", "2", "requirements.txt"),
        ("d", None, "requirements.txt"),
        ("c", "3", "constraints.txt"),
    ]
    assert [each.package.name for each in found.components if each.doubt is not None] == ["c"]
    assert (found.components[-1].line, found.components[-1].doubt) == (2, HELD_ALONE)


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "-c constraints.txt\nb\n", "dev-requirements.txt": "-c constraints.txt\na\n"},
        {"requirements.txt": "-c constraints.txt\n-r more.txt\n", "more.txt": "a\nb\n"},
        {"requirements.txt": "-c constraints.txt\nA\nb ; python_version < '3'\n"},
    ],
)
def test_what_some_file_of_the_set_asks_for_is_no_constraint_alone(files: dict[str, str]) -> None:
    found = inventory({**files, "constraints.txt": "a==1\nb>=1\n"})
    assert "constraints.txt" not in {each.file for each in found.components}


def test_a_requirements_file_that_also_constrains_another_still_counts() -> None:
    found = inventory({"requirements-dev.txt": "-c requirements.txt\nb==2\n", "requirements.txt": "a==1\n"})
    assert sorted(pins(found)) == [("a", "1", "requirements.txt"), ("b", "2", "requirements-dev.txt")]


def test_constraints_that_no_file_names_are_read_for_themselves() -> None:
    assert pins(inventory({"constraints.txt": "a==1\n"})) == [("a", "1", "constraints.txt")]


def test_the_index_is_the_one_that_the_files_declare_without_its_password() -> None:
    found = inventory(
        {"requirements.txt": "-r base.txt\na==1\n", "base.txt": "--index-url https://u:hunter2@corp.invalid/simple/\n"}
    )
    assert found.components[0].origin == OtherIndex("https://***@corp.invalid/simple/")


def test_an_extra_index_stands_beside_the_public_one() -> None:
    found = component("--extra-index-url https://${TOKEN}@corp.invalid/simple\na==1\n")
    assert found.origin == PublicIndex(beside=("https://***@corp.invalid/simple",))


def test_two_pins_under_two_markers_are_two_components_and_a_repeated_one_is_one() -> None:
    text = "a==1 ; python_version < '3.8'\na==2 ; python_version >= '3.8'\na==2 ; python_version >= '3.8'\n"
    assert [each.version for each in inventory({"requirements.txt": text}).components] == ["1", "2"]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfacme==1.0\n",
        "\ufeffacme==1.0\r\n".encode("utf-16-le"),
        "\ufeffacme==1.0\r\n".encode("utf-16-be"),
        "\ufeffacme==1.0\n".encode("utf-32-le"),
        b"# -*- coding: latin-1 -*-\n# J\xf6\nacme==1.0\n",
        b"\n# vim: set fileencoding=cp1252 :\nacme==1.0\n",
        b"acme==1.0\n# \xff\xfe no encoding declared\n",
    ],
)
def test_encodings_are_told_in_pips_order(data: bytes) -> None:
    found = inventory({"requirements.txt": data})
    assert (pins(found), found.unread) == ([("acme", "1.0", "requirements.txt")], ())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfea\x00=\x00=\x00\x00\xd8", "byte"),
        (b"# coding: nonsense\na==1\n", "nonsense"),
        (b"# coding: punycode\na==1\n", "punycode"),
        (b"# coding: zlib\na==1\n", "zlib"),
        (b"# coding: ascii\n# \xff\na==1\n", "ascii"),
        ("a==1\n".encode("utf-16-le"), "bytes"),
        (b"acm\xe9==1.0\n", "UTF-8"),
    ],
)
def test_what_cannot_be_decoded_is_unread_and_never_empty(data: bytes, why: str) -> None:
    found = inventory({"requirements.txt": data})
    assert found.components == ()
    assert why in found.unread[0].why


def test_conflict_markers_refuse_the_whole_file() -> None:
    for marker in ("<<<<<<< HEAD", "=======", ">>>>>>> x", "||||||| base"):
        found = inventory({"requirements.txt": f"a==1\n{marker}\nb==2\n"})
        assert found.components == ()
        assert (found.unread[0].line, "conflict" in found.unread[0].why) == (2, True)


def test_empty_files_are_read_and_hold_nothing() -> None:
    found = inventory({"a/requirements.txt": "", "b/requirements.txt": "# nothing\n\n"})
    assert (found.components, found.unread) == ((), ())
    assert found.files == ("a/requirements.txt", "b/requirements.txt")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("requirements.txt", True),
        ("requirements-dev.txt", True),
        ("requirements_dev.txt", True),
        ("dev-requirements.txt", True),
        ("requirements/prod.txt", True),
        ("a/b/requirements/base.txt", True),
        ("constraints.txt", True),
        ("uv.lock", True),
        ("pylock.toml", True),
        ("pylock.prod.toml", True),
        ("pylock.a.b.toml", False),
        ("script.py.lock", True),
        ("notes.txt", False),
        ("requirements.in", False),
        ("requirements.md", False),
        ("Cargo.lock", False),
    ],
)
def test_a_name_tells_whether_a_file_holds_components(path: str, expected: bool) -> None:
    assert is_lock(path) is expected


def test_a_file_that_vanishes_is_said() -> None:
    assert inventory({}, "uv.lock").unread == (Unread(file="uv.lock", why="it is not there"),)
