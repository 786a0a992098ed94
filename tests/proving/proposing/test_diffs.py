"""A diff that is written from changed files gives those files again when git applies it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outpace.engines.proposed import between, put_onto
from outpace.model.errors import BadInput
from outpace.proving.ladder.patch import LINK, PLAIN, PROGRAM, SUBMODULE, Patch, PatchedFile
from outpace.proving.proposing.diffs import written
from tests.needs import needs

Entry = tuple[str, bytes]
Tree = dict[str, Entry]

NAMES = st.sampled_from(
    ["a", "b.py", "with space", "two  spaces ", 'quo"te', "back\\slash", "tab\tin", "line\nin", "ümlaut", "日本",
     "x b/x", "a/b", "a/c d", "ü/é e", "-dash", "*", "bad\udcff", "'single'", "\x7fdel", "c/d/e"]
)  # fmt: skip
LINES = st.sampled_from(
    [b"one\n", b"two\n", b"crlf\r\n", b"\n", b"lone\r", b"\xff\xfe\n", b"  \t \n", b"-- a\n", b"+++ b\n",
     b"@@ -1 +1 @@\n", b"\\ No newline at end of file\n", b"three\n"]
)  # fmt: skip
TEXT = st.builds(lambda lines, end: b"".join(lines) + end, st.lists(LINES, max_size=25), st.sampled_from([b"", b"end"]))
ENTRY = st.one_of(
    st.tuples(st.sampled_from([PLAIN, PLAIN, PROGRAM]), TEXT),
    st.tuples(st.just(LINK), st.sampled_from([b"c", b"no where", b"../out", b"\xff"])),
)


def fitting(tree: Tree) -> Tree:
    """A path that is a file has nothing below it."""
    return {path: entry for path, entry in tree.items() if not any(path.startswith(f"{other}/") for other in tree)}


TREES = st.dictionaries(NAMES, ENTRY, max_size=6).map(fitting)


def laid_out(tree: Tree, root: Path) -> Path:
    root.mkdir()
    for path, (mode, content) in tree.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if mode == LINK:
            place.symlink_to(os.fsdecode(content))
        else:
            place.write_bytes(content)
            place.chmod(0o755 if mode == PROGRAM else 0o644)
    return root


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=TREES, after=TREES)
def test_git_makes_the_change_again_from_the_diff_on_the_base(before: Tree, after: Tree) -> None:
    needs("git")
    with tempfile.TemporaryDirectory() as place:
        base, change = laid_out(before, Path(place, "base")), laid_out(after, Path(place, "change"))
        patch = between(base, change)
        diff = written(patch)
        if diff:
            put_onto(base, diff)
        assert between(base, change) == Patch(files=())


def test_a_diff_is_as_git_writes_it() -> None:
    before = b"".join(b"%d\n" % number for number in range(1, 21))
    patch = Patch.of(
        [
            PatchedFile(path="a file", before=before, after=before.replace(b"10\n", b"ten\n")),
            PatchedFile(path="gone", before=b"x", after=None),
            PatchedFile(path="new.sh", after=b"", mode_after=PROGRAM),
        ]
    )
    assert written(patch).decode() == (
        "diff --git a/a file b/a file\n"
        "--- a/a file\t\n"
        "+++ b/a file\t\n"
        "@@ -7,7 +7,7 @@\n"
        " 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n"
        "diff --git a/gone b/gone\n"
        "deleted file mode 100644\n"
        "--- a/gone\n"
        "+++ /dev/null\n"
        "@@ -1,1 +0,0 @@\n"
        "-x\n"
        "\\ No newline at end of file\n"
        "diff --git a/new.sh b/new.sh\n"
        "new file mode 100755\n"
    )


def test_a_large_change_is_written_without_comparing_each_line_with_each(tmp_path: Path) -> None:
    before, after = (b"same\n" + b"".join(b"%d\n" % (n * k) for n in range(1, 30_001)) + b"same\n" for k in (2, 3))
    diff = written(Patch.of([PatchedFile(path="x", before=before, after=after)]))
    base = laid_out({"x": (PLAIN, before)}, tmp_path / "base")
    put_onto(base, diff)
    assert (base / "x").read_bytes() == after


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (PatchedFile(path="x.png", after=b"\x89PNG\0"), "x.png is binary"),
        (PatchedFile(path="x.png", before=b"\0", after=b"text"), "x.png is binary"),
        (PatchedFile(path="sub", after=b"x", mode_after=SUBMODULE), "sub is neither a file nor a link"),
        (PatchedFile(path="a/.GIT/config", after=b"x"), "a/.GIT/config lies in a git directory"),
        (PatchedFile(path=".git", after=b"gitdir: /", mode_after=PLAIN), ".git lies in a git directory"),
    ],
)
def test_what_a_text_diff_cannot_say_is_refused(file: PatchedFile, why: str) -> None:
    with pytest.raises(BadInput, match=f"^{why}$"):
        written(Patch.of([file]))


DIFF = b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
CRLF = DIFF.replace(b"\n", b"\r\n")
REFUSED = {
    "empty": (b" \n", "my.diff is empty"),
    "a text": (b"the fix is to check the path\n", "my.diff holds no diff"),
    "UTF-16": ("\ufeff--- a/x\n".encode("utf-16-le"), "my.diff is UTF-16, as PowerShell writes what it redirects"),
    "CRLF": (CRLF, "my.diff has CRLF line ends, and the base has others"),
    "other blanks": (DIFF.replace(b" one", b"  one"), "my.diff does not apply to the base: patch failed: x:1"),
    "another base": (DIFF.replace(b"-two", b"-four"), "my.diff does not apply to the base: patch failed: x:1"),
    "no such file": (DIFF.replace(b"/x", b"/y"), "my.diff does not apply to the base: y: No such file or directory"),
}


@pytest.mark.parametrize(("diff", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_diff_of_the_base_is_refused_by_its_name_and_changes_nothing(
    tmp_path: Path, diff: bytes, message: str
) -> None:
    needs("git")
    base = laid_out({"x": (PLAIN, b"one\ntwo\n")}, tmp_path / "base")
    with pytest.raises(BadInput) as told:
        put_onto(base, diff, "my.diff")
    assert (told.value.message, (base / "x").read_bytes()) == (message, b"one\ntwo\n")
    assert "git " in told.value.hint


def test_a_diff_with_crlf_line_ends_applies_to_a_file_that_has_them_and_no_other_does(tmp_path: Path) -> None:
    needs("git")
    base = laid_out({"x": (PLAIN, b"one\r\ntwo\r\n")}, tmp_path / "base")
    with pytest.raises(BadInput, match=r"my\.diff has other line ends than the base"):
        put_onto(base, DIFF, "my.diff")
    put_onto(base, CRLF)
    assert (base / "x").read_bytes() == b"one\r\nthree\r\n"
