"""Programs and kernel features that tests need: missing, they skip on a laptop and fail in CI."""

from __future__ import annotations

import os
import shutil

import pytest


def needs(program: str) -> str:
    """The path of a program. Without it, the test cannot be run."""
    found = shutil.which(program)
    if found is None:
        missing(f"{program} is not installed")
    return found or ""


def missing(what: str) -> None:
    """A smaller suite must not look like a passing one."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and CI must not skip", pytrace=False)
    pytest.skip(what)
