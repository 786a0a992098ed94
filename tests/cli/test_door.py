"""Where results go: whole, to the file that was named, and to nothing else."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from outpace.cli.door import Door, write_whole
from outpace.formats.terms import term_of
from outpace.model import errors
from outpace.model.errors import BadInput, UsageError

RAISED = tuple(
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.Error) and each is not errors.Error
)


def test_a_new_file_has_the_usual_permissions_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "new", b"1")
        (tmp_path / "old").write_bytes(b"0")
        (tmp_path / "old").chmod(0o640)
        write_whole(tmp_path / "old", b"2")
    finally:
        os.umask(before)
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("new", "old")}
    assert (modes, (tmp_path / "old").read_bytes()) == ({"new": 0o644, "old": 0o640}, b"2")


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"0")
    (tmp_path / "link").symlink_to("target")
    write_whole(tmp_path / "link", b"1")
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "target").read_bytes()) == (True, b"1")


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"1")
    reader.join()
    assert (got, pipe.is_fifo()) == ([b"1"], True)


def test_what_cannot_be_written_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_whole(tmp_path, b"1")
    with pytest.raises(BadInput):
        write_whole(tmp_path / "nowhere" / "file", b"1")
    assert list(tmp_path.iterdir()) == []


def test_what_is_piped_is_80_columns_wide_and_not_filled_up_with_blanks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.table import Table

    monkeypatch.delenv("COLUMNS", raising=False)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row("a", "word " * 40)
    table.add_row("long one", "b")
    Door(form="text", output=None, quiet=False).emit(table)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line != line.rstrip() or len(line) > 80] == []
    assert max(map(len, lines)) > 70


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.__name__)
def test_an_error_says_where_its_kind_is_explained_and_the_explanation_is_there(
    kind: type[errors.Error], capsys: pytest.CaptureFixture[str]
) -> None:
    Door(form="text", output=None, quiet=True).fail(kind("no lock here", hint="uv lock"))
    told = capsys.readouterr().err.splitlines()
    assert told == ["outpace: no lock here", "  uv lock", f"  more: outpace explain {kind.__name__}"]
    assert term_of(told[-1].removeprefix("  more: outpace explain ")) is not None
