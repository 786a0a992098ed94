"""What a change of a requirements file gives away beside its pins."""

from __future__ import annotations

import pytest

from outpace.proving.loosened import loosened

HASHED = b"idna==3.6 \\\n    --hash=sha256:aa\n"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b"a==1\n", b"a==2\n", ""),
        (HASHED, HASHED.replace(b"3.6", b"3.7"), ""),
        (HASHED, b"idna==3.7\n", "drops every hash"),
        (b"a==1\n", b"--extra-index-url https://u:secret@h.invalid\na==2\n", "adds or changes --extra-index-url"),
        (b"-i https://a.invalid\na==1\n", b"-i https://b.invalid\na==1\n", "adds or changes -i"),
        (b"-i https://a.invalid\na==1\n", b"a==2\n", ""),
        (
            HASHED,
            b"--trusted-host=h.invalid\n--no-binary jinja2\nidna==3.7\n",
            "drops every hash and adds or changes --no-binary, --trusted-host",
        ),
        (b"a==1\n", b"-r other.txt\n-e .\na==2\n", ""),
        (None, b"--pre\n", ""),
        (b"--pre\n", None, ""),
    ],
)
def test_lost_hashes_and_new_sources_are_told_without_their_values(
    before: bytes | None, after: bytes | None, told: str
) -> None:
    assert loosened(before, after) == told
