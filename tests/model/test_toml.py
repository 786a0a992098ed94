"""TOML of strangers: the same as tomllib's, but bounded and refused in one way."""

from __future__ import annotations

import time
import tomllib

import pytest

from outpace.model.toml import DEEPEST, document


def test_what_is_toml_is_read_as_tomllib_reads_it() -> None:
    text = '[tool.a."b.c"]\nd.e = 1\n"f" . g = "x.y.z"\n[[h]]\ni = [1.5, {j.k = 2}]\n'
    assert document(text) == tomllib.loads(text)


@pytest.mark.parametrize("part", ["a", '"a b"', "'!'", '"\\""', '"é"', "a "])
@pytest.mark.parametrize("form", ["{0}b = 1", "[{0}b]", "a = {{{0}b = 1}}"])
def test_a_key_of_very_many_parts_is_refused_at_once(part: str, form: str) -> None:
    began = time.process_time()
    with pytest.raises(tomllib.TOMLDecodeError, match="a key has more than 100 parts \\(at line 2\\)"):
        document("x = 1\n" + form.format(f"{part}." * 50_000))
    assert time.process_time() - began < 10  # a square takes half a minute


def test_a_key_of_many_parts_is_read() -> None:
    deep = document("a." * (DEEPEST - 1) + "b = 1")
    for _ in range(DEEPEST - 1):
        inner = deep["a"]
        assert isinstance(inner, dict)
        deep = inner
    assert deep == {"b": 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = " + "[" * 100_000, "it is nested too deeply"),
        ("a = " + "9" * 5000, "it holds a value that cannot be"),
    ],
)
def test_what_tomllib_fails_at_is_refused_as_what_is_no_toml_is(text: str, why: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError, match=why):
        document(text)


@pytest.mark.parametrize("token", ["a", "a.", ".", '"', "'", '\\"', " ", "a . ", '"a".', "\n", "a\n.", "-", "é."])
def test_the_guard_takes_time_in_proportion_to_the_text(token: str) -> None:
    began = time.process_time()
    with pytest.raises(tomllib.TOMLDecodeError):
        document("? " + token * (1_000_000 // len(token)))
    assert time.process_time() - began < 10  # a square takes half a minute
