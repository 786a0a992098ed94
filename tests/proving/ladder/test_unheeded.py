"""Without its comments a change is the same code on the same lines, and no checker is told to look away."""

from __future__ import annotations

import ast

import pytest

from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.unheeded import unheeded


def mute(source: bytes, path: str = "a.py") -> bytes:
    [file] = unheeded(Patch.of([PatchedFile(path=path, before=source, after=source)])).files
    assert file.before == file.after
    return file.after or b""


SOURCES = {
    "a comment": (b"x = f()  # noqa: S602\n", b"x = f()  # xxxxx xxxx\n"),
    "a comment of its own": (b"#: why not\nx = 1\n", b"#: xxx xxx\nx = 1\n"),
    "of the whole file": (b"# ruff: noqa\nx = 1\n", b"# xxxxx xxxx\nx = 1\n"),
    "behind what the file is encoded in": (
        b"# ruff: noqa coding: latin-1\nx = '\xe9'\n",
        "# xxxxx xxxx xxxxxxx xxxxxxx\nx = 'é'\n".encode(),
    ),
    "code in an encoding that hides it": (
        b"# coding: utf-7\nf(shell+AD0-True)\n",
        b"# xxxxxxx xxxxx\nf(shell=True)\n",
    ),
    "in a text": (b'f("echo # noqa", "a nosemgrep b")\n', b'f("echo # xxxx", "a xxxxxxxxx b")\n'),
    "a mark in a text": (b'f("# a colour")  # a colour\n', b'f("# a colour")  # x xxxxxx\n'),
    "a name": (b"noqa = lgtm(1)\n", b"noqa = lgtm(1)\n"),
    "in a text of several lines": (b'f("""\n# noqa\n""")\n', b'f("""\n# xxxx\n""")\n'),
    "beyond ASCII": ("f('é')  # noqa é\n".encode(), "f('é')  # xxxx x\n".encode()),
    "with a mark of its encoding": (b"\xef\xbb\xbfx = 1  # noqa\n", b"x = 1  # xxxx\n"),
    "with other ends of lines": (b"x = 1  # noqa\r\ny = 2\r\n", b"x = 1  # xxxx\r\ny = 2\r\n"),
    "without an end": (b"x = 1  # noqa", b"x = 1  # xxxx"),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize(("source", "without"), SOURCES.values(), ids=SOURCES.keys())
def test_comments_say_nothing_any_more(source: bytes, without: bytes) -> None:
    assert mute(source) == without
    ast.parse(without)


def test_lines_keep_their_length_and_code_its_place() -> None:
    source = b"def f(x):  # type: ignore\n    return x  # nosec B602\n"
    assert [len(line) for line in mute(source).splitlines()] == [len(line) for line in source.splitlines()]
    assert ast.dump(ast.parse(mute(source)), include_attributes=True) == ast.dump(
        ast.parse(source), include_attributes=True
    )


@pytest.mark.parametrize("source", [b"x = (\n# noqa\n", b"# coding: nowhere\n# noqa\n", b"\xff # noqa\n"])
def test_what_cannot_be_read_stays_as_it_is(source: bytes) -> None:
    assert mute(source) == source


def test_other_files_stay_as_they_are() -> None:
    assert mute(b"a: 1  # noqa\n", "a.yaml") == b"a: 1  # noqa\n"
