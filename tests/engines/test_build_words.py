"""What is said of a source archive that could not be built."""

from __future__ import annotations

import pytest

from outpace.engines.build_words import LONGEST, why_not_built

BACKEND = """error: Failed to build `pycurl==7.45.2`
  cause: The build backend returned an error
  cause: Call to `setuptools.build_meta:__legacy__.get_requires_for_build_wheel` failed (exit status: 1)

         [stderr]
         Traceback (most recent call last):
           File "<string>", line 229, in configure_unix
         FileNotFoundError: [Errno 2] No such file or directory: 'curl-config'

         During handling of the above exception, another exception occurred:

         Traceback (most recent call last):
           File "<string>", line 234, in configure_unix
         ConfigurationError: Could not run curl-config

hint: Build failures usually indicate a problem with the package or the build environment
"""
COMPILED = """error: Failed to download and build `kit==1.0`
         [stderr]
         src/kit.c:3:10: fatal error: curl/curl.h: No such file or directory
         compilation terminated.
         error: command '/usr/bin/gcc' failed with exit code 1
"""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (BACKEND, "pycurl 7.45.2: ConfigurationError: Could not run curl-config"),
        (COMPILED, "kit 1.0: src/kit.c:3:10: fatal error: curl/curl.h: No such file or directory"),
        (COMPILED.replace("fatal error", "note"), "kit 1.0: error: command '/usr/bin/gcc' failed with exit code 1"),
        (
            "error: Failed to build `kit==1.0`\n  cause: The build backend returned an error\n",
            "kit 1.0: it does not say why",
        ),
        ("error: error sending request for url (x)\n", "error: error sending request for url (x)"),
        ("something else\n", "something else"),
        ("", "it does not say why"),
    ],
    ids=["a backend", "a header", "a compiler", "silence", "uv alone", "no error", "nothing"],
)
def test_the_package_and_the_last_error_are_named(said: str, expected: str) -> None:
    assert why_not_built(said) == expected


def test_a_line_without_end_is_cut() -> None:
    assert len(why_not_built("error: " + "x" * 10_000)) == LONGEST
