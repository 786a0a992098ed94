"""Edits that a model answers: what is read of an answer, and what becomes of the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.engines.proposed import put_onto
from outpace.proving.ladder.patch import PROGRAM
from outpace.proving.ladder.shape import Limits
from outpace.proving.proposing.edits import SCHEMA, Carried, Edit, Edits, Mismatch, Original, carried_out, decoded
from tests.fakes.model_server import edits

LIMITS = Limits(editable=("app/*.py",), created=("tests/test_fix_*.py",))


def carried(*triples: tuple[str, str, str], shown: dict[str, str], hidden: frozenset[str] = frozenset()) -> Carried:
    answer = decoded(edits(*triples))
    assert isinstance(answer, Edits)
    files = {path: Original(content=text.encode()) for path, text in shown.items()}
    done = carried_out(answer, shown=files, hidden=hidden, limits=LIMITS)
    assert isinstance(done, Carried), done
    return done


def refused(*triples: tuple[str, str, str], shown: dict[str, str], hidden: frozenset[str] = frozenset()) -> str:
    answer = decoded(edits(*triples))
    assert isinstance(answer, Edits)
    files = {path: Original(content=text.encode()) for path, text in shown.items()}
    done = carried_out(answer, shown=files, hidden=hidden, limits=LIMITS)
    assert isinstance(done, Mismatch), done
    return done.why


def test_an_answer_is_one_object_of_edits_and_a_fence_around_it_is_no_matter() -> None:
    answer = edits(("app/a.py", "1", "2"))
    expected = Edits(edits=(Edit(path="app/a.py", old="1", new="2"),), why="as asked")
    assert [decoded(each) for each in (answer, f"```json\n{answer}\n```", f"\n```\n{answer}\n```\n")] == [expected] * 3


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I would change line 3.",
        "[]",
        '{"edits": []}',
        '{"edits": [{"path": "a", "old": "b"}]}',
        '{"edits": [{"path": "a", "old": "b", "new": null}]}',
        '{"edits": [{"path": "a", "old": "b", "new": "c", "mode": "100755"}]}',
        '{"edits": [{"path": "a", "old": "b", "new": "c"}], "run": "rm"}',
        '{"edits": [{"path": "a", "old": "b", "new": "c"}]} {"edits": []}',
        'Here it is: {"edits": [{"path": "a", "old": "b", "new": "c"}]}',
        "[" * 100_000,
        edits(("a", "b", "c" * 300_000)),
        edits(*[("a", "b", "c")] * 41),
        "\ud800",
        edits(("a", "b", "\ud800")),
    ],
    ids=range(15),
)
def test_whatever_else_is_answered_is_refused_with_a_sentence(answer: str) -> None:
    assert isinstance(decoded(answer), Mismatch)


def test_edits_of_one_file_follow_each_other() -> None:
    done = carried(("app/a.py", "x = 1", "x = 2"), ("app/a.py", "x = 2", "x = 3"), shown={"app/a.py": "x = 1\n"})
    assert done.diff == (
        b"diff --git a/app/a.py b/app/a.py\n--- a/app/a.py\n+++ b/app/a.py\n@@ -1,1 +1,1 @@\n-x = 1\n+x = 3\n"
    )


@pytest.mark.parametrize(
    ("triple", "why"),
    [
        (("app/a.py", "y", "z"), "edit 1: `old` is nowhere in app/a.py, and has to be there exactly once"),
        (("app/a.py", "x", "z"), "edit 1: `old` is 2 times in app/a.py, and has to be there exactly once"),
        (("app/a.py", "", "z"), "edit 1: app/a.py is there already; `old` is empty for a new file alone"),
        (("app/b.py", "x", "z"), "edit 1: there is no app/b.py; a new file has an empty `old`"),
        (("app/hidden.py", "x", "z"), "edit 1: app/hidden.py was not shown, so it cannot be edited"),
        (("app/hidden.py", "", "z"), "edit 1: app/hidden.py was not shown, so it cannot be edited"),
        (("lib/a.py", "x", "z"), "edit 1: lib/a.py is not among what may be edited"),
        (("tests/test_a.py", "", "z"), "edit 1: tests/test_a.py is not among what may be edited"),
        (("app/../lib/a.py", "x", "z"), "edit 1: 'app/../lib/a.py' is no path within the repository"),
        (("../a.py", "x", "z"), "edit 1: '../a.py' is no path within the repository"),
        (("/etc/passwd", "x", "z"), "edit 1: '/etc/passwd' is no path within the repository"),
        (("app/a\n.py", "", "z"), "edit 1: 'app/a\\n.py' is no path within the repository"),
        (("app\\a.py", "", "z"), "edit 1: 'app\\\\a.py' is no path within the repository"),
        (("", "", "z"), "edit 1: '' is no path within the repository"),
        (("app/a.py", "x = 1", "x = 1"), "the edits change nothing"),
        (
            ("app/a.py", "x = 1", "x = [[redacted-1]]"),
            "edit 1: it holds a placeholder for what was redacted in app/a.py; leave those lines alone",
        ),
        (("app/a.py", "x = 1", "x = 1\u200b"), "edit 1: it would put a character that nobody sees into app/a.py"),
        (("app/a.py", "x = 1", "x = '\u202e'"), "edit 1: it would put a character that nobody sees into app/a.py"),
    ],
)
def test_an_edit_that_cannot_be_carried_out_is_told_in_a_sentence(triple: tuple[str, str, str], why: str) -> None:
    assert refused(triple, shown={"app/a.py": "x = 1\nx\n"}, hidden=frozenset({"app/hidden.py"})) == why


def test_one_wrong_edit_refuses_all_of_them() -> None:
    shown = {"app/a.py": "x = 1\n"}
    assert refused(("app/a.py", "x = 1", "x = 2"), ("conftest.py", "", "evil"), shown=shown) == (
        "edit 2: conftest.py is not among what may be edited"
    )


def applied(tmp_path: Path, diff: bytes, files: dict[str, bytes]) -> dict[str, bytes]:
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    put_onto(tmp_path, diff)
    found = [each for each in tmp_path.rglob("*") if each.is_file()]
    return {each.relative_to(tmp_path).as_posix(): each.read_bytes() for each in found}


def test_git_makes_of_the_diff_what_the_edits_say(tmp_path: Path) -> None:
    files = {
        "app/a.py": b"one\ntwo",
        "app/windows.py": b"one\r\ntwo\r\nthree\r\n",
        "app/sp ace.py": "caf\u00e9\n".encode(),
    }
    done = carried(
        ("app/a.py", "two", "2"),
        ("app/windows.py", "two\n", "2\nand more\n"),
        ("app/sp ace.py", "caf\u00e9", "th\u00e9"),
        ("tests/test_fix_it.py", "", "def test_it():\n    assert True"),
        shown={path: content.decode() for path, content in files.items()},
    )
    assert applied(tmp_path, done.diff, files) == {
        "app/a.py": b"one\n2",
        "app/windows.py": b"one\r\n2\r\nand more\r\nthree\r\n",
        "app/sp ace.py": "th\u00e9\n".encode(),
        "tests/test_fix_it.py": b"def test_it():\n    assert True",
    }


def test_a_program_stays_one() -> None:
    shown = {"app/a.py": Original(content=b"x = 1\n", mode=PROGRAM)}
    edit = Edits(edits=(Edit(path="app/a.py", old="1", new="2"),))
    done = carried_out(edit, shown=shown, hidden=frozenset(), limits=LIMITS)
    assert isinstance(done, Carried)
    assert b"mode" not in done.diff


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=6), max_size=12),
    st.integers(0, 11),
    st.text("abc\n ", max_size=9),
)
def test_an_edit_of_any_line_gives_the_file_with_that_line_replaced(lines: list[str], at: int, new: str) -> None:
    """Whatever stands around it, Unicode's own ends of lines included."""
    text = "\n".join([*lines[:at], "<the line>", *lines[at:]])
    answer = Edits(edits=(Edit(path="app/a.py", old="<the line>", new=new),))
    done = carried_out(answer, shown={"app/a.py": Original(content=text.encode())}, hidden=frozenset(), limits=LIMITS)
    assert isinstance(done, Carried), done
    removed = [line[1:] for line in done.diff.split(b"\n") if line.startswith(b"-") and not line.startswith(b"---")]
    assert any(b"<the line>" in line for line in removed)


def test_the_schema_that_is_sent_is_the_one_that_is_read() -> None:
    schema = json.loads(SCHEMA)
    assert list(schema["properties"]) == list(Edits.__struct_fields__)
    assert list(schema["properties"]["edits"]["items"]["properties"]) == list(Edit.__struct_fields__)
