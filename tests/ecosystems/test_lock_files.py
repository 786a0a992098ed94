"""uv.lock, pylock.toml, poetry.lock, pdm.lock and Pipfile.lock."""

from __future__ import annotations

import json

import pytest

from outpace.model.inventory import (
    DirectUrl,
    Editable,
    Git,
    LocalPath,
    Origin,
    OtherIndex,
    PublicIndex,
    Workspace,
)
from tests.ecosystems.test_requirement_files import inventory

HEAD = 'version = 1\nrequires-python = ">=3.8"\n'
PUBLIC = "https://public.invalid/simple"
SITE = '\n[[package]]\nname = "site"\nversion = "0"\nsource = { virtual = "." }\n'


def package(name: str, source: str = f'registry = "{PUBLIC}"', version: str | None = "1.0", more: str = "") -> str:
    line = f'version = "{version}"\n' if version else ""
    return f'\n[[package]]\nname = "{name}"\n{line}source = {{ {source} }}\n{more}'


def uv(*parts: str) -> dict[str, str | bytes]:
    return {"uv.lock": HEAD + "".join(parts)}


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        (f'registry = "{PUBLIC}"', PublicIndex()),
        ('registry = "../wheels"', LocalPath("../wheels")),
        ('git = "https://t0k:x@h.invalid/a?rev=main#abc123"', Git("https://***@h.invalid/a?rev=main", "abc123")),
        ('url = "https://t0k:x@h.invalid/a-1.0.tar.gz?token=z"', DirectUrl("https://***@h.invalid/a-1.0.tar.gz?token=***")),
        ('path = "a-1.0.tar.gz"', LocalPath("a-1.0.tar.gz")),
        ('directory = "libs/a"', LocalPath("libs/a")),
        ('editable = "libs/a"', Editable("libs/a")),
        ('virtual = "."', Workspace(".")),
    ],
)  # fmt: skip
def test_uv_names_every_origin(source: str, origin: Origin) -> None:
    found = inventory(uv(package("a", source)))
    assert found.unread == ()
    assert [each.origin for each in found.components] == [origin]


def test_uv_groups_parents_and_directness_follow_the_edges() -> None:
    edges = 'dependencies = [{ name = "a" }]\n[package.dev-dependencies]\ntest = [{ name = "t" }]\n'
    lock = uv(
        package("site", 'virtual = "."', more=edges),
        package("a", more='dependencies = [{ name = "b" }]\n'),
        package("b"),
        package("t", more='dependencies = [{ name = "b" }, { name = "u" }]\n'),
        package("u"),
    )
    found = {each.package.name: (each.groups, each.parents, each.direct) for each in inventory(lock).components}
    assert found == {
        "site": ((), (), False),
        "a": ((), ("site",), True),
        "b": ((), ("a", "t"), False),
        "t": (("test",), ("site",), True),
        "u": (("test",), ("t",), False),
    }


def test_a_registry_counts_as_another_index_where_something_declares_it() -> None:
    corp = 'registry = "https://corp.invalid/simple"'
    declared: tuple[dict[str, str | bytes], ...] = (
        {"pyproject.toml": '[[tool.uv.index]]\nname = "corp"\nurl = "https://CORP.invalid/simple/"\n'},
        {"pyproject.toml": '[tool.uv]\nextra-index-url = ["https://u:p@corp.invalid/simple"]\n'},
        {"uv.toml": 'index-url = "https://corp.invalid/simple"\n'},
        {"requirements.txt": "--extra-index-url https://corp.invalid/simple\n"},
    )
    for files in declared:
        found = inventory({**uv(package("a", corp), package("b")), **files})
        assert [each.origin for each in found.components if each.file == "uv.lock"] == [
            OtherIndex("https://corp.invalid/simple"),
            PublicIndex(),
        ]


def test_of_several_registries_that_nobody_declares_the_commonest_counts_as_public() -> None:
    found = inventory(uv(package("a"), package("b"), package("c", 'registry = "https://corp.invalid/simple"')))
    assert [each.origin for each in found.components] == [
        PublicIndex(),
        PublicIndex(),
        OtherIndex("https://corp.invalid/simple"),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ('requires-python = ">=3.8"\n', "no version"),
        ("version = 2\n", "version 2"),
        ('version = "1"\n', "version"),
        (HEAD + package("a", version=None), "no version"),
        (HEAD + package("../a"), "no name"),
        (HEAD + "[[package]]\nversion = '1'\n", "name"),
        (HEAD + "a = [", "TOML"),
        (HEAD + "a = " + "[" * 5_000, ""),
        (HEAD + "a = 2024-13-45\n", "TOML"),
        (HEAD + package("a") + "<<<<<<< HEAD\n", "conflict"),
        ("package = 1\nversion = 1\n", "format"),
    ],
)
def test_a_lock_that_is_not_one_is_refused_whole_and_said(text: str, why: str) -> None:
    found = inventory({"uv.lock": text})
    assert found.components == ()
    (unread,) = found.unread
    assert unread.file == "uv.lock"
    assert why in unread.why


def test_a_lock_that_was_cut_off_tells_what_is_missing() -> None:
    found = inventory(uv(SITE, package("a", more='dependencies = [{ name = "lost" }]\n')))
    assert [each.package.name for each in found.components] == ["site", "a"]
    assert ["lost" in each.why for each in found.unread] == [True]


def test_a_source_of_a_new_kind_is_unread_and_the_others_are_read() -> None:
    found = inventory(uv(package("a", 'hologram = "x"'), package("b")))
    assert [each.package.name for each in found.components] == ["b"]
    assert ["a" in each.why for each in found.unread] == [True]


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle() -> None:
    text = (HEAD + package("a")).replace("\n", "\r\n")
    found = inventory({"uv.lock": b"\xef\xbb\xbf" + text.encode()})
    assert [(each.package.name, each.line) for each in found.components] == [("a", 4)]


PYLOCK = """lock-version = "{version}"
created-by = "x"
[[packages]]
name = "Acme_Web"
version = "1.0"
marker = "python_version < '3'"
index = "https://public.invalid/simple"
[[packages]]
name = "forked"
vcs = {{ type = "git", url = "https://t0k@h.invalid/a", commit-id = "abc" }}
[[packages]]
name = "here"
directory = {{ path = "libs/here", editable = true }}
[[packages]]
name = "archived"
archive = {{ url = "https://h.invalid/archived-2.0.tar.gz" }}
[[packages]]
name = "wheeled"
wheels = [{{ url = "https://h.invalid/wheeled-3.0-py3-none-any.whl" }}]
"""


def test_a_pylock_is_read_as_pep_751_says() -> None:
    found = inventory({"pylock.prod.toml": PYLOCK.format(version="1.1")})
    assert [(each.package.name, each.version, each.origin, each.line) for each in found.components] == [
        ("acme-web", "1.0", PublicIndex(), 3),
        ("forked", None, Git("https://***@h.invalid/a", "abc"), 8),
        ("here", None, Editable("libs/here"), 11),
        ("archived", "2.0", DirectUrl("https://h.invalid/archived-2.0.tar.gz"), 14),
        ("wheeled", "3.0", PublicIndex(), 17),
    ]
    assert found.components[0].marker == "python_version < '3'"


@pytest.mark.parametrize("text", [PYLOCK.format(version="2.0"), 'lock-version = "1.0"\n', "packages = []\n", ""])
def test_a_pylock_of_another_version_or_shape_is_refused(text: str) -> None:
    found = inventory({"pylock.toml": text})
    assert (found.components, len(found.unread)) == ((), 1)


POETRY = """[[package]]
name = "Acme"
version = "1.0"
groups = ["main", "dev"]
markers = "python_version < '3'"
[package.dependencies]
tool = ">=1"
[[package]]
name = "tool"
version = "2.0"
groups = ["dev"]
[[package]]
name = "old"
version = "3.0"
category = "dev"
[[package]]
name = "forked"
version = "4.0"
[package.source]
type = "git"
url = "https://t0k@h.invalid/a"
reference = "main"
resolved_reference = "abc"
[[package]]
name = "corp"
version = "5.0"
[package.source]
type = "legacy"
url = "https://u:p@corp.invalid/simple"
reference = "corp"
[metadata]
"""


def test_a_poetry_lock_names_groups_parents_and_sources() -> None:
    found = inventory({"poetry.lock": POETRY + 'lock-version = "2.1"\n'})
    rows = [(each.package.name, each.version, each.groups, each.parents, each.origin) for each in found.components]
    assert rows == [
        ("acme", "1.0", (), (), PublicIndex()),
        ("tool", "2.0", ("dev",), ("acme",), PublicIndex()),
        ("old", "3.0", ("dev",), (), PublicIndex()),
        ("forked", "4.0", (), (), Git("https://***@h.invalid/a", "abc")),
        ("corp", "5.0", (), (), OtherIndex("https://***@corp.invalid/simple")),
    ]


@pytest.mark.parametrize("text", ["", POETRY + 'lock-version = "3.0"\n', POETRY.replace("[metadata]\n", "")])
def test_a_poetry_lock_of_another_version_or_cut_off_is_refused(text: str) -> None:
    found = inventory({"poetry.lock": text})
    assert (found.components, len(found.unread)) == ((), 1)


def test_a_pdm_lock_is_read() -> None:
    text = '[metadata]\nlock_version = "4.5.0"\n[[package]]\nname = "A"\nversion = "1"\ngroups = ["default"]\n'
    text += '[[package]]\nname = "b"\nversion = "2"\ngroups = ["test"]\ngit = "https://h.invalid/b"\nrevision = "abc"\n'
    found = inventory({"pdm.lock": text})
    assert [(each.package.name, each.version, each.groups, each.origin) for each in found.components] == [
        ("a", "1", (), PublicIndex()),
        ("b", "2", ("test",), Git("https://h.invalid/b", "abc")),
    ]
    assert len(inventory({"pdm.lock": text.replace("4.5.0", "9.0")}).unread) == 1


def pipfile_lock(**sections: object) -> str:
    sources = [
        {"name": "pypi", "url": PUBLIC, "verify_ssl": True},
        {"name": "corp", "url": "https://u:p@corp.invalid/simple", "verify_ssl": True},
    ]
    return json.dumps({"_meta": {"pipfile-spec": 6, "sources": sources}, **sections})


def test_a_pipfile_lock_is_read_with_its_sections_and_sources() -> None:
    default = {
        "acme": {"version": "==1.0", "extras": ["b", "a"], "markers": "python_version < '3'", "index": "pypi"},
        "corp": {"version": "==2.0", "index": "corp"},
        "forked": {"git": "https://h.invalid/a", "ref": "abc"},
        "loose": {"version": "*"},
        "mine": {"path": ".", "editable": True},
    }
    found = inventory({"Pipfile.lock": pipfile_lock(default=default, develop={"tool": {"version": "==3.0"}})})
    assert [(each.package.name, each.version, each.groups, each.origin) for each in found.components] == [
        ("acme", "1.0", (), PublicIndex()),
        ("corp", "2.0", (), OtherIndex("https://***@corp.invalid/simple")),
        ("forked", None, (), Git("https://h.invalid/a", "abc")),
        ("loose", None, (), PublicIndex()),
        ("mine", None, (), Editable(".")),
        ("tool", "3.0", ("dev",), PublicIndex()),
    ]
    assert (found.components[0].extras, found.components[0].marker) == (("a", "b"), "python_version < '3'")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("{}", "version"),
        ("[]", "format"),
        ("{", "JSON"),
        ('{"_meta": {"pipfile-spec": 7}}', "7"),
        ('{"_meta": {"pipfile-spec": 6}, "default": {"a": {"version": "==1"}, "a": {"version": "==2"}}}', "twice"),
        ("[" * 100_000, "deep"),
    ],
)
def test_a_pipfile_lock_that_is_not_one_is_refused(text: str, why: str) -> None:
    found = inventory({"Pipfile.lock": text})
    assert found.components == ()
    assert why in found.unread[0].why


def test_lines_of_hashes_are_passed_over_and_every_other_line_still_counts() -> None:
    rows = [
        '    {file = "a-1.0.tar.gz", hash = "sha256:00ff"},',
        '    {file = "a-1.0.zip", hash = "md5:00"},',
    ]
    body = '[[package]]\nname = "a"\nversion = "1.0"\nfiles = [\n' + "\n".join(rows) + "\n]\n\n"
    later = '[[package]]\nname = "b"\nversion = "2.0"\n[metadata]\nlock-version = "2.0"\n'
    found = inventory({"poetry.lock": body + later})
    assert [(each.package.name, each.line) for each in found.components] == [("a", 1), ("b", 9)]
    (unread,) = inventory({"poetry.lock": body + "x = \n" + later}).unread
    assert unread.line == 9
    for broken in ('{file = "a", hash = "sha256:00"', '{file = "a"", hash = "sha256:00"},', '{file = "a", hash = 00},'):
        assert len(inventory({"poetry.lock": body.replace(rows[0], f"    {broken}") + later}).unread) == 1


def test_a_dependency_in_a_uv_lock_is_no_line_of_hashes() -> None:
    wheel = '    { url = "https://h.invalid/a-1.0.whl", hash = "sha256:00", size = 12 },'
    more = f'dependencies = [\n    {{ name = "b" }},\n]\nwheels = [\n{wheel}\n]\n'
    found = inventory(uv(package("a", more=more), package("b")))
    assert [(each.package.name, each.parents) for each in found.components] == [("a", ()), ("b", ("a",))]
