"""What a change of requirements files gives away beside its pins."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from outpace.proving.loosened import loosened

HASHED = b"idna==3.6 \\\n    --hash=sha256:aa\nattrs==23.1.0 --hash=sha256:bb\n"
R, MORE = "requirements.txt", "more.txt"


def told(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    return loosened(sorted({R, MORE} & {*before, *after}), before.get, after.get)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (b"a==1\n", b"a==2\n", ""),
        (HASHED, HASHED.replace(b"3.6", b"3.7").replace(b"aa", b"cc"), ""),
        (b"a==1\n", b"-e .\n./local\na==2\n", ""),
        (b"a==1\n", b"--always-unzip\na==2\n", ""),
        (b"-i https://a.invalid\na==1\n", b"# the mirror\n\n--index-url=https://a.invalid\na==2\n", ""),
        (b"--only-binary :all:\na==1\n", b"--only-bin=:all:\na==2\n", ""),
        (b"--pre\na==1\n", b"a==2\n--pre\n", ""),
        (HASHED, b"idna==3.7\nattrs==23.1.0\n", "drops every hash (on base requirements.txt, line 1)"),
        (HASHED, HASHED.replace(b" --hash=sha256:bb", b""), "has no hash for attrs (requirements.txt, line 3)"),
        (HASHED, HASHED + b"new==1\n", "has no hash for new (requirements.txt, line 4)"),
        (
            b"a==1\n",
            b"--extra-index-url https://u:secret@h.invalid\na==2\n",
            "adds --extra-index-url (requirements.txt, line 1)",
        ),
        (
            b"-i https://a.invalid\na==1\n",
            b"a==1\n-i https://b.invalid\n",
            "changes --index-url (requirements.txt, line 2)",
        ),
        (b"-i https://a.invalid\na==1\n", b"a==2\n", "drops --index-url (on base requirements.txt, line 1)"),
        (b"--no-index\n-f w\na==1\n", b"-f w\na==2\n", "drops --no-index (on base requirements.txt, line 1)"),
        (b"--only-binary :all:\na==1\n", b"a==2\n", "drops --only-binary (on base requirements.txt, line 1)"),
        (b"a==1\n--require-hashes\n", b"a==2\n", "drops --require-hashes (on base requirements.txt, line 2)"),
        (
            b"a==1\n",
            b"a==2\n--extra-index-url \\\n  https://h.invalid\n",
            "adds --extra-index-url (requirements.txt, line 2)",
        ),
        (
            b"--extra-index-url \\\n  https://a.invalid\n",
            b"--extra-index-url \\\n  https://b.invalid\n",
            "changes --extra-index-url (requirements.txt, line 1)",
        ),
        (b"a==1\n", b"a==2\n--extra-index=https://h.invalid\n", "adds --extra-index-url (requirements.txt, line 2)"),
        (b"a==1\n", "a==2\n--pre\n".encode("utf-16"), "adds --pre (requirements.txt, line 2)"),
        (
            b"a==1\n",
            b"a==2\n--trusted-host=h.invalid --pre\n",
            "adds --trusted-host (requirements.txt, line 2), adds --pre (requirements.txt, line 2)",
        ),
        (b"a==1\n", b"a==2 --config-settings x=y\n", "adds --config-settings for a (requirements.txt, line 1)"),
        (b"a==1\n", b"a==2\n--no-deps\n", "adds what cannot be read (requirements.txt, line 2)"),
        (b"a==1\n", b"# coding: rot13\nn==2\n", "adds what cannot be read (requirements.txt, line 1)"),
        (
            b"-i https://a.invalid\n-i https://b.invalid\n",
            b"-i https://b.invalid\n-i https://a.invalid\n",
            "orders its options anew (requirements.txt, line 1)",
        ),
        (b"a==1\n", b"a==2\n-r https://h.invalid/r.txt\n", "adds --requirement (requirements.txt, line 2)"),
        (b"a==1\n", b"a==2\n-c ../../tmp/c.txt\n", "adds --constraint (requirements.txt, line 2)"),
        (
            b"".join(b"--no-binary a%d\n" % each for each in range(7)),
            b"",
            ", ".join(f"drops --no-binary (on base requirements.txt, line {each})" for each in range(1, 6))
            + " and 2 more",
        ),
    ],
)
def test_what_lets_in_other_files_is_told_with_its_place_and_without_its_value(
    before: bytes, after: bytes, expected: str
) -> None:
    assert told({R: before}, {R: after}) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({R: b"a==1\n"}, {R: b"a==1\n", MORE: b"b==1\n"}, ""),
        ({R: b"a==1\n"}, {R: b"a==1\n", MORE: b"--pre\n"}, "adds --pre (more.txt, line 1)"),
        ({R: b"a==1\n"}, {R: b"-r more.txt\na==1\n", MORE: b"--pre\n"}, "adds --pre (more.txt, line 1)"),
        ({R: b"a==1\n"}, {R: b"-r odd\na==1\n", "odd": b"--pre\n"}, "adds --pre (odd, line 1)"),
        ({R: b"-c odd\n", "odd": b"a<2\n"}, {R: b"-c odd\n", "odd": b"a<2\n--pre\n"}, "adds --pre (odd, line 2)"),
        (
            {R: b"-c odd\na\nb\n", "odd": b"a==1 --hash=sha256:aa\nb==1 --hash=sha256:bb\n"},
            {R: b"-c odd\na\nb\n", "odd": b"a==1\nb==1 --hash=sha256:bb\n"},
            "has no hash for a (odd, line 1)",
        ),
        ({R: b"--pre\na==1\n"}, {R: b"-r more.txt\na==1\n", MORE: b"--pre\n"}, ""),
        ({R: b"-r more.txt\n--pre", MORE: b"a==1\n"}, {R: b"-r more.txt\n", MORE: b"--pre\na==1\n"}, ""),
        ({R: b"-r more.txt\n--pre", MORE: b"-r requirements.txt"}, {R: b"-r more.txt\n", MORE: b"--pre\n"}, ""),
        (
            {R: b"--only-binary :all:\na==1\n"},
            {MORE: b"a==1\n"},
            "drops --only-binary (on base requirements.txt, line 1)",
        ),
        (
            {R: b"-i https://a.invalid\n-r more.txt\n", MORE: b"-i https://b.invalid\n"},
            {R: b"-r more.txt\n-i https://a.invalid\n", MORE: b"-i https://b.invalid\n"},
            "orders its options anew (more.txt, line 1)",
        ),
    ],
)
def test_the_options_of_all_that_a_file_includes_are_compared_as_one(
    before: Mapping[str, bytes], after: Mapping[str, bytes], expected: str
) -> None:
    assert told(before, after) == expected


def test_a_long_chain_of_includes_is_followed_to_its_end() -> None:
    chain = {f"{each}.txt": b"-r %d.txt\n" % (each + 1) for each in range(1500)}
    before, after = {**chain, "1500.txt": b""}, {**chain, "1500.txt": b"--pre\n"}
    assert loosened(["0.txt"], before.get, after.get) == "adds --pre (1500.txt, line 1)"
