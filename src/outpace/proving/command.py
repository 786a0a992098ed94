"""Which command runs the suite, where nobody says it: pytest if it is named anywhere, else unittest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

TEST_MODULE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test|tests?)\.py$")
PYTEST = ("pytest", "-q")
UNITTEST = ("python", "-m", "unittest")
DECLARES = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "uv.lock", "pylock.toml")
REQUIREMENTS = re.compile(r"requirements[^/]*\.(txt|in)$|(^|/)requirements/[^/]*\.(txt|in)$")
IMPORTS_PYTEST = re.compile(rb"^\s*(?:import|from)\s+pytest\b", re.MULTILINE)
IMPORTS_UNITTEST = re.compile(rb"^\s*(?:import|from)\s+unittest\b", re.MULTILINE)
READ_AT_MOST = 50


def infer(paths: Sequence[str], read: Callable[[str], bytes | None], directory: str) -> tuple[str, ...]:
    """Empty where there are no tests."""
    prefix = "" if directory in (".", "") else f"{directory.rstrip('/')}/"
    own = [path for path in paths if path.startswith(prefix)]
    tests = [path for path in own if TEST_MODULE.search(path)]
    if not tests:
        return ()
    declaring = [path for path in paths if path.removeprefix(prefix) in DECLARES or REQUIREMENTS.search(path)]
    if any(b"pytest" in (read(path) or b"") for path in declaring[:READ_AT_MOST]):
        return PYTEST
    contents = [read(path) or b"" for path in tests[:READ_AT_MOST]]
    if any(IMPORTS_PYTEST.search(content) for content in contents):
        return PYTEST
    return UNITTEST if any(IMPORTS_UNITTEST.search(content) for content in contents) else PYTEST
